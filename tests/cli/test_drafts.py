"""`caiso drafts`: requests of other programs, printed and saved, without their secrets."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import KeptHouse

Caiso = Callable[..., int]

FILE = """---
caiso_sites: {webservices: {mapstage: https://wsmap.caiso.com}}
services:
  mine:
    caiso_site: webservices
    wsse_profile: sibr1
    endpoint: /sst/sibr/RetrieveCleanBidSet_SIBRv4_AP
    request_body: <Ask>TRADE_DATE_TODAY</Ask>
  odd/../name:
    endpoint: /x
    request_body: <Other/>
  empty: {}
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "b2b.yml"
    path.write_text(FILE, "utf-8")
    return path


def test_requests_are_printed_with_their_service(
    caiso: Caiso, source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert caiso("drafts", source) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines() == [
        "mine  sibr/RetrieveCleanBidSet v4 AP  map-stage",
        "odd/../name  not in the catalogue",
    ]
    assert "mine: caisopy's trade dates are macros of ours now." in printed.err
    assert "not taken: empty:" in printed.err


def test_payloads_are_saved_and_none_is_written_over(
    caiso: Caiso, source: Path, tmp_path: Path, house: KeptHouse, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "out"
    assert caiso("drafts", source, "--save", folder, "--format", "json") == 0
    facts = json.loads(capsys.readouterr().out)
    assert [(each["environment"], Path(each["saved"]).name) for each in facts] == [
        ("map-stage", "01-mine.xml"),
        (None, "02-odd-..-name.xml"),
    ]
    assert (folder / "01-mine.xml").read_text("utf-8") == "<Ask>{{trade_date}}</Ask>\n"
    assert caiso("drafts", source, "--save", folder) == 3
    assert "is there already" in capsys.readouterr().err


def test_what_holds_no_drafts_is_said_so(caiso: Caiso, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "wsse.yml"
    path.write_text("wsse_profiles: {}", "utf-8")
    assert caiso("drafts", path) == 2
    assert "nothing of it is taken" in capsys.readouterr().err
