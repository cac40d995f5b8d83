"""A certificate with its key as files that people have: .p12 and .pfx of any age, and PEM."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12

from caiso_desktop.keystore.certificate import describe
from caiso_desktop.model.error import IdentityError, PasswordNeeded
from caiso_desktop.model.identity import Certificate

MAXIMUM_SIZE = 1_000_000
"""Bytes: a certificate, its key and a long chain are a hundredth of it."""

_PEM_KEYS = (b"PRIVATE KEY-----", b"RSA PRIVATE KEY-----", b"ENCRYPTED PRIVATE KEY-----")


class Unreadable(IdentityError):
    """The file is not one that holds a certificate and its key."""

    title = "The certificate file cannot be used"
    advice = "Export the certificate again, together with its private key, as a .pfx or .p12 file."


@dataclass(frozen=True, slots=True)
class Parcel:
    """A certificate with its chain and its key, out of their wrapping."""

    certificate: Certificate
    key: rsa.RSAPrivateKey = field(repr=False)


def unpack(files: Sequence[bytes], password: str | None = None, authorities: Sequence[bytes] = ()) -> Parcel:
    """Take certificate and key out of one file, or out of several in PEM.

    ``authorities`` (PEM) complete a chain that the files leave open. Raises `PasswordNeeded` and `Unreadable`.
    """
    if any(len(data) > MAXIMUM_SIZE for data in files):
        raise Unreadable("it is far too big to be a certificate file.")
    keys: list[object] = []
    certificates: list[x509.Certificate] = []
    for data in files:
        if b"-----BEGIN " in data:
            _from_pem(data, password, keys, certificates)
        elif data.startswith(b"\x30"):
            _from_der(data, password, keys, certificates)
        else:
            raise Unreadable("it is neither a .p12 or .pfx file nor PEM text.")
    return _fit_together(keys, certificates, [other for pem in authorities for other in _certificates(pem)])


def _from_pem(data: bytes, password: str | None, keys: list[object], certificates: list[x509.Certificate]) -> None:
    if any(mark in data for mark in _PEM_KEYS):
        locked = b"ENCRYPTED" in data
        if locked and not password:
            raise PasswordNeeded("its private key is protected by a password.")
        try:
            secret = password.encode() if locked and password else None
            keys.append(serialization.load_pem_private_key(data, secret))
        except UnsupportedAlgorithm as error:
            _not_known(error)
        except ValueError as error:
            if locked:
                raise PasswordNeeded("its private key does not open with this password.") from error
            raise Unreadable("its private key is damaged.") from error
    certificates.extend(_certificates(data))


def _certificates(pem: bytes) -> list[x509.Certificate]:
    if b"-----BEGIN CERTIFICATE-----" not in pem:
        return []
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise Unreadable("a certificate in it is damaged.") from error


def _from_der(data: bytes, password: str | None, keys: list[object], certificates: list[x509.Certificate]) -> None:
    with contextlib.suppress(ValueError):
        certificates.append(x509.load_der_x509_certificate(data))
        return
    if _announced_size(data) > len(data):
        raise Unreadable("it was cut short: its end is missing.")
    try:
        store = _open(data, password)
    except UnsupportedAlgorithm as error:
        _not_known(error)
    if store.key is not None:
        keys.append(store.key)
    found = [store.cert, *store.additional_certs] if store.cert is not None else store.additional_certs
    certificates.extend(each.certificate for each in found)


def _open(data: bytes, password: str | None) -> pkcs12.PKCS12KeyAndCertificates:
    try:
        return pkcs12.load_pkcs12(data, password.encode() if password else None)
    except ValueError as error:
        said = "does not open with this password" if password else "is protected by a password"
        raise PasswordNeeded(f"it {said} (or is not a .p12 or .pfx file).") from error


def _not_known(error: UnsupportedAlgorithm) -> NoReturn:
    raise Unreadable(
        f"it is protected in a way that is not known here ({error}).",
        advice="Import it into Windows, then export it from there with its key, with AES256-SHA256.",
    ) from error


def _announced_size(data: bytes) -> int:
    """How long a DER document says it is; 0 where its length is left open, as BER allows."""
    first, rest = data[1:2], data[2:6]
    if not first or first[0] == 0x80:
        return 0
    if first[0] < 0x80:
        return 2 + first[0]
    count = first[0] & 0x7F
    return 2 + count + int.from_bytes(rest[:count])


def _fit_together(
    keys: Sequence[object], certificates: Sequence[x509.Certificate], authorities: Sequence[x509.Certificate]
) -> Parcel:
    if not certificates:
        raise Unreadable("it holds no certificate.")
    if not keys:
        raise Unreadable(
            "it holds no private key, only the public half.",
            advice="Export it again and choose to export the private key too.",
        )
    ours = [key for key in keys if isinstance(key, rsa.RSAPrivateKey)]
    if not ours:
        raise Unreadable("CAISO's services want an RSA key; this one is of another kind.", advice="")
    for own, key in _pairs(certificates, ours):
        try:
            return Parcel(describe(own, [*certificates, *authorities]), key)
        except ValueError as error:
            raise Unreadable(f"a part of the certificate cannot be read ({error}).") from error
    raise Unreadable("the private key does not belong to the certificate.", advice="Take both from the same export.")


def _pairs(
    certificates: Sequence[x509.Certificate], keys: Sequence[rsa.RSAPrivateKey]
) -> Iterator[tuple[x509.Certificate, rsa.RSAPrivateKey]]:
    for own in certificates:
        for key in keys:
            with contextlib.suppress(ValueError, UnsupportedAlgorithm):
                if own.public_key() == key.public_key():
                    yield own, key
