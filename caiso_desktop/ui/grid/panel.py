"""The payload as a grid: its rows chosen, its cells edited, each edit one step of the draft."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QStackedWidget, QVBoxLayout, QWidget

from caiso_desktop.model.call import Problem
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import CaisoError
from caiso_desktop.model.grid.cell import read_cell, shown
from caiso_desktop.model.grid.edit import (
    Edited,
    delete_rows,
    duplicate_rows,
    outline_after,
    reordered,
    set_cells,
)
from caiso_desktop.model.grid.paste import (
    MOST_CELLS,
    Block,
    block_at,
    from_clipboard,
    without_head,
)
from caiso_desktop.model.grid.problem import ProblemPlaces
from caiso_desktop.model.grid.style import Marks, Turn
from caiso_desktop.model.grid.table import Grids, Table
from caiso_desktop.model.judgement import Judgement
from caiso_desktop.model.outline import Outline
from caiso_desktop.model.payload import Payloads
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.elided_label import ElidedLabel
from caiso_desktop.ui.empty_state import EmptyState
from caiso_desktop.ui.grid.ask_bar import AskBar
from caiso_desktop.ui.grid.editing import GridEditing, Made, Selection
from caiso_desktop.ui.grid.head import GridHead
from caiso_desktop.ui.grid.model import GridModel
from caiso_desktop.ui.grid.reading import MOST_WRONG, GridReading, TableRead
from caiso_desktop.ui.grid.view import GridView
from caiso_desktop.ui.jobs import Jobs
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.palette import tokens_of

_READ_AFTER_MS = 30
_COUNT_AFTER_MS = 400
_NO_SCHEMA = "Write it in the XML, or open a file. With CAISO's schema package rows can begin here."
_HOW = "Paste rows from a spreadsheet, fill it from a file, or write in the first row"
_BEGUN = f"Nothing is in the payload yet. {_HOW}."
_INSTEAD = f"{_HOW}: that takes the place of the sample, which is the payload until then."


class GridPanel(QWidget):
    """``edited``: the payload is to become another, as one step. It reads the desk's draft while it is to be seen.

    ``hindrance`` says why nothing can be edited; empty where it can. ``fresh`` tells whether nothing of the user's is
    in the payload, so that rows may begin anew: what is shown then becomes the payload with its first edit.
    ``undo_asked`` and ``redo_asked`` are for whoever keeps the draft's history, ``import_asked`` and ``export_asked``
    for whoever knows about spreadsheets.
    """

    edited = Signal(Draft)
    undo_asked = Signal()
    redo_asked = Signal()
    import_asked = Signal()
    export_asked = Signal()

    def __init__(
        self,
        desk: Desk,
        payloads: Payloads,
        grids: Grids,
        jobs: Jobs,
        hindrance: Callable[[], str] = str,
        fresh: Callable[[], bool] = bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._hindrance = hindrance
        self._fresh = fresh
        self._desk = desk
        self._editing = GridEditing(jobs, self)
        self._reading = GridReading(desk, payloads, grids, jobs, self)
        self._draft: Draft | None = None
        self._base: Draft | None = None
        self._outline: Outline | None = None
        self._wrong: tuple[tuple[int, int], ...] = ()
        self._problems: Sequence[Problem] = ()
        self._then: Selection | None = None
        self._wanted: int | None = None
        self._ways: tuple[tuple[str, ...], ...] = ()
        self.model = GridModel(tokens_of(self.palette()), self)
        self.view = GridView(self.model)
        self.head = GridHead()
        self.ask = AskBar()
        self._empty = EmptyState("No rows", "")
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.view)
        self.notes = styled(named(QLabel(), "gridNotes", "What the last edit did"), banner="info")
        self.notes.setWordWrap(True)
        self.notes.hide()
        self.where = styled(named(ElidedLabel(), "gridCell", "The current cell"), tone="muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.head)
        layout.addWidget(self.ask)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.notes)
        layout.addWidget(self.where)
        self._pause = _timer(self, _READ_AFTER_MS, self.read)
        self._count = _timer(self, _COUNT_AFTER_MS, self._count_wrong)
        self._in_view = _timer(self, 0, lambda: self.view.scrollTo(self.view.currentIndex()))
        self._connect()
        self.setFocusProxy(self.view)

    @property
    def table(self) -> Table:
        """What is shown."""
        return self.model.table

    @property
    def ready(self) -> bool:
        """Whether it shows the desk's draft as it is now."""
        return self._base is not None and self._base == self._desk.draft and not self._editing.busy

    @property
    def texts(self) -> Callable[[int, int], str]:
        """What cells show by the table's row and column, as they are now; for any thread."""
        table, outline = self.table, self._outline
        return lambda row, column: (
            shown(table.columns[column], table.place(outline, row, table.columns[column]).text) if outline else ""
        )

    @property
    def empty_words(self) -> str:
        """What it says instead of a grid; empty while there is one."""
        return self._empty.text if self._stack.currentWidget() is self._empty else ""

    def showEvent(self, event: QShowEvent) -> None:
        """Called by Qt."""
        super().showEvent(event)
        if self._base != self._desk.draft:
            self.read()

    def changeEvent(self, event: QEvent) -> None:
        """Called by Qt."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and hasattr(self, "model"):
            self.model.set_tokens(tokens_of(self.palette()))

    def enter(self, position: int) -> None:
        """The grid is seen now, or another draft: go to the cell that stands at a position of the text."""
        self._wanted = position
        if self.ready and not self._begun:
            self._go_on()

    def leave(self) -> int | None:
        """The grid is seen no more: the position of the cell in hand; None where it shows an older text."""
        current, outline = self.view.currentIndex(), self._outline
        if not self.ready or self._begun or outline is None or not current.isValid() or not self.table.rows:
            return None
        place = self.table.place(outline, self.model.row_of(current.row()), self.table.columns[current.column()])
        path = place.path if place.path is not None else place.owner
        if path is None:
            return None
        extent = outline.value_extent(path, place.attribute) if place.attribute else None
        return (extent or outline.content(path)).start

    def read(self) -> None:
        """Read the desk's draft again."""
        self._pause.stop()
        self._reading.begin()

    def type(self, row: int, column: int, text: str) -> None:
        """Let a cell say what was typed, at once."""
        if self._outline is None or self._draft is None or not self._may_edit():
            return
        there = self.table.columns[column]
        before = self.table.place(self._outline, row, there).text or ""
        reading = read_cell(there, text, before or self._like(column))
        try:
            edited = set_cells(self._draft, self._outline, self.table, {(row, column): reading.text})
            outline = outline_after(self._draft, self._outline, edited)
        except CaisoError as error:
            self._failed(error)
            return
        self._take(replace(edited, warnings=(reading.problem,)) if reading.problem else edited, outline, [], [column])

    def paste(self, text: str) -> None:
        """Paste tab-separated text from the first selected cell on; one value fills everything that is selected."""
        positions, columns = self.view.positions, self.view.columns
        if self._outline is None or not positions:
            self.tell("Choose the cell first from which on it is to be pasted.", "warning")
            return
        rows = from_clipboard(text)
        if sum(map(len, rows)) > MOST_CELLS:
            self.tell(f"That is too much to paste: more than {MOST_CELLS:,} cells.", "warning")
            return
        if len(rows) == 1 and len(rows[0]) == 1 and len(positions) * len(columns) > 1:
            rows = (rows[0] * len(columns),) * len(positions)
        shown = self.view.shown_columns()
        block = block_at(rows, shown, shown.index(columns[0]))
        block, headed = without_head(block, self.table)
        self.fill(block, positions[0], ["The titles in the first line were left out."] if headed else [])

    def fill(
        self, block: Block, top: int, notes: Sequence[str] = (), answers: Mapping[int, Marks | Turn] | None = None
    ) -> None:
        """Fill cells from a block, from a position on; below the last row it adds others.

        ``answers`` say how columns of the block are written, where that is known.
        """
        draft, outline = self._draft, self._outline
        if draft is None or outline is None or not self._may_edit():
            return
        rows = self.model.order[top : top + len(block.rows)]
        selects = (top, top + len(block.rows) - 1, [each for each in block.columns if each is not None])
        self._editing.fill(draft, outline, self.table, block, rows, answers or {}, notes, selects)

    def fill_down(self) -> None:
        """Give every selected cell what the first of its column says."""
        positions, columns, outline = self.view.positions, self.view.columns, self._outline
        if outline is None or len(positions) < 2:
            self.tell("Select the cell to copy and those below it first.", "warning")
            return
        first = self.model.row_of(positions[0])
        texts = {each: self.table.place(outline, first, self.table.columns[each]).text or "" for each in columns}
        cells = {(self.model.row_of(each), at): text for each in positions[1:] for at, text in texts.items()}
        table = self.table
        self._work(lambda draft, outline: set_cells(draft, outline, table, cells))

    def clear(self) -> None:
        """Empty the selected cells: what is not needed goes."""
        chosen = {(self.model.row_of(at.row()), at.column()): "" for at in self.view.selectedIndexes()}
        table = self.table
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
        order, table = self.model.order, self.table
        self.view.sort_as(-1, False)  # noqa: FBT003  # Qt's own order of arguments
        self._work(lambda draft, outline: reordered(draft, outline, table, order), ["The payload is sorted."])

    def go_to_wrong(self) -> None:
        """Go to the next cell with which something is wrong."""
        if not self._all_wrong:
            return
        places = {row: position for position, row in enumerate(self.model.order)}
        current = self.view.currentIndex()
        here = (current.row(), current.column()) if current.isValid() else (-1, -1)
        ordered = sorted((places[row], column) for row, column in self._all_wrong if row in places)
        row, column = next((each for each in ordered if each > here), ordered[0])
        self.view.setCurrentIndex(self.model.index(row, column))
        self.view.setFocus()

    def go_to_problem(self, problem: Problem) -> bool:
        """Go to the cell that a problem is about; false where it is in no row."""
        if self._outline is None or not self.ready or self._begun:
            return False
        cell = ProblemPlaces(self.table, self._outline).cell(problem)
        if cell is None:
            return False
        self._go_to(*cell)
        self.view.setFocus()
        return True

    def _go_to(self, row: int, column: int) -> None:
        """Let a cell, by its row of the table, be the current one, and in view."""
        self.view.setCurrentIndex(self.model.index(self.model.order.index(row), column))
        # Once more when the grid has its size: it may be seen for the first time just now.
        self._in_view.start()

    def show_judgement(self, judgement: Judgement | None) -> None:
        """Mark what the check of the whole payload found, beside what is seen of each cell by itself."""
        self._problems = judgement.problems if judgement is not None else ()
        self._mark()

    def _mark(self) -> None:
        if self._outline is not None and self.ready and not self._begun:
            self.model.set_problems(ProblemPlaces(self.table, self._outline).cells(self._problems))
            self._show_wrong()

    def _connect(self) -> None:
        self._desk.draft_changed.connect(self._changed)
        self._desk.target_changed.connect(self._forget)
        self._reading.read.connect(self._show)
        self._reading.counted.connect(self._show_counted)
        self._editing.made.connect(self._made)
        self._editing.failed.connect(self._failed)
        self._editing.asked.connect(self.ask.put)
        self.ask.done.connect(self.view.setFocus)
        self.model.typed.connect(self.type)
        view, head = self.view, self.head
        view.paste_asked.connect(self.paste)
        view.clear_asked.connect(self.clear)
        view.undo_asked.connect(self.undo_asked)
        view.redo_asked.connect(self.redo_asked)
        for fills, copies, deletes, goes in (
            (view.fill_asked, view.rows_asked, view.delete_asked, view.wrong_asked),
            (head.fill_asked, head.copy_asked, head.delete_asked, head.wrong_asked),
        ):
            fills.connect(self.fill_down)
            copies.connect(self.duplicate)
            deletes.connect(self.delete)
            goes.connect(self.go_to_wrong)
        view.selectionModel().currentChanged.connect(lambda now, before: self._tell_cell())
        head.kind_chosen.connect(self._choose)
        head.begin_chosen.connect(self._begin)
        head.sort_asked.connect(self.sort_document)
        head.import_asked.connect(self.import_asked)
        head.export_asked.connect(self.export_asked)

    def _changed(self, draft: Draft) -> None:
        if draft == self._base:
            return
        self._reading.anew = None
        self.ask.clear()
        self.model.editable = False
        if self.isVisible():
            self._pause.start()

    def _forget(self) -> None:
        self._draft = self._base = None
        self._reading.forget()
        if self.isVisible():
            self._pause.start()

    def _choose(self, names: tuple[str, ...]) -> None:
        self._reading.kind, self._reading.anew = names, None
        self.view.sort_as(-1, False)  # noqa: FBT003  # Qt's own order of arguments
        self.read()

    def _begin(self, way: tuple[str, ...]) -> None:
        """Let rows begin anew, as a schema has them."""
        self._reading.kind = self._reading.anew = way
        self.view.sort_as(-1, False)  # noqa: FBT003  # Qt's own order of arguments
        self.read()

    @property
    def _begun(self) -> bool:
        """Whether what is shown is not the payload yet."""
        return self._draft is not None and self._draft != self._base

    def _show(self, read: TableRead) -> None:
        first = self._draft is None or read.table.kind != self.table.kind
        self._base, self._draft, self._outline, self._wrong = read.base, read.draft, read.outline, read.wrong
        self._ways = read.ways if self._fresh() or not read.base.text.strip() else ()
        if read.outline is None:
            self.model.show(Table(), None)
            if not read.base.text.strip():
                self._say_empty("The payload is empty", _NO_SCHEMA)
                return
            self._say_empty("The grid cannot be shown", f"{read.trouble} Mend the XML, then it comes back.")
            return
        if not read.table.rows:
            self.model.show(read.table, read.outline)
            self._say_empty("No rows yet", "Nothing in this payload repeats. Add elements in the form or the XML.")
            return
        columns = read.table.columns != self.table.columns
        self.model.renew(read.table, read.outline)
        self._stack.setCurrentWidget(self.view)
        if first or columns:
            self.view.fit()
        self._show_head()
        if self._begun:
            self.tell(_INSTEAD if read.base.text.strip() else _BEGUN, "info")
        self._mark()
        self._show_wrong()
        self._go_on()

    def _say_empty(self, title: str, advice: str) -> None:
        self._empty.say(title, advice)
        self._stack.setCurrentWidget(self._empty)
        self._show_head()
        self._show_wrong()

    def _show_head(self) -> None:
        kind = self.table.kind
        self.head.show_table(self.table, self._ways, kind.names if kind is not None and self._begun else ())

    def _go_on(self) -> None:
        """Select what the last edit was about, or what one comes for."""
        wanted, self._wanted = self._wanted, None
        outline = self._outline if not self._begun else None
        path = outline.path_at(wanted) if wanted is not None and outline is not None else None
        cell = ProblemPlaces(self.table, outline).cell_of(path) if path and outline is not None else None
        if self._then is None and cell is not None:
            self._go_to(*cell)
        elif self._then is not None:
            top, bottom, columns = self._then
            self._then = None
            self.view.select_block(top, min(bottom, self.model.rowCount() - 1), columns)
        elif not self.view.currentIndex().isValid():
            self.view.select_block(0, 0, self.view.shown_columns()[:1])
        self._tell_cell()

    def _tell_cell(self) -> None:
        current = self.view.currentIndex()
        if not current.isValid() or current.row() >= self.model.rowCount():
            self.where.say("")
            return
        title = self.table.columns[current.column()].title
        about = " · ".join(self.model.about(current.row(), current.column()).split("\n"))
        self.where.say(f"{title}, row {current.row() + 1:,}: {about}")
        self.where.setToolTip(self.where.words)

    def _like(self, column: int) -> str:
        """A value of a column whose style a new one is written in."""
        if self._outline is None:
            return ""
        there = self.table.columns[column]
        texts = (self.table.place(self._outline, row, there).text for row in range(min(50, len(self.table.rows))))
        return next((text for text in texts if text), "")

    def _rows(self, verb: Callable[[Draft, Outline, Table, Sequence[int]], Edited], done: str) -> None:
        table, positions = self.table, self.view.positions
        rows = [self.model.row_of(each) for each in positions]
        if not rows:
            self.tell("Select a row first.", "warning")
            return
        words = f"{len(rows):,} row{'' if len(rows) == 1 else 's'} {done}."
        selects = (positions[0], positions[0], self.view.shown_columns())
        self._work(lambda draft, outline: verb(draft, outline, table, rows), [words], selects)

    def _may_edit(self) -> bool:
        """Whether an edit can be made now; what hinders it is told."""
        hindrance = self._hindrance()
        if not hindrance and not self.ready:
            hindrance = "The payload is being read. Do it again in a moment."
        if hindrance:
            self.tell(hindrance, "warning")
        return not hindrance

    def _work(
        self, edit: Callable[[Draft, Outline], Edited], notes: Sequence[str] = (), selects: Selection | None = None
    ) -> None:
        """Make an edit off this thread."""
        draft, outline = self._draft, self._outline
        if draft is not None and outline is not None and self._may_edit():
            self._editing.run(draft, outline, edit, notes, selects)

    def _made(self, made: Made) -> None:
        if self._desk.draft != (self._base if made.before == self._draft else made.before):
            self.tell("The payload was changed meanwhile, so this was not done. Do it again.", "warning")
            return
        self._then = made.selects
        self._take(made.edited, made.outline, made.notes, range(len(self.table.columns)))

    def _failed(self, error: CaisoError) -> None:
        self.tell(f"{error.title}: {error.detail} {error.advice}".strip(), "error")

    def _take(
        self, edited: Edited, outline: Outline | None, notes: Sequence[str], columns: Collection[int] = ()
    ) -> None:
        """Let the draft be what an edit of some columns has made of it."""
        said = [*notes, *edited.notes, *edited.warnings]
        self.tell(" ".join(said), "warning" if edited.warnings else "info")
        if edited.draft == self._draft:
            self._then = None
            return
        if self._begun and self.table.kind is not None:
            self._reading.kind, self._reading.anew = self.table.kind.names, None
        if outline is not None:
            self._draft = self._base = edited.draft
            self._outline = outline
            self.model.touch(outline, columns)
            self._go_on()
            self._count.start()
        self.edited.emit(edited.draft)

    def _count_wrong(self) -> None:
        if self._outline is not None:
            self._reading.count(self.table, self._outline)

    def _show_counted(self, outline: Outline, wrong: tuple[tuple[int, int], ...]) -> None:
        if outline is self._outline:
            self._wrong = wrong
            self._show_wrong()

    def _show_wrong(self) -> None:
        # A row that nobody has written in yet is not wrong, only empty.
        self.head.show_wrong(0 if self._begun else len(self._all_wrong), more=len(self._wrong) >= MOST_WRONG)

    @property
    def _all_wrong(self) -> set[tuple[int, int]]:
        """The cells that are wrong by themselves, and those in which the check found something."""
        return {*self._wrong, *self.model.problems}

    def tell(self, words: str, tone: str) -> None:
        """Say under the grid what was done, or was not."""
        self.notes.setText(words)
        self.notes.setVisible(bool(words))
        styled(self.notes, banner=tone)


def _timer(owner: QWidget, milliseconds: int, verb: Callable[[], None]) -> QTimer:
    timer = QTimer(owner)
    timer.setSingleShot(True)
    timer.setInterval(milliseconds)
    timer.timeout.connect(verb)
    return timer
