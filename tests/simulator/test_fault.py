"""Every fault on demand does what it says, at the request it was arranged for."""

import gzip
import http.client
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.simulator import fault
from caiso_desktop.simulator.fault import Fault, Place
from caiso_desktop.simulator.server import Simulator
from tests.simulator.client import CLEAN_BIDS, CLEAN_BIDS_ACTION, SIBR, Answer, Client, Draft, clean_bids, hash_of

DOCATTACH = SIBR + "RetrieveCleanBidSet_SIBRv4_DocAttach_AP"
REPORT = "{http://www.caiso.com/soa/CleanBidSet_v4.xsd#}CleanBidSet"


@pytest.fixture
def ask(simulator: Simulator, client: Client) -> Callable[..., Answer]:
    """Call with these faults arranged."""

    def call(*faults: Fault, path: str = CLEAN_BIDS) -> Answer:
        simulator.arrange(*faults)
        suffix = "_DocAttach" if "DocAttach" in path else ""
        return client.send(Draft(simulator.identity, clean_bids(), CLEAN_BIDS_ACTION + suffix), path)

    return call


def told_hash(answer: Answer) -> str | None:
    return etree.fromstring(answer.parts[0][1]).findtext(".//{*}hashValue")


@pytest.mark.parametrize("code", [403, 404, 429, 500, 503])
def test_a_status(ask: Callable[..., Answer], code: int) -> None:
    answer = ask(fault.Status(code))
    assert answer.status == code
    assert answer.headers["content-type"].startswith("text/html")
    assert ("retry-after" in answer.headers) == (code in (429, 503))
    assert ask().status == 200


def test_pages_where_xml_belongs(ask: Callable[..., Answer]) -> None:
    assert (ask(fault.HtmlPage()).status, ask(fault.AcceptableUse()).status) == (200, 200)
    assert b"CAISO Acceptable Use Policy Violation" in ask(fault.AcceptableUse()).body


def test_a_redirect(ask: Callable[..., Answer]) -> None:
    answer = ask(fault.Redirect("https://other.invalid/x"))
    assert (answer.status, answer.headers["location"]) == (302, "https://other.invalid/x")


def test_an_empty_body(ask: Callable[..., Answer]) -> None:
    answer = ask(fault.EmptyBody())
    assert (answer.status, answer.body) == (200, b"")


def test_faults_in_caisos_words(ask: Callable[..., Answer]) -> None:
    assert ask(fault.NoData()).fault.startswith("No data found")
    assert ask(fault.NotEntitled()).fault == "Invalid role and/or Entity list identifier."


def test_an_error_hidden_in_an_attachment(ask: Callable[..., Answer]) -> None:
    answer = ask(fault.HiddenError())
    assert answer.status == 200
    hidden = etree.fromstring(answer.report)
    assert hidden.tag == "{http://www.caiso.com/soa/StandardOutput_v1.xsd#}StandardOutput"
    assert hidden.findtext(".//{*}result") != "SCSS0001"


def test_hashes(ask: Callable[..., Answer]) -> None:
    wrong = ask(fault.WrongHash())
    assert told_hash(wrong) != hash_of(wrong.parts[1][1])
    unwrapped = ask(fault.UnwrappedHash())
    assert told_hash(unwrapped) == hash_of(b"".join(unwrapped.parts[1][1].split()))
    assert told_hash(unwrapped) != hash_of(unwrapped.parts[1][1])


def test_mtom(ask: Callable[..., Answer]) -> None:
    answer = ask(fault.Mtom())
    assert 'type="application/xop+xml"' in answer.headers["content-type"]
    (headers, envelope), (part, text) = answer.parts
    assert headers["content-type"].startswith("application/xop+xml")
    include = etree.fromstring(envelope).find(".//{http://www.w3.org/2004/08/xop/include}Include")
    assert include is not None
    assert f"<{include.get('href', '').removeprefix('cid:')}>" == part["content-id"]
    assert told_hash(answer) == hash_of(text)
    assert etree.fromstring(answer.report).tag == REPORT


@pytest.mark.parametrize("path", [CLEAN_BIDS, DOCATTACH])
@pytest.mark.parametrize("truncated", [True, False])
def test_a_broken_gzip(ask: Callable[..., Answer], path: str, truncated: bool) -> None:
    answer = ask(fault.BrokenGzip(truncated), path=path)
    assert answer.status == 200
    with pytest.raises((EOFError, gzip.BadGzipFile)):
        _ = answer.report


@pytest.mark.parametrize("path", [CLEAN_BIDS, DOCATTACH])
def test_a_report_of_a_chosen_size(ask: Callable[..., Answer], path: str) -> None:
    answer = ask(fault.HugeReport(6_000_000), path=path)
    assert 6_000_000 <= len(answer.report) < 6_500_000
    assert etree.fromstring(answer.report).tag == REPORT
    if path == CLEAN_BIDS:
        assert told_hash(answer) == hash_of(answer.parts[1][1])


def test_a_report_that_takes_a_file(ask: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond some megabytes it is packed in a temporary file; here beyond a few bytes."""
    monkeypatch.setattr("caiso_desktop.simulator.attachment.IN_MEMORY", 1000)
    for path in (CLEAN_BIDS, DOCATTACH):
        answer = ask(fault.HugeReport(300_000), path=path)
        assert len(answer.body) == int(answer.headers["content-length"])
        assert etree.fromstring(answer.report).tag == REPORT


def test_a_body_of_a_chosen_size(ask: Callable[..., Answer]) -> None:
    answer = ask(fault.HugeBody(2_000_000))
    assert answer.headers["transfer-encoding"] == "chunked"
    assert 2_000_000 <= len(answer.body) < 2_500_000
    assert answer.root.find(f".//{REPORT}") is not None


def test_a_gzip_bomb_is_a_right_gzip_of_its_size(ask: Callable[..., Answer]) -> None:
    answer = ask(fault.GzipBomb(20_000_001))
    assert len(answer.body) < 60_000
    assert told_hash(answer) == hash_of(answer.parts[1][1])
    report = answer.report
    assert 20_000_001 <= len(report) < 20_001_000
    assert etree.fromstring(report, etree.XMLParser(huge_tree=True)).tag == REPORT


@pytest.mark.parametrize("path", [CLEAN_BIDS, DOCATTACH])
def test_documents_with_entities(ask: Callable[..., Answer], path: str) -> None:
    bomb = ask(fault.EntityBomb(), path=path).body
    assert b"<!DOCTYPE" in bomb
    assert b'<!ENTITY lol9 "&lol8;' in bomb
    inside = ask(fault.EntityBomb(Place.REPORT), path=path)
    assert b"<!DOCTYPE" not in inside.body
    assert b'<!ENTITY lol9 "&lol8;' in inside.report
    assert b'SYSTEM "http://127.0.0.1:9/x"' in ask(fault.ExternalEntity("http://127.0.0.1:9/x"), path=path).body
    assert b'SYSTEM "file:///x"' in ask(fault.ExternalEntity("file:///x", Place.REPORT), path=path).report


@pytest.mark.parametrize("after", [0, 1, 1000, 7000])
def test_cut_off_in_the_middle(ask: Callable[..., Answer], client: Client, after: int) -> None:
    """Exactly so much of the body arrives, then the connection is reset."""
    with pytest.raises((ConnectionResetError, http.client.IncompleteRead)):
        ask(fault.CutOff(after))
    client.close()
    assert ask().status == 200


def test_cut_off_after_so_many_bytes(simulator: Simulator, client: Client) -> None:
    simulator.arrange(fault.CutOff(1000))
    draft = Draft(simulator.identity, clean_bids())
    client.connection.request(
        "POST", CLEAN_BIDS, draft.envelope(), {"SOAPAction": draft.action, "Content-Type": "text/xml"}
    )
    with client.connection.getresponse() as response:
        assert len(response.read(1000)) == 1000
        with pytest.raises((ConnectionResetError, http.client.IncompleteRead)):
            response.read()
    client.close()


def test_cut_off_before_the_first_byte(ask: Callable[..., Answer], client: Client) -> None:
    with pytest.raises((ConnectionResetError, http.client.RemoteDisconnected)):
        ask(fault.CutOff(None))
    client.close()
    assert ask().status == 200


@pytest.mark.parametrize(
    ("faults", "least"),
    [
        ((fault.Delay(0.2),), 0.2),
        ((fault.EmptyBody(), fault.Delay(0.1)), 0.1),
        ((fault.HtmlPage(), fault.Trickle(50, 0.03)), 0.12),
    ],
)
def test_slow_lines(ask: Callable[..., Answer], faults: tuple[Fault, ...], least: float) -> None:
    began = time.monotonic()
    assert ask(*faults).status == 200
    assert time.monotonic() - began >= least


def test_stop_does_not_wait_for_a_delay(resources: Path, catalogue: Catalogue) -> None:
    with Simulator(resources, catalogue) as simulator:
        client = Client(simulator)
        simulator.arrange(fault.Delay(60))
        client.connection.request("POST", CLEAN_BIDS, b"", {"Content-Type": "text/xml"})
        while not simulator.requests:
            time.sleep(0.001)
        began = time.monotonic()
    assert time.monotonic() - began < 5
    client.close()


def test_faults_befall_requests_that_would_be_refused(simulator: Simulator, client: Client) -> None:
    simulator.arrange(fault.Status(503))
    assert client.post("/anywhere", b"").status == 503
    simulator.arrange(fault.HugeReport(100_000))
    assert len(client.post("/anywhere", b"").report) >= 100_000
    assert "404" in simulator.requests[-1].verdict


def test_where_and_how_often(simulator: Simulator, client: Client) -> None:
    simulator.arrange(fault.Status(503), path="/a", times=2)
    simulator.arrange(fault.Status(429), path="/b", times=None)
    asked = [client.post(path, b"").status for path in ("/a", "/c", "/b", "/a", "/a", "/b", "/b")]
    assert asked == [503, 404, 429, 503, 404, 429, 429]
    simulator.calm()
    assert client.post("/b", b"").status == 404
