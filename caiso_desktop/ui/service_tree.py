"""The services panel: a filter over the tree of applications, services and versions."""

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from caiso_desktop.model.service import Catalogue, Environment, Target
from caiso_desktop.ui.empty_state import EmptyState
from caiso_desktop.ui.icon import Symbol, icon
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.palette import tokens_of
from caiso_desktop.ui.service_model import REMARK_ROLE, ServiceModel
from caiso_desktop.ui.service_node import ServiceNode, count_services, filter_nodes, service_nodes

OPEN_ROWS = 200
"""A filter opens what it leaves when that is no more than so many services."""


class ServiceTree(QWidget):
    """Offers every service; ``chosen`` names the target for which a draft is wanted."""

    chosen = Signal(Target)

    def __init__(self, catalogue: Catalogue, environment: Environment, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._catalogue = catalogue
        self._environment = environment
        self._nodes: tuple[ServiceNode, ...] = ()
        self._tokens = tokens_of(self.palette())
        self._model = ServiceModel(self)
        self.filter = named(
            QLineEdit(), "serviceFilter", "Filter the services", "Words of application, service, version (Ctrl+F)"
        )
        self.filter.setPlaceholderText("Filter services")
        clear = self.filter.addAction(icon(Symbol.CLOSE), QLineEdit.ActionPosition.TrailingPosition)
        clear.setText("Clear the filter")
        clear.setToolTip("Clear the filter (Esc)")
        clear.setVisible(False)
        clear.triggered.connect(self.filter.clear)
        self.filter.textChanged.connect(lambda text: clear.setVisible(bool(text)))
        self.filter.textChanged.connect(self._show)
        self.filter.installEventFilter(self)
        self.view = named(_Tree(), "serviceTree", "Services of CAISO")
        self.view.setModel(self._model)
        self.view.activated.connect(self._open)
        self.view.setItemDelegate(_RowDelegate(self.view))
        self.setFocusProxy(self.filter)
        self._empty = EmptyState("Nothing matches", "Clear the filter to see every service.")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self._empty)
        self._count = styled(QLabel(), tone="muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 4, 4)
        layout.setSpacing(4)
        layout.addWidget(self.filter)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self._count)
        self.set_environment(environment)

    @property
    def empty_text(self) -> str:
        """What is said instead of the tree, empty while the tree is shown."""
        return self._empty.text if self._stack.currentWidget() is self._empty else ""

    def set_environment(self, environment: Environment) -> None:
        """Show the services as seen from another environment."""
        self._environment = environment
        self._nodes = service_nodes(self._catalogue, environment)
        self._show(self.filter.text())

    def focus_filter(self) -> None:
        """Let the user type a filter."""
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Called by Qt: Down or Enter in the filter goes on to the tree."""
        if watched is self.filter and isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._enter_tree()
                return True
            if event.key() == Qt.Key.Key_Escape and self.filter.text():
                self.filter.clear()
                return True
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:
        """Called by Qt: another palette greys in another grey."""
        super().changeEvent(event)
        # Qt tells of one change many times.
        if event.type() is QEvent.Type.PaletteChange and tokens_of(self.palette()) is not self._tokens:
            self._show(self.filter.text())

    def _show(self, text: str) -> None:
        open_before = self._open_rows()
        nodes = filter_nodes(self._nodes, text)
        self._tokens = tokens_of(self.palette())
        self._model.set_nodes(nodes, self.palette())
        filtered = bool(text.strip())
        services = count_services(nodes)
        for row, node in enumerate(nodes):
            index = self._model.index(row, 0)
            self.view.setExpanded(index, services <= OPEN_ROWS if filtered else node.text in open_before)
        all_services = count_services(self._nodes)
        self._count.setText(f"{services:,} of {all_services:,} services" if filtered else f"{all_services:,} services")
        if not nodes:
            self._empty.say(f"Nothing matches “{text.strip()}”", "Clear the filter (Esc) to see every service.")
        self._stack.setCurrentWidget(self.view if nodes else self._empty)

    def _open_rows(self) -> frozenset[str]:
        rows = (self._model.index(row, 0) for row in range(self._model.rowCount()))
        return frozenset(node.text for i in rows if self.view.isExpanded(i) and (node := self._model.node(i)))

    def _enter_tree(self) -> None:
        index = self._model.index(0, 0)
        # With a filter the first service is what was looked for, not its application.
        if self.filter.text().strip() and self.view.isExpanded(index):
            index = self._model.index(0, 0, index)
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)
        self.view.setCurrentIndex(index)

    def _open(self, index: QModelIndex) -> None:
        node = self._model.node(index)
        if node is None:
            return
        if node.target is not None and node.openable:
            self.chosen.emit(node.target)
        elif node.target is None and node.children:
            self.view.setExpanded(index, not self.view.isExpanded(index))
        else:
            self._count.setText(node.hindrance)


class _Tree(QTreeView):
    """Enter opens, also where the platform's style has another habit."""

    def __init__(self) -> None:
        super().__init__()
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setExpandsOnDoubleClick(False)
        self.setIndentation(16)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Called by Qt."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.activated.emit(self.currentIndex())
            return
        super().keyPressEvent(event)


class _RowDelegate(QStyledItemDelegate):
    """Draws a row's remark after its text, in a quieter colour, as far as there is room."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Called by Qt."""
        super().paint(painter, option, index)
        remark = index.data(REMARK_ROLE)
        if not remark:
            return
        text = str(index.data(Qt.ItemDataRole.DisplayRole))
        left = option.rect.left() + option.fontMetrics.horizontalAdvance(text) + 16
        room = QRect(left, option.rect.top(), option.rect.right() - left - 4, option.rect.height())
        if room.width() < 24:
            return
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        tokens = tokens_of(option.palette)
        painter.save()
        painter.setPen(QColor(tokens.on_selection if selected else tokens.text_muted))
        elided = option.fontMetrics.elidedText(remark, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, elided)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Called by Qt: rows on the grid of 4 px."""
        size = super().sizeHint(option, index)
        return QSize(size.width(), max(24, size.height()))
