import io
import json
from collections.abc import Callable
from datetime import datetime, tzinfo
from pathlib import Path

import pytest
from lxml import etree

from caiso_desktop.cli import macro
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.journal import Filter
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.model.template import Template
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


class Noon(datetime):
    """A clock that stands still."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "Noon":
        return cls(2026, 11, 26, 20, 0, tzinfo=tz)


ALL = (
    "{{trade_date}} {{trade_date+1}} {{trade_date.start}} {{trade_date-2.end}} {{trade_date.he01}} "
    "{{trade_date+1.he24.end}} {{now}} {{uuid}} {{uuid}}"
)


@pytest.mark.parametrize("source", ["file", "large file", "standard input", "template"])
def test_an_envelope_says_what_a_call_would_send(
    caiso: Callable[..., int],
    house: KeptHouse,
    simulator: Simulator,
    payload: Path,
    tmp_path: Path,
    capfdbinary: pytest.CaptureFixture[bytes],
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    source: str,
) -> None:
    monkeypatch.setattr(macro, "datetime", Noon)
    filling = "<!--" + " filling" * 300_000 + "-->" if source == "large file" else ""
    text = payload.read_text().replace("2026-11-22T08:00:00Z</MarketStartTime>", f"{ALL}</MarketStartTime>{filling}", 1)
    payload.write_text(text)
    chosen: tuple[object, ...] = ("--payload", payload)
    if source == "template":
        target = Target("sibr", "RetrieveCleanBidSet", "v4", Variant.AP)
        template = house.shelves.templates.save(Template("Envelope", target), Draft(text), replace=False)
        request.addfinalizer(lambda: house.shelves.templates.remove(template))
        chosen = ("--template", "Envelope")
    if source == "standard input":
        chosen = ("--payload", "-")
    said: list[bytes] = []
    for command in ("envelope", "call"):
        serial = iter(range(100))
        monkeypatch.setattr("caiso_desktop.model.macro.uuid4", lambda serial=serial: f"uuid-{next(serial)}")
        if source == "standard input":
            monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        options = () if command == "envelope" else ("--once",)
        caiso(command, "sibr/RetrieveCleanBidSet", "--environment", "simulator", *chosen, *options)
        out, err = capfdbinary.readouterr()
        said.append(b"\n".join(line for line in err.splitlines() if line.startswith(b"{{")))
        if command == "envelope":
            envelope = etree.fromstring(out, etree.XMLParser(huge_tree=True))
    assert said[0] == said[1]
    assert b"{{trade_date.start}} = 2026-11-26T08:00:00Z" in said[0]
    entry = next(iter(house.memory.journal.all(Filter())))
    sent = etree.fromstring(house.memory.journal.payload(entry.id), etree.XMLParser(huge_tree=True))
    (dressed,) = envelope.iter(str(sent.tag))
    assert etree.tostring(dressed, method="c14n2") == etree.tostring(sent, method="c14n2")
    (expanded,) = sent.iter("{*}MarketStartTime")
    assert "{{" not in str(expanded.text)
    assert "uuid-0 uuid-1" in str(expanded.text)
