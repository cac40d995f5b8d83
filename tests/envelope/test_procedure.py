"""ADS on the wire, written out by hand from the facts of the protocol."""

import base64
import gzip
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from caiso_desktop.assembly.place import find_resources
from caiso_desktop.catalogue.failure import FOLDER, read_failures
from caiso_desktop.contract.rule import ADS
from caiso_desktop.envelope.dress import prepare
from caiso_desktop.envelope.undress import undress
from caiso_desktop.keystore.memory import MemoryIdentity
from caiso_desktop.model.answer import Answer, Outcome, Severity
from caiso_desktop.model.call import Operation
from caiso_desktop.model.error import PayloadError
from caiso_desktop.model.identity import Hash
from caiso_desktop.model.service import Kind, Parameter, Procedure, Variant
from caiso_desktop.model.transport import Response, Timings

FAILURES = read_failures([find_resources() / FOLDER])
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
SPACE = f"{ADS}dispatch/v7"
DOCUMENT = (
    '<DispatchBatch xmlns="http://ads.caiso.com" batchUID="D"><instructions><instruction/></instructions>'
    "</DispatchBatch>"
)


def operation(name: str = "getDispatchBatch", encoding: str = "base64+gzip", codes: str = "") -> Operation:
    procedure = Procedure(name, Kind.RETRIEVE, (Parameter("batchUID", "string"),), "x", encoding, codes=codes)
    root, answer = f"{{{SPACE}}}{name}", f"{{{SPACE}}}{name}Response"
    return Operation(name, Variant.RPC, Kind.RETRIEVE, "", root, answer, procedure=procedure)


def received(folder: Path, value: str, asked: Operation) -> Answer:
    body = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<a:{asked.name}Response xmlns:a="{SPACE}">{value}</a:{asked.name}Response></s:Body></s:Envelope>'
    ).encode()
    (folder / "body").write_bytes(body)
    response = Response(200, "OK", (("Content-Type", "text/xml"),), folder / "body", len(body), NOW, Timings())
    (pieces := folder / "pieces").mkdir(exist_ok=True)
    return undress(response, asked, pieces, FAILURES)


def test_a_call_is_an_envelope_without_header_and_signature(identity: MemoryIdentity) -> None:
    payload = f'<x:getDispatchBatch xmlns:x="{SPACE}"><batchUID>D</batchUID></x:getDispatchBatch>'.encode()
    message = prepare(operation(), payload, identity, hash=Hash.SHA1, now=NOW).sign()
    assert message.headers == (("Content-Type", "text/xml; charset=utf-8"), ("SOAPAction", '""'))
    root = etree.fromstring(message.body)
    assert [etree.QName(each).localname for each in root] == ["Body"]
    assert etree.tostring(root[0][0], method="c14n", exclusive=True) == payload
    assert identity.certificate.subject.encode() not in message.body


@pytest.mark.parametrize("name", ["acceptInstruction", "getBatchStatus"])
def test_a_payload_that_calls_something_else_is_not_sent(identity: MemoryIdentity, name: str) -> None:
    payload = f'<x:{name} xmlns:x="{SPACE}"/>'.encode()
    with pytest.raises(PayloadError, match=f"operation is getDispatchBatch, but the payload is <{name}>"):
        prepare(operation(), payload, identity, hash=Hash.SHA1, now=NOW)


def test_a_payload_of_another_version_is_not_sent(identity: MemoryIdentity) -> None:
    payload = f'<getDispatchBatch xmlns="{ADS}dispatch/v6"/>'.encode()
    with pytest.raises(PayloadError, match="of another namespace"):
        prepare(operation(), payload, identity, hash=Hash.SHA1, now=NOW)


def test_a_value_of_base64_and_gzip_is_the_report(tmp_path: Path) -> None:
    packed = base64.encodebytes(gzip.compress(DOCUMENT.encode())).decode()
    answer = received(tmp_path, f"<getDispatchBatchReturn>{packed}</getDispatchBatchReturn>", operation())
    assert (answer.outcome, answer.root) == (Outcome.SUCCESS, "{http://ads.caiso.com}DispatchBatch")
    assert answer.report is not None
    assert answer.report.read_bytes() == DOCUMENT.encode()


def test_escaped_xml_is_the_report_too(tmp_path: Path) -> None:
    escaped = DOCUMENT.replace("&", "&amp;").replace("<", "&lt;")
    asked = operation("getBatchHeader", "escaped xml")
    answer = received(tmp_path, f"<getBatchHeaderReturn>\n{escaped}</getBatchHeaderReturn>", asked)
    assert answer.report is not None
    assert answer.report.read_bytes().strip() == DOCUMENT.encode()


def test_a_plain_value_is_told_in_words(tmp_path: Path) -> None:
    asked = operation("getBatchStatus", "plain", "batchStatus")
    answer = received(tmp_path, "<getBatchStatusReturn> 3 </getBatchStatusReturn>", asked)
    assert answer.outcome is Outcome.SUCCESS
    assert [note.title for note in answer.notes if note.raw == "3"] == ["The batch: Closed"]
    assert answer.report is not None
    assert etree.parse(answer.report).getroot().findtext("getBatchStatusReturn") == " 3 "


def test_a_code_that_says_no_is_an_error(tmp_path: Path) -> None:
    asked = operation("acceptInstruction", "plain", "result")
    answer = received(tmp_path, "<acceptInstructionReturn>2</acceptInstructionReturn>", asked)
    assert answer.outcome is Outcome.ERROR
    assert [note.title for note in answer.notes if note.raw == "2"] == ["Too late, or too early, to answer"]


@pytest.mark.parametrize("value", ["6", "-1", "RC_SOMETHING " * 20, ""])
def test_a_code_that_nobody_knows_is_not_taken_for_done(tmp_path: Path, value: str) -> None:
    asked = replace(operation("acceptInstruction", "plain", "result"), kind=Kind.STATE_CHANGING)
    answer = received(tmp_path, f"<acceptInstructionReturn>{value}</acceptInstructionReturn>", asked)
    assert answer.outcome is Outcome.ERROR
    [note] = [each for each in answer.notes if each.severity is Severity.ERROR]
    assert (note.side, note.raw) == (None, value.strip())
    assert len(note.meaning) < 200
    assert "look first, by a retrieve, what became of it" in note.advice
    assert "does not say whose side this is on" in note.advice


def test_a_state_that_nobody_knows_is_told_and_no_error(tmp_path: Path) -> None:
    asked = operation("getBatchStatus", "plain", "batchStatus")
    answer = received(tmp_path, "<getBatchStatusReturn>9</getBatchStatusReturn>", asked)
    assert answer.outcome is Outcome.SUCCESS
    [note] = [each for each in answer.notes if each.raw == "9"]
    assert (note.severity, note.title) == (Severity.WARNING, "An answer whose meaning is not known")
    assert "the number 9" in note.meaning
    (tmp_path / "empty").mkdir()
    answer = received(tmp_path / "empty", "<getBatchStatusReturn/>", asked)
    assert [each.title for each in answer.notes if "not known" in each.title] == []


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("<r>AAAA!</r>", "neither base64"),
        ("<r>H4sIAAAAAAAA</r>", ""),
        (f"<r>{DOCUMENT}</r>", ""),
        ("<r/>", ""),
        ("", ""),
    ],
)
def test_a_value_that_is_something_else_never_breaks(tmp_path: Path, value: str, words: str) -> None:
    answer = received(tmp_path, value, operation())
    assert words in " ".join(note.meaning for note in answer.notes)
    assert answer.parts


@pytest.mark.parametrize(
    ("kind", "outcome"), [(Kind.RETRIEVE, Outcome.NO_DATA), (Kind.STATE_CHANGING, Outcome.SUCCESS)]
)
def test_an_empty_response_is_no_data_only_where_something_was_asked_for(
    tmp_path: Path, kind: Kind, outcome: Outcome
) -> None:
    assert received(tmp_path, "", replace(operation("validateDispatchBatch", "plain"), kind=kind)).outcome is outcome
