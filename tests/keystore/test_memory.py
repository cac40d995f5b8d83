"""Identities in memory: CAISO's spelling of the subject, signatures, and files that do not fit."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.x509.oid import NameOID

from caiso_desktop.keystore.distinguished_name import spell
from caiso_desktop.keystore.memory import MemoryKeystore
from caiso_desktop.model.error import IdentityError
from caiso_desktop.model.identity import Hash, IdentityRef, Padding

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SUBJECT = x509.Name(
    [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "US"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "CAISO"),
        x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "people"),
        x509.NameAttribute(NameOID.COMMON_NAME, "Jane Doe x1234"),
    ]
)


def certificate_pem(key: rsa.RSAPrivateKey = KEY) -> bytes:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(SUBJECT).issuer_name(SUBJECT).public_key(key.public_key())
    builder = builder.serial_number(7).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def key_pem(
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = KEY,
    encryption: serialization.KeySerializationEncryption | None = None,
) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        encryption or serialization.NoEncryption(),
    )


def test_the_subject_is_spelt_as_caiso_compares_it() -> None:
    identity = MemoryKeystore("memory").add(certificate_pem(), key_pem())
    assert identity.certificate.subject == "CN=Jane Doe x1234,OU=people,O=CAISO,C=US"
    assert identity.certificate.common_name == "Jane Doe x1234"


def test_a_serial_number_part_is_written_in_full() -> None:
    name = x509.Name([*SUBJECT, x509.NameAttribute(NameOID.SERIAL_NUMBER, "42")])
    assert spell(name) == "SerialNumber=42,CN=Jane Doe x1234,OU=people,O=CAISO,C=US"


@pytest.mark.parametrize("hash", list(Hash))
@pytest.mark.parametrize("kind", list(Padding))
def test_a_signature_verifies_with_the_public_key(hash: Hash, kind: Padding) -> None:
    identity = MemoryKeystore("memory").add(certificate_pem(), key_pem())
    digest = hashlib.new(hash, b"message").digest()
    signature = identity.signer.sign(digest, hash, kind)
    algorithm = getattr(hashes, hash.upper())()
    scheme = (
        padding.PKCS1v15() if kind is Padding.PKCS1 else padding.PSS(padding.MGF1(algorithm), padding.PSS.DIGEST_LENGTH)
    )
    KEY.public_key().verify(signature, digest, scheme, utils.Prehashed(algorithm))


def test_the_key_leaves_only_encrypted_and_never_with_the_same_passphrase() -> None:
    identity = MemoryKeystore("memory").add(certificate_pem(), key_pem())
    first, second = identity.key_file(), identity.key_file()
    assert b"BEGIN ENCRYPTED PRIVATE KEY" in first.pem
    assert first.passphrase != second.passphrase
    loaded = serialization.load_pem_private_key(first.pem, first.passphrase)
    assert loaded.public_key() == KEY.public_key()
    assert first.passphrase.decode() not in repr(first)


def test_a_key_of_another_certificate_is_refused() -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    with pytest.raises(IdentityError, match="does not belong"):
        MemoryKeystore("memory").add(certificate_pem(), key_pem(other))


def test_a_wrong_password_a_wrong_kind_and_no_certificate_are_told_in_words() -> None:
    store = MemoryKeystore("memory")
    locked = key_pem(encryption=serialization.BestAvailableEncryption(b"right"))
    with pytest.raises(IdentityError, match="password"):
        store.add(certificate_pem(), locked, b"wrong")
    with pytest.raises(IdentityError, match="RSA"):
        store.add(certificate_pem(), key_pem(ec.generate_private_key(ec.SECP256R1())))
    with pytest.raises(IdentityError, match="no certificate"):
        store.add(b"nothing", key_pem())
    assert store.identities() == ()


def test_a_reference_finds_its_identity_and_no_other() -> None:
    store = MemoryKeystore("memory")
    identity = store.add(certificate_pem(), key_pem())
    assert store.open(identity.ref) is identity
    with pytest.raises(IdentityError, match="is not in memory"):
        store.open(IdentityRef("elsewhere", identity.ref.thumbprint))
