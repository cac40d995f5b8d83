import json
from collections.abc import Callable
from pathlib import Path

import pytest

from caiso_desktop.model.journal import Filter
from caiso_desktop.simulator.server import Simulator
from tests.cli.conftest import KeptHouse


def test_the_list_says_what_each_means_now(caiso: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert caiso("macro", "list", "--environment", "simulator", "--format", "json") == 0
    facts = {fact["macro"]: fact["now"] for fact in json.loads(capsys.readouterr().out)}
    assert facts["{{trade_date}}"] < facts["{{trade_date+1}}"]
    assert caiso("macro", "list") == 0
    assert "a new one at each place" in capsys.readouterr().out


def test_a_file_is_printed_as_it_would_be_sent(
    caiso: Callable[..., int], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.xml"
    file.write_bytes(b"\xef\xbb\xbf<a>\r\n{{trade_date}}<!-- {{now}} --></a>")
    assert caiso("macro", "expand", file) == 0
    out, err = capfd.readouterr()
    assert out.endswith("<!-- {{now}} --></a>")
    assert "{{trade_date}} = 20" in err
    file.write_text("<a>{{noww}}</a>")
    assert caiso("macro", "expand", file) == 2
    assert "the nearest is {{now}}" in capfd.readouterr().err
    assert caiso("macro", "expand", tmp_path / "none.xml") == 2


def test_what_is_sent_is_what_is_told_and_journalled(
    caiso: Callable[..., int],
    house: KeptHouse,
    simulator: Simulator,
    payload: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    text = payload.read_text().replace("<MessagePayload>", "<MessagePayload><!-- {{uuid}} -->", 1)
    payload.write_text(
        text.replace("2026-11-22T08:00:00Z", "{{trade_date.start}}").replace(
            "2026-11-22T09:00:00Z", "{{trade_date.he01.end}}"
        )
    )
    asked = ("sibr/RetrieveCleanBidSet", "--environment", "simulator", "--payload", payload)
    assert caiso("call", *asked) == 0
    _, err = capfd.readouterr()
    told = err.partition("{{trade_date.start}} = ")[2].split()[0]
    entry = next(iter(house.memory.journal.all(Filter())))
    kept = house.memory.journal.payload(entry.id).decode()
    assert f"<MarketStartTime>{told}</MarketStartTime>" in kept
    assert "<!-- {{uuid}} -->" in kept
    payload.write_text(text.replace("2026-11-22T08:00:00Z", "{{tomorrow}}"))
    assert caiso("call", *asked) == 2
    assert len(simulator.requests) == 1
