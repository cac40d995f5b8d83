"""Signers that remember, fail or hang, a handshake with one, and a server that asks for it late."""

import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from caiso_desktop.keystore.memory import SoftwareSigner
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.identity import Hash, Padding, Signer
from caiso_desktop.model.transport import Request, Response
from caiso_desktop.wire.provider.presentation import present
from caiso_desktop.wire.transport import HttpTransport
from tests.wire.conftest import (
    CLIENT_KEY,
    Authority,
    Handler,
    Server,
    TestIdentity,
    answer,
    echo,
    read_request,
    server_context,
)


@dataclass
class Recorder:
    """Signs with the run's key, remembers what it was asked, and can be told to know PKCS#1 only."""

    paddings: tuple[Padding, ...] = (Padding.PKCS1, Padding.PSS)
    hashes: tuple[Hash, ...] = tuple(Hash)
    asked: list[tuple[Hash, Padding]] = field(default_factory=list)

    def sign(self, digest: bytes, hash: Hash, padding: Padding) -> bytes:
        self.asked.append((hash, padding))
        return SoftwareSigner(CLIENT_KEY).sign(digest, hash, padding)

    def supports(self, hash: Hash, padding: Padding) -> bool:
        return hash in self.hashes and padding in self.paddings


@dataclass
class Broken(Recorder):
    """Raises whatever it is given."""

    error: Exception = field(default_factory=Exception)

    def sign(self, digest: bytes, hash: Hash, padding: Padding) -> bytes:
        raise self.error


@dataclass
class Hanging(Recorder):
    """Waits for a person who does not come until ``released``."""

    began: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)

    def sign(self, digest: bytes, hash: Hash, padding: Padding) -> bytes:
        self.began.set()
        assert self.released.wait(30)
        return super().sign(digest, hash, padding)


@dataclass
class Signing(TestIdentity):
    """An identity with a signer of the test's choosing, and no key that could be copied."""

    chosen: Signer = field(default_factory=Recorder)

    @property
    def signer(self) -> Signer:
        return self.chosen

    def key_file(self) -> None:  # type: ignore[override]
        return None


def client(authority: Authority, identity: TestIdentity, signer: Signer) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=authority.pem.decode())
    present(context, identity.certificate.der, identity.certificate.chain, signer)
    return context


def shake(context: ssl.SSLContext, port: int) -> str | None:
    """One handshake, and one byte to be sure that the server has accepted it."""
    with (
        socket.create_connection(("127.0.0.1", port)) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as tls,
    ):
        tls.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert tls.recv(1) == b"H"
        return tls.version()


def ask_late(server: Server, connection: socket.socket) -> None:
    """Ask for the certificate once the request has been read, as TLS 1.3 allows."""
    assert isinstance(connection, ssl.SSLSocket)
    read_request(connection)
    connection.verify_client_post_handshake()
    connection.sendall(answer(b"late"))
    read_request(connection)


def late_context(pem: Path, authority: Authority) -> ssl.SSLContext:
    context = server_context(pem, ssl.TLSVersion.TLSv1_3, clients=authority)
    context.post_handshake_auth = True
    return context


@dataclass(frozen=True)
class Visitor:
    """Jane at a server that wants her certificate, with a signer of the test's choosing."""

    server: Server
    transport: HttpTransport
    ask: Callable[..., Request]
    authority: Authority
    jane: TestIdentity
    token: CancelToken

    def request(self, signer: Signer) -> Request:
        return self.ask(self.server.port, identity=Signing(self.jane.certificate, self.jane.key, chosen=signer))

    def send(self, signer: Signer) -> Response:
        return self.transport.send(self.request(signer), self.token)

    def shake(self, signer: Signer) -> str | None:
        """One handshake without our transport; which version of TLS it was."""
        return shake(client(self.authority, self.jane, signer), self.server.port)


Visit = Callable[[Handler, ssl.SSLContext], Visitor]


@pytest.fixture
def visit(
    serve: Callable[..., Server],
    transport: HttpTransport,
    ask: Callable[..., Request],
    authority: Authority,
    jane: TestIdentity,
    token: CancelToken,
) -> Visit:
    """Starts a server, and lets Jane come."""
    return lambda handler, context: Visitor(serve(handler, context), transport, ask, authority, jane, token)


@pytest.fixture
def visitor(visit: Visit, server_pem: Path, authority: Authority, version: ssl.TLSVersion) -> Visitor:
    """Jane at a server that echoes, on TLS 1.2 and on TLS 1.3."""
    return visit(echo, server_context(server_pem, version, clients=authority))


@pytest.fixture
def late_visitor(visit: Visit, server_pem: Path, authority: Authority) -> Visitor:
    """Jane at a server that asks for her certificate late."""
    return visit(ask_late, late_context(server_pem, authority))
