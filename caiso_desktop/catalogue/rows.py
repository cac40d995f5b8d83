"""Data files of rows with an id, in layers: the program's own, then a company's, then the user's.

Each file says ``format = 1`` and holds one list of tables. A later layer replaces a row of the same ``id``, or takes it
away with ``dropped = true``.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from caiso_desktop.catalogue.table import Sheet, Table

FORMAT = 1

T = TypeVar("T")


def row_files(folders: Iterable[Path | None]) -> Iterator[Path]:
    """The files of these folders, layer by layer; a folder that is None or missing has none."""
    for folder in folders:
        if folder is not None and folder.is_dir():
            yield from sorted(folder.glob("*.toml"))


def read_rows(file: Path, name: str, keys: frozenset[str], read: Callable[[Table, str], T]) -> dict[str, T | None]:
    """The rows of one file by id, None for one that it drops.

    ``name`` is that of the list, ``keys`` are those of a row beside ``id`` and ``dropped``, ``read`` gets its table and
    its id. `CatalogueFileError` (with file, line and key) for a file that is wrong: it is refused whole.
    """
    sheet = Sheet(file)
    sheet.root.only(frozenset({"format", name}))
    if sheet.root.number("format") != FORMAT:
        sheet.refuse(("format",), f"it must say format = {FORMAT}.")
    found: dict[str, T | None] = {}
    for table in sheet.root.tables(name):
        table.only(keys | {"id", "dropped"})
        own = table.need("id")
        if own in found:
            table.refuse("id", f"'{own}' stands there twice.")
        found[own] = None if table.flag("dropped") else read(table, own)
    return found


def layered(layers: Iterable[dict[str, T | None]]) -> tuple[T, ...]:
    """The rows that count, in the order in which their ids came first; what a later layer says of an id counts."""
    found: dict[str, T] = {}
    for rows in layers:
        for own, row in rows.items():
            if row is None:
                found.pop(own, None)
            else:
                found[own] = row
    return tuple(found.values())
