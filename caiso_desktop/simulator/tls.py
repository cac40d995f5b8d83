"""How the simulator presents itself in a handshake, in order and with the faults of certificates."""

import secrets
import ssl
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa

from caiso_desktop.simulator.authority import Authority
from caiso_desktop.simulator.fault import ExpiredClient, ExpiredServer, HandshakeFault


@dataclass(frozen=True, slots=True)
class Tls:
    """How the server presents itself: versions, names in its certificate, and when that ends (None: in a week)."""

    minimum: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2
    maximum: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED
    names: tuple[str, ...] = ("localhost", "127.0.0.1")
    not_after: datetime | None = None


class Contexts:
    """TLS that requires a client certificate of the authority; what a fault needs is made when it is first arranged."""

    def __init__(self, authority: Authority, key: rsa.RSAPrivateKey, tls: Tls) -> None:
        self._authority = authority
        self._key = key
        self._tls = tls
        self._lock = threading.Lock()
        self._made: dict[HandshakeFault | None, ssl.SSLContext] = {}

    def get(self, fault: HandshakeFault | None = None) -> ssl.SSLContext:
        """The context for a handshake with this fault."""
        with self._lock:
            context = self._made.get(fault)
            if context is None:
                context = self._made[fault] = self._make(fault)
            return context

    def _make(self, fault: HandshakeFault | None) -> ssl.SSLContext:
        not_after = self._tls.not_after
        if isinstance(fault, ExpiredServer):
            not_after = datetime.now(UTC) - timedelta(days=1)
        # Of an authority that has ended OpenSSL says "certificate expired", as of a client that has.
        trusted = self._authority.ended_pem if isinstance(fault, ExpiredClient) else self._authority.pem
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version, context.maximum_version = self._tls.minimum, self._tls.maximum
        context.verify_mode = ssl.CERT_REQUIRED
        context.set_alpn_protocols(["http/1.1"])
        context.load_verify_locations(cadata=trusted.decode("ascii"))
        self._load(context, self._tls.names, not_after)
        return context

    def _load(self, context: ssl.SSLContext, names: Sequence[str], not_after: datetime | None) -> None:
        server = self._authority.issue_server(names, secrets.token_hex(16).encode(), not_after=not_after, key=self._key)
        with tempfile.TemporaryDirectory() as folder:
            # ssl reads keys from files only: this one is encrypted with a passphrase of one use, and gone at once.
            certificate, key = Path(folder, "server.pem"), Path(folder, "server.key")
            certificate.write_bytes(server.certificate)
            key.write_bytes(server.key)
            context.load_cert_chain(certificate, key, lambda: server.passphrase)
