"""The view of the service tree: rows with a quiet remark and a star, and keys that do what a mouse does."""

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QContextMenuEvent, QKeyEvent, QKeySequence, QMouseEvent, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTreeView

from caiso_desktop.ui.icon import Symbol, Tone, icon
from caiso_desktop.ui.palette import tokens_of
from caiso_desktop.ui.service_model import REMARK_ROLE, STAR_ROLE, Index

_STAR = 14
_ROOM = _STAR + 10


class ServiceView(QTreeView):
    """Enter opens, also where the platform's style has another habit; Ctrl+D stars, Ctrl+C copies an address."""

    starred = Signal(QModelIndex)
    copied = Signal(QModelIndex)
    menu_asked = Signal(QModelIndex, QPoint)

    def __init__(self) -> None:
        super().__init__()
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setExpandsOnDoubleClick(False)
        self.setIndentation(16)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        delegate = _RowDelegate(self)
        delegate.starred.connect(self.starred)
        self.setItemDelegate(delegate)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Called by Qt."""
        index = self.currentIndex()
        if not index.isValid():
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.activated.emit(index)
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copied.emit(index)
        elif event.key() == Qt.Key.Key_D and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            self.starred.emit(index)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Called by Qt: from the keyboard the menu belongs to the row that has it."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            index = self.currentIndex()
            place = self.visualRect(index).bottomLeft()
        else:
            index = self.indexAt(event.pos())
            place = event.pos()
        if index.isValid():
            self.menu_asked.emit(index, self.viewport().mapToGlobal(place))


class _RowDelegate(QStyledItemDelegate):
    """Draws a row's remark after its text, in a quieter colour, and the star of a favourite at the end."""

    starred = Signal(QModelIndex)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._on = icon(Symbol.STAR, Tone.WARNING)
        self._off = icon(Symbol.STAR_OUTLINE)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Called by Qt."""
        super().paint(painter, option, index)
        star = index.data(STAR_ROLE)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if star or (star is not None and hovered):
            (self._on if star else self._off).paint(painter, _star_place(option.rect))
        remark = index.data(REMARK_ROLE)
        if remark:
            self._paint_remark(painter, option, str(index.data(Qt.ItemDataRole.DisplayRole)), str(remark), star)

    def editorEvent(self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index) -> bool:
        """Called by Qt: a click on the star."""
        if (
            event.type() is QEvent.Type.MouseButtonRelease
            and isinstance(event, QMouseEvent)
            and event.button() == Qt.MouseButton.LeftButton
            and index.data(STAR_ROLE) is not None
            and _star_place(option.rect).adjusted(-4, -4, 4, 4).contains(event.position().toPoint())
        ):
            self.starred.emit(index)
            return True
        return super().editorEvent(event, model, option, index)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Called by Qt: rows on the grid of 4 px."""
        size = super().sizeHint(option, index)
        return QSize(size.width(), max(24, size.height()))

    def _paint_remark(
        self, painter: QPainter, option: QStyleOptionViewItem, text: str, remark: str, star: object
    ) -> None:
        left = option.rect.left() + option.fontMetrics.horizontalAdvance(text) + 16
        right = option.rect.right() - (_ROOM if star is not None else 4)
        room = QRect(left, option.rect.top(), right - left, option.rect.height())
        if room.width() < 24:
            return
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        tokens = tokens_of(option.palette)
        painter.save()
        painter.setPen(QColor(tokens.on_selection if selected else tokens.text_muted))
        elided = option.fontMetrics.elidedText(remark, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, elided)
        painter.restore()


def _star_place(row: QRect) -> QRect:
    return QRect(row.right() - _STAR - 4, row.center().y() - _STAR // 2 + 1, _STAR, _STAR)
