"""What one catalogue file says, before it meets what is known already: only what the file gives, checked and typed.

The grammar is one for the program's own files and for overlays; the shapes follow `caiso_desktop.model.service`.
"""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from caiso_desktop.catalogue.locate import Place
from caiso_desktop.catalogue.patch_environment import EnvironmentPatch, read_environment
from caiso_desktop.catalogue.patch_guide import read_guide
from caiso_desktop.catalogue.patch_names import read_names
from caiso_desktop.catalogue.reading import given, read_packaging, read_references, read_source
from caiso_desktop.catalogue.table import Sheet, Table, is_path
from caiso_desktop.model.catalogue import Correction
from caiso_desktop.model.service import Address, Kind, OtherBase, Parameter, Procedure, Source, Variant

ROLES = ("portal", "installer", "manual", "server")
FORMAT = 1

_ROOT = frozenset({"format", "source", "document", "guide", "environment", "application", "correction"})
_DOCUMENT = frozenset({"title", "version", "effective"})
_CORRECTION = frozenset({"where", "printed", "used", "why"})
_APPLICATION = frozenset(
    {
        "id",
        "acronym",
        "name",
        "purpose",
        "limits",
        "aliases",
        "references",
        "public",
        "suffix",
        "packaging",
        "reach",
        "service",
        "services",
        "retired",
        "successor",
    }
)
_REACH = frozenset({*ROLES, "base", "secondary", "ips", "ips_of", "other_bases"})
_OTHER_BASE = frozenset({"url", "note", "source"})
_SERVICE = frozenset(
    {"name", "kind", "printed_name", "packaging", "note", "versions", "procedures", "retired", "successor"}
)
_VERSION = frozenset(
    {
        "version",
        "release",
        "variants",
        "paths",
        "callable",
        "minor_version",
        "names",
        "template",
        "note",
        "bases",
        "active_from",
        "procedures_of",
        "retired",
        "successor",
        "source",
    }
)
_PROCEDURE = frozenset({"codes", "name", "kind", "parameters", "result", "encoding", "note", "versions"})


class Gone(NamedTuple):
    """A retirement as the file says it: by environment id, since when (None where nobody says)."""

    since: Mapping[str, datetime.date | None]
    successor: str = ""


_NOTHING_GONE = Gone({}, "")


class VersionPatch(NamedTuple):
    """One row; ``variants`` and ``paths`` are None where not given. ``fields`` are those of `Version`."""

    place: Place
    version: str
    minor_version: str | None
    fields: Mapping[str, Any]
    variants: tuple[Variant, ...] | None
    paths: Mapping[Variant, str] | None
    procedures_of: str | None
    gone: Gone
    source: Source


class ProcedurePatch(NamedTuple):
    """One procedure and the versions that have it."""

    place: Place
    procedure: Procedure
    versions: tuple[str, ...]


class ServicePatch(NamedTuple):
    """One service; ``fields`` are those of `Service`."""

    place: Place
    name: str
    fields: Mapping[str, Any]
    versions: tuple[VersionPatch, ...]
    procedures: tuple[ProcedurePatch, ...]
    gone: Gone


class ReachPatch(NamedTuple):
    """How an application is reached in one environment; addresses by role. ``fields`` are those of `Reach`."""

    place: Place
    fields: Mapping[str, Any]
    addresses: Mapping[str, tuple[Address, ...]]


class ApplicationPatch(NamedTuple):
    """One application; ``fields`` are those of `Application`."""

    place: Place
    id: str
    fields: Mapping[str, Any]
    reach: Mapping[str, ReachPatch]
    services: tuple[ServicePatch, ...]
    gone: Gone


class Patch(NamedTuple):
    """All that one file says."""

    sheet: Sheet
    source: Source
    document: Mapping[str, Any]
    guide: Mapping[str, Any]
    environments: tuple[EnvironmentPatch, ...]
    applications: tuple[ApplicationPatch, ...]
    corrections: tuple[Correction, ...]


def read_patch(sheet: Sheet, default_source: Source | None = None) -> Patch:
    """Read a file; `CatalogueFileError` names file, line and key of the first thing that is wrong."""
    root = sheet.root
    root.only(_ROOT)
    if (form := root.number("format")) not in (None, FORMAT):
        root.refuse("format", f"this program reads format {FORMAT}, not {form}.")
    source = read_source(root) or default_source or Source(sheet.file.name)
    document = root.table("document")
    guide = root.table("guide")
    return Patch(
        sheet=sheet,
        source=source,
        document={} if document is None else _read_document(document),
        guide={} if guide is None else read_guide(guide),
        environments=_once("id", (read_environment(table) for table in root.tables("environment")), sheet),
        applications=_once("id", (_read_application(table, source) for table in root.tables("application")), sheet),
        corrections=tuple(_read_correction(table) for table in root.tables("correction")),
    )


def _once(attribute: str, patches: Iterator[Any], sheet: Sheet) -> tuple[Any, ...]:
    """Refuse a file that gives the same thing twice: one of the two would silently be lost."""
    found: dict[str, Any] = {}
    for patch in patches:
        key = getattr(patch, attribute)
        if key in found:
            sheet.refuse(patch.place, f"'{key}' stands in this file twice.")
        found[key] = patch
    return tuple(found.values())


def _read_document(table: Table) -> dict[str, Any]:
    table.only(_DOCUMENT)
    return given(title=table.text("title"), version=table.text("version"), effective=table.date("effective"))


def _read_correction(table: Table) -> Correction:
    table.only(_CORRECTION)
    return Correction(table.need("where"), table.need("printed"), table.need("used"), table.need("why"))


def _read_application(table: Table, source: Source) -> ApplicationPatch:
    table.only(_APPLICATION)
    identifier = table.need("id")
    if identifier != identifier.lower() or not identifier.replace("-", "").isalnum():
        table.refuse("id", f"'{identifier}' must be lower-case letters, digits and hyphens.")
    public = bool(table.flag("public"))
    reach: dict[str, ReachPatch] = {}
    places = table.table("reach")
    if places is not None:
        for environment in places.values:
            place = places.table(environment)
            if place is not None:
                reach[environment] = _read_reach(place, source, public=public)
    fields = given(
        acronym=table.text("acronym"),
        name=table.text("name"),
        purpose=table.text("purpose"),
        limits=table.text("limits"),
        aliases=table.texts("aliases"),
        references=read_references(table),
        public=table.flag("public"),
        suffix=table.text("suffix"),
        packaging=read_packaging(table),
    )
    read = (_read_service(each, source) for each in table.tables("service"))
    services = _once("name", chain(_read_short_services(table, source), read), table.sheet)
    return ApplicationPatch(table.place, identifier, fields, reach, services, _read_gone(table))


def _read_reach(table: Table, source: Source, *, public: bool) -> ReachPatch:
    table.only(_REACH)
    others = []
    for other in table.tables("other_bases"):
        other.only(_OTHER_BASE)
        other.need("url")
        url = other.base("url", http=public)
        others.append(OtherBase(str(url), read_source(other) or source, other.text("note") or ""))
    fields = given(
        # Public services of 2017 are printed with http; a certificate is never shown to them.
        base=table.base("base", http=public),
        secondary=table.addresses("secondary"),
        ips=table.ips("ips"),
        other_bases=tuple(others) or None,
    )
    if "base" in fields:
        fields["source"] = source
    ips_of = _read_map(table, "ips_of", Table.ips) or {}
    addresses = {}
    for role in ROLES:
        urls = table.addresses(role, http=True)
        if urls is not None:
            addresses[role] = tuple(Address(url, role, ips_of.pop(url, ())) for url in urls)
    for url in ips_of:
        table.sheet.refuse((*table.place, "ips_of", url), "it is not among the addresses of this table.")
    return ReachPatch(table.place, fields, addresses)


def _read_short_services(table: Table, source: Source) -> Iterator[ServicePatch]:
    """Services of which nothing but kind and rows is to be said: ``Name = [kind, row, row ...]``; they load faster."""
    inner = table.table("services")
    if inner is None:
        return
    for name in inner.values:
        place = (*inner.place, name)
        kind, *rows = inner.list(name) or ("",)
        if type(kind) is not str or kind not in tuple(Kind):
            inner.refuse(name, f"it must begin with one of: {', '.join(Kind)}.")
        if not is_path(name):
            inner.refuse(name, "it is not a plain name.")
        versions = _unlike(_read_rows(table.sheet, place, rows, 1, source), table.sheet)
        yield ServicePatch(place, name, {"kind": Kind(kind)}, versions, (), _NOTHING_GONE)


def _read_service(table: Table, source: Source) -> ServicePatch:
    table.only(_SERVICE)
    name = table.need("name")
    table.path("name")
    kind = table.word("kind", tuple(Kind))
    fields = given(
        kind=None if kind is None else Kind(kind),
        printed_name=table.path("printed_name"),
        note=table.text("note"),
        packaging=read_packaging(table),
    )
    rows = _read_rows(table.sheet, (*table.place, "versions"), table.list("versions"), 0, source)
    versions = _unlike(rows, table.sheet)
    procedures = tuple(_read_procedure(each) for each in table.tables("procedures"))
    return ServicePatch(table.place, name, fields, versions, procedures, _read_gone(table))


def _unlike(rows: Iterator[VersionPatch], sheet: Sheet) -> tuple[VersionPatch, ...]:
    found: dict[tuple[str, str | None], VersionPatch] = {}
    for row in rows:
        if (row.version, row.minor_version) in found:
            sheet.refuse(row.place, f"'{row.version or 'unversioned'}' stands there twice.")
        found[row.version, row.minor_version] = row
    return tuple(found.values())


def _read_rows(sheet: Sheet, place: Place, rows: Sequence[Any], first: int, source: Source) -> Iterator[VersionPatch]:
    """Rows are tables, or, where nothing else is to be said, texts ``version | release``: they load much faster."""
    for position, value in enumerate(rows, first):
        here = (*place, position)
        if type(value) is dict:
            yield _read_version(Table(sheet, here, value), source)
            continue
        parts = value.split(" | ") if type(value) is str else ()
        if len(parts) != 2:
            sheet.refuse(here, f"{value!r} must be a table, or a text 'version | release'.")
        yield VersionPatch(here, parts[0], None, {"release": parts[1]}, None, None, None, _NOTHING_GONE, source)


def _read_version(table: Table, source: Source) -> VersionPatch:
    table.only(_VERSION)
    variants = table.texts("variants")
    for variant in variants or ():
        if variant not in tuple(Variant):
            table.refuse("variants", f"'{variant}' is none of: {', '.join(Variant)}.")
    fields = given(
        release=table.text("release"),
        callable=table.flag("callable"),
        template=table.text("template"),
        note=table.text("note"),
        bases=_read_map(table, "bases", Table.base),
        active_from=_read_map(table, "active_from", Table.date),
        names=read_names(table),
    )
    paths = _read_map(table, "paths", Table.path)
    for variant in paths or ():
        if variant not in tuple(Variant):
            table.refuse("paths", f"'{variant}' is none of: {', '.join(Variant)}.")
    return VersionPatch(
        place=table.place,
        version=table.text("version") or "",
        minor_version=table.text("minor_version"),
        fields=fields,
        variants=None if variants is None else tuple(Variant(variant) for variant in variants),
        paths=None if paths is None else {Variant(variant): path for variant, path in paths.items()},
        procedures_of=table.text("procedures_of"),
        gone=_read_gone(table),
        source=read_source(table) or source,
    )


def _read_procedure(table: Table) -> ProcedurePatch:
    table.only(_PROCEDURE)
    parameters = []
    for parameter in table.texts("parameters") or ():
        name, colon, kind = parameter.partition(":")
        if not (name and colon and kind):
            table.refuse("parameters", f"'{parameter}' must be written name:type.")
        parameters.append(Parameter(name, kind))
    if table.word("kind", tuple(Kind)) is None:
        table.refuse("kind", "'kind' is missing.")
    procedure = Procedure(
        name=table.need("name"),
        kind=Kind(table.need("kind")),
        parameters=tuple(parameters),
        result=table.need("result"),
        encoding=table.need("encoding"),
        note=table.text("note") or "",
        codes=table.text("codes") or "",
    )
    return ProcedurePatch(table.place, procedure, table.texts("versions") or ())


def _read_map(table: Table, key: str, read: Any) -> dict[str, Any] | None:
    inner = table.table(key)
    return None if inner is None else {name: read(inner, name) for name in inner.values}


def _read_gone(table: Table) -> Gone:
    successor = table.text("successor") or ""
    inner = table.table("retired")
    if inner is None:
        return Gone({}, successor) if successor else _NOTHING_GONE
    since: dict[str, datetime.date | None] = {}
    for environment, value in inner.values.items():
        since[environment] = None if value is True else inner.date(environment)
    return Gone(since, successor)
