"""Whether an answer means that a row of the catalogue is gone: the document is old, and CAISO retires addresses."""

from dataclasses import dataclass

from caiso_desktop.model.answer import Note, Severity
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.error import CatalogueError
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.service import Target
from caiso_desktop.model.transport_error import NameNotFound

NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class Gone:
    """What to tell, and the newer row to try instead, where one is known."""

    note: Note
    newer: Target | None = None


def probably_gone(exchange: Exchange, catalogue: Catalogue) -> Gone | None:
    """What to tell of a 404 or an unknown host on a row of the document; None where it means nothing of the kind."""
    host_unknown = isinstance(exchange.failure, NameNotFound)
    not_found = exchange.response is not None and exchange.response.status == NOT_FOUND
    if not (host_unknown or not_found):
        return None
    target, place = exchange.call.target, exchange.call.environment
    try:
        environment = catalogue.environment(place)
        _, _, row = catalogue.row(target)
        retirement = catalogue.retirement(place, target)
    except CatalogueError:
        return None
    as_printed = row.source.proven and (row.source.date is None or row.source.date <= catalogue.effective)
    # An environment from no document (the simulator) keeps no promises that could be broken.
    if environment.source is None or not (as_printed or retirement):
        return None
    newer = newer_row(catalogue, place, target)
    name = f"{target.service} {target.version}".rstrip()
    what = "The host is not known (any more)." if host_unknown else "The host knows no such address (any more)."
    since = f" {retirement.source} says that it is retired." if retirement is not None else ""
    meaning = f"{what} {name} stands in {row.source}, and CAISO has retired addresses since.{since}"
    if host_unknown and environment.access:
        meaning += f" Or this computer is not in the network of {environment.name}: {environment.access}"
    if newer is not None:
        advice = f"Try {newer.version or 'the newer row'}, which the catalogue has too, or edit the address."
    else:
        advice = "The catalogue has no newer row. If you know where it is now, edit the address."
    return Gone(Note(Severity.WARNING, "Probably retired", meaning, advice), newer)


def newer_row(catalogue: Catalogue, environment: str, target: Target) -> Target | None:
    """The newest row of the same service above this one that can be called in the environment."""
    application, service, row = catalogue.row(target)
    successor = row.retired[environment].successor if environment in row.retired else ""
    above = []
    for each in service.versions:
        if each == row or each.version == row.version:
            break
        if each.callable and each.paths and environment in catalogue.bases(application, each):
            above.append(each)
    if not above:
        return None
    newest = next((each for each in above if each.version == successor), above[0])
    variant = target.variant if target.variant in newest.paths else next(iter(newest.paths))
    return Target(target.application, target.service, newest.version, variant, newest.minor_version)
