"""A table of plain rows for Qt: texts and numbers as they are shown, nothing decided here."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

Index: TypeAlias = QModelIndex | QPersistentModelIndex

_NO_INDEX = QModelIndex()
_NUMBER = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class RowsModel(QAbstractTableModel):
    """Rows of texts under headers; columns in ``numbers`` are right-aligned; ``tips`` has one text for each row."""

    def __init__(self, headers: Sequence[str], numbers: Sequence[int] = (), parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._headers = tuple(headers)
        self._numbers = frozenset(numbers)
        self._rows: list[tuple[str, ...]] = []
        self._tips: list[str] = []
        self._strong: frozenset[int] = frozenset()

    def set_rows(self, rows: Sequence[tuple[str, ...]], tips: Sequence[str] = ()) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._rows, self._tips, self._strong = list(rows), list(tips), frozenset()
        self.endResetModel()

    def stress(self, numbers: Iterable[int]) -> None:
        """Let these rows stand out from the others; what makes them do so is said in their texts."""
        before, self._strong = self._strong, frozenset(numbers)
        for number in before ^ self._strong:
            if number < len(self._rows):
                self.dataChanged.emit(self.index(number, 0), self.index(number, len(self._headers) - 1))

    def replace(self, number: int, row: tuple[str, ...]) -> None:
        """Show other texts in a row."""
        self._rows[number] = row
        self.dataChanged.emit(self.index(number, 0), self.index(number, len(self._headers) - 1))

    def row(self, number: int) -> tuple[str, ...]:
        """The texts of a row."""
        return self._rows[number]

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        """Called by Qt."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NO_INDEX) -> int:
        """Called by Qt."""
        return 0 if parent.isValid() else len(self._headers)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Called by Qt."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self._headers):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _NUMBER if section in self._numbers else Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return self._headers[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Called by Qt."""
        if not index.isValid():
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._rows[index.row()][index.column()]
            case Qt.ItemDataRole.ToolTipRole:
                return (self._tips[index.row()] if index.row() < len(self._tips) else "") or self._rows[index.row()][
                    index.column()
                ]
            case Qt.ItemDataRole.FontRole if index.row() in self._strong:
                font = QFont()
                font.setBold(True)
                return font
            case Qt.ItemDataRole.TextAlignmentRole if index.column() in self._numbers:
                return _NUMBER
            case _:
                return None
