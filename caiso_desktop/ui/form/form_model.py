"""A form's rows for a view: adapts `caiso_desktop.model.form`, keeps what is open and selected over every edit."""

from typing import Any, TypeAlias

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from caiso_desktop.model.call import Problem
from caiso_desktop.model.composition import Composition
from caiso_desktop.model.form.comparison import change
from caiso_desktop.model.form.deed import Deeds
from caiso_desktop.model.form.row import Kind, Row
from caiso_desktop.model.form.rows import Rows
from caiso_desktop.model.outline import NodePath, Outline
from caiso_desktop.model.shape import Shape
from caiso_desktop.model.splice import SetValue
from caiso_desktop.ui.form.cell_words import HEADERS, NAME, NOTE, VALUE, CellWords

Index: TypeAlias = QModelIndex | QPersistentModelIndex

PAGE = 200
"""So many rows of an element are laid out at once; more come as one scrolls to them."""

_NOWHERE = QModelIndex()


class FormModel(QAbstractItemModel):
    """The invisible root holds the root element's row. Children are made when they are opened, a page at a time.

    ``says`` tells what its cells say. ``edited`` wants a text given to a row; its last argument is the same as long as
    one editor stays open.
    """

    edited = Signal(Row, str, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: Rows | None = None
        self._given: Shape | None = None
        self._top = Row(Kind.SECTION, "", (), children=[])
        self._shown: dict[int, int] = {}
        self._known: dict[int, Row] = {}
        self._parents: dict[int, Row] = {}
        self.says = CellWords()
        self.session: object = None

    @property
    def rows(self) -> Rows | None:
        """What makes the rows, None while there is no form."""
        return self._rows

    @property
    def outline(self) -> Outline | None:
        """The elements that are shown."""
        return self._rows.outline if self._rows is not None else None

    @property
    def deeds(self) -> Deeds | None:
        """What can be done to the rows."""
        return Deeds(self._rows) if self._rows is not None else None

    @property
    def shape(self) -> Shape | None:
        """The shape that the rows are drawn from."""
        return self._rows.shape if self._rows is not None else None

    def show(self, whole: Composition, shape: Shape | None) -> None:
        """Draw the rows anew, changing only what is different."""
        if whole.outline is None:
            return
        if self._rows is not None and self._touch(whole, shape):
            return
        same = self._rows is not None and self._rows.outline.root.name == whole.outline.root.name
        self._rows, self._given = Rows(whole.outline, shape), shape
        if not same or not self._top.children:
            self.beginResetModel()
            self._shown.clear()
            self._known.clear()
            self._parents.clear()
            root = self._rows.root()
            self._top.children = [root]
            self._adopt(self._top, root)
            self._shown[id(self._top)] = 1
            self.endResetModel()
        else:
            self._merge(self._top, [self._rows.root()])

    def _touch(self, whole: Composition, shape: Shape | None) -> bool:
        """After an edit of values only, let their rows (and those above, for their summaries) say what is new."""
        step, rows = whole.steps[-1] if whole.steps else None, self._rows
        if rows is None or whole.outline is None or step is None or not isinstance(step.splice, SetValue):
            return False
        if step.outline is not rows.outline or shape is not self._given:
            return False
        self._rows = Rows(whole.outline, shape)
        for path in step.splice.values:
            above = (self._top.children or [self._top])[0]
            for depth in range(len(path) + 1):
                row = above if not depth else self._below(above, path[:depth])
                if row is None:
                    break
                row.node = whole.outline.node(path[:depth])
                if row.value is not None:
                    row.text = row.node.value
                self.dataChanged.emit(self.index_of(row), self.index_of(row, NOTE))
                above = row
        return True

    def _below(self, above: Row, path: NodePath) -> Row | None:
        """The row of an element among those that were made in another."""
        for each in above.children or ():
            if each.path == path and each.kind in (Kind.SECTION, Kind.VALUE) and each.node is not None:
                return each
        return None

    def show_problems(self, problems: dict[NodePath, list[Problem]]) -> None:
        """Mark the elements that something is wrong with."""
        self.says = CellWords(problems)
        self._repaint(self._top)

    def row(self, index: Index) -> Row:
        """The row of an index."""
        return self._known.get(index.internalId(), self._top) if index.isValid() else self._top

    def index_of(self, row: Row, column: int = NAME) -> QModelIndex:
        """The index of a row that was made."""
        if row is self._top:
            return _NOWHERE
        siblings = self._parents[id(row)].children or []
        place = next((number for number, each in enumerate(siblings) if each is row), 0)
        return self.createIndex(place, column, id(row))

    def find(self, path: NodePath) -> QModelIndex:
        """The index of the element at a path, its parents made on the way."""
        row = (self._top.children or [self._top])[0]
        for depth in range(1, len(path) + 1):
            wanted = path[:depth]
            for number, each in enumerate(self._made(row)):
                if each.node is not None and each.kind in (Kind.SECTION, Kind.VALUE) and each.path == wanted:
                    self._reveal(row, number)
                    row = each
                    break
            else:
                break
        return self.index_of(row)

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Called by Qt: the rows that are laid out already."""
        if parent.column() > 0:
            return 0
        return self._shown.get(id(self.row(parent)), 0)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Called by Qt."""
        return len(HEADERS)

    def hasChildren(self, parent: Index = _NOWHERE) -> bool:
        """Called by Qt."""
        row = self.row(parent)
        if row is self._top:
            return bool(row.children)
        return bool(row.children) if row.children is not None else row.opens

    def canFetchMore(self, parent: Index) -> bool:
        """Called by Qt."""
        row = self.row(parent)
        if row is not self._top and row.children is None:
            return row.opens
        return self._shown.get(id(row), 0) < len(row.children or [])

    def fetchMore(self, parent: Index) -> None:
        """Called by Qt: another page of rows."""
        row = self.row(parent)
        made, shown = self._made(row), self._shown.get(id(row), 0)
        more = min(len(made), shown + PAGE)
        if more > shown:
            self.beginInsertRows(self.index_of(row), shown, more - 1)
            self._shown[id(row)] = more
            self.endInsertRows()

    def index(self, row: int, column: int, parent: Index = _NOWHERE) -> QModelIndex:
        """Called by Qt."""
        children = self.row(parent).children or []
        return self.createIndex(row, column, id(children[row])) if 0 <= row < len(children) else _NOWHERE

    def parent(self, index: Index = _NOWHERE) -> QModelIndex:  # type: ignore[override]  # Qt has two of the name
        """Called by Qt."""
        if not index.isValid() or index.internalId() not in self._known:
            return _NOWHERE
        return self.index_of(self._parents[index.internalId()])

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Called by Qt."""
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return HEADERS[section]
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Called by Qt."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.column() == VALUE and self.row(index).editable:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Called by Qt."""
        if not index.isValid():
            return None
        row = self.row(index)
        if role == Qt.ItemDataRole.EditRole:
            return row.text or ""
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.says.cell(row, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.says.tip(row)
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: N802  # Qt's
        """Called by Qt: an editor wants its text given to the row."""
        if role != Qt.ItemDataRole.EditRole or not index.isValid():
            return False
        row, text = self.row(index), str(value)
        if text != (row.text or "") or row.nil:
            self.edited.emit(row, text, self.session)
        return True

    def _made(self, row: Row) -> list[Row]:
        if row.children is None and self._rows is not None:
            row.children = self._rows.children(row)
            for each in row.children:
                self._adopt(row, each)
        return row.children or []

    def _adopt(self, parent: Row, row: Row) -> None:
        self._known[id(row)] = row
        self._parents[id(row)] = parent

    def _forget(self, row: Row) -> None:
        for each in row.children or ():
            self._forget(each)
        for book in (self._known, self._parents, self._shown):
            book.pop(id(row), None)

    def _reveal(self, row: Row, number: int) -> None:
        while self._shown.get(id(row), 0) <= number:
            self.fetchMore(self.index_of(row))

    def _merge(self, parent: Row, new: list[Row]) -> None:
        """Let the rows that were made say what new ones say; what came and went is told to the view."""
        old = parent.children or []
        start, old_end, new_end = change(old, new)
        self._remove(parent, start, old_end)
        self._insert(parent, start, new[start:new_end])
        for row, fresh in zip(parent.children or [], new, strict=True):
            if row is not fresh:
                self._follow(row, fresh)
        self._tell(parent)

    def _follow(self, row: Row, fresh: Row) -> None:
        """Let a row say what another drawing of it does, and the rows in it that were made."""
        moved = row.path != fresh.path
        if row.node is not None and row.node is fresh.node and row.field is fresh.field:
            # Nearly all rows of a long repeat: what they say is the same object, only their place may be another.
            row.path, row.number, row.count, row.required = fresh.path, fresh.number, fresh.count, fresh.required
            same = not moved
        else:
            same = not moved and row.node == fresh.node and row.field is fresh.field
            row.become(fresh)
        if row.children is not None and not same and self._rows is not None:
            self._merge(row, self._rows.children(row))

    def _tell(self, parent: Row) -> None:
        shown = self._shown.get(id(parent), 0)
        if shown:
            above = self.index_of(parent)
            self.dataChanged.emit(self.index(0, NAME, above), self.index(shown - 1, NOTE, above))

    def _repaint(self, parent: Row) -> None:
        self._tell(parent)
        for each in parent.children or ():
            if each.children:
                self._repaint(each)

    def _insert(self, parent: Row, at: int, rows: list[Row]) -> None:
        """Put rows among those of another; what lies behind the pages that are laid out is only kept."""
        if parent.children is None:
            parent.children = []
        children, shown = parent.children, self._shown.get(id(parent), 0)
        if not rows:
            return
        for each in rows:
            self._adopt(parent, each)
        if at > shown or (at == shown and shown < len(children)):
            children[at:at] = rows
            return
        self.beginInsertRows(self.index_of(parent), at, at + len(rows) - 1)
        children[at:at] = rows
        self._shown[id(parent)] = shown + len(rows)
        self.endInsertRows()

    def _remove(self, parent: Row, start: int, end: int) -> None:
        """Take rows away."""
        children, shown = parent.children or [], self._shown.get(id(parent), 0)
        if end <= start:
            return
        gone, laid_out = children[start:end], min(end, shown)
        if laid_out > start:
            self.beginRemoveRows(self.index_of(parent), start, laid_out - 1)
        del children[start:end]
        if laid_out > start:
            self._shown[id(parent)] = shown - (laid_out - start)
            self.endRemoveRows()
        for each in gone:
            self._forget(each)
