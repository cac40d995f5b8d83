"""Gathers what the elements of a payload say: element by element, or for many at once that are alike."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from caiso_desktop.contract.meaning import NAMED_BY, Meaning, Sense, day_of, meaning, moment
from caiso_desktop.contract.plan import Plan
from caiso_desktop.contract.repeat import Repeat, Row
from caiso_desktop.contract.scan import Node, plain
from caiso_desktop.contract.sieve import Run
from caiso_desktop.model.reading import Range, Reading, Unit
from caiso_desktop.model.trade_hour import TradeHour, hours_between

MOST_HOURS = 31 * 24 + 1
MOST_NAMES = 100_000
MOST_RANGES = 1000
"""Names under which numbers are gathered; a schema has some dozens."""

SHOWN = 50
LONGEST_NAME = 100

_NUMBER = re.compile(r"[-+]?(\d{1,15}(\.\d{0,12})?|\.\d{1,12})")
_WHOLE = re.compile(r"\d{1,2}")


class Uncertain(Exception):
    """What many say at once is not certainly what they say one by one."""


class Gathered:
    """What has been read so far; every collection is bounded."""

    def __init__(self) -> None:
        self._root = ""
        self._children = 0
        self._records = 0
        self._coordinators: dict[str, None] = {}
        self._resources: dict[str, None] = {}
        self._dates: set[date] = set()
        self._hours: set[TradeHour] = set()
        self._numbers: dict[tuple[str, Unit], tuple[Decimal, Decimal, int]] = {}
        self._known_times: set[tuple[tuple[Sense, str], ...]] = set()
        self._complete = True
        self._plans: dict[Repeat, Plan] = {}

    def take(self, node: Node) -> None:
        """Look at an element that has ended."""
        parent = node.parent
        if parent is None:
            self._root = node.name
        elif plain(parent.name) == "messagepayload":
            self._records += 1
        elif parent.parent is None:
            self._children += 1
        if not node.leaves or (node.depth <= 1 and plain(node.name) == "messageheader"):
            return
        self._names(node.name, node.leaves)
        self._times(node.leaves)
        for name, value in node.leaves.items():
            unit = meaning(name).unit
            if unit is not None:
                self._number(name, unit, value)

    def take_run(self, run: Run) -> None:
        """Look at records that are alike: at what they name and when, once for all that say the same.

        `Uncertain` where that might not be what would be gathered one by one.
        """
        plan = self._plans.get(run.repeat)
        if plan is None:
            plan = self._plans[run.repeat] = Plan.of(run.repeat, run.depth)
        self._take_rows(plan, run.rows)

    def _take_rows(self, plan: Plan, rows: Sequence[Row]) -> None:
        self._records += plan.records * len(rows)
        self._children += plan.children * len(rows)
        for row in plan.names.news(rows):
            for name, leaves in plan.names.said(row):
                self._names(name, leaves)
        for row in plan.times.news(rows):
            for _, leaves in plan.times.said(row):
                self._times(leaves)
        try:
            for number in plan.numbers:
                self._many(number.name, number.unit, *number.count(rows))
        except ValueError as error:
            raise Uncertain from error
        for column, block, its_plan in plan.blocks:
            self._take_rows(its_plan, [each for row in rows for each in block.rows(row[column])])
            if not self._complete:
                raise Uncertain  # Which of them the bounds leave out depends on their order.

    def _names(self, element: str, leaves: Mapping[str, str]) -> None:
        names: dict[str, str] = {}
        for name, value in leaves.items():
            known = meaning(name)
            if known.names:
                names.setdefault(known.names, value)
            elif known.coordinator or known.resource:
                self._name(known, value)
        named = next(filter(None, map(names.get, NAMED_BY)), "") if names else ""
        if named:
            self._name(meaning(element), named)

    def _name(self, known: Meaning, value: str) -> None:
        if not value or len(value) > LONGEST_NAME:
            return
        if known.coordinator:
            self._add(self._coordinators, value)
        elif known.resource:
            self._add(self._resources, value)

    def _times(self, leaves: Mapping[str, str]) -> None:
        """Stretches of time and hours that one element gives; most records give the same as another."""
        timed: dict[Sense, str] = {}
        for name, value in leaves.items():
            sense = meaning(name).sense
            if sense is not None and value:
                timed.setdefault(sense, value)
        key = tuple(timed.items())
        if not timed or key in self._known_times:
            return
        if len(self._known_times) < MOST_NAMES:
            self._known_times.add(key)
        start, end = (moment(timed.get(sense, "")) for sense in (Sense.START, Sense.END))
        if start is not None and end is not None and start < end:
            self._stretch(start, end)
        elif start is not None:
            self._hour(TradeHour.at(start))
        elif end is not None:
            self._hour(TradeHour.at(end - timedelta(microseconds=1)))
        day = day_of(timed.get(Sense.DATE, ""))
        if day is None:
            return
        self._dates.add(day)
        hour = timed.get(Sense.HOUR, "")
        if _WHOLE.fullmatch(hour) and 1 <= int(hour) <= 25:
            trade_hour = TradeHour(day, int(hour))
            try:
                trade_hour.start  # noqa: B018  asks whether the day has this hour
            except ValueError:
                return
            self._hour(trade_hour)

    def _stretch(self, start: datetime, end: datetime) -> None:
        hours = set(hours_between(start, end, most=MOST_HOURS))
        if start + timedelta(hours=MOST_HOURS) < end:
            self._complete = False
        for hour in hours:
            self._hour(hour)

    def _hour(self, hour: TradeHour) -> None:
        self._dates.add(hour.day)
        if len(self._hours) < MOST_HOURS or hour in self._hours:
            self._hours.add(hour)
        else:
            self._complete = False

    def _number(self, name: str, unit: Unit, value: str) -> None:
        if not _NUMBER.fullmatch(value):
            return
        number = Decimal(value)
        known = self._numbers.get((name, unit))
        if known is None and (len(self._numbers) >= MOST_RANGES or len(name) > LONGEST_NAME):
            self._complete = False
            return
        low, high, count = known or (number, number, 0)
        self._numbers[name, unit] = (number if number < low else low, number if number > high else high, count + 1)

    def _many(self, name: str, unit: Unit, count: int, ends: Sequence[Decimal]) -> None:
        known = self._numbers.get((name, unit))
        if known is None:  # The record that was learned had it: the bounds have left it out.
            raise Uncertain
        low, high, before = known
        for number in ends:
            low, high = number if number < low else low, number if number > high else high
        self._numbers[name, unit] = (low, high, before + count)

    def _add(self, names: dict[str, None], value: str) -> None:
        if len(names) < MOST_NAMES:
            names[value] = None
        elif value not in names:
            self._complete = False

    def reading(self) -> Reading:
        """All of it."""
        return Reading(
            root=self._root,
            scheduling_coordinators=tuple(self._coordinators),
            trade_dates=tuple(sorted(self._dates)),
            hours=tuple(sorted(self._hours, key=lambda hour: hour.order)),
            resources=tuple(self._resources)[:SHOWN],
            resource_count=len(self._resources),
            ranges=tuple(Range(name, unit, *found) for (name, unit), found in self._numbers.items()),
            records=self._records or self._children,
            complete=self._complete,
        )
