"""Ports whose real thing is heavy to import: each is made at its first use, mostly in a worker, and once.

So the window can hold them from the start and still paint before HTTP, XML and cryptography are loaded.
"""

import threading
from collections.abc import Callable, Collection, Sequence
from datetime import date
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from caiso_desktop.model.cabinet import Cabinet, ImportPlace
from caiso_desktop.model.call import Call, Operation, Problem
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.day_shift import Shifting, ShiftPlan
from caiso_desktop.model.dispatch_watch import DispatchWatcher, Poll
from caiso_desktop.model.doctor import Doctor, Examination, Finding, Found, Order, Plan
from caiso_desktop.model.dossier import Dossier, Dossiers, Hidden
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import CaisoError
from caiso_desktop.model.exchange import Courier, Exchange, Guard, Preview
from caiso_desktop.model.follow_up import Filled, FollowUp, FollowUps, Origin
from caiso_desktop.model.foreign import ForeignDrafts, ForeignFile
from caiso_desktop.model.grid.sheet import Sheet as Page
from caiso_desktop.model.grid.sheet import Spreadsheets
from caiso_desktop.model.grid.table import Grids, Table
from caiso_desktop.model.guard import Sheet
from caiso_desktop.model.identity import Identities, Identity, IdentityRef, Keystore
from caiso_desktop.model.judgement import Judgement
from caiso_desktop.model.outline import Outline
from caiso_desktop.model.package import Collector, Fetch, Stock, ignore_words
from caiso_desktop.model.payload import Payloads
from caiso_desktop.model.route import Cleared, Negotiation, Proxy, ProxyLogOns, ProxyPasswordsKept, Route, Routes
from caiso_desktop.model.service import Target
from caiso_desktop.model.shape import Shape
from caiso_desktop.model.stretch import Stretch, Stretches
from caiso_desktop.model.transport import Progress
from caiso_desktop.model.trial import Door, Trial, Verdict
from caiso_desktop.model.version_difference import VersionDifference
from caiso_desktop.model.watch import Look, Watched, Watcher
from caiso_desktop.model.watch import Plan as Looking

T = TypeVar("T")

PATIENCE = 5.0
"""Seconds that heavy imports wait for the first paint; a window that starts minimised never paints."""


class Late(Generic[T]):
    """Something that is made when it is first asked for, by whichever thread asks; the others wait.

    With ``after`` even the first waits until that has happened (the first paint), but not longer than `PATIENCE`.
    """

    def __init__(self, make: Callable[[], T], after: threading.Event | None = None) -> None:
        self._make = make
        self._after = after
        self._lock = threading.Lock()
        self._made: list[T] = []

    def get(self) -> T:
        """The thing itself."""
        with self._lock:
            made = self._made
            if not made:
                if self._after is not None:
                    self._after.wait(PATIENCE)
                made.append(self._make())
            return made[0]

    def renew(self) -> None:
        """Make it again at the next question; waits for nobody."""
        self._made = []


class GuardingCourier(Courier, Guard, Protocol):
    """A courier that also tells what to show before a call."""


class LateCourier:
    """A `Courier` made at its first call, and the `Guard` before it."""

    def __init__(self, courier: Late[GuardingCourier]) -> None:
        self._courier = courier

    def carry(self, call: Call, token: CancelToken, on_progress: Callable[[Progress], None]) -> Exchange:
        """Carry a call out, once."""
        return self._courier.get().carry(call, token, on_progress)

    def preview(self, call: Call) -> Preview:
        """Dress a call without sending it."""
        return self._courier.get().preview(call)

    def operation(self, call: Call) -> Operation:
        """The operation a call names."""
        return self._courier.get().operation(call)

    def sheet(self, call: Call) -> Sheet | None:
        """What to show before a call that the guard stands before."""
        return self._courier.get().sheet(call)


class LateRoutes:
    """`Routes` found by what is made at the first question."""

    def __init__(self, routes: Late[Routes]) -> None:
        self._routes = routes

    def find(self, host: str, port: int) -> Sequence[Route]:
        """The ways to a host."""
        return self._routes.get().find(host, port)


class LateLogOns:
    """`ProxyLogOns` made when a proxy first asks."""

    def __init__(self, log_ons: Late[ProxyLogOns]) -> None:
        self._log_ons = log_ons

    def password(self, proxy: Proxy, realm: str, *, refused: bool) -> tuple[str, str] | None:
        """User name and password."""
        return self._log_ons.get().password(proxy, realm, refused=refused)

    def accepted(self, proxy: Proxy) -> None:
        """The proxy took it."""
        self._log_ons.get().accepted(proxy)

    def negotiation(self, proxy: Proxy) -> Negotiation | None:
        """The log-on with the user's account."""
        return self._log_ons.get().negotiation(proxy)


class LateKept:
    """`ProxyPasswordsKept` made at the first question."""

    def __init__(self, kept: Late[ProxyPasswordsKept]) -> None:
        self._kept = kept

    def keep(self, proxy: Proxy, user: str, password: str) -> None:
        """Put one into the keystore."""
        self._kept.get().keep(proxy, user, password)

    def drop(self, proxy: Proxy, user: str) -> None:
        """Take one out."""
        self._kept.get().drop(proxy, user)

    def clear(self) -> Cleared:
        """Delete what is not wished any more."""
        return self._kept.get().clear()


class LateDoctor:
    """A `Doctor` made at its first examination."""

    def __init__(self, doctor: Late[Doctor]) -> None:
        self._doctor = doctor

    def plan(self, order: Order) -> Plan:
        """What would be done."""
        return self._doctor.get().plan(order)

    def examine(self, plan: Plan, token: CancelToken, found: Found) -> Examination:
        """Do it."""
        return self._doctor.get().examine(plan, token, found)

    def redacted(self, examination: Examination, *, subject: bool) -> Examination:
        """Without the names that others need not know."""
        return self._doctor.get().redacted(examination, subject=subject)


class LateCollector:
    """A `Collector` made at its first errand."""

    def __init__(self, collector: Late[Collector]) -> None:
        self._collector = collector

    def fetch(
        self, wanted: Fetch, token: CancelToken, *, replace: bool = False, tell: Callable[[str], None] = ignore_words
    ) -> Stock:
        """Ask an endpoint for its WSDL, and take it in."""
        return self._collector.get().fetch(wanted, token, replace=replace, tell=tell)


class LateForeign:
    """`ForeignDrafts` made anew for each file, by the catalogue of that moment."""

    def __init__(self, make: Callable[[], ForeignDrafts]) -> None:
        self._make = make

    def read(self, path: Path) -> ForeignFile:
        """The drafts in a file."""
        return self._make().read(path)


class LateFollowUps:
    """`FollowUps` whose reader of XML is imported at the first question."""

    def __init__(self, follow_ups: Late[FollowUps]) -> None:
        self._follow_ups = follow_ups

    def after(self, exchange: Exchange, origin: Origin | None = None) -> FollowUp | None:
        """What to look at after a call."""
        return self._follow_ups.get().after(exchange, origin)

    def left(self) -> Sequence[FollowUp]:
        """The batches that nobody has asked about."""
        return self._follow_ups.get().left()

    def fill(self, follow_up: FollowUp) -> Filled:
        """The draft of a follow-up."""
        return self._follow_ups.get().fill(follow_up)


class LateDossiers:
    """`Dossiers` that are made at the first exchange that is saved or opened."""

    def __init__(self, dossiers: Late[Dossiers]) -> None:
        self._dossiers = dossiers

    def suggest_name(self, exchange: Exchange) -> str:
        """A file name for an exchange."""
        return self._dossiers.get().suggest_name(exchange)

    def save(self, exchange: Exchange, destination: Path, hidden: Hidden, *, overwrite: bool) -> tuple[str, ...]:
        """Save an exchange, redacted."""
        return self._dossiers.get().save(exchange, destination, hidden, overwrite=overwrite)

    def open(self, source: Path) -> Dossier:
        """Open a saved exchange."""
        return self._dossiers.get().open(source)


class LateDispatch:
    """A `DispatchWatcher` made at its first use."""

    def __init__(self, watcher: Late[DispatchWatcher]) -> None:
        self._watcher = watcher

    def watch(
        self,
        target: Target,
        environment: str,
        identity: IdentityRef | None,
        since: str,
        token: CancelToken,
        on_poll: Callable[[Poll], None],
    ) -> Watched:
        """Watch dispatch."""
        return self._watcher.get().watch(target, environment, identity, since, token, on_poll)


class LateWatcher:
    """A `Watcher` made at its first use."""

    def __init__(self, watcher: Late[Watcher]) -> None:
        self._watcher = watcher

    def watch(
        self,
        call: Callable[[], Call],
        plan: Looking,
        token: CancelToken,
        on_look: Callable[[Look], None],
        on_progress: Callable[[Progress], None],
    ) -> Watched:
        """Watch a retrieve."""
        return self._watcher.get().watch(call, plan, token, on_look, on_progress)


class LateIdentities:
    """`Identities` looked up in keystores that are opened at the first question."""

    def __init__(self, identities: Late[Identities]) -> None:
        self._identities = identities

    def for_environment(self, environment: str) -> Sequence[Identity]:
        """The identities that may be shown in this environment."""
        return self._identities.get().for_environment(environment)


class LateCabinet:
    """A `Cabinet` whose keystores are opened at the first question."""

    def __init__(self, cabinet: Callable[[], Cabinet]) -> None:
        self._cabinet = cabinet

    def identities(self) -> Sequence[Identity]:
        """Every identity of every store that can be read."""
        return self._cabinet().identities()

    def problems(self) -> Sequence[CaisoError]:
        """What kept the last listing from reading the rest."""
        return self._cabinet().problems()

    def open(self, ref: IdentityRef) -> Identity:
        """The identity of this reference."""
        return self._cabinet().open(ref)

    def import_places(self) -> Sequence[ImportPlace]:
        """Where files can be imported to."""
        return self._cabinet().import_places()

    def import_files(self, files: Sequence[bytes], password: str | None, place: str) -> Identity:
        """Take a certificate and its key in."""
        return self._cabinet().import_files(files, password, place)

    def removal(self, ref: IdentityRef) -> str:
        """What `remove` deletes."""
        return self._cabinet().removal(ref)

    def remove(self, ref: IdentityRef) -> None:
        """Delete a certificate and its key."""
        self._cabinet().remove(ref)


class LateTrial:
    """A `Trial` made at its first use."""

    def __init__(self, trial: Late[Trial]) -> None:
        self._trial = trial

    def doors(self, environment: str) -> Sequence[Door]:
        """What can be tried in an environment."""
        return self._trial.get().doors(environment)

    def run(
        self,
        ref: IdentityRef,
        environment: str,
        application: str | None,
        token: CancelToken,
        tell: Callable[[Finding], None],
    ) -> Verdict:
        """Try a certificate."""
        return self._trial.get().run(ref, environment, application, token, tell)


class LatePayloads:
    """`Payloads` read at the first question."""

    def __init__(self, payloads: Late[Payloads]) -> None:
        self._payloads = payloads

    def skeleton(self, target: Target, environment: str) -> str:
        """A payload to begin with."""
        return self._payloads.get().skeleton(target, environment)

    def validate(
        self, payload: str | bytes | Path, target: Target, environment: str, token: CancelToken | None = None
    ) -> Judgement:
        """The judgement on a payload."""
        return self._payloads.get().validate(payload, target, environment, token)

    def compare_versions(self, before: Target, after: Target, environment: str) -> VersionDifference:
        """How two versions of a service differ by their schemas."""
        return self._payloads.get().compare_versions(before, after, environment)

    def infer(self, samples: Sequence[str | bytes], source: str) -> Shape:
        """The shape that documents of one kind seem to have."""
        return self._payloads.get().infer(samples, source)

    def sample(self, target: Target, environment: str, *, full: bool) -> str:
        """A valid document of a target whose schema is known."""
        return self._payloads.get().sample(target, environment, full=full)

    def outline(self, draft: Draft) -> Outline | Problem:
        """The elements of a draft's text, or what is wrong with it."""
        return self._payloads.get().outline(draft)

    def shape(self, target: Target, environment: str) -> Shape | None:
        """The shape of what is sent to a target, or None."""
        return self._payloads.get().shape(target, environment)


class LateGrids:
    """`Grids` whose reader is imported at the first question."""

    def __init__(self, grids: Late[Grids]) -> None:
        self._grids = grids

    def table(self, outline: Outline, shape: Shape | None, kind: Sequence[str] | None = None) -> Table:
        """The table of a payload."""
        return self._grids.get().table(outline, shape, kind)


class LateStretches:
    """`Stretches` whose reader of XML is imported at the first question."""

    def __init__(self, stretches: Late[Stretches]) -> None:
        self._stretches = stretches

    def find(self, draft: Draft) -> Sequence[Stretch]:
        """Every element with a place for a beginning and one for an end."""
        return self._stretches.get().find(draft)


class LateSpreadsheets:
    """`Spreadsheets` whose library is imported at the first question."""

    def __init__(self, spreadsheets: Late[Spreadsheets]) -> None:
        self._spreadsheets = spreadsheets

    def read(self, path: Path, sheet: str = "") -> Page:
        """A sheet of a file."""
        return self._spreadsheets.get().read(path, sheet)

    def to_bytes(
        self, suffix: str, head: Sequence[str], rows: Sequence[Sequence[str]], numbers: Collection[int]
    ) -> bytes:
        """A file of rows under a head."""
        return self._spreadsheets.get().to_bytes(suffix, head, rows, numbers)


class LateShifting:
    """`Shifting` whose reader of XML is imported at the first question."""

    def __init__(self, shifting: Late[Shifting]) -> None:
        self._shifting = shifting

    def plan(
        self, draft: Draft, target: date, *, source: date | None = None, fields: Collection[str] | None = None
    ) -> ShiftPlan:
        """What moves when a day of a payload becomes another."""
        return self._shifting.get().plan(draft, target, source=source, fields=fields)


class LateKeystore:
    """A `Keystore` whose name is known before it is opened."""

    def __init__(self, name: str, keystore: Late[Keystore]) -> None:
        self.name = name
        self._keystore = keystore

    def identities(self) -> Sequence[Identity]:
        """Every identity in this store."""
        return self._keystore.get().identities()

    def open(self, ref: IdentityRef) -> Identity:
        """The identity of this reference."""
        return self._keystore.get().open(ref)


class Silence:
    """An `Asking` that asks nobody: for a door at which no person stands."""

    def passphrase(self, question: str, *, new: bool) -> str | None:
        """Nothing."""
        return None
