"""HTTP with a proxy, over the plain connection of which the tunnel is made."""

import re
import socket
import time
from contextlib import suppress

import h11

from caiso_desktop.model.call import Headers
from caiso_desktop.model.transport_error import TimedOut
from caiso_desktop.wire.call import Call, ready_sockets
from caiso_desktop.wire.conversation import Conversation, NotTaken

KEPT = 240.0
"""Seconds a connection is kept for the next round; whether the proxy keeps it too is looked at before."""

PAGE = 256 * 1024
"""Bytes of the page beside a refusal that are read, to keep the connection for the next round of a log-on."""

PIECE = 64 * 1024
"""Bytes of an answer that are read at once."""


class Pipe:
    """The plain connection to a proxy, with the call's limits."""

    def __init__(self, sock: socket.socket, call: Call, name: str) -> None:
        self.sock = sock
        self.ended = False
        self._call = call
        self._name = name
        self.begin(call.limits.connect)

    def begin(self, limit: float) -> None:
        """The proxy has so many seconds from now on."""
        self._until = time.monotonic() + limit
        self._late = f"The proxy {self._name} did not answer within {limit:g} seconds."

    def write(self, data: bytes) -> None:
        """Send. Raises `NotTaken`."""
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[self.sock.send(rest) :]
            except BlockingIOError:
                self._wait(writable=True)
            except OSError as error:
                raise NotTaken from error

    def read(self) -> bytes:
        """What came; b"" at the end."""
        while True:
            try:
                data = self.sock.recv(PIECE)
            except BlockingIOError:
                self._wait()
            else:
                self.ended = not data
                return data

    def close(self) -> None:
        """Let go."""
        self.sock.close()

    @property
    def quiet(self) -> bool:
        """Whether the proxy has said nothing since its answer, not even goodbye."""
        return not ready_sockets([self.sock], [], 0)

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


class Line(Conversation):
    """HTTP with a proxy over one connection."""

    def __init__(self, pipe: Pipe) -> None:
        super().__init__(pipe, KEPT)
        self.pipe = pipe

    def read_page(self) -> None:
        """Take the proxy's page off the connection, which the next round needs; nobody is shown it."""
        size = 0
        with suppress(h11.RemoteProtocolError):  # shorter than it says: then the connection is at its end
            for piece in self.pieces():
                size += len(piece)
                if size > PAGE:
                    break


def challenges(headers: Headers) -> dict[str, str]:
    """The schemes that a proxy offers (lower case), each with what stands behind it; the first of a kind counts.

    Several may stand in one header, which the commas of their parameters make hard to read (RFC 9110, 11.6.1): a
    scheme is a word that is followed by a space and no equals sign, or stands alone.
    """
    found: dict[str, str] = {}
    for name, value in headers:
        if name.lower() != "proxy-authenticate":
            continue
        for part in re.split(r",(?=\s*[A-Za-z][\w-]*(?:\s+[^=\s,]|\s*(?:,|$)))", value):
            scheme, _, rest = part.strip().partition(" ")
            if scheme:
                found.setdefault(scheme.lower(), rest.strip())
    return found
