"""Spreadsheets as plain rows of texts, and the port to those who read and write their files."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

LARGEST_FILE = 50_000_000
MOST_ROWS = 200_000
MOST_COLUMNS = 1_000
SUFFIXES = (".xlsx", ".xlsm", ".csv", ".tsv", ".txt")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands in a sheet; numbers as XML writes them, days and times as ``2026-11-26 07:00:00``, as on its clock.

    ``names`` are those of all sheets of the file, ``name`` is this one's; both are empty for CSV.
    """

    rows: tuple[tuple[str, ...], ...]
    name: str = ""
    names: tuple[str, ...] = ()


class Spreadsheets(Protocol):
    """Reads and writes ``.xlsx`` and CSV; never executes a formula. For a worker."""

    def read(self, path: Path, sheet: str = "") -> Sheet:
        """A sheet, the first one where none is named. `UsageError` for what is none, or too big; `StorageError`."""
        ...

    def to_bytes(
        self, suffix: str, head: Sequence[str], rows: Sequence[Sequence[str]], numbers: Collection[int]
    ) -> bytes:
        """A file of rows under a head, ``.xlsx`` or ``.csv`` by its suffix. Columns in ``numbers`` hold numbers.

        Texts that a spreadsheet would take for a formula are kept from being one.
        """
        ...
