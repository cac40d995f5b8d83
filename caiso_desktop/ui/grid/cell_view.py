"""Cells of a table as one looks at them: rows in any order, columns as wide as what they say, blocks copied."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from caiso_desktop.model.grid.paste import to_clipboard
from caiso_desktop.ui.grid.model import GridModel

_WIDEST = 260
_MEASURED = 60


class CellView(QTableView):
    """A click on a head sorts: up, then down, then as the document has it. Ctrl+C copies what is selected."""

    def __init__(self, model: GridModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.grid = model
        self.setModel(model)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setAlternatingRowColors(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
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

    def sort_again(self) -> None:
        """Sort other rows as the last ones were."""
        self.sort_as(*self._sorted)

    @property
    def is_sorted(self) -> bool:
        """Whether the rows are shown in another order than the payload's."""
        return self._sorted[0] >= 0

    def copy(self) -> None:
        """Copy the selected cells as they are shown, tab-separated."""
        rows = [[self.grid.cell(row, column).words for column in self.columns] for row in self.positions]
        if rows:
            QGuiApplication.clipboard().setText(to_clipboard(rows))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Called by Qt."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)
