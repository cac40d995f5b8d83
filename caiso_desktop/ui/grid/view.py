"""The grid as one works in it: cells by keyboard, blocks copied and pasted, rows in any order."""

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QMenu, QTableView, QWidget

from caiso_desktop.model.grid.paste import to_clipboard
from caiso_desktop.ui.grid.delegate import GridDelegate
from caiso_desktop.ui.grid.model import GridModel
from caiso_desktop.ui.named import named

_WIDEST = 260
_MEASURED = 60


class GridView(QTableView):
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
        super().__init__(parent)
        named(self, "payloadGrid", "Payload, grid")
        self.grid = model
        self.setModel(model)
        self.setItemDelegate(GridDelegate(model, self))
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setAlternatingRowColors(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )
        rows = self.verticalHeader()
        rows.setDefaultSectionSize(self.fontMetrics().height() + 8)
        rows.setSectionResizeMode(rows.ResizeMode.Fixed)
        rows.setHighlightSections(False)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(False)
        header.sectionClicked.connect(self.sort_next)
        self._sorted = (-1, False)

    @property
    def positions(self) -> list[int]:
        """The positions of the rows that are selected, from top to bottom."""
        return sorted({index.row() for index in self.selectedIndexes()})

    @property
    def columns(self) -> list[int]:
        """The columns that are selected, from left to right as they are shown."""
        return sorted({index.column() for index in self.selectedIndexes()}, key=self.horizontalHeader().visualIndex)

    def shown_columns(self) -> list[int]:
        """The numbers of the columns from left to right."""
        header = self.horizontalHeader()
        return [header.logicalIndex(place) for place in range(header.count())]

    def fit(self) -> None:
        """Make columns as wide as what stands in the first rows."""
        metrics = self.fontMetrics()
        header = self.horizontalHeader()
        rows = min(self.grid.rowCount(), _MEASURED)
        for column in range(self.grid.columnCount()):
            words = (self.grid.cell(row, column).words for row in range(rows))
            widest = max(map(metrics.horizontalAdvance, words), default=0)
            self.setColumnWidth(column, min(max(widest + 20, header.sectionSizeHint(column), 64), _WIDEST))

    def sort_next(self, column: int) -> None:
        """Sort by a column: up, then down, then as the payload has it."""
        before, descending = self._sorted
        now = (column, False) if before != column else (-1, False) if descending else (column, True)
        self.sort_as(*now)

    def sort_as(self, column: int, descending: bool) -> None:  # noqa: FBT001  # as it is remembered
        """Sort by a column; below 0: as the payload has it."""
        self._sorted = (column, descending)
        self.grid.sort_by(column, descending=descending)
        header = self.horizontalHeader()
        header.setSortIndicatorShown(column >= 0)
        if column >= 0:
            order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
            header.setSortIndicator(column, order)

    @property
    def is_sorted(self) -> bool:
        """Whether the rows are shown in another order than the payload's."""
        return self._sorted[0] >= 0

    def copy(self) -> None:
        """Copy the selected cells as they are shown, tab-separated."""
        rows = [[self.grid.cell(row, column).words for column in self.columns] for row in self.positions]
        if rows:
            QGuiApplication.clipboard().setText(to_clipboard(rows))

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
            (event.matches(QKeySequence.StandardKey.Copy), self.copy),
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
