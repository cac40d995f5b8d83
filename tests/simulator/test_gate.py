"""Addresses, actions, payloads and attachments that a service takes, and those it does not."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from caiso_desktop.simulator.record import ACCEPTED
from caiso_desktop.simulator.server import Simulator
from tests.simulator.client import (
    CLEAN_BIDS,
    CLEAN_BIDS_ACTION,
    CMRI,
    GATEWAY,
    INFO_HEADER,
    ISO,
    SIBR,
    SOA,
    Answer,
    Client,
    Draft,
    base64_gzip,
    clean_bids,
    hash_header,
    hash_of,
    request_payload,
)

RAW_BIDS = SIBR + "SubmitRawBidSet_SIBRv4_AP"
RAW_BIDS_ACTION = SOA + "submitRawBidSet_v4"
BIDS = request_payload("RawBidSet", inside="<Bid/>")


def multipart(envelope: bytes, attachment: bytes, *, mtom: bool = False) -> tuple[bytes, str]:
    kind = "application/xop+xml" if mtom else "text/xml"
    info = ' start-info="text/xml";' if mtom else ""
    body = (
        b"--cut\r\nContent-Type: " + kind.encode() + b"\r\nContent-ID: <root@test>\r\n\r\n" + envelope
        + b"\r\n--cut\r\nContent-Type: application/octet-stream\r\nContent-ID: <bids@test>\r\n\r\n" + attachment
        + b"\r\n--cut--\r\n"
    )  # fmt: skip
    return body, f'multipart/related; boundary=cut; type="{kind}";{info} start="<root@test>"'


def submit(
    client: Client,
    simulator: Simulator,
    document: str = BIDS,
    *,
    attachment: bytes | None = None,
    info: str = INFO_HEADER,
    told: str | None = None,
    mtom: bool = False,
) -> Answer:
    """Hand in a bid set as an attachment; ``told`` is the hash in the header (None: the right one, empty: none)."""
    text = base64_gzip(document) if attachment is None else attachment
    told = hash_of(text) if told is None else told
    include = '<i:Include xmlns:i="http://www.w3.org/2004/08/xop/include" href="cid:bids%40test"/>'
    inside = f'<w:bids xmlns:w="urn:w">{include}</w:bids>' if mtom else ""
    header = info + (hash_header(told) if told else "")
    body, kind = multipart(
        Draft(simulator.identity, inside, RAW_BIDS_ACTION, header=header).envelope(), text, mtom=mtom
    )
    return client.post(RAW_BIDS, body, RAW_BIDS_ACTION, kind)


def document_submit(simulator: Simulator, text: bytes, header: str = INFO_HEADER) -> Draft:
    payload = (
        f'<a:ISOAttachment xmlns:a="{ISO}"><a:AttachmentValue>{text.decode()}</a:AttachmentValue></a:ISOAttachment>'
    )
    return Draft(simulator.identity, payload, RAW_BIDS_ACTION + "_DocAttach", header=header)


@pytest.mark.parametrize("mtom", [False, True])
def test_a_submit_with_an_attachment_is_received(simulator: Simulator, client: Client, mtom: bool) -> None:
    answer = submit(client, simulator, mtom=mtom)
    assert answer.status == 200, answer.body
    assert answer.headers["content-type"].startswith("text/xml")
    assert answer.root.findtext(".//{http://www.caiso.com/soa/StandardOutput_v1.xsd#}result") == "SCSS0001"
    assert simulator.requests[-1].verdict == ACCEPTED


def test_a_document_submit_is_received(simulator: Simulator, client: Client) -> None:
    draft = document_submit(simulator, base64_gzip(BIDS))
    answer = client.send(draft, SIBR + "SubmitRawBidSet_SIBRv4_DocAttach_AP")
    assert answer.status == 200, answer.body
    assert answer.root.findtext(".//{*}Event/{*}result") == "SCSS0001"


def test_an_older_submit_is_answered_with_the_older_result(simulator: Simulator, client: Client) -> None:
    action = SOA + "submitBidAction"
    bid = "<Bid><mRID>SIMGEN_1_UNIT1_20261201</mRID><action>CANCEL</action></Bid>"
    payload = f'<BidAction xmlns="{SOA}BidAction.xsd#"><MessagePayload>{bid}</MessagePayload></BidAction>'
    answer = client.send(Draft(simulator.identity, payload, action), SIBR + "SubmitBidAction_SIBR_AP")
    assert answer.status == 200, answer.body
    event = answer.root.find(".//{http://www.caiso.com/soa/2006-06-13/StandardOutput.xsd}Event")
    assert event is not None
    assert (event.findtext("{*}result"), event.findtext("{*}severity")) == ("SCSS0001", "INFO")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"told": "AAAA"}, "the attachmentHash is 'AAAA'"),
        ({"told": ""}, "no attachmentHash"),
        ({"info": ""}, "no standardAttachmentInfor"),
        ({"attachment": b"\x1f\x8b not base64"}, "not base64"),
        ({"attachment": b"aGVsbG8="}, "not gzip"),
        ({"attachment": base64_gzip(BIDS)[:40]}, "not"),
        ({"document": "<RawBidSet/>"}, "the payload's root"),
        ({"document": "<!DOCTYPE x [<!ENTITY y 'z'>]><x>&y;</x>"}, "DOCTYPE"),
        ({"document": "not XML"}, "Start tag expected"),
    ],
)
def test_an_attachment_that_is_not_right(
    simulator: Simulator, client: Client, change: dict[str, object], reason: str
) -> None:
    answer = submit(client, simulator, **change)  # type: ignore[arg-type]
    assert answer.status == 500, answer.body
    assert reason in simulator.requests[-1].verdict


def test_a_gzip_that_grows_without_end_is_not_unpacked(
    simulator: Simulator, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("caiso_desktop.simulator.message.LARGEST_PAYLOAD", 100_000)
    bomb = base64_gzip(" " * 200_000)
    assert submit(client, simulator, attachment=bomb).status == 500
    assert "unpacks to more than" in simulator.requests[-1].verdict


def test_a_submit_with_its_payload_inline(simulator: Simulator, client: Client) -> None:
    draft = Draft(simulator.identity, BIDS, RAW_BIDS_ACTION, header=INFO_HEADER)
    assert client.send(draft, RAW_BIDS).fault == "Attachment validation error."


def test_a_document_submit_without_a_document(simulator: Simulator, client: Client) -> None:
    draft = Draft(simulator.identity, BIDS, RAW_BIDS_ACTION + "_DocAttach", header=INFO_HEADER)
    answer = client.send(draft, SIBR + "SubmitRawBidSet_SIBRv4_DocAttach_AP")
    assert answer.status == 500
    assert "no ISOAttachment" in simulator.requests[-1].verdict


@pytest.mark.parametrize("action", [f'"{CLEAN_BIDS_ACTION}"', CLEAN_BIDS_ACTION])
def test_the_action_may_be_quoted_or_not(simulator: Simulator, client: Client, action: str) -> None:
    answer = client.post(CLEAN_BIDS, Draft(simulator.identity, clean_bids()).envelope(), headers={"SOAPAction": action})
    assert answer.status == 200


@pytest.mark.parametrize("action", ["", "retrieveCleanBidSet_v4", SOA + "retrieveCleanBidSet_v3", RAW_BIDS_ACTION])
def test_an_action_of_another_operation(simulator: Simulator, client: Client, action: str) -> None:
    answer = client.send(Draft(simulator.identity, clean_bids(), action))
    assert "SOAPAction" in answer.fault


@pytest.mark.parametrize(
    "payload",
    [
        request_payload("CleanBidSet"),
        request_payload("RequestCleanBidSet", "v3"),
        "<RequestCleanBidSet/>",
        '<RequestCleanBidSet xmlns="http://www.caiso.com/soa/RequestCleanBidSet_v4.xsd"/>',
        "",
        clean_bids() * 2,
        "words",
    ],
)
def test_a_payload_of_another_service(simulator: Simulator, client: Client, payload: str) -> None:
    assert client.send(Draft(simulator.identity, payload)).status == 500
    assert simulator.requests[-1].verdict != ACCEPTED


def test_names_of_a_wsdl_are_accepted_once_told(resources: Path, simulator: Simulator, client: Client) -> None:
    path, action = SIBR + "RetrieveTradeResults_SIBR_AP", "urn:its-own-action"
    draft = Draft(simulator.identity, '<Own xmlns="urn:own"/>', action)
    assert client.send(draft, path).status == 500
    simulator.accept(path, action=action, request_root="{urn:own}Own", answer_root="{urn:own}Answer")
    answer = client.send(Draft(simulator.identity, '<Own xmlns="urn:own"/>', action), path)
    assert answer.status == 200, answer.body
    assert etree.fromstring(answer.report).tag == "{urn:own}Answer"


@pytest.mark.parametrize(
    "path", ["/", "/sst/sibr/", SIBR + "RetrieveCleanBidSet_SIBRv9_AP", "/sst/cmri/RetrieveCleanBidSet_SIBRv4_AP"]
)
def test_an_address_without_a_service(simulator: Simulator, client: Client, path: str) -> None:
    answer = client.send(Draft(simulator.identity, clean_bids()), path)
    assert answer.status == 404
    assert b"<html>" in answer.body


def test_a_certificate_without_access(simulator: Simulator, connect: Callable[..., Client]) -> None:
    visitor = simulator.issue("Simulator Visitor x0009", access=False)
    client = connect(simulator, visitor)
    answer = client.send(Draft(visitor, clean_bids()))
    assert answer.status == 403
    assert b"You are not authorized to access this page." in answer.body


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{}"),
        ("text/xml", b""),
        ("text/xml", b"<Envelope/>"),
        ("text/xml", b"<not closed"),
        ("text/xml", '<?xml version="1.0" encoding="UTF-16"?><a/>'.encode("utf-16")),
        ("text/xml", b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'),
        ("text/xml", b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>'),
        ("multipart/related", b"--x\r\n\r\n--x--"),
        ("multipart/related; boundary=x", b""),
        ("multipart/related; boundary=x", b"--x\r\nno end of its header--x--"),
        ("multipart/related; boundary=x", b"--x\r\nContent-Type: text/xml\r\n\r\n<a/>\r\n"),
        ("multipart/related; boundary=x; start=<y>", b"--x\r\nContent-Type: text/xml\r\n\r\n<a/>\r\n--x--\r\n"),
        ("multipart/related; boundary=x", b"--x\r\nContent-Type: image/png\r\n\r\n<a/>\r\n--x--\r\n"),
    ],
)
def test_what_is_no_soap_message(simulator: Simulator, client: Client, content_type: str, body: bytes) -> None:
    answer = client.post(CLEAN_BIDS, body, content_type=content_type)
    assert answer.status == 500
    assert answer.fault == "The request is not a well-formed SOAP message."


def test_entities_are_not_expanded(simulator: Simulator, client: Client) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
    envelope = Draft(simulator.identity, clean_bids()).envelope().partition(b"?>")[2]
    bomb = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">{laughs}]>'.encode() + envelope
    assert client.post(CLEAN_BIDS, bomb).status == 500
    assert "DOCTYPE" in simulator.requests[-1].verdict


def test_a_retrieve_with_an_attachment(simulator: Simulator, client: Client) -> None:
    body, kind = multipart(Draft(simulator.identity, clean_bids()).envelope(), gzip.compress(b"x"))
    assert client.post(CLEAN_BIDS, body, content_type=kind).status == 500
    assert "not as an attachment" in simulator.requests[-1].verdict


def test_a_batch_is_pending_and_then_a_success(simulator: Simulator, client: Client) -> None:
    registrations = request_payload("DRRegistrationData", "v1")
    action = SOA + "submitDRRegistrations_v1_DocAttach"
    draft = document_submit(simulator, base64_gzip(registrations))
    draft.action = action
    received = client.send(draft, GATEWAY + "SubmitDRRegistrations_DRRSv1_DocAttach_AP")
    batch = received.root.findtext(".//{*}Batch/{*}mRID")
    assert batch, received.body

    def status(batch: str) -> Answer:
        inside = f"<BatchStatus><mRID>{batch}</mRID></BatchStatus>"
        payload = request_payload("BatchValidationStatus", "v1", inside)
        asked = Draft(simulator.identity, payload, SOA + "retrieveBatchValidationStatus_v1")
        return client.send(asked, GATEWAY + "RetrieveBatchValidationStatus_DRRSv1_AP")

    told = [etree.fromstring(status(batch).report).findtext(".//{*}description") for _ in range(3)]
    assert told == ["PENDING", "SUCCESS", "SUCCESS"]
    assert status("0").fault.startswith("No data found")


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        ("<schedulingCoordinator>XXXX</schedulingCoordinator>", "Invalid role and/or Entity list identifier."),
        ("<RegisteredGenerator><mRID>NOBODY</mRID></RegisteredGenerator>", "No data found"),
    ],
)
def test_what_cannot_be_shown(simulator: Simulator, client: Client, inside: str, words: str) -> None:
    assert client.send(Draft(simulator.identity, clean_bids(inside=inside))).fault.startswith(words)


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2090-01-01T08:00:00Z", "2090-01-01T09:00:00Z", "No data found"),
        ("2008-01-01T08:00:00Z", "2008-01-01T09:00:00Z", "No data found"),
        ("2017-06-02T07:00:00Z", "2017-06-01T07:00:00Z", "The payload does not match"),
        ("2017-06-01T07:00:00Z", "2017-08-01T07:00:00Z", "The payload does not match"),
        ("noon", "2017-06-01T07:00:00Z", "The payload does not match"),
        ("9999-12-31T23:00:00Z", "9999-12-31T23:59:59Z", "The payload does not match"),
    ],
)
def test_times_without_data(simulator: Simulator, client: Client, start: str, end: str, words: str) -> None:
    assert client.send(Draft(simulator.identity, clean_bids(start, end))).fault.startswith(words)


def test_a_fault_of_a_dated_service_has_the_older_result(simulator: Simulator, client: Client) -> None:
    path = SIBR + "RetrieveCBCCleanBidSet_SIBRv20100301_AP"
    answer = client.send(Draft(simulator.identity, clean_bids(), "urn:wrong"), path)
    assert (
        answer.root.find(".//detail/{http://www.caiso.com/soa/2006-06-13/StandardOutput.xsd}outputDataType") is not None
    )
    numbered = client.send(
        Draft(simulator.identity, clean_bids(), "urn:wrong"), CMRI + "RetrieveMarketAwards_CMRIv4_AP"
    )
    assert numbered.root.find(".//detail/{http://www.caiso.com/soa/StandardOutput_v1.xsd#}StandardOutput") is not None
