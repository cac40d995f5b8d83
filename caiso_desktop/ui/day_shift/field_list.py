"""Which times of a payload move: one line for each name, to be ticked."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QTableWidget, QTableWidgetItem, QWidget

from caiso_desktop.model.day_shift import Field
from caiso_desktop.ui.named import named

_HEADERS = ("Moves", "Values", "For example", "Stays because it is")
_TALLEST = 5


class FieldList(QTableWidget):
    """``chosen`` when the user has ticked another line. A payload has a handful of them."""

    chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, len(_HEADERS), parent)
        named(self, "shiftFields", "Which times move")
        self._fields: tuple[Field, ...] = ()
        self.setHorizontalHeaderLabels(_HEADERS)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)
        self.horizontalHeader().setStretchLastSection(True)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.itemChanged.connect(lambda item: self.chosen.emit())

    @property
    def moving(self) -> frozenset[str]:
        """The paths that are ticked."""
        return frozenset(
            field.path
            for row, field in enumerate(self._fields)
            if (item := self.item(row, 0)) is not None and item.checkState() is Qt.CheckState.Checked
        )

    def show_fields(self, fields: Sequence[Field]) -> None:
        """Show the fields of a plan; those that usually move are ticked. The same ones keep their ticks."""
        fields = tuple(fields)
        if [field.path for field in fields] == [field.path for field in self._fields]:
            return
        self._fields = fields
        self.blockSignals(True)  # noqa: FBT003  # Qt takes it so
        self.setRowCount(len(fields))
        for row, field in enumerate(fields):
            name = QTableWidgetItem(field.name)
            name.setToolTip(field.path)
            name.setFlags(name.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            name.setCheckState(Qt.CheckState.Unchecked if field.why else Qt.CheckState.Checked)
            count = QTableWidgetItem(f"{field.count:,}")
            count.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            for column, item in enumerate((name, count, QTableWidgetItem(field.example), QTableWidgetItem(field.why))):
                self.setItem(row, column, item)
        self.blockSignals(False)  # noqa: FBT003  # Qt takes it so
        # Not the last one, which Qt would keep as narrow as its words.
        for column in range(len(_HEADERS) - 1):
            self.resizeColumnToContents(column)
        shown = max(1, min(len(fields), _TALLEST))
        height = self.horizontalHeader().sizeHint().height() + shown * self.verticalHeader().defaultSectionSize()
        self.setFixedHeight(height + 2 * self.frameWidth())
        if fields:
            self.setCurrentCell(0, 0)
