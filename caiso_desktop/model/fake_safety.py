"""Fakes beside the ports of safety: they remember as long as they live, and fail when a test says so."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from caiso_desktop.model.call import Call
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.deadline import Deadlines
from caiso_desktop.model.dossier import SUFFIX, Dossier, DossierError, Hidden
from caiso_desktop.model.error import CaisoError, UsageError
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.fake_draft_store import FakeDrafts
from caiso_desktop.model.fake_journal import FakeHistory
from caiso_desktop.model.guard import Approval, Approvals, KnownHosts, Seal, Sheet, hash_of, is_guarded
from caiso_desktop.model.journal import Entry, History
from caiso_desktop.model.package import ignore_words
from caiso_desktop.model.reading import Reading
from caiso_desktop.model.retention import Deleted, Keeper, Lies, Retention
from caiso_desktop.model.safety import Safety
from caiso_desktop.model.source import Payload


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
