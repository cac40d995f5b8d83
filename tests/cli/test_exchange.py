"""`caiso exchange`, and how an exchange is saved from the command line."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from caiso_desktop.model.error import Cancelled, Fate
from caiso_desktop.simulator import fault
from caiso_desktop.simulator.server import COMMON_NAME, Simulator
from tests.cli.conftest import KeptHouse

Caiso = Callable[..., int]
Printed = pytest.CaptureFixture[str]
RETRIEVE = ("call", "sibr/RetrieveCleanBidSet", "--environment", "simulator")


def test_a_call_is_saved_and_shown_elsewhere(
    caiso: Caiso, simulator: Simulator, payload: Path, tmp_path: Path, capfd: Printed
) -> None:
    place = tmp_path / "exchange.zip"
    assert caiso(*RETRIEVE, "--payload", payload, "--save-exchange", place, "--hide-market") == 0
    assert "replaced by stand-ins: " in capfd.readouterr().err
    assert caiso("exchange", "show", place, "--format", "json") == 0
    facts = json.loads(capfd.readouterr().out)
    assert (facts["service"], facts["version"], facts["status"]) == ("sibr/RetrieveCleanBidSet", "v4", 200)
    assert (facts["outcome"], facts["tls"]["version"], facts["way"]) == ("success", "TLSv1.3", "direct")
    assert facts["certificate"]["subject"] == "CN=User 1,OU=people,O=CAISO,C=US"
    assert facts["certificate"]["key"].startswith("in this program's memory")
    assert [name for name, _ in facts["headers"]["request"]] == ["Content-Type", "SOAPAction"]
    assert facts["replaced"]["user names"] == 1
    assert caiso("exchange", "show", place) == 0
    printed = capfd.readouterr().out
    assert COMMON_NAME not in printed
    assert "success" in printed


@pytest.mark.parametrize(("piece", "root"), [("--payload", "RequestCleanBidSet"), ("--report", "CleanBidSet")])
def test_its_pieces_are_printed(
    caiso: Caiso,
    simulator: Simulator,
    payload: Path,
    tmp_path: Path,
    capfdbinary: pytest.CaptureFixture[bytes],
    piece: str,
    root: str,
) -> None:
    place = tmp_path / "exchange.zip"
    assert caiso(*RETRIEVE, "--payload", payload, "--save-exchange", place) == 0
    capfdbinary.readouterr()
    assert caiso("exchange", "show", place, piece) == 0
    assert etree.QName(etree.fromstring(capfdbinary.readouterr().out)).localname == root


def test_what_became_of_the_call_is_told_before_its_exchange_is_saved(
    caiso: Caiso,
    house: KeptHouse,
    simulator: Simulator,
    payload: Path,
    tmp_path: Path,
    capfd: Printed,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = tmp_path / "exchange.zip"

    def stop(*arguments: object, **options: object) -> tuple[str, ...]:
        raise Cancelled("The exchange was not saved.", fate=Fate.NOT_SENT)

    monkeypatch.setattr(house.dossiers, "save", stop)
    assert caiso(*RETRIEVE, "--payload", payload, "--save-exchange", place) == 6, "a call that was made is no 3"
    printed = capfd.readouterr()
    assert "CleanBidSet" in printed.out
    assert printed.err.index("success: ") < printed.err.index("The exchange was not saved.")
    assert not place.exists()


def test_a_call_of_the_journal_is_saved(
    caiso: Caiso, simulator: Simulator, payload: Path, tmp_path: Path, capfd: Printed
) -> None:
    simulator.arrange(fault.NotEntitled())
    assert caiso(*RETRIEVE, "--payload", payload) == 1
    capfd.readouterr()
    assert caiso("journal", "list", "--limit", "1", "--format", "json") == 0
    number = json.loads(capfd.readouterr().out)[0]["call"]
    place = tmp_path / "exchange.zip"
    assert caiso("journal", "export", "--exchange", number) == 2
    assert caiso("journal", "export", "--exchange", number, "--save", place) == 0
    assert caiso("journal", "export", "--exchange", number, "--save", place) == 2
    with zipfile.ZipFile(place) as zipped:
        assert all(COMMON_NAME.encode() not in zipped.read(name) for name in zipped.namelist())
    capfd.readouterr()
    assert caiso("exchange", "show", place, "--format", "json") == 0
    facts = json.loads(capfd.readouterr().out)
    assert (facts["outcome"], facts["status"]) == ("error", 500)
    assert "Invalid role" in json.dumps(facts["notes"])
    assert facts["lacks"] == []
    assert len(facts["tls"]["chain"]) == 2
    assert caiso("exchange", "show", place) == 0
    printed = capfd.readouterr().out
    assert "; its key lies in this program's memory" in printed
    assert "SOAPAction: " in printed


def test_a_file_that_is_none_is_told(caiso: Caiso, tmp_path: Path, capfd: Printed) -> None:
    (tmp_path / "x.zip").write_bytes(b"no zip")
    assert caiso("exchange", "show", tmp_path / "x.zip") == 2
    assert "x.zip is damaged, or no zip at all." in capfd.readouterr().err
    assert caiso("exchange", "show", tmp_path / "nowhere.zip") == 2


def test_no_call_is_made_for_a_place_that_is_taken(
    caiso: Caiso, simulator: Simulator, payload: Path, tmp_path: Path
) -> None:
    place = tmp_path / "exchange.zip"
    place.write_bytes(b"mine")
    assert caiso(*RETRIEVE, "--payload", payload, "--save-exchange", place) == 2
    assert not simulator.requests
    assert place.read_bytes() == b"mine"
