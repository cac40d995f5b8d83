"""A trial of a certificate over real sockets: what a host accepts, refuses, and what is stopped in between."""

import threading
from collections.abc import Callable, Iterator

import pytest

from caiso_desktop.assembly.house import House
from caiso_desktop.assembly.place import Places
from caiso_desktop.keystore.memory import MemoryIdentity, MemoryKeystore
from caiso_desktop.model.cabinet import TrackRecord
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.doctor import Finding, Step, Verdict
from caiso_desktop.model.error import Cancelled, HostNotApproved, IdentityError, UsageError
from caiso_desktop.model.fake_doctor import FakeDoctor
from caiso_desktop.model.fake_safety import FakeKnownHosts
from caiso_desktop.model.transport_error import ClientCertificateRefused
from caiso_desktop.model.trial import TRIED, Trial
from caiso_desktop.simulator import fault
from caiso_desktop.simulator.authority import ClientIdentity
from caiso_desktop.simulator.server import Simulator
from caiso_desktop.trial import CertificateTrial


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


@pytest.fixture
def add(house: House) -> Callable[[ClientIdentity], MemoryIdentity]:
    keystore = house.simulator.running().keystore
    assert isinstance(keystore, MemoryKeystore)
    return lambda issued: keystore.add(issued.certificate, issued.key)


@pytest.fixture
def record(house: House) -> TrackRecord:
    return house.track_record


@pytest.fixture
def trial(house: House) -> Trial:
    return CertificateTrial(house.doctor, lambda: house.catalogue, FakeKnownHosts())


def test_each_step_of_the_doctor_is_told_and_the_acceptance_remembered(
    house: House, simulator: Simulator, trial: Trial, record: TrackRecord
) -> None:
    [identity] = house.simulator.keystore.identities()[:1]
    told: list[Finding] = []
    for _ in range(2):
        told.clear()
        simulator.forget()
        verdict = trial.run(identity.ref, "simulator", None, CancelToken(), told.append)
        assert verdict.accepted
        assert [finding.step for finding in told] == list(TRIED)
        # A handshake each time: over a kept connection nothing would have been shown.
        assert next(finding for finding in told if finding.step is Step.CERTIFICATE).seconds is not None
        # No service is called.
        assert [request.method for request in simulator.requests] == ["GET"]
    assert list(record.worked(identity.ref)) == ["simulator"]


def test_a_host_that_knows_no_access_does_not_accept(
    simulator: Simulator,
    trial: Trial,
    record: TrackRecord,
    add: Callable[[ClientIdentity], MemoryIdentity],
) -> None:
    identity = add(simulator.issue("No Access x0003", access=False))
    verdict = trial.run(identity.ref, "simulator", "sibr", CancelToken(), lambda finding: None)
    assert not verdict.accepted
    assert "403" in verdict.note.meaning
    assert verdict.note.advice
    assert not record.worked(identity.ref)


def test_a_stranger_is_refused_in_the_handshake(
    simulator: Simulator, trial: Trial, add: Callable[[ClientIdentity], MemoryIdentity]
) -> None:
    identity = add(simulator.issue(stranger=True))
    told: list[Finding] = []
    with pytest.raises(ClientCertificateRefused):
        trial.run(identity.ref, "simulator", None, CancelToken(), told.append)
    [failed] = [finding for finding in told if finding.verdict is Verdict.FAILED]
    assert failed.step is Step.CERTIFICATE


def test_a_key_that_does_not_sign_is_told(
    house: House, simulator: Simulator, trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> bytes:
        raise IdentityError("the card was taken out of its reader.")

    monkeypatch.setattr("caiso_desktop.keystore.memory.SoftwareSigner.sign", refuse)
    [identity] = house.simulator.keystore.identities()[:1]
    simulator.forget()
    with pytest.raises(IdentityError, match="taken out"):
        trial.run(identity.ref, "simulator", None, CancelToken(), lambda finding: None)
    assert simulator.requests == ()


def test_it_is_stopped_while_the_host_thinks(house: House, simulator: Simulator, trial: Trial) -> None:
    [identity] = house.simulator.keystore.identities()[:1]
    simulator.arrange(fault.Delay(600))
    simulator.forget()
    token, caught = CancelToken(), list[BaseException]()

    def run() -> None:
        try:
            trial.run(identity.ref, "simulator", None, token, lambda finding: None)
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


def test_no_certificate_is_shown_to_a_host_nobody_has_approved(house: House, trial: Trial) -> None:
    catalogue = house.catalogue
    elsewhere = catalogue.with_environment(catalogue.environment("map-stage"), {"sibr": "https://elsewhere.example/x/"})
    [identity] = house.simulator.keystore.identities()[:1]
    doctor = FakeDoctor(certificate=identity.certificate)
    other = CertificateTrial(doctor, lambda: elsewhere, FakeKnownHosts())
    with pytest.raises(HostNotApproved, match="elsewhere"):
        other.run(identity.ref, "map-stage", "sibr", CancelToken(), lambda finding: None)
    assert doctor.examined == []
    with pytest.raises(UsageError, match="can be reached"):
        trial.run(identity.ref, "map-stage", "oasis", CancelToken(), lambda finding: None)
