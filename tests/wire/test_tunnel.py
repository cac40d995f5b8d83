"""Calls through real proxies on loopback, with real TLS end to end."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import Cancelled, Fate
from caiso_desktop.model.fake_route import FakeLogOns, FakeNetworkSettings, FakeRoutes
from caiso_desktop.model.route import DIRECT, Mode, NetworkChoice, Proxy, ProxyLogOns, Route
from caiso_desktop.model.transport import Limits, Phase, Progress, Request
from caiso_desktop.model.transport_error import (
    CutOff,
    ProxyError,
    ProxyLogOn,
    ProxyNotSupported,
    ProxyRefused,
    ProxyUnreachable,
    RouteUnknown,
    ServerNotTrusted,
    TimedOut,
    TlsFailed,
)
from caiso_desktop.wire.route.chosen import ChosenRoutes
from caiso_desktop.wire.transport import HttpTransport
from tests.wire.conftest import Authority, Server, TestIdentity, echo, server_context
from tests.wire.proxies import Tokens, proxy, refusal, said, wants_basic, wants_negotiate

Serve = Callable[..., Server]
Ask = Callable[..., Request]
Through = Callable[..., HttpTransport]


@pytest.fixture
def through() -> Iterator[Through]:
    """Makes transports whose every way leads through these proxies' ports, in turn."""
    made: list[HttpTransport] = []

    def make(*ports: int, log_ons: ProxyLogOns | None = None) -> HttpTransport:
        routes = [Route(Proxy("127.0.0.1", port), "this test says") if port else DIRECT for port in ports]
        made.append(HttpTransport(FakeRoutes(*routes), log_ons))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def server(serve: Serve, server_pem: Path, authority: Authority, version: ssl.TLSVersion) -> Server:
    """Echoes to whoever shows a certificate of the authority."""
    return serve(echo, server_context(server_pem, version, clients=authority))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])


def test_a_call_goes_through_with_the_certificate_end_to_end(
    server: Server, serve: Serve, through: Through, ask: Ask, jane: TestIdentity, token: CancelToken
) -> None:
    between = serve(proxy())
    seen: list[Progress] = []
    transport = through(between.port)
    response = transport.send(ask(server.port, identity=jane, on_progress=seen.append), token)
    assert response.body.read_bytes() == b"<hello/>"
    assert server.peers == [jane.certificate.thumbprint]
    (head,) = between.heads
    assert head == f"CONNECT localhost:{server.port} HTTP/1.1\r\nHost: localhost:{server.port}\r\n".encode() + (
        b"User-Agent: caiso-desktop\r\n\r\n"
    )
    assert response.route == Route(Proxy("127.0.0.1", between.port), "this test says")
    assert response.timings.proxy is not None
    assert response.timings.connect is not None
    phases = list(dict.fromkeys(progress.phase for progress in seen))
    assert phases[:4] == [Phase.FINDING, Phase.CONNECTING, Phase.TUNNELLING, Phase.SECURING]


def test_the_tunnel_is_kept_for_the_same_identity_host_and_way_only(
    server: Server, serve: Serve, ask: Ask, jane: TestIdentity, john: TestIdentity, token: CancelToken
) -> None:
    one, other = serve(proxy()), serve(proxy())
    routes = FakeRoutes(Route(Proxy("127.0.0.1", one.port)))
    transport = HttpTransport(routes)
    try:
        transport.send(ask(server.port, identity=jane), token)
        kept = transport.send(ask(server.port, identity=jane), token)
        assert kept.timings.proxy is None
        assert one.accepted == 1
        transport.send(ask(server.port, identity=john), token)
        assert one.accepted == 2
        routes.routes = (Route(Proxy("127.0.0.1", other.port)),)
        transport.send(ask(server.port, identity=jane), token)
        assert other.accepted == 1
        routes.routes = (DIRECT,)
        straight = transport.send(ask(server.port, identity=jane), token)
        assert straight.route == DIRECT
        assert straight.timings.connect is not None
    finally:
        transport.close()
    assert server.accepted == 4


def test_basic_with_the_password(
    server: Server, serve: Serve, through: Through, ask: Ask, jane: TestIdentity, token: CancelToken
) -> None:
    between = serve(proxy(wants_basic("corp\\jane", "swördfish:1")))
    log_ons = FakeLogOns(("corp\\jane", "wrong"), ("corp\\jane", "swördfish:1"))
    response = through(between.port, log_ons=log_ons).send(ask(server.port, identity=jane), token)
    assert response.status == 200
    assert log_ons.refused == 1
    assert log_ons.taken == [Proxy("127.0.0.1", between.port)]
    assert server.heads
    assert b"Proxy-Authorization" not in server.heads[0]


def test_a_wrong_password_and_none(
    server: Server, serve: Serve, through: Through, ask: Ask, token: CancelToken
) -> None:
    between = serve(proxy(wants_basic("jane", "right")))
    with pytest.raises(ProxyLogOn, match="refused the user name or the password") as wrong:
        through(between.port, log_ons=FakeLogOns(("jane", "a"), ("jane", "b"))).send(ask(server.port), token)
    assert wrong.value.fate is Fate.NOT_SENT
    assert "b'" not in str(wrong.value)
    with pytest.raises(ProxyLogOn, match="none is known here"):
        through(between.port, log_ons=FakeLogOns()).send(ask(server.port), token)
    assert server.accepted == 0


def test_negotiate_keeps_one_connection_through_its_rounds(
    server: Server, serve: Serve, through: Through, ask: Ask, jane: TestIdentity, token: CancelToken
) -> None:
    between, tokens = serve(proxy(wants_negotiate())), Tokens()
    response = through(between.port, log_ons=FakeLogOns(negotiation=tokens)).send(
        ask(server.port, identity=jane), token
    )
    assert response.status == 200
    assert tokens.heard == [None, b"who?"]
    assert between.accepted == 1
    assert len(between.heads) == 3


def test_negotiate_over_a_proxy_that_closes_says_so(
    server: Server, serve: Serve, through: Through, ask: Ask, token: CancelToken
) -> None:
    between = serve(proxy(wants_negotiate(drop=True)))
    with pytest.raises(ProxyLogOn, match="closed the connection in the middle of the log-on"):
        through(between.port, log_ons=FakeLogOns(negotiation=Tokens())).send(ask(server.port), token)


@pytest.mark.parametrize(
    ("headers", "kinds"),
    [
        (("Proxy-Authenticate: NTLM",), "NTLM"),
        (('Proxy-Authenticate: Digest realm="a", nonce="b,c", qop="auth"',), "Digest"),
        (("Proxy-Authenticate: Negotiate, NTLM",), "Negotiate, NTLM"),
    ],
)
def test_a_log_on_that_cannot_be_given_is_named(
    serve: Serve, through: Through, ask: Ask, token: CancelToken, headers: tuple[str, ...], kinds: str
) -> None:
    between = serve(proxy(lambda number, head: refusal("407 Log on", *headers)))
    with pytest.raises(ProxyNotSupported, match=f"cannot be given here: {kinds}[.]"):
        through(between.port, log_ons=FakeLogOns(("jane", "secret"))).send(ask(443), token)
    assert len(between.heads) == 1


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (refusal("403 Forbidden"), ProxyRefused, "does not allow connections to localhost, port 443"),
        (refusal("502 Bad Gateway"), ProxyRefused, "could not reach localhost, port 443"),
        (refusal("504 Gateway Timeout"), ProxyRefused, "waited for localhost, port 443 in vain"),
        (refusal("405 No"), ProxyRefused, "does not make tunnels"),
        (refusal("302 Found", "Location: http://login.corp/"), ProxyRefused, "answered 302"),
        (b"<html><body>Welcome to the hotel</body></html>\r\n\r\n", ProxyError, "not HTTP"),
        (b"HTTP/1.1 200 OK\r\n\r\n\x16\x03\x03hello", ProxyError, "something of its own into the tunnel"),
    ],
)
def test_what_else_a_proxy_answers(
    serve: Serve,
    through: Through,
    ask: Ask,
    token: CancelToken,
    answer: bytes,
    kind: type[ProxyError],
    words: str,
) -> None:
    between = serve(proxy(lambda number, head: answer))
    with pytest.raises(kind, match=words) as told:
        through(between.port).send(ask(443), token)
    assert told.value.fate is Fate.NOT_SENT
    assert f"127.0.0.1:{between.port}" in told.value.detail
    assert told.value.advice


def test_a_proxy_that_drops_instead_of_answering(serve: Serve, through: Through, ask: Ask, token: CancelToken) -> None:
    def drop(server: Server, connection: socket.socket) -> None:
        connection.recv(100)

    with pytest.raises(ProxyError, match="closed the connection instead of making a tunnel"):
        through(serve(drop).port).send(ask(443), token)


def test_a_proxy_that_drops_in_the_handshake_and_in_the_answer(
    serve: Serve, server_pem: Path, through: Through, ask: Ask, token: CancelToken
) -> None:
    server = serve(echo, server_context(server_pem))
    with pytest.raises(TlsFailed) as early:
        through(serve(proxy(bytes_until_drop=10)).port).send(ask(server.port), token)
    assert early.value.fate is Fate.NOT_SENT
    late = ask(server.port, body=b"x" * 4_000_000)
    with pytest.raises(CutOff) as told:
        through(serve(proxy(bytes_until_drop=600_000)).port).send(late, token)
    assert told.value.fate is Fate.UNKNOWN


def test_a_proxy_that_says_nothing(serve: Serve, through: Through, ask: Ask, token: CancelToken) -> None:
    def mute(server: Server, connection: socket.socket) -> None:
        server.released.wait(20)

    between = serve(mute)
    with pytest.raises(TimedOut, match=r"The proxy 127.0.0.1:\d+ did not answer within 0.3 seconds") as told:
        through(between.port).send(ask(443, limits=Limits(connect=0.3)), token)
    assert told.value.fate is Fate.NOT_SENT
    stop = CancelToken()
    asked = threading.Event()

    def watch(progress: Progress) -> None:
        if progress.phase is Phase.TUNNELLING:
            asked.set()

    def cancel() -> None:
        asked.wait(20)
        stop.cancel()

    helper = threading.Thread(target=cancel)
    helper.start()
    with pytest.raises(Cancelled) as stopped:
        through(between.port).send(ask(443, on_progress=watch, limits=Limits(connect=60)), stop)
    helper.join()
    assert stopped.value.fate is Fate.NOT_SENT


def test_nobody_at_the_proxy_and_the_next_way(
    server: Server, serve: Serve, through: Through, ask: Ask, jane: TestIdentity, token: CancelToken
) -> None:
    nobody = free_port()
    with pytest.raises(ProxyUnreachable, match=rf"the proxy 127.0.0.1:{nobody} does not answer"):
        through(nobody).send(ask(server.port, identity=jane), token)
    between = serve(proxy())
    response = through(nobody, between.port).send(ask(server.port, identity=jane), token)
    assert response.route is not None
    assert response.route.proxy == Proxy("127.0.0.1", between.port)
    assert through(nobody, 0).send(ask(server.port, identity=jane), token).route == DIRECT


def test_what_a_proxy_refuses_is_not_tried_past_it(
    serve: Serve, server_pem: Path, through: Through, ask: Ask, token: CancelToken
) -> None:
    server = serve(echo, server_context(server_pem))
    between = serve(proxy(lambda number, head: refusal("403 Forbidden")))
    with pytest.raises(ProxyRefused):
        through(between.port, 0).send(ask(server.port), token)
    assert server.accepted == 0


def test_a_proxy_that_poses_as_the_host_is_not_trusted(
    serve: Serve,
    tmp_path: Path,
    stranger: Authority,
    through: Through,
    ask: Ask,
    jane: TestIdentity,
    token: CancelToken,
) -> None:
    posing = serve(echo, server_context(stranger.server_files(tmp_path)))
    between = serve(proxy())
    with pytest.raises(ServerNotTrusted):
        through(between.port).send(ask(posing.port, identity=jane), token)
    assert posing.heads == []


def test_a_way_that_cannot_be_found_ends_the_call(ask: Ask, token: CancelToken) -> None:
    transport = HttpTransport(FakeRoutes(failure=RouteUnknown("the script is broken.")))
    with pytest.raises(RouteUnknown) as told:
        transport.send(ask(443), token)
    assert told.value.fate is Fate.NOT_SENT
    transport.close()


def test_a_way_that_is_known_is_not_searched_for(serve: Serve, server_pem: Path, ask: Ask, token: CancelToken) -> None:
    server = serve(echo, server_context(server_pem))
    transport = HttpTransport(ChosenRoutes(FakeNetworkSettings(NetworkChoice(Mode.DIRECT))))
    seen: list[Progress] = []
    response = transport.send(ask(server.port, on_progress=seen.append), token)
    transport.close()
    assert str(response.route) == "direct"
    assert Phase.FINDING not in {progress.phase for progress in seen}


def test_headers_are_read_whatever_their_case() -> None:
    assert said("CONNECT a:1 HTTP/1.1\r\nproxy-authorization: x\r\n\r\n", "Proxy-Authorization") == "x"
