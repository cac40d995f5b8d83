"""Reads the deadlines of the markets from dated data files: the program's own, then a company's, then the user's."""

from collections.abc import Iterable
from pathlib import Path

from caiso_desktop.catalogue.reading import read_source
from caiso_desktop.catalogue.rows import layered, read_rows, row_files
from caiso_desktop.catalogue.table import Table
from caiso_desktop.model.deadline import Deadline, Deadlines
from caiso_desktop.model.error import CatalogueFileError

FOLDER = "deadline"
"""The folder of such files beside the catalogue's, and beside a company's and a user's own."""

_KEYS = frozenset({"name", "services", "at", "days_before", "minutes_before", "source", "note"})
_WEEK = 7
_DAY_MINUTES = 24 * 60


def read_deadlines(folders: Iterable[Path | None]) -> Deadlines:
    """The deadlines of these folders, in the order of the files; a later folder replaces or drops by id.

    A file that is wrong is left out whole, and its complaint (file, line, key) is among the ``problems``: those of the
    others must be counted down to all the same.
    """
    layers: list[dict[str, Deadline | None]] = []
    problems: list[str] = []
    for file in row_files(folders):
        try:
            layers.append(read_rows(file, "deadlines", _KEYS, _deadline))
        except CatalogueFileError as error:
            problems.append(error.detail)
    return Deadlines(layered(layers), tuple(problems))


def _deadline(table: Table, id: str) -> Deadline:
    at, minutes = table.time("at"), table.number("minutes_before")
    if (at is None) == (minutes is None):
        table.refuse("at", "it needs either 'at' or 'minutes_before'.")
    days = table.number("days_before") or 0
    if not 0 <= days <= _WEEK:
        table.refuse("days_before", f"it must lie between 0 and {_WEEK}.")
    if minutes is not None and not 0 <= minutes <= _DAY_MINUTES:
        table.refuse("minutes_before", f"it must lie between 0 and {_DAY_MINUTES}.")
    source = read_source(table)
    if source is None:
        table.refuse("source", "'source' is missing: who counts on a deadline must know where it stands.")
    return Deadline(
        id=id,
        name=table.need("name"),
        source=source,
        services=table.texts("services") or (),
        at=at,
        days_before=days,
        minutes_before=minutes or 0,
        note=table.text("note") or "",
    )
