"""The courier with the real catalogue and envelope, and a transport without a network."""

import hashlib
import random
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from caiso_desktop.catalogue.load import load
from caiso_desktop.courier import CallCourier
from caiso_desktop.keystore.memory import MemoryIdentity, MemoryKeystore
from caiso_desktop.model.answer import Outcome, Severity
from caiso_desktop.model.call import Call, Door, Problem
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import (
    CaisoError,
    Cancelled,
    CatalogueError,
    Fate,
    GuardError,
    HostNotApproved,
    IdentityError,
    PayloadError,
    PayloadInvalid,
    StorageError,
)
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.identity import Hash, IdentityRef, Padding, Signer, Trust
from caiso_desktop.model.journal import Entry, Filter, Standing
from caiso_desktop.model.judgement import Conformity, Judge, Judged, Judgement
from caiso_desktop.model.provenance import Ground, Provenance
from caiso_desktop.model.service import Environment, Kind, Target, Variant
from caiso_desktop.model.source import FileSource, PayloadFile, bytes_of
from caiso_desktop.model.transport import Request, ignore_progress
from caiso_desktop.model.transport_error import TimedOut
from caiso_desktop.store.chain import HeadNote
from caiso_desktop.store.database import Database
from caiso_desktop.store.format import STEPS
from caiso_desktop.store.journal import CallJournal, prepare
from caiso_desktop.store.known_host import ApprovedHosts
from caiso_desktop.store.run import Runs
from caiso_desktop.store.setting import FileSettings
from caiso_desktop.wire.fake import Canned, FakeTransport

RETRIEVE = Target("sibr", "RetrieveCleanBidSet", "v4", Variant.DOCATTACH)
SUBMIT = Target("sibr", "SubmitRawBidSet", "v4", Variant.DOCATTACH)
PAYLOAD = b"<RequestCleanBidSet xmlns='http://www.caiso.com/soa/RequestCleanBidSet_v4.xsd#'/>"
REPORT = (
    b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
    b"<CleanBidSet xmlns='http://www.caiso.com/soa/CleanBidSet_v4.xsd#'><MessagePayload><CleanBid/></MessagePayload>"
    b"</CleanBidSet></e:Body></e:Envelope>"
)


class Folders:
    """A shelf whose folders are numbered."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    def new(self) -> Path:
        self._count += 1
        path = self._folder / f"exchange-{self._count}"
        path.mkdir()
        return path


@pytest.fixture(scope="module")
def keystore() -> MemoryKeystore:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Jane Doe x1234")])
    start = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    store = MemoryKeystore("memory")
    store.add(
        certificate.public_bytes(serialization.Encoding.PEM),
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    )
    return store


@pytest.fixture(scope="module")
def identity(keystore: MemoryKeystore) -> MemoryIdentity:
    (found,) = keystore.identities()
    assert isinstance(found, MemoryIdentity)
    return found


Answers = Sequence[Canned | CaisoError | Callable[[Request], Canned | CaisoError]]


class Desk:
    """A courier and what it was given."""

    def __init__(
        self,
        resources: Path,
        folder: Path,
        keystore: MemoryKeystore,
        answers: Answers,
        folders: Folders | None = None,
        judge: Judge | None = None,
    ) -> None:
        self.transport = FakeTransport(answers)
        note = HeadNote(folder / "journal.head")
        self.runs = Runs(folder / "run")
        self.database = Database(folder / "journal.sqlite", STEPS, prepare=partial(prepare, note=note))
        self.journal = CallJournal(self.database, self.runs, note)
        elsewhere = Environment("elsewhere", "Elsewhere", "a test", guarded=False)
        bases = {"sibr": "https://market.example.com/sst/sibr/"}
        self.hosts = ApprovedHosts(FileSettings(folder / "settings.json"))
        self.courier = CallCourier(
            load(resources / "catalogue").with_environment(elsewhere, bases),
            self.transport,
            [keystore],
            folders or Folders(folder),
            lambda environment: Trust(),
            self.journal,
            hosts=self.hosts,
            judge=judge,
        )

    def carry(self, call: Call) -> Exchange:
        return self.courier.carry(call, CancelToken(), ignore_progress)

    def recorded(self) -> list[Entry]:
        """Every call in the journal, newest first."""
        return list(self.journal.all(Filter()))

    def close(self) -> None:
        self.database.close()
        self.runs.close()


OpenDesk = Callable[[Answers], Desk]


@pytest.fixture
def open_desk(resources: Path, tmp_path: Path, keystore: MemoryKeystore) -> Iterator[OpenDesk]:
    opened: list[Desk] = []

    def make(answers: Answers) -> Desk:
        opened.append(Desk(resources, tmp_path, keystore, answers))
        return opened[-1]

    yield make
    for desk in opened:
        desk.close()


def test_a_retrieve_goes_to_its_address_with_only_its_environment_s_hosts(
    open_desk: OpenDesk, identity: MemoryIdentity
) -> None:
    desk = open_desk([Canned(REPORT)])
    exchange = desk.carry(Call("map-stage", RETRIEVE, PAYLOAD, identity.ref))
    (request,) = desk.transport.requests
    assert request.url == "https://wsmap.caiso.com/sst/sibr/RetrieveCleanBidSet_SIBRv4_DocAttach_AP"
    assert ("wsmap.caiso.com", 443) in request.hosts
    assert not any(host == "ws.caiso.com" for host, _ in request.hosts)
    assert request.identity is not None
    assert request.identity.ref == identity.ref
    assert exchange.succeeded
    assert exchange.fate is Fate.ANSWERED
    assert exchange.answer is not None
    assert exchange.answer.counts == (("CleanBid", 1),)
    assert exchange.request.body.read_bytes() == request.body
    assert exchange.certificate == identity.certificate


def test_each_carry_is_signed_anew(open_desk: OpenDesk, identity: MemoryIdentity) -> None:
    desk = open_desk([Canned(REPORT), Canned(REPORT)])
    call = Call("map-stage", RETRIEVE, PAYLOAD, identity.ref)
    first, second = desk.carry(call), desk.carry(call)
    one, other = (request.body for request in desk.transport.requests)
    assert one != other
    assert first.id != second.id


@pytest.mark.parametrize("environment", ["production", "production-ecn"])
def test_a_submit_to_the_real_market_is_refused_before_anything_is_made(
    environment: str, open_desk: OpenDesk, identity: MemoryIdentity, tmp_path: Path
) -> None:
    desk = open_desk([])
    with pytest.raises(GuardError, match=r"changes the real market of .* wants 'PRODUCTION' typed first"):
        desk.carry(Call(environment, SUBMIT, b"<RawBidSet/>", identity.ref))
    assert desk.transport.requests == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030"])
@pytest.mark.parametrize("environment", ["production", "map-stage"])
def test_a_simulator_s_own_shape_never_leaves_for_caiso(
    open_desk: OpenDesk, identity: MemoryIdentity, environment: str, encoding: str
) -> None:
    own = f"<?xml version='1.0' encoding='{encoding}'?><RawBidSet xmlns='urn:caiso-desktop:simulator:RawBidSet_v4'/>"
    desk = open_desk([])
    call = Call(environment, SUBMIT, own.encode(encoding), identity.ref)
    with pytest.raises(GuardError, match="simulator's own shape"):
        desk.carry(call)
    if environment == "production":
        with pytest.raises(GuardError, match="simulator's own shape"):
            desk.courier.sheet(call)
    assert desk.transport.requests == []
    assert desk.recorded() == []


class Opinion:
    """A judge whose judgement stands before it has seen anything."""

    def __init__(self, judgement: Judgement) -> None:
        self.judgement = judgement
        self.judged: list[object] = []

    def validate(
        self, payload: Judged, target: Target, environment: str, token: CancelToken | None = None
    ) -> Judgement:
        self.judged.append(payload)
        return self.judgement


BROKEN = Judgement(
    Conformity.INVALID,
    (Problem(Severity.ERROR, 3, 7, "<quantity>: “x” is no number."), Problem(Severity.ERROR, 9, 1, "again")),
    2,
    provenance=Provenance(Ground.IMPORTED, "SIBR.zip"),
)
RAW = b"<RawBidSet xmlns='http://www.caiso.com/soa/RawBidSet_v4.xsd#'><quantity>x</quantity></RawBidSet>"


def test_what_breaks_its_schema_leaves_after_one_word_and_the_journal_keeps_it(
    resources: Path, tmp_path: Path, keystore: MemoryKeystore, identity: MemoryIdentity
) -> None:
    judge = Opinion(BROKEN)
    desk = Desk(resources, tmp_path, keystore, [Canned(REPORT)], judge=judge)
    call = Call("map-stage", SUBMIT, RAW, identity.ref)
    with pytest.raises(PayloadInvalid, match="2 problems") as raised:
        desk.carry(call)
    assert (raised.value.line, raised.value.column) == (3, 7)
    assert "SIBR.zip" in raised.value.detail
    with pytest.raises(PayloadInvalid):
        desk.carry(replace(call, despite=hashlib.sha256(b"another").hexdigest()))
    assert (desk.transport.requests, desk.recorded()) == ([], [])
    desk.carry(replace(call, despite=raised.value.payload_hash))
    (entry,) = desk.recorded()
    assert (entry.record.conformity, entry.record.problems, entry.record.confirmed) == ("invalid", 2, True)
    assert desk.journal.verify().findings == ()
    desk.close()


@pytest.mark.parametrize(
    "judgement",
    [
        Judgement(Conformity.VALID, provenance=Provenance(Ground.IMPORTED)),
        Judgement(Conformity.NOT_CHECKED, why="no schema"),
    ],
)
def test_what_is_valid_or_not_checked_just_leaves(
    resources: Path, tmp_path: Path, keystore: MemoryKeystore, identity: MemoryIdentity, judgement: Judgement
) -> None:
    desk = Desk(resources, tmp_path, keystore, [Canned(REPORT)], judge=Opinion(judgement))
    desk.carry(Call("map-stage", SUBMIT, RAW, identity.ref))
    (entry,) = desk.recorded()
    assert (entry.record.conformity, entry.record.confirmed) == (str(judgement.conformity), False)
    desk.close()


def test_a_judgement_that_does_not_come_keeps_nothing_from_being_sent(
    resources: Path,
    tmp_path: Path,
    keystore: MemoryKeystore,
    identity: MemoryIdentity,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told_to_end = threading.Event()

    class Slow(Opinion):
        def validate(
            self, payload: Judged, target: Target, environment: str, token: CancelToken | None = None
        ) -> Judgement:
            assert token is not None
            token.on_cancel(told_to_end.set)
            told_to_end.wait(20)
            return self.judgement

    monkeypatch.setattr("caiso_desktop.courier.JUDGED_FOR", 0.05)
    desk = Desk(resources, tmp_path, keystore, [Canned(REPORT)], judge=Slow(BROKEN))
    desk.carry(Call("map-stage", SUBMIT, RAW, identity.ref))
    assert told_to_end.is_set()
    (entry,) = desk.recorded()
    assert (entry.record.conformity, entry.record.confirmed) == ("not checked", False)
    desk.close()


def test_the_sheet_shows_the_judgement_and_its_permit_is_the_word(
    resources: Path, tmp_path: Path, keystore: MemoryKeystore, identity: MemoryIdentity
) -> None:
    desk = Desk(resources, tmp_path, keystore, [Canned(REPORT)], judge=Opinion(BROKEN))
    call = Call("production", SUBMIT, RAW, identity.ref)
    sheet = desk.courier.sheet(call)
    assert sheet is not None
    assert sheet.invalid
    assert "2 problems" in sheet.verdict
    desk.carry(replace(call, permit=sheet.arm(sheet.word, datetime.now(UTC))))
    (entry,) = desk.recorded()
    assert entry.record.confirmed
    desk.close()


def test_a_retrieve_from_the_real_market_is_carried(open_desk: OpenDesk, identity: MemoryIdentity) -> None:
    desk = open_desk([Canned(REPORT)])
    assert desk.carry(Call("production", RETRIEVE, PAYLOAD, identity.ref)).succeeded


def test_without_a_certificate_or_with_one_nobody_knows_nothing_is_sent(open_desk: OpenDesk) -> None:
    desk = open_desk([])
    for identity in (None, IdentityRef("memory", "00"), IdentityRef("elsewhere", "00")):
        with pytest.raises(IdentityError):
            desk.carry(Call("map-stage", RETRIEVE, PAYLOAD, identity))
    assert desk.transport.requests == []


class GoneSigner:
    """A key on a card that was taken out."""

    def sign(self, digest: bytes, hash: Hash, padding: Padding) -> bytes:
        raise IdentityError("the card was taken out.")

    def supports(self, hash: Hash, padding: Padding) -> bool:
        return True


class GoneIdentity(MemoryIdentity):
    """A certificate whose key does not sign."""

    @property
    def signer(self) -> Signer:
        return GoneSigner()


class GoneKeystore(MemoryKeystore):
    """Opens one certificate, with a key that does not sign."""

    def __init__(self, identity: MemoryIdentity) -> None:
        super().__init__("memory")
        self._identity = identity

    def open(self, ref: IdentityRef) -> MemoryIdentity:
        return self._identity


def test_a_key_that_does_not_sign_leaves_a_record_of_a_call_that_was_not_sent(
    resources: Path, tmp_path: Path, identity: MemoryIdentity
) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    gone = GoneIdentity("memory", identity.certificate, key)
    desk = Desk(resources, tmp_path, GoneKeystore(gone), [])
    with pytest.raises(IdentityError, match="taken out"):
        desk.carry(Call("map-stage", RETRIEVE, PAYLOAD, gone.ref))
    (entry,) = desk.recorded()
    desk.close()
    assert entry.standing is Standing.NOT_SENT
    assert desk.transport.requests == []


class Blocked(Folders):
    """Folders in which something is in the way of the request."""

    def new(self) -> Path:
        folder = super().new()
        (folder / "request").mkdir()
        return folder


def test_a_request_that_cannot_be_kept_is_not_sent(
    resources: Path, tmp_path: Path, keystore: MemoryKeystore, identity: MemoryIdentity
) -> None:
    desk = Desk(resources, tmp_path, keystore, [], Blocked(tmp_path))
    with pytest.raises(StorageError, match="not sent"):
        desk.carry(Call("map-stage", RETRIEVE, PAYLOAD, identity.ref))
    (entry,) = desk.recorded()
    desk.close()
    assert entry.standing is Standing.NOT_SENT
    assert desk.transport.requests == []


def test_a_payload_that_is_no_xml_is_told_before_anything_is_sent(
    open_desk: OpenDesk, identity: MemoryIdentity
) -> None:
    desk = open_desk([])
    with pytest.raises(PayloadError, match=r"[Ll]ine 1"):
        desk.carry(Call("map-stage", RETRIEVE, b"<open>", identity.ref))
    assert desk.transport.requests == []


def test_an_environment_without_the_application_says_which_have_it(
    open_desk: OpenDesk, identity: MemoryIdentity
) -> None:
    desk = open_desk([])
    target = Target("cmri", "RetrieveMarketAwards", "v4", Variant.AP)
    with pytest.raises(CatalogueError, match=r"no web services in Sandbox.*production"):
        desk.carry(Call("sandbox", target, PAYLOAD, identity.ref))


@pytest.mark.parametrize(
    ("failure", "fate"),
    [
        (TimedOut("nothing came.", fate=Fate.UNKNOWN), Fate.UNKNOWN),
        (TimedOut("no connection.", fate=Fate.NOT_SENT), Fate.NOT_SENT),
        (Cancelled(fate=Fate.UNKNOWN), Fate.UNKNOWN),
        (StorageError("the disk is full.", fate=Fate.UNKNOWN), Fate.UNKNOWN),
    ],
)
def test_what_breaks_off_is_an_exchange_with_its_fate(
    failure: CaisoError,
    fate: Fate,
    open_desk: OpenDesk,
    identity: MemoryIdentity,
) -> None:
    desk = open_desk([failure])
    exchange = desk.carry(Call("map-stage", RETRIEVE, PAYLOAD, identity.ref))
    assert exchange.failure is failure
    assert exchange.fate is fate
    (entry,) = desk.recorded()
    assert entry.ending is not None
    assert entry.ending.fate is fate
    assert entry.ending.cancelled is isinstance(failure, Cancelled)
    assert entry.ending.failure == str(failure)
    assert [each.id for each in desk.journal.unknown()] == ([entry.id] if fate is Fate.UNKNOWN else [])
    assert not exchange.succeeded
    assert len(desk.transport.requests) == 1


def test_a_preview_sends_nothing(open_desk: OpenDesk, identity: MemoryIdentity, tmp_path: Path) -> None:
    desk = open_desk([])
    preview = desk.courier.preview(Call("production", RETRIEVE, PAYLOAD, identity.ref))
    assert preview.url == "https://ws.caiso.com/sst/sibr/RetrieveCleanBidSet_SIBRv4_DocAttach_AP"
    assert b"BinarySecurityToken" in preview.body
    assert desk.transport.requests == []
    assert list(tmp_path.iterdir()) == []


def test_an_answer_that_is_no_xml_is_an_answer_all_the_same(open_desk: OpenDesk, identity: MemoryIdentity) -> None:
    def page(request: Request) -> Canned:
        return Canned(b"<html><body>Gateway</body></html>", 502, "Bad Gateway", (("Content-Type", "text/html"),))

    desk = open_desk([page])
    exchange = desk.carry(Call("map-stage", RETRIEVE, PAYLOAD, identity.ref))
    assert exchange.answer is not None
    assert exchange.answer.outcome in (Outcome.ERROR, Outcome.UNREADABLE)
    assert exchange.answer.notes
    assert exchange.fate is Fate.ANSWERED


BIDS = b"""<RawBidSet xmlns='http://www.caiso.com/soa/RawBidSet_v4.xsd#'><MessagePayload><GeneratingBid>
<startTime>2026-03-10T07:00:00Z</startTime><stopTime>2026-03-10T08:00:00Z</stopTime>
<SchedulingCoordinator><mRID>SC01</mRID></SchedulingCoordinator><mw>50</mw>
</GeneratingBid></MessagePayload></RawBidSet>"""
RESULT = (
    b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
    b"<StandardOutput xmlns='http://www.caiso.com/soa/StandardOutput_v1.xsd#'><MessagePayload><EventLog>"
    b"<Batch><mRID>B-77</mRID></Batch><Event><id>1</id><result>SCSS0001</result></Event>"
    b"</EventLog></MessagePayload></StandardOutput></e:Body></e:Envelope>"
)


def test_a_call_is_recorded_before_it_leaves(open_desk: OpenDesk, identity: MemoryIdentity) -> None:
    seen: list[Entry] = []

    def look(request: Request) -> Canned:
        seen.extend(desk.recorded())
        return Canned(RESULT)

    desk = open_desk([look])
    exchange = desk.carry(Call("map-stage", SUBMIT, BIDS, identity.ref, door=Door.COMMAND_LINE))
    (under_way,) = seen
    assert under_way.standing is Standing.UNDER_WAY
    record = under_way.record
    assert (record.environment, record.host, record.kind) == ("map-stage", "wsmap.caiso.com", Kind.SUBMIT)
    assert (record.exchange, record.url, record.door) == (exchange.id, exchange.request.url, Door.COMMAND_LINE)
    assert (record.subject, record.thumbprint) == (identity.certificate.subject, identity.certificate.thumbprint)
    assert record.scheduling_coordinators == ("SC01",)
    assert [day.isoformat() for day in record.trade_dates] == ["2026-03-10"]
    assert record.message_id.encode() in bytes_of(desk.transport.requests[0].body)
    assert desk.journal.payload(under_way.id) == BIDS
    (done,) = desk.recorded()
    assert done.ending is not None
    assert (done.standing, done.ending.status, done.ending.batches) == (Standing.SUCCESS, 200, ("B-77",))
    assert done.ending.answer is not None
    assert done.ending.answer_hash == hashlib.sha256(done.ending.answer.read_bytes()).hexdigest()
    assert [each.id for each in desk.journal.search(Filter(text="B-77"))] == [done.id]
    assert desk.journal.verify().findings == ()


def test_a_large_submit_that_cannot_be_recorded_leaves_no_folder(
    open_desk: OpenDesk, identity: MemoryIdentity, tmp_path: Path
) -> None:
    desk = open_desk([])
    file = tmp_path / "large.xml"
    file.write_bytes(b"<RawBidSet>%b</RawBidSet>" % random.randbytes(100_000).hex().encode())
    with desk.database.writing() as connection:
        connection.execute("PRAGMA max_page_count = 1")
    with pytest.raises(StorageError, match="so it was not sent"):
        desk.carry(Call("map-stage", SUBMIT, PayloadFile.of(file), identity.ref))
    assert desk.transport.requests == []
    assert list(tmp_path.rglob("request*")) == []


def test_a_call_that_cannot_be_recorded_does_not_leave(open_desk: OpenDesk, identity: MemoryIdentity) -> None:
    desk = open_desk([])
    payload = PAYLOAD.replace(b"/>", b">%b</RequestCleanBidSet>" % random.randbytes(200_000).hex().encode())
    with desk.database.writing() as connection:
        connection.execute("PRAGMA max_page_count = 1")
    with pytest.raises(StorageError, match=r"disk is full.*so it was not sent"):
        desk.carry(Call("map-stage", RETRIEVE, payload, identity.ref))
    assert desk.transport.requests == []


def test_an_answer_whose_record_fails_is_kept_and_told(open_desk: OpenDesk, identity: MemoryIdentity) -> None:
    def fill(request: Request) -> Canned:
        with desk.database.writing() as connection:
            connection.execute("PRAGMA max_page_count = 1")
        much = random.randbytes(120_000).hex().encode()
        return Canned(REPORT.replace(b"<CleanBid/>", b"<CleanBid>%b</CleanBid>" % much))

    desk = open_desk([fill])
    exchange = desk.carry(Call("map-stage", RETRIEVE, PAYLOAD, identity.ref))
    assert exchange.answer is not None
    assert exchange.fate is Fate.ANSWERED
    assert isinstance(exchange.failure, StorageError)
    assert "what became of the call could not be recorded" in str(exchange.failure)


def test_a_fault_of_ours_is_recorded_as_not_known(open_desk: OpenDesk, identity: MemoryIdentity) -> None:
    def break_down(request: Request) -> Canned:
        raise RuntimeError("a fault in the program")

    desk = open_desk([break_down])
    with pytest.raises(RuntimeError):
        desk.carry(Call("map-stage", RETRIEVE, PAYLOAD, identity.ref))
    assert [each.standing for each in desk.journal.unknown()] == [Standing.UNKNOWN]


def test_the_sheet_shows_what_a_submit_says_and_its_permit_lets_it_through(
    open_desk: OpenDesk, identity: MemoryIdentity
) -> None:
    desk = open_desk([Canned(RESULT), Canned(RESULT)])
    first = Call("production", SUBMIT, BIDS, identity.ref)
    sheet = desk.courier.sheet(first)
    assert sheet is not None
    assert (sheet.word, sheet.host, sheet.reading.when) == ("SC01", "ws.caiso.com", "2026-03-10 HE 1")
    assert sheet.subject == identity.certificate.subject
    assert sheet.difference is None
    assert desk.carry(replace(first, permit=sheet.arm("SC01", datetime.now(UTC)))).succeeded
    (entry,) = desk.recorded()
    assert entry.record.typed == "SC01"
    second = desk.courier.sheet(replace(first, payload=BIDS.replace(b">50<", b">60<")))
    assert second is not None
    assert str(second.difference) == "1 changed"


def test_a_large_earlier_submit_is_compared_without_being_held(
    open_desk: OpenDesk, identity: MemoryIdentity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = open_desk([Canned(RESULT)])
    file = tmp_path / "bids.xml"
    file.write_bytes(BIDS.replace(b"<MessagePayload>", b"<MessagePayload><!--" + b" filling" * 300_000 + b"-->", 1))
    first = Call("production", SUBMIT, PayloadFile.of(file), identity.ref)
    sheet = desk.courier.sheet(first)
    assert sheet is not None
    assert desk.carry(replace(first, permit=sheet.arm("SC01", datetime.now(UTC)))).succeeded
    file.unlink()

    def hold(call: int) -> bytes:
        raise AssertionError("it was held")

    monkeypatch.setattr(desk.journal, "payload", hold)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    second = desk.courier.sheet(replace(first, payload=BIDS.replace(b">50<", b">60<")))
    assert second is not None
    assert (str(second.difference), second.doubt) == ("1 changed", "")
    assert list(tmp_path.glob("caiso-*")) == []


@pytest.mark.parametrize(
    "change",
    [
        {"payload": BIDS + b" "},
        {"environment": "production-ecn"},
        {"target": Target("sibr", "SubmitRawBidSet", "v3", Variant.DOCATTACH)},
        {"identity": IdentityRef("memory", "00")},
    ],
)
def test_a_permit_is_for_one_call_only(open_desk: OpenDesk, identity: MemoryIdentity, change: dict[str, Any]) -> None:
    desk = open_desk([])
    call = Call("production", SUBMIT, BIDS, identity.ref)
    sheet = desk.courier.sheet(call)
    assert sheet is not None
    permit = sheet.arm("SC01", datetime.now(UTC))
    with pytest.raises(GuardError, match="changed after it was let through"):
        desk.carry(replace(call, permit=permit, **change))
    assert desk.transport.requests == []
    assert desk.recorded() == []


def test_a_retrieve_and_a_test_environment_want_no_sheet(open_desk: OpenDesk, identity: MemoryIdentity) -> None:
    desk = open_desk([])
    assert desk.courier.sheet(Call("production", RETRIEVE, PAYLOAD, identity.ref)) is None
    assert desk.courier.sheet(Call("map-stage", SUBMIT, BIDS, identity.ref)) is None


def test_a_certificate_is_shown_outside_caiso_s_domains_only_where_that_was_approved(
    open_desk: OpenDesk, identity: MemoryIdentity
) -> None:
    desk = open_desk([Canned(REPORT)])
    call = Call("elsewhere", RETRIEVE, PAYLOAD, identity.ref)
    with pytest.raises(HostNotApproved, match=r"market\.example\.com does not belong") as told:
        desk.carry(call)
    assert desk.transport.requests == []
    desk.hosts.approve(told.value.host, "00" * 32)
    with pytest.raises(HostNotApproved):
        desk.carry(call)
    desk.hosts.approve(told.value.host, told.value.thumbprint)
    assert desk.carry(call).succeeded


def test_a_payload_in_a_file_is_sent_and_recorded_as_one_that_is_held(
    open_desk: OpenDesk, identity: MemoryIdentity, tmp_path: Path
) -> None:
    file = tmp_path / "bids.xml"
    file.write_bytes(BIDS)
    desk = open_desk([Canned(RESULT), Canned(RESULT)])
    exchange = desk.carry(Call("map-stage", SUBMIT, PayloadFile.of(file), identity.ref))
    desk.carry(Call("map-stage", SUBMIT, BIDS, identity.ref))
    large = desk.transport.requests[0]
    assert exchange.succeeded
    assert isinstance(large.body, FileSource)
    assert large.body.path == exchange.request.body
    assert len(bytes_of(large.body)) == len(large.body)
    [one, other] = [each.record for each in desk.recorded()]
    assert replace(one, started=other.started, exchange="", message_id="") == replace(other, exchange="", message_id="")
    first, second = desk.recorded()
    assert (second.payload_hash, second.payload_size) == (first.payload_hash, first.payload_size)
    assert desk.journal.payload(second.id) == BIDS


def test_a_payload_in_a_file_passes_the_guard_only_as_it_was_looked_at(
    open_desk: OpenDesk, identity: MemoryIdentity, tmp_path: Path
) -> None:
    file = tmp_path / "bids.xml"
    file.write_bytes(BIDS)
    desk = open_desk([Canned(RESULT)])
    call = Call("production", SUBMIT, PayloadFile.of(file), identity.ref)
    sheet = desk.courier.sheet(call)
    assert sheet is not None
    assert sheet.seal == desk.courier.sheet(replace(call, payload=BIDS)).seal  # type: ignore[union-attr]  # it is one
    permitted = replace(call, permit=sheet.arm(sheet.word, datetime.now(UTC)))
    file.write_bytes(BIDS.replace(b"<MessagePayload>", b"<MessagePayload >"))
    with pytest.raises(StorageError, match="changed"):
        desk.carry(permitted)
    with pytest.raises(GuardError):
        desk.carry(replace(permitted, payload=PayloadFile.of(file)))
    assert desk.transport.requests == []
    assert desk.recorded() == []
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith("exchange-")] == []


def test_a_payload_in_a_file_for_a_retrieve_stands_in_the_body(
    open_desk: OpenDesk, identity: MemoryIdentity, tmp_path: Path
) -> None:
    file = tmp_path / "ask.xml"
    file.write_bytes(PAYLOAD)
    desk = open_desk([Canned(REPORT)])
    exchange = desk.carry(Call("map-stage", RETRIEVE, PayloadFile.of(file), identity.ref))
    assert exchange.succeeded
    assert PAYLOAD in bytes_of(desk.transport.requests[0].body)
