"""Other ways to the same service that the catalogue knows, for when the usual one fails. None is ever taken alone."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.error import CatalogueError
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.service import Environment, Target
from caiso_desktop.model.transport_error import NameNotFound, ProxyError, TimedOut, TlsFailed, Unreachable

_TWINS = {"production": "production-ecn", "production-ecn": "production"}
"""Production is reached over the internet and over CAISO's own network, the ECN: one market, two ways."""

_CONNECTING = (NameNotFound, Unreachable, TimedOut, TlsFailed, ProxyError)


@dataclass(frozen=True, slots=True)
class OtherWays:
    """``secondary`` are hosts with their ports, printed beside the application's own; ``twin`` is the other network to
    the same market, with the service's ``address`` there.
    """

    secondary: tuple[str, ...] = ()
    twin: Environment | None = None
    address: str = ""

    @property
    def words(self) -> str:
        """What there is, in sentences."""
        parts = []
        if self.twin is not None:
            reached = f" {self.twin.access}" if self.twin.access else ""
            parts.append(f"{self.twin.name} leads to the same market by {self.address}.{reached}")
        if self.secondary:
            parts.append(
                f"The access document prints secondary connections: {', '.join(self.secondary)}. Edit the address of "
                "the application to use one; nothing changes by itself."
            )
        return " ".join(parts)


def other_ways(exchange: Exchange, catalogue: Catalogue) -> OtherWays | None:
    """The other ways of a call that could not connect; None where it did, or where nothing is known."""
    if not isinstance(exchange.failure, _CONNECTING):
        return None
    return known_ways(catalogue, exchange.call.target, exchange.call.environment)


def known_ways(catalogue: Catalogue, target: Target, environment: str) -> OtherWays | None:
    """The other ways of a service in an environment."""
    try:
        application = catalogue.application(target.application)
    except CatalogueError:
        return None
    reach = application.reach.get(environment)
    secondary = tuple(urlsplit(url).netloc for url in reach.secondary) if reach is not None else ()
    twin, address = None, ""
    try:
        if environment in _TWINS:
            twin = catalogue.environment(_TWINS[environment])
            address = catalogue.url(twin.id, target)
    except CatalogueError:
        twin = None
    return OtherWays(secondary, twin, address) if secondary or twin is not None else None
