"""Reads the table of a report: its text, its elements, and what repeats among them."""

from pathlib import Path

from caiso_desktop.contract.excerpt import beginning
from caiso_desktop.contract.outline import outline
from caiso_desktop.contract.table import OutlineGrids
from caiso_desktop.model.call import Problem
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import FileUnreadable, PayloadError
from caiso_desktop.model.report_table import ReportTable

MOST = 4_000_000
"""Bytes that are read: some 40,000 rows, in about a second."""


class ReportTableReader:
    """The port `caiso_desktop.model.report_table.ReportTables`."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._grids = OutlineGrids()

    def read(self, report: Path) -> ReportTable:
        """The table of a report, or of its beginning."""
        data, read = beginning(report, self._most)
        size = _size(report)
        try:
            found = outline(Draft.from_bytes(data))
        except PayloadError as error:
            return ReportTable(size=size, problem=error.detail)
        if isinstance(found, Problem):
            return ReportTable(size=size, problem=str(found))
        return ReportTable(self._grids.table(found, None), found, read, size)


def _size(report: Path) -> int:
    try:
        return report.stat().st_size
    except OSError as error:
        raise FileUnreadable(f"{report} could not be read ({error.strerror}).") from error
