"""What a catalogue file says of a service: its rows, its remote procedures, and when they were retired."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from caiso_desktop.catalogue.locate import Place
from caiso_desktop.catalogue.patch_names import read_names
from caiso_desktop.catalogue.reading import given, once, read_map, read_packaging, read_source
from caiso_desktop.catalogue.table import Sheet, Table, is_path
from caiso_desktop.model.service import Kind, Parameter, Procedure, Source, Variant

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


def read_services(table: Table, source: Source) -> tuple[ServicePatch, ...]:
    """The services of an ``[[application]]``: ``[[application.service]]``, or short ones among its ``services``."""
    whole = (_read_service(each, source) for each in table.tables("service"))
    return once("name", chain(_read_short_services(table, source), whole), table.sheet)


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
    return ServicePatch(table.place, name, fields, versions, procedures, read_gone(table))


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
        bases=read_map(table, "bases", Table.base),
        active_from=read_map(table, "active_from", Table.date),
        names=read_names(table),
    )
    paths = read_map(table, "paths", Table.path)
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
        gone=read_gone(table),
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


def read_gone(table: Table) -> Gone:
    """The table's ``retired`` and ``successor``."""
    successor = table.text("successor") or ""
    inner = table.table("retired")
    if inner is None:
        return Gone({}, successor) if successor else _NOTHING_GONE
    since: dict[str, datetime.date | None] = {}
    for environment, value in inner.values.items():
        since[environment] = None if value is True else inner.date(environment)
    return Gone(since, successor)
