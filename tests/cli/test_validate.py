"""`caiso validate` and `caiso sample`."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from caiso_desktop.assembly.house import House
from caiso_desktop.model.journal import Filter
from caiso_desktop.simulator.server import Simulator

Caiso = Callable[..., int]
BIDS = ("sibr/SubmitRawBidSet", "--environment", "simulator")
STATUS = "drrs/RetrieveBatchValidationStatus"


@pytest.fixture
def sample(caiso: Caiso, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Path:
    assert caiso("sample", *BIDS) == 0
    path = tmp_path / "bids.xml"
    path.write_text(capfd.readouterr().out, "utf-8")
    return path


def test_a_sample_is_valid(caiso: Caiso, sample: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert caiso("validate", "sibr/SubmitRawBidSet", sample, "--environment", "simulator") == 0
    printed = capfd.readouterr()
    assert printed.out == ""
    assert printed.err == "Valid · The simulator's own shape, not CAISO's\n"


def test_problems_are_printed_with_their_places(caiso: Caiso, sample: Path, capfd: pytest.CaptureFixture[str]) -> None:
    sample.write_text(sample.read_text("utf-8").replace("DAM", "day-ahead"), "utf-8")
    assert caiso("validate", "sibr/SubmitRawBidSet", sample, "--environment", "simulator") == 1
    printed = capfd.readouterr()
    assert printed.err == "1 problem\n"
    line = sample.read_text("utf-8").splitlines().index("      <marketType>day-ahead</marketType>") + 1
    assert printed.out.startswith(f"{sample}:{line}:7: <marketType>: “day-ahead” is not one of the allowed values: DAM")
    assert printed.out.endswith("(RawBidSet / MessagePayload / GeneratingBid / marketType)\n")


def test_facts_are_printed_as_json(caiso: Caiso, sample: Path, capfd: pytest.CaptureFixture[str]) -> None:
    sample.write_text(sample.read_text("utf-8").replace("DAM", "day-ahead"), "utf-8")
    assert caiso("validate", "sibr/SubmitRawBidSet", sample, "--environment", "simulator", "--format", "json") == 1
    found = json.loads(capfd.readouterr().out)
    assert found["conformity"] == "invalid"
    assert found["problems"][0]["path"][-1] == {
        "name": "{urn:caiso-desktop:simulator:RawBidSet_v4}marketType", "index": 0,
    }  # fmt: skip


def test_what_has_no_schema_is_not_called_valid(caiso: Caiso, payload: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert caiso("validate", "sibr/RetrieveCleanBidSet", payload) == 3
    printed = capfd.readouterr()
    assert "not checked" in printed.err
    assert "Valid" not in printed.err


def test_not_xml_and_a_missing_file(caiso: Caiso, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "broken.xml").write_text("<a>")
    assert caiso("validate", STATUS, tmp_path / "broken.xml") == 1
    assert "Not XML" in capfd.readouterr().err
    assert caiso("validate", STATUS, tmp_path / "nothing.xml") == 2


def test_macros_are_replaced_first(caiso: Caiso, sample: Path) -> None:
    text = re.sub(r"<startTime>[^<]*<", "<startTime>{{trade_date.start}}<", sample.read_text("utf-8"))
    sample.write_text(text, "utf-8")
    assert caiso("validate", "sibr/SubmitRawBidSet", sample, "--environment", "simulator") == 0


def test_without_a_schema_the_rules_give_the_sample_and_there_is_no_full_one(
    caiso: Caiso, capfd: pytest.CaptureFixture[str]
) -> None:
    assert caiso("sample", "sibr/RetrieveCleanBidSet", "--environment", "map-stage") == 0
    printed = capfd.readouterr()
    assert "<MarketStartTime>" in printed.out
    assert printed.err == "By rule: no schema of this service is known.\n"
    assert caiso("sample", "sibr/SubmitRawBidSet", "--environment", "map-stage", "--full") == 2
    assert "Import CAISO's schema package" in capfd.readouterr().err


def test_a_known_request_keeps_its_period(caiso: Caiso, capfd: pytest.CaptureFixture[str]) -> None:
    assert caiso("sample", "drrs/RetrieveDRLocations", "--environment", "map-stage") == 0
    assert "<rangePeriod>" in capfd.readouterr().out


def test_a_call_sends_what_breaks_its_schema_only_when_told_to(
    caiso: Caiso, simulator: Simulator, sample: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    sample.write_text(sample.read_text("utf-8").replace("DAM", "day-ahead"), "utf-8")
    sending = ("call", "sibr/SubmitRawBidSet", "--environment", "simulator", "--payload", sample)
    assert caiso(*sending) == 2
    printed = capfd.readouterr()
    assert "Not sent yet" in printed.err
    assert "--send-invalid" in printed.err
    assert "“day-ahead” is not one of the allowed values" in printed.err
    assert not simulator.requests
    assert caiso(*sending, "--send-invalid") == 1
    assert len(simulator.requests) == 1
    assert "does not match the schema" in capfd.readouterr().err


def test_a_call_sends_a_valid_payload_and_the_simulator_takes_it(
    caiso: Caiso, simulator: Simulator, sample: Path, house: House
) -> None:
    assert caiso("call", "sibr/SubmitRawBidSet", "--environment", "simulator", "--payload", sample) == 0
    newest = next(iter(house.journal.all(Filter())))
    assert (newest.record.conformity, newest.record.confirmed) == ("valid", False)


def test_two_versions_are_compared(caiso: Caiso, capfd: pytest.CaptureFixture[str]) -> None:
    assert caiso("difference", "ads/APIWebService", "--version", "v7", "--since", "v6", "--variant", "rpc") == 0
    printed = capfd.readouterr()
    place = "DispatchBatch / instructions / instruction / baseSchedule (number, optional)"
    assert f"added in the answer of getDispatchBatch: {place}" in printed.out
    assert "added" in printed.err
    assert caiso("difference", "ads/APIWebService", "--version", "v7", "--since", "v6", "--format", "json") == 0
    found = json.loads(capfd.readouterr().out)
    assert (found["before"], found["after"]) == ("v6", "v7")
    assert caiso("difference", "sibr/SubmitRawBidSet", "--since", "v3") == 2
    assert "Import CAISO's schema package" in capfd.readouterr().err


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize(
    ("service", "version"),
    [
        ("sibr/SubmitRawBidSet", "v4"),
        ("sibr/SubmitRawTradeSet", ""),
        ("cmri/RetrieveMarketAwards", "v4"),
        ("cmri/RetrieveSchedulePrices", "v4"),
        ("cmri/RetrieveGasBurnSummaryData", "v1"),
        ("cmri/RetrieveDailyElectricityPriceIndex", "v1"),
        ("oms/SubmitResourceOutage", "v2"),
        ("master-file/SubmitGeneratorRDT", "v4"),
        ("bsap/SubmitBaseSchedule", "v1"),
        ("cira/RetrieveResourceAdequacyCapacityData", "v1"),
        ("drrs/RetrieveDRLocations", "v1"),
        ("drrs/RetrieveDRRegistrations", "v1"),
        ("drrs/SubmitDRLocations", "v1"),
        ("drrs/SubmitDRRegistrations", "v1"),
    ],
)
def test_what_is_begun_here_is_valid_and_the_simulator_takes_it(
    caiso: Caiso,
    simulator: Simulator,
    service: str,
    version: str,
    full: bool,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    row = (service, "--version", version, "--environment", "simulator")
    assert caiso("sample", *row, *(("--full",) if full else ())) == 0
    # A full sample names made-up resources; the market that the simulator knows has others.
    text = capfd.readouterr().out.replace(">text<", ">SIMGEN_1_UNIT1<")
    path = tmp_path / "payload.xml"
    path.write_text(text, "utf-8")
    assert caiso("validate", service, path, "--version", version, "--environment", "simulator") == 0
    status = caiso("call", *row, "--payload", path)
    assert status == 0, capfd.readouterr().err
    assert len(simulator.requests) == 1
