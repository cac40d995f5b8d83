"""The port to the network for whoever looks for what is wrong with it: one layer at a time, nothing kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import TransportError
from caiso_desktop.model.identity import Trust
from caiso_desktop.model.transport import Request, Response

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


class Probe(Protocol):
    """Each verb obeys the token at once, and raises `TransportError` or `Cancelled`."""

    def look_up(self, host: str, port: int, token: CancelToken) -> Sequence[str]:
        """The addresses of a name, as texts. `NameNotFound` or `TimedOut`."""
        ...

    def reach(self, host: str, port: int, token: CancelToken) -> str:
        """Connect and let go again; the address that answered. `NameNotFound`, `Unreachable` or `TimedOut`."""
        ...

    def shake_hands(
        self, host: str, port: int, trust: Trust, token: CancelToken, version: str | None = None
    ) -> Handshake:
        """One handshake, with only this of `TLS_VERSIONS` where one is named; shows no certificate, sends nothing."""
        ...

    def ask(self, request: Request, token: CancelToken) -> Response:
        """Send once over a connection of its own; see `caiso_desktop.model.transport.Transport.send`."""
        ...
