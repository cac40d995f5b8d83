"""A doctor over real sockets, the real courier and a real simulator, for hosts that are ill in every way."""

import socket
import ssl
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from caiso_desktop.assembly.place import find_resources
from caiso_desktop.catalogue.failure import FOLDER, read_failures
from caiso_desktop.catalogue.load import load
from caiso_desktop.contract.payload import RulePayloads
from caiso_desktop.courier import CallCourier
from caiso_desktop.doctor.examination import ConnectionDoctor
from caiso_desktop.doctor.tools import Tools
from caiso_desktop.keystore.certificate import read_der
from caiso_desktop.keystore.memory import MemoryKeystore
from caiso_desktop.keystore.track_record import SettingsTrackRecord
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.doctor import Examination, Finding, Order, Place, Step, Verdict, ignore_finding
from caiso_desktop.model.identity import Identity, IdentityRef, Trust
from caiso_desktop.model.moment import utc_now
from caiso_desktop.model.probe import Probe
from caiso_desktop.model.route import ProxyLogOns, Routes
from caiso_desktop.model.service import Environment, Target
from caiso_desktop.model.transport import Limits
from caiso_desktop.simulator.authority import ClientIdentity
from caiso_desktop.simulator.server import Simulator
from caiso_desktop.store.chain import HeadNote
from caiso_desktop.store.database import Database
from caiso_desktop.store.format import STEPS
from caiso_desktop.store.issuer import SettingsIssuers
from caiso_desktop.store.journal import CallJournal, prepare
from caiso_desktop.store.known_host import ApprovedHosts
from caiso_desktop.store.run import Runs
from caiso_desktop.store.setting import FileSettings
from caiso_desktop.store.spool import Spool
from caiso_desktop.wire.probe import NetworkProbe
from caiso_desktop.wire.transport import HttpTransport
from tests.wire.conftest import Server

FAILURES = read_failures([find_resources() / FOLDER])
LAB = Environment("lab", "Laboratory", "a test", guarded=True)
"""Guarded as Production is, so that whatever is sent there passes the guard."""


class Practice:
    """A doctor, the keystore whose certificates it shows, and the journal that its retrieves are written into."""

    def __init__(
        self,
        folder: Path,
        offered: Catalogue,
        trust: Trust,
        routes: Routes | None = None,
        log_ons: ProxyLogOns | None = None,
    ) -> None:
        self.catalogue = offered
        self.keystore = MemoryKeystore("memory")
        self.settings = FileSettings(folder / "settings.json")
        self.hosts = ApprovedHosts(self.settings)
        self.record = SettingsTrackRecord(self.settings)
        note = HeadNote(folder / "journal.head")
        self._runs = Runs(folder / "run")
        self._database = Database(folder / "journal.sqlite", STEPS, prepare=partial(prepare, note=note))
        self.journal = CallJournal(self._database, self._runs, note)
        self._spool = Spool(folder / "answers")
        self._transport = HttpTransport(routes, log_ons)
        self.trust = trust
        courier = CallCourier(
            offered,
            self._transport,
            [self.keystore],
            self._spool,
            lambda environment: self.trust,
            self.journal,
            hosts=self.hosts,
            failures=FAILURES,
        )
        self.probe: Probe = NetworkProbe(routes, log_ons, Limits(connect=1, read=5, total=20))
        self.issuers = SettingsIssuers(self.settings)
        self.doctor = ConnectionDoctor(
            Tools(
                catalogue=lambda: self.catalogue,
                probe=self.probe,
                courier=courier,
                skeleton=RulePayloads(offered).skeleton,
                open=self._open,
                trust=lambda environment: self.trust,
                hosts=self.hosts,
                record=self.record,
                read=read_der,
                failures=lambda: FAILURES,
                issuers=self.issuers,
            )
        )

    def add(self, identity: ClientIdentity) -> IdentityRef:
        return self.keystore.add(identity.certificate, identity.key).ref

    def examine(
        self,
        identity: IdentityRef | None,
        *,
        application: str = "sibr",
        target: Target | None = None,
        retrieve: bool = True,
        token: CancelToken | None = None,
        found: Callable[[Place | None, Finding], None] = ignore_finding,
    ) -> Examination:
        order = Order(LAB.id, identity, application if target is None else "", target, retrieve)
        return self.doctor.examine(self.doctor.plan(order), token or CancelToken(), found)

    def close(self) -> None:
        self._transport.close()
        self._database.close()
        self._runs.close()

    def _open(self, ref: IdentityRef) -> Identity:
        return self.keystore.open(ref)


def verdicts(examination: Examination) -> dict[Step, Verdict]:
    """The verdict of each step, of an examination with one place."""
    return {finding.step: finding.verdict for chart in examination.charts for finding in chart.findings}


def finding(examination: Examination, step: Step) -> Finding:
    """What was found at a step, of an examination with one place."""
    return next(each for chart in examination.charts for each in chart.findings if each.step is step)


@pytest.fixture(scope="session")
def offered(resources: Path) -> Catalogue:
    return load(resources / "catalogue")


@pytest.fixture(scope="session")
def simulator(resources: Path, offered: Catalogue) -> Iterator[Simulator]:
    with Simulator(resources, offered) as running:
        yield running


@pytest.fixture
def calm(simulator: Simulator) -> Simulator:
    """The simulator without a memory of other tests."""
    simulator.calm()
    simulator.forget()
    return simulator


Open = Callable[..., Practice]


@pytest.fixture
def practice(tmp_path: Path, offered: Catalogue) -> Iterator[Open]:
    """Opens practices: where SIBR is, and who vouches for it."""
    opened: list[Practice] = []

    def open_(
        base: str,
        trust: Trust,
        application: str = "sibr",
        routes: Routes | None = None,
        log_ons: ProxyLogOns | None = None,
    ) -> Practice:
        folder = tmp_path / f"practice-{len(opened)}"
        folder.mkdir()
        lab = offered.with_environment(LAB, {application: base})
        opened.append(Practice(folder, lab, trust, routes, log_ons))
        return opened[-1]

    yield open_
    for each in opened:
        each.close()


@pytest.fixture(scope="session")
def lasting(simulator: Simulator) -> ClientIdentity:
    """A certificate whose end is far."""
    return simulator.issue("Jane Doe x1234", not_after=utc_now() + timedelta(days=400))


@pytest.fixture
def healthy(practice: Open, calm: Simulator, lasting: ClientIdentity) -> tuple[Practice, IdentityRef]:
    """A practice where nothing is wrong, and the certificate for it."""
    opened = practice(calm.bases()["sibr"], Trust((calm.authority,)))
    return opened, opened.add(lasting)


def later(by: timedelta) -> Callable[[], datetime]:
    """A clock that is ahead by a time."""
    return lambda: utc_now() + by


Handle = Callable[[Server, socket.socket], None]


@pytest.fixture
def listener() -> Iterator[Callable[..., Server]]:
    """Starts servers that do exactly what a test says."""
    servers: list[Server] = []

    def start(handler: Handle, context: ssl.SSLContext | None = None) -> Server:
        servers.append(Server(handler, context))
        return servers[-1]

    yield start
    for server in servers:
        server.close()
