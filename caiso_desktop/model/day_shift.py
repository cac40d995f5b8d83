"""A payload for another trade date: what moves, what the other day lacks or adds, and what a person decides.

Moving goes by the calendar, not by 24 hours: an instant keeps its hour ending. Positions count characters of the
draft's text.
"""

import sys
from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import NamedTuple, Protocol

from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import UsageError
from caiso_desktop.model.trade_hour import TradeHour


class Decision(StrEnum):
    """What to do about an hour that only one of the days has."""

    DROP = "drop"
    FILL = "fill"
    LEAVE = "leave"


class Lack(StrEnum):
    """Which of the days has the hour."""

    LACKING = "lacking"
    ADDED = "added"


class Piece(NamedTuple):
    """The text from ``start`` to ``end`` gives way to another."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Field:
    """All values that stand under one name. ``path`` has the local names from the root, an attribute's after ``@``.

    ``why`` says in words why they do not move unless one asks for it; empty where they do.
    """

    path: str
    count: int
    example: str
    why: str = ""

    @property
    def name(self) -> str:
        """The last name of the path."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Change:
    """A value that moves: where it stands, as it was and as it will be, and the hours for a person."""

    field: str
    line: int
    piece: Piece
    old: str
    hour_before: str
    hour_after: str

    @property
    def new(self) -> str:
        """As it will be."""
        return self.piece.text


@dataclass(frozen=True, slots=True)
class Gap:
    """Records of an hour that only one of the days has.

    ``drop`` takes the records out, ``fill`` puts copies of their neighbour's in. ``held`` are the starts of the
    changes that are not made where the records stay as they are.
    """

    kind: Lack
    hour: TradeHour
    record: str
    line: int
    count: int
    drop: tuple[Piece, ...] = ()
    fill: tuple[Piece, ...] = ()
    held: frozenset[int] = frozenset()

    @property
    def choices(self) -> tuple[Decision, ...]:
        """What can be decided: records of a lacking hour go or stay as they are, those of an added one are made."""
        if self.kind is Lack.ADDED:
            return (Decision.FILL, Decision.LEAVE)
        return (Decision.DROP, Decision.LEAVE) if self.drop else (Decision.LEAVE,)

    def pieces(self, decision: Decision | None) -> tuple[Piece, ...]:
        """What a decision writes."""
        return {Decision.DROP: self.drop, Decision.FILL: self.fill}.get(decision or Decision.LEAVE, ())

    @property
    def id(self) -> str:
        """What it is called among the gaps of a plan."""
        return f"{self.kind} {self.hour.day.isoformat()} HE{self.hour.ending:02d} {self.record}"

    @property
    def sentence(self) -> str:
        """What is lacking or added, for a person."""
        records = f"{self.count:,} record{'' if self.count == 1 else 's'} <{self.record}>"
        if self.kind is Lack.LACKING:
            what = "is the repeated hour of another day" if self.hour.ending == 25 else "is skipped by the clocks"
            return f"{self.hour.day} has no HE {self.hour.ending}: it {what}. The payload has {records} of it."
        what = "the repeated hour" if self.hour.ending == 25 else "an hour that the payload's day skips"
        return f"{self.hour.day} has HE {self.hour.ending}, {what}. {records} of HE 2 could be copied for it."

    def words(self, decision: Decision) -> str:
        """What a decision does, for a person."""
        return {
            Decision.DROP: "take these records out",
            Decision.FILL: "copy the records of HE 2",
            Decision.LEAVE: "leave them as they are" if self.kind is Lack.LACKING else "leave the hour out",
        }[decision]


@dataclass(frozen=True, slots=True)
class ShiftPlan:
    """What a shift would do to a draft. ``days`` are the trade dates that the payload speaks of.

    ``notes`` are sentences about what does not move although one might think so.
    """

    draft: Draft
    source: date
    target: date
    days: tuple[date, ...] = ()
    fields: tuple[Field, ...] = ()
    changes: tuple[Change, ...] = ()
    gaps: tuple[Gap, ...] = ()
    notes: tuple[str, ...] = ()

    def undecided(self, decisions: Mapping[str, Decision]) -> tuple[Gap, ...]:
        """The gaps that nothing is decided about."""
        return tuple(gap for gap in self.gaps if decisions.get(gap.id) not in gap.choices)

    def apply(self, decisions: Mapping[str, Decision]) -> Draft:
        """The draft after the shift; ``decisions`` by the ids of the gaps. `UsageError` where one is missing."""
        missing = self.undecided(decisions)
        if missing:
            raise UsageError(missing[0].sentence, advice="Decide what becomes of it first.")
        pieces = [piece for gap in self.gaps for piece in gap.pieces(decisions[gap.id])]
        text = pieced(self.draft.text, [*pieces, *(change.piece for change in self._moving(decisions))])
        same = text == self.draft.text
        return self.draft if same else replace(self.draft, text=text, revision=self.draft.revision + 1)

    def _moving(self, decisions: Mapping[str, Decision]) -> list[Change]:
        """The changes that are made: not in records that stay as they are or go."""
        held: set[int] = set()
        gone: list[tuple[int, int]] = []
        for gap in self.gaps:
            decision = decisions.get(gap.id)
            held |= gap.held if decision is Decision.LEAVE else frozenset()
            gone += [(each.start, each.end) for each in gap.pieces(decision) if each.end > each.start]
        gone.sort()
        return [each for each in self.changes if each.piece.start not in held and not _within(each.piece.start, gone)]

    def outcome(self, decisions: Mapping[str, Decision]) -> str:
        """What a shift with these decisions does, for a person."""
        count = len(self._moving(decisions))
        said = [f"{count:,} value{' moves' if count == 1 else 's move'}" if count else "nothing moves"]
        for gap in self.gaps:
            done = {Decision.DROP: "taken out", Decision.FILL: "copied"}.get(decisions.get(gap.id, Decision.LEAVE))
            if done is not None:
                said.append(f"{gap.count:,} record{' is' if gap.count == 1 else 's are'} {done}")
        words = ", ".join(said)
        return f"{words[0].upper()}{words[1:]}."


class Shifting(Protocol):
    """Plans shifts; for a worker, as a big payload takes a second."""

    def plan(
        self, draft: Draft, target: date, *, source: date | None = None, fields: Collection[str] | None = None
    ) -> ShiftPlan:
        """What moves when the day ``source`` of a payload becomes ``target``; None: the first of its days.

        ``fields`` are the paths that move, None those that usually do. `PayloadError` for what is not XML, `UsageError`
        where no day is found in it.
        """
        ...


def pieced(text: str, pieces: Iterable[Piece]) -> str:
    """A text with pieces of it replaced, which do not overlap; of two at one place the one given first comes first."""
    out, at = [], 0
    for piece in sorted(pieces, key=lambda each: each.start):
        out += [text[at : piece.start], piece.text]
        at = piece.end
    out.append(text[at:])
    return "".join(out)


def _within(position: int, stretches: list[tuple[int, int]]) -> bool:
    at = bisect_right(stretches, (position, sys.maxsize)) - 1
    return at >= 0 and position < stretches[at][1]
