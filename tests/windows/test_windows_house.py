"""The whole program in a Windows profile as some users have it: spaces and letters of everywhere in every path."""

import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from caiso_desktop.assembly.house import House
from caiso_desktop.assembly.place import Places
from caiso_desktop.cli.door import main
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.doctor import Examination, Order, Step, Verdict, ignore_finding
from caiso_desktop.model.identity import Trust
from caiso_desktop.model.journal import Filter
from caiso_desktop.model.transport_error import NameNotFound, ServerNotTrusted, Unreachable
from caiso_desktop.simulator.server import Simulator
from caiso_desktop.wire.probe import NetworkProbe

assert sys.platform == "win32", "these tests want a Windows Python; run_under_wine.sh gives them one"


class KeptHouse(House):
    """A house that outlives the command which was run in it."""

    def close(self) -> None:
        """Stay open: `really_close` ends it."""

    def really_close(self) -> None:
        super().close()


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A profile with its temporary folder."""
    home = tmp_path / "Zoë Müller 株式会社"
    temporary = home / "App Data" / "Temp"
    temporary.mkdir(parents=True)
    monkeypatch.setenv("TEMP", str(temporary))
    monkeypatch.setenv("TMP", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return home


@pytest.fixture
def house(profile: Path) -> Iterator[KeptHouse]:
    house = KeptHouse(Places(data=profile / "App Data" / "Local", config=profile / "App Data" / "Roaming"))
    yield house
    house.really_close()


def test_a_call_is_sent_recorded_and_saved(house: KeptHouse, profile: Path, capfd: pytest.CaptureFixture[str]) -> None:
    answer = profile / "Eigene Dateien" / "答え.xml"
    answer.parent.mkdir()
    asked = ["call", "sibr/RetrieveCleanBidSet", "--environment", "simulator", "--save", str(answer)]
    assert main(asked, lambda: house) == 0
    assert b"CleanBidSet" in answer.read_bytes()
    [entry] = house.journal.all(Filter())
    assert b"RequestCleanBidSet" in house.journal.payload(entry.id)
    assert entry.ending is not None
    assert entry.ending.answer is not None
    assert entry.ending.answer.is_relative_to(profile)
    assert os.environ["TEMP"] == tempfile.gettempdir()
    assert "saved" in capfd.readouterr().err


def test_the_next_start_finds_what_this_one_kept(house: KeptHouse, profile: Path) -> None:
    house.settings.set("window.environment", "map-stage")
    assert main(["call", "sibr/RetrieveCleanBidSet", "--environment", "simulator"], lambda: house) == 0
    house.really_close()
    later = House(house.places)
    try:
        assert later.settings.get("window.environment") == "map-stage"
        assert len(list(later.journal.all(Filter()))) == 1
    finally:
        later.close()


def examined(house: House, environment: str) -> Examination:
    identity = house.identities.for_environment("simulator")[0]
    plan = house.doctor.plan(Order(environment, identity.ref, "sibr"))
    return house.doctor.examine(plan, CancelToken(), ignore_finding)


def test_the_doctor_finds_nothing_wrong_where_nothing_is(house: KeptHouse) -> None:
    examination = examined(house, "simulator")
    verdicts = {finding.step: finding.verdict for chart in examination.charts for finding in chart.findings}
    assert verdicts == dict.fromkeys(Step, Verdict.OK), examination
    tls = next(finding for finding in examination.charts[1].findings if finding.step is Step.TLS)
    assert dict(tls.facts)["Client certificate"] == "asked for"


def test_the_doctor_tells_a_refused_port_and_a_name_without_an_address() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with pytest.raises(Unreachable, match="refused"):
        NetworkProbe().reach("127.0.0.1", port, CancelToken())
    with pytest.raises(NameNotFound):
        NetworkProbe().look_up("no-such-host.invalid", 443, CancelToken())


def test_the_doctor_sees_the_chain_of_a_server_that_is_not_trusted(simulator: Simulator) -> None:
    # Windows' own trust does not know the simulator's authority.
    seen = NetworkProbe().shake_hands("127.0.0.1", simulator.port, Trust(), CancelToken())
    assert isinstance(seen.failure, ServerNotTrusted)
    assert len(seen.chain) == 2
