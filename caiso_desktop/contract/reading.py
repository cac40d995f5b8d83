"""Reads a payload in the market's words by the local names that CAISO's schemas use, whatever their namespaces.

The names are those of the published interface specifications: ``mRID`` under ``SchedulingCoordinator`` and
``Registered...``, ``schedulingCoordinator``, ``resourceId`` (ADS), ``startTime``/``endTime``, ``dateTimeStart``,
``MarketStartTime``, ``rangePeriod/start``, bid curves as ``xAxisData`` (MW) and ``y1AxisData`` ($/MWh).
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum, auto
from functools import lru_cache

from caiso_desktop.contract.difference import compare
from caiso_desktop.contract.document import REMEMBERED
from caiso_desktop.contract.scan import Node, plain, scan
from caiso_desktop.model.moment import PACIFIC
from caiso_desktop.model.reading import Difference, Range, Reading, Unit
from caiso_desktop.model.source import Payload, PayloadFile
from caiso_desktop.model.trade_hour import TradeHour, hours_between


class Sense(Enum):
    """What a name says of the time that stands under it."""

    START = auto()
    END = auto()
    DATE = auto()
    HOUR = auto()


MOST_HOURS = 31 * 24 + 1
MOST_NAMES = 100_000
SHOWN = 50
LONGEST_NAME = 100

_NUMBER = re.compile(r"[-+]?(\d{1,15}(\.\d{0,12})?|\.\d{1,12})")
_WHOLE = re.compile(r"\d{1,2}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_COORDINATOR = re.compile(
    r"(.*schedulingcoordinator(id|name)?|scid|scname|sc|schedcoord(id)?|(from|submitting|primary)sc)"
)
_OTHER_PARTY = re.compile(r"(to|counter|other)")
_RESOURCE = re.compile(
    r"(registered[a-z]+|.*resource(id|name)?|res(id|name)|unit(id|name)|generator(id|name)?|intertie(id)?"
    r"|demandresponseregistration|distributedenergyresourcecontainer)"
)
_TRADE_DATE = re.compile(r"(trade|trading|operating|opr|market|delivery)(date|day)")
_HOUR_ENDING = re.compile(r"(trade|trading|operating|opr|market)?(hourending|hourend|he|hour|hr)")
_START = re.compile(r".*(start|begin).*")
_END = re.compile(r".*(end|stop)(?!or|ar).*")
_SENSES = ((_TRADE_DATE, Sense.DATE), (_HOUR_ENDING, Sense.HOUR), (_START, Sense.START), (_END, Sense.END))
_NAMED_BY = ("mrid", "id", "name", "ref")
_UNITS: tuple[tuple[re.Pattern[str], Unit], ...] = (
    (re.compile(r".*(price|y1axisdata|energybid).*"), Unit.PRICE),
    (re.compile(r".*(cost|amount).*"), Unit.MONEY),
    (re.compile(r".*(mwh|energy|measurementvalue|meterquantity).*"), Unit.ENERGY),
    (re.compile(r".*(mw|megawatt|quantity|capacity|xaxisdata|power|(?<!price)schedule).*|(accept)?dot"), Unit.POWER),
)


class PayloadReader:
    """The port `caiso_desktop.model.reading.Reader`."""

    def read(self, payload: Payload) -> Reading:
        """What a payload says."""
        return read(payload)

    def compare(self, before: Payload, after: Payload) -> Difference:
        """How a payload differs from an earlier one."""
        return compare(before, after)


def read(payload: Payload) -> Reading:
    """What a payload says. `PayloadError` for what is not well-formed XML.

    Of the last few what was read is remembered, where remembering the payload costs little: the same one is checked,
    shown, sent, and often sent again.
    """
    small = isinstance(payload, PayloadFile) or len(payload) <= REMEMBERED
    return _remembered(payload) if small else _gather(payload)


def _gather(payload: Payload) -> Reading:
    gathered = _Gathered()
    for node in scan(payload):
        gathered.take(node)
    return gathered.reading()


_remembered = lru_cache(maxsize=8)(_gather)


class _Gathered:
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
        names: dict[str, str] = {}
        timed: dict[Sense, str] = {}
        for name, value in node.leaves.items():
            known = meaning(name)
            if known.names:
                names.setdefault(known.names, value)
            elif known.coordinator or known.resource:
                self._name(known, value)
            if known.unit is not None:
                self._number(name, known.unit, value)
            if known.sense is not None and value:
                timed.setdefault(known.sense, value)
        named = next(filter(None, map(names.get, _NAMED_BY)), "") if names else ""
        if named:
            self._name(meaning(node.name), named)
        if timed:
            self._times(timed)

    def _name(self, known: "Meaning", value: str) -> None:
        if not value or len(value) > LONGEST_NAME:
            return
        if known.coordinator:
            self._add(self._coordinators, value)
        elif known.resource:
            self._add(self._resources, value)

    def _times(self, timed: "dict[Sense, str]") -> None:
        """Stretches of time and hours that one element gives; most records give the same as another."""
        key = tuple(timed.items())
        if key in self._known_times:
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
        day = _day(timed.get(Sense.DATE, ""))
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
        low, high, count = self._numbers.get((name, unit), (number, number, 0))
        self._numbers[name, unit] = (number if number < low else low, number if number > high else high, count + 1)

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


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a name is taken for; ``names`` is the kind of name that it gives to the element around it, if it does."""

    coordinator: bool
    resource: bool
    unit: Unit | None
    sense: Sense | None
    names: str = ""


@lru_cache(maxsize=4096)
def meaning(name: str) -> Meaning:
    """What a name is taken for; asked for each element, so remembered."""
    known = plain(name)
    other = bool(_OTHER_PARTY.match(known))
    if known in _NAMED_BY:
        return Meaning(coordinator=False, resource=False, unit=None, sense=None, names=known)
    return Meaning(
        coordinator=not other and bool(_COORDINATOR.fullmatch(known)),
        resource=not other and bool(_RESOURCE.fullmatch(known)),
        unit=next((unit for pattern, unit in _UNITS if pattern.fullmatch(known)), None),
        sense=next((sense for pattern, sense in _SENSES if pattern.fullmatch(known)), None),
    )


def moment(text: str) -> datetime | None:
    """The moment a text gives, None where it gives none; without an offset it is GMT, a bare date begins in Pacific."""
    if not 10 <= len(text) <= 40:
        return None
    # .NET writes seven digits of a second, Python reads six.
    trimmed = re.sub(r"(\.\d{6})\d+", r"\1", text)
    try:
        found = datetime.fromisoformat(trimmed)
    except ValueError:
        return None
    if _DATE.fullmatch(text):
        return found.replace(tzinfo=PACIFIC).astimezone(UTC)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _day(text: str) -> date | None:
    if _DATE.fullmatch(text[:10]) and len(text) in (10, 11, 16):  # with a zone: 2026-03-10Z, 2026-03-10-08:00
        try:
            return date.fromisoformat(text[:10])
        except ValueError:
            return None
    found = moment(text)
    return None if found is None else found.astimezone(PACIFIC).date()
