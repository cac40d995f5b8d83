"""`caiso watch ads`: prints the dispatch batches of ADS as they come, and what becomes of them; it answers none."""

import argparse
import json
import sys
import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from caiso_desktop.assembly.house import House
from caiso_desktop.cli import call as one
from caiso_desktop.cli.interrupt import until_done
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.dispatch_watch import (
    ALL,
    NEVER_ANSWERS,
    ONE_SESSION,
    DispatchBatch,
    Poll,
    targets,
)
from caiso_desktop.model.error import Fate, UsageError
from caiso_desktop.model.identity import IdentityRef
from caiso_desktop.model.service import Target
from caiso_desktop.model.watch import LONGEST, Finish, Until, Watched

_NOT_HERE = ("payload", "template", "after", "save", "procedure", "variant", "every")


def run(arguments: argparse.Namespace, house: House) -> int:
    """Watch until Ctrl-C, or as the arguments say; batches go to standard output, words to standard error."""
    for name in _NOT_HERE:
        if getattr(arguments, name):
            option = "operation" if name == "procedure" else name
            raise UsageError(f"--{option} is not for ads.", advice="It is asked for batches, every ten seconds.")
    until = Until(arguments.until) if arguments.until else None
    if until is Until.CHECKED:
        raise UsageError("dispatch batches are not checked.", advice="Write --until data, or --until change.")
    target, chosen = _target(arguments, house), one.identity(arguments, house)
    print(f"{ONE_SESSION} {NEVER_ANSWERS}", file=sys.stderr, flush=True)
    printing = _Printing(until, tells_first=arguments.since is not None, as_json=arguments.format == "json")
    ended = until_done(
        lambda token: _watched(printing, house, (target, arguments.environment, chosen), arguments, token), "watch"
    )
    print(ended.words, file=sys.stderr)
    if arguments.format == "json":
        print_line({"finish": str(ended.finish), "questions": ended.looks, "words": ended.words})
    if ended.finish is Finish.TROUBLE:
        return trouble_status(ended)
    # Without a condition nothing was waited for: that it ended is all right.
    return one.SUCCESS if until is None or printing.met else one.NOT_IN_TIME


def trouble_status(ended: Watched) -> int:
    """The exit status of a watch that trouble ended."""
    if ended.exchange is not None and ended.exchange.fate is Fate.UNKNOWN:
        return one.UNKNOWN_FATE
    return one.SERVICE_ERROR if ended.exchange is not None and ended.exchange.answer is not None else one.NOT_MADE


def print_line(facts: Mapping[str, object]) -> None:
    """Print facts as a line of JSON, at once."""
    print(json.dumps(facts, ensure_ascii=False), flush=True)


def _target(arguments: argparse.Namespace, house: House) -> Target:
    environment = house.catalogue.environment(arguments.environment)
    found = targets(house.catalogue, environment.id)
    if not found:
        raise UsageError(f"{environment.name} has no ADS.")
    for target in found:
        if arguments.version in (None, target.version):
            return target
    known = ", ".join(target.version for target in found)
    raise UsageError(f"ADS has no version '{arguments.version}' there.", advice=f"It has: {known}.")


def _watched(
    printing: "_Printing",
    house: House,
    where: tuple[Target, str, IdentityRef | None],
    arguments: argparse.Namespace,
    token: CancelToken,
) -> Watched:
    """Watch, and stop when the time is up, or what is waited for has come."""
    minutes = arguments.minutes
    if minutes is not None and not 0 < minutes <= LONGEST / 60:
        raise UsageError(
            f"nothing can be watched for {minutes:g} minutes.", advice=f"It can for at most {LONGEST // 60}."
        )
    up = threading.Event()

    def end() -> None:
        up.set()
        token.cancel()

    timer = threading.Timer(minutes * 60, end) if minutes is not None else None

    def polled(poll: Poll) -> None:
        printing.take(poll)
        if printing.met:
            token.cancel()

    if timer is not None:
        timer.daemon = True
        timer.start()
    try:
        ended = house.watching.dispatch.watch(*where, arguments.since or ALL, token, polled)
    finally:
        if timer is not None:
            timer.cancel()
    if up.is_set() and ended.finish is Finish.STOPPED:
        return replace(ended, finish=Finish.TIME_UP, words="The time is up.")
    return replace(ended, finish=Finish.MET, words="It came.") if printing.met else ended


class _Printing:
    """Prints what is new in each poll; what was there at the beginning only where it is said where to begin."""

    def __init__(self, until: Until | None, *, tells_first: bool, as_json: bool) -> None:
        self._until = until
        self._tells_first = tells_first
        self._as_json = as_json
        self.met = False

    def take(self, poll: Poll) -> None:
        if poll.trouble:
            again = f"; asks again in {poll.following:.0f} s"
            print(f"{poll.exchange.started:%H:%M:%S} GMT: {poll.trouble}{again}", file=sys.stderr, flush=True)
        shown = () if poll.first and not self._tells_first else poll.batches
        if poll.first and not self._tells_first:
            print(f"{len(poll.batches):,} batches are held; those that come from now on are listed.", file=sys.stderr)
        for batch in shown:
            self._print("came", batch, "", poll)
        changes = [change for change in poll.changes if change.news]
        for change in changes:
            self._print("changed", change.batch, change.words, poll)
        self.met = self.met or bool((self._until is not None and shown) or (self._until is Until.CHANGE and changes))

    def _print(self, event: str, batch: DispatchBatch, before: str, poll: Poll) -> None:
        seen = poll.exchange.started
        if self._as_json:
            print_line({"event": event, "seen": seen.isoformat(), **_facts(batch), "before": before or None})
            return
        texts = (
            _gmt(seen),
            event,
            batch.type,
            ", ".join(filter(None, (batch.status, batch.answers))) + (f" ({before})" if before else ""),
            f"starts {_gmt(batch.start)}",
            f"expires {_gmt(batch.expires)}",
            batch.uid,
        )
        print("\t".join(texts), flush=True)


def _facts(batch: DispatchBatch) -> dict[str, object]:
    times = {"sent": batch.sent, "starts": batch.start, "expires": batch.expires}
    return {
        "uid": batch.uid,
        "type": batch.type,
        "status": batch.status,
        "answers": batch.answers or None,
        "market": batch.market,
        **{name: moment.isoformat() if moment is not None else None for name, moment in times.items()},
    }


def _gmt(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if moment is not None else "-"
