"""Every procedure of ADS in every version, through the real courier, with a batch that is really there."""

import gzip
from base64 import b64decode
from dataclasses import dataclass, replace
from io import BytesIO

import pytest
from lxml import etree

from caiso_desktop.model.answer import Answer, Outcome, Severity
from caiso_desktop.model.error import Side
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.service import Target
from tests.matrix.conftest import Caller
from tests.matrix.row import ADS, CATALOGUE, name_of

NS = "{http://ads.caiso.com}"
KNOWN, NOBODY = "SIMGEN_1_UNIT1", "NOBODY"


def load(*resources: str) -> str:
    """A request of load following, with an instruction for each of these resources."""
    rows = "".join(
        f"<MSSLFInstructionRequest><scMSSLFInstructionId>7-{number}</scMSSLFInstructionId><resourceId>{resource}"
        "</resourceId></MSSLFInstructionRequest>"
        for number, resource in enumerate(resources, 1)
    )
    return (
        f'<MSSLFRequest xmlns="{NS[1:-1]}"><scMSSBatchId>7</scMSSBatchId><mssLFInstructionRequests>{rows}'
        "</mssLFInstructionRequests></MSSLFRequest>"
    )


ROOTS = {
    "getDispatchBatchesSinceUID": "APIDispatchResponse",
    "getDispatchBatch": "DispatchBatch",
    "getBatchHeader": "DispatchBatch",
    "getTrajectoryData": "APITrajectoryResponse",
    "submitMSSLFRequest": "MSSLFResponse",
}
"""The documents that procedures give inside their value; the others give a number, a yes or nothing."""

PLAIN = {
    "getBatchStatus": "1",
    "isNewTrajData": "true",
    "validateDispatchBatch": None,
    "acceptInstruction": "0",
    "declineInstruction": "0",
    "partialAcceptInstruction": "0",
}


@dataclass(frozen=True)
class Instruction:
    """An hourly instruction that can still be answered."""

    batch: str
    uid: str
    least: str


def call(caller: Caller, target: Target, **values: str) -> Exchange:
    """Call a procedure with these parameters, which succeeds."""
    exchange = carried(caller, target, **values)
    assert exchange.answer is not None
    assert exchange.answer.outcome is Outcome.SUCCESS, exchange.answer.notes
    return exchange


def carried(caller: Caller, target: Target, **values: str) -> Exchange:
    """Call a procedure with these parameters, which is answered."""
    root = etree.fromstring(caller.skeleton(target).encode())
    for name, value in values.items():
        parameter = root.find(name)
        if parameter is not None:
            parameter.text = value
    exchange = caller.carry(target, etree.tostring(root).decode())
    assert exchange.failure is None, exchange.failure
    return exchange


def report(exchange: Exchange) -> etree._Element:
    assert exchange.answer is not None
    assert exchange.answer.report is not None
    root = etree.parse(exchange.answer.report).getroot()
    assert root.tag == exchange.answer.root
    return root


def check_decoded(answer: Answer) -> None:
    """The document is, to the byte, what stands in the answer's envelope: here read another way."""
    parts = {part.name: part.file().read_bytes() for part in answer.parts}
    response = etree.parse(BytesIO(parts["envelope"])).getroot().find("{*}Body/{*}*")
    assert response is not None
    value = response.findtext("*") or ""
    assert parts["report"] == (value.encode() if value.lstrip().startswith("<") else gzip.decompress(b64decode(value)))


@pytest.fixture(scope="module")
def open_instruction(caller: Caller) -> Instruction:
    target = next(row for row in ADS if row.procedure == "getDispatchBatchesSinceUID")
    batches = report(call(caller, target, batchUID="-1")).iter(f"{NS}DispatchBatch")
    newest = [each.get("batchUID", "") for each in batches if each.findtext(f"{NS}batchType") == "1"][-1]
    batch = report(call(caller, replace(target, procedure="getDispatchBatch"), batchUID=newest))
    found = next(batch.iter(f"{NS}instruction"))
    return Instruction(newest, found.get("instructionUID", ""), found.findtext(f"{NS}minAccept", ""))


def test_every_procedure_is_expected_to_give_something() -> None:
    assert {target.procedure for target in ADS} == ROOTS.keys() | PLAIN.keys()
    assert {target.version for target in ADS} == {"v6", "v7", "v8"}
    for target in ADS:
        assert CATALOGUE.procedure(target) is not None


@pytest.mark.parametrize("target", ADS, ids=name_of)
def test_a_procedure_gives_its_value(caller: Caller, open_instruction: Instruction, target: Target) -> None:
    name = target.procedure
    everything = name in ("getDispatchBatchesSinceUID", "isNewTrajData", "getTrajectoryData")
    exchange = call(
        caller,
        target,
        batchUID="-1" if everything else open_instruction.batch,
        instructionUID=open_instruction.uid,
        acceptDOT=open_instruction.least,
        reasonCode="10",
        request=load(KNOWN),
    )
    root = report(exchange)
    if name == "submitMSSLFRequest":
        assert root.findtext(f".//{NS}scMSSLFInstructionId") == "7-1"
        assert root.findtext(f".//{NS}validated") == "true"
    if name in ROOTS:
        assert etree.QName(root).localname == ROOTS[name]
        assert len(root) > 0
        assert exchange.answer is not None
        check_decoded(exchange.answer)
        held: dict[str, int] = {}
        for row in root.iterfind("*/*"):
            local = etree.QName(row).localname
            held[local] = held.get(local, 0) + 1
        assert dict(exchange.answer.counts) == held or (name == "getBatchHeader" and not held)
        return
    assert root.tag == exchange.operation.answer_root
    assert root.findtext(f"{name}Return") == PLAIN[name]
    if name in ("acceptInstruction", "declineInstruction", "partialAcceptInstruction"):
        listing = replace(target, service="APIWebService", procedure="getDispatchBatch")
        batch = report(call(caller, listing, batchUID=open_instruction.batch))
        state = {"a": "ACCEPTED", "d": "DECLINED", "p": "PARTIAL"}[name[0]]
        assert next(batch.iter(f"{NS}acceptStatus")).text == state


@pytest.mark.parametrize("target", [row for row in ADS if row.procedure == "submitMSSLFRequest"], ids=name_of)
def test_what_ads_finds_not_valid_is_no_success(caller: Caller, target: Target) -> None:
    for resources, told in (((KNOWN, NOBODY), "Not valid are 1 of 2: 7-2."), ((NOBODY,), "Not valid are 1 of 1: 7-1.")):
        answer = carried(caller, target, request=load(*resources)).answer
        assert answer is not None
        assert answer.outcome is Outcome.ERROR
        [note] = [each for each in answer.notes if each.severity is Severity.ERROR]
        assert note.meaning == told
        assert note.side is Side.YOURS
        assert ("the others were taken" in note.advice) == (len(resources) > 1)
