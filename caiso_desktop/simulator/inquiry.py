"""What a retrieve asks for, read from its payload by local names: which days and hours, whose, which resources."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeAlias

from lxml import etree

from caiso_desktop.model.moment import PACIFIC
from caiso_desktop.simulator.market import Hour, trading_hours
from caiso_desktop.simulator.refusal import PAYLOAD, Refused

MOST_DAYS = 31
FIRST_YEAR, LAST_YEAR = 1998, 2200
Span: TypeAlias = tuple[datetime, datetime]
"""From an instant, which belongs to it, to one that does not."""

# SIBR asks for a market by its first hour and means the whole of it; a trade date is a day.
_DAYS_START, _DAYS_END = frozenset({"marketstarttime", "tradedate"}), frozenset({"marketendtime"})
_STARTS = frozenset({"datetimestart", "starttime", "start"})
_ENDS = frozenset({"datetimeend", "endtime", "end"})
COORDINATORS = frozenset({"schedulingcoordinator", "scid"})
RESOURCES = frozenset(
    {"registeredresource", "registeredgenerator", "registeredload", "registeredintertie", "resource", "resourceid"}
)
BATCHES = frozenset({"batchstatus"})
# Whose mRID is not the name of a bid, a trade, an outage ...
_OTHERS = re.compile(r"registered|^resource|coordinator|scid|pnode|entity|provider|batch|zone|company|product|node$")
_NAMING = re.compile(r"(bid|trade|outage|offer|registration|location|warning|request)(mrid|id|number)")
_CALLED = re.compile(r"container|registration")
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Inquiry:
    """Trade dates (Pacific), coordinators, resources, batches and ``names`` (mRIDs of bids, outages ...); empty: all.

    Where no day is asked for (``dated`` false) it is today's, and for what was handed in that of any day. ``span`` is
    the range in hours, None where whole days are asked for.
    """

    trade_dates: tuple[date, ...]
    coordinators: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    batches: tuple[str, ...] = ()
    dated: bool = True
    names: frozenset[str] = frozenset()
    span: Span | None = None

    def hours(self, day: date) -> tuple[Hour, ...]:
        """The hours of a trade date that are asked for."""
        hours = trading_hours(day)
        if self.span is None:
            return hours
        return tuple(hour for hour in hours if hour.start < self.span[1] and hour.end > self.span[0])


def read_inquiry(payload: etree._Element, now: datetime) -> Inquiry:
    """Read what is asked for; without a start it is today. `Refused` when a date is none, or the end comes first."""
    whole = [*texts_of(payload, _DAYS_START)]
    exact = [*texts_of(payload, _STARTS)]
    starts = [_moment(text) for text in (*whole, *exact)]
    ends = [_moment(text) for text in texts_of(payload, _ENDS | _DAYS_END)]
    first = min(starts) if starts else now.astimezone(PACIFIC)
    last = max(ends) if ends else first
    if last < first:
        raise Refused(PAYLOAD, "the end of the time range comes before its start")
    final = (last - _TICK if last > first else first).astimezone(PACIFIC).date()
    begin = first.astimezone(PACIFIC).date()
    if (final - begin).days >= MOST_DAYS:
        raise Refused(PAYLOAD, f"the time range is longer than {MOST_DAYS} days")
    until = max(last, first + _TICK) if ends else datetime.combine(final + timedelta(days=1), time(), PACIFIC)
    return Inquiry(
        tuple(begin + timedelta(days=n) for n in range((final - begin).days + 1)),
        tuple(texts_of(payload, COORDINATORS)),
        tuple(texts_of(payload, RESOURCES)),
        tuple(texts_of(payload, BATCHES)),
        bool(starts),
        frozenset(names_in(payload)),
        (first, until) if exact and not whole else None,
    )


def texts_of(payload: etree._Element, names: frozenset[str]) -> Iterator[str]:
    """The text of elements of these local names, or that of their mRID."""
    for element in payload.iter("{*}*"):
        if etree.QName(element).localname.lower() in names:
            text = (element.text or "").strip() or (element.findtext("{*}mRID") or "").strip()
            if text:
                yield text


def names_in(payload: etree._Element) -> Iterator[str]:
    """The names by which things are asked for: the mRID of a bid, a trade, an outage; a registration's name, too."""
    for element in payload.iter("{*}*"):
        local, text = etree.QName(element).localname.lower(), (element.text or "").strip()
        above = element.getparent()
        if not text or above is None:
            continue
        holder = etree.QName(above).localname.lower()
        if (
            _NAMING.fullmatch(local)
            or (local == "mrid" and not _OTHERS.search(holder))
            or (local == "name" and _CALLED.search(holder))
        ):
            yield text


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refused(PAYLOAD, f"'{text}' is no date and time") from error
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise Refused(PAYLOAD, f"'{text}' is not a date of this market")
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=PACIFIC)
