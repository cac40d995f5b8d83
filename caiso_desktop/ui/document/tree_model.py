"""Rows of a document's tree, as Qt asks for them."""

from typing import ClassVar

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from caiso_desktop.ui.document.tree_index import TreeIndex
from caiso_desktop.ui.document.tree_row import Row, Rows
from caiso_desktop.ui.token import Tokens

Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
_TIP = 1000


class TreeModel(QAbstractItemModel):
    """Adapts the rows of one document; it grows while the document is read, and decides nothing."""

    HEADINGS: ClassVar[tuple[str, ...]] = ("Element", "Value", "Attributes")

    def __init__(self, tokens: Tokens, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: Rows | None = None
        self._generation = -1
        self.set_tokens(tokens)

    @property
    def rows(self) -> Rows | None:
        """What is shown; None while there is nothing."""
        return self._rows

    def set_tokens(self, tokens: Tokens) -> None:
        """Use other colours from now on."""
        self._muted, self._tag = QColor(tokens.text_muted), QColor(tokens.xml_tag)

    def clear(self) -> None:
        """Show nothing."""
        self.beginResetModel()
        self._rows, self._generation = None, -1
        self.endResetModel()

    def catch_up(self, index: TreeIndex) -> bool:
        """Show what an index has got; returns whether it was shown anew, so that nothing is open."""
        if not index.settled or index.root is None:
            return False
        if self._rows is None or self._generation != index.generation:
            self.beginResetModel()
            self._rows, self._generation = Rows(index, index.root), index.generation
            self.endResetModel()
            return True
        self._extend(self._rows, self._rows.root)
        return False

    def row(self, index: Index) -> Row | None:
        """The row of an index."""
        found: Row | None = index.internalPointer() if index.isValid() else None
        return found

    def place(self, row: Row) -> QModelIndex:
        """The index of a row."""
        return self.createIndex(row.number, 0, row)

    def at(self, offset: int) -> QModelIndex:
        """The innermost element that begins at or before a byte of the document; opens what leads to it."""
        if self._rows is None:
            return QModelIndex()
        row = self._rows.root
        while True:
            self.fetchMore(self.place(row))
            step = self._rows.step_to(row, offset)
            if step is None:
                return self.place(row)
            row = row.children[step]

    # What Qt calls.

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008 - never changed
        """The index of a cell."""
        if self._rows is None or row < 0 or not 0 <= column < len(self.HEADINGS):
            return QModelIndex()
        if not parent.isValid():
            return self.createIndex(0, column, self._rows.root) if row == 0 else QModelIndex()
        above = self.row(parent)
        if above is None or parent.column() > 0 or row >= len(above.children):
            return QModelIndex()
        return self.createIndex(row, column, above.children[row])

    def parent(self, index: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008
        """The index of the row around a row."""
        row = self.row(index)
        return QModelIndex() if row is None or row.parent is None else self.place(row.parent)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - never changed
        """How many rows have been fetched."""
        if not parent.isValid():
            return int(self._rows is not None)
        row = self.row(parent)
        return len(row.children) if row is not None and parent.column() == 0 else 0

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - never changed
        """Element, value, attributes."""
        return len(self.HEADINGS)

    def hasChildren(self, parent: Index = QModelIndex()) -> bool:  # noqa: B008 - never changed
        """Whether a row can be opened, fetched or not."""
        row = self.row(parent)
        if self._rows is None or row is None:
            return self._rows is not None and not parent.isValid()
        if parent.column() > 0:
            return False
        return bool(row.children) if row.fetched else self._rows.has_children(row)

    def canFetchMore(self, parent: Index) -> bool:
        """Whether a row's children have not been asked for yet."""
        row = self.row(parent)
        return self._rows is not None and row is not None and not row.fetched and self._rows.has_children(row)

    def fetchMore(self, parent: Index) -> None:
        """Make a row's children."""
        row = self.row(parent)
        if self._rows is not None and row is not None and not row.fetched:
            # Before the rows are added: who hears of them may ask for more at once.
            row.fetched = True
            self._add(row, self._rows.missing(row))

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> object:
        """The columns' headings."""
        if orientation is Qt.Orientation.Horizontal and role == _Role.DisplayRole:
            return self.HEADINGS[section]
        return None

    def data(self, index: Index, role: int = _Role.DisplayRole) -> object:
        """What a cell shows."""
        row, rows = self.row(index), self._rows
        if row is None or rows is None:
            return None
        column = index.column()
        if role == _Role.DisplayRole:
            return _one_line((rows.name, rows.value, rows.attributes)[column](row))
        if role == _Role.ToolTipRole:
            return self._tip(rows, row, column)
        if role == _Role.ForegroundRole:
            if row.bucket or column == 2 or (column == 1 and rows.summarised(row)):
                return self._muted
            return self._tag if column == 0 else None
        return None

    def _tip(self, rows: Rows, row: Row, column: int) -> str | None:
        element = rows.element(row)
        if element is None:
            return None
        if column == 0:
            namespace = element.namespace
            return f"{element.name}\n{namespace or 'in no namespace'}"
        text = (rows.value if column == 1 else rows.attributes)(row)
        return text[:_TIP] or None

    def _add(self, row: Row, new: list[Row]) -> None:
        if new:
            self.beginInsertRows(self.place(row), len(row.children), len(row.children) + len(new) - 1)
            row.children.extend(new)
            self.endInsertRows()

    def _extend(self, rows: Rows, row: Row) -> None:
        """Add what has come; only the last row that there was on each level can have grown."""
        if not row.fetched:
            return
        before = row.children[-1:]
        self._add(row, rows.missing(row))
        for last in before:
            if last.bucket or (last.element is not None and last.owner is None):
                self._extend(rows, last)


def _one_line(text: str) -> str:
    return " ".join(text.split()) if "\n" in text or "\t" in text else text
