"""Which hosts an order is about, and which harmless call would be made to each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from caiso_desktop.catalogue.firewall import ips_by_host
from caiso_desktop.model.call import Call
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.dispatch_watch import LIST, SERVICE
from caiso_desktop.model.doctor import Order, Place
from caiso_desktop.model.error import CatalogueError, UsageError
from caiso_desktop.model.service import Application, Kind, Reach, Service, Target, Variant, Version

Skeleton = Callable[[Target, str], str]
"""A payload to begin with, for a target in an environment."""

_SIGNED = (Variant.DOCATTACH, Variant.AP)
# Asks after a batch of a submit, so it means nothing without one.
_NEEDS_A_BATCH = "BatchValidationStatus"


@dataclass
class _Found:
    """A place while it is being put together."""

    url: str
    applications: list[str] = field(default_factory=list)
    public: bool = True
    retrieve: Target | None = None


def places(catalogue: Catalogue, order: Order, skeleton: Skeleton) -> tuple[Place, ...]:
    """The places of an order, in the catalogue's order. `UsageError` when there is none."""
    environment = catalogue.environment(order.environment)
    found: dict[tuple[str, int], _Found] = {}
    for application, base in _bases(catalogue, order):
        host, port = _host(base)
        place = found.setdefault((host, port), _Found(base))
        if application.acronym not in place.applications:
            place.applications.append(application.acronym)
        place.public = place.public and application.public
        if place.retrieve is None:
            place.retrieve = _retrieve(catalogue, application, order, (host, port))
    if not found:
        what = catalogue.application(order.application).acronym if order.application else "no application"
        raise UsageError(
            f"{what} has no web services in {environment.name}.",
            advice="Choose another environment, or another application.",
        )
    ips = ips_by_host(catalogue, order.environment)
    service = order.target.service if order.target is not None else ""
    return tuple(
        _with_retrieve(
            Place(host, port, each.url, tuple(each.applications), ips.get(host, ()), each.public, service),
            each.retrieve,
            order,
            skeleton,
        )
        for (host, port), each in found.items()
    )


def _bases(catalogue: Catalogue, order: Order) -> Iterator[tuple[Application, str]]:
    if order.target is not None:
        application, _, _ = catalogue.row(order.target)
        yield application, catalogue.url(order.environment, order.target)
        return
    wanted = catalogue.application(order.application) if order.application else None
    for application in catalogue.applications:
        if wanted is not None and application is not wanted:
            continue
        reach = application.reach.get(order.environment, Reach())
        if reach.base is not None:
            yield application, _secure(reach)
        for service in application.services:
            for version in service.versions:
                if order.environment in version.bases and version.callable:
                    yield application, version.bases[order.environment]


def _secure(reach: Reach) -> str:
    """The web-service address, over https where the catalogue knows one (OASIS prints http)."""
    others = [other.url for other in reach.other_bases]
    return next((url for url in (reach.base or "", *others) if url.startswith("https:")), reach.base or "")


def _host(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def _retrieve(catalogue: Catalogue, application: Application, order: Order, place: tuple[str, int]) -> Target | None:
    """The retrieve to make at a place: the one that was ordered, else the application's first."""
    found = (
        each for each in _retrieves(application, order.target) if _leads_to(catalogue, order.environment, each, place)
    )
    return next(found, None)


def _retrieves(application: Application, ordered: Target | None) -> Iterator[Target]:
    """What may be asked, the best first; not all of it is a retrieve, or in the environment."""
    if ordered is not None and ordered.variant is Variant.RPC:
        # Whatever was ordered of ADS: what lists batches is the one that any user may ask, and that wants no UID.
        yield replace(ordered, service=SERVICE, procedure=LIST)
    elif ordered is not None and ordered.variant in _SIGNED:
        yield ordered
    for service in application.services:
        if _NEEDS_A_BATCH not in service.name and (ordered is None or service.name != ordered.service):
            yield from _targets(application, service)


def _targets(application: Application, service: Service) -> Iterator[Target]:
    released = [version for version in service.versions if version.callable]
    newest = service.newest
    for version in (*([newest] if newest else []), *released):
        variant = _variant(version)
        if variant is not None:
            procedure = LIST if variant is Variant.RPC else ""
            yield Target(application.id, service.name, version.version, variant, version.minor_version, procedure)


def _variant(version: Version) -> Variant | None:
    return next((variant for variant in (*_SIGNED, Variant.RPC) if variant in version.paths), None)


def _leads_to(catalogue: Catalogue, environment: str, target: Target, place: tuple[str, int]) -> bool:
    """Whether a target is a retrieve that is called at a place."""
    try:
        return catalogue.kind(target) is Kind.RETRIEVE and _host(catalogue.url(environment, target)) == place
    except CatalogueError:
        return False


def _with_retrieve(place: Place, target: Target | None, order: Order, skeleton: Skeleton) -> Place:
    if not order.retrieve:
        return replace(place, no_retrieve="it was not asked for")
    if place.public:
        return replace(place, no_retrieve="these services are public, and no call to them is signed")
    if target is None:
        return replace(place, no_retrieve="the catalogue has none that leads to this host")
    if order.identity is None:
        return replace(place, no_retrieve="no certificate is chosen, and a call is made with one")
    payload = skeleton(target, order.environment).encode()
    return replace(place, retrieve=Call(order.environment, target, payload, order.identity, door=order.door))
