"""One thing that was handed in: a bid, a trade, an outage, a row of a data template; read by local names."""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from xml.sax.saxutils import escape

from lxml import etree

from caiso_desktop.model.moment import PACIFIC
from caiso_desktop.simulator.flow import Narrowing
from caiso_desktop.simulator.inquiry import COORDINATORS, FIRST_YEAR, LAST_YEAR, RESOURCES, Inquiry, Span, texts_of
from caiso_desktop.simulator.message import parser
from caiso_desktop.simulator.report import gmt

_TRADERS = frozenset({"fromschedulingcoordinator", "toschedulingcoordinator"})
_KINDS = frozenset(
    {"markettype", "tradetype", "producttype", "location", "baseschedultype", "outagetype", "seqno", "name"}
)
_STARTS = re.compile(r"start|begin|effectivedate", re.IGNORECASE)
_ENDS = re.compile(r"end|stop", re.IGNORECASE)
_LONGEST = timedelta(days=400)
_WARNING = "-W1"
_NAMED = 2  # parts of the key of what has a name of its own
NOTICE = timedelta(days=7)
"""An outage that begins sooner than this is warned about."""


@dataclass(frozen=True, slots=True)
class Entry:
    """``key`` is the same for what takes the place of another; ``xml`` as it was handed in, with its namespace.

    ``names`` are those by which it is asked for. ``span`` is the time it is about, None where it names none.
    ``trouble`` is why it cannot be taken, in words. ``acted`` is what an action made of it, ``acknowledged`` when its
    warning was.
    """

    key: tuple[str, ...]
    name: str
    xml: bytes
    names: frozenset[str]
    coordinators: frozenset[str]
    resources: frozenset[str]
    span: Span | None
    received: datetime
    batch: str = ""
    trouble: str = ""
    acted: str = ""
    acknowledged: datetime | None = None

    @property
    def element(self) -> str:
        """The local name of what was handed in."""
        return self.key[0]

    @property
    def subject(self) -> tuple[str, ...]:
        """What it is about: the same for an outage and the request to change it."""
        return self.key if len(self.key) != _NAMED else self.key[1:]

    @property
    def days(self) -> tuple[date, date] | None:
        """The first and the last trade date (Pacific) it is about."""
        if self.span is None:
            return None
        last = max(self.span[0], self.span[1] - timedelta(microseconds=1))
        return self.span[0].astimezone(PACIFIC).date(), last.astimezone(PACIFIC).date()

    @property
    def warning(self) -> str:
        """What CAISO warns about, in words; empty where there is nothing."""
        if self.span is None:
            return "It does not say when it begins."
        if self.span[0] - self.received >= NOTICE:
            return ""
        return f"It begins less than {NOTICE.days} days after it was handed in."

    def fits(self, inquiry: Inquiry, by: AbstractSet[Narrowing]) -> bool:
        """Whether a retrieve asks for it; what is not asked for by name or date is asked for whole."""
        asked: tuple[tuple[Narrowing, AbstractSet[str], AbstractSet[str]], ...] = (
            (Narrowing.COORDINATOR, set(inquiry.coordinators), self.coordinators),
            (Narrowing.RESOURCE, set(inquiry.resources), self.resources),
            (Narrowing.MRID, inquiry.names, self.names),
        )
        if any(kind in by and wanted and own and wanted.isdisjoint(own) for kind, wanted, own in asked):
            return False
        if self.span is None or not inquiry.dated:
            return True
        if inquiry.span is not None and by & {Narrowing.PERIOD, Narrowing.HOURS}:
            return self.span[0] < inquiry.span[1] and self.span[1] > inquiry.span[0]
        days = self.days
        return days is None or (days[0] <= inquiry.trade_dates[-1] and days[1] >= inquiry.trade_dates[0])

    def given_back(self, namespace: str, status: str, *, warned: bool = False, within: Span | None = None) -> str:
        """It as a row of a report in this namespace, with its status where that belongs, and its warning.

        Of its own rows those ``within`` a time; None: all.
        """
        root = etree.fromstring(self.xml, parser())
        if within is not None:
            _trim(root, within)
        for element in root.iter("{*}*"):
            element.tag = f"{{{namespace}}}{etree.QName(element).localname}"
        _set_status(root, namespace, status)
        if warned and self.warning:
            self._warn(root, namespace)
        clean = etree.Element(root.tag, dict(root.attrib), nsmap={None: namespace})
        clean.extend(list(root))
        etree.cleanup_namespaces(clean)
        text = etree.tostring(clean, encoding="unicode").replace(f' xmlns="{namespace}"', "", 1)
        return f"    {text}\n"

    def summed_up(self, element: str, status: str) -> str:
        """A line of a report about it."""
        rows = [f"<mRID>{escape(self.name)}</mRID>"]
        rows += [f"<RegisteredResource><mRID>{escape(r)}</mRID></RegisteredResource>" for r in sorted(self.resources)]
        who = sorted(self.coordinators)
        rows += [f"<SchedulingCoordinator><mRID>{escape(c)}</mRID></SchedulingCoordinator>" for c in who]
        rows.append(f"<status>{status}</status><submittedTime>{gmt(self.received)}</submittedTime>")
        return f"    <{element}>{''.join(rows)}</{element}>\n"

    def _warn(self, root: etree._Element, namespace: str) -> None:
        warning = etree.SubElement(root, f"{{{namespace}}}OutageWarning")
        told = {
            "mRID": f"{self.name}{_WARNING}",
            "description": self.warning,
            "acknowledged": str(self.acknowledged is not None).lower(),
        }
        if self.acknowledged is not None:
            told["acknowledgedTime"] = gmt(self.acknowledged)
        for name, text in told.items():
            etree.SubElement(warning, f"{{{namespace}}}{name}").text = text


def read_entries(payload: etree._Element, received: datetime, batch: str = "") -> Iterator[Entry]:
    """What a payload hands in: each element of its MessagePayload."""
    body = payload.find("{*}MessagePayload")
    for element in payload if body is None else body:
        if isinstance(element.tag, str):
            yield _read(element, received, batch)


def _read(element: etree._Element, received: datetime, batch: str) -> Entry:
    coordinators = frozenset(texts_of(element, COORDINATORS | _TRADERS))
    resources = frozenset(texts_of(element, RESOURCES))
    span, trouble = span_of(element)
    own = (element.findtext("{*}mRID") or "").strip()
    kinds = [
        (child.text or "").strip()
        for child in element
        if isinstance(child.tag, str) and etree.QName(child).localname.lower() in _KINDS
    ]
    local = etree.QName(element).localname
    first = "" if span is None else span[0].astimezone(PACIFIC).date().isoformat()
    key = (local, own) if own else (local, first, *sorted(coordinators), *sorted(resources), *kinds)
    name = own or next(iter(sorted(resources)), "") or local
    called = (element.findtext("{*}name") or "").strip()
    return Entry(
        key,
        name,
        etree.tostring(element, with_tail=False),
        frozenset({name, f"{name}{_WARNING}"} | ({called} if called else set())),
        coordinators,
        resources,
        span,
        received,
        batch,
        trouble and f"{name}: {trouble}",
    )


def span_of(element: etree._Element) -> tuple[Span | None, str]:
    """The time from the first start to the last end (where none is told, for long), and what is wrong there."""
    starts, ends = [], []
    for child in element.iter("{*}*"):
        name = etree.QName(child).localname
        moment = _moment((child.text or "").strip()) if len(child) == 0 else None
        if moment is not None and name.lower() == "tradedate":
            starts.append(moment)
            ends.append(moment + timedelta(days=1))
        elif moment is not None and _STARTS.search(name):
            starts.append(moment)
        elif moment is not None and _ENDS.search(name):
            ends.append(moment)
    if not starts:
        return None, ""
    first = min(starts)
    trouble = "the end comes before the start." if ends and max(ends) <= first else ""
    last = max(first, min(max(ends, default=first + _LONGEST), first + _LONGEST))
    return (first, last), trouble


def _trim(root: etree._Element, within: Span) -> None:
    """Take out the rows that lie outside a time; what says no time stays, and so does the whole."""
    for element in [each for each in root.iterdescendants("{*}*") if len(each)]:
        own = [child for child in element if isinstance(child.tag, str) and len(child) == 0]
        starts = [m for c in own if _STARTS.search(etree.QName(c).localname) and (m := _moment((c.text or "").strip()))]
        ends = [m for c in own if _ENDS.search(etree.QName(c).localname) and (m := _moment((c.text or "").strip()))]
        above = element.getparent()
        if starts and ends and above is not None and not (min(starts) < within[1] and max(ends) > within[0]):
            above.remove(element)


def _moment(text: str) -> datetime | None:
    if len(text) < len("2026-01-01"):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=PACIFIC)


def _set_status(root: etree._Element, namespace: str, status: str) -> None:
    """Into the status that is there (or its value), else a new one, before all else but the name."""
    found = root.find(f"{{{namespace}}}status")
    if found is None:
        found = etree.Element(f"{{{namespace}}}status")
        first = root[0] if len(root) else None
        root.insert(1 if first is not None and etree.QName(first).localname == "mRID" else 0, found)
    value = found.find(f"{{{namespace}}}value")
    (found if value is None else value).text = status
