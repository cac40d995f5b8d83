"""Who refused whom, and why: each provoked for real, on TLS 1.2 and TLS 1.3."""

import socket
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import CaisoError, Fate
from caiso_desktop.model.identity import Trust
from caiso_desktop.model.transport import Limits, Request
from caiso_desktop.model.transport_error import (
    ClientCertificateExpired,
    ClientCertificateMissing,
    ClientCertificateRefused,
    CutOff,
    ServerNotTrusted,
    TimedOut,
    TlsFailed,
    TransportError,
)
from caiso_desktop.wire.refusal import ALERTS, Scene, alert_number, explain
from caiso_desktop.wire.transport import HttpTransport
from tests.wire.conftest import DAY, NOW, Authority, Server, TestIdentity, answer, echo, read_request, server_context

Serve = Callable[..., Server]
Ask = Callable[..., Request]
LARGE = b"<large>" + b"x" * 5_000_000 + b"</large>"


@pytest.fixture(params=["small", "large"])
def body(request: pytest.FixtureRequest) -> bytes:
    """A large request is still leaving when the alert of TLS 1.3 comes."""
    return LARGE if request.param == "large" else b"<small/>"


@pytest.fixture
def guarded(serve: Serve, server_pem: Path, authority: Authority, version: ssl.TLSVersion) -> Server:
    """Echoes to whoever shows a certificate of the authority, on TLS 1.2 and on TLS 1.3."""
    return serve(echo, server_context(server_pem, version, clients=authority))


def failure(transport: HttpTransport, request: Request) -> TransportError:
    with pytest.raises(TransportError) as caught:
        transport.send(request, CancelToken())
    assert not request.keep.exists()
    return caught.value


def test_no_certificate_where_one_is_required(guarded: Server, transport: HttpTransport, ask: Ask, body: bytes) -> None:
    error = failure(transport, ask(guarded.port, body=body))
    assert type(error) is ClientCertificateMissing
    assert error.fate is Fate.NOT_SENT
    assert f"localhost, port {guarded.port}" in error.detail
    assert guarded.heads == []


def test_an_expired_certificate(
    guarded: Server, authority: Authority, transport: HttpTransport, ask: Ask, body: bytes
) -> None:
    old = authority.identity("Old Jane x1", end=NOW - DAY)
    error = failure(transport, ask(guarded.port, identity=old, body=body))
    assert type(error) is ClientCertificateExpired
    assert error.fate is Fate.NOT_SENT
    assert "Old Jane x1" in error.detail
    assert f"{NOW - DAY:%Y-%m-%d}" in error.detail
    assert "renewal" in error.advice


def test_a_certificate_of_an_authority_the_server_does_not_know(
    guarded: Server, stranger: Authority, transport: HttpTransport, ask: Ask, body: bytes
) -> None:
    error = failure(transport, ask(guarded.port, identity=stranger.identity("Somebody x9"), body=body))
    assert type(error) is ClientCertificateRefused
    assert error.fate is Fate.NOT_SENT
    assert "does not know the authority" in error.detail
    assert "Somebody x9" in error.detail


def test_a_refused_certificate_that_is_expired_too_is_called_expired(
    guarded: Server, stranger: Authority, transport: HttpTransport, ask: Ask
) -> None:
    error = failure(transport, ask(guarded.port, identity=stranger.identity("Old Somebody x9", end=NOW - DAY)))
    assert type(error) is ClientCertificateExpired
    assert error.fate is Fate.NOT_SENT


@pytest.mark.parametrize(
    ("made", "says", "advises"),
    [
        ("stranger", "an authority that is not trusted here", "add that authority"),
        ("wrong host", "a certificate of another host", "Check the address"),
        ("expired", "has expired", "clock first"),
        ("too early", "not valid yet", "clock first"),
        ("self-signed", "only itself vouches for", "add that authority"),
    ],
)
def test_a_server_that_is_not_the_one_we_meant(
    serve: Serve,
    authority: Authority,
    stranger: Authority,
    transport: HttpTransport,
    ask: Ask,
    jane: TestIdentity,
    tmp_path: Path,
    version: ssl.TLSVersion,
    made: str,
    says: str,
    advises: str,
) -> None:
    pem = {
        "stranger": lambda: stranger.server_files(tmp_path),
        "wrong host": lambda: authority.server_files(tmp_path, "elsewhere.example"),
        "expired": lambda: authority.server_files(tmp_path, begin=NOW - 2 * DAY, end=NOW - DAY),
        "too early": lambda: authority.server_files(tmp_path, begin=NOW + DAY / 2),
        "self-signed": lambda: authority.server_files(tmp_path, self_signed=True),
    }[made]()
    server = serve(echo, server_context(pem, version))
    error = failure(transport, ask(server.port, identity=jane))
    assert type(error) is ServerNotTrusted
    assert says in error.detail
    assert advises in error.advice
    assert error.fate is Fate.NOT_SENT
    assert server.heads == []
    assert server.peers == []  # the handshake never ended, so our certificate was shown to nobody


def test_without_authorities_the_system_decides(
    serve: Serve, server_pem: Path, transport: HttpTransport, ask: Ask, version: ssl.TLSVersion
) -> None:
    server = serve(echo, server_context(server_pem, version))
    error = failure(transport, ask(server.port, trust=Trust()))
    assert type(error) is ServerNotTrusted
    assert "an authority that is not trusted here" in error.detail


def test_the_system_trusts_what_it_is_told_to(
    serve: Serve,
    server_pem: Path,
    authority: Authority,
    transport: HttpTransport,
    ask: Ask,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bundle = tmp_path / "system.pem"
    bundle.write_bytes(authority.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    server = serve(echo, server_context(server_pem))
    assert transport.send(ask(server.port, trust=Trust()), CancelToken()).status == 200


def test_given_authorities_are_the_only_ones(
    serve: Serve,
    server_pem: Path,
    authority: Authority,
    stranger: Authority,
    transport: HttpTransport,
    ask: Ask,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bundle = tmp_path / "system.pem"
    bundle.write_bytes(authority.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    server = serve(echo, server_context(server_pem))
    assert type(failure(transport, ask(server.port, trust=stranger.trust))) is ServerNotTrusted


def test_an_authority_that_is_no_certificate(transport: HttpTransport, ask: Ask) -> None:
    with pytest.raises(CaisoError, match="not a certificate in PEM"):
        transport.send(ask(1, trust=Trust((b"-----BEGIN CERTIFICATE-----\nnonsense\n",))), CancelToken())


def test_a_server_that_speaks_old_tls_only(
    serve: Serve, server_pem: Path, transport: HttpTransport, ask: Ask, jane: TestIdentity
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.load_cert_chain(server_pem)
    error = failure(transport, ask(serve(echo, context).port, identity=jane))
    assert type(error) is TlsFailed
    assert error.fate is Fate.NOT_SENT


@pytest.mark.parametrize("with_certificate", [True, False])
def test_no_common_cipher_is_not_blamed_on_a_certificate(
    serve: Serve, server_pem: Path, transport: HttpTransport, ask: Ask, jane: TestIdentity, with_certificate: bool
) -> None:
    context = server_context(server_pem, ssl.TLSVersion.TLSv1_2)
    context.set_ciphers("ECDHE-RSA-AES128-GCM-SHA256")  # the server's key is not RSA
    error = failure(transport, ask(serve(echo, context).port, identity=jane if with_certificate else None))
    assert type(error) is TlsFailed
    assert "TLS alert 40" in error.detail


def test_a_server_that_does_not_speak_tls(serve: Serve, transport: HttpTransport, ask: Ask) -> None:
    def plain(server: Server, connection: socket.socket) -> None:
        connection.recv(10)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        connection.recv(65536)

    error = failure(transport, ask(serve(plain).port))
    assert type(error) is TlsFailed
    assert "does not speak TLS" in error.detail


def test_a_server_that_hangs_up_during_the_handshake(serve: Serve, transport: HttpTransport, ask: Ask) -> None:
    def gone(server: Server, connection: socket.socket) -> None:
        while b"\x00" not in connection.recv(65536):
            pass

    error = failure(transport, ask(serve(gone).port))
    assert type(error) is TlsFailed
    assert error.fate is Fate.NOT_SENT


def test_a_server_that_never_ends_the_handshake(serve: Serve, transport: HttpTransport, ask: Ask) -> None:
    def mute(server: Server, connection: socket.socket) -> None:
        server.released.wait(20)

    error = failure(transport, ask(serve(mute).port, limits=Limits(connect=0.1)))
    assert type(error) is TimedOut
    assert error.fate is Fate.NOT_SENT
    assert "TLS handshake" in error.detail


def test_a_certificate_that_is_asked_for_after_the_address_was_read(
    serve: Serve, server_pem: Path, authority: Authority, transport: HttpTransport, ask: Ask, jane: TestIdentity
) -> None:
    def late(server: Server, connection: socket.socket) -> None:
        assert isinstance(connection, ssl.SSLSocket)
        head, _ = read_request(connection)
        connection.verify_client_post_handshake()
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n")
        connection.recv(0)
        server.heads.append(head)
        connection.sendall(b"late")
        connection.settimeout(10)
        connection.recv(1)

    context = server_context(server_pem, clients=authority)
    context.verify_mode = ssl.CERT_OPTIONAL
    context.post_handshake_auth = True
    server = serve(late, context)
    response = transport.send(ask(server.port, identity=jane), CancelToken())
    assert response.body.read_bytes() == b"late"


def test_an_alert_on_a_kept_connection_leaves_the_fate_open(
    serve: Serve, server_pem: Path, authority: Authority, transport: HttpTransport, ask: Ask
) -> None:
    def second_time(server: Server, connection: socket.socket) -> None:
        assert isinstance(connection, ssl.SSLSocket)
        read_request(connection)
        connection.sendall(answer(b""))
        read_request(connection)
        connection.verify_client_post_handshake()
        connection.do_handshake()  # asks
        connection.recv(1)  # and refuses

    context = server_context(server_pem, clients=authority)
    context.post_handshake_auth = True
    server = serve(second_time, context)
    first = transport.send(ask(server.port), CancelToken())
    assert first.status == 200
    with pytest.raises(TransportError) as caught:
        transport.send(ask(server.port), CancelToken())
    assert server.accepted == 1
    assert type(caught.value) is ClientCertificateMissing
    assert caught.value.fate is Fate.UNKNOWN


def alert(name: str) -> ssl.SSLError:
    error = ssl.SSLError(1, name)
    error.reason = name
    return error


@pytest.mark.parametrize(
    ("reason", "number"),
    [
        ("SSLV3_ALERT_CERTIFICATE_EXPIRED", 45),
        ("TLSV13_ALERT_CERTIFICATE_REQUIRED", 116),
        ("TLSV1_ALERT_UNKNOWN_CA", 48),
        ("SSLV3_ALERT_HANDSHAKE_FAILURE", 40),
        ("TLSV1_ALERT_SOMETHING_NEW", 0),
        ("WRONG_VERSION_NUMBER", None),
        ("UNEXPECTED_ALERT_X", None),
    ],
)
def test_an_alert_is_known_by_its_number(reason: str, number: int | None) -> None:
    assert alert_number(alert(reason)) == number


@pytest.mark.parametrize("name", sorted(ALERTS))
def test_every_alert_has_a_sentence(name: str, jane: TestIdentity) -> None:
    for certificate in (jane.certificate, None):
        for agreed in (True, False):
            scene = Scene("mrts.example", 443, certificate, agreed=agreed)
            told = explain(alert(f"TLSV1_ALERT_{name}"), scene, Fate.UNKNOWN)
            assert told.detail.startswith("mrts.example, port 443, ")
            assert told.detail.endswith(".")


def test_a_refusal_by_an_alert_40_after_the_certificate_was_shown(jane: TestIdentity) -> None:
    scene = Scene("mrts.example", 443, jane.certificate, agreed=True)
    assert type(explain(alert("SSLV3_ALERT_HANDSHAKE_FAILURE"), scene, Fate.NOT_SENT)) is ClientCertificateRefused


def test_an_alert_45_for_a_certificate_that_is_valid_here_asks_for_the_clock(jane: TestIdentity) -> None:
    told = explain(
        alert("SSLV3_ALERT_CERTIFICATE_EXPIRED"),
        Scene("mrts.example", 443, jane.certificate, agreed=True),
        Fate.UNKNOWN,
    )
    assert type(told) is ClientCertificateExpired
    assert "clock" in told.advice


def test_a_reset_after_the_request_left_is_a_cut(
    serve: Serve, server_pem: Path, transport: HttpTransport, ask: Ask, version: ssl.TLSVersion
) -> None:
    def reset(server: Server, connection: socket.socket) -> None:
        connection.recv(10)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")

    error = failure(transport, ask(serve(reset, server_context(server_pem, version)).port))
    assert type(error) is CutOff
    assert error.fate is Fate.UNKNOWN
