"""``caiso trust``, over the real house."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from caiso_desktop.model.identity import Trust
from tests.cli.conftest import KeptHouse
from tests.wire.conftest import Authority

Caiso = Callable[..., int]
CAISO_ROOT = Authority("CAISO root of this run")


def test_an_authority_is_added_listed_pinned_and_removed(
    caiso: Caiso, house: KeptHouse, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "root.cer"
    file.write_bytes(CAISO_ROOT.pem)
    place = ("--environment", "map-stage")
    assert caiso("trust", "list", *place) == 0
    assert capfd.readouterr().out == "Trusted: the system's authorities\n"
    assert caiso("trust", "pin", "on", *place) == 2
    assert caiso("trust", "add", file, *place) == 0
    out = capfd.readouterr().out
    assert out.startswith("Trusted: the system's authorities, and these\nCN=CAISO root of this run  (added)\n")
    assert house.road.trust("map-stage") == Trust((CAISO_ROOT.pem,), beside_system=True)
    assert house.road.trust("production") == Trust()
    assert caiso("trust", "pin", "on", *place) == 0
    assert house.road.trust("map-stage") == Trust((CAISO_ROOT.pem,))
    capfd.readouterr()
    assert caiso("trust", "list", *place, "--format", "json") == 0
    (listed,) = json.loads(capfd.readouterr().out)["added"]
    assert caiso("trust", "remove", listed["sha256"], *place) == 0
    assert house.road.trust("map-stage") == Trust()


def test_a_bad_file_and_the_simulator(caiso: Caiso, house: KeptHouse, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.pem", tmp_path / "bad.pem"
    good.write_bytes(CAISO_ROOT.pem)
    bad.write_bytes(b"nonsense")
    assert caiso("trust", "add", good, bad, "--environment", "production") == 2
    assert caiso("trust", "add", tmp_path / "none", "--environment", "production") == 2
    assert house.road.trust("production") == Trust()
    assert caiso("trust", "add", good, "--environment", "simulator") == 2
