"""Which column of a spreadsheet goes to which of the grid: found by its title, or kept under a name."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from caiso_desktop.model.grid.style import Marks, Turn
from caiso_desktop.model.grid.table import Table
from caiso_desktop.model.template import BadFile, Owner

_PLAIN = re.compile(r"[^a-z0-9]")


@dataclass(frozen=True, slots=True)
class Link:
    """One column: its title in the file, the id of the grid's column, how its numbers or days are written."""

    title: str
    column: str
    style: Marks | Turn | None = None


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Links under a name. ``rows`` are the local names that lead to the rows they are for."""

    name: str
    rows: str
    links: tuple[Link, ...]
    owner: Owner = Owner.USER
    file: Path | None = None

    def applies(self, table: Table) -> bool:
        """Whether it is for rows of this kind."""
        return rows_id(table) == self.rows

    def columns(self, table: Table, titles: Sequence[str]) -> tuple[int | None, ...]:
        """For each title of a file the number of the grid's column, None where it goes nowhere."""
        numbers = {column.id: number for number, column in enumerate(table.columns)}
        links = {_plain(link.title): numbers.get(link.column) for link in self.links}
        return tuple(links.get(_plain(title)) for title in titles)

    def answers(self, titles: Sequence[str]) -> Mapping[int, Marks | Turn]:
        """How columns of a file are written, where that is kept."""
        styles = {_plain(link.title): link.style for link in self.links}
        found = ((at, styles.get(_plain(title))) for at, title in enumerate(titles))
        return {at: style for at, style in found if style is not None}


class Mappings(Protocol):
    """Keeps mappings as plain files; for a worker. `StorageError` where a folder cannot be used."""

    def list(self) -> tuple[Sequence[ColumnMapping], Sequence[BadFile]]:
        """Every mapping, by name, the user's own first; and the files that are none."""
        ...

    def save(self, mapping: ColumnMapping) -> ColumnMapping:
        """Keep a mapping, over the one of the same name in its folder."""
        ...

    def remove(self, mapping: ColumnMapping) -> None:
        """Delete its file."""
        ...


def rows_id(table: Table) -> str:
    """What the rows of a table are called in a mapping: the local names that lead to them."""
    names = table.kind.names if table.kind is not None else ()
    return "/".join(name.rpartition("}")[2] for name in names)


def by_titles(table: Table, titles: Sequence[str]) -> tuple[int | None, ...]:
    """For each title of a file the column of the grid that bears it, however it is spelt; each column once."""
    known: dict[str, int] = {}
    for number, column in enumerate(table.columns):
        for name in (column.title, f"{column.title} {column.unit}", column.id.rpartition(":")[2]):
            known.setdefault(_plain(name), number)
    found: list[int | None] = []
    for title in titles:
        there = known.get(_plain(title))
        found.append(there if there not in found else None)
    return tuple(found)


def links_of(
    table: Table, titles: Sequence[str], columns: Sequence[int | None], styles: Mapping[int, Marks | Turn]
) -> tuple[Link, ...]:
    """The links of a mapping to be kept."""
    return tuple(
        Link(title, table.columns[number].id, styles.get(at))
        for at, (title, number) in enumerate(zip(titles, columns, strict=True))
        if number is not None and title
    )


def _plain(title: str) -> str:
    return _PLAIN.sub("", title.casefold())
