"""Calls as an RPC client sends them, written out by hand from the facts of the protocol."""

import base64
import gzip
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from lxml import etree

from caiso_desktop.simulator.ads.procedure import Door, Procedures
from caiso_desktop.simulator.market import read_market
from caiso_desktop.simulator.refusal import Refused

NOW = datetime(2026, 11, 22, 20, 1, tzinfo=UTC)
ASK = "http://ads.caiso.com/api/webservices/dispatch/v7"
TELL = "http://ads.caiso.com/api/webservices/response/v7"
JANE = "CN=Jane"
DOORS = {
    ASK: Door(ASK, frozenset({"getDispatchBatchesSinceUID", "getDispatchBatch", "getTrajectoryData", "isNewTrajData",
                              "submitMSSLFRequest", "validateDispatchBatch", "getBatchHeader"})),
    TELL: Door(TELL, frozenset({"acceptInstruction", "declineInstruction", "partialAcceptInstruction"})),
}  # fmt: skip


@pytest.fixture
def procedures(resources: Path) -> Procedures:
    return Procedures(read_market(resources), lambda: NOW)


def called(procedures: Procedures, space: str, name: str, inner: str) -> str:
    body = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<a:{name} xmlns:a="{space}">{inner}</a:{name}></s:Body></s:Envelope>'
    )
    answer = etree.fromstring(b"".join(procedures.answer(DOORS[space], body.encode(), JANE).content))
    response = answer[0][0]
    assert response.tag == f"{{{space}}}{name}Response"
    return response.findtext(f"{name}Return") or ""


def hourly(procedures: Procedures) -> tuple[str, str, float, float]:
    batch = next(each for each in reversed(procedures.dispatch.held()) if each.hourly)
    instruction = batch.instructions[0]
    return batch.uid, instruction.uid, instruction.schedule, instruction.target


def test_heads_come_as_text_and_batches_as_base64_of_a_gzip(procedures: Procedures) -> None:
    listed = called(procedures, ASK, "getDispatchBatchesSinceUID", "<batchUID>-1</batchUID>")
    batches = etree.fromstring(listed.encode())
    uid = hourly(procedures)[0]
    assert any(each.get("batchUID") == uid for each in batches.iter("{*}DispatchBatch"))
    packed = called(procedures, ASK, "getDispatchBatch", f"<batchUID>{uid}</batchUID>")
    assert etree.fromstring(gzip.decompress(base64.b64decode(packed))).get("batchUID") == uid
    header = called(procedures, ASK, "getBatchHeader", f"<batchUID>{uid}</batchUID>")
    assert etree.fromstring(header.encode()).find("{*}instructions") is None


def test_a_partial_accept_lies_between_schedule_and_target(procedures: Procedures) -> None:
    batch, uid, schedule, target = hourly(procedures)
    ids = f"<batchUID>{batch}</batchUID><instructionUID>{uid}</instructionUID>"

    def part(megawatts: float, reason: int = 10) -> str:
        inner = f"{ids}<acceptDOT>{megawatts}</acceptDOT><reasonCode>{reason}</reasonCode>"
        return called(procedures, TELL, "partialAcceptInstruction", inner)

    assert part(target + 1) == "1"
    assert part(schedule, reason=99) == "1"
    assert part((schedule + target) / 2) == "0"
    assert called(procedures, TELL, "declineInstruction", f"{ids}<reasonCode>11</reasonCode>") == "0"
    assert called(procedures, TELL, "declineInstruction", f"{ids}<reasonCode>x</reasonCode>") == "1"


def test_trajectories_count_apart_from_dispatches(procedures: Procedures) -> None:
    dispatch_uid = procedures.dispatch.held()[-1].uid
    with pytest.raises(Refused, match="no trajectory"):
        called(procedures, ASK, "isNewTrajData", f"<batchUID>{dispatch_uid}</batchUID>")
    assert called(procedures, ASK, "isNewTrajData", "<batchUID>-1</batchUID>") == "true"
    newest = [each.uid for each in procedures.dispatch.held() if not each.hourly][-1].replace("DISP-", "TRAJ-")
    assert called(procedures, ASK, "isNewTrajData", f"<batchUID>{newest}</batchUID>") == "false"


@pytest.mark.parametrize("written", [str, escape])
def test_load_following_says_which_resources_are_known(procedures: Procedures, written: Callable[[str], str]) -> None:
    row = (
        "<MSSLFInstructionRequest><scMSSLFInstructionId>{}</scMSSLFInstructionId><resourceId>{}</resourceId>"
        "</MSSLFInstructionRequest>"
    )
    inner = "".join(row.format(name, resource) for name, resource in (("a", "SIMGEN_1_UNIT1"), ("b", "NOBODY")))
    whole = f'<MSSLFRequest xmlns="http://ads.caiso.com"><scMSSBatchId>B1</scMSSBatchId>{inner}</MSSLFRequest>'
    request = f"<request>{written(whole)}</request>"
    answer = etree.fromstring(called(procedures, ASK, "submitMSSLFRequest", request).encode())
    assert answer.findtext("{*}scMSSBatchId") == "B1"
    assert [each.text for each in answer.iter("{*}validated")] == ["true", "false"]


@pytest.mark.parametrize(
    ("space", "name", "inner", "words"),
    [
        (ASK, "acceptInstruction", "", "is not one of"),
        (TELL, "getDispatchBatch", "", "is not one of"),
        (ASK, "getDispatchBatch", "", "batchUID is missing"),
        (ASK, "getDispatchBatch", f'<batchUID xmlns="{ASK}">-1</batchUID>', "batchUID is missing"),
        (ASK, "getDispatchBatch", "<batchUID>x</batchUID>", "no batch"),
        (TELL, "partialAcceptInstruction", "<reasonCode>10</reasonCode><acceptDOT>x</acceptDOT>", "no number"),
    ],
)
def test_a_call_that_is_not_understood(procedures: Procedures, space: str, name: str, inner: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        called(procedures, space, name, inner)


def test_a_document_type_is_refused(procedures: Procedures) -> None:
    with pytest.raises(Refused, match="DOCTYPE"):
        procedures.answer(DOORS[ASK], b"<!DOCTYPE a><a/>", JANE)
