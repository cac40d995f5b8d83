"""Answers as they come, written out by hand from the facts of the protocol."""

import base64
import gzip
import hashlib
import random
import sys
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from caiso_desktop.assembly.place import find_resources
from caiso_desktop.catalogue.failure import FOLDER, read_failures
from caiso_desktop.envelope.keep import SMALL
from caiso_desktop.envelope.undress import undress
from caiso_desktop.model.answer import Answer, BatchCheck, BatchError, Outcome, Part, Severity
from caiso_desktop.model.call import Basis, Operation
from caiso_desktop.model.error import Side, StorageError
from caiso_desktop.model.failure import Failures
from caiso_desktop.model.service import Kind, Variant
from caiso_desktop.model.transport import Response, Timings

OPERATION = Operation(
    "retrieveMarketAwards_v3", Variant.AP, Kind.RETRIEVE, "action", "{urn:r}RequestMarketAwards", "{urn:m}MarketAwards"
)
REPORT = (
    b'<?xml version="1.0"?><MarketAwards xmlns="urn:m"><MessageHeader/>'
    b"<MessagePayload><Award/><Award/><Other/></MessagePayload></MarketAwards>"
)
TEXT = base64.b64encode(gzip.compress(REPORT))
PARTS = 'multipart/related; type="text/xml"; start="<root>"; boundary="B"'
OLD = (
    '<o:outputDataType xmlns:o="http://www.caiso.com/soa/2006-06-13/StandardOutput.xsd"><o:EventLog><o:id>1</o:id>'
    "<o:creationTime>2017-10-01T00:00:00Z</o:creationTime><o:Event><o:result>{result}</o:result><o:id>7</o:id>"
    "<o:name>Retrieve</o:name><o:description>{said}</o:description><o:creationTime>2017-10-01T00:00:00Z"
    "</o:creationTime><o:severity>INFO</o:severity><o:eventType>x</o:eventType></o:Event>"
    "<o:Service><o:id>2</o:id><o:name>CMRI</o:name></o:Service></o:EventLog></o:outputDataType>"
)
NEW = (
    '<StandardOutput xmlns="http://www.caiso.com/soa/StandardOutput_v1.xsd#"><MessagePayload><EventLog>'
    "<Batch><mRID>BATCH-9</mRID></Batch><Event><description>{said}</description><id>7</id><result>{result}</result>"
    "</Event><Service><id>2</id><name>DRRS</name></Service></EventLog></MessagePayload></StandardOutput>"
)
Receive = Callable[..., Answer]
FAILURES = read_failures([find_resources() / FOLDER])


@pytest.fixture(params=[SMALL, 0], ids=["held", "streamed"])
def hold(request: pytest.FixtureRequest) -> int:
    """Every answer is read both ways: in memory as a small one, and as a stream as a large one."""
    found = request.param
    assert isinstance(found, int)
    return found


@pytest.fixture
def receive(tmp_path: Path, hold: int) -> Receive:
    """Undress these bytes, as if they had come over the wire."""

    def receive(body: bytes, kind: str | None = "text/xml; charset=utf-8", status: int = 200, **more: int) -> Answer:
        return undressed(tmp_path, body, kind, status, **{"hold": hold, **more})

    return receive


def pieces(folder: Path, name: str = "pieces") -> Path:
    """The folder that an answer's pieces are put into."""
    new = folder / name
    if not new.exists():
        new.mkdir()
    return new


def undressed(folder: Path, body: bytes, kind: str | None, status: int = 200, **more: int) -> Answer:
    path = folder / "body"
    path.write_bytes(body)
    headers = () if kind is None else (("content-type", kind),)
    response = Response(status, "Reason", headers, path, len(body), datetime.now(UTC), Timings())
    return undress(response, OPERATION, pieces(folder), FAILURES, **more)


def envelope(body: str, header: str = "") -> bytes:
    return (
        '<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/" xmlns:q="urn:q&amp;">'
        f"<SOAP-ENV:Header>{header}</SOAP-ENV:Header><SOAP-ENV:Body>{body}</SOAP-ENV:Body></SOAP-ENV:Envelope>"
    ).encode()


def hash_header(text: bytes) -> str:
    stated = base64.b64encode(hashlib.sha1(text).digest()).decode()
    return (
        '<att:attachmentHash xmlns:att="http://www.caiso.com/mrtu/soa/schemas/2005/09/attachmenthash">'
        f"<att:hashValue>{stated}</att:hashValue></att:attachmentHash>"
    )


def inside(text: bytes) -> bytes:
    return envelope(
        '<ISOAttachment xmlns="http://www.caiso.com/soa/2006-10-26/ISOAttachment.xsd"><AttachmentValue>'
        f"{text.decode()}</AttachmentValue></ISOAttachment>"
    )


def multipart(text: bytes, root: bytes, head: bytes = b"", *, first: bool = True) -> bytes:
    parts = [
        b"Content-Type: text/xml\r\nContent-ID: <root>\r\n\r\n" + root,
        b"Content-ID: <a@b>\r\n" + head + b"\r\n" + text,
    ]
    parts = parts if first else parts[::-1]
    return b"".join(b"--B\r\n" + part + b"\r\n" for part in parts) + b"--B--\r\n"


def include(href: str = "cid:a@b") -> str:
    return (
        '<m:X_attachmentResponse xmlns:m="http://www.caiso.com/soa/X_v1.xsd"><m:X_attachment>'
        f'<xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="{href}"/>'
        "</m:X_attachment></m:X_attachmentResponse>"
    )


def fault(text: str, detail: str = "") -> bytes:
    return envelope(
        f"<SOAP-ENV:Fault><faultcode>SOAP-ENV:Server</faultcode><faultstring>{text}</faultstring>"
        f"<detail>{detail}</detail></SOAP-ENV:Fault>"
    )


def is_the_report(answer: Answer) -> None:
    assert answer.outcome is Outcome.SUCCESS, answer.notes
    assert answer.report is not None
    assert answer.report.read_bytes() == REPORT
    assert answer.root == "{urn:m}MarketAwards"
    assert answer.counts == (("Award", 2), ("Other", 1))


def titles(answer: Answer, severity: Severity = Severity.ERROR) -> str:
    return " | ".join(note.title for note in answer.notes if note.severity is severity)


@pytest.mark.parametrize("line_end", [b"", b"\r\n", b"\n"])
def test_a_docattach_answer(receive: Receive, line_end: bytes) -> None:
    wrapped = line_end.join(TEXT[at : at + 76] for at in range(0, len(TEXT), 76))
    answer = receive(inside(wrapped))
    is_the_report(answer)
    assert [part.name for part in answer.parts] == ["envelope", "attachment", "report"]


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("body", ["", include()])
def test_an_ap_answer(receive: Receive, body: str, first: bool) -> None:
    answer = receive(multipart(TEXT, envelope(body, hash_header(TEXT)), first=first), PARTS)
    is_the_report(answer)
    assert "hash is right" in titles(answer, Severity.INFO)
    assert answer.notes[0].meaning == "It matches as received."


def test_an_attachment_named_by_an_escaped_cid_among_others(receive: Receive) -> None:
    body = multipart(TEXT, envelope(include("cid:a%40b"))).replace(
        b"--B--", b"--B\r\nContent-ID: <other>\r\n\r\nxx\r\n--B--"
    )
    is_the_report(receive(body, PARTS))


def test_the_hash_may_be_that_of_the_unwrapped_text(receive: Receive) -> None:
    wrapped = b"\r\n".join(TEXT[at : at + 76] for at in range(0, len(TEXT), 76)) + b"\r\n"
    answer = receive(multipart(wrapped, envelope("", hash_header(TEXT))), PARTS)
    is_the_report(answer)
    assert answer.notes[0].meaning == "It matches without the line breaks."


def test_a_wrong_hash_is_loud_and_the_bytes_are_kept(receive: Receive) -> None:
    answer = receive(multipart(TEXT, envelope("", hash_header(b"other"))), PARTS)
    assert answer.outcome is Outcome.ERROR
    assert "not what CAISO sent" in titles(answer)
    assert answer.report is not None
    assert [part.file().read_bytes() for part in answer.parts if part.name == "attachment"] == [TEXT]


@pytest.mark.parametrize("kind", [None, "text/plain", "application/octet-stream"])
def test_parts_are_seen_though_the_content_type_hides_them(receive: Receive, kind: str | None) -> None:
    is_the_report(receive(multipart(TEXT, envelope("")), kind))


def test_a_bare_gzip_and_a_quoted_printable_part(receive: Receive) -> None:
    is_the_report(receive(multipart(gzip.compress(REPORT), envelope(include())), PARTS))
    quoted = TEXT.replace(b"=", b"=3D")
    quoted = quoted[:50] + b"=\r\n" + quoted[50:]
    root = envelope("", hash_header(TEXT))
    is_the_report(receive(multipart(quoted, root, b"Content-Transfer-Encoding: quoted-printable\r\n"), PARTS))


def test_a_report_in_the_body_keeps_its_bytes_and_namespaces(receive: Receive) -> None:
    inner = (
        "<MarketAwards xmlns='urn:m'  a = \"&gt;\"><MessagePayload><q:Award v='1'>caf&#233;<![CDATA[<]]></q:Award>\r\n"
        "</MessagePayload><!-- c --></MarketAwards>"
    )
    for after in ("", " ", "<!-- x -->", "\n<?pi y?>"):
        answer = receive(envelope(f"\n {inner}{after}"))
        assert answer.outcome is Outcome.SUCCESS
        assert answer.counts == (("Award", 1),)
        assert answer.report is not None
        report = answer.report.read_bytes()
        assert report.endswith(inner.encode().removeprefix(b"<MarketAwards"))
        assert etree.fromstring(report).find("{urn:m}MessagePayload/{urn:q&}Award") is not None


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "iso-8859-1"])
def test_an_envelope_in_another_encoding(receive: Receive, encoding: str) -> None:
    text = envelope("<MarketAwards xmlns='urn:m'><MessagePayload><é>ü</é></MessagePayload></MarketAwards>").decode()
    named = encoding[:6] if encoding.startswith("utf") else encoding
    answer = receive(f"<?xml version='1.0' encoding='{named}'?>{text}".encode(encoding))
    assert (answer.outcome, answer.counts) == (Outcome.SUCCESS, (("é", 1),))
    assert answer.report is not None
    assert etree.fromstring(answer.report.read_bytes()).findtext(".//{urn:m}é") == "ü"


@pytest.mark.parametrize("body", [b"\0<", b"<\0", b"\xff\xfe", b"\xfe\xff<", b"\0<a\0>\0"])
def test_what_only_begins_as_another_encoding_is_told(receive: Receive, body: bytes) -> None:
    assert receive(body).outcome is Outcome.UNREADABLE


def test_the_charset_counts_where_the_document_names_none(receive: Receive) -> None:
    body = envelope("<MarketAwards><MessagePayload><a>ü</a></MessagePayload></MarketAwards>").decode().encode("latin-1")
    answer = receive(body, "text/xml; charset=ISO-8859-1")
    assert answer.report is not None
    assert etree.fromstring(answer.report.read_bytes()).findtext(".//a") == "ü"


@pytest.mark.parametrize("result", [OLD, NEW])
def test_a_result_hides_in_three_places(receive: Receive, result: str) -> None:
    refused = result.format(result="ERR0042", said="Invalid role and/or Entity list identifier.")
    hidden = base64.b64encode(gzip.compress(refused.encode()))
    for answer in (
        receive(envelope(refused)),
        receive(fault("failed", refused), status=500),
        receive(inside(hidden)),
        receive(multipart(hidden, envelope("")), PARTS),
    ):
        assert answer.outcome is Outcome.ERROR
        assert answer.result is not None
        assert [event.result for event in answer.result.events] == ["ERR0042"]
        assert answer.result.service in ("CMRI", "DRRS")
        assert "No right to this data" in titles(answer)


def test_a_taken_submit_and_its_batch(receive: Receive) -> None:
    old = receive(envelope(OLD.format(result="SCSS0001", said="Success")))
    assert (old.outcome, titles(old)) == (Outcome.SUCCESS, "")
    new = receive(envelope(NEW.format(result="SCSS0001", said="Success")))
    assert new.outcome is Outcome.SUCCESS
    assert new.result is not None
    assert new.result.batch == "BATCH-9"
    assert "not yet accepted" in titles(new, Severity.INFO)


def test_no_data_is_an_answer(receive: Receive) -> None:
    said = "No data found for the requested period."
    for answer in (
        receive(fault(said), status=500),
        receive(fault("failed", NEW.format(result="ERR1", said=said)), status=500),
        receive(inside(base64.b64encode(gzip.compress(OLD.format(result="ERR1", said=said).encode())))),
        receive(envelope("<MarketAwards><MessagePayload/></MarketAwards>")),
    ):
        assert answer.outcome is Outcome.NO_DATA
        assert titles(answer) == ""


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("Signature validation status: false", "signature"),
        ("CAISOUsernameToken Validation Error.", "user name"),
        ("Something nobody has seen before", "refused"),
    ],
)
def test_faults_are_explained(receive: Receive, said: str, title: str) -> None:
    answer = receive(fault(said), status=500)
    assert answer.outcome is Outcome.ERROR
    assert answer.fault is not None
    assert (answer.fault.code, answer.fault.text) == ("SOAP-ENV:Server", said)
    assert title in titles(answer)
    assert [note.raw for note in answer.notes] == [said]


def test_a_soap_12_fault_and_a_detail_in_words(receive: Receive) -> None:
    body = (
        '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body><e:Fault><e:Code><e:Value>e:Sender'
        "</e:Value></e:Code><e:Reason><e:Text>bad</e:Text></e:Reason><e:Detail><x>cvc-type</x></e:Detail></e:Fault>"
        "</e:Body></e:Envelope>"
    )
    answer = receive(body.encode(), status=500)
    assert answer.fault is not None
    assert (answer.fault.code, answer.fault.text) == ("e:Sender", "bad cvc-type")
    assert "schema" in titles(answer)


@pytest.mark.parametrize("status", [200, 403, 500])
@pytest.mark.parametrize(
    ("page", "title"),
    [
        ("<html><head><title>CAISO Acceptable Use Policy Violation</title></head><body>x</body></html>", "gateway"),
        ("<!DOCTYPE html><p>You are not authorized to access this page.", "No access"),
    ],
)
def test_a_known_page_tells_more_than_its_status(receive: Receive, status: int, page: str, title: str) -> None:
    answer = receive(page.encode(), "text/html", status)
    assert answer.outcome is (Outcome.UNREADABLE if status == 200 else Outcome.ERROR)
    [note] = answer.notes
    assert title in note.title
    assert note.raw.startswith(f"HTTP {status}") == (status != 200)


@pytest.mark.parametrize(
    ("status", "title", "side"),
    [
        (200, "A web page instead of an answer", Side.BETWEEN),
        (403, "Access refused", Side.YOURS),
        (503, "The service is not available", Side.CAISO),
        (404, "Wrong address", Side.YOURS),
    ],
)
def test_of_an_unknown_page_the_status_tells_more(receive: Receive, status: int, title: str, side: Side) -> None:
    page = b"\n<HTML><title>Proxy &amp; co</title><body><h1>Proxy &amp; co</h1>Down</HTML>"
    [note] = receive(page, "text/html", status).notes
    assert (note.title, note.side) == (title, side), "one thing is told once, and of one side"
    assert "\u201cProxy & co\u201d" in note.meaning
    assert note.raw.removeprefix(f"HTTP {status} Reason: ") == "Proxy & co Down"


@pytest.mark.parametrize(
    ("status", "text", "title", "raw"),
    [
        (
            500,
            b"Signature validation status: false",
            "signature",
            "HTTP 500 Reason: Signature validation status: false",
        ),
        (200, b"Signature validation status: false", "signature", "Signature validation status: false"),
        (502, b"upstream gone", "not reachable", "HTTP 502 Reason: upstream gone"),
        (200, b"hello\n you", "cannot be read", "hello you"),
        (502, b"\0\1", "not reachable", "HTTP 502 Reason"),
        (200, b"\0\1", "cannot be read", ""),
    ],
)
def test_bare_text_is_told_as_a_page_is(receive: Receive, status: int, text: bytes, title: str, raw: str) -> None:
    [note] = receive(text, "text/plain", status).notes
    assert title in note.title
    assert note.raw == raw
    assert note.side is not None


@pytest.mark.parametrize(
    ("status", "title"),
    [(403, "Access refused"), (404, "Wrong address"), (302, "elsewhere"), (500, "failed"), (599, "")],
)
def test_statuses(receive: Receive, status: int, title: str) -> None:
    answer = receive(b"", None, status)
    assert answer.outcome is Outcome.ERROR
    assert any(title in note.title + note.meaning for note in answer.notes)


def test_a_status_that_nobody_knows_says_that_the_side_is_not_known(receive: Receive) -> None:
    [note] = [each for each in receive(b"", None, 666).notes if each.severity is Severity.ERROR]
    assert note.side is None
    assert note.raw.startswith("HTTP 666")
    assert "HTTP status 666, whose meaning is not known" in note.meaning
    assert "does not say whose side this is on" in note.advice


@pytest.mark.parametrize(
    ("code", "side"), [("SOAP-ENV:Server", None), ("SOAP-ENV:Client", Side.YOURS), ("s:Client.Data", Side.YOURS)]
)
def test_words_that_nobody_knows_are_told_with_whose_side_they_are_on(
    receive: Receive, code: str, side: Side | None
) -> None:
    body = fault("Flux capacitor is out of phase").replace(b"SOAP-ENV:Server", code.encode())
    [note] = [each for each in receive(body, "text/xml", 500).notes if each.severity is Severity.ERROR]
    assert note.raw == "Flux capacitor is out of phase"
    assert note.side is side
    assert ("does not say whose side" in note.advice) == (side is None)


@pytest.mark.parametrize(
    ("body", "kind", "title"),
    [
        (b"", None, "empty"),
        (b"hello", None, "answer cannot be read"),
        (envelope("")[:-30], "text/xml", "envelope cannot be read"),
        (envelope(""), "text/xml", "Nothing in the envelope"),
        (inside(b""), "text/xml", "attachment cannot be read"),
        (inside(TEXT[:-8]), "text/xml", "attachment cannot be read"),
        (inside(TEXT[:40] + b"AAAA" + TEXT[44:]), "text/xml", "attachment cannot be read"),
        (inside(base64.b64encode(gzip.compress(b"<a><b></a>"))), "text/xml", "report cannot be read"),
        (inside(base64.b64encode(b"\0\1\2\3" * 30)), "text/xml", "attachment cannot be read"),
        (multipart(TEXT, envelope(include("cid:gone"))), PARTS, "attachment cannot be read"),
        (b"--B\r\n\r\n", PARTS, "answer cannot be read"),
        (b"nothing like it", PARTS, "answer cannot be read"),
    ],
)
def test_what_cannot_be_read_is_told(receive: Receive, body: bytes, kind: str | None, title: str) -> None:
    answer = receive(body, kind)
    assert answer.outcome is Outcome.UNREADABLE
    assert answer.report is None
    assert title in titles(answer)


def test_what_could_be_read_of_a_cut_off_gzip_is_kept(receive: Receive) -> None:
    noise = hashlib.shake_256(b"seed").hexdigest(300_000)
    text = base64.b64encode(gzip.compress(f"<MarketAwards>{noise}</MarketAwards>".encode())[:-1000])
    answer = receive(inside(text))
    assert (answer.outcome, answer.report) == (Outcome.UNREADABLE, None)
    part = answer.parts[-1]
    assert (part.name, part.note, part.path.name) == ("report", "incomplete", "report-incomplete.xml")
    assert part.path.read_bytes().startswith(b"<MarketAwards>")


@pytest.mark.parametrize(
    "document",
    [
        b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><a>&b;</a>',
        b'<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]><a>&a;</a>',
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>',
    ],
)
def test_entities_are_refused_wherever_they_are(receive: Receive, document: bytes) -> None:
    for body in (document, document[: document.index(b"]>") + 2 if b"]>" in document else 43] + envelope("")):
        answer = receive(body)
        assert (answer.outcome, answer.report) == (Outcome.UNREADABLE, None)
    answer = receive(inside(base64.b64encode(gzip.compress(document))))
    assert (answer.outcome, answer.report) == (Outcome.UNREADABLE, None)
    assert "DOCTYPE" in answer.notes[-1].meaning


def test_an_attachment_beyond_the_limit(receive: Receive) -> None:
    answer = receive(inside(base64.b64encode(gzip.compress(b"<a>" + bytes(3 << 20)))), limit=2 << 20)
    assert answer.outcome is Outcome.UNREADABLE
    assert "2 MB" in answer.notes[-1].meaning


def test_the_state_of_a_batch_is_told(receive: Receive) -> None:
    body = (
        '<BatchValidationStatus xmlns="urn:b"><MessagePayload><BatchStatus><description>ERROR</description>'
        "<mRID>9</mRID></BatchStatus><ErrorLog><errMessage>Bad resource</errMessage><errPriority>1</errPriority>"
        "<logTimeStamp>2026-03-10T13:00:00Z</logTimeStamp><startTime>a</startTime><endTime>b</endTime><mRID>U1</mRID>"
        "</ErrorLog><ErrorLog><errMessage>Bad too</errMessage></ErrorLog></MessagePayload></BatchValidationStatus>"
    )
    refused = receive(envelope(body))
    assert refused.outcome is Outcome.ERROR
    assert refused.batch == BatchCheck(
        "ERROR", (BatchError("Bad resource", "1", "2026-03-10T13:00:00Z", "a", "b", "U1"), BatchError("Bad too"))
    )
    pending = receive(envelope(body.replace("ERROR<", "PENDING<")))
    assert pending.batch is not None
    assert (pending.outcome, pending.batch.done) == (Outcome.SUCCESS, False)
    assert "batch was refused" in titles(refused)
    assert "Bad resource" in refused.notes[-1].meaning
    assert "taken" in titles(receive(envelope(body.replace("ERROR<", "SUCCESS<"))), Severity.INFO)
    assert "being checked" in titles(receive(envelope(body.replace("ERROR<", "PENDING<"))), Severity.INFO)


def test_nothing_half_written_stays(receive: Receive, tmp_path: Path, hold: int) -> None:
    is_the_report(receive(multipart(TEXT, envelope("")), PARTS))
    written = ["report.xml"] if hold else ["part-1", "part-2", "report.xml"]
    assert sorted(path.name for path in (tmp_path / "pieces").iterdir()) == written


def test_a_part_that_is_held_becomes_a_file_when_it_is_wanted(receive: Receive, tmp_path: Path, hold: int) -> None:
    text, attachment, _ = receive(multipart(TEXT, envelope("")), PARTS).parts
    assert text.file().read_bytes() == envelope("")
    assert attachment.file() == tmp_path / "pieces" / "part-2"
    assert attachment.file().read_bytes() == TEXT
    (value,) = [part for part in receive(inside(TEXT)).parts if part.name == "attachment"]
    assert value.file().read_bytes() == TEXT


def test_a_part_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    part = Part("attachment", "text/plain", tmp_path / "gone" / "part-1", 1, data=b"x")
    with pytest.raises(StorageError, match="part-1"):
        part.file()


def test_what_is_still_held_is_not_read_from_its_file(tmp_path: Path) -> None:
    body = inside(TEXT)
    kind = (("Content-Type", "text/xml"),)
    gone = Response(200, "OK", kind, tmp_path / "gone", len(body), datetime.now(UTC), Timings(), held=body)
    assert undress(gone, OPERATION, pieces(tmp_path), FAILURES).outcome is Outcome.SUCCESS


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_nobody_else_may_read_a_report(receive: Receive) -> None:
    for document in (
        TEXT,
        base64.b64encode(gzip.compress(b"<a>" + random.Random(1).randbytes(400_000).hex().encode() + b"</a>")),
    ):
        answer = receive(inside(document))
        assert answer.report is not None
        assert answer.report.stat().st_mode & 0o777 == 0o600


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "pieces").write_text("a file in the way")
    with pytest.raises(StorageError, match="pieces"):
        undressed(tmp_path, inside(TEXT), "text/xml")


def test_a_disk_that_takes_no_more(receive: Receive, tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="file sizes cannot be limited on this system")
    text = base64.b64encode(gzip.compress(b"<a>" + bytes(8 << 20)))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, before[1]))
    try:
        with pytest.raises(StorageError, match="unpacked"):
            receive(inside(text))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not (tmp_path / "pieces" / "report.xml").exists()


def test_a_large_answer_needs_little_memory(tmp_path: Path) -> None:
    record = b"<Award><a>" + bytes(range(65, 91)) * 800 + b"</a></Award>\n"
    document = b"<MarketAwards><MessagePayload>" + record * 1_000 + b"</MessagePayload></MarketAwards>"
    text = base64.b64encode(gzip.compress(document, 0))
    path = tmp_path / "body"
    path.write_bytes(inside(text))
    size = path.stat().st_size
    assert size > 26 << 20
    del document, text
    response = Response(200, "OK", (("Content-Type", "text/xml"),), path, size, datetime.now(UTC), Timings())
    tracemalloc.start()
    try:
        answer = undress(response, OPERATION, pieces(tmp_path), FAILURES)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert answer.counts == (("Award", 1_000),)
    assert peak < 12 << 20


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_bad_answer_is_never_an_exception(tmp_path: Path, data: st.DataObject) -> None:
    whole = data.draw(
        st.sampled_from([inside(TEXT), multipart(TEXT, envelope(include(), hash_header(TEXT))), fault("x", NEW)])
    )
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, len(whole)))
    body = whole[:start] + data.draw(st.binary(max_size=10)) + whole[end:]
    kind = data.draw(st.sampled_from([PARTS, "text/xml", "text/xml; charset=no-such", None, "multipart/related"]))
    answer = undressed(tmp_path, body, kind)
    assert answer.outcome in (Outcome.SUCCESS, Outcome.NO_DATA) or answer.notes


def test_a_wrong_clock_is_named_before_the_vague_error_of_the_service(tmp_path: Path) -> None:
    body = envelope(
        "<s:Fault xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><faultcode>s:Client</faultcode>"
        "<faultstring>Signature validation status: false</faultstring></s:Fault>"
    )
    path = tmp_path / "body"
    path.write_bytes(body)
    now = datetime.now(UTC)
    headers = (("content-type", "text/xml"), ("date", format_datetime(now - timedelta(hours=1), usegmt=True)))
    response = Response(500, "", headers, path, len(body), now, Timings())
    answer = undress(response, OPERATION, pieces(tmp_path), FAILURES)
    assert [note.matter for note in answer.notes if note.severity is Severity.ERROR] == ["clock", "signature"]


@pytest.mark.parametrize("basis", list(Basis))
def test_what_smells_of_a_wrong_rule_leads_to_the_package_only_where_a_rule_was_followed(
    tmp_path: Path, basis: Basis
) -> None:
    path = tmp_path / "body"
    path.write_bytes(b"<html><title>Not found</title></html>")
    response = Response(404, "Not Found", (("content-type", "text/html"),), path, 37, datetime.now(UTC), Timings())
    answer = undress(response, replace(OPERATION, basis=basis), pieces(tmp_path), FAILURES)
    [note] = [note for note in answer.notes if note.matter == "address"]
    assert ("import CAISO's schema package" in note.advice) is (basis is Basis.RULE)
    assert "your side" in note.told


def test_a_file_of_failures_that_is_wrong_is_told_beside_an_error_only(tmp_path: Path) -> None:
    path = tmp_path / "body"
    path.write_bytes(b"no")
    failures = Failures(problems=("ours.toml, line 4: texts: wrong.",))
    response = Response(500, "", (), path, 2, datetime.now(UTC), Timings())
    answer = undress(response, OPERATION, pieces(tmp_path), failures)
    assert "ours.toml, line 4" in " ".join(note.meaning for note in answer.notes)


@pytest.mark.parametrize(
    ("status", "body", "doubt"),
    [
        (504, b"<html><title>Gateway Timeout</title></html>", True),
        (502, b"", True),
        (500, b"<html>Internal</html>", True),
        (200, b"", True),
        (200, b"<html><title>Welcome</title></html>", True),
        (503, b"<html><title>Service Unavailable</title></html>", True),
        (503, b"<html><title>Scheduled Maintenance</title></html>", False),
        (524, b"<html><title>A timeout occurred</title></html>", True),
        (501, b"", False),
        (403, b"", False),
        (429, b"<html>Too Many Requests</html>", False),
        (200, b"<html><title>CAISO Acceptable Use Policy Violation</title></html>", False),
        (500, b"Signature validation status: false", False),
    ],
)
def test_of_a_submit_it_is_told_where_nobody_knows_if_it_arrived(
    tmp_path: Path, status: int, body: bytes, doubt: bool
) -> None:
    path = tmp_path / "body"
    path.write_bytes(body)
    response = Response(status, "", (("Content-Type", "text/html"),), path, len(body), datetime.now(UTC), Timings())
    for kind in (Kind.SUBMIT, Kind.STATE_CHANGING):
        answer = undress(response, replace(OPERATION, kind=kind), pieces(tmp_path, kind), FAILURES)
        assert answer.in_doubt is doubt, titles(answer)
    assert not undress(response, OPERATION, pieces(tmp_path, "retrieve"), FAILURES).in_doubt


def test_a_service_that_says_when_to_come_back_has_not_taken_a_submit(tmp_path: Path) -> None:
    path = tmp_path / "body"
    path.write_bytes(b"<html><title>Service Unavailable</title></html>")
    headers = (("Content-Type", "text/html"), ("Retry-After", "5"))
    response = Response(503, "", headers, path, path.stat().st_size, datetime.now(UTC), Timings())
    assert not undress(response, replace(OPERATION, kind=Kind.SUBMIT), pieces(tmp_path), FAILURES).in_doubt
