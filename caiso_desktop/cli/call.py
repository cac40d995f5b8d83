"""`caiso call` and `caiso envelope`: send one call, or print what would be sent."""

import argparse
import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from caiso_desktop.assembly.house import House
from caiso_desktop.assembly.simulator_host import SIMULATOR
from caiso_desktop.cli import disturbance
from caiso_desktop.cli.ending import tell
from caiso_desktop.cli.interrupt import until_done
from caiso_desktop.cli.journal import add_hiding, save_exchange
from caiso_desktop.cli.macro import moment_of
from caiso_desktop.cli.payload import large_payload, read_payload
from caiso_desktop.cli.target import add_target, find_target
from caiso_desktop.model.answer import Answer
from caiso_desktop.model.call import Call, Door
from caiso_desktop.model.error import CaisoError, CallError, Fate, PayloadInvalid, UsageError
from caiso_desktop.model.exchange import Courier, Exchange
from caiso_desktop.model.guard import hash_of
from caiso_desktop.model.identity import IdentityRef
from caiso_desktop.model.macro import expand_bytes, in_words
from caiso_desktop.model.source import Payload
from caiso_desktop.model.transport import Progress, ignore_progress

SUCCESS, SERVICE_ERROR, USAGE, NOT_MADE, UNKNOWN_FATE, NOT_IN_TIME, NOT_SAVED = range(7)


def add_parsers(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add both commands; they take the same arguments."""
    call = commands.add_parser("call", help="send one call and print the report")
    add_arguments(call)
    call.add_argument("--save", type=Path, metavar="FILE", help="write the report to a file instead of printing it")
    call.add_argument(
        "--save-exchange",
        type=Path,
        metavar="FILE",
        help="save all there is of the call as a zip for somebody else, without tokens and user names",
    )
    add_hiding(call)
    call.add_argument("--once", action="store_true", help="do not try a retrieve again that met a passing trouble")
    call.add_argument("--overwrite", action="store_true", help="let --save replace a file that is there")
    call.add_argument("--format", choices=("text", "json"), default="text", help="json prints the facts of the call")
    call.add_argument(
        "--approve-host",
        metavar="HOST",
        help="let the certificate be shown to this host outside CAISO's domains, from now on",
    )
    call.add_argument(
        "--submit-to-production",
        metavar="SCID",
        help="let a submit to the real market through: the scheduling coordinator that its payload names, "
        "or PRODUCTION where it names none",
    )
    call.add_argument(
        "--send-invalid", action="store_true", help="send a payload in spite of what its schema thinks of it"
    )
    disturbance.add_to_call(call)
    envelope = commands.add_parser("envelope", help="print what a call would send; sends nothing")
    add_arguments(envelope)


def add_arguments(parser: argparse.ArgumentParser, other: str = "") -> None:
    """Add what says which call it is; ``other`` is what may stand there instead of a service."""
    add_target(parser, other)
    parser.add_argument("--environment", required=True, metavar="E", help="production, map-stage, simulator ...")
    parser.add_argument("--certificate", metavar="REF", help="STORE:THUMBPRINT, as `caiso certificate list` prints it")
    payload = parser.add_mutually_exclusive_group()
    payload.add_argument(
        "--payload",
        metavar="FILE",
        help="the XML payload; - reads it from standard input; its macros are replaced, see `caiso macro list`",
    )
    payload.add_argument("--template", metavar="NAME", help="the payload of a template, see `caiso template list`")
    payload.add_argument(
        "--after",
        type=int,
        metavar="NUMBER",
        help="a retrieve, filled in with what this submit of `caiso journal list` said",
    )


def run_call(arguments: argparse.Namespace, house: House) -> int:
    """Send one call. The report goes to standard output or a file, words to standard error."""
    call = _permitted(make_call(arguments, house), arguments.submit_to_production, house)
    disturbance.arrange_for_call(house.simulator.control, arguments, SIMULATOR.id)
    if arguments.approve_host and call.identity:
        house.known_hosts.approve(arguments.approve_host, call.identity.thumbprint)
    destination: Path | None = arguments.save
    if destination is not None and destination.exists() and not arguments.overwrite:
        raise UsageError(f"{destination} is there already.", advice="Name another file, or add --overwrite.")
    if arguments.save_exchange is not None and arguments.save_exchange.exists():
        raise UsageError(f"{arguments.save_exchange} is there already.", advice="Name another file.")
    courier = house.single_courier if arguments.once else house.courier
    exchange = _carried(courier, call, despite=arguments.send_invalid)
    report = exchange.answer.report if exchange.answer else None
    unsaved: list[CaisoError] = []
    saved = None
    if report is not None and destination is not None:
        with noting(unsaved):
            house.saving.save_copy(report, destination, overwrite=arguments.overwrite)
            saved = destination
    tell(exchange, saved, house, arguments.certificate)
    if arguments.faults or arguments.play:
        disturbance.tell_missed(house.simulator.control, arguments.faults, plays=bool(arguments.play))
    if arguments.format == "json":
        print(json.dumps(_facts(exchange, saved), indent=2))
    elif report is not None and destination is None:
        with report.open("rb") as stream:
            shutil.copyfileobj(stream, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    # Last: who stops it, or has no room for it, has been told what became of the call.
    if arguments.save_exchange is not None:
        with noting(unsaved):
            save_exchange(exchange, arguments.save_exchange, house.dossiers, hide_market=arguments.hide_market)
    return told_unsaved(unsaved, _status(exchange))


def status_of(error: CaisoError) -> int:
    """The exit status for an error; a call that has left is never told to be one that was not made."""
    fate = error.fate if isinstance(error, CallError) else Fate.NOT_SENT
    return {Fate.NOT_SENT: NOT_MADE, Fate.UNKNOWN: UNKNOWN_FATE, Fate.ANSWERED: NOT_SAVED}[fate]


@contextmanager
def noting(errors: list[CaisoError]) -> Iterator[None]:
    """Once a call was made, what goes wrong with its files is told, and changes nothing of what became of it."""
    try:
        yield
    except CaisoError as error:
        errors.append(error)


def told_unsaved(unsaved: Sequence[CaisoError], status: int) -> int:
    """Tell what could not be saved; the exit status, in which what became of the calls comes first."""
    for error in unsaved:
        print(f"caiso: {error}", file=sys.stderr)
    return status or (NOT_SAVED if unsaved else SUCCESS)


def run_envelope(arguments: argparse.Namespace, house: House) -> int:
    """Print the HTTP request that a call would be, as it would travel; its signature expires."""
    preview = house.courier.preview(make_call(arguments, house))
    head = "".join(f"{name}: {value}\n" for name, value in preview.headers)
    print(f"POST {preview.url}\n{head}names {preview.operation.basis}", file=sys.stderr)
    sys.stdout.buffer.write(preview.body)
    sys.stdout.buffer.flush()
    return SUCCESS


def make_call(arguments: argparse.Namespace, house: House, written: bytes | None = None) -> Call:
    """The call that the arguments describe; what its macros mean is told.

    ``written`` is a payload that was read before (`written_payload`), to be expanded once more: then nothing is told.
    """
    house.catalogue.environment(arguments.environment)
    target = find_target(arguments, house.catalogue)
    chosen = identity(arguments, house)
    payload: Payload | None = large_payload(arguments) if written is None else None
    if payload is None:
        raw = read_payload(arguments, target, house) if written is None else written
        payload, found = expand_bytes(raw, moment_of(house, arguments.environment))
        for macro, value in in_words(found) if written is None else ():
            print(f"{macro} = {value}", file=sys.stderr)
    return Call(arguments.environment, target, payload, chosen, door=Door.COMMAND_LINE)


def written_payload(arguments: argparse.Namespace, house: House) -> bytes:
    """The payload that the arguments name, with its macros as they are written."""
    house.catalogue.environment(arguments.environment)
    return read_payload(arguments, find_target(arguments, house.catalogue), house)


def _permitted(call: Call, typed: str | None, house: House) -> Call:
    """The call with its permit, where the user gave the word for it; the courier refuses one that lacks it."""
    sheet = house.guard.sheet(call) if typed is not None else None
    if typed is None or sheet is None:
        return call
    approval = house.shelves.approvals.find(sheet.seal.payload) if house.shelves.approvals else None
    return replace(call, permit=sheet.arm(typed, datetime.now(UTC), approval))


def identity(arguments: argparse.Namespace, house: House) -> IdentityRef | None:
    """The certificate that the arguments name, else the only one that their environment has."""
    if arguments.certificate:
        store, colon, thumbprint = arguments.certificate.partition(":")
        if not colon:
            raise UsageError(f"'{arguments.certificate}' names no certificate.", advice="Write STORE:THUMBPRINT.")
        return IdentityRef(store, thumbprint.upper())
    found = house.identities.for_environment(arguments.environment)
    return found[0].ref if len(found) == 1 else None


def _carried(courier: Courier, call: Call, *, despite: bool) -> Exchange:
    """Carry a call; one whose payload breaks its schema wants a word, by an argument or at the terminal."""
    watch = sys.stderr.isatty()
    try:
        return _carry(courier, replace(call, despite=hash_of(call.payload)) if despite else call, watch=watch)
    except PayloadInvalid as error:
        if not (watch and sys.stdin.isatty()):
            error.advice = "CAISO's verdict counts, not ours: add --send-invalid to send it all the same."
            raise
        print(error, file=sys.stderr)
        print("Send it all the same? [y/N] ", end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            raise
        return _carry(courier, replace(call, despite=error.payload_hash), watch=watch)


def _carry(courier: Courier, call: Call, *, watch: bool) -> Exchange:
    """Carry a call so that Ctrl-C cancels it."""
    progress = _print_progress if watch else ignore_progress
    try:
        return until_done(lambda token: courier.carry(call, token, progress), "call")
    finally:
        if watch:
            print("\r\x1b[K", end="", file=sys.stderr)


def _print_progress(progress: Progress) -> None:
    size = f" {progress.received:,} bytes" if progress.received else ""
    note = f": {progress.note}" if progress.note else ""
    print(f"\r\x1b[K{progress.phase}{size}{note}", end="", file=sys.stderr, flush=True)


def _facts(exchange: Exchange, saved: Path | None) -> dict[str, object]:
    answer, response, failure = exchange.answer, exchange.response, exchange.failure
    return {
        "id": exchange.id,
        "tries": len(exchange.earlier) + 1,
        "environment": exchange.call.environment,
        "service": f"{exchange.call.target.application}/{exchange.call.target.service}",
        "version": exchange.call.target.version,
        "variant": str(exchange.call.target.variant),
        "url": exchange.request.url,
        "started": exchange.started.isoformat(),
        "fate": str(exchange.fate),
        "status": response.status if response else None,
        "seconds": response.timings.total if response else None,
        "failure": str(failure) if failure else None,
        "answer": _answer_facts(answer, saved) if answer else None,
    }


def _answer_facts(answer: Answer, saved: Path | None) -> dict[str, object]:
    return {
        "outcome": str(answer.outcome),
        "root": answer.root,
        "counts": dict(answer.counts),
        "saved": str(saved) if saved and answer.report else None,
        "notes": [{"severity": str(n.severity), "title": n.title, "text": n.raw} for n in answer.notes],
    }


def _status(exchange: Exchange) -> int:
    if exchange.succeeded:
        return SUCCESS
    if exchange.fate is Fate.UNKNOWN:
        return UNKNOWN_FATE
    return SERVICE_ERROR if exchange.answer is not None else NOT_MADE
