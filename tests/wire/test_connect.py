"""From a name to a socket."""

import socket
from collections.abc import Callable

import pytest

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import Fate
from caiso_desktop.model.transport import Limits, Request
from caiso_desktop.model.transport_error import NameNotFound, TimedOut, Unreachable
from caiso_desktop.wire.transport import HttpTransport
from tests.wire.conftest import Server, echo

Serve = Callable[..., Server]
Ask = Callable[..., Request]


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def test_a_refused_connection(transport: HttpTransport, ask: Ask, token: CancelToken, closed_port: int) -> None:
    with pytest.raises(Unreachable, match=f"127.0.0.1, port {closed_port}: the connection was refused") as caught:
        transport.send(ask(closed_port, host="127.0.0.1"), token)
    assert caught.value.fate is Fate.NOT_SENT


def test_a_name_without_address(transport: HttpTransport, ask: Ask, token: CancelToken) -> None:
    with pytest.raises(NameNotFound, match=r"no-such-host\.invalid") as caught:
        transport.send(ask(443, host="no-such-host.invalid"), token)
    assert caught.value.fate is Fate.NOT_SENT


def test_a_name_that_is_too_long_for_dns(transport: HttpTransport, ask: Ask, token: CancelToken) -> None:
    with pytest.raises(NameNotFound):
        transport.send(ask(443, host="a" * 70 + ".example"), token)


def test_nobody_accepts_in_time(transport: HttpTransport, ask: Ask, token: CancelToken) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        with pytest.raises(TimedOut, match="did not accept the connection") as caught:
            transport.send(ask(port, host="127.0.0.1", limits=Limits(connect=0.1)), token)
        for filler in fillers:
            filler.close()
    assert caught.value.fate is Fate.NOT_SENT


def several(monkeypatch: pytest.MonkeyPatch, places: list[tuple[str, int]]) -> None:
    """Let the name many.example have these addresses, in this order."""
    real = socket.getaddrinfo

    def fake(host: str, port: int, **more: int) -> list[object]:
        if host != "many.example":
            return list(real(host, port, **more))
        if more.get("flags", 0) & socket.AI_NUMERICHOST:
            raise socket.gaierror(socket.EAI_NONAME, "a name")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", place) for place in places]

    monkeypatch.setattr(socket, "getaddrinfo", fake)


def test_the_next_address_is_tried_when_one_refuses(
    serve: Serve,
    transport: HttpTransport,
    ask: Ask,
    token: CancelToken,
    monkeypatch: pytest.MonkeyPatch,
    closed_port: int,
) -> None:
    server = serve(echo)
    several(monkeypatch, [("127.0.0.1", closed_port), ("127.0.0.1", server.port)])
    assert transport.send(ask(server.port, host="many.example", scheme="http"), token).status == 200


def test_the_next_address_is_tried_beside_one_that_is_silent(
    serve: Serve, transport: HttpTransport, ask: Ask, token: CancelToken, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(echo)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        several(monkeypatch, [listener.getsockname(), ("127.0.0.1", server.port)])
        assert transport.send(ask(server.port, host="many.example", scheme="http"), token).status == 200
        for filler in fillers:
            filler.close()


def test_when_all_refuse_the_host_is_unreachable(
    transport: HttpTransport, ask: Ask, token: CancelToken, monkeypatch: pytest.MonkeyPatch, closed_port: int
) -> None:
    several(monkeypatch, [("127.0.0.1", closed_port)] * 3)
    with pytest.raises(Unreachable, match="refused"):
        transport.send(ask(closed_port, host="many.example"), token)
