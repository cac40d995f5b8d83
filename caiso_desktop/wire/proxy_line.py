"""HTTP with a proxy, over the plain connection of which the tunnel is made."""

import re
import socket
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import httpcore2

from caiso_desktop.model.error import TimedOut
from caiso_desktop.model.route import Proxy
from caiso_desktop.wire.call import Call, ready_sockets

KEPT = 240.0
"""Seconds a connection is kept for the next round; whether the proxy keeps it too is looked at before."""

PAGE = 256 * 1024
"""Bytes of the page beside a refusal that are read, to keep the connection for the next round of a log-on."""

Headers = Sequence[tuple[bytes, bytes]]


class Pipe(httpcore2.NetworkStream):
    """The plain connection to a proxy, with the call's limits; httpcore2 writes and reads on it."""

    def __init__(self, sock: socket.socket, call: Call, name: str) -> None:
        self.sock = sock
        self.over = False
        self.ended = False
        self._call = call
        self._name = name
        self.begin(call.limits.connect)

    def begin(self, limit: float) -> None:
        """The proxy has so many seconds from now on."""
        self._until = time.monotonic() + limit
        self._late = f"The proxy {self._name} did not answer within {limit:g} seconds."

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send, within our own limit and not ``timeout``."""
        data = memoryview(buffer)
        while data:
            try:
                data = data[self.sock.send(data) :]
            except BlockingIOError:
                self._wait(writable=True)
            except OSError as error:
                raise httpcore2.WriteError(str(error)) from error

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """What came; b"" at the end, and where nothing may come any more."""
        while not self.over:
            try:
                data = self.sock.recv(max_bytes)
            except BlockingIOError:
                self._wait()
            else:
                self.ended = not data
                return data
        return b""

    def close(self) -> None:
        """Let go."""
        self.sock.close()

    def get_extra_info(self, info: str) -> Any:
        """Whether the proxy has closed it, which httpcore2 asks before the next round."""
        return bool(ready_sockets([self.sock], [], 0)) if info == "is_readable" else None

    def _wait(self, *, writable: bool = False) -> None:
        sockets = (self.sock,)
        try:
            self._call.wait(
                self._until, self._late, readable=() if writable else sockets, writable=sockets if writable else ()
            )
        except TimedOut as error:
            if error.detail == self._late:
                error.advice = "The proxy may be overloaded, or wait for the host. Try again later."
            raise


class Line(httpcore2.HTTP11Connection):
    """HTTP with a proxy over one connection."""

    def __init__(self, proxy: Proxy, pipe: Pipe) -> None:
        self._place = proxy.host.encode("ascii"), proxy.port
        super().__init__(httpcore2.Origin(b"http", *self._place), pipe, keepalive_expiry=KEPT)
        self.pipe = pipe

    @property
    def usable(self) -> bool:
        """Whether the next request can go over it: the last answer was read, and the proxy has not closed it."""
        return self.is_idle() and not self.has_expired()

    def url(self, target: bytes) -> httpcore2.URL:
        """What a request on this connection names."""
        host, port = self._place
        return httpcore2.URL(scheme=b"http", host=host, port=port, target=target)


def read_page(response: httpcore2.Response) -> None:
    """Take the proxy's page off the connection, which the next round needs; nobody is shown it."""
    size = 0
    with suppress(httpcore2.RemoteProtocolError):  # shorter than it says: then the connection is at its end
        for piece in response.iter_stream():
            size += len(piece)
            if size > PAGE:
                break
    response.close()


def challenges(headers: Headers) -> dict[str, str]:
    """The schemes that a proxy offers (lower case), each with what stands behind it; the first of a kind counts.

    Several may stand in one header, which the commas of their parameters make hard to read (RFC 9110, 11.6.1): a
    scheme is a word that is followed by a space and no equals sign, or stands alone.
    """
    found: dict[str, str] = {}
    for name, value in headers:
        if name.lower() != b"proxy-authenticate":
            continue
        for part in re.split(r",(?=\s*[A-Za-z][\w-]*(?:\s+[^=\s,]|\s*(?:,|$)))", value.decode("latin-1")):
            scheme, _, rest = part.strip().partition(" ")
            if scheme:
                found.setdefault(scheme.lower(), rest.strip())
    return found
