"""Which column of a file goes to which of the grid: a line for each, with an example and a choice."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from caiso_desktop.ui.named import named

_HEADERS = ("In the file", "For example", "In the grid")


class ColumnTable(QTableWidget):
    """``chosen`` when the user has chosen another column. A file has some dozens of columns at most here."""

    chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, len(_HEADERS), parent)
        named(self, "importColumns", "Which column of the file goes where")
        self._choices: list[QComboBox] = []
        self.setHorizontalHeaderLabels(_HEADERS)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setShowGrid(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 14)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column in range(3):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)

    @property
    def columns(self) -> tuple[int | None, ...]:
        """For each column of the file the number of the grid's; None: it goes nowhere."""
        return tuple(choice.currentData() for choice in self._choices)

    def show_columns(
        self, titles: Sequence[str], examples: Sequence[str], names: Sequence[str], columns: Sequence[int | None]
    ) -> None:
        """Show the columns of a file; ``names`` are the titles of the grid's columns, ``columns`` where each goes."""
        self._choices = []
        self.setRowCount(len(titles))
        for row, (title, example) in enumerate(zip(titles, examples, strict=True)):
            self.setItem(row, 0, QTableWidgetItem(title or f"column {row + 1}"))
            self.setItem(row, 1, QTableWidgetItem(example))
            choice = named(QComboBox(), f"importColumn{row}", f"Where {title or f'column {row + 1}'} goes")
            choice.addItem("Nowhere", None)
            for number, name in enumerate(names):
                choice.addItem(name, number)
            goes = columns[row]
            choice.setCurrentIndex(0 if goes is None else goes + 1)
            choice.currentIndexChanged.connect(self._choose)
            self.setCellWidget(row, 2, choice)
            self._choices.append(choice)

    def set_columns(self, columns: Sequence[int | None]) -> None:
        """Let each column go somewhere else."""
        for choice, goes in zip(self._choices, columns, strict=True):
            choice.blockSignals(True)  # noqa: FBT003  # Qt takes it so
            choice.setCurrentIndex(0 if goes is None else goes + 1)
            choice.blockSignals(False)  # noqa: FBT003  # Qt takes it so
        self.chosen.emit()

    def _choose(self, row: int) -> None:
        self.chosen.emit()
