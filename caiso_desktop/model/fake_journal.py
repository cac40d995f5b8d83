"""The fake beside the port of the journal: it remembers as long as it lives, and fails when a test says so."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from caiso_desktop.model.error import CaisoError, Cancelled
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.guard import hash_of
from caiso_desktop.model.journal import Ending, Entry, Filter, Record, Repeats, Standing, Verdict
from caiso_desktop.model.service import Target
from caiso_desktop.model.source import PayloadFile, bytes_of


class FakeHistory:
    """A journal in memory; a search for ``slow`` is answered when ``hold`` is set. ``failure`` is raised instead."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.payloads: dict[int, bytes] = {}
        self.hold = threading.Event()
        self.failure: CaisoError | None = None

    def add(self, exchange: Exchange) -> Entry:
        """Record a call that has ended."""
        call, response = exchange.call, exchange.response
        record = Record(
            started=exchange.started,
            environment=call.environment,
            url=exchange.request.url,
            target=call.target,
            operation=exchange.operation.name,
            kind=exchange.operation.kind,
            exchange=exchange.id,
            typed=call.permit.typed if call.permit else "",
        )
        ending = Ending(
            ended=datetime.now(UTC),
            fate=exchange.fate,
            cancelled=isinstance(exchange.failure, Cancelled),
            outcome=exchange.answer.outcome if exchange.answer else None,
            status=response.status if response else None,
            failure=str(exchange.failure or ""),
            answer=response.body if response else None,
            answer_size=response.size if response else 0,
            timings=response.timings if response else None,
        )
        return self.put(record, bytes_of(call.payload), ending)

    def put(self, record: Record, payload: bytes, ending: Ending | None) -> Entry:
        """Record anything."""
        entry = Entry(len(self.entries) + 1, record, hash_of(payload), len(payload), ending)
        self.entries.append(entry)
        self.payloads[entry.id] = payload
        return entry

    def search(self, filter: Filter, *, limit: int = 100, before: int | None = None) -> Sequence[Entry]:
        """The newest that fit by environment, service, standing and text."""
        if self.failure is not None:
            raise self.failure
        if "slow" in filter.text:
            self.hold.wait(10)
        found = [each for each in reversed(self.entries) if self._fits(each, filter)]
        return [each for each in found if before is None or each.id < before][:limit]

    def entry(self, call: int) -> Entry:
        """One call."""
        return self.entries[call - 1]

    def payload(self, call: int) -> bytes:
        """Its payload."""
        return self.payloads[call]

    def payload_into(self, call: int, path: Path) -> PayloadFile:
        """Its payload, as a file."""
        path.write_bytes(self.payloads[call])
        return PayloadFile.of(path)

    def find(self, exchange: str) -> Entry | None:
        """The one of an exchange."""
        return next((each for each in self.entries if each.record.exchange == exchange), None)

    def all(self, filter: Filter) -> Iterator[Entry]:
        """Every call that fits."""
        yield from self.search(filter, limit=len(self.entries))

    def unknown(self) -> Sequence[Entry]:
        """Those of unknown fate that nobody looked into."""
        if self.failure is not None:
            raise self.failure
        return [each for each in reversed(self.entries) if each.standing is Standing.UNKNOWN and not each.settled]

    def settle(self, call: int, note: str) -> None:
        """Somebody looked into it."""
        self.entries[call - 1] = replace(self.entries[call - 1], settled=note)

    def repeat(self, call: int, repeats: Repeats) -> None:
        """It was asked again."""
        before = self.entries[call - 1].repeats
        self.entries[call - 1] = replace(
            self.entries[call - 1], repeats=before.and_then(repeats) if before else repeats
        )

    def last_submit(self, target: Target, environment: str) -> Entry | None:
        """None there is."""
        return None

    def verify(self, noted: str = "") -> Verdict:
        """Nothing is wrong."""
        return Verdict(len(self.entries), len(self.entries), 0, "")

    def _fits(self, entry: Entry, filter: Filter) -> bool:
        record = entry.record
        words = filter.text.lower().split()
        text = self.payloads[entry.id].decode("utf-8", "replace").lower()
        return (
            filter.environment in ("", record.environment)
            and filter.service in ("", record.target.service)
            and filter.standing in (None, entry.standing)
            and (filter.since is None or record.started >= filter.since)
            and all(word in text for word in words)
        )
