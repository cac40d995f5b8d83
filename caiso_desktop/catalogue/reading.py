"""Pieces that several tables of a catalogue file share."""

from collections.abc import Iterator
from typing import Any

from caiso_desktop.catalogue.table import Sheet, Table
from caiso_desktop.model.guide import Reference
from caiso_desktop.model.service import Packaging, Source

_SOURCE = frozenset({"document", "date", "proven"})


def given(**values: Any) -> dict[str, Any]:
    """The values that a file gave."""
    return {name: value for name, value in values.items() if value is not None}


def read_source(table: Table) -> Source | None:
    """The table's own ``source``, where it has one."""
    inner = table.table("source")
    if inner is None:
        return None
    inner.only(_SOURCE)
    return Source(inner.need("document"), inner.date("date"), inner.flag("proven") is not False)


def read_packaging(table: Table) -> Packaging | None:
    """The table's own ``packaging``, where it has one."""
    word = table.word("packaging", tuple(Packaging))
    return None if word is None else Packaging(word)


def read_references(table: Table) -> tuple[Reference, ...] | None:
    """The table's ``references``, where it has any: texts ``words | address``."""
    if "references" not in table:
        return None
    found = []
    for text in table.texts("references") or ():
        words, bar, url = text.rpartition(" | ")
        if not bar:
            table.refuse("references", f"'{text}' must be written: words | address.")
        table.check_address("references", url, http=True)
        found.append(Reference(words, url))
    return tuple(found)


def once(attribute: str, patches: Iterator[Any], sheet: Sheet) -> tuple[Any, ...]:
    """All of them; a file that gives the same thing twice is refused: one of the two would silently be lost."""
    found: dict[str, Any] = {}
    for patch in patches:
        key = getattr(patch, attribute)
        if key in found:
            sheet.refuse(patch.place, f"'{key}' stands in this file twice.")
        found[key] = patch
    return tuple(found.values())


def read_map(table: Table, key: str, read: Any) -> dict[str, Any] | None:
    """The table under a key, each of its values read by one of `Table`'s verbs; None where it is not there."""
    inner = table.table(key)
    return None if inner is None else {name: read(inner, name) for name in inner.values}
