"""A small table that is edited in place: rows of texts, one button to add a row, one to remove it."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from caiso_desktop.ui.icon import Symbol
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.tool_button import tool_button

_TALLEST = 6


class EditTable(QWidget):
    """``edited`` after every change by the user; ``new`` is what a new row begins with."""

    edited = Signal()

    def __init__(
        self, name: str, title: str, headers: Sequence[str], new: Sequence[str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.title = title
        self._new = tuple(new)
        self.table = named(QTableWidget(0, len(headers)), name, title)
        self.table.setHorizontalHeaderLabels(list(headers))
        self.table.verticalHeader().hide()
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.itemChanged.connect(lambda item: self.edited.emit())
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(styled(QLabel(title), title=True))
        head.addStretch(1)
        head.addWidget(tool_button(f"{name}Add", "Add", f"Add to: {title}", Symbol.NEW, self.add_row))
        head.addWidget(tool_button(f"{name}Remove", "Remove", f"Remove from: {title}", Symbol.REMOVE, self.remove_row))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.table)
        self._fit()

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """The texts, from top to bottom."""
        return [
            tuple(item.text() if (item := self.table.item(row, column)) is not None else "" for column in self._columns)
            for row in range(self.table.rowCount())
        ]

    def set_rows(self, rows: Sequence[Sequence[str]]) -> None:
        """Show these; not an edit."""
        self.table.blockSignals(True)  # noqa: FBT003  # Qt takes it so
        self.table.setRowCount(0)
        for row in rows:
            self._append(row)
        self.table.blockSignals(False)  # noqa: FBT003
        self._fit()

    def add_row(self) -> None:
        """Add a row, and begin to edit it."""
        self.table.blockSignals(True)  # noqa: FBT003
        self._append(self._new)
        self.table.blockSignals(False)  # noqa: FBT003
        self._fit()
        self.table.setCurrentCell(self.table.rowCount() - 1, 0)
        self.table.setFocus()
        self.edited.emit()

    def remove_row(self) -> None:
        """Remove the current row."""
        if self.table.currentRow() >= 0:
            self.table.removeRow(self.table.currentRow())
            self._fit()
            self.edited.emit()

    @property
    def _columns(self) -> range:
        return range(self.table.columnCount())

    def _append(self, cells: Sequence[str]) -> None:
        row = self.table.rowCount()
        self.table.insertRow(row)
        for column, text in enumerate(cells):
            self.table.setItem(row, column, QTableWidgetItem(text))

    def _fit(self) -> None:
        shown = max(1, min(self.table.rowCount(), _TALLEST))
        section = self.table.verticalHeader().defaultSectionSize()
        height = self.table.horizontalHeader().sizeHint().height() + shown * section
        self.table.setFixedHeight(height + 2 * self.table.frameWidth() + 2)
