"""What was handed in, kept for the retrieves that give it back; bounded, and forgotten with the simulator."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TypeAlias

from lxml import etree

from caiso_desktop.simulator.action import Wish, read_wishes
from caiso_desktop.simulator.entry import Entry, read_entries
from caiso_desktop.simulator.flow import Flow, Narrowing, Shown
from caiso_desktop.simulator.inquiry import Inquiry
from caiso_desktop.simulator.plan import Plan
from caiso_desktop.simulator.refusal import UNKNOWN, Refused
from caiso_desktop.simulator.report import Kept

_MOST = 20_000
_MOST_BYTES = 32 * 1024 * 1024
_Key: TypeAlias = tuple[int, tuple[str, ...]]
MadeUp: TypeAlias = Callable[[Wish], Iterable[Entry]]
"""What the simulator itself has made up of what is named."""


class Ledger:
    """Safe on any thread; the oldest go where there are too many."""

    def __init__(self, flows: Sequence[Flow], most: int = _MOST, most_bytes: int = _MOST_BYTES) -> None:
        self._flows = flows
        self._most = most
        self._most_bytes = most_bytes
        self._entries: OrderedDict[_Key, Entry] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._entries)

    def take(self, plan: Plan, payload: etree._Element, now: datetime, batch: str = "") -> None:
        """Keep what a submit hands in, for when its ``batch`` is done."""
        for number, flow in enumerate(self._flows):
            if flow.application == plan.application and plan.service in flow.submits:
                with self._lock:
                    for entry in read_entries(payload, now, batch):
                        self._keep((number, entry.key), entry)

    def act(self, plan: Plan, payload: etree._Element, now: datetime, made_up: MadeUp) -> None:
        """Take back, cancel, accept or acknowledge what a payload names, all of it or, with `Refused`, nothing.

        A service that acts on nothing here is left alone.
        """
        flows = [(number, flow) for number, flow in enumerate(self._flows) if flow.acts(plan.application, plan.service)]
        if not flows:
            return
        with self._lock:
            changes: dict[_Key, Entry | None] = {}
            for wish in read_wishes(payload):
                found: dict[_Key, Entry | None] = {}
                for number, flow in flows:
                    found.update(self._changes(number, flow, wish, plan.service, now, made_up))
                if not found:
                    raise Refused(UNKNOWN, f"nothing like {wish} was handed in")
                changes.update(found)
            for key, entry in changes.items():
                if entry is None:
                    self._bytes -= len(self._entries.pop(key).xml)
                elif key in self._entries:
                    self._entries[key] = entry  # where it is: to be acted on is not to be handed in anew
                else:
                    self._keep(key, entry)

    def find(self, plan: Plan, inquiry: Inquiry, now: datetime, done: Callable[[str], bool]) -> Kept:
        """What a retrieve gives back; ``done`` says of a batch whether it was taken."""
        namespace, _, noun = plan.answer_root[1:].partition("}")
        rows: dict[tuple[str, ...], str] = {}
        covered: set[tuple[str, date]] = set()
        for flow, shown, entry in self._shown(plan):
            if not entry.fits(inquiry, shown.narrowed_by) or (entry.batch and not done(entry.batch)):
                continue
            status = shown.status(now - entry.received, entry.acted) if not entry.trouble else shown.rejection
            if status is None and not entry.acted:
                continue
            covered |= {(resource, day) for resource in entry.resources for day in _asked(entry, inquiry)}
            if status is None:
                rows.pop(entry.subject, None)
            elif shown.sums_up:
                rows[entry.subject] = entry.summed_up(f"{noun}Record", status)
            else:
                within = inquiry.span if Narrowing.HOURS in shown.narrowed_by else None
                warned = bool(flow.acknowledged_by)
                # Of an outage and its change, the one that came last.
                rows[entry.subject] = entry.given_back(namespace, status, warned=warned, within=within)
        return Kept(tuple(rows.values()), frozenset(covered))

    def forget(self) -> None:
        """Keep nothing."""
        with self._lock:
            self._entries.clear()
            self._bytes = 0

    def _keep(self, key: _Key, entry: Entry) -> None:
        before = self._entries.pop(key, None)
        self._bytes += len(entry.xml) - (len(before.xml) if before is not None else 0)
        self._entries[key] = entry
        while len(self._entries) > self._most or (self._bytes > self._most_bytes and len(self._entries) > 1):
            _, oldest = self._entries.popitem(last=False)
            self._bytes -= len(oldest.xml)

    def _changes(
        self, number: int, flow: Flow, wish: Wish, service: str, now: datetime, made_up: MadeUp
    ) -> Iterator[tuple[_Key, Entry | None]]:
        """What becomes of the things in a flow that are named; None: it is taken back."""
        found = {key: entry for key, entry in self._entries.items() if key[0] == number and wish.means(entry)}
        if flow.market:
            for entry in made_up(wish):
                found.setdefault((number, entry.key), entry)
        for key, entry in found.items():
            if service in flow.withdrawn_by:
                yield key, None
            elif service in flow.actions:
                yield key, replace(entry, acted=wish.becomes(flow.actions[service]))
            elif entry.warning:
                yield key, replace(entry, acknowledged=now)

    def _shown(self, plan: Plan) -> Iterator[tuple[Flow, Shown, Entry]]:
        with self._lock:
            entries = list(self._entries.items())
        for (number, _), entry in entries:
            flow = self._flows[number]
            for shown in flow.shown:
                here = (shown.application or flow.application, shown.service) == (plan.application, plan.service)
                if here and shown.only in ("", entry.element):
                    yield flow, shown, entry


def _asked(entry: Entry, inquiry: Inquiry) -> Iterable[date]:
    """The trade dates of an inquiry that an entry is about."""
    if entry.days is None:
        return inquiry.trade_dates
    return (day for day in inquiry.trade_dates if entry.days[0] <= day <= entry.days[1])
