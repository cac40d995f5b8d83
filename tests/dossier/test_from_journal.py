"""An exchange that is saved from the journal tells what one tells that has just been made, and no more secrets."""

import base64
import json
import re
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from caiso_desktop.assembly.house import House
from caiso_desktop.dossier.binding import documents_of
from caiso_desktop.model.call import Call
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.dossier import Hidden
from caiso_desktop.model.error import Fate, StorageError
from caiso_desktop.model.evidence import DIRECT, LACKING
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.guard import hash_of
from caiso_desktop.model.identity import IdentityRef
from caiso_desktop.model.journal import Ending, Entry
from caiso_desktop.model.kept_header import NOT_KEPT
from caiso_desktop.model.playback import FILE, Recorded, read_playback, write_playback
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.model.source import PayloadFile
from caiso_desktop.model.transport import ignore_progress
from caiso_desktop.simulator import fault
from caiso_desktop.simulator.server import Simulator
from tests.dossier.conftest import PERSON, RETRIEVE, SUBMIT
from tests.secret.scan import Scanner, of_text

Carry = Callable[..., Exchange]
KINDS = [
    pytest.param("RetrieveCleanBidSet", RETRIEVE, Variant.AP, None, id="retrieve"),
    pytest.param("RetrieveCleanBidSet", RETRIEVE, Variant.DOCATTACH, None, id="attachment"),
    pytest.param("SubmitRawBidSet", SUBMIT, Variant.DOCATTACH, None, id="submit"),
    pytest.param("RetrieveCleanBidSet", RETRIEVE, Variant.AP, fault.NotEntitled(), id="fault"),
    pytest.param("RetrieveCleanBidSet", RETRIEVE, Variant.AP, fault.WrongHash(), id="wrong hash"),
    pytest.param("RetrieveCleanBidSet", RETRIEVE, Variant.AP, fault.CutOff(None), id="cut off"),
    pytest.param("RetrieveCleanBidSet", RETRIEVE, Variant.AP, fault.HtmlPage(), id="page"),
]
SECRET_HEADERS = {
    "Set-Cookie": "LtpaToken2=c29tZXRoaW5nLXNlY3JldA; Path=/",
    "X-Auth-Token": "tok-5f3759df-5f3759df",
    "WWW-Authenticate": "Negotiate oYG1MIGyoAMKAQCiggGnBIIBoz",
    "Proxy-Authenticate": 'NTLM TlRMTVNTUAACAAAAHgAeADgAAAA"',
    "Location": "https://portal.example.com/in?ticket=ST-4711-hushhush",
    "Authentication-Info": 'nextnonce="9a8b7c6d5e4f3a2b"',
}
HARMLESS_HEADERS = {"Server": "Apache/2.4.57 (Unix)", "Cache-Control": "no-store"}


def past(house: House, exchange: Exchange) -> Exchange:
    return house.look_back.exchange(entry_of(house, exchange))


def entry_of(house: House, exchange: Exchange) -> Entry:
    entry = house.journal.find(exchange.id)
    assert entry is not None
    return entry


def files_of(place: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(place) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


@pytest.mark.parametrize("market", [False, True])
@pytest.mark.parametrize(("service", "payload", "variant", "broken"), KINDS)
def test_both_zips_are_the_same(
    house: House,
    carry: Carry,
    simulator: Simulator,
    tmp_path: Path,
    service: str,
    payload: bytes,
    variant: Variant,
    broken: fault.Fault | None,
    market: bool,
) -> None:
    if broken is not None:
        simulator.arrange(broken)
    exchange = carry(service, payload, variant)
    own, remembered = tmp_path / "own.zip", tmp_path / "remembered.zip"
    house.dossiers.save(exchange, own, Hidden(market=market), overwrite=False)
    house.dossiers.save(past(house, exchange), remembered, Hidden(market=market), overwrite=False)
    first, second = files_of(own), files_of(remembered)
    facts = [json.loads(each.pop("exchange.json")) for each in (first, second)]
    assert first == second
    for each in facts:
        each["exchange"]["response"] is None or each["exchange"]["response"].pop("started")
        each["exchange"] |= {"tries": 1, "earlier": []}  # each is a call of its own in the journal
    assert facts[0] == facts[1]
    told = facts[1]["exchange"]
    assert told["certificate"]["serial"]
    assert told["key_place"].startswith("in this program's memory")
    assert ["SOAPAction" in name for name, _ in told["request"]["headers"]].count(True) == 1
    assert told["lacks"] == []
    if told["response"] is not None:
        assert told["response"]["tls"]["version"] == "TLSv1.3"
        assert len(told["response"]["tls"]["links"]) == 2
        assert all(link["thumbprint"] and link["serial"] for link in told["response"]["tls"]["links"])
        assert told["way"] == DIRECT


def test_what_is_opened_shows_the_same(house: House, carry: Carry, place: Path) -> None:
    exchange = carry("RetrieveCleanBidSet", RETRIEVE)
    remembered = past(house, exchange)
    house.dossiers.save(remembered, place, Hidden(), overwrite=False)
    dossier = house.dossiers.open(place)
    opened = dossier.exchange
    assert opened.response is not None
    assert remembered.response is not None
    assert opened.response.tls == remembered.response.tls
    assert opened.response.headers == remembered.response.headers
    assert opened.request.headers == remembered.request.headers == exchange.request.headers
    assert (opened.key_place, opened.way) == (exchange.key_place, DIRECT)
    assert dossier.catalogue == house.catalogue.edition
    assert dossier.verdict == "success. The attachment's hash is right"


@pytest.fixture
def chatty(house: House, simulator: Simulator, carry: Carry, tmp_path: Path) -> Iterator[Exchange]:
    """A call whose answer has headers with secrets in them."""
    exchange = carry("RetrieveCleanBidSet", RETRIEVE)
    assert exchange.response is not None
    place = tmp_path / "played"
    place.mkdir()
    (place / "payload.xml").write_bytes(RETRIEVE)
    (place / "answer.bin").write_bytes(exchange.response.body.read_bytes())
    kind = exchange.response.header("Content-Type") or ""
    headers = (("Content-Type", kind), *HARMLESS_HEADERS.items(), *SECRET_HEADERS.items())
    path = exchange.request.url.partition("/sst")[2]
    call = Recorded(f"/sst{path}", place / "payload.xml", 200, "OK", headers, place / "answer.bin")
    (place / FILE).write_text(write_playback([call]))
    simulator.control.play(place)
    yield carry("RetrieveCleanBidSet", RETRIEVE)
    simulator.control.stop_playing()


def test_no_secret_of_a_header_reaches_the_record_nor_the_zip(
    house: House, chatty: Exchange, place: Path, tmp_path: Path
) -> None:
    values = {name: of_text(re.split(r"[ =]", value, maxsplit=1)[-1]) for name, value in SECRET_HEADERS.items()}
    scanner = Scanner(values)
    assert chatty.response is not None
    assert scanner.names_in(repr(chatty.response.headers).encode()) == set(values), "the positive control"
    for exchange in (past(house, chatty), chatty):
        house.dossiers.save(exchange, place, Hidden(), overwrite=True)
        assert scanner.names_in(place.read_bytes()) == set()
        opened = house.dossiers.open(place)
        assert opened.exchange.response is not None
        told = dict(opened.exchange.response.headers)
        assert {name: told[name] for name in HARMLESS_HEADERS} == HARMLESS_HEADERS
        assert {name: told[name] for name in SECRET_HEADERS} == dict.fromkeys(SECRET_HEADERS, NOT_KEPT)
        (played,) = read_playback(opened.folder)
        assert not {name for name, _ in played.headers} & set(SECRET_HEADERS)
        assert set(HARMLESS_HEADERS.items()) <= set(played.headers)
    assert scanner.scan(house.places.data / "run") == []
    journal = next(house.places.data.glob("caiso-desktop*.sqlite"))
    house.journal.verify()
    assert b"Apache/2.4.57" in journal.read_bytes()
    assert scanner.names_in(journal.read_bytes()) == set()


def test_no_token_signature_or_key_reaches_the_record(
    house: House, carry: Carry, identity: IdentityRef, tmp_path: Path
) -> None:
    exchange = carry("SubmitRawBidSet", SUBMIT)
    body = exchange.request.body.read_bytes()
    found = {
        name: re.search(rb"<[\w:]*" + name.encode() + rb"[^>]*>([^<]+)<", body)
        for name in ("Nonce", "BinarySecurityToken", "SignatureValue")
    }
    secrets = {name: {each[1].strip()[:40]} for name, each in found.items() if each is not None}
    scanner = Scanner(secrets)
    assert scanner.names_in(body) == {"Nonce", "BinarySecurityToken", "SignatureValue"}, "the positive control"
    assert entry_of(house, exchange).ending is not None
    assert scanner.names_in(next(house.places.data.glob("caiso-desktop*.sqlite")).read_bytes()) == set()
    assert exchange.certificate is not None
    kept = entry_of(house, exchange).ending
    assert kept is not None
    assert kept.evidence is not None
    assert kept.evidence.circumstances.certificate == replace(exchange.certificate, der=b"", chain=())
    whole = base64.b64encode(exchange.certificate.der)[40:80]
    assert Scanner({"DER": {whole, exchange.certificate.der[40:80]}}).names_in(body) == {"DER"}
    assert Scanner({"DER": {whole, exchange.certificate.der[40:80]}}).scan(house.places.data / "run") == []


def test_an_old_record_says_what_it_lacks(house: House, carry: Carry, place: Path) -> None:
    exchange = carry("RetrieveCleanBidSet", RETRIEVE)
    entry = entry_of(house, exchange)
    assert entry.ending is not None
    old = replace(entry, ending=replace(entry.ending, evidence=None))
    remembered = house.look_back.exchange(old)
    assert remembered.lacks == LACKING
    house.dossiers.save(remembered, place, Hidden(), overwrite=False)
    dossier = house.dossiers.open(place)
    assert dossier.exchange.lacks == LACKING
    readme = files_of(place)["README.txt"].decode()
    assert "Of this call the journal does not tell: headers, the secure connection" in readme
    assert Scanner({"person": of_text(PERSON)}).names_in(place.read_bytes()) == set()
    assert dossier.exchange.answer is not None, "it can be read all the same"


def test_a_call_that_a_crash_has_left_says_so_too(house: House, carry: Carry, place: Path) -> None:
    exchange = carry("SubmitRawBidSet", SUBMIT)
    crashed = replace(entry_of(house, exchange), ending=Ending(datetime.now(UTC), Fate.UNKNOWN, failure="It crashed."))
    house.dossiers.save(house.look_back.exchange(crashed), place, Hidden(), overwrite=False)
    opened = house.dossiers.open(place).exchange
    assert opened.lacks == LACKING
    assert opened.fate is Fate.UNKNOWN


def large(payload: bytes) -> bytes:
    """The same payload, so large that it lies in a file."""
    return payload.replace(b"<MessagePayload>", b"<!--" + b" filling" * 300_000 + b"--><MessagePayload>", 1)


@pytest.mark.parametrize("variant", [Variant.AP, Variant.DOCATTACH])
def test_a_retrieve_with_a_payload_in_a_file_is_exported_whole(
    house: House, identity: IdentityRef, simulator: Simulator, tmp_path: Path, place: Path, variant: Variant
) -> None:
    _export_whole(house, Target("sibr", "RetrieveCleanBidSet", "v4", variant), large(RETRIEVE), identity, tmp_path)


def test_a_submit_with_a_payload_in_a_file_is_exported_whole(
    house: House, identity: IdentityRef, simulator: Simulator, tmp_path: Path
) -> None:
    _export_whole(house, Target("sibr", "SubmitRawBidSet", "v4", Variant.AP), large(SUBMIT), identity, tmp_path)


def test_a_procedure_with_a_payload_in_a_file_is_exported_whole(
    house: House, identity: IdentityRef, simulator: Simulator, tmp_path: Path
) -> None:
    target = Target("ads", "APIWebService", "v7", Variant.RPC, procedure="getDispatchBatchesSinceUID")
    root = etree.fromstring(house.payloads.skeleton(target, "simulator").encode())
    root[0].text = "-1"
    root.append(etree.Comment(" filling" * 300_000))
    _export_whole(house, target, etree.tostring(root), identity, tmp_path)


def _export_whole(house: House, target: Target, payload: bytes, identity: IdentityRef, folder: Path) -> None:
    file = folder / "large.xml"
    file.write_bytes(payload)
    source = PayloadFile.of(file)
    call = Call("simulator", target, source, identity, despite=hash_of(source))
    exchange = house.courier.carry(call, CancelToken(), ignore_progress)
    assert exchange.succeeded, exchange.failure
    file.unlink()  # the user's own file is nobody's archive
    remembered = past(house, exchange)
    assert isinstance(remembered.call.payload, PayloadFile)
    for number, each in enumerate((remembered, exchange)):
        place = folder / f"{number}.zip"
        house.dossiers.save(each, place, Hidden(), overwrite=False)
        assert files_of(place)["payload.xml"] == payload
        opened = house.dossiers.open(place).exchange
        assert isinstance(opened.call.payload, PayloadFile), "nor is it held when it is opened"
        assert opened.answer is not None
        assert exchange.answer is not None
        assert opened.answer.counts == exchange.answer.counts


def test_a_payload_in_a_file_of_which_the_journal_has_no_copy_any_more(
    house: House, identity: IdentityRef, simulator: Simulator, tmp_path: Path, place: Path
) -> None:
    file = tmp_path / "large.xml"
    file.write_bytes(large(RETRIEVE))
    source = PayloadFile.of(file)
    target = Target("sibr", "RetrieveCleanBidSet", "v4", Variant.AP)
    call = Call("simulator", target, source, identity, despite=hash_of(source))
    exchange = house.courier.carry(call, CancelToken(), ignore_progress)
    remembered, entry = past(house, exchange), entry_of(house, exchange)

    class Deletes:
        """Retention comes between the two questions."""

        def find(self, exchange: str) -> Entry | None:
            return entry

        def payload_into(self, call: int, path: Path) -> PayloadFile:
            house.memory.keeper.delete_now(records=True)
            return house.journal.payload_into(call, path)

    folder = tmp_path / "made"
    folder.mkdir()
    assert documents_of(exchange, entry, Deletes(), folder)["payload.xml"].read_bytes() == large(RETRIEVE)
    house.dossiers.save(exchange, place, Hidden(), overwrite=False)
    assert files_of(place)["payload.xml"] == large(RETRIEVE)
    place.unlink()
    file.write_bytes(large(RETRIEVE).replace(b"filling", b"another"))
    with pytest.raises(StorageError, match=r"no longer kept: .*large\.xml is another file by now") as refused:
        house.dossiers.save(exchange, place, Hidden(), overwrite=False)
    assert "Nothing was saved" in refused.value.advice
    file.unlink()
    with pytest.raises(StorageError, match=r"no longer kept: .* could not be read"):
        house.dossiers.save(exchange, place, Hidden(), overwrite=False)
    assert not place.exists()
    house.dossiers.save(remembered, place, Hidden(), overwrite=False)
    assert files_of(place)["payload.xml"] == large(RETRIEVE), "the answer's folder has a copy too"


def test_what_an_older_version_saved_is_shown_as_far_as_it_goes(house: House, carry: Carry, place: Path) -> None:
    exchange = carry("RetrieveCleanBidSet", RETRIEVE)
    assert exchange.response is not None
    assert exchange.response.tls is not None
    house.dossiers.save(exchange, place, Hidden(), overwrite=False)
    files = files_of(place)
    facts = json.loads(files["exchange.json"])
    told = facts["exchange"]
    response = told["response"]
    response["way"] = told.pop("way")
    for name in ("key_place", "lacks"):
        del told[name]
    del facts["verdict"]
    for link, real in zip(response["tls"]["links"], exchange.response.tls.links, strict=True):
        for name in ("serial", "since", "thumbprint"):
            del link[name]
        link["der"] = base64.b64encode(real.der).decode()
    files["exchange.json"] = json.dumps(facts).encode()
    with zipfile.ZipFile(place, "w") as zipped:
        for name, data in files.items():
            zipped.writestr(name, data)
    dossier = house.dossiers.open(place)
    opened = dossier.exchange
    assert opened.response is not None
    assert opened.response.tls is not None
    assert [link.thumbprint for link in opened.response.tls.links] == [
        link.thumbprint for link in exchange.response.tls.links
    ]
    assert (opened.way, opened.key_place, opened.lacks) == (DIRECT, "", ())
    assert dossier.verdict.startswith("success")


def test_the_journal_s_table_of_circumstances_stays_small(house: House, carry: Carry) -> None:
    for _ in range(3):
        entry_of(house, carry("RetrieveCleanBidSet", RETRIEVE))
    with closing(sqlite3.connect(next(house.places.data.glob("caiso-desktop*.sqlite")))) as connection:
        (rows,) = connection.execute("SELECT count(*) FROM circumstances").fetchone()
    assert rows <= 3, "one for an answer, one for none"
