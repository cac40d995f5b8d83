"""How bytes travel: the port to the network, its request and its response."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from caiso_desktop.model.call import Headers
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.identity import Identity, Trust
from caiso_desktop.model.route import Route
from caiso_desktop.model.source import FileSource


class Phase(StrEnum):
    """Where a call is; in the words a progress bar shows."""

    CHECKING = "checking the payload"
    PACKING = "packing"
    FINDING = "finding the way"
    CONNECTING = "connecting"
    TUNNELLING = "asking the proxy"
    SECURING = "securing the connection"
    SENDING = "sending"
    WAITING = "waiting for the answer"
    RECEIVING = "receiving"
    PAUSING = "waiting before the next try"
    QUEUED = "waiting for its turn"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a call is; sizes in bytes, ``total`` is the answer's announced size where the server announced one.

    While a payload is packed, ``packed`` of ``total`` bytes of it are. ``note`` says why it pauses.
    """

    phase: Phase
    sent: int = 0
    received: int = 0
    total: int | None = None
    note: str = ""
    packed: int = 0


def ignore_progress(progress: Progress) -> None:
    """For callers that do not watch."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Time limits in seconds: to connect (TCP and TLS each), between two reads, and for everything."""

    connect: float = 15.0
    read: float = 120.0
    total: float = 900.0


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request. The transport itself sets Host, Content-Length, Accept-Encoding and User-Agent.

    ``keep`` is the new file the answer's body is written to; one that exists is never written over. ``hosts`` are the
    only (host, port) pairs to which the identity may be shown: a transport refuses any other address before it
    connects.
    """

    url: str
    headers: Headers
    body: bytes | FileSource
    keep: Path
    hosts: frozenset[tuple[str, int]]
    identity: Identity | None = None
    trust: Trust = field(default_factory=Trust)
    limits: Limits = field(default_factory=Limits)
    method: str = "POST"
    on_progress: Callable[[Progress], None] = ignore_progress


@dataclass(frozen=True, slots=True)
class Timings:
    """Durations of the phases in seconds; None where a kept connection made the phase unnecessary.

    ``connect`` ends at the host or, where one is in between, at the proxy; ``proxy`` is what the proxy took then.
    """

    connect: float | None = None
    tls: float | None = None
    send: float | None = None
    wait: float | None = None
    receive: float | None = None
    total: float = 0.0
    proxy: float | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """One certificate of a server's chain: its DER, its and its issuer's distinguished names, and when it is valid.

    ``serial`` is in upper-case hex, ``thumbprint`` the SHA-256 of the DER likewise. Where this Python tells only the
    DER, names and serial are empty and the moments None; of a call of the past the DER is empty.
    """

    der: bytes
    subject: str = ""
    issuer: str = ""
    until: datetime | None = None
    since: datetime | None = None
    serial: str = ""
    thumbprint: str = ""


@dataclass(frozen=True, slots=True)
class TlsFacts:
    """What was agreed with the server, and the server's own certificate (DER).

    ``links`` lead from it to the authority that vouches for it, as OpenSSL verified it. Where the system verified it
    (Windows, macOS) it is what the server sent, and ``as_sent`` is true.
    """

    version: str
    cipher: str
    peer_certificate: bytes
    links: tuple[Link, ...] = ()
    as_sent: bool = False

    @property
    def chain(self) -> tuple[bytes, ...]:
        """The DER of each link."""
        return tuple(link.der for link in self.links)


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP answer whose body lies in the file ``body``, byte for byte as it came (transfer coding removed).

    ``hash`` is the body's SHA-256 (hex), empty where the transport does not tell it. ``held`` is the body itself where
    it is small and has just come, so that who looks into it at once need not read the file.
    """

    status: int
    reason: str
    headers: Headers
    body: Path
    size: int
    started: datetime
    timings: Timings
    tls: TlsFacts | None = None
    route: Route | None = None
    hash: str = ""
    held: bytes | None = field(default=None, repr=False, compare=False)

    def header(self, name: str) -> str | None:
        """The first header of this name, whatever its case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


class Transport(Protocol):
    """One verb. The fake beside it is `caiso_desktop.wire.fake.FakeTransport`."""

    def send(self, request: Request, token: CancelToken) -> Response:
        """Send once, never again by itself.

        Raises `GuardError`, `UsageError` or `IdentityError` before anything is sent; then `TransportError`,
        `StorageError` or `Cancelled`, each with the request's fate.
        """
        ...

    def close(self) -> None:
        """Let go of kept connections."""
        ...
