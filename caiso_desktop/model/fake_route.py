"""Ways that need no network, and log-ons that ask nobody, for tests of whoever goes by them."""

from collections.abc import Sequence
from dataclasses import replace

from caiso_desktop.model.error import CaisoError, UsageError
from caiso_desktop.model.identity import Certificate, Trust
from caiso_desktop.model.network import Network
from caiso_desktop.model.route import DIRECT, Cleared, Negotiation, NetworkChoice, Proxy, Route
from caiso_desktop.model.trust import Trusting


class FakeRoutes:
    """Gives the same ways to every host, or raises; remembers who was asked for."""

    def __init__(self, *routes: Route, failure: CaisoError | None = None) -> None:
        self.routes = routes or (DIRECT,)
        self.failure = failure
        self.asked: list[tuple[str, int]] = []

    def known(self, host: str, port: int) -> Sequence[Route] | None:
        """Never: whoever goes by them asks, and what was asked is remembered."""
        return None

    def find(self, host: str, port: int) -> Sequence[Route]:
        """The same ways always."""
        self.asked.append((host, port))
        if self.failure is not None:
            raise self.failure
        return self.routes


class FakeLogOns:
    """Answers with each of its passwords once, and with its negotiation."""

    def __init__(self, *passwords: tuple[str, str], negotiation: Negotiation | None = None) -> None:
        self._passwords = list(passwords)
        self._negotiation = negotiation
        self._now: tuple[str, str] | None = None
        self.refused = 0
        self.taken: list[Proxy] = []

    def password(self, proxy: Proxy, realm: str, *, refused: bool) -> tuple[str, str] | None:
        """The next password when the last was refused."""
        self.refused += refused
        if self._now is None or refused:
            self._now = self._passwords.pop(0) if self._passwords else None
        return self._now

    def accepted(self, proxy: Proxy) -> None:
        """Remember that it was."""
        self.taken.append(proxy)

    def negotiation(self, proxy: Proxy) -> Negotiation | None:
        """What the test gave."""
        return self._negotiation


class FakeNetworkSettings:
    """Keeps the choice while it lives."""

    def __init__(self, choice: NetworkChoice | None = None) -> None:
        self._choice = choice or NetworkChoice()

    def choice(self) -> NetworkChoice:
        """What was chosen last."""
        return self._choice

    def choose(self, choice: NetworkChoice) -> None:
        """Take it."""
        self._choice = choice


class FakeKept:
    """Keeps while it lives; says what the test gave of what was cleared, and counts the questions."""

    def __init__(self, cleared: Cleared | None = None) -> None:
        self.cleared = cleared or Cleared()
        self.asked = 0
        self.texts: dict[tuple[Proxy, str], str] = {}

    def keep(self, proxy: Proxy, user: str, password: str) -> None:
        """Keep it."""
        self.texts[proxy, user] = password

    def drop(self, proxy: Proxy, user: str) -> None:
        """Forget it."""
        self.texts.pop((proxy, user), None)

    def clear(self) -> Cleared:
        """Nothing is anywhere."""
        self.asked += 1
        return self.cleared


class FakeAuthorities:
    """Trusts what it was told to; files are the thumbprints of certificates it knows."""

    def __init__(self, *known: Certificate) -> None:
        self._known = {each.thumbprint.encode(): each for each in known}
        self.now = Trusting()

    def trusting(self, environment: str) -> Trusting:
        """The same in every environment."""
        return self.now

    def trust(self, environment: str) -> Trust:
        """As the system has it."""
        return Trust()

    def add(self, environment: str, files: Sequence[bytes]) -> Sequence[Certificate]:
        """Add those whose thumbprints the files are."""
        try:
            new = [self._known[data] for data in files]
        except KeyError as error:
            raise UsageError("the file holds no certificate that can be read.") from error
        self.now = replace(self.now, added=(*self.now.added, *new))
        return new

    def remove(self, environment: str, thumbprint: str) -> None:
        """Take one away."""
        self.now = replace(self.now, added=tuple(each for each in self.now.added if each.thumbprint != thumbprint))

    def pin(self, environment: str, *, exactly: bool) -> None:
        """Pin or not."""
        self.now = replace(self.now, exactly=exactly)


def fake_network(routes: FakeRoutes | None = None, authorities: FakeAuthorities | None = None) -> Network:
    """A network in which nothing is chosen and every host is reached straight."""
    authorities = authorities or FakeAuthorities()
    return Network(FakeNetworkSettings(), routes or FakeRoutes(), lambda: authorities, FakeKept())
