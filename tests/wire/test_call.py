"""Stopping: whatever a call waits for, a cancel ends the wait. No test here waits for time to pass.

The servers never go on by themselves, so `send` can only return because of the cancel; the limits are far away.
"""

import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import Cancelled, Fate
from caiso_desktop.model.transport import Limits, Phase, Progress, Request
from caiso_desktop.wire.call import Waker, ready_sockets
from caiso_desktop.wire.transport import HttpTransport
from tests.wire.conftest import Server, answer, echo, read_request, server_context

Serve = Callable[..., Server]
Ask = Callable[..., Request]
FAR = Limits(connect=100, read=100, total=100)


def mute(server: Server, connection: socket.socket) -> None:
    server.released.wait(100)


def cancelled(transport: HttpTransport, request: Request, phase: Phase) -> Cancelled:
    """The error of a call that is cancelled, from another thread, once it has come to ``phase``."""
    token = CancelToken()
    there = threading.Event()
    on_progress = request.on_progress

    def watch(progress: Progress) -> None:
        on_progress(progress)
        if progress.phase is phase:
            there.set()

    def stop() -> None:
        assert there.wait(50)
        token.cancel()

    canceller = threading.Thread(target=stop)
    canceller.start()
    object.__setattr__(request, "on_progress", watch)
    with pytest.raises(Cancelled) as caught:
        transport.send(request, token)
    canceller.join()
    assert not request.keep.exists()
    return caught.value


def test_cancelled_before_it_began(serve: Serve, transport: HttpTransport, ask: Ask) -> None:
    server = serve(echo)
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled) as caught:
        transport.send(ask(server.port, scheme="http"), token)
    assert caught.value.fate is Fate.NOT_SENT
    assert server.accepted == 0


def test_cancelled_while_the_name_is_looked_up(
    transport: HttpTransport, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = threading.Event()
    returned = threading.Event()
    real = socket.getaddrinfo

    def slow(host: str, port: int, **more: int) -> object:
        if more["flags"] & socket.AI_NUMERICHOST:
            return real(host, port, **more)
        released.wait(100)
        returned.set()
        raise socket.gaierror(socket.EAI_NONAME, "no")

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    error = cancelled(transport, ask(443, host="slow.example", limits=FAR), Phase.CONNECTING)
    assert error.fate is Fate.NOT_SENT
    released.set()
    assert returned.wait(10)


def test_cancelled_while_nobody_accepts(transport: HttpTransport, ask: Ask) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:  # a full backlog: Linux drops what comes next in silence
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        error = cancelled(transport, ask(port, host="127.0.0.1", limits=FAR), Phase.CONNECTING)
        for filler in fillers:
            filler.close()
    assert error.fate is Fate.NOT_SENT


def test_cancelled_during_the_handshake(serve: Serve, transport: HttpTransport, ask: Ask) -> None:
    error = cancelled(transport, ask(serve(mute).port, limits=FAR), Phase.SECURING)
    assert error.fate is Fate.NOT_SENT


def test_cancelled_while_the_request_leaves(serve: Serve, server_pem: Path, transport: HttpTransport, ask: Ask) -> None:
    server = serve(mute, server_context(server_pem))
    error = cancelled(transport, ask(server.port, body=b"x" * 30_000_000, limits=FAR), Phase.SENDING)
    assert error.fate in {Fate.UNKNOWN, Fate.NOT_SENT}  # the cancel may come before the first byte


def test_cancelled_while_the_service_thinks(serve: Serve, server_pem: Path, transport: HttpTransport, ask: Ask) -> None:
    server = serve(mute, server_context(server_pem))
    error = cancelled(transport, ask(server.port, limits=FAR), Phase.WAITING)
    assert error.fate is Fate.UNKNOWN


def test_cancelled_in_the_middle_of_the_answer(
    serve: Serve, server_pem: Path, transport: HttpTransport, ask: Ask
) -> None:
    def half(server: Server, connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<half")
        server.released.wait(100)

    error = cancelled(transport, ask(serve(half, server_context(server_pem)).port, limits=FAR), Phase.RECEIVING)
    assert error.fate is Fate.UNKNOWN


def test_a_cancelled_connection_serves_nobody_else(
    serve: Serve, server_pem: Path, transport: HttpTransport, ask: Ask
) -> None:
    def second(server: Server, connection: socket.socket) -> None:
        read_request(connection)
        if server.accepted == 1:
            server.released.wait(100)
        connection.sendall(answer(b"second"))

    server = serve(second, server_context(server_pem))
    cancelled(transport, ask(server.port, limits=FAR), Phase.WAITING)
    assert transport.send(ask(server.port), CancelToken()).body.read_bytes() == b"second"
    assert server.accepted == 2


def test_a_token_of_many_calls_keeps_none_that_is_over(
    serve: Serve, server_pem: Path, transport: HttpTransport, ask: Ask
) -> None:
    server, token = serve(echo, server_context(server_pem)), CancelToken()
    for number in range(3):
        transport.send(ask(server.port, body=b"%d" % number), token)
    assert token._hooks == []


def test_a_token_cancelled_after_its_call_disturbs_no_later_call(
    serve: Serve, server_pem: Path, transport: HttpTransport, ask: Ask
) -> None:
    server = serve(echo, server_context(server_pem))
    old = CancelToken()
    transport.send(ask(server.port), old)

    def meddle(progress: Progress) -> None:
        old.cancel()

    assert transport.send(ask(server.port, on_progress=meddle), CancelToken()).status == 200


def test_each_of_eight_calls_is_stopped_alone(
    serve: Serve, server_pem: Path, transport: HttpTransport, ask: Ask
) -> None:
    server = serve(mute, server_context(server_pem))
    with ThreadPoolExecutor(8) as threads:
        errors = list(
            threads.map(lambda _: cancelled(transport, ask(server.port, limits=FAR), Phase.WAITING), range(8))
        )
    assert [error.fate for error in errors] == [Fate.UNKNOWN] * 8


def test_closing_the_transport_stops_what_is_under_way(serve: Serve, server_pem: Path, ask: Ask) -> None:
    server = serve(mute, server_context(server_pem))
    transport = HttpTransport()
    there = threading.Event()

    def watch(progress: Progress) -> None:
        if progress.phase is Phase.WAITING:
            there.set()

    with ThreadPoolExecutor(1) as threads:
        sending = threads.submit(transport.send, ask(server.port, limits=FAR, on_progress=watch), CancelToken())
        assert there.wait(50)
        transport.close()
        with pytest.raises(Cancelled, match="let go"):
            sending.result(50)


def test_a_cancel_that_comes_after_everything_is_closed_harms_nobody(
    serve: Serve, server_pem: Path, ask: Ask, token: CancelToken
) -> None:
    transport = HttpTransport()
    transport.send(ask(serve(echo, server_context(server_pem)).port), token)
    transport.close()
    token.cancel()


class LateMouth:
    """Lets the sending thread have its turn in the midst of a wake-up."""

    def __init__(self, mouth: socket.socket, turn: Callable[[], None]) -> None:
        self._mouth = mouth
        self._turn = turn

    def send(self, data: bytes) -> int:
        self._turn()
        return self._mouth.send(data)

    def close(self) -> None:
        self._mouth.close()


def test_no_wake_up_is_heard_for_ever_whoever_drains_meanwhile() -> None:
    with closing(Waker()) as waker:
        waker.wake()
        vars(waker)["_mouth"] = LateMouth(vars(waker)["_mouth"], waker.drain)
        waker.wake()
        assert ready_sockets([waker.ear], [], 0) == [waker.ear]
        waker.drain()
        assert ready_sockets([waker.ear], [], 0) == []
