"""What a retrieve asks for, read from its payload by local names: which days, whose, which resources."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from lxml import etree

from caiso_desktop.model.moment import PACIFIC
from caiso_desktop.simulator.refusal import PAYLOAD, Refused

MOST_DAYS = 31
FIRST_YEAR, LAST_YEAR = 1998, 2200
_STARTS = frozenset({"datetimestart", "marketstarttime", "starttime", "start", "tradedate"})
_ENDS = frozenset({"datetimeend", "marketendtime", "endtime", "end"})
COORDINATORS = frozenset({"schedulingcoordinator", "scid"})
RESOURCES = frozenset(
    {"registeredresource", "registeredgenerator", "registeredload", "registeredintertie", "resource", "resourceid"}
)


@dataclass(frozen=True, slots=True)
class Inquiry:
    """Trade dates (Pacific), coordinators and resources asked for, and the batch of a status request; empty: all.

    Where no day is asked for (``dated`` false) it is today's, and for what was handed in that of any day.
    """

    trade_dates: tuple[date, ...]
    coordinators: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    batch: str = ""
    dated: bool = True


def read_inquiry(payload: etree._Element, now: datetime) -> Inquiry:
    """Read what is asked for; without a start it is today. `Refused` when a date is none, or the end comes first."""
    starts = [_moment(text) for text in texts_of(payload, _STARTS)]
    ends = [_moment(text) for text in texts_of(payload, _ENDS)]
    first = min(starts) if starts else now.astimezone(PACIFIC)
    last = max(ends) if ends else first
    if last < first:
        raise Refused(PAYLOAD, "the end of the time range comes before its start")
    final = (last - timedelta(microseconds=1) if last > first else first).astimezone(PACIFIC).date()
    begin = first.astimezone(PACIFIC).date()
    if (final - begin).days >= MOST_DAYS:
        raise Refused(PAYLOAD, f"the time range is longer than {MOST_DAYS} days")
    days = tuple(begin + timedelta(days=n) for n in range((final - begin).days + 1))
    batches = texts_of(payload, frozenset({"batchstatus"}))
    return Inquiry(
        days,
        tuple(texts_of(payload, COORDINATORS)),
        tuple(texts_of(payload, RESOURCES)),
        next(batches, ""),
        bool(starts),
    )


def texts_of(payload: etree._Element, names: frozenset[str]) -> Iterator[str]:
    """The text of elements of these local names, or that of their mRID."""
    for element in payload.iter("{*}*"):
        if etree.QName(element).localname.lower() in names:
            text = (element.text or "").strip() or (element.findtext("{*}mRID") or "").strip()
            if text:
                yield text


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refused(PAYLOAD, f"'{text}' is no date and time") from error
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise Refused(PAYLOAD, f"'{text}' is not a date of this market")
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=PACIFIC)
