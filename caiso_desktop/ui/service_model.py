"""The service tree for Qt: adapts plain nodes and decides nothing."""

from collections.abc import Sequence
from typing import TypeAlias

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QPalette

from caiso_desktop.ui.service_node import Level, ServiceNode

Index: TypeAlias = QModelIndex | QPersistentModelIndex

REMARK_ROLE = Qt.ItemDataRole.UserRole + 1
STAR_ROLE = Qt.ItemDataRole.UserRole + 2
"""Whether a service is a favourite; None for rows that cannot be one."""

_NO_INDEX = QModelIndex()
_TOP = -1


class ServiceModel(QAbstractItemModel):
    """Rows get their numbers when they are first asked for; an index carries its number, so it never holds on to an
    old node, and a reset costs as much as there are rows at the top.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._nodes: list[ServiceNode] = []
        self._parents: list[int] = []
        self._rows: list[int] = []
        self._children: dict[int, range] = {}
        self._greyed: object = None
        self._favourites: frozenset[tuple[str, str]] = frozenset()

    def set_nodes(
        self, nodes: Sequence[ServiceNode], palette: QPalette, favourites: frozenset[tuple[str, str]] = frozenset()
    ) -> None:
        """Show other nodes; ``palette`` gives the colour of those that cannot be called."""
        self.beginResetModel()
        self._greyed = palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
        self._favourites = favourites
        self._nodes, self._parents, self._rows, self._children = [], [], [], {}
        self._add(nodes, _TOP)
        self.endResetModel()

    def _add(self, nodes: Sequence[ServiceNode], parent: int) -> range:
        first = len(self._nodes)
        self._nodes.extend(nodes)
        self._parents.extend([parent] * len(nodes))
        self._rows.extend(range(len(nodes)))
        self._children[parent] = range(first, first + len(nodes))
        return self._children[parent]

    def _below(self, parent: Index) -> range:
        """The numbers of the rows below one."""
        number = self._number(parent)
        known = self._children.get(number)
        return known if known is not None else self._add(self._nodes[number].children if number != _TOP else (), number)

    def node(self, index: Index) -> ServiceNode | None:
        """The node of an index, None for the invisible root."""
        return self._nodes[index.internalId()] if index.isValid() else None

    def index(self, row: int, column: int, parent: Index = _NO_INDEX) -> QModelIndex:
        """Called by Qt."""
        children = self._below(parent)
        if column != 0 or not 0 <= row < len(children):
            return QModelIndex()
        return self.createIndex(row, 0, children[row])

    def parent(self, child: Index = _NO_INDEX) -> QModelIndex:  # type: ignore[override]  # QObject.parent() too
        """Called by Qt."""
        number = self._number(child)
        above = _TOP if number == _TOP else self._parents[number]
        return QModelIndex() if above == _TOP else self.createIndex(self._rows[above], 0, above)

    def hasChildren(self, parent: Index = _NO_INDEX) -> bool:
        """Called by Qt."""
        node = self.node(parent)
        return bool(node.children) if node is not None else bool(self._below(parent))

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        """Called by Qt."""
        return len(self._below(parent))

    def columnCount(self, parent: Index = _NO_INDEX) -> int:
        """Called by Qt."""
        return 1

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Called by Qt; greyed rows stay selectable, so that a keyboard reaches the reason."""
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable if index.isValid() else Qt.ItemFlag.NoItemFlags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Called by Qt."""
        node = self.node(index)
        if node is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return node.text
            case Qt.ItemDataRole.ToolTipRole:
                return node.tip
            case Qt.ItemDataRole.AccessibleTextRole:
                favourite = "favourite" if self._is_favourite(node) else ""
                return ", ".join(filter(None, (node.text, node.remark, favourite, node.hindrance)))
            case Qt.ItemDataRole.ForegroundRole:
                return self._greyed if node.greyed else None
            case _ if role == REMARK_ROLE:
                return node.remark
            case _ if role == STAR_ROLE:
                return self._is_favourite(node) if node.level is Level.SERVICE else None
            case _:
                return None

    def _is_favourite(self, node: ServiceNode) -> bool:
        return node.level is Level.SERVICE and (node.application, node.service) in self._favourites

    def _number(self, index: Index) -> int:
        return index.internalId() if index.isValid() else _TOP
