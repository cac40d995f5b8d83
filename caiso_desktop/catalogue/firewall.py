"""The firewall sheet: which hosts and ports a company must open, with the IPs that the document prints.

The document prints the IPs of the gateways apart from the applications that are called through them: a host's own
IPs count before those of the application. Where nothing is printed for a host, its IP is left empty.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.service import Application, Reach

COLUMNS = ("environment", "application", "use", "host", "port", "ip")

# An application's printed IPs are those of the hosts people and programs reach it at; where its installer and
# manuals lie is often another host.
_OWN = ("portal", "server")


@dataclass(frozen=True, slots=True)
class Opening:
    """One line of the sheet; ``use`` is ``portal``, ``installer``, ``manual``, ``server``, ``web services``,
    ``secondary`` or ``web services (not proven)``. ``ips`` is empty where none is printed.
    """

    environment: str
    application: str
    use: str
    host: str
    port: int
    ips: tuple[str, ...]


def openings(catalogue: Catalogue) -> tuple[Opening, ...]:
    """What must be open for this catalogue (narrow it first), by environment and application."""
    found = {}
    for environment in catalogue.environments:
        known = ips_by_host(catalogue, environment.id)
        for application in catalogue.applications:
            for use, url in _addresses(catalogue, application, environment.id):
                parts = urlsplit(url)
                host = parts.hostname or ""
                port = parts.port or (443 if parts.scheme == "https" else 80)
                opening = Opening(environment.id, application.id, use, host, port, known.get(host, ()))
                found[environment.id, application.id, use, host, port] = opening
    return tuple(found.values())


def firewall_sheet(catalogue: Catalogue, whole: Catalogue | None = None) -> str:
    """The sheet as CSV with a header, one line per IP. ``whole`` is the catalogue before it was narrowed:
    its gateways and portals tell the IPs of hosts that several applications share.
    """
    import csv  # imported late: the window's first paint does not need it
    import io

    whole = whole or catalogue
    ips = {environment.id: ips_by_host(whole, environment.id) for environment in catalogue.environments}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for each in openings(catalogue):
        for ip in ips[each.environment].get(each.host, each.ips) or ("",):
            writer.writerow((each.environment, each.application, each.use, each.host, each.port, ip))
    return out.getvalue()


def _addresses(catalogue: Catalogue, application: Application, environment: str) -> Iterator[tuple[str, str]]:
    reach = application.reach.get(environment, Reach())
    for address in reach.addresses:
        yield address.role, address.url
    if reach.base is not None:
        yield "web services", reach.base
    for url in reach.secondary:
        yield "secondary", url
    for other in reach.other_bases:
        yield "web services" if other.source.proven else "web services (not proven)", other.url
    for service in application.services:
        for version in service.versions:
            if environment in version.bases:
                use = "web services" if version.source.proven else "web services (not proven)"
                yield use, version.bases[environment]


def ips_by_host(catalogue: Catalogue, environment: str) -> dict[str, tuple[str, ...]]:
    """The IPs that the document prints for each host of an environment (its id); a host it has none for is left out."""
    known: dict[str, tuple[str, ...]] = {}
    for application in catalogue.applications:
        reach = application.reach.get(environment, Reach())
        for address in reach.addresses:
            if address.role in _OWN and reach.ips:
                known.setdefault(urlsplit(address.url).hostname or "", reach.ips)
    for application in catalogue.applications:
        for address in application.reach.get(environment, Reach()).addresses:
            if address.ips:
                known[urlsplit(address.url).hostname or ""] = address.ips
    return known
