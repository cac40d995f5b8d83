"""`caiso journal` over the real journal, filled by real calls to the simulator."""

import csv
import io
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from caiso_desktop.assembly.house import House
from caiso_desktop.assembly.place import DATABASE, Places
from caiso_desktop.cli.door import main
from caiso_desktop.simulator import fault
from caiso_desktop.simulator.server import Simulator

Caiso = Callable[..., int]
Printed = pytest.CaptureFixture[str]


@pytest.fixture
def calls(caiso: Caiso, simulator: Simulator, payload: Path, capfd: Printed) -> list[int]:
    """A call answered well, and a later one answered with an error; their numbers."""
    assert caiso("call", "sibr/RetrieveCleanBidSet", "--environment", "simulator", "--payload", payload) == 0
    simulator.arrange(fault.NotEntitled())
    assert caiso("call", "sibr/RetrieveCleanBidSet", "--environment", "simulator", "--payload", payload) == 1
    capfd.readouterr()
    assert caiso("journal", "list", "--limit", "2", "--format", "json") == 0
    newest = json.loads(capfd.readouterr().out)
    return [int(each["call"]) for each in reversed(newest)]


def test_show_tells_the_id_of_the_message_for_the_help_desk(
    caiso: Caiso, simulator: Simulator, calls: list[int], capfd: Printed
) -> None:
    assert caiso("journal", "show", calls[1], "--format", "json") == 0
    message = json.loads(capfd.readouterr().out)["message"]
    assert f"MessageID>{message}<".encode() in simulator.requests[-1].body


def test_list_gives_the_newest_first(caiso: Caiso, calls: list[int], capfd: Printed) -> None:
    assert caiso("journal", "list", "--limit", "1") == 0
    printed = capfd.readouterr()
    (line,) = printed.out.splitlines()
    assert line.split()[0] == str(calls[1])
    assert "simulator" in line
    assert "error" in line
    assert "sibr/RetrieveCleanBidSet" in line
    assert "there are more" in printed.err


@pytest.mark.parametrize(
    ("filters", "kept"),
    [
        (("--outcome", "error"), [1]),
        (("--text", "Invalid role and/or Entity"), [1]),
        (("--text", "MarketStartTime", "--outcome", "success"), [0]),
        (("--trade-date", "2026-11-22"), [0, 1]),
        (("--trade-date", "2026-11-23"), []),
        (("--service", "sibr/RetrieveCleanBidSet", "--environment", "simulator"), [0, 1]),
        (("--service", "SubmitRawBidSet"), []),
        (("--until", "2020-01-01"), []),
        (("--unknown",), []),
    ],
)
def test_filters(caiso: Caiso, calls: list[int], filters: tuple[str, ...], kept: list[int], capfd: Printed) -> None:
    assert caiso("journal", "list", "--format", "json", *filters) == 0
    found = [int(each["call"]) for each in json.loads(capfd.readouterr().out)]
    assert [call for call in calls if call in found] == [calls[position] for position in kept]


def test_show_tells_everything_and_the_payload_as_it_was(
    caiso: Caiso, calls: list[int], payload: Path, capfd: Printed
) -> None:
    assert caiso("journal", "show", calls[0], "--format", "json") == 0
    facts = json.loads(capfd.readouterr().out)
    assert (facts["outcome"], facts["status"], facts["through"], facts["kind"]) == (
        "success",
        "200",
        "caiso",
        "retrieve",
    )
    assert facts["certificate"].startswith("CN=")
    assert caiso("journal", "show", calls[0], "--payload") == 0
    assert capfd.readouterr().out == payload.read_text(encoding="utf-8")


def test_show_of_a_call_that_is_not_there(caiso: Caiso, calls: list[int], capfd: Printed) -> None:
    assert caiso("journal", "show", "99999") == 2
    assert "no call 99999" in capfd.readouterr().err


def test_export_is_csv_that_comes_back(caiso: Caiso, calls: list[int], tmp_path: Path, capfd: Printed) -> None:
    assert caiso("journal", "export", "--outcome", "error") == 0
    rows = list(csv.DictReader(io.StringIO(capfd.readouterr().out)))
    assert str(calls[1]) in [row["call"] for row in rows]
    assert {row["outcome"] for row in rows} == {"error"}
    place = tmp_path / "calls.csv"
    assert caiso("journal", "export", "--save", place) == 0
    assert place.read_bytes().startswith(b"\xef\xbb\xbfcall,started")
    assert caiso("journal", "export", "--save", place) == 2


def test_verify_is_content_with_what_nobody_touched(caiso: Caiso, calls: list[int], capfd: Printed) -> None:
    assert caiso("journal", "verify") == 0
    assert "nothing was altered or removed" in capfd.readouterr().err


def test_verify_tells_what_was_altered_with_status_1(tmp_path: Path, payload: Path, capfd: Printed) -> None:
    places = Places(data=tmp_path / "data", config=tmp_path / "config")

    def caiso(*arguments: str) -> int:
        return main(arguments, lambda: House(places))

    assert caiso("call", "sibr/RetrieveCleanBidSet", "--environment", "simulator", "--payload", str(payload)) == 0
    with closing(sqlite3.connect(places.data / DATABASE)) as connection, connection:
        connection.execute("UPDATE chain SET body = replace(body, 'simulator', 'sandbox') WHERE link = 1")
    capfd.readouterr()
    assert caiso("journal", "verify") == 1
    assert "call 1: what was written down (begin) was altered." in capfd.readouterr().out


@pytest.mark.parametrize(
    "wrong", [("--since", "yesterday"), ("--trade-date", "x"), ("--outcome", "fine"), ("--limit", "0")]
)
def test_what_makes_no_sense_is_status_2(caiso: Caiso, wrong: tuple[str, str]) -> None:
    try:
        status = caiso("journal", "list", *wrong)
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else -1
    assert status == 2
