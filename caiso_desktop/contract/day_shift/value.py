"""The times in a payload: instants, days and hour endings, each with its place in the text and what its name says."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from caiso_desktop.contract.meaning import Sense, meaning
from caiso_desktop.model.day_shift import Piece
from caiso_desktop.model.markup import SPACE
from caiso_desktop.model.outline import Node, NodePath, Outline
from caiso_desktop.model.stamp import Day, Instant, day, instant
from caiso_desktop.model.trade_hour import TradeHour, moved

_HOUR = re.compile(r"((?:HE)? ?)(\d{1,2})")
_SECOND_ONE = 25


@dataclass(frozen=True, slots=True)
class Ending:
    """The number of an hour as it is written: ``7``, ``07``, ``HE07``."""

    text: str
    number: int

    def written(self, number: int) -> str:
        """Another number in this style."""
        found = _HOUR.fullmatch(self.text)
        width = len(found[2]) if found else 0
        return f"{found[1] if found else ''}{number:0{width}d}"


@dataclass(frozen=True, slots=True)
class Value:
    """A time where it stands: ``owner`` is the path of the element that has it as a child or an attribute.

    ``field`` has the local names from the root. ``start`` is -1 where the value is written in pieces that a comment
    or a reference takes apart.
    """

    field: str
    owner: NodePath
    sense: Sense | None
    stamp: Instant | Day | Ending
    start: int
    end: int

    @property
    def as_end(self) -> bool:
        """Whether it ends something: then 24:00 belongs to the day before."""
        return self.sense is Sense.END

    @property
    def hour(self) -> TradeHour | None:
        """The hour of an instant."""
        if not isinstance(self.stamp, Instant):
            return None
        return TradeHour.at(self.stamp.moment - timedelta(microseconds=1) if self.as_end else self.stamp.moment)

    @property
    def day(self) -> date | None:
        """The trade date that it speaks of; None for an hour's number."""
        if isinstance(self.stamp, Day):
            return self.stamp.day
        hour = self.hour
        return hour.day if hour is not None else None

    def piece(self, days: int) -> Piece | None:
        """What it becomes so many days later; None where it stays."""
        if self.start < 0 or isinstance(self.stamp, Ending):
            return None
        if isinstance(self.stamp, Day):
            text = self.stamp.written(self.stamp.day + timedelta(days=days))
        else:
            text = self.stamp.written(moved(self.stamp.moment, days, as_end=self.as_end)[0])
        return Piece(self.start, self.end, text) if text != self.stamp.text else None

    def piece_in(self, before: TradeHour, after: TradeHour) -> Piece | None:
        """What it becomes in a copy for another hour: what lies in the one hour lies in the other then."""
        days = (after.day - before.day).days
        if isinstance(self.stamp, Ending) and self.start >= 0 and self.stamp.number == before.ending:
            return Piece(self.start, self.end, self.stamp.written(after.ending))
        if isinstance(self.stamp, Instant) and self.start >= 0 and self.hour == before:
            moment = after.start + (self.stamp.moment - before.start)
            return Piece(self.start, self.end, self.stamp.written(moment))
        return self.piece(days)


def find_values(text: str, outline: Outline) -> Iterator[Value]:
    """Every time of a payload, in the order of its text."""
    names: dict[NodePath, str] = {}
    for path, node, start in outline.walk():
        name = node.local
        names[path] = f"{names[path[:-1]]}/{name}" if path else name
        for each in node.attributes:
            stamp = _stamp(each.name, each.value)
            if stamp is not None and not each.name.startswith("{"):
                at, length = start + each.value_at, each.length
                place = _place(text[at : at + length], stamp.text)
                field = f"{names[path]}/@{each.name}"
                yield Value(field, path, meaning(each.name).sense, stamp, *_moved_by(at, place))
        if node.children or not node.text:
            continue
        stamp = _stamp(name, node.text.strip(SPACE))
        if stamp is not None:
            yield _of_leaf(text, names[path], path, node, start, stamp)


def _of_leaf(text: str, field: str, path: NodePath, node: Node, start: int, stamp: Instant | Day | Ending) -> Value:
    content = text[start + node.head : start + node.length - node.foot]
    place = _place(content, stamp.text)
    return Value(field, path[:-1], meaning(node.local).sense, stamp, *_moved_by(start + node.head, place))


def _stamp(name: str, text: str) -> Instant | Day | Ending | None:
    if not text or len(text) > 40 or text[0] not in "0123456789H":
        return None
    found = instant(text)
    if found is not None:
        return found
    sense = meaning(name).sense
    if sense is Sense.HOUR:
        hour = _HOUR.fullmatch(text)
        return Ending(text, int(hour[2])) if hour and 1 <= int(hour[2]) <= _SECOND_ONE else None
    return day(text, named_so=sense is Sense.DATE)


def _place(content: str, value: str) -> tuple[int, int]:
    """Where a value stands in what is written; (-1, -1) where it is not written in one piece."""
    at = content.find(value)
    return (-1, -1) if at < 0 or "<!--" in content else (at, at + len(value))


def _moved_by(offset: int, place: tuple[int, int]) -> tuple[int, int]:
    return place if place[0] < 0 else (place[0] + offset, place[1] + offset)
