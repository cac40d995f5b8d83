"""Where the calls of one row go in one environment."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.service import Environment, Packaging, Target


@dataclass(frozen=True, slots=True)
class Destination:
    """What a catalogue says of it: the environment, the address and its host (in small letters), and how a MIME part
    travels there.
    """

    environment: Environment
    url: str
    host: str
    packaging: Packaging

    @classmethod
    def of(cls, catalogue: Catalogue, environment: str, target: Target) -> "Destination":
        """That of a row; `CatalogueError` where there is none, or none that can be called there."""
        url = catalogue.url(environment, target)
        packaging = catalogue.packaging(environment, target)
        return cls(catalogue.environment(environment), url, urlsplit(url).hostname or "", packaging)
