"""`caiso call` and `caiso envelope`: what they print where, and the exit status of each ending."""

import io
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from caiso_desktop.assembly.place import Places
from caiso_desktop.cli.call import status_of
from caiso_desktop.cli.door import main
from caiso_desktop.model.error import CaisoError, Fate, StorageError
from caiso_desktop.model.journal import Filter, Standing
from caiso_desktop.simulator import fault
from caiso_desktop.simulator.server import Simulator
from tests.cli.conftest import KeptHouse, interrupted_when_asked

Caiso = Callable[..., int]
SUBMIT = ("call", "sibr/SubmitRawBidSet", "--environment", "simulator")
RETRIEVE = ("call", "sibr/RetrieveCleanBidSet", "--environment", "simulator")


def test_the_report_is_printed_and_words_go_elsewhere(
    caiso: Caiso, simulator: Simulator, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert caiso(*RETRIEVE) == 0
    printed = capfdbinary.readouterr()
    assert etree.fromstring(printed.out).tag == "{http://www.caiso.com/soa/CleanBidSet_v4.xsd#}CleanBidSet"
    assert printed.err.decode().startswith("success: ")
    assert simulator.requests[-1].path.endswith("SIBRv4_DocAttach_AP")


def test_version_variant_and_payload_are_those_asked_for(
    caiso: Caiso, simulator: Simulator, payload: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert caiso(*RETRIEVE, "--version", "v4", "--variant", "ap", "--payload", payload) == 0
    (request,) = simulator.requests
    assert request.path.endswith("RetrieveCleanBidSet_SIBRv4_AP")
    assert b"<MarketStartTime>2026-11-22T08:00:00Z</MarketStartTime>" in request.body


def test_a_payload_comes_from_standard_input(
    caiso: Caiso, simulator: Simulator, payload: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(payload.read_bytes())))
    assert caiso(*RETRIEVE, "--payload", "-", "--format", "json") == 0
    assert b"MarketEndTime" in simulator.requests[-1].body


def test_a_report_is_saved_and_never_over_a_file(
    caiso: Caiso, simulator: Simulator, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "report.xml"
    assert caiso(*RETRIEVE, "--save", place) == 0
    assert etree.parse(place).getroot() is not None
    assert capfd.readouterr().out == ""
    before = place.read_bytes()
    calls = len(simulator.requests)
    assert caiso(*RETRIEVE, "--save", place) == 2
    assert "is there already" in capfd.readouterr().err
    assert place.read_bytes() == before
    assert len(simulator.requests) == calls
    assert caiso(*RETRIEVE, "--save", place, "--overwrite") == 0


def test_json_tells_the_facts_of_the_call(
    caiso: Caiso, simulator: Simulator, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "report.xml"
    assert caiso(*RETRIEVE, "--format", "json", "--save", place) == 0
    facts = json.loads(capfd.readouterr().out)
    assert facts["service"] == "sibr/RetrieveCleanBidSet"
    assert (facts["version"], facts["variant"], facts["fate"], facts["status"]) == ("v4", "docattach", "answered", 200)
    assert facts["answer"]["outcome"] == "success"
    assert facts["answer"]["saved"] == str(place)


def test_an_error_of_the_service_is_status_1(
    caiso: Caiso, simulator: Simulator, capfd: pytest.CaptureFixture[str]
) -> None:
    simulator.arrange(fault.NotEntitled())
    assert caiso(*RETRIEVE) == 1
    assert "Invalid role and/or Entity list identifier." in capfd.readouterr().err


def test_no_data_is_a_success(caiso: Caiso, simulator: Simulator) -> None:
    simulator.arrange(fault.NoData())
    assert caiso(*RETRIEVE) == 0


def test_a_cut_connection_is_of_unknown_fate(
    caiso: Caiso, simulator: Simulator, capfd: pytest.CaptureFixture[str]
) -> None:
    simulator.arrange(fault.CutOff(after=None))
    assert caiso(*RETRIEVE, "--once") == 4
    said = capfd.readouterr().err
    assert "may have received" not in said, "a retrieve changes nothing: it can be repeated"
    assert "This is on the way between you and CAISO." in said


@pytest.fixture
def bids(caiso: Caiso, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Path:
    assert caiso("sample", *SUBMIT[1:]) == 0
    path = tmp_path / "bids.xml"
    path.write_text(capfd.readouterr().out, "utf-8")
    return path


@pytest.mark.parametrize("wrong", [fault.CutOff(after=None), fault.Status(504), fault.EmptyBody()])
def test_beside_a_submit_of_unknown_fate_stands_the_retrieve_that_shows_it(
    caiso: Caiso,
    house: KeptHouse,
    simulator: Simulator,
    bids: Path,
    capfd: pytest.CaptureFixture[str],
    wrong: fault.Fault,
) -> None:
    simulator.arrange(wrong)
    assert caiso(*SUBMIT, "--payload", bids) == 4
    assert next(iter(house.journal.all(Filter()))).standing is Standing.UNKNOWN
    said = capfd.readouterr().err
    assert "may have received it" in said
    assert "Whether it arrived shows in caiso call sibr/RetrieveCurrentBidResults" in said
    assert len(simulator.requests) == 1


def test_after_a_submit_the_next_retrieve_is_told_as_a_command(
    caiso: Caiso, simulator: Simulator, bids: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert caiso(*SUBMIT, "--payload", bids) == 0
    said = capfd.readouterr().err
    [command] = [line.removeprefix("Next: caiso ") for line in said.splitlines() if line.startswith("Next: ")]
    assert caiso(*command.partition("  ")[0].split()) == 0
    assert simulator.requests[-1].path.startswith("/sst/sibr/RetrieveCurrentBidResults_")


def next_of(said: str) -> list[str]:
    [command] = [line.removeprefix("Next: caiso ") for line in said.splitlines() if line.startswith("Next: ")]
    return command.partition("  ")[0].split()


def test_the_next_retrieve_asks_for_what_was_submitted(
    caiso: Caiso, simulator: Simulator, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    bids = tmp_path / "bids.xml"
    bids.write_text(
        '<RawBidSet xmlns="http://www.caiso.com/soa/RawBidSet_v4.xsd#"><MessagePayload><Record>'
        "<tradeDate>2026-03-08</tradeDate></Record></MessagePayload></RawBidSet>"
    )
    assert caiso(*SUBMIT, "--payload", bids) == 0
    command = next_of(capfd.readouterr().err)
    assert caiso(*command) == 0
    said = capfd.readouterr().err
    assert "Taken over: trade date." in said
    assert b"<MarketStartTime>2026-03-08T08:00:00Z</MarketStartTime>" in simulator.requests[-1].body
    for wrong in (("--environment", "map-stage"), ("--after", "987654")):
        assert caiso(*command, *wrong) == 2
    assert caiso(*SUBMIT, *command[-2:]) == 2
    assert "fills a retrieve" in capfd.readouterr().err


def test_the_batch_of_a_submit_is_watched_by_the_command_that_is_told(
    caiso: Caiso, simulator: Simulator, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert caiso("sample", "drrs/SubmitDRRegistrations", "--environment", "simulator") == 0
    payload = tmp_path / "registrations.xml"
    payload.write_text(capfd.readouterr().out)
    assert caiso("call", "drrs/SubmitDRRegistrations", "--environment", "simulator", "--payload", payload) == 0
    said = capfd.readouterr().err
    [batch] = re.findall(r"opened the batch (\d+)", said)
    command = next_of(said)
    assert command[:2] == ["watch", "drrs/RetrieveBatchValidationStatus"]
    assert caiso(*command) == 0
    assert f"<mRID>{batch}</mRID>".encode() in simulator.requests[-1].body
    assert "SUCCESS" in capfd.readouterr().out


def test_something_goes_wrong_on_demand_in_the_simulator_only(
    caiso: Caiso, simulator: Simulator, capfd: pytest.CaptureFixture[str]
) -> None:
    assert caiso(*RETRIEVE, "--fault", "slow=0.1", "--fault", "503", "--once") == 1
    assert "The service is not available." in capfd.readouterr().err
    simulator.calm()
    assert caiso(*RETRIEVE, "--fault", "503", "--times", "1") == 0, "the second try is not befallen"
    assert "try 1: HTTP 503" in capfd.readouterr().err
    assert caiso(*RETRIEVE, "--times", "1") == 2
    simulator.calm()
    before = len(simulator.requests)
    elsewhere = ("call", "sibr/RetrieveCleanBidSet", "--environment", "map-stage")
    for option, value in (("--fault", "503"), ("--play", "exchange.zip")):
        assert caiso(*elsewhere, option, value) == 2
        assert "for the simulator" in capfd.readouterr().err
    assert len(simulator.requests) == before


def test_what_could_not_go_wrong_is_said(
    caiso: Caiso, simulator: Simulator, bids: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert caiso(*SUBMIT, "--payload", bids, "--fault", "wrong-hash") == 0
    assert "Nothing went wrong: wrong-hash befalls no such call" in capfd.readouterr().err
    simulator.calm()
    assert caiso(*RETRIEVE, "--variant", "ap", "--fault", "wrong-hash") == 1
    assert "Nothing went wrong" not in capfd.readouterr().err


def test_a_saved_exchange_is_played_to_the_same_call(
    caiso: Caiso, simulator: Simulator, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    saved = tmp_path / "exchange.zip"
    assert caiso(*RETRIEVE, "--save-exchange", saved, "--hide-market") == 0
    assert "SIMGEN_1_UNIT1" in capfd.readouterr().out
    assert caiso(*RETRIEVE, "--play", saved) == 0
    played = capfd.readouterr()
    simulator.control.stop_playing()
    assert "SIMGEN_1_UNIT1" not in played.out
    assert "RESOURCE_0001" in played.out
    assert "Nothing was played" not in played.err
    assert caiso("call", "sibr/RetrieveTradeResults", "--environment", "simulator", "--play", saved) == 0
    said = capfd.readouterr().err
    simulator.control.stop_playing()
    assert "Nothing was played" in said
    assert "sibr/RetrieveCleanBidSet v4" in said


def test_the_journal_tells_the_procedure_of_ads(caiso: Caiso, capfd: pytest.CaptureFixture[str]) -> None:
    assert caiso("call", "ads/APIWebService", "--version", "v7", "--environment", "simulator") == 0
    capfd.readouterr()
    assert caiso("journal", "list", "--limit", "1") == 0
    assert "ads/getDispatchBatchesSinceUID v7" in capfd.readouterr().out


def test_an_answer_of_ads_is_not_called_another_than_was_expected(
    caiso: Caiso, capfd: pytest.CaptureFixture[str]
) -> None:
    assert caiso("call", "ads/APIWebService", "--version", "v7", "--environment", "simulator") == 0
    assert "expected" not in capfd.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("call", "sibr/RetrieveNothing", "--environment", "simulator"), "has no service"),
        (("call", "nobody/RetrieveCleanBidSet", "--environment", "simulator"), "no application"),
        (("call", "RetrieveCleanBidSet", "--environment", "simulator"), "APPLICATION/SERVICE"),
        (("call", "sibr/RetrieveCleanBidSet", "--environment", "moon"), "no environment"),
        ((*RETRIEVE, "--version", "v99"), "no version"),
        ((*RETRIEVE, "--payload", "/nowhere/payload.xml"), "cannot be read"),
        ((*RETRIEVE, "--certificate", "simulator"), "STORE:THUMBPRINT"),
        (("call", "sibr/SubmitRawBidSet", "--environment", "simulator"), "needs a payload"),
    ],
)
def test_what_is_asked_wrongly_is_status_2(
    caiso: Caiso, simulator: Simulator, capfd: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str
) -> None:
    assert caiso(*arguments) == 2
    printed = capfd.readouterr()
    assert words in printed.err
    assert "Traceback" not in printed.err
    assert printed.out == ""
    assert simulator.requests == ()


def test_without_a_certificate_the_call_cannot_be_made(
    caiso: Caiso, simulator: Simulator, capfd: pytest.CaptureFixture[str]
) -> None:
    assert caiso("call", "sibr/RetrieveCleanBidSet", "--environment", "map-stage") == 3
    assert "certificate" in capfd.readouterr().err


def test_a_submit_to_production_is_refused(caiso: Caiso, payload: Path, capfd: pytest.CaptureFixture[str]) -> None:
    arguments = ("call", "sibr/SubmitRawBidSet", "--environment", "production", "--payload", payload)
    assert caiso(*arguments) == 2
    assert "real market" in capfd.readouterr().err


def test_an_envelope_is_printed_and_nothing_sent(
    caiso: Caiso, simulator: Simulator, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert caiso("envelope", *RETRIEVE[1:]) == 0
    printed = capfdbinary.readouterr()
    envelope = etree.fromstring(printed.out)
    assert envelope.tag == "{http://schemas.xmlsoap.org/soap/envelope/}Envelope"
    assert b"SOAPAction" in printed.err
    assert simulator.requests == ()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl-C to the whole console")
def test_an_interrupt_cancels_the_call_and_says_what_is_known(
    caiso: Caiso, simulator: Simulator, payload: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    simulator.arrange(fault.Delay(600))
    with interrupted_when_asked(simulator):
        assert caiso("call", "sibr/RetrieveCleanBidSet", "--environment", "simulator", "--payload", payload) == 4
    assert "Cancelled" in capsys.readouterr().err


def test_a_large_payload_is_sent_from_its_file(
    caiso: Caiso, simulator: Simulator, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    root = (
        '<RawBidSet xmlns="http://www.caiso.com/soa/RawBidSet_v4.xsd#"><MessagePayload>{}</MessagePayload></RawBidSet>'
    )
    rows = "<GeneratingBid><status>NEW</status></GeneratingBid>\n" * 45_000
    place = tmp_path / "bids.xml"
    submit = ("call", "sibr/SubmitRawBidSet", "--environment", "simulator", "--send-invalid", "--payload", place)
    for variant in ("ap", "docattach"):
        place.write_text(root.format(rows), encoding="utf-8")
        assert caiso(*submit, "--variant", variant) == 0, capfd.readouterr()
        assert simulator.requests[-1].verdict == "accepted"
    place.write_text(root.format(rows + "<!-- --><a>{{trade_date}}</a>"), encoding="utf-8")
    assert caiso(*submit) == 0
    assert "{{trade_date}} = " in capfd.readouterr().err
    place.write_text(root.format(rows) + "<", encoding="utf-8")
    calls = len(simulator.requests)
    assert caiso(*submit) == 2
    assert "not XML" in capfd.readouterr().err
    assert len(simulator.requests) == calls


def test_what_a_file_of_the_user_says_of_names_is_what_is_sent(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    places = Places(data=tmp_path / "data", config=tmp_path / "config")
    places.overlays.mkdir(parents=True)
    (places.overlays / "names.toml").write_text(
        "format = 1\n[[application]]\nid = 'sibr'\n[[application.service]]\nname = 'RetrieveCleanBidSet'\n"
        "versions = [{version = 'v4', names = {ap = {action = 'urn:ours'}}}]\n",
        encoding="utf-8",
    )
    for told in ("names by rule, not from CAISO's WSDL", "names from the catalogue"):
        house = KeptHouse(places)
        try:
            arguments = [*RETRIEVE[1:], "--variant", "ap"]
            assert main(["envelope", *arguments], lambda house=house: house) == 0  # type: ignore[misc]
            assert told in capfd.readouterr().err
            assert main(["call", *arguments], lambda house=house: house) == 0  # type: ignore[misc]
            for waiting in house.catalogues.layers.pending:
                house.catalogues.agree(waiting)
            server = house.simulator.running().server
            assert isinstance(server, Simulator)
            assert (server.requests[-1].header("SOAPAction") == '"urn:ours"') == (told == "names from the catalogue")
        finally:
            house.really_close()


def test_a_report_that_cannot_be_saved_does_not_make_the_call_one_that_was_not_made(
    caiso: Caiso, simulator: Simulator, payload: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    nowhere = tmp_path / "file" / "report.xml"
    nowhere.parent.write_bytes(b"")
    asked = ("call", "sibr/RetrieveCleanBidSet", "--environment", "simulator", "--payload", payload)
    assert caiso(*asked, "--save", nowhere, "--format", "json") == 6
    printed = capfd.readouterr()
    assert json.loads(printed.out)["answer"]["saved"] is None
    assert printed.err.index("success: ") < printed.err.index("caiso: ")
    assert len(simulator.requests) == 1
    simulator.arrange(fault.NotEntitled())
    assert caiso(*asked, "--save", nowhere) == 1, "what became of the call comes first"


@pytest.mark.parametrize(("fate", "status"), [(Fate.NOT_SENT, 3), (Fate.UNKNOWN, 4), (Fate.ANSWERED, 6)])
def test_an_error_tells_what_is_known_of_the_request(fate: Fate, status: int) -> None:
    assert status_of(StorageError("it could not be recorded.", fate=fate)) == status
    assert status_of(CaisoError("it is something else.")) == 3
