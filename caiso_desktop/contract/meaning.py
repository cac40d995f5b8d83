"""What the names in a payload mean in the market's words, whatever their namespaces, and the times that stand there.

The names are those of the published interface specifications: ``mRID`` under ``SchedulingCoordinator`` and
``Registered...``, ``schedulingCoordinator``, ``resourceId`` (ADS), ``startTime``/``endTime``, ``dateTimeStart``,
``MarketStartTime``, ``rangePeriod/start``, bid curves as ``xAxisData`` (MW) and ``y1AxisData`` ($/MWh).
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum, auto
from functools import lru_cache

from caiso_desktop.contract.scan import plain
from caiso_desktop.model.moment import PACIFIC
from caiso_desktop.model.reading import Unit


class Sense(Enum):
    """What a name says of the time that stands under it."""

    START = auto()
    END = auto()
    DATE = auto()
    HOUR = auto()


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
NAMED_BY = ("mrid", "id", "name", "ref")
_UNITS: tuple[tuple[re.Pattern[str], Unit], ...] = (
    (re.compile(r".*(price|y1axisdata|energybid|lmp).*|mc[cel]|smec"), Unit.PRICE),
    (re.compile(r".*(cost|amount).*"), Unit.MONEY),
    (re.compile(r".*(mwh|energy|measurementvalue|meterquantity).*"), Unit.ENERGY),
    (re.compile(r".*(mw|megawatt|quantity|capacity|xaxisdata|power|(?<!price)schedule).*|(accept)?dot"), Unit.POWER),
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
    if known in NAMED_BY:
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


def day_of(text: str) -> date | None:
    """The trade date a text gives, None where it gives none."""
    if _DATE.fullmatch(text[:10]) and len(text) in (10, 11, 16):  # with a zone: 2026-03-10Z, 2026-03-10-08:00
        try:
            return date.fromisoformat(text[:10])
        except ValueError:
            return None
    found = moment(text)
    return None if found is None else found.astimezone(PACIFIC).date()
