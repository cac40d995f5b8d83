"""The table of an answer: what repeats in a report, as rows; the same rows and columns as a payload's grid has."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from caiso_desktop.model.grid.table import Table
from caiso_desktop.model.outline import Outline


@dataclass(frozen=True, slots=True)
class ReportTable:
    """What was read of a report: of its ``size`` (bytes) the first ``read``, whole records only.

    ``problem`` says why there is no table. The cells of ``table`` are looked up in ``outline``.
    """

    table: Table = field(default_factory=Table)
    outline: Outline | None = None
    read: int = 0
    size: int = 0
    problem: str = ""

    @property
    def whole(self) -> bool:
        """Whether all of the report was read."""
        return self.read >= self.size


class ReportTables(Protocol):
    """Reads tables of reports; for a worker, as a big one takes a second or two."""

    def read(self, report: Path) -> ReportTable:
        """The table of a report, or of its beginning where it is big. `StorageError` where it cannot be read."""
        ...
