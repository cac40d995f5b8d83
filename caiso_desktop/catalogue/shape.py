"""The catalogue as plain values for JSON: the shape that ``caiso catalogue --format json`` prints."""

from typing import Any

from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.service import Application, Environment, Procedure, Reach, Source, Version

_Plain = dict[str, Any]


def to_plain(catalogue: Catalogue) -> _Plain:
    """All of the catalogue, as dictionaries, lists and texts."""
    return {
        "document": {
            "title": catalogue.title,
            "version": catalogue.version,
            "effective": catalogue.effective.isoformat(),
        },
        "environments": [_environment(each) for each in catalogue.environments],
        "applications": [_application(catalogue, each) for each in catalogue.applications],
        "corrections": [
            {"where": each.where, "printed": each.printed, "used": each.used, "why": each.why}
            for each in catalogue.corrections
        ],
    }


def _environment(environment: Environment) -> _Plain:
    return {
        "id": environment.id,
        "name": environment.name,
        "purpose": environment.purpose,
        "access": environment.access,
        "availability": environment.availability,
        "guarded": environment.guarded,
    }


def _application(catalogue: Catalogue, application: Application) -> _Plain:
    known = {environment.id for environment in catalogue.environments}
    reach = {environment: place for environment, place in application.reach.items() if environment in known}
    return {
        "id": application.id,
        "acronym": application.acronym,
        "name": application.name,
        "purpose": application.purpose,
        "ui": {e: [address.url for address in place.addresses] for e, place in reach.items() if place.addresses},
        "ips": {e: ips for e, place in reach.items() if (ips := every_ip(place))},
        "secondary": {e: list(place.secondary) for e, place in reach.items() if place.secondary},
        "base": {e: place.base for e, place in reach.items() if place.base is not None},
        "services": [
            {"name": service.name, "versions": [_version(catalogue, application, row) for row in service.versions]}
            for service in application.services
        ],
    }


def every_ip(reach: Reach) -> list[str]:
    """The IPs printed for an application in one environment, each once."""
    return list(dict.fromkeys([*reach.ips, *(ip for address in reach.addresses for ip in address.ips)]))


def _version(catalogue: Catalogue, application: Application, version: Version) -> _Plain:
    bases = catalogue.bases(application, version) if version.callable else {}
    plain: _Plain = {"version": version.version, "release": version.release}
    if version.minor_version is not None:
        plain["minor_version"] = version.minor_version
    plain["callable"] = version.callable
    plain["source"] = source_text(version.source)
    plain["variants"] = {
        variant.value: {"path": path, "urls": {e: base + path for e, base in bases.items()}}
        for variant, path in version.paths.items()
    }
    if version.procedures:
        plain["operations"] = [_procedure(each) for each in version.procedures]
    return plain


def source_text(source: Source) -> str:
    """Where a fact stands, and whether anybody has tried it."""
    return str(source) if source.proven else f"{source} (not proven)"


def _procedure(procedure: Procedure) -> _Plain:
    return {
        "name": procedure.name,
        "kind": procedure.kind.value,
        "parameters": [{"name": each.name, "type": each.type} for each in procedure.parameters],
        "result": procedure.result,
        "encoding": procedure.encoding,
    }
