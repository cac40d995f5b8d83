"""What can be done with the cells and rows of a grid; each is one edit of the draft."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import CaisoError
from caiso_desktop.model.grid.cell import read_cell
from caiso_desktop.model.grid.edit import (
    Edited,
    delete_rows,
    duplicate_rows,
    outline_after,
    reordered,
    set_cells,
)
from caiso_desktop.model.grid.paste import MOST_CELLS, Block, block_at, from_clipboard, without_head
from caiso_desktop.model.grid.style import Marks, Turn
from caiso_desktop.model.grid.table import Table
from caiso_desktop.model.outline import Outline
from caiso_desktop.ui.grid.editing import GridEditing, Made, Selection
from caiso_desktop.ui.grid.sight import GridSight
from caiso_desktop.ui.grid.view import GridView


class GridVerbs(QObject):
    """``made`` carries a `Made` and the columns that it changed, ``told`` words for the user and their tone.

    ``hindrance`` says why nothing can be edited; empty where it can.
    """

    made = Signal(object, object)
    told = Signal(str, str)

    def __init__(
        self, sight: GridSight, view: GridView, editing: GridEditing, hindrance: Callable[[], str], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._sight = sight
        self._view = view
        self._editing = editing
        self._hindrance = hindrance
        editing.made.connect(self._made)
        editing.failed.connect(self._failed)

    def type(self, row: int, column: int, text: str) -> None:
        """Let a cell say what was typed, at once."""
        draft, outline, table = self._sight.draft, self._sight.outline, self._sight.table
        if draft is None or outline is None or not self._may_edit():
            return
        there = table.columns[column]
        before = table.place(outline, row, there).text or ""
        reading = read_cell(there, text, before or _like(table, outline, column))
        try:
            edited = set_cells(draft, outline, table, {(row, column): reading.text})
            after = outline_after(draft, outline, edited)
        except CaisoError as error:
            self._failed(error)
            return
        if reading.problem:
            edited = replace(edited, warnings=(reading.problem,))
        self.made.emit(Made(draft, edited, after, (), None), [column])

    def paste(self, text: str) -> None:
        """Paste tab-separated text from the first selected cell on; one value fills everything that is selected."""
        positions, columns = self._view.positions, self._view.columns
        if self._sight.outline is None or not positions:
            self.told.emit("Choose the cell first from which on it is to be pasted.", "warning")
            return
        rows = from_clipboard(text)
        if sum(map(len, rows)) > MOST_CELLS:
            self.told.emit(f"That is too much to paste: more than {MOST_CELLS:,} cells.", "warning")
            return
        if len(rows) == 1 and len(rows[0]) == 1 and len(positions) * len(columns) > 1:
            rows = (rows[0] * len(columns),) * len(positions)
        shown = self._view.shown_columns()
        block = block_at(rows, shown, shown.index(columns[0]))
        block, headed = without_head(block, self._sight.table)
        self.fill(block, positions[0], ["The titles in the first line were left out."] if headed else [])

    def fill(
        self, block: Block, top: int, notes: Sequence[str] = (), answers: Mapping[int, Marks | Turn] | None = None
    ) -> None:
        """Fill cells from a block, from a position on; below the last row it adds others.

        ``answers`` say how columns of the block are written, where that is known.
        """
        draft, outline = self._sight.draft, self._sight.outline
        if draft is None or outline is None or not self._may_edit():
            return
        rows = self._view.grid.order[top : top + len(block.rows)]
        selects = (top, top + len(block.rows) - 1, [each for each in block.columns if each is not None])
        self._editing.fill(draft, outline, self._sight.table, block, rows, answers or {}, notes, selects)

    def fill_down(self) -> None:
        """Give every selected cell what the first of its column says."""
        positions, columns = self._view.positions, self._view.columns
        outline, table, row_of = self._sight.outline, self._sight.table, self._view.grid.row_of
        if outline is None or len(positions) < 2:
            self.told.emit("Select the cell to copy and those below it first.", "warning")
            return
        first = row_of(positions[0])
        texts = {each: table.place(outline, first, table.columns[each]).text or "" for each in columns}
        cells = {(row_of(each), at): text for each in positions[1:] for at, text in texts.items()}
        self._work(lambda draft, outline: set_cells(draft, outline, table, cells))

    def clear(self) -> None:
        """Empty the selected cells: what is not needed goes."""
        row_of, table = self._view.grid.row_of, self._sight.table
        chosen = {(row_of(at.row()), at.column()): "" for at in self._view.selectedIndexes()}
        if chosen:
            self._work(lambda draft, outline: set_cells(draft, outline, table, chosen))

    def duplicate(self) -> None:
        """Copy the selected rows, each behind itself."""
        self._rows(duplicate_rows, "copied")

    def delete(self) -> None:
        """Take the selected rows away."""
        self._rows(delete_rows, "deleted")

    def sort_document(self) -> None:
        """Bring the payload into the order that is shown."""
        order, table = self._view.grid.order, self._sight.table
        self._view.sort_as(-1, False)  # noqa: FBT003  # Qt's own order of arguments
        self._work(lambda draft, outline: reordered(draft, outline, table, order), ["The payload is sorted."])

    def _rows(self, verb: Callable[[Draft, Outline, Table, Sequence[int]], Edited], done: str) -> None:
        table, positions = self._sight.table, self._view.positions
        rows = [self._view.grid.row_of(each) for each in positions]
        if not rows:
            self.told.emit("Select a row first.", "warning")
            return
        words = f"{len(rows):,} row{'' if len(rows) == 1 else 's'} {done}."
        selects = (positions[0], positions[0], self._view.shown_columns())
        self._work(lambda draft, outline: verb(draft, outline, table, rows), [words], selects)

    def _may_edit(self) -> bool:
        """Whether an edit can be made now; what hinders it is told."""
        hindrance = self._hindrance()
        if not hindrance and not self._sight.ready:
            hindrance = "The payload is being read. Do it again in a moment."
        if hindrance:
            self.told.emit(hindrance, "warning")
        return not hindrance

    def _work(
        self, edit: Callable[[Draft, Outline], Edited], notes: Sequence[str] = (), selects: Selection | None = None
    ) -> None:
        """Make an edit off this thread."""
        draft, outline = self._sight.draft, self._sight.outline
        if draft is not None and outline is not None and self._may_edit():
            self._editing.run(draft, outline, edit, notes, selects)

    def _made(self, made: Made) -> None:
        if not self._sight.is_edit_of_payload(made.before):
            self.told.emit("The payload was changed meanwhile, so this was not done. Do it again.", "warning")
            return
        self.made.emit(made, range(len(self._sight.table.columns)))

    def _failed(self, error: CaisoError) -> None:
        self.told.emit(f"{error.title}: {error.detail} {error.advice}".strip(), "error")


def _like(table: Table, outline: Outline, column: int) -> str:
    """A value of a column whose style a new one is written in."""
    there = table.columns[column]
    texts = (table.place(outline, row, there).text for row in range(min(50, len(table.rows))))
    return next((text for text in texts if text), "")
