"""Reads a draft's table off the GUI thread; the last answer counts."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from caiso_desktop.model.call import Problem
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import CaisoError
from caiso_desktop.model.grid.cell import wrong_cells
from caiso_desktop.model.grid.table import Column, Grids, Table
from caiso_desktop.model.outline import Outline
from caiso_desktop.model.payload import Payloads
from caiso_desktop.model.service import Target
from caiso_desktop.model.shape import Shape
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.jobs import Jobs

MOST_WRONG = 1000


class TableRead(NamedTuple):
    """What was read of a draft; ``trouble`` says why it has no table.

    ``base`` is the desk's draft, which is another one where rows begin anew; ``ways`` are those to what may begin so.
    """

    base: Draft
    draft: Draft
    outline: Outline | None
    table: Table
    wrong: tuple[tuple[int, int], ...]
    trouble: str = ""
    ways: tuple[tuple[str, ...], ...] = ()


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
        self.anew: tuple[str, ...] | None = None
        self._begun: tuple[tuple[str, ...], tuple[Column, ...]] | None = None

    def forget(self) -> None:
        """Something else is to be read: nothing is wanted of it."""
        self.kind = self.anew = self._begun = None

    def begin(self) -> None:
        """Read the desk's draft, with rows of the ``kind`` that is wanted, or one in which rows begin ``anew``.

        A draft that says nothing yet begins with the rows that lie deepest.
        """
        self._reads += 1
        mine, base = self._reads, self._desk.draft
        target, environment, kind, anew = self._desk.target, self._desk.environment.id, self.kind, self.anew
        begun = self._begun

        def work() -> tuple[TableRead, tuple[tuple[str, ...], tuple[Column, ...]] | None]:
            ways, shape = self._known(target, environment)
            way = anew or (max(ways, key=len) if ways and not base.text.strip() else None)
            if way is not None and target is not None:
                made = self._payloads.begin_rows(target, environment, way)
                return self._table(base, replace(base, text=made.text), shape, way, (way, made.columns), ways)
            return self._table(base, base, shape, kind, begun, ways)

        def done(found: tuple[TableRead, tuple[tuple[str, ...], tuple[Column, ...]] | None]) -> None:
            if mine == self._reads:
                read, self._begun = found
                self.read.emit(read)

        def failed(error: CaisoError) -> None:
            done((TableRead(base, base, None, Table(), (), error.detail), begun))

        self._jobs.run(lambda token: work(), owner=self, done=done, failed=failed)

    def _known(self, target: Target | None, environment: str) -> tuple[tuple[tuple[str, ...], ...], Shape | None]:
        """The ways to what may be rows, and the shape; nothing where there is no schema that can be read."""
        try:
            if target is not None:
                return tuple(self._payloads.row_ways(target, environment)), self._payloads.shape(target, environment)
        except CaisoError:
            pass  # a broken schema is told where it is checked
        return (), None

    def _table(
        self,
        base: Draft,
        draft: Draft,
        shape: Shape | None,
        kind: Sequence[str] | None,
        begun: tuple[tuple[str, ...], tuple[Column, ...]] | None,
        ways: tuple[tuple[str, ...], ...],
    ) -> tuple[TableRead, tuple[tuple[str, ...], tuple[Column, ...]] | None]:
        found = self._payloads.outline(draft)
        if isinstance(found, Problem):
            return TableRead(base, draft, None, Table(), (), str(found), ways), begun
        table = self._grids.table(found, shape, kind)
        if begun is not None and table.kind is not None and table.kind.names == begun[0]:
            # What may be said stays in sight, also where nothing says it yet.
            table = table.widened(begun[1])
        wrong = wrong_cells(table, found, most=MOST_WRONG)
        return TableRead(base, draft, found, table, wrong, ways=ways), begun

    def count(self, table: Table, outline: Outline) -> None:
        """Look for wrong cells again."""
        self._jobs.run(
            lambda token: wrong_cells(table, outline, most=MOST_WRONG),
            owner=self,
            done=lambda wrong: self.counted.emit(outline, wrong),
            failed=lambda error: None,
        )
