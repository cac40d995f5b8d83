"""The courier with the real catalogue and envelope, and a transport without a network."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from caiso_desktop.catalogue.load import load
from caiso_desktop.courier import CallCourier
from caiso_desktop.keystore.memory import MemoryIdentity, MemoryKeystore
from caiso_desktop.model.answer import Outcome
from caiso_desktop.model.call import Call
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import (
    CaisoError,
    Cancelled,
    CatalogueError,
    Fate,
    GuardError,
    IdentityError,
    PayloadError,
    StorageError,
    TimedOut,
)
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.identity import IdentityRef, Trust
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.model.transport import Request, ignore_progress
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


class Desk:
    """A courier and what it was given."""

    def __init__(self, resources: Path, folder: Path, keystore: MemoryKeystore, answers: Sequence[Canned | CaisoError]):
        self.transport = FakeTransport(answers)
        catalogue = load(resources / "catalogue")
        self.courier = CallCourier(catalogue, self.transport, [keystore], Folders(folder), lambda environment: Trust())

    def carry(self, call: Call) -> Exchange:
        return self.courier.carry(call, CancelToken(), ignore_progress)


def test_a_retrieve_goes_to_its_address_with_only_its_environment_s_hosts(
    resources: Path, tmp_path: Path, keystore: MemoryKeystore, identity: MemoryIdentity
) -> None:
    desk = Desk(resources, tmp_path, keystore, [Canned(REPORT)])
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


def test_each_carry_is_signed_anew(
    resources: Path, tmp_path: Path, keystore: MemoryKeystore, identity: MemoryIdentity
) -> None:
    desk = Desk(resources, tmp_path, keystore, [Canned(REPORT), Canned(REPORT)])
    call = Call("map-stage", RETRIEVE, PAYLOAD, identity.ref)
    first, second = desk.carry(call), desk.carry(call)
    one, other = (request.body for request in desk.transport.requests)
    assert one != other
    assert first.id != second.id


@pytest.mark.parametrize("environment", ["production", "production-ecn"])
def test_a_submit_to_the_real_market_is_refused_before_anything_is_made(
    environment: str, resources: Path, tmp_path: Path, keystore: MemoryKeystore, identity: MemoryIdentity
) -> None:
    desk = Desk(resources, tmp_path, keystore, [])
    with pytest.raises(GuardError, match="changes the real market"):
        desk.carry(Call(environment, SUBMIT, b"<RawBidSet/>", identity.ref))
    assert desk.transport.requests == []
    assert list(tmp_path.iterdir()) == []


def test_a_retrieve_from_the_real_market_is_carried(
    resources: Path, tmp_path: Path, keystore: MemoryKeystore, identity: MemoryIdentity
) -> None:
    desk = Desk(resources, tmp_path, keystore, [Canned(REPORT)])
    assert desk.carry(Call("production", RETRIEVE, PAYLOAD, identity.ref)).succeeded


def test_without_a_certificate_or_with_one_nobody_knows_nothing_is_sent(
    resources: Path, tmp_path: Path, keystore: MemoryKeystore
) -> None:
    desk = Desk(resources, tmp_path, keystore, [])
    for identity in (None, IdentityRef("memory", "00"), IdentityRef("elsewhere", "00")):
        with pytest.raises(IdentityError):
            desk.carry(Call("map-stage", RETRIEVE, PAYLOAD, identity))
    assert desk.transport.requests == []


def test_a_payload_that_is_no_xml_is_told_before_anything_is_sent(
    resources: Path, tmp_path: Path, keystore: MemoryKeystore, identity: MemoryIdentity
) -> None:
    desk = Desk(resources, tmp_path, keystore, [])
    with pytest.raises(PayloadError, match=r"[Ll]ine 1"):
        desk.carry(Call("map-stage", RETRIEVE, b"<open>", identity.ref))
    assert desk.transport.requests == []


def test_an_environment_without_the_application_says_which_have_it(
    resources: Path, tmp_path: Path, keystore: MemoryKeystore, identity: MemoryIdentity
) -> None:
    desk = Desk(resources, tmp_path, keystore, [])
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
    resources: Path,
    tmp_path: Path,
    keystore: MemoryKeystore,
    identity: MemoryIdentity,
) -> None:
    desk = Desk(resources, tmp_path, keystore, [failure])
    exchange = desk.carry(Call("map-stage", RETRIEVE, PAYLOAD, identity.ref))
    assert exchange.failure is failure
    assert exchange.fate is fate
    assert not exchange.succeeded
    assert len(desk.transport.requests) == 1


def test_a_preview_sends_nothing(
    resources: Path, tmp_path: Path, keystore: MemoryKeystore, identity: MemoryIdentity
) -> None:
    desk = Desk(resources, tmp_path, keystore, [])
    preview = desk.courier.preview(Call("production", RETRIEVE, PAYLOAD, identity.ref))
    assert preview.url == "https://ws.caiso.com/sst/sibr/RetrieveCleanBidSet_SIBRv4_DocAttach_AP"
    assert b"BinarySecurityToken" in preview.body
    assert desk.transport.requests == []
    assert list(tmp_path.iterdir()) == []


def test_an_answer_that_is_no_xml_is_an_answer_all_the_same(
    resources: Path, tmp_path: Path, keystore: MemoryKeystore, identity: MemoryIdentity
) -> None:
    def page(request: Request) -> Canned:
        return Canned(b"<html><body>Gateway</body></html>", 502, "Bad Gateway", (("Content-Type", "text/html"),))

    desk = Desk(resources, tmp_path, keystore, [])
    desk.transport = FakeTransport([page])
    catalogue = load(resources / "catalogue")
    courier = CallCourier(catalogue, desk.transport, [keystore], Folders(tmp_path), lambda environment: Trust())
    exchange = courier.carry(Call("map-stage", RETRIEVE, PAYLOAD, identity.ref), CancelToken(), ignore_progress)
    assert exchange.answer is not None
    assert exchange.answer.outcome in (Outcome.ERROR, Outcome.UNREADABLE)
    assert exchange.answer.notes
    assert exchange.fate is Fate.ANSWERED
