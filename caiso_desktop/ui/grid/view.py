"""The grid as one works in it: cells by keyboard, blocks copied and pasted, rows in any order."""

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QMenu, QWidget

from caiso_desktop.ui.grid.cell_view import CellView
from caiso_desktop.ui.grid.delegate import GridDelegate
from caiso_desktop.ui.grid.model import GridModel
from caiso_desktop.ui.named import named


class GridView(CellView):
    """What it cannot do by itself it asks for: paste, fill down, clear, undo and redo, rows added and deleted."""

    paste_asked = Signal(str)
    fill_asked = Signal()
    clear_asked = Signal()
    undo_asked = Signal()
    redo_asked = Signal()
    rows_asked = Signal()
    delete_asked = Signal()
    wrong_asked = Signal()

    def __init__(self, model: GridModel, parent: QWidget | None = None) -> None:
        super().__init__(model, parent)
        named(self, "payloadGrid", "Payload, grid")
        self.setItemDelegate(GridDelegate(model, self))
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )

    def paste(self) -> None:
        """Paste what lies in the clipboard, from the current cell on."""
        text = QGuiApplication.clipboard().text()
        if text:
            self.paste_asked.emit(text)

    def select_block(self, top: int, bottom: int, columns: list[int]) -> None:
        """Select a block of cells and go to its first."""
        if not columns or top >= self.grid.rowCount():
            return
        first, last = self.grid.index(top, columns[0]), self.grid.index(bottom, columns[-1])
        self.selectionModel().setCurrentIndex(first, QItemSelectionModel.SelectionFlag.NoUpdate)
        self.selectionModel().select(QItemSelection(first, last), QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.scrollTo(first)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Called by Qt."""
        control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        verbs = (
            (event.matches(QKeySequence.StandardKey.Cut), self._cut),
            (event.matches(QKeySequence.StandardKey.Paste), self.paste),
            (event.matches(QKeySequence.StandardKey.Undo), self.undo_asked.emit),
            (event.matches(QKeySequence.StandardKey.Redo), self.redo_asked.emit),
            (control and event.key() == Qt.Key.Key_D, self.fill_asked.emit),
            (control and event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal), self.rows_asked.emit),
            (control and event.key() == Qt.Key.Key_Minus, self.delete_asked.emit),
            (event.key() == Qt.Key.Key_F9, self.wrong_asked.emit),
            (event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace), self.clear_asked.emit),
        )
        for wanted, verb in verbs:
            if wanted:
                verb()
                return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not control:
            self.edit(self.currentIndex())
            return
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Called by Qt."""
        self.show_menu(event.globalPos())

    def show_menu(self, place: QPoint) -> None:
        """What can be done with the selected cells."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Copy\tCtrl+C", self.copy)
        menu.addAction("Paste\tCtrl+V", self.paste)
        menu.addAction("Fill down\tCtrl+D", self.fill_asked.emit)
        menu.addAction("Clear\tDel", self.clear_asked.emit)
        menu.addSeparator()
        menu.addAction("Copy the rows below\tCtrl++", self.rows_asked.emit)
        menu.addAction("Delete the rows\tCtrl+-", self.delete_asked.emit)
        menu.popup(place)

    def _cut(self) -> None:
        self.copy()
        self.clear_asked.emit()
