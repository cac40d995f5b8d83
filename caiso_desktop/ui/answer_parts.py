"""The pieces of an answer as they travelled: envelope, attachments, decoded report; each can be saved."""

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from caiso_desktop.model.answer import Part
from caiso_desktop.ui.icon import Symbol, icon
from caiso_desktop.ui.named import named
from caiso_desktop.ui.phrase import size_words
from caiso_desktop.ui.rows_table import RowsTable


class AnswerParts(QWidget):
    """``save_asked`` names the part to save, ``open_asked`` the one to look at."""

    save_asked = Signal(Part)
    open_asked = Signal(Part)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: tuple[Part, ...] = ()
        headers = ("Part", "Type", "Size", "Note")
        self.table = RowsTable("answerParts", "Parts of the answer", headers, numbers=(2,), stretch=3)
        self.table.activated.connect(self._open)
        self.table.selectionModel().currentRowChanged.connect(self._select)
        self._save = named(QPushButton("Save this part…"), "savePartButton", "Save the chosen part")
        self._save.setIcon(icon(Symbol.SAVE))
        self._save.clicked.connect(self._ask)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self._save)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 4)
        layout.setSpacing(8)
        layout.addWidget(self.table, 1)
        layout.addLayout(row)

    def show_parts(self, parts: tuple[Part, ...]) -> None:
        """Show other parts; the last one, the report, is the one most wanted."""
        self._parts = parts
        self.table.set_rows(
            [(part.name, part.content_type, size_words(part.size), part.note) for part in parts],
            [str(part.path) for part in parts],
        )
        if parts:
            self.table.selectRow(len(parts) - 1)
        self._save.setEnabled(bool(parts))

    def _select(self, current: QModelIndex) -> None:
        self._save.setEnabled(current.isValid())

    def _ask(self) -> None:
        index = self.table.currentIndex()
        if index.isValid():
            self.save_asked.emit(self._parts[index.row()])

    def _open(self, index: QModelIndex) -> None:
        self.open_asked.emit(self._parts[index.row()])
