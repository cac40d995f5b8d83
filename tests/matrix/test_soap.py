"""Every SOAP row, both variants, through the real courier: its report decoded, its submit accepted."""

import gzip
import hashlib
import re
from base64 import b64decode, b64encode

import pytest
from lxml import etree

from caiso_desktop.model.answer import Answer, Outcome
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.service import Target, Variant
from tests.matrix.conftest import Caller
from tests.matrix.handing import payload_of
from tests.matrix.row import ADS, CATALOGUE, RETRIEVES, ROWS, STATUSES, SUBMITS, name_of

RESULTS = ("StandardOutput", "outputDataType")
HASH = "{http://www.caiso.com/mrtu/soa/schemas/2005/09/attachmenthash}hashValue"


def answer(exchange: Exchange) -> Answer:
    """The answer of a call that succeeded at the first try."""
    assert exchange.failure is None, exchange.failure
    assert exchange.earlier == ()
    assert exchange.answer is not None
    assert exchange.answer.outcome is Outcome.SUCCESS, exchange.answer.notes
    return exchange.answer


def report(exchange: Exchange) -> etree._Element:
    """The decoded report, which is what the answer says it is."""
    told = answer(exchange)
    assert told.report is not None
    root = etree.parse(told.report).getroot()
    assert root.tag == told.root
    payload = root.find("{*}MessagePayload")
    held: dict[str, int] = {}
    for record in root if payload is None else payload:
        name = etree.QName(record).localname
        held[name] = held.get(name, 0) + 1
    assert dict(told.counts) == held
    return root


def check_travel(exchange: Exchange) -> None:
    """A report came as its variant brings it: as a MIME part with its hash, or as text within the Body."""
    told = answer(exchange)
    parts = {part.name: part for part in told.parts}
    assert {"envelope", "attachment", "report"} <= parts.keys()
    envelope = etree.parse(parts["envelope"].file()).getroot()
    stated = next(envelope.iter(HASH), None)
    inline = next(envelope.iter("{*}AttachmentValue"), None)
    packed = parts["attachment"].file().read_bytes()
    assert parts["report"].file().read_bytes() == gzip.decompress(b64decode(packed)), "decoded to the byte"
    if exchange.call.target.variant is Variant.DOCATTACH:
        assert stated is None
        assert inline is not None
        assert packed.decode() == inline.text
        return
    assert inline is None
    assert stated is not None
    digest = hashlib.sha1(packed).digest()
    assert stated.text == b64encode(digest).decode()
    assert "The attachment's hash is right" in [note.title for note in told.notes]


def test_the_matrix_misses_no_row() -> None:
    assert len(set(ROWS)) == len(ROWS)
    assert sorted(map(name_of, (*ADS, *RETRIEVES, *STATUSES, *SUBMITS))) == sorted(map(name_of, ROWS))
    counted = 0
    for application in CATALOGUE.applications:
        for service in application.services:
            for version in service.versions:
                if version.callable:
                    counted += len({Variant.AP, Variant.DOCATTACH} & version.paths.keys())
                    counted += len(version.procedures) if Variant.RPC in version.paths else 0
    assert len(ROWS) == counted
    called = {target.application for target in ROWS}
    assert called >= {"sibr", "cmri", "oms", "cira", "drrs", "drs", "master-file", "bsap", "baaop", "alfs", "ads"}
    assert {"settlements"} <= called
    for variant in (Variant.AP, Variant.DOCATTACH):
        for rows in (RETRIEVES, SUBMITS, STATUSES):
            assert any(target.variant is variant for target in rows), variant


@pytest.mark.parametrize("target", RETRIEVES, ids=name_of)
def test_a_retrieve_gives_its_report(caller: Caller, target: Target) -> None:
    exchange = caller.carry(target, caller.skeleton(target))
    root = report(exchange)
    assert root.tag == exchange.operation.answer_root
    payload = root.find("{*}MessagePayload")
    assert payload is not None
    assert len(payload) > 0
    check_travel(exchange)


@pytest.mark.parametrize("target", SUBMITS, ids=name_of)
def test_a_submit_is_received(caller: Caller, target: Target) -> None:
    exchange = caller.carry(target, payload_of(caller, target))
    result = answer(exchange).result
    assert result is not None
    assert result.document in RESULTS
    assert all(event.succeeded for event in result.events)
    assert result.events
    assert etree.QName(report(exchange)).localname == result.document


@pytest.mark.parametrize("target", [row for row in SUBMITS if row.variant is Variant.AP], ids=name_of)
def test_a_submit_as_mtom_is_received(mtom_caller: Caller, target: Target) -> None:
    exchange = mtom_caller.carry(target, payload_of(mtom_caller, target))
    assert answer(exchange).result is not None
    kind = dict(exchange.request.headers)["Content-Type"]
    assert kind.startswith('multipart/related; type="application/xop+xml"; start-info="text/xml"')
    assert b"<xop:Include" in exchange.request.body.read_bytes()


@pytest.mark.parametrize("target", STATUSES, ids=name_of)
def test_a_batch_is_followed_until_it_is_done(caller: Caller, target: Target) -> None:
    """The submits of the same application open batches; what became of one is asked for until it is told."""
    submit = next(row for row in SUBMITS if row.application == target.application and row.variant is target.variant)
    result = answer(caller.carry(submit, caller.skeleton(submit))).result
    assert result is not None
    assert result.batch
    asked = re.sub(r"<mRID></mRID>|<mRID/>", f"<mRID>{result.batch}</mRID>", caller.skeleton(target))
    assert result.batch in asked
    seen = []
    for _ in range(20):
        exchange = caller.carry(target, asked)
        root = report(exchange)
        assert root.tag == exchange.operation.answer_root
        check_travel(exchange)
        assert root.findtext(".//{*}BatchStatus/{*}mRID") == result.batch
        seen.append(root.findtext(".//{*}BatchStatus/{*}description"))
        if seen[-1] in ("SUCCESS", "ERROR"):
            break
    assert seen[-1] == "SUCCESS", seen
