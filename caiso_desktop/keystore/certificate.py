"""What a certificate says, read for the model."""

from collections.abc import Sequence

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from caiso_desktop.keystore.distinguished_name import spell
from caiso_desktop.model.error import IdentityError
from caiso_desktop.model.identity import Certificate


def read_certificate(pem: bytes) -> Certificate:
    """Read a certificate and, after it, its chain from PEM. `IdentityError` when it holds none."""
    try:
        own, *others = x509.load_pem_x509_certificates(pem)
        return describe(own, others)
    except ValueError as error:
        raise IdentityError("the file holds no certificate that can be read.") from error


def read_der(der: bytes, others: Sequence[bytes] = ()) -> Certificate:
    """Read a certificate from DER and complete its chain from others. `ValueError` when it cannot be read."""
    return describe(x509.load_der_x509_certificate(der), [x509.load_der_x509_certificate(other) for other in others])


def describe(own: x509.Certificate, others: Sequence[x509.Certificate] = ()) -> Certificate:
    """The model's view of a certificate; of the others, those that issued it, nearest first.

    A certificate of which a part cannot be read raises `ValueError`.
    """
    key = own.public_key()
    return Certificate(
        der=own.public_bytes(serialization.Encoding.DER),
        subject=spell(own.subject),
        issuer=spell(own.issuer),
        serial=own.serial_number,
        thumbprint=thumbprint(own),
        not_before=own.not_valid_before_utc,
        not_after=own.not_valid_after_utc,
        chain=tuple(link.public_bytes(serialization.Encoding.DER) for link in chain_of(own, others)),
        client_use=_may_be_a_client(own),
        key_bits=key.key_size if isinstance(key, rsa.RSAPublicKey) else 0,
        log_on_use=ExtendedKeyUsageOID.SMARTCARD_LOGON in _purposes(own),
    )


def thumbprint(certificate: x509.Certificate) -> str:
    """The SHA-256 of a certificate in upper-case hex."""
    return certificate.fingerprint(hashes.SHA256()).hex().upper()


def is_authority(certificate: x509.Certificate) -> bool:
    """Whether a certificate is one that issues others."""
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, ValueError):
        return False


def belongs(key: rsa.RSAPrivateKey, certificate: Certificate) -> bool:
    """Whether a private key is that of a certificate."""
    return x509.load_der_x509_certificate(certificate.der).public_key() == key.public_key()


def chain_of(own: x509.Certificate, others: Sequence[x509.Certificate]) -> list[x509.Certificate]:
    """The issuers of a certificate among others, nearest first, each proven by its signature; a root ends it."""
    chain: list[x509.Certificate] = []
    link = own
    while link.issuer != link.subject:
        issuer = next((other for other in others if other not in chain and _issued(other, link)), None)
        if issuer is None:
            break
        chain.append(issuer)
        link = issuer
    return chain


def _issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    if issuer.subject != certificate.issuer:
        return False
    try:
        certificate.verify_directly_issued_by(issuer)
    except Exception:  # noqa: BLE001  a signature that is wrong, or of a kind that is not known: it vouches for nothing
        return False
    return True


def _may_be_a_client(certificate: x509.Certificate) -> bool:
    """Whether its extensions allow client authentication (RFC 5280, 4.2.1.3 and 4.2.1.12); none allow everything."""
    purposes = _purposes(certificate)
    if purposes and not {ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE} & set(purposes):
        return False
    try:
        return certificate.extensions.get_extension_for_class(x509.KeyUsage).value.digital_signature
    except x509.ExtensionNotFound:
        return True


def _purposes(certificate: x509.Certificate) -> Sequence[x509.ObjectIdentifier]:
    try:
        return tuple(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound:
        return ()
