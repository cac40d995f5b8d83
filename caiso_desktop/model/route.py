"""Which way a call takes to its host: straight there, or through a company's proxy, and how that is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy, which is asked with CONNECT for a tunnel: all that it sees of a call is the host's name."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Route:
    """One way to a host, straight where ``proxy`` is None.

    ``learnt`` says where that is written, in words that go on after "as": "the PAC file http://wpad/wpad.dat says".
    Two routes are one where they lead through the same proxy.
    """

    proxy: Proxy | None = None
    learnt: str = ""

    def __str__(self) -> str:
        return "direct" if self.proxy is None else f"proxy {self.proxy}"


DIRECT = Route()
"""Straight to the host."""


class Mode(StrEnum):
    """How the way is found."""

    DIRECT = "none"
    SYSTEM = "system"
    EXPLICIT = "proxy"
    PAC = "pac"
    DETECT = "detect"


@dataclass(frozen=True, slots=True)
class NetworkChoice:
    """What a person has chosen. Nothing in it is secret.

    ``proxy`` counts in `Mode.EXPLICIT`; ``pac`` is the address or the file of a PAC script and counts in `Mode.PAC`.
    Hosts that one of the ``exceptions`` names are reached straight in either: ``*.example.com``, ``.example.com``,
    ``10.0.0.0/8``, ``intranet``. ``user`` is the name for a proxy that asks for a password, which is never kept here;
    with ``remember`` it is kept in the keystore of the computer, else until the program ends.
    """

    mode: Mode = Mode.DIRECT
    proxy: Proxy | None = None
    pac: str = ""
    exceptions: tuple[str, ...] = ()
    user: str = ""
    remember: bool = False


class NetworkSettings(Protocol):
    """Where the choice is kept."""

    def choice(self) -> NetworkChoice:
        """What is chosen; the program's usual where nothing was."""
        ...

    def choose(self, choice: NetworkChoice) -> None:
        """Keep a choice, which counts from the next call on. `UsageError` where it cannot be; then nothing changes."""
        ...


@dataclass(frozen=True, slots=True)
class Cleared:
    """What became of kept passwords that are not wished any more: how many are ``gone``, how many ``left`` and why."""

    gone: int = 0
    left: int = 0
    why: str = ""

    @property
    def sentence(self) -> str:
        """For a person; empty where there was nothing to do."""
        if self.left:
            what = "A password" if self.left == 1 else f"{self.left} passwords"
            return f"{what} kept for the proxy could not be deleted yet: {self.why}. That is done when it is open next."
        if self.gone:
            what = "password" if self.gone == 1 else f"{self.gone} passwords"
            return f"Deleted from the keystore: the {what} kept for the proxy."
        return ""


class ProxyPasswordsKept(Protocol):
    """The passwords of proxies that lie in the computer's keystore. Whatever it refuses is an `IdentityError`."""

    def keep(self, proxy: Proxy, user: str, password: str) -> None:
        """Put one there."""
        ...

    def drop(self, proxy: Proxy, user: str) -> None:
        """Take one out, as it was refused."""
        ...

    def clear(self) -> Cleared:
        """Delete what is not wished any more; asks nobody to unlock anything. Takes a while where there is something:
        for a worker.
        """
        ...


class Routes(Protocol):
    """Finds the ways to a host. The fake beside it is `caiso_desktop.model.fake_route.FakeRoutes`."""

    def known(self, host: str, port: int) -> Sequence[Route] | None:
        """The ways to a host where they can be told without waiting for anything; None where `find` must be asked."""
        ...

    def find(self, host: str, port: int) -> Sequence[Route]:
        """The ways to a host, the first to be tried first; at least one.

        May take as long as a script, or the system's search for one, takes, so never for the GUI thread; bounded in
        time. Raises `RouteUnknown` or `ProxyNotSupported`. This computer itself is always reached straight.
        """
        ...


class Negotiation(Protocol):
    """The log-on of the user at one connection to a proxy: SPNEGO (RFC 4559), one token for each of the proxy's."""

    def step(self, challenge: bytes | None) -> bytes | None:
        """The next token for the proxy, None where there is nothing more to say. `ProxyLogOn` when it fails."""
        ...


class ProxyLogOns(Protocol):
    """Who one is to a proxy. The fake beside it is `caiso_desktop.model.fake_route.FakeLogOns`."""

    def password(self, proxy: Proxy, realm: str, *, refused: bool) -> tuple[str, str] | None:
        """User name and password for a proxy, None where there are none; may ask a person, so it may take long.

        ``refused`` says that the proxy has just refused the ones that it was given before.
        """
        ...

    def accepted(self, proxy: Proxy) -> None:
        """The proxy took the password: it is remembered where that is wished."""
        ...

    def negotiation(self, proxy: Proxy) -> Negotiation | None:
        """A log-on with the user's account on this computer, None where there is none."""
        ...
