"""The port to the network for whoever looks for what is wrong with it: one layer at a time, nothing kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.identity import Trust
from caiso_desktop.model.route import Route
from caiso_desktop.model.transport import Request, Response
from caiso_desktop.model.transport_error import TransportError

TLS_VERSIONS = ("TLSv1.2", "TLSv1.3")
"""What the program speaks, as OpenSSL names it."""


@dataclass(frozen=True, slots=True)
class Handshake:
    """A TLS handshake without a client certificate, as it was seen.

    ``version`` is what the server chose, empty where it chose none; ``chain`` the certificates (DER) that it showed,
    its own first, also where they were not trusted. ``asked`` is whether it asked for a client certificate, with the
    names (DER) of the ``authorities`` it accepts, where it says so; None where nobody could look. ``failure`` is None
    where the server is trusted and the handshake was finished, or ended only because no certificate was shown.
    """

    version: str
    cipher: str
    chain: tuple[bytes, ...]
    asked: bool | None
    authorities: tuple[bytes, ...]
    seconds: float
    failure: TransportError | None = None


@dataclass(frozen=True, slots=True)
class Reached:
    """A connection that was made: the address that took it, the host's or its proxy's, and the way that it took."""

    address: str
    route: Route


class Probe(Protocol):
    """Each verb obeys the token at once, and raises `TransportError` or `Cancelled`.

    ``routes`` are the ways to the host, as `find_ways` gives them; none stands for straight there.
    """

    def look_up(self, host: str, port: int, token: CancelToken) -> Sequence[str]:
        """The addresses of a name, as texts. `NameNotFound` or `TimedOut`."""
        ...

    def find_ways(self, host: str, port: int, token: CancelToken) -> Sequence[Route]:
        """The ways to a host, the first to be tried first. `ProxyError` where that is not known."""
        ...

    def reach(self, host: str, port: int, token: CancelToken, routes: Sequence[Route] = ()) -> Reached:
        """Connect, through a proxy as far as the host, and let go again. `NameNotFound`, `Unreachable` ..."""
        ...

    def shake_hands(
        self,
        host: str,
        port: int,
        trust: Trust,
        token: CancelToken,
        routes: Sequence[Route] = (),
        version: str | None = None,
    ) -> Handshake:
        """One handshake, with only this of `TLS_VERSIONS` where one is named; shows no certificate, sends nothing."""
        ...

    def ask(self, request: Request, token: CancelToken) -> Response:
        """Send once over a connection of its own; see `caiso_desktop.model.transport.Transport.send`."""
        ...
