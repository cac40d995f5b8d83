"""How the cells of a form look, and the editor that opens in one: a line, a list, an instant, several lines."""

from collections.abc import Callable
from typing import TypeAlias

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontDatabase, QKeyEvent, QKeySequence, QPainter, QPen
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from caiso_desktop.model.form.hint import doubt, picks
from caiso_desktop.model.form.row import CHOSEN, Kind, Row
from caiso_desktop.model.form.when import ends
from caiso_desktop.model.stamp import instant
from caiso_desktop.model.value import ValueKind
from caiso_desktop.ui.elided_label import first_that_fits
from caiso_desktop.ui.form.cell_words import NAME, VALUE
from caiso_desktop.ui.form.form_model import FormModel
from caiso_desktop.ui.form.instant_field import InstantField
from caiso_desktop.ui.icon import Symbol, icon
from caiso_desktop.ui.named import named
from caiso_desktop.ui.palette import tokens_of
from caiso_desktop.ui.token import Tokens

Index: TypeAlias = QModelIndex | QPersistentModelIndex

HEIGHT = 26
_LINES_HEIGHT = 96
_INSTANT_WIDTH = 400
"""An instant with its date and hour needs so much; where there is less, it lies over the name while it is written."""
_UNHELD = frozenset("\r\u2029\ufdd0\ufdd1")
"""What an editor of several lines takes for the end of one; one of a single line keeps it."""
_NUMBERS = (ValueKind.NUMBER, ValueKind.WHOLE)


class FormDelegate(QStyledItemDelegate):
    """Paints a value as a field, and writes each key of its editor into the draft at once.

    ``undo_asked`` and ``redo_asked`` come from editors: the history is the draft's. ``chosen`` carries the row of a
    choice and the number of the alternative.
    """

    undo_asked = Signal()
    redo_asked = Signal()
    chosen = Signal(Row, int)

    def __init__(self, view: QTreeView, model: FormModel) -> None:
        super().__init__(view)
        self._view = view
        self._model = model
        self._fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        self._strict: Callable[[], bool] = lambda: model.shape is not None and model.shape.provenance.checked

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Called by Qt: every row is as high as a field."""
        return QSize(80, HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Called by Qt."""
        row, tokens = self._model.row(index), tokens_of(self._view.palette())
        style = QStyleOptionViewItem(option)
        self.initStyleOption(style, index)
        rect: QRect = style.rect
        state: QStyle.StateFlag = style.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        active = bool(state & QStyle.StateFlag.State_Active) and self._view.isActiveWindow()
        ground = (tokens.selection if active else tokens.selection_inactive) if selected else tokens.base
        painter.fillRect(rect, QColor(ground))
        if index.column() == NAME:
            self._paint_name(painter, rect, row, tokens, selected=selected)
        elif index.column() == VALUE:
            self._paint_value(painter, rect, row, tokens, selected=selected)
        else:
            self._paint_note(painter, rect, row, tokens, selected=selected)
        painter.restore()

    def _paint_name(self, painter: QPainter, rect: QRect, row: Row, tokens: Tokens, *, selected: bool) -> None:
        font = QFont(self._view.font())
        section = row.kind is Kind.SECTION
        font.setWeight(QFont.Weight.DemiBold if section else QFont.Weight.Normal)
        font.setItalic(row.kind in CHOSEN)
        painter.setFont(font)
        colour = tokens.warning if row.unknown else tokens.text if section or row.required else tokens.text_muted
        painter.setPen(QColor(tokens.on_selection if selected else colour))
        text = rect.adjusted(4, 0, -8, 0)
        star = row.required and row.kind is not Kind.SECTION
        words = painter.fontMetrics().elidedText(
            row.label, Qt.TextElideMode.ElideMiddle, text.width() - (12 if star else 0)
        )
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, words)
        if star:
            painter.setPen(QColor(tokens.accent))
            at = text.left() + painter.fontMetrics().horizontalAdvance(words) + 4
            painter.drawText(QRect(at, text.top(), 12, text.height()), Qt.AlignmentFlag.AlignVCenter, "*")

    def _paint_value(self, painter: QPainter, rect: QRect, row: Row, tokens: Tokens, *, selected: bool) -> None:
        words = self._model.says.cell(row, VALUE)
        if not row.editable:
            painter.setPen(QColor(tokens.on_selection if selected else tokens.text_muted))
            if row.missing:
                painter.setPen(QColor(tokens.error))
                words = "required, not there"
            self._draw(painter, rect.adjusted(8, 0, -8, 0), words)
            return
        wrong = bool(self._model.says.problems(row) or doubt(row))
        box = rect.adjusted(1, 2, -2, -3)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = QPen(QColor(tokens.error if wrong else tokens.control_line if selected else tokens.line))
        edge.setStyle(Qt.PenStyle.DashLine if row.missing else Qt.PenStyle.SolidLine)
        painter.setPen(edge)
        painter.setBrush(QColor(tokens.base))
        painter.drawRoundedRect(box, 3, 3)
        inner = box.adjusted(7, 0, -7, 0)
        if picks(row) or row.kind in CHOSEN:
            side = 12
            icon(Symbol.NEXT).paint(
                painter, QRect(box.right() - side - 5, box.center().y() - side // 2 + 1, side, side)
            )
            inner.setRight(inner.right() - side)
        if row.missing:
            painter.setPen(QColor(tokens.text_muted))
            self._draw(painter, inner, "choose one" if row.kind in CHOSEN else "required")
            return
        painter.setPen(QColor(tokens.text_muted if row.nil else tokens.text))
        if row.kind not in CHOSEN:
            painter.setFont(self._fixed)
        right = row.value is not None and row.value.kind in _NUMBERS
        self._draw(painter, inner, words, right=right)

    def _paint_note(self, painter: QPainter, rect: QRect, row: Row, tokens: Tokens, *, selected: bool) -> None:
        wrong = bool(self._model.says.problems(row))
        room = rect.adjusted(4, 0, -6, 0)
        words = first_that_fits(self._model.says.notes(row), painter.fontMetrics(), room.width())
        own = doubt(row)
        if not wrong and own and not row.missing:
            wrong, words = True, own
        colour = tokens.error if wrong else tokens.warning if row.unknown else tokens.text_muted
        painter.setPen(QColor(tokens.on_selection if selected and not wrong else colour))
        self._draw(painter, room, words)

    def _draw(self, painter: QPainter, rect: QRect, words: str, *, right: bool = False) -> None:
        flags = Qt.AlignmentFlag.AlignVCenter | (Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft)
        painter.drawText(
            rect, flags, painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, rect.width())
        )

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """Called by Qt: what fits the value."""
        row = self._model.row(index)
        self._model.session = object()
        editor = self._made(parent, row)
        keys = _HistoryKeys(editor)
        keys.undo_asked.connect(self.undo_asked)
        keys.redo_asked.connect(self.redo_asked)
        for each in (editor, *editor.findChildren(QWidget)):
            each.installEventFilter(keys)
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Called by Qt, also while one types: what is shown already stays, and the cursor in it."""
        row = self._model.row(index)
        text = row.text or ""
        if isinstance(editor, QComboBox):
            if row.kind in CHOSEN:
                editor.setCurrentIndex(editor.findText(text))
            elif editor.isEditable() and editor.currentText() != text:
                editor.setEditText(text)
            elif not editor.isEditable():
                editor.setCurrentIndex(editor.findData(text))
        elif isinstance(editor, InstantField):
            editor.show_text(text)
        elif isinstance(editor, QLineEdit) and editor.text() != text:
            editor.setText(text)
        elif isinstance(editor, QPlainTextEdit) and _lines(editor) != text:
            editor.setPlainText(text)

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Called by Qt."""
        row = self._model.row(index)
        if isinstance(editor, QComboBox):
            if row.kind in CHOSEN:
                return
            if editor.isEditable():
                model.setData(index, editor.currentText())
            elif editor.currentIndex() >= 0:
                model.setData(index, editor.currentData())
        elif isinstance(editor, InstantField):
            model.setData(index, editor.text.text())
        elif isinstance(editor, QLineEdit):
            # What was only looked at is not added by that.
            if editor.text() or not row.missing:
                model.setData(index, editor.text())
        elif isinstance(editor, QPlainTextEdit):
            model.setData(index, _lines(editor))

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:  # noqa: N802
        """Called by Qt: an instant needs the room of its note too, a longer text more lines."""
        rect: QRect = option.rect.adjusted(0, 0, -1, -1)
        if isinstance(editor, InstantField):
            rect.setRight(self._view.viewport().width() - 2)
            rect.setLeft(max(0, min(rect.left(), rect.right() - _INSTANT_WIDTH)))
        elif isinstance(editor, QPlainTextEdit):
            rect.setHeight(_LINES_HEIGHT)
        editor.setGeometry(rect)

    def _made(self, parent: QWidget, row: Row) -> QWidget:
        name = row.label
        if row.kind in CHOSEN:
            return self._choice(parent, row)
        found = picks(row)
        if found:
            return self._list(parent, row, found)
        text = row.text or ""
        if (row.value is not None and row.value.kind is ValueKind.INSTANT) or instant(text) is not None:
            field = named(InstantField(parent, as_end=ends(row.name)), "formInstant", name)
            field.edited.connect(lambda words: self.commitData.emit(field))
            return field
        if "\n" in text and not _UNHELD.intersection(text):
            lines = named(QPlainTextEdit(parent), "formLines", name)
            lines.setTabChangesFocus(True)
            lines.textChanged.connect(lambda: self.commitData.emit(lines))
            return lines
        line = named(QLineEdit(parent), "formLine", name)
        line.setFont(self._fixed)
        if row.value is not None and row.value.kind in _NUMBERS:
            line.setAlignment(Qt.AlignmentFlag.AlignRight)
        # Whatever changes it: a macro is put in by no key.
        line.textChanged.connect(lambda words: self.commitData.emit(line))
        return line

    def _choice(self, parent: QWidget, row: Row) -> QComboBox:
        box = named(QComboBox(parent), "formChoice", row.label)
        box.addItems(row.options)
        box.activated.connect(lambda number: self.chosen.emit(row, number))
        return box

    def _list(self, parent: QWidget, row: Row, found: tuple[tuple[str, str], ...]) -> QComboBox:
        """A pick list; one may write something else where the values were only inferred, or one has already."""
        box = named(QComboBox(parent), "formList", row.label)
        known = [value for value, _ in found]
        free = not self._strict() or "{{" in (row.text or "")
        if row.text and row.text not in known and not free:
            box.addItem(f"{row.text} – not allowed" if doubt(row) else row.text, row.text)
        for value, meaning in found:
            box.addItem(f"{value} – {meaning}" if meaning and not free else value, value)
        box.setEditable(free)
        box.setMaxVisibleItems(20)
        if free:
            box.editTextChanged.connect(lambda words: self.commitData.emit(box))
        else:
            box.activated.connect(lambda number: self.commitData.emit(box))
        return box


def _lines(editor: QPlainTextEdit) -> str:
    """What an editor of several lines holds; `toPlainText` would make other spaces of some."""
    return editor.document().toRawText().replace("\u2029", "\n")


class _HistoryKeys(QObject):
    """Takes an editor's keys for undo and redo: the history is the draft's."""

    undo_asked = Signal()
    redo_asked = Signal()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Called by Qt."""
        if isinstance(event, QKeyEvent) and event.type() in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            undo, redo = event.matches(QKeySequence.StandardKey.Undo), event.matches(QKeySequence.StandardKey.Redo)
            if undo or redo:
                event.accept()
                if event.type() == QEvent.Type.KeyPress:
                    (self.undo_asked if undo else self.redo_asked).emit()
                return True
        return False
