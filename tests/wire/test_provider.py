"""TLS with a key that can only sign: on both versions, on many threads, and when the signer fails or hangs."""

import gc
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from caiso_desktop.keystore.memory import SoftwareSigner
from caiso_desktop.model.cancel import CancelToken, current_token
from caiso_desktop.model.error import Cancelled, Fate, IdentityError, TimedOut, TlsFailed, TransportError
from caiso_desktop.model.identity import Hash, Padding, Signer
from caiso_desktop.model.transport import Limits, Request
from caiso_desktop.wire.provider import Rejected, present, provider
from caiso_desktop.wire.transport import HttpTransport
from tests.wire.conftest import CLIENT_KEY, Authority, Server, TestIdentity, answer, echo, read_request, server_context

Serve = Callable[..., Server]
Ask = Callable[..., Request]
ROOT = Path(__file__).parents[2]


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


@pytest.fixture
def signing(jane: TestIdentity) -> Callable[[Signer], Signing]:
    """Jane, with a signer."""
    return lambda signer: Signing(jane.certificate, jane.key, chosen=signer)


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


def test_the_signer_is_asked_for_pss_with_sha_256(
    serve: Serve, server_pem: Path, authority: Authority, jane: TestIdentity, version: ssl.TLSVersion
) -> None:
    server = serve(echo, server_context(server_pem, version, clients=authority))
    signer = Recorder()
    shake(client(authority, jane, signer), server.port)
    assert signer.asked == [(Hash.SHA256, Padding.PSS)]
    assert server.peers == [jane.certificate.thumbprint]


def test_a_signer_without_pss_authenticates_with_tls_1_2_only(
    serve: Serve, server_pem: Path, authority: Authority, jane: TestIdentity
) -> None:
    both = server_context(server_pem, clients=authority)
    both.minimum_version = ssl.TLSVersion.TLSv1_2
    server = serve(echo, both)
    signer = Recorder(paddings=(Padding.PKCS1,))
    assert shake(client(authority, jane, signer), server.port) == "TLSv1.2"
    assert signer.asked == [(Hash.SHA256, Padding.PKCS1)]


def test_a_signer_without_pss_says_so_to_a_server_that_insists_on_tls_1_3(
    serve: Serve,
    server_pem: Path,
    authority: Authority,
    transport: HttpTransport,
    ask: Ask,
    signing: Callable[[Signer], Signing],
    token: CancelToken,
) -> None:
    server = serve(echo, server_context(server_pem, ssl.TLSVersion.TLSv1_3, clients=authority))
    identity = signing(Recorder(paddings=(Padding.PKCS1,)))
    with pytest.raises(TransportError) as caught:
        transport.send(ask(server.port, identity=identity), token)
    assert caught.value.fate is Fate.NOT_SENT


def test_a_longer_hash_is_used_where_the_store_knows_only_that(
    serve: Serve, server_pem: Path, authority: Authority, jane: TestIdentity, version: ssl.TLSVersion
) -> None:
    server = serve(echo, server_context(server_pem, version, clients=authority))
    signer = Recorder(hashes=(Hash.SHA512,))
    shake(client(authority, jane, signer), server.port)
    assert signer.asked == [(Hash.SHA512, Padding.PSS)]


def test_a_store_that_knows_sha_1_only_is_refused_in_words(authority: Authority, jane: TestIdentity) -> None:
    with pytest.raises(IdentityError, match="neither with SHA-256"):
        client(authority, jane, Recorder(hashes=(Hash.SHA1,)))


def test_a_certificate_that_openssl_does_not_take_is_named(authority: Authority, jane: TestIdentity) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    with pytest.raises(Rejected, match="NOT_AN_RSA_KEY"):
        present(context, ssl.PEM_cert_to_DER_cert(authority.pem.decode()), (), Recorder())
    with pytest.raises(Rejected):
        present(context, b"no certificate", (), Recorder())
    # Nothing of it is left for the next use of OpenSSL to stumble over.
    assert provider()._openssl.last_error() == 0
    present(context, jane.certificate.der, (), Recorder())


def test_the_chain_is_shown_too(
    serve: Serve, server_pem: Path, authority: Authority, stranger: Authority, jane: TestIdentity
) -> None:
    seen: list[bytes] = []

    def look(server: Server, connection: socket.socket) -> None:
        assert isinstance(connection, ssl.SSLSocket)
        _own, *chain = connection._sslobj.get_unverified_chain()  # type: ignore[attr-defined]
        seen.extend(link.public_bytes(2) for link in chain)  # 2 is DER
        echo(server, connection)

    server = serve(look, server_context(server_pem, clients=authority))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=authority.pem.decode())
    # Not her issuer, which OpenSSL would find by itself.
    link = ssl.PEM_cert_to_DER_cert(stranger.pem.decode())
    present(context, jane.certificate.der, (link,), Recorder())
    shake(context, server.port)
    assert seen == [link]


def test_eight_threads_shake_hands_twenty_times(
    serve: Serve, server_pem: Path, authority: Authority, jane: TestIdentity, version: ssl.TLSVersion
) -> None:
    server = serve(echo, server_context(server_pem, version, clients=authority))
    signer = Recorder()
    context = client(authority, jane, signer)
    together = threading.Barrier(8)

    def work(_number: int) -> int:
        together.wait()
        return len([shake(context, server.port) for _ in range(20)])

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(work, range(8))) == 160
    assert server.peers == [jane.certificate.thumbprint] * 160
    assert len(signer.asked) == 160


def test_three_hundred_contexts_leave_nothing_behind(authority: Authority, jane: TestIdentity) -> None:
    def make(count: int) -> None:
        for _ in range(count):
            client(authority, jane, Recorder())
        gc.collect()

    if sys.platform == "win32":
        pytest.skip("Windows counts memory elsewhere")
    import resource

    make(100)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    keys = len(provider()._keys)
    make(300)
    assert len(provider()._keys) == keys
    assert not provider()._signings
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 1024  # kilobytes


def test_what_a_signer_says_reaches_the_person_and_nothing_is_sent(
    serve: Serve,
    server_pem: Path,
    authority: Authority,
    transport: HttpTransport,
    ask: Ask,
    signing: Callable[[Signer], Signing],
    version: ssl.TLSVersion,
) -> None:
    server = serve(echo, server_context(server_pem, version, clients=authority))
    with pytest.raises(IdentityError, match="the card was taken out"):
        error = IdentityError("the card was taken out of its reader.")
        transport.send(ask(server.port, identity=signing(Broken(error=error))), CancelToken())
    with pytest.raises(IdentityError, match=r"did not sign \(ZeroDivisionError\)"):
        other = HttpTransport()
        try:
            other.send(ask(server.port, identity=signing(Broken(error=ZeroDivisionError("1/0")))), CancelToken())
        finally:
            other.close()
    assert server.heads == []


def test_a_wrong_signature_is_refused_by_the_server(
    serve: Serve,
    server_pem: Path,
    authority: Authority,
    transport: HttpTransport,
    ask: Ask,
    signing: Callable[[Signer], Signing],
    version: ssl.TLSVersion,
    token: CancelToken,
) -> None:
    class Wrong(Recorder):
        def sign(self, digest: bytes, hash: Hash, padding: Padding) -> bytes:
            return bytes(256)

    server = serve(echo, server_context(server_pem, version, clients=authority))
    with pytest.raises(TransportError):
        transport.send(ask(server.port, identity=signing(Wrong())), token)
    assert server.heads == []


def test_a_cancel_ends_the_wait_for_a_signature_at_once(
    serve: Serve,
    server_pem: Path,
    authority: Authority,
    transport: HttpTransport,
    ask: Ask,
    signing: Callable[[Signer], Signing],
    version: ssl.TLSVersion,
    token: CancelToken,
) -> None:
    server = serve(echo, server_context(server_pem, version, clients=authority))
    signer = Hanging()
    with ThreadPoolExecutor(1) as thread:
        sent = thread.submit(transport.send, ask(server.port, identity=signing(signer)), token)
        assert signer.began.wait(10)
        begun = time.monotonic()
        token.cancel()
        with pytest.raises(Cancelled) as caught:
            sent.result(10)
    assert time.monotonic() - begun < 1
    assert caught.value.fate is Fate.NOT_SENT
    signer.released.set()
    assert server.heads == []


def test_a_signer_that_never_answers_is_given_up_in_time(
    serve: Serve,
    server_pem: Path,
    authority: Authority,
    transport: HttpTransport,
    ask: Ask,
    signing: Callable[[Signer], Signing],
    version: ssl.TLSVersion,
    token: CancelToken,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("caiso_desktop.wire.stream.PERSON", 0.2)
    server = serve(echo, server_context(server_pem, version, clients=authority))
    signer = Hanging()
    with pytest.raises(TimedOut, match="did not sign within"):
        transport.send(ask(server.port, identity=signing(signer)), token)
    signer.released.set()
    assert server.heads == []


def test_a_slow_signature_does_not_count_as_a_slow_server(
    serve: Serve,
    server_pem: Path,
    authority: Authority,
    transport: HttpTransport,
    ask: Ask,
    signing: Callable[[Signer], Signing],
    version: ssl.TLSVersion,
    token: CancelToken,
) -> None:
    class Slow(Recorder):
        def sign(self, digest: bytes, hash: Hash, padding: Padding) -> bytes:
            time.sleep(0.6)
            return super().sign(digest, hash, padding)

    server = serve(echo, server_context(server_pem, version, clients=authority))
    request = ask(server.port, identity=signing(Slow()))
    quick = replace(request, limits=Limits(connect=0.5, read=5, total=10))
    assert transport.send(quick, token).status == 200


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


def test_a_certificate_that_is_asked_for_late_is_signed_for_late(
    serve: Serve,
    server_pem: Path,
    authority: Authority,
    transport: HttpTransport,
    ask: Ask,
    signing: Callable[[Signer], Signing],
    token: CancelToken,
) -> None:
    server = serve(ask_late, late_context(server_pem, authority))
    signer = Recorder()
    response = transport.send(ask(server.port, identity=signing(signer)), token)
    assert response.body.read_bytes() == b"late"
    assert len(signer.asked) == 1


def test_a_late_signature_that_fails_leaves_the_fate_open(
    serve: Serve,
    server_pem: Path,
    authority: Authority,
    transport: HttpTransport,
    ask: Ask,
    signing: Callable[[Signer], Signing],
    token: CancelToken,
) -> None:
    server = serve(ask_late, late_context(server_pem, authority))
    with pytest.raises(TlsFailed, match="the card was taken out") as caught:
        identity = signing(Broken(error=IdentityError("the card was taken out of its reader.")))
        transport.send(ask(server.port, identity=identity), token)
    assert caught.value.fate is Fate.UNKNOWN


def test_what_the_signer_asks_a_person_is_stopped_with_the_call(
    serve: Serve,
    server_pem: Path,
    authority: Authority,
    transport: HttpTransport,
    ask: Ask,
    signing: Callable[[Signer], Signing],
    token: CancelToken,
) -> None:
    tokens: list[CancelToken | None] = []

    class Asking(Recorder):
        def sign(self, digest: bytes, hash: Hash, padding: Padding) -> bytes:
            tokens.append(current_token())
            return super().sign(digest, hash, padding)

    server = serve(echo, server_context(server_pem, clients=authority))
    transport.send(ask(server.port, identity=signing(Asking())), token)
    assert tokens == [token]


def test_the_first_contexts_of_a_process_may_be_made_side_by_side() -> None:
    for _ in range(3):
        program = [sys.executable, "-m", "tests.wire.first_contexts"]
        done = subprocess.run(program, capture_output=True, text=True, timeout=60, check=False, cwd=ROOT)
        assert done.returncode == 0, done.stdout + done.stderr
