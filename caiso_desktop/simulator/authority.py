"""The simulator's own certificate authority: it vouches for the simulator's server and for its users.

Every key is made at the start and lives in memory only. Certificates carry what Python 3.13 checks strictly:
key usage, subject and authority key identifiers.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

VALIDITY = timedelta(days=7)
_BEFORE = timedelta(hours=1)  # for a clock that lags a little
_SPELLING: dict[ObjectIdentifier, str] = {NameOID.SERIAL_NUMBER: "SerialNumber"}


@dataclass(frozen=True, slots=True, repr=False)
class ClientIdentity:
    """A client certificate with its authority's (PEM), its key (PKCS#8 PEM, not encrypted: keep it in memory), and
    its subject as CAISO spells it.
    """

    certificate: bytes
    key: bytes
    subject: str

    def __repr__(self) -> str:
        return f"ClientIdentity({self.subject!r}, key=<redacted>)"


@dataclass(frozen=True, slots=True, repr=False)
class ServerIdentity:
    """The server's certificate with its authority's, and its key encrypted with ``passphrase`` (PEM)."""

    certificate: bytes
    key: bytes
    passphrase: bytes

    def __repr__(self) -> str:
        return "ServerIdentity(key=<redacted>)"


def subject_of(certificate: x509.Certificate) -> str:
    """The subject as CAISO spells it: ``CN=Jane Doe x1234,OU=people,O=CAISO,C=US``, most specific first."""
    return certificate.subject.rfc4514_string(attr_name_overrides=_SPELLING)


def make_keys(count: int) -> list[rsa.RSAPrivateKey]:
    """So many RSA keys of 2048 bits, made at the same time (one takes 20 to 200 ms)."""
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(lambda _: rsa.generate_private_key(65537, 2048), range(count)))


class Authority:
    """Issues certificates; its key never leaves the object."""

    def __init__(
        self, name: str = "CAISO Desktop Simulator Authority", *, key: rsa.RSAPrivateKey | None = None
    ) -> None:
        self._key = key if key is not None else make_keys(1)[0]
        self._name = _name(name, unit="simulator")
        started = datetime.now(UTC)
        self.certificate = self._certify_itself(started - _BEFORE, started + VALIDITY)

    def _certify_itself(self, begins: datetime, ends: datetime) -> x509.Certificate:
        return (
            _builder(self._name, self._name, self._key.public_key(), begins, ends)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_key_usage(authority=True), critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
            .sign(self._key, hashes.SHA256())
        )

    @property
    def pem(self) -> bytes:
        """The authority's certificate in PEM."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def ended_pem(self) -> bytes:
        """Another certificate of the same authority, which ended yesterday (PEM): nobody it vouched for is valid."""
        ended = datetime.now(UTC) - timedelta(days=1)
        return self._certify_itself(ended - VALIDITY, ended).public_bytes(serialization.Encoding.PEM)

    def issue_client(
        self,
        common_name: str,
        *,
        not_before: datetime | None = None,
        not_after: datetime | None = None,
        usage: ObjectIdentifier = ExtendedKeyUsageOID.CLIENT_AUTH,
        key: rsa.RSAPrivateKey | None = None,
    ) -> ClientIdentity:
        """A client identity under ``OU=people,O=CAISO,C=US``."""
        own = key if key is not None else make_keys(1)[0]
        certificate = self._issue(_name(common_name, unit="people"), own, usage, not_before, not_after, ())
        plain = own.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        pem = certificate.public_bytes(serialization.Encoding.PEM) + self.pem
        return ClientIdentity(pem, plain, subject_of(certificate))

    def issue_server(
        self,
        names: Sequence[str],
        passphrase: bytes,
        *,
        not_after: datetime | None = None,
        key: rsa.RSAPrivateKey | None = None,
    ) -> ServerIdentity:
        """A server identity for these DNS names and addresses."""
        own = key if key is not None else make_keys(1)[0]
        usage = ExtendedKeyUsageOID.SERVER_AUTH
        certificate = self._issue(_name(names[0], unit="simulator"), own, usage, None, not_after, names)
        encrypted = own.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(passphrase),
        )
        pem = certificate.public_bytes(serialization.Encoding.PEM) + self.pem
        return ServerIdentity(pem, encrypted, passphrase)

    def _issue(
        self,
        name: x509.Name,
        key: rsa.RSAPrivateKey,
        usage: ObjectIdentifier,
        not_before: datetime | None,
        not_after: datetime | None,
        alternatives: Sequence[str],
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        ends = not_after if not_after is not None else now + VALIDITY
        begins = not_before if not_before is not None else min(now, ends) - _BEFORE
        builder = (
            _builder(name, self._name, key.public_key(), begins, ends)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(authority=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )
        if alternatives:
            builder = builder.add_extension(
                x509.SubjectAlternativeName([_general_name(a) for a in alternatives]), critical=False
            )
        return builder.sign(self._key, hashes.SHA256())


def _name(common_name: str, *, unit: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "US"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "CAISO"),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _general_name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: rsa.RSAPublicKey, begins: datetime, ends: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _key_usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        key_encipherment=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
