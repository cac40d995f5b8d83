"""How a connection is secured: whom it trusts, which certificate it shows, which versions it speaks.

There is no switch that leaves out the verification of the server.
"""

import hashlib
import os
import ssl
import tempfile
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import truststore

from caiso_desktop.model.error import IdentityError, UsageError
from caiso_desktop.model.identity import Certificate, Identity, KeyFile, Trust
from caiso_desktop.model.transport import Link
from caiso_desktop.wire.provider.openssl import Rejected, Unreachable
from caiso_desktop.wire.provider.presentation import present

_SHORT = {
    "commonName": "CN",
    "organizationalUnitName": "OU",
    "organizationName": "O",
    "localityName": "L",
    "stateOrProvinceName": "ST",
    "countryName": "C",
    "domainComponent": "DC",
}
_DER = 2  # _ssl.ENCODING_DER, which typeshed does not know
MINIMUM_VERSION = ssl.TLSVersion.TLSv1_2


class Contexts:
    """One TLS context for each pair of certificate and trust: a store is asked for its key once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[tuple[str, Trust], ssl.SSLContext] = {}

    def known(self, identity: Identity | None, trust: Trust) -> ssl.SSLContext | None:
        """The context for this certificate and trust, where it has been made."""
        with self._lock:
            return self._known.get(_key(identity, trust))

    def make(self, identity: Identity | None, trust: Trust) -> ssl.SSLContext:
        """Make the context; may take as long as the key's store takes. Raises `IdentityError` or `UsageError`."""
        made = client_context(identity, trust)
        with self._lock:
            return self._known.setdefault(_key(identity, trust), made)

    def clear(self) -> None:
        """Let go of every context, and of the keys in them."""
        with self._lock:
            self._known.clear()


def _key(identity: Identity | None, trust: Trust) -> tuple[str, Trust]:
    return str(identity.ref) if identity else "", trust


def client_context(identity: Identity | None, trust: Trust) -> ssl.SSLContext:
    """A context that verifies the server's chain and name. Raises `IdentityError` or `UsageError`."""
    context: ssl.SSLContext
    if trust.authorities and not trust.beside_system:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    else:
        context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    _trust(context, trust)
    context.minimum_version = MINIMUM_VERSION
    # Some CPythons (3.11.2 of Debian 12) take a connection that just breaks off for one that was closed with a goodbye.
    context.options &= ~getattr(ssl, "OP_IGNORE_UNEXPECTED_EOF", ssl.Options(0))
    # Some servers ask for the certificate only once they have read which address is wanted (RFC 8446, section 4.6.2).
    context.post_handshake_auth = True
    if identity is not None:
        _show(context, identity)
    return context


def _trust(context: ssl.SSLContext, trust: Trust) -> None:
    if not trust.authorities:
        return
    # An issuing authority may be given without its root: whoever is given vouches.
    context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
    try:
        for authority in trust.authorities:
            context.load_verify_locations(cadata=authority.decode("ascii"))
    except (ssl.SSLError, UnicodeDecodeError, ValueError) as error:
        raise UsageError(
            "One of the authorities of this environment is not a certificate in PEM.",
            advice="Import the authority's certificate again, as a .pem, .crt or .cer file.",
        ) from error


def shown_chain(tls: ssl.SSLObject) -> tuple[tuple[Link, ...], bool]:
    """The certificates from the server's own to the authority, and whether they are only what the server sent.

    CPython has told them since 3.10 in its ``_sslobj``, by objects that read themselves; `SSLObject.get_verified_chain`
    of 3.13 gives the same without. Where the system verifies (truststore on Windows and macOS), OpenSSL has verified
    nothing, and knows what was sent alone.
    """
    verified = tls.context.verify_mode is ssl.CERT_REQUIRED
    name = "get_verified_chain" if verified else "get_unverified_chain"
    inner: Any = getattr(tls, "_sslobj", None)
    found = getattr(inner, name, None) or getattr(tls, name, None)
    return tuple(_link(each) for each in (found() if found is not None else None) or ()), not verified


def _link(certificate: Any) -> Link:
    if isinstance(certificate, bytes):
        return Link(certificate, thumbprint=_thumbprint(certificate))
    told, der = certificate.get_info(), certificate.public_bytes(_DER)
    return Link(
        der,
        _spelt(told["subject"]),
        _spelt(told["issuer"]),
        _moment(told["notAfter"]),
        _moment(told["notBefore"]),
        told["serialNumber"].upper(),
        _thumbprint(der),
    )


def _moment(told: str) -> datetime:
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(told), UTC)


def _thumbprint(der: bytes) -> str:
    return hashlib.sha256(der).hexdigest().upper()


def _spelt(name: Any) -> str:
    """A distinguished name as CAISO spells it: most specific first."""
    parts = [f"{_SHORT.get(key, key)}={value}" for pairs in name for key, value in pairs]
    return ",".join(reversed(parts))


def _show(context: ssl.SSLContext, identity: Identity) -> None:
    """Authenticate with an identity: its signer signs; only a Python whose OpenSSL is out of reach gets the key."""
    certificate = identity.certificate
    try:
        present(context, certificate.der, certificate.chain, identity.signer)
    except Rejected as error:
        raise _unusable(certificate, error.reason) from error
    except Unreachable as error:
        key = identity.key_file()
        if key is None:
            raise IdentityError(
                f"the key of {certificate.common_name} never leaves its store, and this Python cannot use it there: "
                f"{error}.",
                advice="Use the Python of python.org or of the operating system, or the installed program.",
            ) from error
        _load(context, certificate, key)


def _load(context: ssl.SSLContext, certificate: Certificate, key: KeyFile) -> None:
    chain = (certificate.der, *certificate.chain)
    pem = key.pem.rstrip() + b"\n" + b"".join(ssl.DER_cert_to_PEM_cert(der).encode("ascii") for der in chain)
    # CPython reads keys from files only. This one is encrypted, in a folder of our own, and gone at once.
    with tempfile.TemporaryDirectory(prefix="caiso-") as folder:
        path = Path(folder) / "identity.pem"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pem)
        try:
            # A function, and never None: without one OpenSSL would ask on the terminal.
            context.load_cert_chain(path, password=lambda: key.passphrase)
        except (ssl.SSLError, ValueError) as error:
            raise _unusable(certificate, getattr(error, "reason", None) or "UNREADABLE") from error


def _unusable(certificate: Certificate, reason: str) -> IdentityError:
    return IdentityError(
        f"the certificate of {certificate.common_name} cannot be used for TLS ({reason}).",
        advice=ADVICE.get(reason, "Import it again, together with its key."),
    )


ADVICE = {
    "NOT_AN_RSA_KEY": "CAISO's services want an RSA key. Choose the certificate that CAISO issued to you.",
    "KEY_VALUES_MISMATCH": "The key belongs to another certificate. Import both again.",
    "EE_KEY_TOO_SMALL": "Its key is too short for today's TLS. Ask for a renewed certificate.",
    "CA_MD_TOO_WEAK": "It is signed with a hash too weak for today's TLS. Ask for a renewed certificate.",
}
