"""Fakes beside the ports of safety: they remember as long as they live, and fail when a test says so."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from caiso_desktop.model.call import Call
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.deadline import Deadlines
from caiso_desktop.model.dossier import SUFFIX, Dossier, DossierError, Hidden
from caiso_desktop.model.draft_store import BIN_DAYS, Binned, Restored, SavedDraft
from caiso_desktop.model.error import CaisoError, Cancelled, UsageError
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.guard import Approval, Approvals, KnownHosts, Seal, Sheet, hash_of, is_guarded
from caiso_desktop.model.journal import Ending, Entry, Filter, History, Record, Repeats, Standing, Verdict
from caiso_desktop.model.package import ignore_words
from caiso_desktop.model.reading import Reading
from caiso_desktop.model.retention import Deleted, Keeper, Lies, Retention
from caiso_desktop.model.safety import Safety
from caiso_desktop.model.service import Target
from caiso_desktop.model.source import Payload, PayloadFile, bytes_of


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


class FakeDrafts:
    """Drafts in memory, in the order of the tabs; ``log`` lists the verbs, ``failure`` is raised by each."""

    def __init__(self) -> None:
        self.saved: dict[str, SavedDraft] = {}
        self.binned: list[Binned] = []
        self.held_back: tuple[SavedDraft, ...] = ()
        self.log: list[str] = []
        self.failure: CaisoError | None = None
        self.closed = False

    def save(self, draft: SavedDraft) -> None:
        """Keep it, also where it lies in the bin."""
        self._tell(f"save {draft.id}")
        for row, each in enumerate(self.binned):
            if each.draft.id == draft.id:
                self.binned[row] = replace(each, draft=draft)
                return
        self.saved[draft.id] = draft

    def arrange(self, ids: Sequence[str]) -> None:
        """Keep the order."""
        self._tell(f"arrange {' '.join(ids)}")
        self.saved = {each: self.saved[each] for each in ids if each in self.saved}

    def restore(self) -> Restored:
        """All that is open."""
        self._tell("restore")
        return Restored(tuple(self.saved.values()), self.held_back)

    def work_on(self, id: str | None, *, answer: bool = False) -> None:
        """Note it."""
        self._tell(f"work on {id}{' answer' if answer else ''}")

    def throw_away(self, id: str) -> None:
        """Into the bin."""
        self._tell(f"throw away {id}")
        if id in self.saved:
            self.binned.insert(0, Binned(self.saved.pop(id), datetime.now(UTC)))

    def bin(self) -> Sequence[Binned]:
        """What lies there."""
        self._tell("bin")
        return list(self.binned)

    def take_back(self, id: str) -> SavedDraft:
        """Out of the bin, or of what was held back."""
        self._tell(f"take back {id}")
        for each in self.binned:
            if each.draft.id == id:
                self.binned.remove(each)
                self.saved[id] = each.draft
                return each.draft
        for draft in self.held_back:
            if draft.id == id:
                return draft
        raise UsageError("the draft is no longer in the bin.")

    def files(self) -> Sequence[Path]:
        """Of all of them."""
        kept = [*self.saved.values(), *(each.draft for each in self.binned)]
        return [draft.file for draft in kept if draft.file is not None]

    def empty_bin(self, days: int = BIN_DAYS) -> int:
        """All of it."""
        count = len(self.binned)
        self.binned = []
        return count

    def close(self) -> None:
        """In good order."""
        self._tell("close")
        self.closed = True

    def _tell(self, verb: str) -> None:
        self.log.append(verb)
        if self.failure is not None:
            raise self.failure


@dataclass
class FakeKeeper:
    """Deletes nothing, and says so."""

    retention: Retention = field(default_factory=Retention)
    lies: tuple[Lies, ...] = ()
    asked: list[str] = field(default_factory=list)

    def set_retention(self, retention: Retention) -> None:
        """Keep it."""
        self.retention = retention

    def tidy(self) -> Deleted:
        """Nothing is old."""
        self.asked.append("tidy")
        return Deleted()

    def delete_now(self, *, answers: bool = False, records: bool = False, drafts: bool = False) -> Deleted:
        """One of each that was asked for."""
        self.asked.append(f"delete {answers} {records} {drafts}")
        return Deleted(int(answers), int(records), int(drafts))

    def where(self) -> Sequence[Lies]:
        """As a test has said."""
        return self.lies


class FakeMemory:
    """Everything in memory."""

    def __init__(self) -> None:
        self.history = FakeHistory()
        self.tabs = FakeDrafts()
        self.housekeeper = FakeKeeper()
        self.notice = ""

    @property
    def journal(self) -> History:
        """The calls."""
        return self.history

    @property
    def drafts(self) -> FakeDrafts:
        """The tabs."""
        return self.tabs

    @property
    def keeper(self) -> Keeper:
        """What deletes."""
        return self.housekeeper


class FakeGuard:
    """Reads ``reading`` out of every payload; ``failure`` is raised instead."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self.reading = Reading(scheduling_coordinators=("SC01",))
        self.failure: CaisoError | None = None
        self.sheets: list[Sheet] = []

    def sheet(self, call: Call) -> Sheet | None:
        """What a payload says, for a submit to the real market."""
        if self.failure is not None:
            raise self.failure
        _, service, version = self._catalogue.row(call.target)
        environment = self._catalogue.environment(call.environment)
        if not is_guarded(environment, service.kind):
            return None
        url = self._catalogue.url(call.environment, call.target)
        seal = Seal.of(call.environment, url, call.payload, call.identity.thumbprint if call.identity else "")
        name = f"{service.name} {version.version}"
        sheet = Sheet(environment, seal, name, urlsplit(url).hostname or "", "CN=Jane Doe", self.reading)
        self.sheets.append(sheet)
        return sheet


@dataclass
class FakeKnownHosts:
    """Remembers as long as it lives."""

    known: set[tuple[str, str]] = field(default_factory=set)

    def approved(self, host: str, thumbprint: str) -> bool:
        """Whether it was."""
        return (host, thumbprint) in self.known

    def approve(self, host: str, thumbprint: str) -> None:
        """From now on."""
        self.known.add((host, thumbprint))


@dataclass
class FakeApprovals:
    """Approvals in memory, all given by ``user``."""

    user: str = "second"
    given: dict[str, Approval] = field(default_factory=dict)

    def find(self, payload_hash: str) -> Approval | None:
        """The one of a payload."""
        return self.given.get(payload_hash)

    def give(self, payload: Payload) -> Approval:
        """Approve it now."""
        approval = Approval(hash_of(payload), self.user, datetime.now(UTC))
        self.given[approval.payload] = approval
        return approval


class FakeLookBack:
    """Gives back the exchanges that a test has put into ``exchanges``, by their id; ``payloads`` by their calls."""

    def __init__(self) -> None:
        self.exchanges: dict[str, Exchange] = {}
        self.payloads: dict[int, Payload] = {}

    def exchange(self, entry: Entry) -> Exchange:
        """A call of the past."""
        if entry.record.exchange not in self.exchanges:
            raise UsageError(f"the files of call {entry.id} are no longer kept.")
        return self.exchanges[entry.record.exchange]

    def payload(self, entry: Entry) -> Payload:
        """What was sent, if a test has put it into ``payloads``."""
        if entry.id not in self.payloads:
            raise UsageError(f"the payload of call {entry.id} is no longer kept.")
        return self.payloads[entry.id]


class FakeDossiers:
    """Notes what is ``saved`` (the exchange, the file, what is hidden); opens what is ``known`` by its file alone."""

    def __init__(self) -> None:
        self.saved: list[tuple[Exchange, Path, Hidden]] = []
        self.known: dict[Path, Dossier] = {}

    def suggest_name(self, exchange: Exchange) -> str:
        """The service's name."""
        return f"{exchange.call.target.service}{SUFFIX}"

    def save(
        self,
        exchange: Exchange,
        destination: Path,
        hidden: Hidden,
        *,
        overwrite: bool,
        token: CancelToken | None = None,
        tell: Callable[[str], None] = ignore_words,
    ) -> tuple[str, ...]:
        """Note it."""
        self.saved.append((exchange, destination, hidden))
        return ("user names (1)",)

    def open(self, source: Path) -> Dossier:
        """What a test has made known."""
        if source not in self.known:
            raise DossierError(f"{source.name} is damaged, or no zip at all.")
        return self.known[source]


class FakeSafety:
    """All of them, and the `Safety` made of them."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self.memory = FakeMemory()
        self.guard = FakeGuard(catalogue)
        self.hosts = FakeKnownHosts()
        self.approvals: FakeApprovals | None = FakeApprovals()
        self.look_back = FakeLookBack()
        self.dossiers = FakeDossiers()
        self.deadlines = Deadlines()

    @property
    def ports(self) -> Safety:
        """What the window is given."""
        known_hosts: KnownHosts = self.hosts
        return Safety(
            guard=self.guard,
            memory=self.memory,
            look_back=self.look_back,
            dossiers=self.dossiers,
            known_hosts=known_hosts,
            approvals=self._approvals,
            deadlines=lambda: self.deadlines,
            read=lambda payload: self.guard.reading,
        )

    def _approvals(self) -> Approvals | None:
        return self.approvals
