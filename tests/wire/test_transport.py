"""What travels, over real TLS on loopback."""

import gzip
import socket
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import Cancelled, Fate, GuardError, IdentityError, StorageError, UsageError
from caiso_desktop.model.identity import KeyFile, Trust
from caiso_desktop.model.transport import Limits, Phase, Progress, Request, Transport
from caiso_desktop.model.transport_error import CutOff, ProtocolBroken, TimedOut
from caiso_desktop.wire.provider.openssl import Unreachable
from caiso_desktop.wire.transport import HttpTransport
from tests.wire.conftest import Authority, Server, TestIdentity, answer, echo, read_request, server_context

Serve = Callable[..., Server]
Ask = Callable[..., Request]


@pytest.fixture
def server(serve: Serve, server_pem: Path, authority: Authority) -> Server:
    """Echoes to whoever shows a certificate of the authority."""
    return serve(echo, server_context(server_pem, clients=authority))


def test_the_transport_is_what_the_model_asks_for(transport: HttpTransport) -> None:
    port: Transport = transport
    assert port is transport


def test_a_request_arrives_as_it_was_given(
    server: Server, transport: HttpTransport, ask: Ask, jane: TestIdentity, token: CancelToken
) -> None:
    response = transport.send(ask(server.port, body=b"\x00\r\n<a/>\xff", identity=jane), token)
    assert (response.status, response.reason) == (200, "OK")
    assert response.body.read_bytes() == b"\x00\r\n<a/>\xff"
    assert response.size == 8
    assert response.held == b"\x00\r\n<a/>\xff"
    assert response.header("content-length") == "8"
    assert server.heads == [
        b"POST /sst/service HTTP/1.1\r\n"
        + f"Host: localhost:{server.port}\r\n".encode()
        + b"Content-Type: text/xml; charset=utf-8\r\n"
        + b'SOAPAction: "do"\r\n'
        + b"User-Agent: caiso-desktop\r\n"
        + b"Accept-Encoding: identity\r\n"
        + b"Content-Length: 8"
    ]
    assert server.peers == [jane.certificate.thumbprint]


def test_a_get_carries_its_query_and_no_body(
    server: Server, transport: HttpTransport, ask: Ask, jane: TestIdentity, token: CancelToken
) -> None:
    url = f"https://localhost:{server.port}/oasisapi/SingleZip?queryname=PRC_LMP&version=12#here"
    transport.send(ask(server.port, url=url, method="GET", body=b"", identity=jane), token)
    assert server.heads[0].startswith(b"GET /oasisapi/SingleZip?queryname=PRC_LMP&version=12 HTTP/1.1\r\n")
    assert b"Content-Length" not in server.heads[0]


def test_the_answer_is_private_to_the_user(
    server: Server, transport: HttpTransport, ask: Ask, jane: TestIdentity, token: CancelToken
) -> None:
    response = transport.send(ask(server.port, identity=jane), token)
    assert response.body.stat().st_mode & 0o077 == 0


def test_tls_facts_and_timings_come_with_every_answer_also_on_a_kept_connection(
    serve: Serve,
    server_pem: Path,
    transport: HttpTransport,
    ask: Ask,
    token: CancelToken,
    version: ssl.TLSVersion,
) -> None:
    server = serve(echo, server_context(server_pem, version))
    first = transport.send(ask(server.port), token)
    second = transport.send(ask(server.port), CancelToken())
    assert server.accepted == 1
    assert first.tls is not None
    assert first.tls.version == version.name.replace("_", ".")
    assert first.tls.cipher
    assert ssl.DER_cert_to_PEM_cert(first.tls.peer_certificate) in server_pem.read_text()
    assert second.tls == first.tls
    assert first.timings.connect is not None
    assert first.timings.tls is not None
    assert (second.timings.connect, second.timings.tls) == (None, None)
    for timings in (first.timings, second.timings):
        assert None not in (timings.send, timings.wait, timings.receive)
        parts = [each or 0 for each in (timings.connect, timings.tls, timings.send, timings.wait, timings.receive)]
        assert 0 < sum(parts) <= timings.total


def test_a_connection_is_never_shared_between_certificates_or_trusts(
    serve: Serve,
    server_pem: Path,
    authority: Authority,
    stranger: Authority,
    transport: HttpTransport,
    ask: Ask,
    jane: TestIdentity,
    john: TestIdentity,
) -> None:
    context = server_context(server_pem, clients=authority)
    context.verify_mode = ssl.CERT_OPTIONAL
    asked: list[tuple[bytes, str]] = []

    def note(server: Server, connection: socket.socket) -> None:
        assert isinstance(connection, ssl.SSLSocket)
        who = str((connection.getpeercert() or {}).get("subject", ""))
        while (request := read_request(connection))[0]:
            asked.append((request[1], who))
            connection.sendall(answer(b""))

    server = serve(note, context)
    wider = Trust((authority.pem, stranger.pem))
    for _ in range(2):
        transport.send(ask(server.port, body=b"jane", identity=jane), CancelToken())
        transport.send(ask(server.port, body=b"john", identity=john), CancelToken())
        transport.send(ask(server.port, body=b"nobody"), CancelToken())
        transport.send(ask(server.port, body=b"jane", identity=jane, trust=wider), CancelToken())
    assert server.accepted == 4
    for body, who in asked:
        assert ("Jane Doe" in who) is (body == b"jane")
        assert ("John Roe" in who) is (body == b"john")
    assert len(asked) == 8


@pytest.fixture
def openssl_inside_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Python whose OpenSSL cannot be given a signer, as some builds are."""

    def provider() -> None:
        raise Unreachable("the OpenSSL of this Python is linked into Python itself")

    monkeypatch.setattr("caiso_desktop.wire.provider.presentation.provider", provider)


def test_a_signer_is_all_that_tls_needs(server: Server, transport: HttpTransport, ask: Ask, jane: TestIdentity) -> None:
    jane.asked = 0
    transport.send(ask(server.port, identity=jane), CancelToken())
    assert server.peers == [jane.certificate.thumbprint]
    assert jane.asked == 0


@pytest.mark.usefixtures("openssl_inside_python")
def test_without_signers_the_key_is_read_once_and_leaves_no_file(
    server: Server,
    transport: HttpTransport,
    ask: Ask,
    authority: Authority,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    private = tmp_path / "temporary"
    private.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(private))
    identity = authority.identity("Asked Once x1")
    for _ in range(3):
        transport.send(ask(server.port, identity=identity), CancelToken())
    assert identity.asked == 1
    assert list(private.iterdir()) == []


@pytest.mark.usefixtures("openssl_inside_python")
def test_without_signers_a_key_that_stays_in_its_store_is_told_in_words(
    server: Server, transport: HttpTransport, ask: Ask, authority: Authority, token: CancelToken
) -> None:
    class Staying(TestIdentity):
        def key_file(self) -> None:  # type: ignore[override]
            return None

    good = authority.identity("Stays There x1")
    with pytest.raises(IdentityError, match=r"Stays There x1 never leaves its store.*linked into Python"):
        transport.send(ask(server.port, identity=Staying(good.certificate, good.key)), token)
    assert server.accepted == 0


@pytest.mark.usefixtures("openssl_inside_python")
def test_a_key_that_does_not_open_is_told_in_words(
    server: Server, transport: HttpTransport, ask: Ask, authority: Authority, token: CancelToken
) -> None:
    class Wrong(TestIdentity):
        def key_file(self) -> KeyFile:
            return KeyFile(super().key_file().pem, b"another passphrase")

    good = authority.identity("Wrong Passphrase x1")
    with pytest.raises(IdentityError, match="Wrong Passphrase x1"):
        transport.send(ask(server.port, identity=Wrong(good.certificate, good.key)), token)
    assert server.accepted == 0


def test_eight_threads_send_at_once(server: Server, transport: HttpTransport, ask: Ask, jane: TestIdentity) -> None:
    together = threading.Barrier(8)

    def work(number: int) -> bool:
        together.wait()
        bodies = [f"<{number}-{turn}/>".encode() * 500 for turn in range(10)]
        requests = [ask(server.port, body=body, identity=jane) for body in bodies]
        kept = [transport.send(request, CancelToken()).body.read_bytes() for request in requests]
        return kept == bodies

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(work, range(8)))
    assert server.accepted <= 8


def test_a_redirect_is_an_answer_and_not_an_order(
    serve: Serve, server_pem: Path, transport: HttpTransport, ask: Ask, token: CancelToken
) -> None:
    elsewhere = serve(echo, server_context(server_pem))

    def redirect(server: Server, connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(answer(b"moved", "302 Found", f"Location: https://localhost:{elsewhere.port}/\r\n"))

    response = transport.send(ask(serve(redirect, server_context(server_pem)).port), token)
    assert response.status == 302
    assert response.body.read_bytes() == b"moved"
    assert elsewhere.accepted == 0


def test_a_cookie_is_not_brought_back(
    serve: Serve, server_pem: Path, transport: HttpTransport, ask: Ask, token: CancelToken
) -> None:
    def bake(server: Server, connection: socket.socket) -> None:
        while (request := read_request(connection))[0]:
            server.heads.append(request[0])
            connection.sendall(answer(b"", headers="Set-Cookie: session=1; Path=/\r\n"))

    server = serve(bake, server_context(server_pem))
    transport.send(ask(server.port), token)
    transport.send(ask(server.port), CancelToken())
    assert b"cookie" not in server.heads[1].lower()


def test_a_stray_proxy_in_the_environment_has_no_effect(
    server: Server,
    serve: Serve,
    transport: HttpTransport,
    ask: Ask,
    jane: TestIdentity,
    token: CancelToken,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    proxy = serve(echo)
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
    transport.send(ask(server.port, identity=jane), token)
    assert proxy.accepted == 0


def test_an_unlisted_host_is_refused_before_connecting(
    server: Server, transport: HttpTransport, ask: Ask, jane: TestIdentity, token: CancelToken
) -> None:
    request = ask(server.port, identity=jane, hosts=frozenset({("localhost", server.port + 1), ("example.com", 443)}))
    with pytest.raises(GuardError, match=f"localhost, port {server.port}, is not a host of this environment"):
        transport.send(request, token)
    assert server.accepted == 0
    assert not request.keep.exists()


def test_a_certificate_is_not_shown_without_tls(
    serve: Serve, transport: HttpTransport, ask: Ask, jane: TestIdentity, token: CancelToken
) -> None:
    server = serve(echo)
    with pytest.raises(GuardError, match="not a secure address"):
        transport.send(ask(server.port, identity=jane, scheme="http"), token)
    assert server.accepted == 0


def test_plain_http_works_without_a_certificate(
    serve: Serve, transport: HttpTransport, ask: Ask, token: CancelToken
) -> None:
    server = serve(echo)
    response = transport.send(ask(server.port, scheme="http"), token)
    assert response.body.read_bytes() == b"<hello/>"
    assert response.tls is None
    transport.send(ask(server.port, scheme="http"), CancelToken())
    assert server.accepted == 1


@pytest.mark.parametrize(
    "url",
    ["ftp://localhost/", "https://", "localhost", "https://localhost:99999/", "https://b\u00fccher/", "https://[/"],
)
def test_what_is_no_address_is_told(transport: HttpTransport, ask: Ask, token: CancelToken, url: str) -> None:
    with pytest.raises(UsageError):
        transport.send(ask(443, url=url), token)


def test_a_user_name_in_an_address_is_refused(transport: HttpTransport, ask: Ask, token: CancelToken) -> None:
    with pytest.raises(GuardError, match="user name"):
        transport.send(ask(443, url="https://jane:secret@localhost/"), token)


@pytest.mark.parametrize("header", [("X-A", "one\r\nX-B: two"), ("X A", "one"), ("X-A", "\u20ac")])
def test_a_header_cannot_smuggle_another(
    server: Server, transport: HttpTransport, ask: Ask, jane: TestIdentity, token: CancelToken, header: tuple[str, str]
) -> None:
    request = ask(server.port, identity=jane, headers=(header,))
    with pytest.raises(UsageError):
        transport.send(request, token)
    assert server.heads == []
    assert not request.keep.exists()


def test_progress_tells_each_phase_and_ends_with_all_bytes(
    serve: Serve, server_pem: Path, transport: HttpTransport, ask: Ask, token: CancelToken
) -> None:
    server = serve(echo, server_context(server_pem))
    seen: list[Progress] = []
    body = b"x" * 3_000_000
    transport.send(ask(server.port, body=body, on_progress=seen.append), token)
    phases = list(dict.fromkeys(progress.phase for progress in seen))
    assert phases == [Phase.CONNECTING, Phase.SECURING, Phase.SENDING, Phase.WAITING, Phase.RECEIVING]
    assert seen[-1] == Progress(Phase.RECEIVING, len(body), len(body), len(body))
    waiting = next(progress for progress in seen if progress.phase is Phase.WAITING)
    assert waiting.sent == len(body)


def test_chunks_are_joined_and_trailing_headers_do_not_disturb(
    serve: Serve, server_pem: Path, transport: HttpTransport, ask: Ask, token: CancelToken
) -> None:
    def chunked(server: Server, connection: socket.socket) -> None:
        while read_request(connection)[0]:
            connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab\r\r\n2;x=y\r\nc\n\r\n")
            connection.sendall(b"0\r\nX-Sum: 1\r\n\r\n")

    server = serve(chunked, server_context(server_pem))
    assert transport.send(ask(server.port), token).body.read_bytes() == b"ab\rc\n"
    transport.send(ask(server.port), CancelToken())
    assert server.accepted == 1


def test_a_compressed_answer_is_kept_as_it_came(
    serve: Serve, server_pem: Path, transport: HttpTransport, ask: Ask, token: CancelToken
) -> None:
    packed = gzip.compress(b"<report/>")

    def compress(server: Server, connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(answer(packed, headers="Content-Encoding: gzip\r\n"))

    response = transport.send(ask(serve(compress, server_context(server_pem)).port), token)
    assert response.body.read_bytes() == packed
    assert response.header("Content-Encoding") == "gzip"


def test_a_connection_the_server_closed_meanwhile_is_not_used(
    serve: Serve, server_pem: Path, transport: HttpTransport, ask: Ask, token: CancelToken, version: ssl.TLSVersion
) -> None:
    gone = threading.Event()

    def once(server: Server, connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(answer(b"once"))
        connection.shutdown(socket.SHUT_RDWR)
        gone.set()

    server = serve(once, server_context(server_pem, version))
    transport.send(ask(server.port), token)
    assert gone.wait(10)
    assert transport.send(ask(server.port), CancelToken()).body.read_bytes() == b"once"
    assert server.accepted == 2


def test_connection_close_is_obeyed(
    serve: Serve, server_pem: Path, transport: HttpTransport, ask: Ask, token: CancelToken
) -> None:
    def closing(server: Server, connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(answer(b"", headers="Connection: close\r\n"))
        assert connection.recv(1) == b""
        server.released.set()

    server = serve(closing, server_context(server_pem))
    transport.send(ask(server.port), token)
    assert server.released.wait(10)


def test_a_submit_on_a_connection_that_dies_while_it_leaves_is_not_repeated(
    serve: Serve, server_pem: Path, transport: HttpTransport, ask: Ask, token: CancelToken, version: ssl.TLSVersion
) -> None:
    bodies: list[bytes] = []

    def second_dies(server: Server, connection: socket.socket) -> None:
        bodies.append(read_request(connection)[1])
        connection.sendall(answer(b"first"))
        bodies.append(read_request(connection)[1])

    server = serve(second_dies, server_context(server_pem, version))
    transport.send(ask(server.port, body=b"one"), token)
    with pytest.raises(CutOff, match="before it answered") as caught:
        transport.send(ask(server.port, body=b"two"), CancelToken())
    assert caught.value.fate is Fate.UNKNOWN
    assert caught.value.kept is None
    assert (bodies, server.accepted) == ([b"one", b"two"], 1)


@pytest.mark.parametrize(
    "beginning",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<half",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<half\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n50\r\n<half",
        b"HTTP/1.0 200 OK\r\n\r\n<half",
    ],
    ids=["length", "between chunks", "within a chunk", "until the end"],
)
def test_what_arrived_of_a_cut_answer_is_kept(
    serve: Serve,
    server_pem: Path,
    transport: HttpTransport,
    ask: Ask,
    token: CancelToken,
    version: ssl.TLSVersion,
    beginning: bytes,
) -> None:
    def cut(server: Server, connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(beginning)
        connection.shutdown(socket.SHUT_RDWR)

    request = ask(serve(cut, server_context(server_pem, version)).port)
    with pytest.raises(CutOff) as caught:
        transport.send(request, token)
    assert caught.value.kept == request.keep
    assert request.keep.read_bytes() == b"<half"
    assert caught.value.fate is Fate.UNKNOWN


def test_an_answer_without_length_ends_with_a_proper_goodbye(
    serve: Serve, server_pem: Path, transport: HttpTransport, ask: Ask, token: CancelToken, version: ssl.TLSVersion
) -> None:
    def goodbye(server: Server, connection: socket.socket) -> None:
        assert isinstance(connection, ssl.SSLSocket)
        read_request(connection)
        connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n<whole/>")
        connection.unwrap()

    response = transport.send(ask(serve(goodbye, server_context(server_pem, version)).port), token)
    assert response.body.read_bytes() == b"<whole/>"


def test_a_length_that_a_proper_goodbye_does_not_keep_is_a_cut(
    serve: Serve, server_pem: Path, transport: HttpTransport, ask: Ask, token: CancelToken
) -> None:
    def goodbye(server: Server, connection: socket.socket) -> None:
        assert isinstance(connection, ssl.SSLSocket)
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<half")
        connection.unwrap()

    with pytest.raises(CutOff, match="after 5 of 1,000 bytes"):
        transport.send(ask(serve(goodbye, server_context(server_pem)).port), token)


@pytest.mark.parametrize("nonsense", [b"220 smtp.example.com ready\r\n\r\n", b"HTTP/1.1 OK\r\n\r\n", b"\x00" * 200_000])
def test_a_peer_that_speaks_something_else(
    serve: Serve, server_pem: Path, transport: HttpTransport, ask: Ask, token: CancelToken, nonsense: bytes
) -> None:
    def babble(server: Server, connection: socket.socket) -> None:
        connection.sendall(nonsense)
        read_request(connection)
        server.released.wait(20)

    request = ask(serve(babble, server_context(server_pem)).port)
    with pytest.raises(ProtocolBroken) as caught:
        transport.send(request, token)
    assert caught.value.fate is Fate.UNKNOWN
    assert not request.keep.exists()


def test_an_early_answer_to_a_large_request_is_read(
    serve: Serve, server_pem: Path, transport: HttpTransport, ask: Ask, token: CancelToken, version: ssl.TLSVersion
) -> None:
    def too_large(server: Server, connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(answer(b"<no/>", "413 Request Entity Too Large", "Connection: close\r\n"))

    server = serve(too_large, server_context(server_pem, version))
    response = transport.send(ask(server.port, body=b"x" * 20_000_000), token)
    assert response.status == 413
    assert response.body.read_bytes() == b"<no/>"


def test_an_answer_that_begins_while_the_request_still_leaves_blocks_nobody(
    serve: Serve, server_pem: Path, transport: HttpTransport, ask: Ask, token: CancelToken, version: ssl.TLSVersion
) -> None:
    size = 20_000_000

    def mirror(server: Server, connection: socket.socket) -> None:
        data = b""
        while b"\r\n\r\n" not in data:
            data += connection.recv(65536)
        connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n".encode())
        data = data.partition(b"\r\n\r\n")[2]
        left = size - len(data)
        connection.sendall(data)
        while left:
            data = connection.recv(65536)
            left -= len(data)
            connection.sendall(data)

    server = serve(mirror, server_context(server_pem, version))
    body = bytes(range(256)) * (size // 256)
    assert transport.send(ask(server.port, body=body), token).body.read_bytes() == body


@pytest.mark.parametrize("limits", [Limits(read=0.05), Limits(total=0.05)], ids=["read", "total"])
def test_a_limit_that_passes_is_named(
    serve: Serve, server_pem: Path, transport: HttpTransport, ask: Ask, token: CancelToken, limits: Limits
) -> None:
    def silent(server: Server, connection: socket.socket) -> None:
        server.released.wait(20)

    server = serve(silent)
    with pytest.raises(TimedOut, match=r"0\.05 seconds") as caught:
        transport.send(ask(server.port, limits=limits, scheme="http"), token)
    assert caught.value.fate is Fate.UNKNOWN


def test_an_answer_that_dries_up_is_kept_as_far_as_it_came(
    serve: Serve, server_pem: Path, transport: HttpTransport, ask: Ask, token: CancelToken
) -> None:
    def dry(server: Server, connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<half")
        server.released.wait(20)

    request = ask(serve(dry, server_context(server_pem)).port, limits=Limits(read=0.2))
    with pytest.raises(TimedOut) as caught:
        transport.send(request, token)
    assert caught.value.kept == request.keep
    assert request.keep.read_bytes() == b"<half"


def test_a_request_that_nobody_takes_times_out(
    serve: Serve, server_pem: Path, transport: HttpTransport, ask: Ask, token: CancelToken
) -> None:
    def full(server: Server, connection: socket.socket) -> None:
        server.released.wait(20)

    server = serve(full, server_context(server_pem))
    with pytest.raises(TimedOut, match="took nothing more of the request"):
        transport.send(ask(server.port, body=b"x" * 30_000_000, limits=Limits(read=0.3)), token)


def test_a_file_that_exists_is_not_written_over(
    server: Server, transport: HttpTransport, ask: Ask, jane: TestIdentity, token: CancelToken
) -> None:
    request = ask(server.port, identity=jane)
    request.keep.write_text("precious")
    with pytest.raises(StorageError) as caught:
        transport.send(request, token)
    assert caught.value.fate is Fate.NOT_SENT
    assert request.keep.read_text() == "precious"
    assert server.accepted == 0


def test_a_folder_that_is_not_there_is_noticed_before_anything_is_sent(
    server: Server, transport: HttpTransport, ask: Ask, jane: TestIdentity, token: CancelToken, tmp_path: Path
) -> None:
    with pytest.raises(StorageError):
        transport.send(ask(server.port, identity=jane, keep=tmp_path / "no" / "where"), token)
    assert server.accepted == 0


def test_after_close_nothing_is_sent(server: Server, ask: Ask, jane: TestIdentity, token: CancelToken) -> None:
    transport = HttpTransport()
    transport.send(ask(server.port, identity=jane), token)
    transport.close()
    transport.close()
    with pytest.raises(Cancelled) as caught:
        transport.send(ask(server.port, identity=jane), CancelToken())
    assert caught.value.fate is Fate.NOT_SENT
    assert server.accepted == 1


def test_many_idle_connections_are_not_all_kept(serve: Serve, ask: Ask, transport: HttpTransport) -> None:
    together = threading.Barrier(12)

    def meet(server: Server, connection: socket.socket) -> None:
        while read_request(connection)[0]:
            together.wait(20)
            connection.sendall(answer(b"met"))

    server = serve(meet)
    with ThreadPoolExecutor(12) as threads:
        for accepted in (12, 16):  # the second time eight are there, and four must be made
            requests = [ask(server.port, scheme="http") for _ in range(12)]
            answers = list(threads.map(lambda request: transport.send(request, CancelToken()), requests))
            assert [each.size for each in answers] == [3] * 12
            assert server.accepted == accepted


def test_the_hosts_of_a_request_are_compared_without_case(
    server: Server, transport: HttpTransport, ask: Ask, jane: TestIdentity, token: CancelToken
) -> None:
    request = replace(ask(server.port, identity=jane), url=f"HTTPS://LocalHost:{server.port}/")
    assert transport.send(request, token).status == 200
