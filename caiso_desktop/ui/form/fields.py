"""The fields of a form: a tree whose values are written where they stand, by mouse and by keyboard."""

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QFontDatabase, QFontMetrics, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemDelegate, QAbstractItemView, QApplication, QHeaderView, QTreeView, QWidget

from caiso_desktop.model.form.row import Kind, Row
from caiso_desktop.ui.form.cell_words import NAME, VALUE
from caiso_desktop.ui.form.delegate import FormDelegate
from caiso_desktop.ui.form.form_model import FormModel, Index
from caiso_desktop.ui.named import named

OPENED = 60
"""So many rows are opened when a form is shown first; what repeats more often than `FEW` is opened once."""
FEW = 6
_INSTANT = "2026-11-26T14:02:27Z"
_NARROWEST = {NAME: 190, VALUE: 150}


class Fields(QTreeView):
    """Typing or Enter writes; Tab goes to the next value; Ctrl+D, Delete, Alt+Up and Alt+Down are verbs of a row."""

    undo_asked = Signal()
    redo_asked = Signal()
    add_asked = Signal()
    duplicate_asked = Signal()
    remove_asked = Signal()
    move_asked = Signal(int)
    row_changed = Signal(object)

    def __init__(self, model: FormModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "payloadFormFields", "Payload, form")
        self._form = model
        self.setModel(model)
        self.delegate = FormDelegate(self, model)
        self.setItemDelegate(self.delegate)
        self.setUniformRowHeights(True)
        self.setIndentation(12)
        self.setRootIsDecorated(True)
        self.setExpandsOnDoubleClick(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed | QAbstractItemView.EditTrigger.AnyKeyPressed)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header = self.header()
        header.setStretchLastSection(True)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(VALUE, QHeaderView.ResizeMode.Interactive)
        header.setSectionsMovable(False)
        self._own_widths = False
        header.sectionResized.connect(self._resized)
        self.clicked.connect(self._clicked)
        self.delegate.undo_asked.connect(self.undo_asked)
        self.delegate.redo_asked.connect(self.redo_asked)

    @property
    def current(self) -> Row | None:
        """The row that has the keyboard."""
        index = self.currentIndex()
        return self._form.row(index) if index.isValid() else None

    def select(self, index: QModelIndex) -> None:
        """Go to a row."""
        if not index.isValid():
            return
        above = index.parent()
        while above.isValid():
            self.expand(above)
            above = above.parent()
        value = index.siblingAtColumn(VALUE)
        self.setCurrentIndex(value)
        self.scrollTo(value, QAbstractItemView.ScrollHint.EnsureVisible)

    def open_first(self) -> None:
        """Open what one wants to see first: level by level, as far as it stays in view."""
        left, level = OPENED, [self._form.index(0, NAME)]
        while level and left > 0:
            below = []
            for index in level:
                row = self._form.row(index)
                if row.kind not in (Kind.SECTION, Kind.VALUE) or row.node is None or left <= 0:
                    continue
                if row.count > FEW and row.number > 1:
                    continue
                if self._form.canFetchMore(index):
                    self._form.fetchMore(index)
                count = self._form.rowCount(index)
                self.expand(index)
                left -= count
                below += [self._form.index(number, NAME, index) for number in range(min(count, OPENED))]
            level = below
        first = next((each for each in self._in_order(50) if self._form.row(each).editable), None)
        self.setCurrentIndex((first or self._form.index(0, NAME)).siblingAtColumn(VALUE))

    def currentChanged(self, current: Index, previous: Index) -> None:  # noqa: N802  # Qt calls it
        """Called by Qt: the value has the keyboard, wherever one clicks."""
        super().currentChanged(current, previous)
        if current.isValid() and current.column() != VALUE:
            self.setCurrentIndex(self._form.index(current.row(), VALUE, current.parent()))
        else:
            self.row_changed.emit(self.current)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Called by Qt."""
        alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        index = self.currentIndex()
        if event.matches(QKeySequence.StandardKey.Undo):
            self.undo_asked.emit()
        elif event.matches(QKeySequence.StandardKey.Redo):
            self.redo_asked.emit()
        elif alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.move_asked.emit(-1 if event.key() == Qt.Key.Key_Up else 1)
        elif control and event.key() == Qt.Key.Key_D:
            self.duplicate_asked.emit()
        elif event.key() == Qt.Key.Key_Insert:
            self.add_asked.emit()
        elif event.key() == Qt.Key.Key_Delete:
            self.remove_asked.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            self._enter(index)
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right) and index.isValid():
            self._fold(index, open_it=event.key() == Qt.Key.Key_Right)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Called by Qt: each column has a third of the room, until the user has widths of their own.

        An instant is never cut: it is what most values are, and what a deadline hangs on. The row in hand stays in
        view: what is told of it takes its room from the fields.
        """
        super().resizeEvent(event)
        current = self.currentIndex()
        bottom = self.visualRect(current).bottom()
        if event.size().height() < bottom <= event.oldSize().height():
            self.scrollTo(current, QAbstractItemView.ScrollHint.EnsureVisible)
        if not self._own_widths:
            room = self.viewport().width()
            fixed = QFontMetrics(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
            narrowest = {**_NARROWEST, VALUE: fixed.horizontalAdvance(_INSTANT) + 24}
            for column, least in narrowest.items():
                self.setColumnWidth(column, max(least, room * 33 // 100))

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:  # noqa: N802
        """Called by Qt: Tab out of an editor goes to the next value and opens it."""
        back = hint == QAbstractItemDelegate.EndEditHint.EditPreviousItem
        further = back or hint == QAbstractItemDelegate.EndEditHint.EditNextItem
        super().closeEditor(editor, QAbstractItemDelegate.EndEditHint.NoHint if further else hint)
        self._form.session = None
        if further:
            index = self._beside(self.currentIndex(), back=back)
            if index.isValid():
                self.setCurrentIndex(index)
                self.edit(index)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: N802, FBT001  # Qt calls it
        """Called by Qt: Tab goes from value to value, and behind the last one out of the form."""
        index = self._beside(self.currentIndex(), back=not next)
        if index.isValid():
            self.setCurrentIndex(index)
            return True
        return super().focusNextPrevChild(next)

    def _resized(self, column: int, before: int, now: int) -> None:
        # The last column gives way by itself; a drag of the others comes with a button pressed.
        if column != self.header().count() - 1 and QApplication.mouseButtons() != Qt.MouseButton.NoButton:
            self._own_widths = True

    def _enter(self, index: QModelIndex) -> None:
        row = self._form.row(index)
        if row.editable:
            self.edit(index.siblingAtColumn(VALUE))
        elif row.missing:
            self.add_asked.emit()
        else:
            first = index.siblingAtColumn(NAME)
            self.setExpanded(first, not self.isExpanded(first))

    def _fold(self, index: QModelIndex, *, open_it: bool) -> None:
        first = index.siblingAtColumn(NAME)
        if open_it:
            self.expand(first)
        elif self.isExpanded(first):
            self.collapse(first)
        elif first.parent().isValid():
            self.setCurrentIndex(first.parent())

    def _clicked(self, index: QModelIndex) -> None:
        row = self._form.row(index)
        if index.column() != VALUE:
            return
        if row.editable:
            self.edit(index)
        elif row.missing:
            self.add_asked.emit()

    def _beside(self, index: QModelIndex, *, back: bool) -> QModelIndex:
        """The next value that can be written, or the one before."""
        at = index.siblingAtColumn(NAME)
        while at.isValid():
            at = self.indexAbove(at) if back else self.indexBelow(at)
            if at.isValid() and self._form.row(at).editable:
                return at.siblingAtColumn(VALUE)
        return QModelIndex()

    def _in_order(self, most: int) -> list[QModelIndex]:
        found: list[QModelIndex] = []
        at = self._form.index(0, NAME)
        while at.isValid() and len(found) < most:
            found.append(at)
            at = self.indexBelow(at)
        return found
