"""A key in the user's certificate store that cannot be exported: it lists, connects, signs, and is refused."""

import ctypes
import os
import sys
from collections.abc import Callable
from ctypes.wintypes import DWORD, LPCWSTR
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils
from cryptography.hazmat.primitives.serialization import pkcs12

from caiso_desktop.envelope.dress import dress
from caiso_desktop.keystore.memory import HASHES
from caiso_desktop.keystore.windows import WindowsKeystore, WindowsStoreError
from caiso_desktop.keystore.windows_key import WindowsKeyError, told
from caiso_desktop.model.call import Operation
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import IdentityError, PasswordNeeded
from caiso_desktop.model.identity import Hash, Identity, IdentityRef, Keystore, Padding, Trust
from caiso_desktop.model.service import Kind, Variant
from caiso_desktop.model.transport import Request
from caiso_desktop.model.transport_error import ClientCertificateExpired, ClientCertificateRefused
from caiso_desktop.simulator.server import Simulator
from caiso_desktop.wire.transport import HttpTransport

assert sys.platform == "win32", "these tests want a Windows Python; run_under_wine.sh gives them one"

PutIn = Callable[..., Identity]
OPERATION = Operation(
    name="retrieveCleanBidSet_v4",
    variant=Variant.DOCATTACH,
    kind=Kind.RETRIEVE,
    soap_action="http://www.caiso.com/soa/retrieveCleanBidSet_v4_DocAttach",
    request_root="{http://www.caiso.com/soa/RequestCleanBidSet_v4.xsd#}RequestCleanBidSet",
    answer_root="{http://www.caiso.com/soa/CleanBidSet_v4.xsd#}CleanBidSet",
)
PAYLOAD = (
    b'<RequestCleanBidSet xmlns="http://www.caiso.com/soa/RequestCleanBidSet_v4.xsd#"><MessagePayload>'
    b"<MarketStartTime>2026-11-22T08:00:00Z</MarketStartTime><MarketEndTime>2026-11-22T09:00:00Z</MarketEndTime>"
    b"</MessagePayload></RequestCleanBidSet>"
)


def test_it_lists_and_says_where_the_key_is(put_in: PutIn, simulator: Simulator, store: WindowsKeystore) -> None:
    own = simulator.identity
    found = put_in(own.certificate, own.key)
    port: Keystore = store
    assert found.ref in [each.ref for each in port.identities()]
    assert found.ref.store == "windows"
    assert found.certificate.subject == own.subject
    assert "in Windows, for your account (Microsoft Enhanced RSA and AES" in found.key_facts.place
    assert found.key_facts.exportable is False
    assert found.key_file() is None
    assert store.open(found.ref).certificate == found.certificate
    with pytest.raises(IdentityError, match="not in the Windows store any more"):
        store.open(IdentityRef("windows", "00"))


def test_an_exportable_key_is_said_to_be(put_in: PutIn, simulator: Simulator) -> None:
    own = simulator.identity
    assert put_in(own.certificate, own.key, exportable=True).key_facts.exportable is True


def test_what_is_not_for_clients_is_not_listed(put_in: PutIn, simulator: Simulator, store: WindowsKeystore) -> None:
    own = simulator.issue("server.example", server_only=True)
    with pytest.raises(StopIteration):
        put_in(own.certificate, own.key)
    assert "server.example" not in [each.certificate.common_name for each in store.identities()]


@pytest.mark.parametrize("hash", list(Hash))
def test_the_old_provider_signs_all_but_pss(put_in: PutIn, simulator: Simulator, hash: Hash) -> None:
    own = simulator.identity
    identity = put_in(own.certificate, own.key)
    algorithm = HASHES[hash]
    digest = bytes(algorithm.digest_size)
    assert identity.signer.supports(hash, Padding.PKCS1)
    assert not identity.signer.supports(hash, Padding.PSS)
    public = x509.load_der_x509_certificate(identity.certificate.der).public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    signature = identity.signer.sign(digest, hash, Padding.PKCS1)
    public.verify(signature, digest, padding.PKCS1v15(), utils.Prehashed(algorithm))
    with pytest.raises(WindowsKeyError, match="does not know this kind"):
        identity.signer.sign(digest, hash, Padding.PSS)


def send(simulator: Simulator, identity: Identity, folder: Path) -> tuple[int, bytes, bytes]:
    """One signed call to the simulator: its status, its answer, and what was sent."""
    message = dress(OPERATION, PAYLOAD, identity, hash=Hash.SHA1, now=datetime.now(UTC))
    transport = HttpTransport()
    try:
        response = transport.send(
            Request(
                url=f"{simulator.bases()['sibr']}RetrieveCleanBidSet_SIBRv4_DocAttach_AP",
                headers=message.headers,
                body=message.body,
                keep=folder / "answer",
                hosts=frozenset({("127.0.0.1", simulator.port)}),
                identity=identity,
                trust=Trust((simulator.authority,)),
            ),
            CancelToken(),
        )
    finally:
        transport.close()
    assert response.tls is not None
    assert response.tls.version == "TLSv1.2"  # an old provider has no PSS
    return response.status, response.body.read_bytes(), message.body


def test_it_connects_and_signs_a_call_that_the_simulator_accepts(
    put_in: PutIn, simulator: Simulator, tmp_path: Path
) -> None:
    own = simulator.identity
    identity = put_in(own.certificate, own.key)
    status, body, sent = send(simulator, identity, tmp_path)
    assert status == 200, body[:2000]
    assert b"AttachmentValue" in body
    # The run's own folder keeps it, so that xmlsec, which is not built for wine, verifies it afterwards.
    (Path(os.environ["CAISO_WINDOWS_RUN"]) / "signed-by-windows.xml").write_bytes(sent)


def test_an_expired_certificate_is_refused(put_in: PutIn, simulator: Simulator, tmp_path: Path) -> None:
    past = datetime.now(UTC) - timedelta(days=1)
    own = simulator.issue("Expired x9999", not_before=past - timedelta(days=9), not_after=past)
    with pytest.raises((ClientCertificateExpired, ClientCertificateRefused)):
        send(simulator, put_in(own.certificate, own.key), tmp_path)


def test_a_key_that_is_gone_is_told(put_in: PutIn, simulator: Simulator) -> None:
    own = simulator.identity
    identity = put_in(own.certificate, own.key)
    handle = ctypes.c_size_t()
    acquire = ctypes.WinDLL("advapi32").CryptAcquireContextW
    acquire.argtypes = (ctypes.POINTER(ctypes.c_size_t), LPCWSTR, LPCWSTR, DWORD, DWORD)
    provider = "Microsoft Enhanced RSA and AES Cryptographic Provider"
    assert acquire(ctypes.byref(handle), "caiso-test-1", provider, 24, 0x10)
    with pytest.raises(WindowsKeyError, match=r"0x[0-9A-F]{8}"):
        identity.signer.sign(bytes(32), Hash.SHA256, Padding.PKCS1)


@pytest.mark.parametrize("legacy", [False, True])
def test_a_pfx_is_imported_not_exportable(
    store: WindowsKeystore,
    simulator: Simulator,
    tmp_path: Path,
    forgetting: Callable[[x509.Certificate], None],
    *,
    legacy: bool,
) -> None:
    own = simulator.identity
    key = serialization.load_pem_private_key(own.key, None)
    assert isinstance(key, rsa.RSAPrivateKey)
    builder = serialization.PrivateFormat.PKCS12.encryption_builder().kdf_rounds(2000)
    # wine opens the old protection only; Windows opens both.
    scheme = pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC if legacy else pkcs12.PBES.PBESv2SHA256AndAES256CBC
    protection = builder.key_cert_algorithm(scheme).hmac_hash(hashes.SHA1() if legacy else hashes.SHA256())
    certificate = x509.load_pem_x509_certificates(own.certificate)[0]
    data = pkcs12.serialize_key_and_certificates(b"x", key, certificate, None, protection.build(b"of this run"))
    try:
        identity = store.import_pfx(data, "of this run")
    except WindowsStoreError as error:
        pytest.skip(f"this wine does not take the file: {error}")
    assert identity.certificate.subject == own.subject
    assert identity.key_facts.exportable is not True
    assert len(identity.signer.sign(bytes(20), Hash.SHA1, Padding.PKCS1)) == 256
    assert send(simulator, identity, tmp_path)[0] == 200
    forgetting(certificate)
    with pytest.raises((PasswordNeeded, WindowsStoreError)):
        store.import_pfx(data, "wrong")


def test_error_codes_are_told_in_words() -> None:
    assert "PIN or the consent was not given" in str(told(0x8010006E, "Card"))
    assert "is not in its reader" in str(told(0x80100069, "Card"))
    assert "0x80091234" in str(told(0x80091234, "Card"))


def test_the_computers_store_can_be_read() -> None:
    assert isinstance(WindowsKeystore("windows-machine").identities(), tuple)
