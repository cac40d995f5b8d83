"""One thing that was handed in: a bid, a trade, an outage, a row of a data template; read by local names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from xml.sax.saxutils import escape

from lxml import etree

from caiso_desktop.model.moment import PACIFIC
from caiso_desktop.simulator.inquiry import COORDINATORS, FIRST_YEAR, LAST_YEAR, RESOURCES, Inquiry, texts_of
from caiso_desktop.simulator.message import parser
from caiso_desktop.simulator.report import gmt

_TRADERS = frozenset({"fromschedulingcoordinator", "toschedulingcoordinator"})
_KINDS = frozenset(
    {"markettype", "tradetype", "producttype", "location", "baseschedultype", "outagetype", "seqno", "name"}
)
_STARTS = re.compile(r"start|begin|effectivedate", re.IGNORECASE)
_ENDS = re.compile(r"end|stop", re.IGNORECASE)
_LONGEST = timedelta(days=400)
_NAMED = 2  # parts of the key of what has a name of its own


@dataclass(frozen=True, slots=True)
class Entry:
    """``key`` is the same for what takes the place of another; ``xml`` as it was handed in, with its namespace.

    ``days`` are the first and the last trade date it is about, None where it names none. ``trouble`` is why it cannot
    be taken, in words.
    """

    key: tuple[str, ...]
    name: str
    xml: bytes
    coordinators: frozenset[str]
    resources: frozenset[str]
    days: tuple[date, date] | None
    received: datetime
    batch: str = ""
    trouble: str = ""

    @property
    def element(self) -> str:
        """The local name of what was handed in."""
        return self.key[0]

    @property
    def subject(self) -> tuple[str, ...]:
        """What it is about: the same for an outage and the request to change it."""
        return self.key if len(self.key) != _NAMED else self.key[1:]

    def fits(self, inquiry: Inquiry) -> bool:
        """Whether a retrieve asks for it; what is not asked for by name or date is asked for whole."""
        for asked, own in ((inquiry.coordinators, self.coordinators), (inquiry.resources, self.resources)):
            if asked and own and not own.intersection(asked):
                return False
        if self.days is None or not inquiry.dated:
            return True
        return self.days[0] <= inquiry.trade_dates[-1] and self.days[1] >= inquiry.trade_dates[0]

    def given_back(self, namespace: str, status: str) -> str:
        """It as a row of a report in this namespace, with its status where that belongs."""
        root = etree.fromstring(self.xml, parser())
        for element in root.iter("{*}*"):
            element.tag = f"{{{namespace}}}{etree.QName(element).localname}"
        _set_status(root, namespace, status)
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


def read_entries(payload: etree._Element, received: datetime, batch: str = "") -> Iterator[Entry]:
    """What a payload hands in: each element of its MessagePayload."""
    body = payload.find("{*}MessagePayload")
    for element in payload if body is None else body:
        if isinstance(element.tag, str):
            yield _read(element, received, batch)


def _read(element: etree._Element, received: datetime, batch: str) -> Entry:
    coordinators = frozenset(texts_of(element, COORDINATORS | _TRADERS))
    resources = frozenset(texts_of(element, RESOURCES))
    days, trouble = _days(element)
    own = (element.findtext("{*}mRID") or "").strip()
    kinds = [
        (child.text or "").strip()
        for child in element
        if isinstance(child.tag, str) and etree.QName(child).localname.lower() in _KINDS
    ]
    local = etree.QName(element).localname
    first = "" if days is None else days[0].isoformat()
    key = (local, own) if own else (local, first, *sorted(coordinators), *sorted(resources), *kinds)
    name = own or next(iter(sorted(resources)), "") or local
    return Entry(
        key,
        name,
        etree.tostring(element, with_tail=False),
        coordinators,
        resources,
        days,
        received,
        batch,
        trouble and f"{name}: {trouble}",
    )


def _days(element: etree._Element) -> tuple[tuple[date, date] | None, str]:
    """The trade dates from the first start to the last end (where none is told, for long), and what is wrong there."""
    starts, ends = [], []
    for child in element.iter("{*}*"):
        name = etree.QName(child).localname
        moment = _moment((child.text or "").strip()) if len(child) == 0 else None
        if moment is not None and name.lower() == "tradedate":
            starts.append(moment)
            ends.append(moment)
        elif moment is not None and _STARTS.search(name):
            starts.append(moment)
        elif moment is not None and _ENDS.search(name):
            ends.append(moment - timedelta(microseconds=1))
    if not starts:
        return None, ""
    first = min(starts)
    trouble = "the end comes before the start." if ends and max(ends) < first else ""
    last = max(first, min(max(ends, default=first + _LONGEST), first + _LONGEST))
    return (first.astimezone(PACIFIC).date(), last.astimezone(PACIFIC).date()), trouble


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
