"""Where a request of another program went, in the catalogue's words: by its address, else by its operation's name."""

from functools import cached_property
from urllib.parse import urlsplit

from caiso_desktop.contract.package.match import rows
from caiso_desktop.contract.package.name import Key, key_of
from caiso_desktop.contract.rule import operation_by_rule
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.error import CatalogueError
from caiso_desktop.model.package import SOAP_VARIANTS
from caiso_desktop.model.service import Target


class AddressBook:
    """Every address of a catalogue, made once when it is first asked."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def find(self, address: str, operation: str) -> tuple[Target | None, str]:
        """The row and the environment (empty where the host is none of the catalogue's) of a request."""
        place = _plain(address)
        if place in self._places:
            return self._places[place]
        target = self._segments.get(place.rpartition("/")[2]) or self._names.get(key_of(operation))
        return target, ""

    @cached_property
    def _places(self) -> dict[str, tuple[Target, str]]:
        found: dict[str, tuple[Target, str]] = {}
        for _, _, _, target in rows(self._catalogue):
            for environment in self._catalogue.environments:
                try:
                    url = self._catalogue.url(environment.id, target)
                except CatalogueError:
                    continue
                found.setdefault(_plain(url), (target, environment.id))
        return found

    @cached_property
    def _segments(self) -> dict[str, Target]:
        """Rows by the last part of their path, which names service, application, version and variant."""
        return {
            version.paths[target.variant].casefold().rpartition("/")[2]: target
            for _, _, version, target in rows(self._catalogue)
            if target.variant in SOAP_VARIANTS
        }

    @cached_property
    def _names(self) -> dict[Key, Target]:
        found: dict[Key, Target] = {}
        for _, service, version, target in rows(self._catalogue):
            if target.variant in SOAP_VARIANTS:
                found.setdefault(key_of(operation_by_rule(service, version, target.variant).name), target)
        return found


def _plain(address: str) -> str:
    """An address as it is compared: without query and in lower case, but for what the port 443 says anyway."""
    try:
        parts = urlsplit(address.strip())
        port = parts.port
    except ValueError:
        return ""
    where = f"{parts.hostname or ''}:{port or (443 if parts.scheme == 'https' else 80)}"
    return f"{parts.scheme}://{where}{parts.path}".casefold().rstrip("/")
