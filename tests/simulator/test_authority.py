"""Certificates that a strict verifier takes, and secrets that do not show."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import verification
from cryptography.x509.oid import NameOID

from caiso_desktop.simulator.authority import Authority, make_keys, subject_of


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


def test_a_strict_verifier_takes_both_kinds(authority: Authority) -> None:
    client = authority.issue_client("Simulator User x0001")
    server = authority.issue_server(("localhost", "127.0.0.1"), b"secret")
    builder = verification.PolicyBuilder().store(verification.Store([authority.certificate]))
    leaf, root = x509.load_pem_x509_certificates(client.certificate)
    assert root == authority.certificate
    builder.build_client_verifier()
    chain = builder.build_server_verifier(x509.DNSName("localhost")).verify(
        x509.load_pem_x509_certificates(server.certificate)[0], []
    )
    assert chain[-1] == authority.certificate
    leaf.verify_directly_issued_by(authority.certificate)
    for kind in (x509.AuthorityKeyIdentifier, x509.SubjectKeyIdentifier, x509.KeyUsage, x509.ExtendedKeyUsage):
        assert leaf.extensions.get_extension_for_class(kind)


def test_the_key_belongs_to_the_certificate(authority: Authority) -> None:
    identity = authority.issue_client("Simulator User x0001")
    key = load_pem_private_key(identity.key, None)
    assert key.public_key() == x509.load_pem_x509_certificate(identity.certificate).public_key()


def test_the_servers_key_is_encrypted(authority: Authority) -> None:
    server = authority.issue_server(("localhost",), b"secret")
    assert b"ENCRYPTED" in server.key
    with pytest.raises(ValueError, match=r"(?i)password|decrypt"):
        load_pem_private_key(server.key, b"guess")


def test_dates(authority: Authority) -> None:
    end = datetime(2020, 1, 1, tzinfo=UTC)
    certificate = x509.load_pem_x509_certificate(authority.issue_client("x", not_after=end).certificate)
    assert certificate.not_valid_after_utc == end
    assert certificate.not_valid_before_utc < end
    usual = x509.load_pem_x509_certificate(authority.issue_client("x").certificate)
    assert usual.not_valid_before_utc < datetime.now(UTC) - timedelta(minutes=30)


def test_the_subject_is_spelt_as_caiso_does(authority: Authority) -> None:
    assert authority.issue_client("Jo  Doe x1234").subject == "CN=Jo  Doe x1234,OU=people,O=CAISO,C=US"


def test_a_serial_number_in_a_subject_has_caisos_name() -> None:
    key = make_keys(1)[0]
    name = x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "CAISO"), x509.NameAttribute(NameOID.SERIAL_NUMBER, "7")]
    )
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now)
    certificate = builder.sign(key, hashes.SHA256())
    assert subject_of(certificate) == "SerialNumber=7,O=CAISO"


def test_no_secret_in_words(authority: Authority) -> None:
    client = authority.issue_client("Simulator User x0001")
    server = authority.issue_server(("localhost",), b"secret")
    for shown in (repr(client), str(client), repr(server), repr(authority)):
        assert "PRIVATE" not in shown
        assert "secret" not in shown
