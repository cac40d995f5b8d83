"""`caiso schema`: what is taken in, listed, matched, removed, and what a call goes by then."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import KeptHouse
from tests.package_maker import retrieve, zipped

Caiso = Callable[..., int]


@pytest.fixture(autouse=True)
def empty_shelf(house: KeptHouse) -> Iterator[None]:
    yield
    for stock in house.packages.stock():
        house.packages.remove(stock.package.name)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    files = retrieve("CleanBidSet", "v4", action="urn:given") | {"bad.xsd": "<a>\n<b></a>"}
    odd = {
        name.replace("Clean", "Odd"): text.replace("Clean", "Odd")
        for name, text in retrieve("CleanBidSet", "v4").items()
    }
    return zipped(tmp_path / "SIBR.zip", files | odd)


def test_an_import_tells_what_matched_what_is_new_and_what_is_not_readable(
    caiso: Caiso, package: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert caiso("schema", "list") == 0
    assert "no package has been imported" in capsys.readouterr().err
    assert caiso("schema", "import", package) == 0
    said = capsys.readouterr().out
    assert "1 operation matched; schemas of 1 row more; 1 new; 7 files; 1 thing not readable" in said
    assert "= retrieveCleanBidSet_v4  sibr/RetrieveCleanBidSet v4 AP" in said
    assert "+ retrieveOddBidSet_v4  no service of this name" in said
    assert "! bad.xsd, line 2: it is not well-formed XML" in said
    assert caiso("schema", "import", package) == 2
    assert "Replace it, or give this one another name" in capsys.readouterr().err
    assert caiso("schema", "import", package, "--replace", "--format", "json") == 0
    [facts] = json.loads(capsys.readouterr().out)
    assert facts["matched"][0]["action"] == "urn:given"
    assert facts["matched"][0]["services"] == [
        {"service": "sibr/RetrieveCleanBidSet", "version": "v4", "variant": "ap"}
    ]
    assert facts["unreadable"][0]["line"] == 2


def test_an_envelope_goes_by_the_wsdl(
    caiso: Caiso, package: Path, payload: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("envelope", "sibr/RetrieveCleanBidSet", "--version", "v4", "--variant", "ap", "--environment", "simulator")
    assert caiso(*words, "--payload", payload) == 0
    assert "by rule" in capsys.readouterr().err
    assert caiso("schema", "import", package) == 0
    capsys.readouterr()
    assert caiso(*words, "--payload", payload) == 0
    said = capsys.readouterr().err
    assert 'SOAPAction: "urn:given"' in said
    assert "names from CAISO's WSDL" in said
    assert caiso("schema", "remove", "SIBR") == 0
    capsys.readouterr()
    assert caiso(*words, "--payload", payload) == 0
    assert "by rule" in capsys.readouterr().err


def test_an_operation_is_matched_by_hand_and_back(
    caiso: Caiso, package: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert caiso("schema", "import", package) == 0
    words = ("schema", "match", "SIBR", "retrieveOddBidSet_v4")
    assert caiso(*words, "sibr/RetrieveCleanBidSet", "--version", "v3", "--variant", "ap") == 0
    assert "= retrieveOddBidSet_v4  sibr/RetrieveCleanBidSet v3 AP (by hand)" in capsys.readouterr().out
    assert caiso(*words) == 0
    assert "+ retrieveOddBidSet_v4" in capsys.readouterr().out


def test_a_sample_comes_from_the_imported_schema(
    caiso: Caiso, package: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert caiso("schema", "import", package) == 0
    capsys.readouterr()
    words = ("sample", "sibr/RetrieveCleanBidSet", "--version", "v4", "--variant", "ap")
    assert caiso(*words, "--environment", "map-stage") == 0
    printed = capsys.readouterr()
    assert "CAISO's schema, imported (SIBR, imported" in printed.err
    assert "MarketStartTime" in printed.out


def test_what_cannot_be_done_is_told(caiso: Caiso, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert caiso("schema", "import", tmp_path / "gone.zip") == 2
    assert "is not there" in capsys.readouterr().err
    assert caiso("schema", "remove", "gone") == 2
    assert caiso("schema", "import", tmp_path, "--company") == 2
    assert "no folder of the company" in capsys.readouterr().err


def test_the_simulator_shows_no_wsdl(caiso: Caiso, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("schema", "fetch", "sibr/RetrieveCleanBidSet", "--version", "v4", "--variant", "ap")
    assert caiso(*words, "--environment", "simulator") == 2
    assert "405" in capsys.readouterr().err
