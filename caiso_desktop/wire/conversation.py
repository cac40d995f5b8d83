"""HTTP/1.1 over one connection: a request, its answer, then perhaps another. What may be said when is h11's knowledge.

h11 reads and writes the protocol and touches no socket: it ends a body where its length, its chunks or the end of the
connection say, and refuses what is not HTTP. Bytes, waits and limits are the carrier's.

Nothing is asked before the last answer has been read to its end, and nothing after bytes that nobody asked for: they
would be taken for the answer to the next request.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import NamedTuple, Protocol

import h11

from caiso_desktop.model.call import Headers

LONGEST_HEAD = 100 * 1024
"""Bytes of an answer's head, or of a chunk's, that are waited for; a longer one is refused."""


class NotTaken(Exception):
    """The peer takes nothing more of the request; what it has said before that can still be read."""


class Carrier(Protocol):
    """A connection that carries bytes both ways."""

    def write(self, data: bytes) -> None:
        """Send, now or when the answer is waited for. A request's head comes first, and alone. Raises `NotTaken`."""
        ...

    def read(self) -> bytes:
        """What has come, waiting for it; empty at the end."""
        ...

    @property
    def quiet(self) -> bool:
        """Whether nothing has come that was not read, be it the end."""
        ...

    def close(self) -> None:
        """Let go."""
        ...


class Head(NamedTuple):
    """What an answer begins with; the names of its headers as the peer spells them."""

    status: int
    reason: str
    headers: Headers


class Conversation:
    """A client's side of HTTP/1.1, lent to one thread at a time; ``kept`` seconds after an answer it is out of use."""

    def __init__(self, carrier: Carrier, kept: float) -> None:
        self._carrier = carrier
        self._kept = kept
        self._until = 0.0
        self._protocol = h11.Connection(h11.CLIENT, LONGEST_HEAD)
        self._said: tuple[str, str, tuple[tuple[bytes, bytes], ...]] | None = None
        self._request: h11.Request
        self.idle = False

    def ask(self, method: str, target: str, headers: list[tuple[bytes, bytes]], body: Iterable[bytes] = ()) -> Head:
        """Send a request and read its answer's head; what only precedes that (1xx) is passed over.

        Raises `h11.LocalProtocolError` where HTTP cannot say this, `h11.RemoteProtocolError` where the peer said
        something else than an answer or went before its head was whole, and what the carrier raises.
        """
        self.idle = False
        protocol, carrier = self._protocol, self._carrier
        request = self._spelt(method, target, headers)
        with suppress(NotTaken):
            carrier.write(protocol.send(request))
            for piece in body:
                carrier.write(protocol.send(h11.Data(data=piece)))
            carrier.write(protocol.send(h11.EndOfMessage()))
        protocol.receive_data(carrier.read())
        while type(event := self._next()) is h11.InformationalResponse:
            pass
        if type(event) is not h11.Response:
            raise h11.RemoteProtocolError("it speaks another protocol from now on")
        named = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in event.headers.raw_items())
        return Head(event.status_code, event.reason.decode("latin-1"), named)

    def pieces(self) -> Iterator[bytes]:
        """The answer's body as it comes, freed of its chunks. Raises as `ask` does."""
        while type(event := self._next()) is h11.Data:
            yield event.data
        protocol = self._protocol
        done = protocol.our_state is h11.DONE and protocol.their_state is h11.DONE
        if done and protocol.trailing_data == (b"", False):
            protocol.start_next_cycle()
            self._until = time.monotonic() + self._kept
            self.idle = True

    @property
    def leftover(self) -> bytes:
        """What came behind the answer; behind the one that makes a tunnel it belongs to who speaks through that."""
        return self._protocol.trailing_data[0]

    @property
    def usable(self) -> bool:
        """Whether another request may follow: the last answer ended not long ago, and nothing has come since."""
        return self.idle and time.monotonic() <= self._until and self._carrier.quiet

    def close(self) -> None:
        """Let go of the connection."""
        self.idle = False
        self._carrier.close()

    def _spelt(self, method: str, target: str, headers: list[tuple[bytes, bytes]]) -> h11.Request:
        """The request's head, each letter of which h11 looks at; a list of calls says the same again and again."""
        said = (method, target, tuple(headers))
        if said != self._said:
            self._request = h11.Request(method=method, target=target, headers=headers)
            self._said = said
        return self._request

    def _next(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        protocol = self._protocol
        while (event := protocol.next_event()) is h11.NEED_DATA:
            protocol.receive_data(self._carrier.read())
        return event
