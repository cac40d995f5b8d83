"""What one catalogue file says, before it meets what is known already: only what the file gives, checked and typed.

The grammar is one for the program's own files and for overlays; the shapes follow `caiso_desktop.model.service`.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from caiso_desktop.catalogue.locate import Place
from caiso_desktop.catalogue.patch_environment import EnvironmentPatch, read_environment
from caiso_desktop.catalogue.patch_guide import read_guide
from caiso_desktop.catalogue.patch_service import Gone, ServicePatch, read_gone, read_services
from caiso_desktop.catalogue.reading import given, once, read_map, read_packaging, read_references, read_source
from caiso_desktop.catalogue.table import Sheet, Table
from caiso_desktop.model.catalogue import Correction
from caiso_desktop.model.service import Address, OtherBase, Source

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
        environments=once("id", (read_environment(table) for table in root.tables("environment")), sheet),
        applications=once("id", (_read_application(table, source) for table in root.tables("application")), sheet),
        corrections=tuple(_read_correction(table) for table in root.tables("correction")),
    )


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
    services = read_services(table, source)
    return ApplicationPatch(table.place, identifier, fields, reach, services, read_gone(table))


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
    ips_of = read_map(table, "ips_of", Table.ips) or {}
    addresses = {}
    for role in ROLES:
        urls = table.addresses(role, http=True)
        if urls is not None:
            addresses[role] = tuple(Address(url, role, ips_of.pop(url, ())) for url in urls)
    for url in ips_of:
        table.sheet.refuse((*table.place, "ips_of", url), "it is not among the addresses of this table.")
    return ReachPatch(table.place, fields, addresses)
