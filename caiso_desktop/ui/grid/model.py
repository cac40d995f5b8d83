"""The table for Qt: it looks each cell up in the outline when it is asked for, and keeps nothing but the last few."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple, TypeAlias

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor

from caiso_desktop.model.grid.cell import fault, shown, told
from caiso_desktop.model.grid.table import Column, Table, texts_of
from caiso_desktop.model.outline import Outline
from caiso_desktop.model.stamp import instant
from caiso_desktop.model.value import ValueKind
from caiso_desktop.ui.token import Tokens

Index: TypeAlias = QModelIndex | QPersistentModelIndex

_NO_INDEX = QModelIndex()
_NUMBER = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_TEXT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_REMEMBERED = 4000
# Qt asks for these of each cell in sight, whenever it paints: looked up once.
_WORDS = frozenset((int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.EditRole)))
_TOLD = frozenset((int(Qt.ItemDataRole.ToolTipRole), int(Qt.ItemDataRole.AccessibleDescriptionRole)))
_ALIGNMENT = int(Qt.ItemDataRole.TextAlignmentRole)
_FOREGROUND = int(Qt.ItemDataRole.ForegroundRole)
_ROLES = _WORDS | _TOLD | {_ALIGNMENT, _FOREGROUND, int(Qt.ItemDataRole.BackgroundRole)}
_PLAIN = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
_EDITABLE = _PLAIN | Qt.ItemFlag.ItemIsEditable
_NUMBERS = (ValueKind.NUMBER, ValueKind.WHOLE)


class Cell(NamedTuple):
    """What is shown of a cell: its text as it stands and for a person, what is wrong, whether it is as above."""

    text: str | None
    words: str
    fault: str
    repeated: bool


class GridModel(QAbstractTableModel):
    """``typed`` when the user has typed something into a cell: the table's row and column, and the text.

    One that is ``read_only`` shows what somebody else wrote: nothing is typed, and nothing of it is called wrong.
    """

    typed = Signal(int, int, str)

    def __init__(self, tokens: Tokens, parent: QObject | None = None, *, read_only: bool = False) -> None:
        super().__init__(parent)
        self._read_only = read_only
        self._alignments: list[Qt.AlignmentFlag] = []
        self.set_tokens(tokens)
        self.table = Table()
        self._outline: Outline | None = None
        self._order: list[int] = []
        self._kept: Sequence[int] | None = None
        self._cells: dict[tuple[int, int], Cell] = {}
        self.editable = False
        self.problems: Mapping[tuple[int, int], str] = {}

    def set_tokens(self, tokens: Tokens) -> None:
        """Draw in these colours: what is wrong, what repeats, and the ground of what is wrong."""
        self._colours = QColor(tokens.error), QColor(tokens.text_muted), QColor(tokens.error_ground)

    def show(self, table: Table, outline: Outline | None) -> None:
        """Show another table, in the order of the payload."""
        self.beginResetModel()
        self.table, self._outline = table, outline
        self._order = list(range(len(table.rows)))
        self._alignments = [_NUMBER if column.kind in _NUMBERS else _TEXT for column in table.columns]
        self._cells.clear()
        self._kept = None
        self.editable = outline is not None and not self._read_only
        self.endResetModel()

    def renew(self, table: Table, outline: Outline) -> None:
        """Show the same rows with other values, or in the same order where there are as many."""
        if table.kind != self.table.kind or table.columns != self.table.columns or len(table.rows) != len(self._order):
            self.show(table, outline)
            return
        self.table, self._outline = table, outline
        self._cells.clear()
        self.editable = not self._read_only
        if self._order:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._order) - 1, len(table.columns) - 1))

    def touch(self, outline: Outline, columns: Collection[int]) -> None:
        """Cells of some columns say something else now; the rows are the same."""
        self._outline = outline
        for key in [key for key in self._cells if key[1] in columns]:
            del self._cells[key]
        for column in columns:
            self.dataChanged.emit(self.index(0, column), self.index(len(self._order) - 1, column))

    def set_problems(self, problems: Mapping[tuple[int, int], str]) -> None:
        """What the check of the whole payload found, by the table's row and column."""
        if problems == self.problems:
            return
        self.problems = problems
        self._cells.clear()
        if self._order:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._order) - 1, len(self.table.columns) - 1))

    def row_of(self, position: int) -> int:
        """The table's row that is shown at a position."""
        return self._order[position]

    @property
    def order(self) -> tuple[int, ...]:
        """The table's rows as they are shown."""
        return tuple(self._order)

    def cell(self, position: int, column: int) -> Cell:
        """What is shown of a cell."""
        key = (position, column)
        found = self._cells.get(key)
        if found is None:
            if len(self._cells) >= _REMEMBERED:
                self._cells.clear()
            found = self._cells[key] = self._look(position, column)
        return found

    def keep(self, rows: Sequence[int] | None) -> None:
        """Show only these of the table's rows, in the order given; None: all of them."""
        self.beginResetModel()
        self._kept = rows
        self._order = list(range(len(self.table.rows)) if rows is None else rows)
        self._cells.clear()
        self.endResetModel()

    def sort_by(self, column: int, *, descending: bool) -> None:
        """Show the rows in the order of a column; below 0: of the payload. The payload stays as it is."""
        outline = self._outline
        if outline is None:
            return
        self.layoutAboutToBeChanged.emit()
        kept = [(self._order[index.row()], index) for index in self.persistentIndexList()]
        self._order = list(range(len(self.table.rows)) if self._kept is None else self._kept)
        if 0 <= column < len(self.table.columns):
            shown_column = self.table.columns[column]
            keys = [_key(shown_column, text) for text in texts_of(self.table, outline, shown_column)]
            self._order.sort(key=lambda row: keys[row][1:], reverse=descending)
            self._order.sort(key=lambda row: keys[row][0])  # what is not there is last either way
        places = {row: position for position, row in enumerate(self._order)}
        for row, index in kept:
            self.changePersistentIndex(index, self.index(places[row], index.column()))
        self._cells.clear()
        self.layoutChanged.emit()

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        """Called by Qt."""
        return 0 if parent.isValid() else len(self._order)

    def columnCount(self, parent: Index = _NO_INDEX) -> int:
        """Called by Qt."""
        return 0 if parent.isValid() else len(self.table.columns)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Called by Qt."""
        return _EDITABLE if self.editable else _PLAIN

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Called by Qt."""
        if orientation is Qt.Orientation.Vertical:
            return section + 1 if role == Qt.ItemDataRole.DisplayRole else None
        if not 0 <= section < len(self.table.columns):
            return None
        column = self.table.columns[section]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return f"{column.title} ({column.unit})" if column.unit else column.title
            case Qt.ItemDataRole.ToolTipRole:
                return _about(column, self.table)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _NUMBER if column.kind in _NUMBERS else _TEXT
            case _:
                return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Called by Qt."""
        if role not in _ROLES or self._outline is None:
            return None
        position, number = index.row(), index.column()
        if role in _WORDS:
            return self.cell(position, number).words
        if role == _ALIGNMENT:
            return self._alignments[number]
        if role in _TOLD:
            return self.about(position, number)
        cell = self.cell(position, number)
        if role == _FOREGROUND:
            return self._colours[0] if cell.fault else self._colours[1] if cell.repeated else None
        return self._colours[2] if cell.fault else None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: N802
        """Called by Qt when something was typed."""
        if role != Qt.ItemDataRole.EditRole or not index.isValid():
            return False
        if str(value) != self.cell(index.row(), index.column()).words:
            self.typed.emit(self._order[index.row()], index.column(), str(value))
        return True

    def about(self, position: int, column: int) -> str:
        """What is to be said of a cell: what is wrong with it, what it says, and how many rows share it."""
        cell = self.cell(position, column)
        absent = self._read_only and cell.text is None
        said = "Not there." if absent else told(self.table.columns[column], cell.text)
        return "\n".join(filter(None, (cell.fault, said, self._sharing(position, column))))

    def _look(self, position: int, number: int) -> Cell:
        outline, column = self._outline, self.table.columns[number]
        if outline is None:
            return Cell(None, "", "", repeated=False)
        row = self._order[position]
        text = self.table.place(outline, row, column).text
        repeated = False
        if position and column.level < self.table.depth:
            here, above = self.table.rows[row], self.table.rows[self._order[position - 1]]
            repeated = len(here) >= column.level and here[: column.level] == above[: column.level]
        wrong = "" if self._read_only else fault(column, text) or self.problems.get((row, number), "")
        return Cell(text, shown(column, text), wrong, repeated)

    def _sharing(self, position: int, number: int) -> str:
        column = self.table.columns[number]
        if column.level >= self.table.depth:
            return ""
        owner = self.table.rows[self._order[position]][: column.level]
        rows = sum(path[: column.level] == owner for path in self.table.rows)
        if rows < 2:
            return ""
        return f"{rows:,} rows share it{'.' if self._read_only else ': what is typed here is for all of them.'}"


def _about(column: Column, table: Table) -> str:
    names = table.kind.names[: column.level + 1] if table.kind else ()
    path = [name.rpartition("}")[2] for name in (*names, *column.names)]
    if column.attribute is not None:
        path.append(f"@{column.attribute.rpartition('}')[2]}")
    kind = "trade date and hour ending, Pacific" if column.kind is ValueKind.INSTANT else str(column.kind)
    ends = ", the end of it" if column.as_end else ""
    return f"{' / '.join(path)}\n{kind}{ends}{f', {column.unit}' if column.unit else ''}"


def _key(column: Column, text: str | None) -> tuple[bool, float, str]:
    """What to sort a cell by: numbers and times by their size, what is not there last."""
    if text is None:
        return (True, 0.0, "")
    if column.kind in _NUMBERS:
        try:
            return (False, float(text), "")
        except ValueError:
            return (False, float("inf"), text)
    if column.kind is ValueKind.INSTANT:
        found = instant(text)
        return (False, (found.moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() if found else 0.0, text)
    return (False, 0.0, text.casefold())
