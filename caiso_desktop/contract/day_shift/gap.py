"""Hours that only one of two days has: which records lie in them, and what taking them out or copying them takes."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from caiso_desktop.contract.day_shift.value import Ending, Value
from caiso_desktop.contract.meaning import Sense
from caiso_desktop.contract.scan import plain
from caiso_desktop.model.day_shift import Gap, Lack, Piece, pieced
from caiso_desktop.model.outline import NodePath, Outline
from caiso_desktop.model.stamp import Day, Instant
from caiso_desktop.model.trade_hour import TradeHour, hours_of, moved

_NEIGHBOUR = 2
"""The hour before either of those that a day can lack: HE 3 in March, HE 25 in November."""

_LAYOUT = re.compile(r"(?:\r\n|\r|\n)[ \t]*\Z")
_BLANK = re.compile(r"[ \t\r\n]*\Z")


@dataclass(frozen=True, slots=True)
class _Owner:
    """An element with times of its own, the hour it is wholly in (None: several, or none known), and its record."""

    path: NodePath
    values: tuple[Value, ...]
    hour: TradeHour | None
    record: NodePath | None


class Gaps:
    """What the shift of some values by some days lacks and adds; ``spanning`` counts records that get shorter."""

    def __init__(self, text: str, outline: Outline, values: Sequence[Value], days: int) -> None:
        self._text = text
        self._outline = outline
        self._values = sorted(values, key=lambda each: each.owner)
        self._days = days
        self._starts = {path: start for path, _, start in outline.walk()}
        self.spanning = 0
        self._owners = tuple(self._find_owners())

    def find(self, lines: Sequence[int]) -> Iterator[Gap]:
        """Every gap; ``lines`` are the positions of line ends, to tell in which line each begins."""
        lacking: dict[tuple[TradeHour, str], list[_Owner]] = {}
        added: dict[tuple[TradeHour, str], list[_Owner]] = {}
        records = {owner.record for owner in self._owners if owner.hour is not None}
        for owner in self._owners:
            place = owner.record if owner.record is not None else owner.path
            # What lies in a record that goes or is copied goes with it.
            if owner.hour is None or any(place[:end] in records for end in range(1, len(place))):
                continue
            target = TradeHour(owner.hour.day + timedelta(days=self._days), owner.hour.ending)
            known, name = hours_of(target.day), self._outline.node(place).local
            if target.ending not in known:
                lacking.setdefault((target, name), []).append(owner)
            elif owner.hour.ending == _NEIGHBOUR and owner.record is not None:
                for ending in set(known) - set(hours_of(owner.hour.day)):
                    added.setdefault((TradeHour(target.day, ending), name), []).append(owner)
        for (hour, name), owners in sorted(lacking.items(), key=lambda each: (each[0][0].day, each[0][1])):
            yield self._lacking(hour, name, owners, lines)
        for (hour, name), owners in sorted(added.items(), key=lambda each: (each[0][0].order, each[0][1])):
            yield self._added(hour, name, owners, lines)

    def _find_owners(self) -> Iterator[_Owner]:
        by_owner: dict[NodePath, list[Value]] = {}
        for value in self._values:
            by_owner.setdefault(value.owner, []).append(value)
        days = {
            path: each.stamp.day
            for path, values in by_owner.items()
            for each in values
            if isinstance(each.stamp, Day) and each.sense is Sense.DATE
        }
        for path, values in by_owner.items():
            yield _Owner(path, tuple(values), self._hour(values, days), self._record(path, len(values)))

    def _hour(self, values: Sequence[Value], days: Mapping[NodePath, date]) -> TradeHour | None:
        """The one hour that an element is in."""
        instants = [each for each in values if isinstance(each.stamp, Instant)]
        start = next((each for each in instants if not each.as_end), None)
        end = next((each for each in instants if each.as_end), None)
        if start is not None or end is not None:
            hours = {each.hour for each in (start, end) if each is not None}
            if len(hours) == 1:
                return hours.pop()
            self.spanning += any(
                moved(each.stamp.moment, self._days, as_end=each.as_end)[1] is not None
                for each in instants
                if isinstance(each.stamp, Instant)
            )
            return None
        ending = next((each.stamp for each in values if isinstance(each.stamp, Ending)), None)
        if ending is None:
            return None
        owner = values[0].owner
        above = (days[owner[:end]] for end in range(len(owner), -1, -1) if owner[:end] in days)
        only = next(iter(days.values())) if len(set(days.values())) == 1 else None
        day = next(above, only)
        return TradeHour(day, ending.number) if day is not None else None

    def _record(self, path: NodePath, times: int) -> NodePath | None:
        """What goes or is copied for these times: where an element holds nothing but times, what it stands in."""
        node = self._outline.node(path)
        holds = len(node.children) + len(node.attributes)
        if holds == times and len(path) > 1 and not self._is_frame(path[:-1]):
            path = path[:-1]
        return None if self._is_frame(path) else path

    def _is_frame(self, path: NodePath) -> bool:
        return not path or plain(self._outline.node(path).local) == "messagepayload"

    def _lacking(self, hour: TradeHour, name: str, owners: Sequence[_Owner], lines: Sequence[int]) -> Gap:
        records = [owner.record for owner in owners if owner.record is not None]
        paths = _outermost([owner.record if owner.record is not None else owner.path for owner in owners])
        held = {value.start for owner in owners for value in owner.values}
        held |= {value.start for path in records for value in self._within(path)}
        first = self._starts[paths[0]]
        drop = tuple(self._cut(path) for path in paths) if len(records) == len(owners) else ()
        return Gap(Lack.LACKING, hour, name, _line(lines, first), len(paths), drop=drop, held=frozenset(held))

    def _added(self, hour: TradeHour, name: str, owners: Sequence[_Owner], lines: Sequence[int]) -> Gap:
        records = _outermost([owner.record for owner in owners if owner.record is not None])
        before = next(owner.hour for owner in owners if owner.hour is not None)
        fill = tuple(self._copies(run, before, hour) for run in _runs(records))
        return Gap(Lack.ADDED, hour, name, _line(lines, self._starts[records[0]]), len(records), fill=fill)

    def _cut(self, path: NodePath) -> Piece:
        """An element taken out, with its line where it had that for itself."""
        start = self._starts[path]
        node = self._outline.node(path)
        end = start + node.length
        layout = _LAYOUT.search(self._text[start - node.gap : start])
        alone = layout is not None and re.match(r"[ \t]*[\r\n]", self._text[end : end + 200]) is not None
        return Piece(start - len(layout.group()) if layout and alone else start, end, "")

    def _within(self, path: NodePath) -> Iterator[Value]:
        """The values that an element and what lies in it have."""
        for index in range(bisect_left(self._values, path, key=lambda each: each.owner), len(self._values)):
            value = self._values[index]
            if value.owner[: len(path)] != path:
                return
            yield value

    def _copies(self, run: Sequence[NodePath], before: TradeHour, after: TradeHour) -> Piece:
        """Copies of neighbouring elements for another hour, behind the last of them."""
        copies = ""
        for path in run:
            start, node = self._starts[path], self._outline.node(path)
            pieces = [
                Piece(piece.start - start, piece.end - start, piece.text)
                for value in self._within(path)
                if (piece := value.piece_in(before, after)) is not None
            ]
            blank = _BLANK.search(self._text[start - node.gap : start])
            copies += (blank.group() if blank else "") + pieced(self._text[start : start + node.length], pieces)
        last = run[-1]
        end = self._starts[last] + self._outline.node(last).length
        return Piece(end, end, copies)


def _outermost(paths: Sequence[NodePath]) -> list[NodePath]:
    """Each path once, in order, without those that lie within another."""
    found: list[NodePath] = []
    for path in sorted(set(paths)):
        if not found or path[: len(found[-1])] != found[-1]:
            found.append(path)
    return found


def _runs(paths: Sequence[NodePath]) -> Iterator[list[NodePath]]:
    """Paths of elements that follow one another without a gap."""
    for _, group in groupby(enumerate(paths), key=lambda each: (each[1][:-1], each[1][-1] - each[0])):
        yield [path for _, path in group]


def _line(lines: Sequence[int], position: int) -> int:
    return bisect_left(lines, position) + 1
