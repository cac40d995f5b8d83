"""A trial of a certificate over real sockets: what a host accepts, refuses, and what is stopped in between."""

import threading
from collections.abc import Callable, Iterator

import pytest

from caiso_desktop.assembly.house import House
from caiso_desktop.assembly.place import Places
from caiso_desktop.keystore.memory import MemoryIdentity, MemoryKeystore
from caiso_desktop.keystore.track_record import SettingsTrackRecord
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import Cancelled, ClientCertificateRefused, HostNotApproved, UsageError
from caiso_desktop.model.fake import FakeSettings
from caiso_desktop.model.fake_safety import FakeKnownHosts
from caiso_desktop.model.identity import Identity, IdentityRef, Keystore, Trust
from caiso_desktop.model.trial import Stage, Tried
from caiso_desktop.simulator import fault
from caiso_desktop.simulator.authority import ClientIdentity
from caiso_desktop.simulator.server import Simulator
from caiso_desktop.trial import CertificateTrial
from caiso_desktop.wire.transport import HttpTransport


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    house = House(Places(data=folder / "data", config=folder / "config"))
    yield house
    house.close()


@pytest.fixture
def simulator(house: House) -> Simulator:
    server = house.simulator.running().server
    assert isinstance(server, Simulator)
    server.calm()
    return server


class Drawer:
    """A cabinet of one keystore, as far as a trial opens it."""

    def __init__(self, keystore: Keystore) -> None:
        self._keystore = keystore

    def open(self, ref: IdentityRef) -> Identity:
        return self._keystore.open(ref)


@pytest.fixture
def add(house: House) -> Callable[[ClientIdentity], MemoryIdentity]:
    keystore = house.simulator.running().keystore
    assert isinstance(keystore, MemoryKeystore)
    return lambda issued: keystore.add(issued.certificate, issued.key)


@pytest.fixture
def record() -> SettingsTrackRecord:
    return SettingsTrackRecord(FakeSettings())


@pytest.fixture
def trial(house: House, record: SettingsTrackRecord) -> CertificateTrial:
    drawer = Drawer(house.simulator.keystore)
    return CertificateTrial(
        drawer,  # type: ignore[arg-type]  # opens and nothing else
        lambda: house.catalogue,
        record,
        FakeKnownHosts(),
        house.trust,
        HttpTransport,
    )


def test_each_stage_is_told_with_its_time_and_the_acceptance_remembered(
    house: House, simulator: Simulator, trial: CertificateTrial, record: SettingsTrackRecord
) -> None:
    [identity] = house.simulator.keystore.identities()[:1]
    told: list[Tried] = []
    for _ in range(2):
        told.clear()
        verdict = trial.run(identity.ref, "simulator", None, CancelToken(), told.append)
        assert verdict.accepted
        assert [tried.stage for tried in told] == list(Stage)
        # A handshake each time: over a kept connection nothing would have been shown.
        assert all(tried.seconds is not None for tried in told)
        assert told[2].words.startswith("TLSv1.")
    assert list(record.worked(identity.ref)) == ["simulator"]


def test_a_host_that_knows_no_access_does_not_accept(
    simulator: Simulator,
    trial: CertificateTrial,
    record: SettingsTrackRecord,
    add: Callable[[ClientIdentity], MemoryIdentity],
) -> None:
    identity = add(simulator.issue("No Access x0003", access=False))
    verdict = trial.run(identity.ref, "simulator", "sibr", CancelToken(), lambda tried: None)
    assert not verdict.accepted
    assert "403" in verdict.note.meaning
    assert verdict.note.advice
    assert not record.worked(identity.ref)


def test_a_stranger_is_refused_in_the_handshake(
    simulator: Simulator, trial: CertificateTrial, add: Callable[[ClientIdentity], MemoryIdentity]
) -> None:
    identity = add(simulator.issue(stranger=True))
    told: list[Tried] = []
    with pytest.raises(ClientCertificateRefused):
        trial.run(identity.ref, "simulator", None, CancelToken(), told.append)
    assert [tried.stage for tried in told] == [Stage.SIGNATURE]


def test_it_is_stopped_while_the_host_thinks(house: House, simulator: Simulator, trial: CertificateTrial) -> None:
    [identity] = house.simulator.keystore.identities()[:1]
    simulator.arrange(fault.Delay(600))
    simulator.forget()
    token, caught = CancelToken(), list[BaseException]()

    def run() -> None:
        try:
            trial.run(identity.ref, "simulator", None, token, lambda tried: None)
        except Cancelled as error:
            caught.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    pause = threading.Event()
    while not simulator.requests:
        pause.wait(0.01)
    token.cancel()
    thread.join(10)
    assert len(caught) == 1
    simulator.calm()


def test_no_certificate_is_shown_to_a_host_nobody_has_approved(house: House, trial: CertificateTrial) -> None:
    catalogue = house.catalogue
    elsewhere = catalogue.with_environment(catalogue.environment("map-stage"), {"sibr": "https://elsewhere.example/x/"})
    [identity] = house.simulator.keystore.identities()[:1]
    other = CertificateTrial(
        trial._cabinet,
        lambda: elsewhere,
        trial._record,
        FakeKnownHosts(),
        lambda environment: Trust(),
        HttpTransport,
    )
    with pytest.raises(HostNotApproved, match="elsewhere"):
        other.run(identity.ref, "map-stage", "sibr", CancelToken(), lambda tried: None)
    with pytest.raises(UsageError, match="can be reached"):
        trial.run(identity.ref, "map-stage", "oasis", CancelToken(), lambda tried: None)
