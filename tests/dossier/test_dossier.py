"""An exchange that leaves the house: what is gone from it, what is still right in it, and how it is opened."""

import hashlib
import json
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from caiso_desktop.assembly.house import House
from caiso_desktop.dossier import archive, binding, packed
from caiso_desktop.dossier.segment import TooLarge
from caiso_desktop.model.answer import Outcome
from caiso_desktop.model.call import Call
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.dossier import DossierError, Hidden
from caiso_desktop.model.error import Cancelled, Fate, StorageError
from caiso_desktop.model.evidence import told
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.identity import IdentityRef
from caiso_desktop.model.playback import read_playback
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.model.transport import ignore_progress
from caiso_desktop.simulator import fault
from caiso_desktop.simulator.server import Simulator
from tests.dossier.conftest import PERSON, RETRIEVE, SUBMIT
from tests.secret.scan import Scanner, of_text

Carry = Callable[..., Exchange]
VARIANTS = (Variant.AP, Variant.DOCATTACH)
USERS = {"person": of_text("Rosalind Größe-Übel"), "common name": of_text(PERSON)}
MARKET = {"resource": of_text("ALAMEDA_9_UNIT 4"), "price": of_text("8374.5521")}


def _tokens(exchange: Exchange) -> dict[str, set[bytes]]:
    body = exchange.request.body.read_bytes()
    found = {
        name: re.search(rb"<[\w:]*" + name.encode() + rb"[^>]*>([^<]+)<", body)
        for name in ("Nonce", "BinarySecurityToken", "SignatureValue")
    }
    return {name: {each[1].strip()[:40]} for name, each in found.items() if each is not None}


@pytest.mark.parametrize("variant", VARIANTS)
def test_nothing_secret_is_in_the_zip_and_all_of_it_was_in_the_exchange(
    house: House, carry: Carry, place: Path, variant: Variant, tmp_path: Path
) -> None:
    exchange = carry("SubmitRawBidSet", SUBMIT, variant)
    assert exchange.succeeded
    tokens = _tokens(exchange)
    assert len(tokens) == 3
    secrets = {**USERS, **MARKET, **tokens}
    scanner = Scanner(secrets)
    found = {line.rpartition(": ")[2] for line in scanner.scan(exchange.request.body.parent)}
    assert found == set(secrets), "the positive control"
    house.dossiers.save(exchange, place, Hidden(market=True), overwrite=False)
    assert scanner.scan(tmp_path) == []
    with zipfile.ZipFile(place) as zipped:
        assert all(b"SCQQ" not in zipped.read(name) for name in zipped.namelist())


def test_the_market_stays_where_nobody_asked_to_hide_it(house: House, carry: Carry, place: Path) -> None:
    exchange = carry("SubmitRawBidSet", SUBMIT)
    house.dossiers.save(exchange, place, Hidden(), overwrite=False)
    data = place.read_bytes()
    assert Scanner(MARKET).names_in(data) == set(MARKET)
    assert Scanner({**USERS, **_tokens(exchange)}).names_in(data) == set()
    with zipfile.ZipFile(place) as zipped:
        assert zipped.read("payload.xml") == SUBMIT
        facts = json.loads(zipped.read("exchange.json"))
    assert facts["originals"]["request.bin"] == hashlib.sha256(exchange.request.body.read_bytes()).hexdigest()


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_same_value_has_the_same_stand_in_in_payload_wire_and_report(
    house: House, carry: Carry, place: Path, variant: Variant
) -> None:
    house.dossiers.save(carry("RetrieveCleanBidSet", RETRIEVE, variant), place, Hidden(market=True), overwrite=False)
    dossier = house.dossiers.open(place)
    exchange = dossier.exchange
    assert exchange.answer is not None
    assert exchange.answer.report is not None
    # The report in the zip is the one in the attachment, which was packed anew.
    assert (dossier.folder / "report.xml").read_bytes() == exchange.answer.report.read_bytes()
    report = etree.parse(exchange.answer.report)
    ids = [str(each) for each in report.xpath("//*[local-name()='mRID']/text()")]
    assert ids
    assert all(re.fullmatch(r"(SC|RESOURCE_)\d+", each) for each in ids)
    prices = [str(each) for each in report.xpath("//*[contains(local-name(), 'y1AxisData')]/text()")]
    assert all(float(each) > 1000 for each in prices)


def test_the_hash_of_an_attachment_is_right_again(house: House, carry: Carry, place: Path) -> None:
    house.dossiers.save(carry("RetrieveCleanBidSet", RETRIEVE), place, Hidden(market=True), overwrite=False)
    exchange = house.dossiers.open(place).exchange
    assert exchange.answer is not None
    assert exchange.answer.outcome is Outcome.SUCCESS
    assert [note.title for note in exchange.answer.notes] == ["The attachment's hash is right"]


def test_a_hash_that_was_wrong_stays_wrong(house: House, carry: Carry, simulator: Simulator, place: Path) -> None:
    simulator.arrange(fault.WrongHash())
    exchange = carry("RetrieveCleanBidSet", RETRIEVE)
    house.dossiers.save(exchange, place, Hidden(market=True), overwrite=False)
    answer = house.dossiers.open(place).exchange.answer
    assert answer is not None
    assert exchange.answer is not None
    assert [note.title for note in answer.notes] == [note.title for note in exchange.answer.notes]
    assert "The attachment's hash is right" not in [note.title for note in answer.notes]


@pytest.mark.parametrize("broken", [fault.BrokenGzip(), fault.BrokenGzip(truncated=False)])
def test_what_is_damaged_is_redacted_too_and_stays_damaged(
    house: House, carry: Carry, simulator: Simulator, place: Path, broken: fault.BrokenGzip
) -> None:
    simulator.arrange(broken)
    exchange = carry("RetrieveCleanBidSet", RETRIEVE)
    house.dossiers.save(exchange, place, Hidden(market=True), overwrite=False)
    opened = house.dossiers.open(place).exchange.answer
    assert exchange.answer is not None
    assert opened is not None
    assert opened.outcome is exchange.answer.outcome is Outcome.UNREADABLE
    ids = set(re.findall(rb"<mRID>([^<]+)</mRID>", b"".join(p.file().read_bytes() for p in exchange.answer.parts)))
    data = place.read_bytes()
    assert Scanner({str(each): {each} for each in ids if len(each) > 7}).names_in(data) == set()


def test_it_is_opened_as_it_was(house: House, carry: Carry, place: Path) -> None:
    exchange = carry("RetrieveCleanBidSet", RETRIEVE)
    house.dossiers.save(exchange, place, Hidden(), overwrite=False)
    dossier = house.dossiers.open(place)
    opened = dossier.exchange
    assert opened.call.payload == exchange.call.payload
    assert (opened.id, opened.call.target, opened.operation) == (exchange.id, exchange.call.target, exchange.operation)
    assert opened.response is not None
    assert exchange.response is not None
    assert opened.response.timings == exchange.response.timings
    assert exchange.response.tls is not None
    assert opened.response.tls == told(exchange.response.tls)
    assert opened.certificate is not None
    assert opened.certificate.subject == "CN=User 1,OU=people,O=CAISO,C=US"
    assert opened.answer is not None
    assert exchange.answer is not None
    assert opened.answer.counts == exchange.answer.counts
    assert "10.1" in dossier.catalogue
    assert dossier.verdict.startswith("success")
    (played,) = read_playback(dossier.folder)
    assert played.path == "/sst/sibr/RetrieveCleanBidSet_SIBRv4_AP"
    assert played.body == opened.response.body


def test_a_call_without_an_answer_is_saved_with_what_went_wrong(
    house: House, carry: Carry, simulator: Simulator, place: Path
) -> None:
    simulator.arrange(fault.CutOff(None))
    house.dossiers.save(carry("SubmitRawBidSet", SUBMIT), place, Hidden(), overwrite=False)
    opened = house.dossiers.open(place).exchange
    assert opened.response is None
    assert opened.fate is Fate.UNKNOWN
    assert opened.failure is not None
    assert opened.failure.title == "Connection cut off"


def test_a_file_that_is_there_is_left(house: House, carry: Carry, place: Path) -> None:
    place.write_bytes(b"mine")
    with pytest.raises(StorageError, match="there already"):
        house.dossiers.save(carry("RetrieveCleanBidSet", RETRIEVE), place, Hidden(), overwrite=False)
    assert place.read_bytes() == b"mine"


def test_the_readme_says_what_is_not_as_it_was(house: House, carry: Carry, place: Path) -> None:
    house.dossiers.save(carry("SubmitRawBidSet", SUBMIT), place, Hidden(market=True), overwrite=False)
    with zipfile.ZipFile(place) as zipped:
        assert zipped.namelist()[0] == "README.txt"
        text = zipped.read("README.txt").decode()
    assert "user names (1)" in text
    assert "scheduling coordinators (1)" in text
    assert "caiso exchange show" in text


def _with(place: Path, change: Callable[[dict[str, bytes]], object]) -> Path:
    with zipfile.ZipFile(place) as zipped:
        files = {name: zipped.read(name) for name in zipped.namelist()}
    change(files)
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, data in files.items():
            zipped.writestr(name, data)
    return place


def _facts(files: dict[str, bytes], **changes: object) -> None:
    files["exchange.json"] = json.dumps(json.loads(files["exchange.json"]) | changes).encode()


BAD: dict[str, tuple[Callable[[dict[str, bytes]], object], str]] = {
    "slip": (lambda files: files.update({"../evil": b"x"}), "no part of a saved exchange"),
    "absolute": (lambda files: files.update({"/etc/evil": b"x"}), "no part of a saved exchange"),
    "too many": (lambda files: files.update({f"f{n}": b"" for n in range(20)}), "27 files|26 files"),
    "another file": (lambda files: files.update({"run.exe": b"x"}), "no part of a saved exchange"),
    "newer": (lambda files: _facts(files, version=2), "newer version of the program"),
    "other": (lambda files: _facts(files, format="x"), "no saved exchange"),
    "no facts": (lambda files: files.pop("exchange.json"), "no saved exchange"),
    "facts broken": (lambda files: files.update({"exchange.json": b"{"}), "damaged"),
    "facts odd": (lambda files: _facts(files, exchange={}), "makes no sense"),
    "facts odder": (lambda files: _facts(files, exchange=[], replaced=3), "makes no sense"),
    "changed": (lambda files: files.update({"payload.xml": b"<other/>"}), "changed after it was saved"),
    "file gone": (lambda files: files.pop("answer.bin"), "lacks answer.bin"),
    "deep": (lambda files: files.update({"exchange.json": b"[" * 100_000}), "damaged"),
}


@pytest.fixture
def saved(house: House, carry: Carry, place: Path) -> Path:
    house.dossiers.save(carry("RetrieveCleanBidSet", RETRIEVE), place, Hidden(), overwrite=False)
    return place


@pytest.mark.parametrize("how", BAD)
def test_a_bad_zip_is_told_in_a_sentence_and_leaves_nothing(house: House, saved: Path, how: str) -> None:
    change, words = BAD[how]
    before = _answers(house)
    with pytest.raises(DossierError, match=words):
        house.dossiers.open(_with(saved, change))
    assert _answers(house) == before


def _answers(house: House) -> set[str]:
    return {each.name for each in (house.places.data / "answers").iterdir()}


def test_what_is_no_zip_damaged_or_gone_is_told(house: House, saved: Path, tmp_path: Path) -> None:
    whole = saved.read_bytes()
    for data in (b"", b"PK\x03\x04 and then nothing", whole[: len(whole) // 2], whole[:200] + b"\0" * 50 + whole[250:]):
        saved.write_bytes(data)
        with pytest.raises(DossierError, match="damaged"):
            house.dossiers.open(saved)
    with pytest.raises(DossierError, match="not there"):
        house.dossiers.open(tmp_path / "nowhere.zip")


def test_a_bomb_is_put_out(house: House, saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "GRACE", 1 << 20)
    bomb = _with(saved, lambda files: files.update({"request.bin": bytes(64 << 20)}))
    with pytest.raises(DossierError, match="times its size"):
        house.dossiers.open(bomb)


def test_a_zip_of_the_simulator_is_played_from_where_it_lies(house: House, saved: Path, tmp_path: Path) -> None:
    folder = tmp_path / "unpacked"
    shutil.unpack_archive(saved, folder, "zip")
    (played,) = read_playback(folder)
    assert played.body.parent == folder
    assert played.body.read_bytes()


def test_a_call_of_the_past_is_saved_without_its_user(house: House, carry: Carry, place: Path) -> None:
    exchange = carry("RetrieveCleanBidSet", RETRIEVE)
    entry = house.journal.find(exchange.id)
    assert entry is not None
    again = house.look_back.exchange(entry)
    assert again.certificate is not None
    assert again.certificate.der == b""
    house.dossiers.save(again, place, Hidden(), overwrite=False)
    opened = house.dossiers.open(place).exchange
    assert exchange.answer is not None
    assert opened.answer is not None
    assert opened.answer.counts == exchange.answer.counts
    assert Scanner(USERS).names_in(place.read_bytes()) == set()


def test_a_procedure_s_document_is_redacted_in_its_escapes(house: House, identity: IdentityRef, place: Path) -> None:
    def called(procedure: str, batch: str) -> Exchange:
        target = Target("ads", "APIWebService", "v7", Variant.RPC, procedure=procedure)
        root = etree.fromstring(house.payloads.skeleton(target, "simulator").encode())
        root[0].text = batch
        call = Call("simulator", target, etree.tostring(root), identity)
        return house.courier.carry(call, CancelToken(), ignore_progress)

    def report(exchange: Exchange) -> bytes:
        assert exchange.answer is not None
        assert exchange.answer.report is not None
        return exchange.answer.report.read_bytes()

    batches = re.findall(rb'batchUID="([^"]+)"', report(called("getDispatchBatchesSinceUID", "-1")))
    exchange = called("getDispatchBatch", batches[-1].decode())
    found = re.findall(rb"<resourceId>([^<]{8,})<", report(exchange))
    assert found
    names = Scanner({str(each): {each} for each in found})
    assert names.names_in(exchange.request.body.with_name("response").read_bytes()), "the positive control"
    house.dossiers.save(exchange, place, Hidden(market=True), overwrite=False)
    assert names.names_in(place.read_bytes()) == set()
    opened = house.dossiers.open(place).exchange
    assert opened.answer is not None
    assert exchange.answer is not None
    assert (opened.answer.outcome, opened.answer.counts) == (exchange.answer.outcome, exchange.answer.counts)
    assert b"<resourceId>RESOURCE_0001<" in report(opened)


@pytest.mark.parametrize("after", ["Looking", "Packing"])
def test_saving_that_is_stopped_leaves_nothing(
    house: House,
    carry: Carry,
    simulator: Simulator,
    tmp_path: Path,
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    after: str,
) -> None:
    simulator.arrange(fault.HugeReport(2_000_000))
    exchange = carry("RetrieveCleanBidSet", RETRIEVE)
    before = _answers(house)
    monkeypatch.setattr(binding, "_TOLD", 1 << 16)
    token, told = CancelToken(), []

    def tell(words: str) -> None:
        told.append(words)
        if words.startswith(after):
            token.cancel()

    with pytest.raises(Cancelled, match="was not saved"):
        house.dossiers.save(exchange, place, Hidden(), overwrite=False, token=token, tell=tell)
    assert told[-1].startswith(after)
    assert _answers(house) == before
    assert list(tmp_path.iterdir()) == []
    assert house.dossiers.save(exchange, place, Hidden(), overwrite=False)


def test_what_is_too_large_to_be_looked_through_is_not_saved(
    house: House, carry: Carry, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange = carry("RetrieveCleanBidSet", RETRIEVE)
    monkeypatch.setattr(binding, "MOST_BYTES", 1000)
    with pytest.raises(TooLarge, match=r"documents are larger"):
        house.dossiers.save(exchange, place, Hidden(), overwrite=False)
    monkeypatch.undo()
    monkeypatch.setattr(packed, "MOST_BYTES", 1000)
    with pytest.raises(TooLarge, match="holds a document"):
        house.dossiers.save(exchange, place, Hidden(), overwrite=False)
    assert not place.exists()
