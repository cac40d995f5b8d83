"""Stretches of time in a payload: where one begins and ends, and what trade date and hours write there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Protocol

from caiso_desktop.model.day_shift import Piece, pieced
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import UsageError
from caiso_desktop.model.stamp import Instant, instant
from caiso_desktop.model.trade_hour import TradeHour, hours_of

_GMT = Instant("2026-01-01T00:00:00Z", datetime(2026, 1, 1, tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for an instant: its name, what stands there (an instant, a macro or nothing), and where in the text."""

    name: str
    text: str
    start: int
    end: int

    def written(self, moment: datetime) -> Piece:
        """What writes an instant here, in the style of what stands there, else GMT."""
        return Piece(self.start, self.end, (instant(self.text) or _GMT).written(moment))


@dataclass(frozen=True, slots=True)
class Stretch:
    """The two places that one element has; ``record`` is its name, ``line`` where it begins."""

    record: str
    line: int
    start: Slot
    end: Slot

    @property
    def first(self) -> TradeHour | None:
        """The first hour that it covers; None where that is not known."""
        found = instant(self.start.text)
        return TradeHour.at(found.moment) if found is not None else None

    @property
    def last(self) -> TradeHour | None:
        """The last hour that it covers."""
        found = instant(self.end.text)
        return TradeHour.at(found.moment - datetime.resolution) if found is not None else None

    def pieces(self, day: date, first: int, last: int) -> tuple[Piece, Piece]:
        """What writes it from one hour ending of a trade date to another; `UsageError` for hours that are none."""
        known = hours_of(day)
        for ending in (first, last):
            if ending not in known:
                raise UsageError(
                    f"{day} has no hour ending {ending}.", advice=f"It has {known[0]} to {known[-1]}{_aside(known)}."
                )
        if known.index(first) > known.index(last):
            raise UsageError(f"hour ending {first} comes after {last} on {day}.")
        return self.start.written(TradeHour(day, first).start), self.end.written(TradeHour(day, last).end)


class Stretches(Protocol):
    """Finds stretches; for a worker. `PayloadError` for what is not XML."""

    def find(self, draft: Draft) -> Sequence[Stretch]:
        """Every element with a place for a beginning and one for an end, those of the header left out."""
        ...


def set_hours(draft: Draft, stretches: Sequence[Stretch], day: date, first: int, last: int) -> Draft:
    """The draft with stretches that go from one hour ending of a trade date to another."""
    text = pieced(draft.text, [piece for each in stretches for piece in each.pieces(day, first, last)])
    return replace(draft, text=text, revision=draft.revision + 1) if text != draft.text else draft


def _aside(known: tuple[int, ...]) -> str:
    if len(known) == 23:
        return " without 3, which the clocks skip"
    return ", and 25, the repeated hour, after 2" if len(known) == 25 else ""
