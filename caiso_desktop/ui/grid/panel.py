"""The payload as a grid: the desk's draft is read while the grid is seen, and edits of the grid become the draft."""

from collections.abc import Callable, Collection

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QStackedWidget, QVBoxLayout, QWidget

from caiso_desktop.model.call import Problem
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.grid.table import Grids, Table
from caiso_desktop.model.judgement import Judgement
from caiso_desktop.model.payload import Payloads
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.elided_label import ElidedLabel
from caiso_desktop.ui.empty_state import EmptyState
from caiso_desktop.ui.grid.ask_bar import AskBar
from caiso_desktop.ui.grid.current_cell import CurrentCell
from caiso_desktop.ui.grid.editing import GridEditing, Made
from caiso_desktop.ui.grid.head import GridHead
from caiso_desktop.ui.grid.model import GridModel
from caiso_desktop.ui.grid.reading import GridReading, TableRead
from caiso_desktop.ui.grid.sight import GridSight
from caiso_desktop.ui.grid.verbs import GridVerbs
from caiso_desktop.ui.grid.view import GridView
from caiso_desktop.ui.grid.wrong_cells import WrongCells
from caiso_desktop.ui.jobs import Jobs
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.palette import tokens_of
from caiso_desktop.ui.pause import pause

_READ_AFTER_MS = 30
_NO_SCHEMA = "Write it in the XML, or open a file. With CAISO's schema package rows can begin here."
_HOW = "Paste rows from a spreadsheet, fill it from a file, or write in the first row"
_BEGUN = f"Nothing is in the payload yet. {_HOW}."
_INSTEAD = f"{_HOW}: that takes the place of the sample, which is the payload until then."


class GridPanel(QWidget):
    """``edited``: the payload is to become another, as one step. It reads the desk's draft while it is to be seen.

    ``hindrance`` says why nothing can be edited; empty where it can. ``fresh`` tells whether nothing of the user's is
    in the payload, so that rows may begin anew: what is shown then becomes the payload with its first edit.
    ``undo_asked`` and ``redo_asked`` are for whoever keeps the draft's history, ``import_asked`` and ``export_asked``
    for whoever knows about spreadsheets. ``sight`` is what is shown, ``verbs`` what can be done with it.
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
        self._fresh = fresh
        self._desk = desk
        self._editing = GridEditing(jobs, self)
        self._reading = GridReading(desk, payloads, grids, jobs, self)
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
        self.sight = GridSight(desk, self.model, self._editing)
        self.verbs = GridVerbs(self.sight, self.view, self._editing, hindrance, self)
        self._current = CurrentCell(self.sight, self.view, self.where, self)
        self._wrong = WrongCells(self.sight, self.view, self.head, self._reading, self)
        self._pause = pause(self, _READ_AFTER_MS, self.read)
        self._lay_out()
        self._connect()
        self.setFocusProxy(self.view)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.head)
        layout.addWidget(self.ask)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.notes)
        layout.addWidget(self.where)

    def _connect(self) -> None:
        self._desk.draft_changed.connect(self._changed)
        self._desk.target_changed.connect(self._forget)
        self._reading.read.connect(self._show)
        self._editing.asked.connect(self.ask.put)
        self.ask.done.connect(self.view.setFocus)
        view, head, verbs = self.view, self.head, self.verbs
        verbs.made.connect(self._take)
        verbs.told.connect(self.tell)
        self.model.typed.connect(verbs.type)
        view.paste_asked.connect(verbs.paste)
        view.clear_asked.connect(verbs.clear)
        view.undo_asked.connect(self.undo_asked)
        view.redo_asked.connect(self.redo_asked)
        for fills, copies, deletes, goes in (
            (view.fill_asked, view.rows_asked, view.delete_asked, view.wrong_asked),
            (head.fill_asked, head.copy_asked, head.delete_asked, head.wrong_asked),
        ):
            fills.connect(verbs.fill_down)
            copies.connect(verbs.duplicate)
            deletes.connect(verbs.delete)
            goes.connect(self._wrong.go_to_next)
        head.kind_chosen.connect(self._choose)
        head.begin_chosen.connect(self._begin)
        head.sort_asked.connect(verbs.sort_document)
        head.import_asked.connect(self.import_asked)
        head.export_asked.connect(self.export_asked)

    @property
    def table(self) -> Table:
        """What is shown."""
        return self.model.table

    @property
    def ready(self) -> bool:
        """Whether it shows the desk's draft as it is now."""
        return self.sight.ready

    @property
    def empty_words(self) -> str:
        """What it says instead of a grid; empty while there is one."""
        return self._empty.text if self._stack.currentWidget() is self._empty else ""

    def showEvent(self, event: QShowEvent) -> None:
        """Called by Qt."""
        super().showEvent(event)
        if not self.sight.is_current:
            self.read()

    def changeEvent(self, event: QEvent) -> None:
        """Called by Qt."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and hasattr(self, "model"):
            self.model.set_tokens(tokens_of(self.palette()))

    def enter(self, position: int) -> None:
        """The grid is seen now, or another draft: go to the cell that stands at a position of the text."""
        self._current.enter(position)

    def leave(self) -> int | None:
        """The grid is seen no more: the position of the cell in hand; None where it shows an older text."""
        return self._current.leave()

    def go_to_problem(self, problem: Problem) -> bool:
        """Go to the cell that a problem is about; false where it is in no row."""
        return self._current.go_to_problem(problem)

    def show_judgement(self, judgement: Judgement | None) -> None:
        """Mark what the check of the whole payload found, beside what is seen of each cell by itself."""
        self._wrong.show_judgement(judgement)

    def read(self) -> None:
        """Read the desk's draft again."""
        self._pause.stop()
        self._reading.begin()

    def tell(self, words: str, tone: str) -> None:
        """Say under the grid what was done, or was not."""
        self.notes.setText(words)
        self.notes.setVisible(bool(words))
        styled(self.notes, banner=tone)

    def _changed(self, draft: Draft) -> None:
        if self.sight.is_current:
            return
        self._reading.anew = None
        self.ask.clear()
        self.model.editable = False
        if self.isVisible():
            self._pause.start()

    def _forget(self) -> None:
        self.sight.forget()
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

    def _show(self, read: TableRead) -> None:
        now = self.table
        other = self.sight.draft is None or (read.table.kind, read.table.columns) != (now.kind, now.columns)
        self.sight.look(read)
        self._ways = read.ways if self._fresh() or not read.base.text.strip() else ()
        if read.outline is None or not read.table.rows:
            self.model.show(read.table, read.outline)
            self._say_empty(read)
            self._show_head()
            self._wrong.show(read.wrong)
            return
        self.model.renew(read.table, read.outline)
        self._stack.setCurrentWidget(self.view)
        if other:
            self.view.fit()
        self._show_head()
        if self.sight.begun:
            self.tell(_INSTEAD if read.base.text.strip() else _BEGUN, "info")
        self._wrong.show(read.wrong)
        self._current.go_on()

    def _say_empty(self, read: TableRead) -> None:
        if read.outline is not None:
            self._empty.say("No rows yet", "Nothing in this payload repeats. Add elements in the form or the XML.")
        elif read.base.text.strip():
            self._empty.say("The grid cannot be shown", f"{read.trouble} Mend the XML, then it comes back.")
        else:
            self._empty.say("The payload is empty", _NO_SCHEMA)
        self._stack.setCurrentWidget(self._empty)

    def _show_head(self) -> None:
        kind = self.table.kind
        self.head.show_table(self.table, self._ways, kind.names if kind is not None and self.sight.begun else ())

    def _take(self, made: Made, columns: Collection[int]) -> None:
        """Let the draft be what an edit of some columns has made of it."""
        edited = made.edited
        self.tell(" ".join([*made.notes, *edited.notes, *edited.warnings]), "warning" if edited.warnings else "info")
        if edited.draft == self.sight.draft:
            return
        if self.sight.begun and self.table.kind is not None:
            self._reading.kind, self._reading.anew = self.table.kind.names, None
        self._current.then = made.selects
        if made.outline is not None:
            self.sight.follow(edited.draft, made.outline, columns)
            self._current.go_on()
            self._wrong.count_soon()
        self.edited.emit(edited.draft)
