"""A table of plain rows: read, sorted by nobody, copied by Ctrl+C as tab-separated text."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from caiso_desktop.ui.named import named
from caiso_desktop.ui.rows_model import RowsModel

_WIDEST = 420
"""No column begins wider than this; the whole text is in its tool tip."""

_MOST_WRAPPED = 300
"""Rows whose heights are worked out; those of any more are a line high."""


class RowsTable(QTableView):
    """``grows`` makes it as tall as its rows (up to ``grows``), for a table among other things on a page.

    ``wraps`` lets a long text take several lines, where it must be read to its end.
    """

    def __init__(
        self,
        object_name: str,
        accessible_name: str,
        headers: Sequence[str],
        *,
        numbers: Sequence[int] = (),
        stretch: int = -1,
        grows: int = 0,
        wraps: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        named(self, object_name, accessible_name)
        self._grows = grows
        self._wraps = wraps
        self.rows = RowsModel(headers, numbers, self)
        self.setModel(self.rows)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(wraps)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        if stretch >= 0:
            header.setSectionResizeMode(stretch, QHeaderView.ResizeMode.Stretch)

    def set_rows(
        self, rows: Sequence[tuple[str, ...]], tips: Sequence[str] = (), *, strong: Iterable[int] = ()
    ) -> None:
        """Show other rows, in columns as wide as they need; those of the numbers in ``strong`` stand out."""
        self.rows.set_rows(rows, tips)
        self.rows.stress(strong)
        self.resizeColumnsToContents()
        for column in range(self.rows.columnCount()):
            if self.horizontalHeader().sectionResizeMode(column) is not QHeaderView.ResizeMode.Stretch:
                self.setColumnWidth(column, min(self.columnWidth(column), _WIDEST))
        self._fit()

    def show_rows(self, rows: Sequence[tuple[str, ...]]) -> None:
        """Show other rows, unless they are the same: then what is chosen among them stays chosen."""
        if [self.rows.row(row) for row in range(self.rows.rowCount())] != list(rows):
            self.set_rows(rows)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Called by Qt."""
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """Called by Qt: a table may become narrow, and scrolls then."""
        return QSize(80, 48)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Called by Qt."""
        if event.matches(QKeySequence.StandardKey.Copy):
            rows = sorted({index.row() for index in self.selectedIndexes()})
            QGuiApplication.clipboard().setText("\n".join("\t".join(self.rows.row(row)) for row in rows))
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.activated.emit(self.currentIndex())
            return
        super().keyPressEvent(event)

    def _fit(self) -> None:
        """Be as tall as the rows, and the scroll bar where there is one."""
        if not self._grows:
            return
        for row in range(min(self.rows.rowCount(), _MOST_WRAPPED) if self._wraps else 0):
            self.resizeRowToContents(row)
        shown = min(self.rows.rowCount(), self._grows)
        lines = sum(self.rowHeight(row) for row in range(shown)) or self.verticalHeader().defaultSectionSize()
        header = self.horizontalHeader()
        height = header.sizeHint().height() + lines
        if header.length() > self.viewport().width():
            height += self.horizontalScrollBar().sizeHint().height()
        self.setFixedHeight(height + 2 * self.frameWidth())
