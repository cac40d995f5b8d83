"""The HTTPS server itself: connections, HTTP/1.1, and the faults of the line.

One thread accepts; each connection has its own, in which also its TLS handshake happens, so a slow client holds
nobody up. `Listener.stop` ends every thread and closes every socket.
"""

import contextlib
import os
import selectors
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler
from typing import Any

from caiso_desktop.model.call import Headers
from caiso_desktop.simulator.fault import CutOff, Delay, LineFault, Trickle
from caiso_desktop.simulator.mishap import error_page
from caiso_desktop.simulator.reply import Reply, page

LARGEST_REQUEST = 32 * 1024 * 1024
_HANDSHAKE = 10.0
_IDLE = 60.0
_FAREWELL = 0.5
_JOIN = 5.0
_RESET = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)  # struct linger: on, no seconds
_BLANK_PORT = 0


@dataclass(frozen=True, slots=True)
class Arrived:
    """A request as it came off the line; ``peer`` is the client's certificate (DER)."""

    method: str
    path: str
    headers: Headers
    body: bytes
    peer: bytes

    def header(self, name: str) -> str:
        """The first header of this name, whatever its case; empty where there is none."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")


def open_door(port: int = 0) -> socket.socket:
    """A socket that listens on 127.0.0.1; port 0 takes a free one."""
    return socket.create_server(("127.0.0.1", port), backlog=128)


Respond = Callable[[Arrived], tuple[Reply, Sequence[LineFault]]]


class Listener:
    """Takes over a socket that listens; answers once started. ``clock`` gives the Date of its answers, ``context``
    that of each handshake.
    """

    def __init__(
        self,
        context: Callable[[], ssl.SSLContext],
        door: socket.socket,
        respond: Respond,
        failed: Callable[[str], None],
        clock: Callable[[], datetime],
    ) -> None:
        self._context = context
        self._respond = respond
        self._failed = failed
        self._clock = clock
        self._socket = door
        self._socket.settimeout(0)
        self.port: int = self._socket.getsockname()[1]
        self._wake, self._woken = socket.socketpair()
        self._lock = threading.Lock()
        self._threads: set[threading.Thread] = set()
        self._connections: dict[socket.socket, _Life] = {}
        self.stopping = threading.Event()
        self._acceptor = threading.Thread(target=self._accept, name="simulator", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._acceptor.start()

    def stop(self) -> None:
        """End every connection and wait until its thread has gone."""
        self.stopping.set()
        self._wake.send(b".")
        if self._acceptor.is_alive():
            self._acceptor.join(_JOIN)
        self._socket.close()
        self._wake.close()
        self._woken.close()
        with self._lock:
            for connection in self._connections:
                with contextlib.suppress(OSError):
                    # Not SSLSocket.shutdown: it takes the TLS state away from under the thread that reads.
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)
            threads = list(self._threads)
        for thread in threads:
            thread.join(_JOIN)

    def hang_up(self) -> None:
        """End every connection, those with a call under way after its answer: the next call shakes hands anew."""
        with self._lock:
            for connection, life in self._connections.items():
                life.over = True
                if not life.busy:
                    with contextlib.suppress(OSError):
                        socket.socket.shutdown(connection, socket.SHUT_RDWR)

    def _accept(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._socket, selectors.EVENT_READ)
            selector.register(self._woken, selectors.EVENT_READ)
            while not self.stopping.is_set():
                selector.select()
                if self.stopping.is_set():
                    return
                try:
                    connection, _ = self._socket.accept()
                except OSError:
                    continue
                connection.settimeout(_HANDSHAKE)
                thread = threading.Thread(target=self._serve, args=(connection,), name="simulator call", daemon=True)
                with self._lock:
                    self._threads.add(thread)
                thread.start()

    def _serve(self, plain: socket.socket) -> None:
        try:
            with self._secured(plain) as connection:
                if connection is not None:
                    _Handler(connection, self._respond, self.stopping, self._clock, self._connections[connection])
                    _farewell(connection)
        except OSError as error:
            if not self.stopping.is_set():
                self._failed(f"connection: {error}")
        except Exception as error:  # noqa: BLE001 - whatever goes wrong in one connection must not end the others
            self._failed(f"simulator: {error!r}")
        finally:
            with self._lock:
                self._threads.discard(threading.current_thread())

    @contextlib.contextmanager
    def _secured(self, plain: socket.socket) -> Iterator[ssl.SSLSocket | None]:
        """The connection after its handshake, known to `stop`; None when the handshake failed."""
        with plain:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            plain.settimeout(_HANDSHAKE)
            connection = self._context().wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
        with connection:
            with self._lock:
                self._connections[connection] = _Life()
            try:
                if self.stopping.is_set():
                    yield None
                    return
                try:
                    connection.do_handshake()
                except (ssl.SSLError, OSError) as error:
                    self._failed(f"handshake: {error}")
                    _drain(connection)
                    yield None
                else:
                    connection.settimeout(_IDLE)
                    yield connection
            finally:
                with self._lock:
                    del self._connections[connection]


def _drain(connection: ssl.SSLSocket) -> None:
    """Let the peer read our alert: closing with unread bytes would reset the connection and destroy it."""
    with contextlib.suppress(OSError):
        connection.settimeout(_FAREWELL)
        socket.socket.shutdown(connection, socket.SHUT_WR)
        while socket.socket.recv(connection, 65536):
            pass


def _farewell(connection: ssl.SSLSocket) -> None:
    """Say close_notify, but do not wait for the peer's."""
    with contextlib.suppress(OSError, ValueError):
        connection.settimeout(0)
        connection.unwrap()


@dataclass(slots=True)
class _Life:
    """Of a connection: whether a call is under way, and whether it is to end after that."""

    busy: bool = False
    over: bool = False


class _Aborted(ConnectionError):
    """The connection was broken off on purpose."""


class _Handler(BaseHTTPRequestHandler):
    """Reads requests off one connection and writes their answers."""

    protocol_version = "HTTP/1.1"
    timeout = None
    disable_nagle_algorithm = False  # already set, before the handshake

    def __init__(
        self,
        connection: ssl.SSLSocket,
        respond: Respond,
        stopping: threading.Event,
        clock: Callable[[], datetime],
        life: _Life,
    ) -> None:
        self._respond = respond
        self._clock = clock
        self._life = life
        self._stopping = stopping
        self._peer = connection.getpeercert(binary_form=True) or b""
        self._secure = connection
        with contextlib.suppress(ConnectionError, TimeoutError, ssl.SSLError):
            super().__init__(connection, ("127.0.0.1", _BLANK_PORT), None)  # type: ignore[arg-type]

    def handle_one_request(self) -> None:
        """Read a request and answer it; the last one where the connection is over."""
        super().handle_one_request()
        self._life.busy = False
        if self._life.over:
            self.close_connection = True

    def parse_request(self) -> bool:
        """From its first line on a call is under way."""
        self._life.busy = True
        return super().parse_request()

    def do_POST(self) -> None:
        """Answer one request."""
        length = self.headers.get("Content-Length", "")
        if "Transfer-Encoding" in self.headers or not (length.isascii() and length.isdigit()):
            self.close_connection = True
            self._write(error_page(411), ())
            return
        if int(length) > LARGEST_REQUEST:
            self.close_connection = True
            self._write(page(413, "Request too large", f"The limit is {LARGEST_REQUEST} bytes."), ())
            return
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            self.close_connection = True
            return
        headers = tuple((str(key), str(value)) for key, value in self.headers.items())
        reply, faults = self._respond(Arrived(self.command, self.path, headers, body, self._peer))
        self._write(reply, faults)

    def do_GET(self) -> None:
        """There is nothing to get; the path decides with which page to say so."""
        if self.headers.get("Content-Length", "0") != "0" or "Transfer-Encoding" in self.headers:
            self.close_connection = True
        headers = tuple((str(key), str(value)) for key, value in self.headers.items())
        reply, faults = self._respond(Arrived(self.command, self.path, headers, b"", self._peer))
        self._write(reply, faults)

    def _write(self, reply: Reply, faults: Sequence[LineFault]) -> None:
        try:
            for fault in faults:
                if isinstance(fault, Delay):
                    self._wait(fault.seconds)
            cut = next((f for f in faults if isinstance(f, CutOff)), None)
            if cut is not None and cut.after is None:
                self._abort()
            trickle = next((f for f in faults if isinstance(f, Trickle)), None)
            self._send(reply, cut.after if cut is not None else None, trickle)
        finally:
            reply.content.close()

    def _send(self, reply: Reply, cut: int | None, trickle: Trickle | None) -> None:
        chunked = reply.length is None
        framing = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {reply.length}"
        extra = "".join(f"{name}: {value}\r\n" for name, value in reply.headers)
        if self.close_connection:
            extra += "Connection: close\r\n"
        kind = f"Content-Type: {reply.content_type}\r\n" if reply.content_type else ""
        date = self.date_time_string(self._clock().timestamp())
        pending = (
            f"HTTP/1.1 {reply.status} {reply.reason}\r\nServer: CAISO-Desktop-Simulator\r\n"
            f"Date: {date}\r\n{kind}{extra}{framing}\r\n\r\n"
        ).encode("latin-1")
        sent = 0
        for piece in _pieces(reply, trickle):
            if cut is not None and sent + len(piece) > cut:
                self._secure.sendall(pending + piece[: cut - sent])
                self._abort()
            sent += len(piece)
            # The head travels with the first piece: one TLS record, one packet for a small answer.
            self._secure.sendall(pending + (b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece))
            pending = b""
            if trickle is not None:
                self._wait(trickle.pause)
        if chunked:
            pending += b"0\r\n\r\n"
        if pending:
            self._secure.sendall(pending)
        if cut is not None:
            self._abort()

    def _wait(self, seconds: float) -> None:
        if self._stopping.wait(seconds):
            raise _Aborted

    def _abort(self) -> None:
        """End with a TCP reset."""
        self.close_connection = True
        self._secure.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self._secure.close()
        raise _Aborted

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the record keeps what matters."""


def _pieces(reply: Reply, trickle: Trickle | None) -> Iterator[bytes]:
    for piece in reply.content:
        if trickle is None:
            if piece:
                yield piece
        else:
            for at in range(0, len(piece), trickle.size):
                yield piece[at : at + trickle.size]
