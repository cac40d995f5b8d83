"""Ways that need no network, and log-ons that ask nobody, for tests of whoever goes by them."""

from collections.abc import Sequence

from caiso_desktop.model.error import CaisoError
from caiso_desktop.model.route import DIRECT, Negotiation, NetworkChoice, Proxy, Route


class FakeRoutes:
    """Gives the same ways to every host, or raises; remembers who was asked for."""

    def __init__(self, *routes: Route, failure: CaisoError | None = None) -> None:
        self.routes = routes or (DIRECT,)
        self.failure = failure
        self.asked: list[tuple[str, int]] = []

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
