"""Reads a draft's table off the GUI thread; the last answer counts."""

from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from caiso_desktop.model.call import Problem
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import CaisoError
from caiso_desktop.model.grid.cell import wrong_cells
from caiso_desktop.model.grid.table import Grids, Table
from caiso_desktop.model.outline import Outline
from caiso_desktop.model.payload import Payloads
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.jobs import Jobs

MOST_WRONG = 1000


class TableRead(NamedTuple):
    """What was read of a draft; ``trouble`` says why it has no table."""

    draft: Draft
    outline: Outline | None
    table: Table
    wrong: tuple[tuple[int, int], ...]
    trouble: str = ""


class GridReading(QObject):
    """``read`` carries a `TableRead`; ``counted`` an outline and the wrong cells of its table, looked for once more."""

    read = Signal(object)
    counted = Signal(object, object)

    def __init__(self, desk: Desk, payloads: Payloads, grids: Grids, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._payloads = payloads
        self._grids = grids
        self._jobs = jobs
        self._reads = 0
        self.kind: tuple[str, ...] | None = None

    def begin(self) -> None:
        """Read the desk's draft, with rows of the ``kind`` that is wanted."""
        self._reads += 1
        mine, draft = self._reads, self._desk.draft
        target, environment, kind = self._desk.target, self._desk.environment.id, self.kind

        def work() -> TableRead:
            found = self._payloads.outline(draft)
            if isinstance(found, Problem):
                return TableRead(draft, None, Table(), (), str(found))
            try:
                shape = self._payloads.shape(target, environment) if target is not None else None
            except CaisoError:
                shape = None  # a broken schema is told where it is checked
            table = self._grids.table(found, shape, kind)
            return TableRead(draft, found, table, wrong_cells(table, found, most=MOST_WRONG))

        def done(found: TableRead) -> None:
            if mine == self._reads:
                self.read.emit(found)

        def failed(error: CaisoError) -> None:
            done(TableRead(draft, None, Table(), (), error.detail))

        self._jobs.run(lambda token: work(), owner=self, done=done, failed=failed)

    def count(self, table: Table, outline: Outline) -> None:
        """Look for wrong cells again."""
        self._jobs.run(
            lambda token: wrong_cells(table, outline, most=MOST_WRONG),
            owner=self,
            done=lambda wrong: self.counted.emit(outline, wrong),
            failed=lambda error: None,
        )
