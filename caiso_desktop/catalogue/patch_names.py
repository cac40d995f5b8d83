"""What a file says of how a row is called, where CAISO's rule and its WSDLs are wrong or not at hand."""

import re
from collections.abc import Iterator, Mapping

from caiso_desktop.catalogue.table import Table
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.service import Names, Variant

_KEYS = {
    Variant.AP: frozenset({"operation", "action", "request", "answer"}),
    Variant.DOCATTACH: frozenset({"operation", "action", "request", "answer"}),
    Variant.RPC: frozenset({"action", "namespace"}),
}
_ROOT = re.compile(r"\{[^\s{}<>\"]+\}[^\W\d][\w.-]*")
_WORD = re.compile(r"[^\W\d][\w.-]*")
_ADDRESS = re.compile(r"[^\s{}<>\"]+")
_ACTION = re.compile(r"[!#-~]*")
"""SOAPAction travels in a header, between quotes."""


def read_names(table: Table) -> dict[Variant, Names] | None:
    """The names by variant; `CatalogueFileError` for one that could not travel."""
    inner = table.table("names")
    if inner is None:
        return None
    inner.only(frozenset(_KEYS))
    found = {}
    for word in inner.values:
        variant = Variant(word)
        each = inner.table(word)
        if each is not None:
            each.only(_KEYS[variant])
            found[variant] = Names(
                operation=_fitting(each, "operation", _WORD, "a name") or "",
                action=_fitting(each, "action", _ACTION, "a SOAPAction: no blanks, no quotes"),
                request_root=_fitting(each, "request", _ROOT, "a root with its namespace, as {namespace}Name") or "",
                answer_root=_fitting(each, "answer", _ROOT, "a root with its namespace, as {namespace}Name") or "",
                namespace=_fitting(each, "namespace", _ADDRESS, "a namespace") or "",
            )
    return found


def names_by_path(catalogue: Catalogue) -> Mapping[str, frozenset[Names]]:
    """How each path is called other than by rule or WSDL; empty for one of which no file says so."""
    found: dict[str, set[Names]] = {}
    for path, names in _rows(catalogue):
        found.setdefault(path, set()).update(() if names is None else (names,))
    return {path: frozenset(names) for path, names in found.items()}


def _rows(catalogue: Catalogue) -> Iterator[tuple[str, Names | None]]:
    for application in catalogue.applications:
        for service in application.services:
            for version in service.versions:
                for variant, path in version.paths.items():
                    yield path, version.names.get(variant)


def _fitting(table: Table, key: str, form: re.Pattern[str], what: str) -> str | None:
    value = table.text(key)
    if value is not None and not form.fullmatch(value):
        table.refuse(key, f"'{value}' is not {what}.")
    return value
