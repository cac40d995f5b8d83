"""What is to be said of a row before one trusts it: where it departs from print, what is doubtful, who tried it."""

import re

from caiso_desktop.model.catalogue import Catalogue, Correction
from caiso_desktop.model.service import Application, Service, Source, Target, Version

_MENTIONED = re.compile(r"(?<![A-Za-z])(?:v[0-9X]\w*)")


def source_words(source: Source) -> str:
    """``Access document 10.1, 2017-10-01``, and that nobody has tried it where nobody has."""
    words = str(source)
    return f"{words[:1].upper()}{words[1:]}" + ("" if source.proven else " (not proven)")


def spellings(catalogue: Catalogue, target: Target) -> tuple[str, ...]:
    """The names under which a target's service can be called: ours, then the printed one where that differs."""
    for service in catalogue.application(target.application).services:
        if target.service in (service.name, service.printed_name) and service.printed_name is not None:
            return service.name, service.printed_name
    return (target.service,)


def minor_versions(catalogue: Catalogue, target: Target) -> tuple[str, ...]:
    """The minor versions that share a target's address, newest first; one or none where there is no choice."""
    service = catalogue.service(target.application, target.service)
    rows = (row for row in service.versions if row.version == target.version and target.variant in row.paths)
    return tuple(row.minor_version for row in rows if row.minor_version is not None)


def corrections_of(catalogue: Catalogue, target: Target, environment: str) -> tuple[Correction, ...]:
    """The corrections and doubts that concern a row in an environment, in the order of the catalogue."""
    application, service, version = catalogue.row(target)
    return tuple(
        each
        for each in catalogue.corrections
        if each.application == application.id and _concerns(each, application, service, version, environment)
    )


def _concerns(
    correction: Correction, application: Application, service: Service, version: Version, environment: str
) -> bool:
    reach = application.reach.get(environment)
    base = version.bases.get(environment) or (reach.base if reach is not None else None)
    if base is not None and base in (correction.printed, correction.used):
        return True
    # What is printed or used may bear another service's name: it is about those that its place names, if it names any.
    placed = any(_named(each, correction.where) for each in application.services)
    about = correction.where if placed else f"{correction.where} {correction.printed} {correction.used}"
    if _named(service, about):
        mentioned = _MENTIONED.findall(correction.where)
        return not mentioned or version.version in mentioned
    printed = correction.printed.split("/")[-1]
    return len(printed) > 3 and any(f"_{printed}_" in path for path in version.paths.values())


def _named(service: Service, text: str) -> bool:
    names = {service.name, service.printed_name} - {None}
    return any(re.search(rf"\b{re.escape(str(name))}\b", text) for name in names)
