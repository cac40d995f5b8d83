"""How a context presents a certificate: the provider of this process, and what a context is given of it."""

import ssl
import threading
from collections.abc import Sequence
from ctypes import CFUNCTYPE, POINTER, c_int, c_void_p
from functools import cache
from typing import Any

from caiso_desktop.model.error import IdentityError
from caiso_desktop.model.identity import Hash, Padding, Signer
from caiso_desktop.wire.provider.key import Keys
from caiso_desktop.wire.provider.openssl import OpenSsl, Rejected, Unreachable
from caiso_desktop.wire.provider.signature import Signatures
from caiso_desktop.wire.provider.table import Tables

NAME = b"caiso"

# openssl/core_dispatch.h and ssl.h of OpenSSL 3
KEYMGMT, SIGNATURE, QUERY_OPERATION = 10, 12, 1027
CHAIN_CERT, CLIENT_SIGALGS_LIST = 89, 102

SCHEMES = {
    f"{kind}_{known}": (known, padding)
    for kind, padding in (("rsa_pss_rsae", Padding.PSS), ("rsa_pkcs1", Padding.PKCS1))
    for known in (Hash.SHA256, Hash.SHA384, Hash.SHA512)
}
"""The signature schemes offered, by their names in TLS (RFC 8446, section 4.2.3), in the order of our preference."""


def present(context: ssl.SSLContext, certificate: bytes, chain: Sequence[bytes], signer: Signer) -> None:
    """Let a context authenticate with a certificate (DER) and its chain, signing with ``signer``.

    A signer that knows no PSS caps the context at TLS 1.2, which alone can do without. Raises `Unreachable`,
    `Rejected`, and `IdentityError` where the signer can make no signature that TLS knows.
    """
    schemes = [name for name, scheme in SCHEMES.items() if signer.supports(*scheme)]
    if not schemes:
        raise IdentityError(
            "the store of this certificate's key can sign neither with SHA-256 nor with a longer hash, as TLS wants.",
            advice="Move the certificate to a newer store: export it with its key where that is allowed, or renew it.",
        )
    provider().present(context, certificate, chain, signer, ":".join(schemes).encode())
    if not any(SCHEMES[name][1] is Padding.PSS for name in schemes):
        context.maximum_version = ssl.TLSVersion.TLSv1_2


class Provider:
    """The provider of this process; OpenSSL keeps its tables and callbacks for as long as the process lives."""

    def __init__(self) -> None:
        self.openssl = OpenSsl()
        self._tables = Tables()
        self.keys = Keys(self.openssl, self._tables)
        self.signatures = Signatures(self._tables, self.keys.expect)
        self._algorithms = {KEYMGMT: self.keys.algorithm, SIGNATURE: self.signatures.algorithm}
        self._register()

    def present(
        self, context: ssl.SSLContext, certificate: bytes, chain: Sequence[bytes], signer: Signer, schemes: bytes
    ) -> None:
        """Put certificate, chain and a handle of the signer into a context."""
        openssl = self.openssl
        # truststore's context only wraps the one that makes the connections.
        inner: ssl.SSLContext = getattr(context, "_ctx", context)
        target = openssl.inside(inner)
        openssl.clear_errors()
        own = openssl.certificate(certificate)
        key: int | None = None
        try:
            key = self.keys.make(inner, own, signer)
            taken = openssl.use_certificate(target, own) == 1 and openssl.use_key(target, key) == 1
            if not taken or openssl.control(target, CLIENT_SIGALGS_LIST, 0, schemes) != 1:
                raise Rejected(openssl.why())
            for der in chain:
                link = openssl.certificate(der)
                added = openssl.control(target, CHAIN_CERT, 1, link)
                openssl.free_certificate(link)
                if added != 1:
                    raise Rejected(openssl.why())
        finally:
            openssl.free_key(key)
            openssl.free_certificate(own)

    def _register(self) -> None:
        tables = self._tables
        query = tables.callback(CFUNCTYPE(c_void_p, c_void_p, c_int, POINTER(c_int)), None, self._query)
        self._functions = tables.functions({QUERY_OPERATION: query})
        begin = tables.callback(
            CFUNCTYPE(c_int, c_void_p, c_void_p, POINTER(c_void_p), POINTER(c_void_p)), 0, self._begin
        )
        openssl = self.openssl
        # Asking makes OpenSSL load its default provider, which it would not do by itself once another is loaded.
        openssl.available(None, b"default")
        if openssl.add_provider(None, NAME, begin) != 1 or not openssl.load_provider(None, NAME):
            raise Unreachable(f"OpenSSL did not take the provider ({openssl.why()})")

    def _begin(self, core: int, _core_functions: int, functions: Any, own: Any) -> int:
        functions[0] = self._functions
        own[0] = core
        return 1

    def _query(self, _own: int, operation: int, may_not_cache: Any) -> int | None:
        may_not_cache[0] = 0
        return self._algorithms.get(operation)


_making = threading.Lock()


def provider() -> Provider:
    """The one provider of this process: OpenSSL knows providers by name. Raises `Unreachable`.

    Of several threads that ask first, one makes it: the keys of a second would be unknown to OpenSSL.
    """
    with _making:
        return _provider()


@cache
def _provider() -> Provider:
    return Provider()
