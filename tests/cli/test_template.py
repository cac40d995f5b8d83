import json
from collections.abc import Callable
from pathlib import Path

import pytest

from caiso_desktop.model.journal import Filter
from caiso_desktop.simulator.server import Simulator
from tests.cli.conftest import KeptHouse


def test_a_template_is_kept_listed_sent_replaced_and_removed(
    caiso: Callable[..., int],
    house: KeptHouse,
    simulator: Simulator,
    payload: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert caiso("template", "list") == 0
    assert "no template yet" in capfd.readouterr().err
    text = payload.read_bytes().replace(b"2026-11-22T08:00:00Z", b"{{trade_date.he01}}")
    payload.write_bytes(text.replace(b"2026-11-22T09:00:00Z", b"{{trade_date.he01.end}}"))
    keep = ("template", "save", "First hour", "sibr/RetrieveCleanBidSet", "--payload", payload)
    assert caiso(*keep, "--note", "for tests") == 0
    assert caiso(*keep) == 2
    assert "'First hour' already" in capfd.readouterr().err
    assert caiso(*keep, "--replace", "--note", "for tests") == 0
    assert caiso("template", "list", "--format", "json") == 0
    [fact] = json.loads(capfd.readouterr().out)
    assert (fact["name"], fact["owner"], fact["note"]) == ("First hour", "user", "for tests")
    assert caiso("template", "list") == 0
    assert "sibr/RetrieveCleanBidSet v4  for tests" in capfd.readouterr().out
    assert caiso("template", "show", "first hour") == 0
    assert capfd.readouterr().out.encode() == payload.read_bytes()
    call = ("call", "sibr/RetrieveCleanBidSet", "--environment", "simulator", "--template", "First hour")
    assert caiso(*call) == 0
    entry = next(iter(house.memory.journal.all(Filter())))
    assert b"{{" not in house.memory.journal.payload(entry.id)
    bad = house.places.config / "templates" / "bad.caiso-template"
    bad.write_text("CAISO Desktop template 1\noops\n")
    assert caiso("template", "list") == 0
    assert "bad.caiso-template, line 2" in capfd.readouterr().err
    bad.unlink()
    assert caiso("template", "remove", "First hour") == 0
    assert caiso("template", "show", "First hour") == 2
    assert caiso(*keep, "--company") == 2  # this house has no company
