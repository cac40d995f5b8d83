"""What is wrong in a grid: marked in its cells, counted over it, and gone to from one to the next."""

from collections.abc import Sequence

from PySide6.QtCore import QObject

from caiso_desktop.model.call import Problem
from caiso_desktop.model.grid.problem import ProblemPlaces
from caiso_desktop.model.judgement import Judgement
from caiso_desktop.model.outline import Outline
from caiso_desktop.ui.grid.head import GridHead
from caiso_desktop.ui.grid.reading import MOST_WRONG, GridReading
from caiso_desktop.ui.grid.sight import GridSight
from caiso_desktop.ui.grid.view import GridView
from caiso_desktop.ui.pause import pause

_COUNT_AFTER_MS = 400


class WrongCells(QObject):
    """Cells are wrong by themselves, as reading finds them, or because the check of the payload found something."""

    def __init__(self, sight: GridSight, view: GridView, head: GridHead, reading: GridReading, parent: QObject) -> None:
        super().__init__(parent)
        self._sight = sight
        self._view = view
        self._head = head
        self._reading = reading
        self._by_themselves: tuple[tuple[int, int], ...] = ()
        self._problems: Sequence[Problem] = ()
        self._pause = pause(self, _COUNT_AFTER_MS, self._count)
        reading.counted.connect(self._counted)

    def show(self, by_themselves: tuple[tuple[int, int], ...]) -> None:
        """Show what is wrong in a table that was just read."""
        self._by_themselves = by_themselves
        self._mark()
        self._show_number()

    def show_judgement(self, judgement: Judgement | None) -> None:
        """Mark what the check of the whole payload found, beside what is seen of each cell by itself."""
        self._problems = judgement.problems if judgement is not None else ()
        if self._mark():
            self._show_number()

    def count_soon(self) -> None:
        """Cells were edited: look for wrong ones again, once there is a pause."""
        self._pause.start()

    def go_to_next(self) -> None:
        """Go to the next of them, from the current cell on."""
        if not self._all:
            return
        model = self._view.grid
        places = {row: position for position, row in enumerate(model.order)}
        current = self._view.currentIndex()
        here = (current.row(), current.column()) if current.isValid() else (-1, -1)
        ordered = sorted((places[row], column) for row, column in self._all if row in places)
        row, column = next((each for each in ordered if each > here), ordered[0])
        self._view.setCurrentIndex(model.index(row, column))
        self._view.setFocus()

    @property
    def _all(self) -> set[tuple[int, int]]:
        return {*self._by_themselves, *self._view.grid.problems}

    def _mark(self) -> bool:
        """Mark the cells that problems are about; false where what is shown is not the payload as it is now."""
        outline = self._sight.payload
        if outline is None:
            return False
        self._view.grid.set_problems(ProblemPlaces(self._sight.table, outline).cells(self._problems))
        return True

    def _count(self) -> None:
        if self._sight.outline is not None:
            self._reading.count(self._sight.table, self._sight.outline)

    def _counted(self, outline: Outline, wrong: tuple[tuple[int, int], ...]) -> None:
        if outline is self._sight.outline:
            self._by_themselves = wrong
            self._show_number()

    def _show_number(self) -> None:
        # A row that nobody has written in yet is not wrong, only empty.
        number = 0 if self._sight.begun else len(self._all)
        self._head.show_wrong(number, more=len(self._by_themselves) >= MOST_WRONG)
