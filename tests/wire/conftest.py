"""Certificates made for the run, and small servers on loopback that do exactly what a test says."""

import contextlib
import datetime
import hashlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from caiso_desktop.keystore.memory import SoftwareSigner
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.identity import Certificate, Identity, IdentityRef, KeyFacts, KeyFile, Signer, Trust
from caiso_desktop.model.transport import Limits, Request
from caiso_desktop.wire.transport import HttpTransport

NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)
CLIENT_KEY = rsa.generate_private_key(65537, 2048)


@dataclass
class TestIdentity:
    """An identity whose software key is at hand; counts how often a copy of the key was asked for."""

    __test__ = False

    certificate: Certificate
    key: rsa.RSAPrivateKey
    asked: int = 0
    passphrase: bytes = b"of this run"

    @property
    def ref(self) -> IdentityRef:
        return IdentityRef("test", self.certificate.thumbprint)

    @property
    def signer(self) -> Signer:
        return SoftwareSigner(self.key)

    @property
    def key_facts(self) -> KeyFacts:
        return KeyFacts("in the memory of this test")

    def key_file(self) -> KeyFile:
        self.asked += 1
        pem = self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(self.passphrase),
        )
        return KeyFile(pem, self.passphrase)


@dataclass
class Authority:
    """A certification authority of the run."""

    name: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def __post_init__(self) -> None:
        self.certificate = self._issue(self.name, self.key, authority=True)
        self.pem = self.certificate.public_bytes(serialization.Encoding.PEM)
        self.trust = Trust((self.pem,))

    def _issue(
        self,
        name: str,
        key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey,
        *,
        authority: bool = False,
        hosts: tuple[str, ...] = (),
        begin: datetime.datetime = NOW - DAY,
        end: datetime.datetime = NOW + DAY,
        signed_by: ec.EllipticCurvePrivateKey | None = None,
    ) -> x509.Certificate:
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        issuer = subject if authority or signed_by else self.certificate.subject
        signer = signed_by or self.key
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin)
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        )
        if hosts:
            builder = builder.add_extension(
                x509.SubjectAlternativeName([x509.DNSName(h) for h in hosts]), critical=False
            )
        if not authority:
            usage = x509.ExtendedKeyUsage(
                [ExtendedKeyUsageOID.SERVER_AUTH if hosts else ExtendedKeyUsageOID.CLIENT_AUTH]
            )
            builder = builder.add_extension(usage, critical=False)
        return builder.sign(signer, hashes.SHA256())

    def identity(self, name: str, *, end: datetime.datetime = NOW + DAY) -> TestIdentity:
        """A client's certificate and key."""
        key = CLIENT_KEY
        made = self._issue(name, key, begin=NOW - 2 * DAY, end=end)
        der = made.public_bytes(serialization.Encoding.DER)
        certificate = Certificate(
            der=der,
            subject=made.subject.rfc4514_string(),
            issuer=made.issuer.rfc4514_string(),
            serial=made.serial_number,
            thumbprint=hashlib.sha256(der).hexdigest().upper(),
            not_before=made.not_valid_before_utc,
            not_after=made.not_valid_after_utc,
        )
        return TestIdentity(certificate, key)

    def server_files(
        self,
        folder: Path,
        host: str = "localhost",
        *,
        begin: datetime.datetime = NOW - DAY,
        end: datetime.datetime = NOW + DAY,
        self_signed: bool = False,
    ) -> Path:
        """A PEM file with a server's key and certificate."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = self._issue(host, key, hosts=(host,), begin=begin, end=end, signed_by=key if self_signed else None)
        path = folder / f"{made.serial_number}.pem"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + made.public_bytes(serialization.Encoding.PEM)
        )
        return path


def read_request(connection: socket.socket) -> tuple[bytes, bytes]:
    """The head and the body of the next request; nothing when the client has closed."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return b"", b""
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    size = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            size = int(value)
    while len(body) < size:
        more = connection.recv(65536)
        if not more:
            break
        body += more
    return head, body


def answer(body: bytes, status: str = "200 OK", headers: str = "") -> bytes:
    """An HTTP answer with its length."""
    return f"HTTP/1.1 {status}\r\n{headers}Content-Length: {len(body)}\r\n\r\n".encode() + body


Handler = Callable[["Server", socket.socket], None]


def echo(server: "Server", connection: socket.socket) -> None:
    """Answer every request with its own body, for as long as the client stays."""
    while True:
        head, body = read_request(connection)
        if not head:
            return
        server.heads.append(head)
        connection.sendall(answer(body))


class Server:
    """A server on loopback: one thread for each connection, each given to ``handler``, then closed."""

    def __init__(self, handler: Handler, context: ssl.SSLContext | None = None) -> None:
        self.handler = handler
        self.context = context
        self.heads: list[bytes] = []
        self.peers: list[str] = []
        self.accepted = 0
        self.released = threading.Event()
        self._threads: list[threading.Thread] = []
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept)
        self._thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.accepted += 1
            connection.settimeout(20)
            # Else what is written just before a close with unread bytes may never leave.
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._open.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.ExitStack() as stack:
            stack.callback(connection.close)
            stack.enter_context(contextlib.suppress(OSError))
            if self.context is not None:
                connection = self.context.wrap_socket(connection, server_side=True)
                stack.callback(connection.close)
                self._open.append(connection)
                der = connection.getpeercert(binary_form=True)
                self.peers.append(hashlib.sha256(der).hexdigest().upper() if der else "")
            self.handler(self, connection)

    def close(self) -> None:
        self.released.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
        for each in self._open:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority("Authority of this run")


@pytest.fixture(scope="session")
def stranger() -> Authority:
    """An authority nobody trusts."""
    return Authority("Stranger of this run")


@pytest.fixture(scope="session")
def jane(authority: Authority) -> TestIdentity:
    return authority.identity("Jane Doe x1234")


@pytest.fixture(scope="session")
def john(authority: Authority) -> TestIdentity:
    return authority.identity("John Roe x5678")


@pytest.fixture(scope="session")
def server_pem(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return authority.server_files(tmp_path_factory.mktemp("server"))


VERSIONS = {"TLS 1.2": ssl.TLSVersion.TLSv1_2, "TLS 1.3": ssl.TLSVersion.TLSv1_3}


@pytest.fixture(params=list(VERSIONS))
def version(request: pytest.FixtureRequest) -> ssl.TLSVersion:
    """Each test that names this runs on TLS 1.2 and on TLS 1.3."""
    return VERSIONS[request.param]


def server_context(
    pem: Path, version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3, clients: Authority | None = None
) -> ssl.SSLContext:
    """A server's side of TLS; with ``clients``, a certificate of that authority is required."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = context.maximum_version = version
    context.load_cert_chain(pem)
    if clients is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=clients.pem.decode())
    return context


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Starts servers, and stops them at the end."""
    servers: list[Server] = []

    def start(handler: Handler, context: ssl.SSLContext | None = None) -> Server:
        servers.append(Server(handler, context))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def transport() -> Iterator[HttpTransport]:
    made = HttpTransport()
    yield made
    made.close()


@pytest.fixture
def ask(tmp_path: Path, authority: Authority) -> Callable[..., Request]:
    """Makes requests to localhost that keep their answer in a new file."""
    lock = threading.Lock()
    count = 0

    def make(
        port: int,
        *,
        body: bytes = b"<hello/>",
        identity: Identity | None = None,
        trust: Trust | None = None,
        scheme: str = "https",
        host: str = "localhost",
        **more: Any,
    ) -> Request:
        nonlocal count
        with lock:
            count += 1
            keep = tmp_path / f"answer-{count}"
        base = Request(
            url=f"{scheme}://{host}:{port}/sst/service",
            headers=(("Content-Type", "text/xml; charset=utf-8"), ("SOAPAction", '"do"')),
            body=body,
            keep=keep,
            hosts=frozenset({(host, port)}),
            identity=identity,
            trust=authority.trust if trust is None else trust,
            limits=Limits(connect=10, read=10, total=20),
        )
        return replace(base, **more)

    return make


@pytest.fixture
def token() -> CancelToken:
    return CancelToken()
