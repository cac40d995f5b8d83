"""Lays what a file says of one service over what is known of it."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, TypeVar

from caiso_desktop.catalogue.patch import Patch
from caiso_desktop.catalogue.patch_service import Gone, ServicePatch, VersionPatch
from caiso_desktop.model.service import Application, Kind, Procedure, Retirement, Service, Source, Variant, Version

_Value = TypeVar("_Value")

_PATH_ENDS = {Variant.AP: "_AP", Variant.DOCATTACH: "_DocAttach_AP"}
_GRAVITY = (Kind.RETRIEVE, Kind.SUBMIT, Kind.STATE_CHANGING)


def freeze(values: Mapping[str, _Value]) -> Mapping[str, _Value]:
    """The same, and nobody can change it."""
    return MappingProxyType(dict(values))


def retirements(gone: Gone, source: Source) -> dict[str, Retirement]:
    """A file's retirements by environment id, with where it was read."""
    return {environment: Retirement(source, since, gone.successor) for environment, since in gone.since.items()}


def merge_service(application: Application, known: Service | None, change: ServicePatch, patch: Patch) -> Service:
    """The service with the file's words laid over it; rows that are new stand before those that are known."""
    versions = {(version.version, version.minor_version): version for version in known.versions} if known else {}
    new = {}
    for row in change.versions:
        key = row.version, row.minor_version
        version = _version(application, change, versions.get(key), row, patch)
        if row.procedures_of is not None:
            model = next((each for each in versions.values() if each.version == row.procedures_of), None)
            if model is None:
                patch.sheet.refuse((*row.place, "procedures_of"), f"{change.name} has no '{row.procedures_of}'.")
            version = replace(version, procedures=model.procedures)
        if key in versions:
            versions[key] = version
        else:
            new[key] = version
    rows = tuple(_with_procedures(version, change, patch) for version in (*new.values(), *versions.values()))
    gone = retirements(change.gone, patch.source)
    if gone:
        rows = tuple(replace(row, retired=freeze({**row.retired, **gone})) for row in rows)
    if known is not None:
        return replace(known, versions=rows, **change.fields)
    fields = dict(change.fields)
    if change.procedures:
        fields["kind"] = max((each.procedure.kind for each in change.procedures), key=_GRAVITY.index)
    if "kind" not in fields:
        patch.sheet.refuse(change.place, f"{change.name} is new, so it needs 'kind' too.")
    if not rows:
        patch.sheet.refuse(change.place, f"{change.name} is new, so it needs 'versions' too.")
    return Service(name=change.name, versions=rows, **fields)


def _version(
    application: Application, service: ServicePatch, known: Version | None, change: VersionPatch, patch: Patch
) -> Version:
    fields: dict[str, Any] = dict(change.fields)
    for name in ("bases", "active_from", "names"):
        if name in fields:
            fields[name] = freeze(fields[name])
    if change.gone.since:
        before = known.retired if known is not None else {}
        fields["retired"] = freeze({**before, **retirements(change.gone, change.source)})
    paths = _paths(application, service, known, change, patch)
    if known is not None:
        # A row that is only said to be gone keeps the source of its address.
        source = change.source if change.fields.keys() - {"note"} or change.paths or change.variants else known.source
        return replace(known, paths=paths, source=source, **fields)
    release = fields.pop("release", "")
    return Version(
        version=change.version,
        release=release,
        paths=paths,
        source=change.source,
        minor_version=change.minor_version,
        **fields,
    )


def _paths(
    application: Application, service: ServicePatch, known: Version | None, change: VersionPatch, patch: Patch
) -> Mapping[Variant, str]:
    if change.paths is not None:
        return MappingProxyType(dict(change.paths))
    if known is not None and change.variants is None:
        return known.paths
    variants = change.variants or (Variant.AP, Variant.DOCATTACH)
    paths = {}
    for variant in variants:
        end = _PATH_ENDS.get(variant)
        if end is None or not application.suffix:
            needs = "'paths'" if end is None else f"'paths', as {application.acronym} has no 'suffix' to make them from"
            patch.sheet.refuse(change.place, f"it needs {needs}.")
        paths[variant] = f"{service.name}_{application.suffix}{change.version}{end}"
    return MappingProxyType(paths)


def _with_procedures(version: Version, change: ServicePatch, patch: Patch) -> Version:
    mine: list[Procedure] = []
    for each in change.procedures:
        if version.version in each.versions:
            mine.append(each.procedure)
        elif not each.versions:
            patch.sheet.refuse(each.place, f"{each.procedure.name} needs 'versions'.")
    if not mine:
        return version
    names = {procedure.name for procedure in mine}
    kept = tuple(procedure for procedure in version.procedures if procedure.name not in names)
    return replace(version, procedures=kept + tuple(mine))
