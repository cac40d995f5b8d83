"""Puts what a submit said into a request for what became of it: for whom, when, which resources, which batch.

Nobody but CAISO's schemas knows all names that a request takes. So only elements that the request has already are
filled, by what their names mean (`caiso_desktop.contract.meaning`); what finds no place is named in a comment.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from xml.sax.saxutils import escape

from caiso_desktop.contract.meaning import Sense, meaning
from caiso_desktop.contract.outline import outline
from caiso_desktop.contract.scan import plain
from caiso_desktop.contract.skeleton import trade_day
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.follow_up import Filled
from caiso_desktop.model.outline import Node, Outline
from caiso_desktop.model.reading import Reading

MOST = 50
"""Values that are written in place of one."""

_NAMED_BY = ("mrid", "id", "name")
_HEADER = "MessageHeader"
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_TOLD_DAY = re.compile(r"(?i)(?<=trade date )\d{4}-\d\d-\d\d")
_LEAF = re.compile(r"(<[^<>]*>).*?(</[^<>]*>)", re.DOTALL)
_EMPTY = re.compile(r"<([^\s/<>]+)([^<>]*?)/>")
_NOTE = "The submit named also: "
_OLD_NOTE = re.compile(rf"[ \t]*<!-- {_NOTE}.*?-->\r?\n?")
_PAYLOAD = re.compile(r"([ \t]*)</(?:[\w.-]+:)?MessagePayload>")

BATCH, COORDINATOR, DAY, HOURS, RESOURCES = "batch", "scheduling coordinator", "trade date", "hours", "resources"
_REST = {DAY: "other trade dates", RESOURCES: "other resources", COORDINATOR: "other scheduling coordinators"}
"""What is said of the values of a fact for which there was no room."""


@dataclass(frozen=True, slots=True)
class _Span:
    """From when until when; ``hours`` are part of a day."""

    start: datetime
    end: datetime
    hours: bool


def fill(draft: Draft, reading: Reading, batch: str = "") -> Filled:
    """The draft with what was read of a submit in it; a draft that cannot be read is left as it is.

    One that was filled before, of another submit, loses what was noted of that.
    """
    draft = replace(draft, text=_OLD_NOTE.sub("", draft.text))
    found = outline(draft)
    if not isinstance(found, Outline):
        return Filled(draft)
    span = _span(reading)
    facts = _Facts(reading, batch, span)
    taken: set[str] = set()
    pieces: list[tuple[int, int, str]] = []
    for leaves in _runs(found):
        parent, leaf = leaves[0].parent, leaves[0].node
        fact, values = facts.of(parent.local, leaf.local, leaf.value)
        if not values:
            continue
        taken.update(fact)
        room = len(leaves) > 1 or plain(parent.local).endswith("list")
        kept = values[: MOST if room else 1]
        if DAY not in fact:
            facts.put(fact, values[len(kept) :])
        pieces.append(_rewritten(draft.text, leaves, kept))
    text = draft.text
    for start, end, new in reversed(pieces):
        text = text[:start] + new + text[end:]
    if span is not None and DAY in taken:
        text = _TOLD_DAY.sub(reading.trade_dates[0].isoformat(), text)
    facts.known |= {_REST[fact]: ", ".join(values[:MOST]) for fact, values in facts.rest.items() if values}
    left = [fact for fact in facts.known if fact not in taken]
    if left:
        text = _noted(text, [f"{fact} {facts.known[fact]}" for fact in left])
    filled = replace(draft, text=text, revision=draft.revision + 1)
    return Filled(filled, tuple(fact for fact in facts.known if fact in taken), tuple(left))


@dataclass(frozen=True, slots=True)
class _Leaf:
    start: int
    node: Node
    parent: Node


def _runs(found: Outline) -> Iterator[list[_Leaf]]:
    """The leaves outside the header, each with its neighbours of the same name, in the order of the text."""
    leaves: list[tuple[tuple[int, ...], _Leaf]] = []
    for path, node, start in found.walk():
        if path and node.is_leaf and all(found.node(path[:n]).local != _HEADER for n in range(len(path))):
            leaves.append((path, _Leaf(start, node, found.node(path[:-1]))))

    def kin(each: tuple[tuple[int, ...], _Leaf]) -> tuple[tuple[int, ...], str]:
        return each[0][:-1], each[1].node.tag

    for _, group in groupby(leaves, kin):
        yield [leaf for _, leaf in group]


class _Facts:
    """What is known of a submit, by its words; ``known`` gives each fact a value for the comment.

    ``rest`` are, of a fact that was put somewhere, the values for which no place had room.
    """

    def __init__(self, reading: Reading, batch: str, span: _Span | None) -> None:
        self._reading = reading
        self._batch = batch
        self._span = span
        self.known: dict[str, str] = {}
        self.rest: dict[str, Sequence[str]] = {}
        if batch:
            self.known[BATCH] = batch
        else:
            if reading.scheduling_coordinators:
                self.known[COORDINATOR] = ", ".join(reading.scheduling_coordinators[:MOST])
            if span is not None:
                self.known[DAY] = ", ".join(day.isoformat() for day in reading.trade_dates)
            if span is not None and span.hours:
                self.known[HOURS] = reading.when
            if reading.resources:
                self.known[RESOURCES] = ", ".join(reading.resources[:MOST])

    def put(self, fact: tuple[str, ...], rest: Sequence[str]) -> None:
        """A fact was put in a place that had no room for the ``rest``; another place may have."""
        for each in fact:
            if each in _REST:
                self.rest[each] = min(self.rest.get(each, rest), rest, key=len)

    @property
    def _other_days(self) -> Sequence[str]:
        return [day.isoformat() for day in self._reading.trade_dates[1:]]

    def of(self, parent: str, name: str, value: str) -> tuple[tuple[str, ...], Sequence[str]]:
        """Which facts an element tells, and the values that it gets; none for one that stays as it is."""
        named = plain(name) in _NAMED_BY
        if self._batch:
            wanted = plain(name) == "batchuid" or (plain(name) == "mrid" and plain(parent).startswith("batch"))
            return ((BATCH,), (self._batch,)) if wanted else ((), ())
        known = meaning(parent) if named else meaning(name)
        reading = self._reading
        if known.coordinator:
            return (COORDINATOR,), reading.scheduling_coordinators
        if known.resource:
            return (RESOURCES,), reading.resources
        if self._span is None:
            return (), ()
        return self._time(plain(name), known.sense, value)

    def _time(self, name: str, sense: Sense | None, value: str) -> tuple[tuple[str, ...], Sequence[str]]:
        span = self._span
        if span is None or sense is None or sense is Sense.HOUR:
            return (), ()
        if sense is Sense.DATE:
            self.put((DAY,), self._other_days)
            return (DAY,), [self._reading.trade_dates[0].isoformat()]
        if name.startswith("market"):
            # SIBR asks for a market by its first hour: that of a real-time hour, else of the trade date.
            self.put((DAY,), self._other_days)
            one = span.hours and span.end - span.start == timedelta(hours=1)
            start = span.start if one else trade_day(self._reading.trade_dates[0])[0]
            return (DAY, HOURS), [_gmt(start if sense is Sense.START else start + timedelta(hours=1))]
        self.put((DAY,), ())
        moment = span.start if sense is Sense.START else span.end
        if _DAY.fullmatch(value):
            days = self._reading.trade_dates
            return (DAY,), [(days[0] if sense is Sense.START else days[-1]).isoformat()]
        return (DAY, HOURS), [_gmt(moment)]


def _span(reading: Reading) -> _Span | None:
    """When it is about: its hours where it names some, else its trade dates."""
    if not reading.trade_dates:
        return None
    first, last = min(reading.trade_dates), max(reading.trade_dates)
    if reading.hours:
        return _Span(min(hour.start for hour in reading.hours), max(hour.end for hour in reading.hours), hours=True)
    return _Span(trade_day(first)[0], trade_day(last)[1], hours=False)


def _rewritten(text: str, leaves: list[_Leaf], values: Sequence[str]) -> tuple[int, int, str]:
    """The stretch of these leaves, and what stands there instead: one leaf for each value, laid out alike."""
    first, last = leaves[0], leaves[-1]
    written = text[first.start : first.start + first.node.length]
    between = text[first.start - first.node.gap : first.start]
    written = _EMPTY.sub(r"<\1\2></\1>", written) if first.node.foot == 0 else written
    new = between.join(_LEAF.sub(lambda m, v=value: f"{m[1]}{escape(v)}{m[2]}", written) for value in values)  # type: ignore[misc]  # mypy cannot infer a lambda with a default
    return first.start, last.start + last.node.length, new


def _noted(text: str, facts: Sequence[str]) -> str:
    """The text with a comment at the end of its MessagePayload about what found no place."""
    words = "; ".join(facts).replace("--", "- -")
    comment = f"<!-- {_NOTE}{words}. Put it where the interface specification wants it. -->"

    def put(found: re.Match[str]) -> str:
        return f"{found[1]}  {comment}\n{found[0]}"

    return _PAYLOAD.sub(put, text, count=1)


def _gmt(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
