"""How a call ended, in words on standard error: what went wrong, what it means, and what to look at next."""

import sys
from pathlib import Path

from caiso_desktop.assembly.house import House
from caiso_desktop.model.answer import Note
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.error import CaisoError, CatalogueFileError, Fate
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.follow_up import FollowUp
from caiso_desktop.model.other_way import other_ways
from caiso_desktop.model.service import Kind


def tell(exchange: Exchange, saved: Path | None, house: House, certificate: str | None = None) -> None:
    """Say how a call ended; ``saved`` is where its report lies, where it was saved.

    ``certificate`` is the one that was named for it, which what comes next will want too.
    """
    for number, each in enumerate(exchange.earlier, 1):
        _say(f"try {number}: {each.trouble}")
    if exchange.failure is not None:
        _of_failure(exchange, exchange.failure, house.catalogue)
    answer = exchange.answer
    if answer is not None:
        counts = ", ".join(f"{count:,} {name}" for name, count in answer.counts)
        _say(f"{answer.outcome}{': ' if counts else ''}{counts}")
        for note in answer.notes:
            _say(_of_note(note))
    if exchange.operation.kind is not Kind.RETRIEVE:
        _of_next(exchange, house, certificate)
    if saved is not None:
        _say(f"saved: {saved}")


def _of_failure(exchange: Exchange, failure: CaisoError, catalogue: Catalogue) -> None:
    side = failure.side.sentence if failure.side is not None else ""
    _say(" ".join(filter(None, (str(failure), side))))
    ways = other_ways(exchange, catalogue)
    if ways is not None:
        _say(f"Other ways: {ways.words}")
    if exchange.fate is Fate.UNKNOWN and exchange.operation.kind is not Kind.RETRIEVE:
        _say("The service may have received it: look there before you send it again.")


def _of_note(note: Note) -> str:
    """A note in a line; CAISO's own words once, where they are what it means."""
    raw = "" if note.raw in note.told else note.raw
    return " ".join(filter(None, (f"{note.title}.", note.told, note.advice, raw)))


def _of_next(exchange: Exchange, house: House, certificate: str | None) -> None:
    """The retrieve that shows what became of a submit, as a command that fills in what the submit said."""
    try:
        found = house.watching.follow_ups.after(exchange)
        entry = house.journal.find(exchange.id)
    except CatalogueFileError as error:
        _say(str(error))
        return
    except CaisoError:
        # What cannot be looked up is not offered.
        return
    if found is not None and entry is not None:
        words = "Whether it arrived shows in" if found.doubt else "Next:"
        _say(f"{words} {_command(found, entry.id, certificate)}  {found.shows}".rstrip())


def _command(found: FollowUp, call: int, certificate: str | None) -> str:
    target = found.target
    verb = "watch" if found.of_batch else "call"
    parts = [f"caiso {verb} {target.application}/{target.service}"]
    if target.version:
        parts.append(f"--version {target.version}")
    if target.procedure:
        parts.append(f"--operation {target.procedure}")
    parts.append(f"--environment {found.environment} --after {call}")
    if certificate:
        parts.append(f"--certificate {certificate}")
    if found.of_batch:
        parts.append("--until checked")
    return " ".join(parts)


def _say(words: str) -> None:
    print(words, file=sys.stderr)
