"""What was handed in, kept for the retrieves that give it back; bounded, and forgotten with the simulator."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime

from lxml import etree

from caiso_desktop.simulator.entry import Entry, read_entries
from caiso_desktop.simulator.flow import Flow, Shown
from caiso_desktop.simulator.inquiry import Inquiry
from caiso_desktop.simulator.plan import Plan
from caiso_desktop.simulator.report import Kept

_MOST = 20_000
_MOST_BYTES = 32 * 1024 * 1024


class Ledger:
    """Safe on any thread; the oldest go where there are too many."""

    def __init__(self, flows: Sequence[Flow], most: int = _MOST, most_bytes: int = _MOST_BYTES) -> None:
        self._flows = flows
        self._most = most
        self._most_bytes = most_bytes
        self._entries: OrderedDict[tuple[int, tuple[str, ...]], Entry] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._entries)

    def take(self, plan: Plan, payload: etree._Element, now: datetime, batch: str = "") -> None:
        """Keep what a submit hands in, for when its ``batch`` is done; or let go of what another takes back."""
        for number, flow in enumerate(self._flows):
            if flow.application == plan.application and plan.service in flow.submits:
                with self._lock:
                    for entry in read_entries(payload, now, batch):
                        self._keep((number, entry.key), entry)
            elif flow.application == plan.application and plan.service in flow.withdrawn_by:
                self._withdraw(number, {(element.text or "").strip() for element in payload.iter("{*}*")})

    def find(self, plan: Plan, inquiry: Inquiry, now: datetime, done: Callable[[str], bool]) -> Kept:
        """What a retrieve gives back; ``done`` says of a batch whether it was taken."""
        namespace, _, noun = plan.answer_root[1:].partition("}")
        rows: dict[tuple[str, ...], str] = {}
        covered: set[tuple[str, date]] = set()
        for shown, entry in self._shown(plan):
            status = shown.status(now - entry.received) if not entry.trouble else shown.rejection
            if status is None or not entry.fits(inquiry) or (entry.batch and not done(entry.batch)):
                continue
            row = entry.summed_up(f"{noun}Record", status) if shown.sums_up else entry.given_back(namespace, status)
            rows[entry.subject] = row  # of an outage and its change, the one that came last
            covered |= {(resource, day) for resource in entry.resources for day in _asked(entry, inquiry)}
        return Kept(tuple(rows.values()), frozenset(covered))

    def forget(self) -> None:
        """Keep nothing."""
        with self._lock:
            self._entries.clear()
            self._bytes = 0

    def _keep(self, key: tuple[int, tuple[str, ...]], entry: Entry) -> None:
        before = self._entries.pop(key, None)
        self._bytes += len(entry.xml) - (len(before.xml) if before is not None else 0)
        self._entries[key] = entry
        while len(self._entries) > self._most or (self._bytes > self._most_bytes and len(self._entries) > 1):
            _, oldest = self._entries.popitem(last=False)
            self._bytes -= len(oldest.xml)

    def _withdraw(self, number: int, names: set[str]) -> None:
        with self._lock:
            for key in [k for k, e in self._entries.items() if k[0] == number and e.name in names]:
                self._bytes -= len(self._entries.pop(key).xml)

    def _shown(self, plan: Plan) -> Iterator[tuple[Shown, Entry]]:
        with self._lock:
            entries = list(self._entries.items())
        for (number, _), entry in entries:
            flow = self._flows[number]
            if flow.application == plan.application:
                for shown in flow.shown:
                    if shown.service == plan.service and shown.only in ("", entry.element):
                        yield shown, entry


def _asked(entry: Entry, inquiry: Inquiry) -> Iterable[date]:
    """The trade dates of an inquiry that an entry is about."""
    if entry.days is None:
        return inquiry.trade_dates
    return (day for day in inquiry.trade_dates if entry.days[0] <= day <= entry.days[1])
