"""The cell one is at: its place in the payload's text, where one goes on, and what is told of it."""

from PySide6.QtCore import QObject

from caiso_desktop.model.call import Problem
from caiso_desktop.model.grid.problem import ProblemPlaces
from caiso_desktop.ui.elided_label import ElidedLabel
from caiso_desktop.ui.grid.editing import Selection
from caiso_desktop.ui.grid.sight import GridSight
from caiso_desktop.ui.grid.view import GridView
from caiso_desktop.ui.pause import pause


class CurrentCell(QObject):
    """Tells of the view's current cell in a label; ``then`` is what is to be selected once an edit is seen."""

    def __init__(self, sight: GridSight, view: GridView, told: ElidedLabel, parent: QObject) -> None:
        super().__init__(parent)
        self._sight = sight
        self._view = view
        self._told = told
        self._wanted: int | None = None
        self.then: Selection | None = None
        self._in_view = pause(self, 0, lambda: view.scrollTo(view.currentIndex()))
        view.selectionModel().currentChanged.connect(lambda now, before: self._tell())

    def enter(self, position: int) -> None:
        """Go to the cell that stands at a position of the text; as soon as the text is read."""
        self._wanted = position
        if self._sight.ready and not self._sight.begun:
            self.go_on()

    def leave(self) -> int | None:
        """The position of the cell in the text; None where the grid shows an older one."""
        current, outline, table = self._view.currentIndex(), self._sight.payload, self._sight.table
        if outline is None or not current.isValid() or not table.rows:
            return None
        place = table.place(outline, self._view.grid.row_of(current.row()), table.columns[current.column()])
        path = place.path if place.path is not None else place.owner
        if path is None:
            return None
        extent = outline.value_extent(path, place.attribute) if place.attribute else None
        return (extent or outline.content(path)).start

    def go_to_problem(self, problem: Problem) -> bool:
        """Go to the cell that a problem is about; false where it is in no row."""
        outline = self._sight.payload
        cell = ProblemPlaces(self._sight.table, outline).cell(problem) if outline is not None else None
        if cell is None:
            return False
        self._go_to(*cell)
        self._view.setFocus()
        return True

    def go_on(self) -> None:
        """Select what the last edit was about, or what one comes for."""
        wanted, self._wanted = self._wanted, None
        outline = self._sight.outline if not self._sight.begun else None
        path = outline.path_at(wanted) if wanted is not None and outline is not None else None
        cell = ProblemPlaces(self._sight.table, outline).cell_of(path) if path and outline is not None else None
        if self.then is None and cell is not None:
            self._go_to(*cell)
        elif self.then is not None:
            top, bottom, columns = self.then
            self.then = None
            self._view.select_block(top, min(bottom, self._view.grid.rowCount() - 1), columns)
        elif not self._view.currentIndex().isValid():
            self._view.select_block(0, 0, self._view.shown_columns()[:1])
        self._tell()

    def _go_to(self, row: int, column: int) -> None:
        """Let a cell, by its row of the table, be the current one, and in view."""
        self._view.setCurrentIndex(self._view.grid.index(self._view.grid.order.index(row), column))
        # Once more when the grid has its size: it may be seen for the first time just now.
        self._in_view.start()

    def _tell(self) -> None:
        current, model = self._view.currentIndex(), self._view.grid
        if not current.isValid() or current.row() >= model.rowCount():
            self._told.say("")
            return
        title = self._sight.table.columns[current.column()].title
        about = " · ".join(model.about(current.row(), current.column()).split("\n"))
        self._told.say(f"{title}, row {current.row() + 1:,}: {about}")
        self._told.setToolTip(self._told.words)
