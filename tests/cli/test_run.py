"""`caiso run` over the real house and simulator: lists, what is expected, results, refusals, statuses."""

import csv
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from caiso_desktop.simulator import fault
from caiso_desktop.simulator.server import Simulator

Caiso = Callable[..., int]
Printed = pytest.CaptureFixture[str]


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def write(*calls: object, **changes: object) -> Path:
        path = tmp_path / "list.json"
        told = {"format": "caiso-run-list", "version": 1, "title": "Day 1", "calls": calls} | changes
        path.write_text(json.dumps(told), encoding="utf-8")
        return path

    return write


Write = Callable[..., Path]
RETRIEVE = {"scenario": "MS-1", "service": "sibr/RetrieveCleanBidSet", "version": "v4", "variant": "ap"}
BIDS = '<RawBidSet xmlns="http://www.caiso.com/soa/RawBidSet_v4.xsd#"><MessagePayload/></RawBidSet>'
SUBMIT = {"scenario": "MS-2", "service": "sibr/SubmitRawBidSet", "version": "v4", "payload": BIDS, "send_invalid": True}


def test_every_call_is_made_in_order_and_judged(
    caiso: Caiso, simulator: Simulator, payload: Path, write: Write, tmp_path: Path, capfd: Printed
) -> None:
    simulator.arrange(fault.NotEntitled(), path="/sst/cmri/RetrieveMarketAwards_CMRIv4_DocAttach_AP")
    path = write(
        RETRIEVE | {"payload_file": payload.name},
        SUBMIT,
        {"scenario": "MS-3", "service": "cmri/RetrieveMarketAwards", "version": "v4", "expected": ["error", "no data"]},
    )
    place = tmp_path / "results.csv"
    assert caiso("run", path, "--environment", "simulator", "--format", "json", "--save", place) == 0
    printed = capfd.readouterr()
    told = json.loads(printed.out)
    assert (told["title"], told["environment"], told["calls"], told["passed"]) == ("Day 1", "simulator", 3, 3)
    assert [each["found"] for each in told["results"]] == ["success", "success", "error"]
    assert [each["scenario"] for each in told["results"]] == ["MS-1", "MS-2", "MS-3"]
    assert all(each["exchange"] and each["seconds"] > 0 for each in told["results"])
    assert "2 retrieves and 1 submit or other change will be sent to Simulator." in printed.err
    assert [each.path.rpartition("/")[2].partition("_")[0] for each in simulator.requests] == [
        "RetrieveCleanBidSet",
        "SubmitRawBidSet",
        "RetrieveMarketAwards",
    ]
    with place.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["scenario"], row["passed"], row["status"]) for row in rows] == [
        ("MS-1", "yes", "200"),
        ("MS-2", "yes", "200"),
        ("MS-3", "yes", "500"),
    ]
    # What a tester hands in as evidence stands in each row by itself.
    assert {(row["environment"], row["tries"], row["certificate"].partition(",")[0]) for row in rows} == {
        ("simulator", "1", "CN=Simulator User x0001")
    }
    assert [row["address"].rpartition("/")[2].partition("_")[0] for row in rows] == [
        each["service"].partition("/")[2] for each in told["results"]
    ]
    capfd.readouterr()
    assert caiso("journal", "list", "--limit", "3", "--format", "json") == 0
    assert {each["exchange"] for each in json.loads(capfd.readouterr().out)} == {
        each["exchange"] for each in told["results"]
    }


def test_a_batch_and_the_tries_that_were_needed_are_among_the_results(
    caiso: Caiso, simulator: Simulator, write: Write, tmp_path: Path, capfd: Printed
) -> None:
    assert caiso("sample", "drrs/SubmitDRRegistrations", "--environment", "simulator") == 0
    submit = {"service": "drrs/SubmitDRRegistrations", "payload": capfd.readouterr().out}
    simulator.arrange(fault.Status(502), path="/sst/sibr/RetrieveCleanBidSet_SIBRv4_AP", times=1)
    place = tmp_path / "results.csv"
    assert caiso("run", write(RETRIEVE | {"variant": "ap"}, submit), "--environment", "simulator", "--save", place) == 0
    with place.open(encoding="utf-8-sig", newline="") as file:
        retrieved, submitted = csv.DictReader(file)
    assert (retrieved["tries"], retrieved["batch"]) == ("2", "")
    assert submitted["tries"] == "1"
    assert submitted["batch"].isdigit()


def test_a_payload_that_its_schema_refuses_is_told_with_what_sends_it_all_the_same(
    caiso: Caiso, simulator: Simulator, write: Write, capfd: Printed
) -> None:
    wrong = {"service": "sibr/SubmitRawBidSet", "version": "v4", "payload": "<x/>"}
    assert caiso("run", write(wrong), "--environment", "simulator") == 3
    assert '"send_invalid": true in this call' in capfd.readouterr().out
    assert not simulator.requests


def test_what_is_otherwise_than_expected_is_a_failure(
    caiso: Caiso, simulator: Simulator, write: Write, capfd: Printed
) -> None:
    assert caiso("run", write(RETRIEVE | {"expected": "error"}, RETRIEVE), "--environment", "simulator") == 1
    printed = capfd.readouterr()
    first, second = printed.out.splitlines()
    assert first.startswith("FAIL")
    assert "success (expected error)" in first
    assert second.startswith("pass")
    assert "2 calls: 1 as expected, 1 not." in printed.err


@pytest.mark.parametrize(
    ("how", "call", "status"),
    [
        (fault.CutOff(None), SUBMIT, 4),
        (None, SUBMIT | {"payload": "<broken"}, 3),
        (None, SUBMIT | {"send_invalid": False, "payload": "<Wrong/>"}, 3),
        (fault.CutOff(None), SUBMIT | {"expected": "not known"}, 0),
        (None, SUBMIT | {"payload": "<broken", "expected": "not sent"}, 0),
    ],
)
def test_the_status_is_the_gravest(
    caiso: Caiso, simulator: Simulator, write: Write, how: fault.CutOff | None, call: dict[str, object], status: int
) -> None:
    if how is not None:
        simulator.arrange(how)
    assert caiso("run", write(call, RETRIEVE), "--environment", "simulator") == status
    assert simulator.requests[-1].path.endswith("RetrieveCleanBidSet_SIBRv4_AP"), "the others are made all the same"


@pytest.mark.parametrize("place", ["production", "production-ecn"])
def test_submits_to_the_real_market_are_refused_and_nothing_is_sent(
    caiso: Caiso, simulator: Simulator, write: Write, capfd: Printed, place: str
) -> None:
    assert caiso("run", write(RETRIEVE, SUBMIT), "--environment", place) == 2
    printed = capfd.readouterr().err
    assert "Call 2 (SubmitRawBidSet) changes the real market" in printed
    assert "Nothing of the list was sent." in printed
    assert not simulator.requests


def test_all_retrieves_of_an_application_once(caiso: Caiso, simulator: Simulator, capfd: Printed) -> None:
    status = caiso(
        "run", "--all-retrieves", "--application", "sibr", "--environment", "simulator", "--at-once", 4,
        "--format", "json",
    )  # fmt: skip
    printed = capfd.readouterr()
    told = json.loads(printed.out)
    assert told["title"] == "All retrieves of SIBR once"
    assert told["calls"] >= 8
    assert status == 0, [each for each in told["results"] if not each["passed"]]
    assert {each["service"].partition("/")[0] for each in told["results"]} == {"sibr"}
    assert len({each["service"] for each in told["results"]}) == told["calls"]
    assert [each["number"] for each in told["results"]] == list(range(1, told["calls"] + 1))
    assert len(simulator.requests) == told["calls"]


def test_all_retrieves_of_ads_go_as_expected_and_name_their_operations(
    caiso: Caiso, simulator: Simulator, capfd: Printed
) -> None:
    assert caiso("run", "--all-retrieves", "--application", "ads", "--environment", "simulator") == 0
    lines = capfd.readouterr().out.splitlines()
    assert any("ads/APIWebService v7 getDispatchBatchesSinceUID: success" in line for line in lines), lines
    assert any("getBatchStatus: error" in line for line in lines), "an empty UID is no batch"


def test_what_cannot_be_saved_is_said_before_anything_is_sent(
    caiso: Caiso, simulator: Simulator, write: Write, tmp_path: Path, capfd: Printed
) -> None:
    place = tmp_path / "nowhere" / "results.csv"
    assert caiso("run", write(RETRIEVE), "--environment", "simulator", "--save", place) == 2
    assert f"{tmp_path / 'nowhere'} is not a folder." in capfd.readouterr().err
    assert not simulator.requests


@pytest.mark.skipif(sys.platform != "linux", reason="a folder that lies about its permissions is Linux's")
def test_a_folder_is_tried_not_asked_whether_results_can_be_saved_in_it(
    caiso: Caiso, simulator: Simulator, write: Write, capfd: Printed
) -> None:
    """Whoever is root is said to be let write there."""
    assert caiso("run", write(RETRIEVE), "--environment", "simulator", "--save", "/proc/self/results.csv") == 2
    assert "/proc/" in (said := capfd.readouterr().err)
    assert "cannot be written to" in said
    assert not simulator.requests


def test_without_a_certificate_nothing_of_the_list_is_begun(caiso: Caiso, write: Write, capfd: Printed) -> None:
    assert caiso("run", write(RETRIEVE, RETRIEVE), "--environment", "map-stage") == 3
    printed = capfd.readouterr()
    assert "no certificate is named" in printed.err
    assert "--certificate REF" in printed.err
    assert printed.out == ""


WRONG: list[tuple[object, str]] = [
    ({"service": "sibr"}, "APPLICATION/SERVICE"),
    ({"service": "sibr/Nothing"}, "call 1: SIBR has no service 'Nothing'"),
    ({"service": "sibr/RetrieveCleanBidSet", "version": "v99"}, "no version 'v99'"),
    ({"service": "sibr/RetrieveCleanBidSet", "variant": "fax"}, "no variant 'fax'"),
    (RETRIEVE | {"expected": "fine"}, "must be one or more of"),
    (RETRIEVE | {"expected": []}, "must be one or more of"),
    (RETRIEVE | {"pause": -1}, "pause"),
    (RETRIEVE | {"pause": True}, "pause"),
    (RETRIEVE | {"colour": "red"}, "nobody knows 'colour'"),
    (RETRIEVE | {"payload": "<a/>", "payload_file": "a.xml"}, "one of them is enough"),
    (RETRIEVE | {"payload_file": "../a.xml"}, "does not lie in the folder"),
    (RETRIEVE | {"payload_file": "/etc/passwd"}, "does not lie in the folder"),
    (RETRIEVE | {"payload_file": "..\\a.xml"}, "does not lie in the folder"),
    (3, "must be an object"),
    (SUBMIT | {"payload": ""}, "has no payload"),
]


@pytest.mark.parametrize(("call", "words"), WRONG)
def test_a_wrong_list_is_told_and_nothing_of_it_is_sent(
    caiso: Caiso, simulator: Simulator, write: Write, capfd: Printed, call: object, words: str
) -> None:
    assert caiso("run", write(call, RETRIEVE), "--environment", "simulator") == 2
    assert words in capfd.readouterr().err
    assert not simulator.requests


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"format": "x"}, "is no run list"), ({"version": 2}, "is of form 2"), ({"calls": []}, "has no calls")],
)
def test_another_file_is_told(
    caiso: Caiso, write: Write, capfd: Printed, changes: dict[str, object], words: str
) -> None:
    assert caiso("run", write(RETRIEVE, **changes), "--environment", "simulator") == 2
    assert words in capfd.readouterr().err


def test_what_is_no_json_or_not_there_is_told(caiso: Caiso, tmp_path: Path, capfd: Printed) -> None:
    (tmp_path / "x.json").write_text('{\n"a": }', encoding="utf-8")
    assert caiso("run", tmp_path / "x.json", "--environment", "simulator") == 2
    assert "x.json, line 2" in capfd.readouterr().err
    assert caiso("run", tmp_path / "nowhere.json", "--environment", "simulator") == 3
    words = capfd.readouterr().err
    assert words.startswith("caiso: The file cannot be opened: ")
    assert "nowhere.json" in words


@pytest.mark.parametrize("extra", [("--at-once", "0"), ("--at-once", "99"), ("--application", "sibr")])
def test_arguments_that_make_no_sense(caiso: Caiso, simulator: Simulator, write: Write, extra: tuple[str, str]) -> None:
    assert caiso("run", write(RETRIEVE), "--environment", "simulator", *extra) == 2
    assert not simulator.requests


def test_results_are_never_written_over_a_file(
    caiso: Caiso, simulator: Simulator, write: Write, tmp_path: Path
) -> None:
    place = tmp_path / "results.csv"
    place.write_bytes(b"mine")
    assert caiso("run", write(RETRIEVE), "--environment", "simulator", "--save", place) == 2
    assert place.read_bytes() == b"mine"
    assert caiso("run", write(RETRIEVE), "--environment", "simulator", "--save", tmp_path / "x.txt") == 2
    assert not simulator.requests
