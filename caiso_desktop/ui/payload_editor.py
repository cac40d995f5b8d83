"""The editor of a payload's XML: line numbers, the current line, a mark where something is wrong."""

import re

from PySide6.QtCore import QEvent, QMimeData, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFontDatabase,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from caiso_desktop.model.call import Problem
from caiso_desktop.model.draft import too_big_to_edit
from caiso_desktop.model.undo import Edit
from caiso_desktop.ui.certificate.dropped import dropped_files
from caiso_desktop.ui.named import named
from caiso_desktop.ui.palette import tokens_of
from caiso_desktop.ui.xml_highlighter import XmlHighlighter

INDENT = "  "
_BLANK = re.compile(r"[ \t]*")


class PayloadEditor(QPlainTextEdit):
    """Shows the view of a draft. Tab and Shift+Tab indent; F6 leaves. ``refused`` says why a paste was not taken.

    It keeps no history of its own: what was done before a restart can be taken back too, so whoever holds the draft
    does that when ``undo_asked`` or ``redo_asked``. After ``step_began`` comes something to be taken back by itself.
    """

    refused = Signal(str)
    step_began = Signal()
    undo_asked = Signal()
    redo_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "payloadXml", "Payload, XML")
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setUndoRedoEnabled(False)
        self.setTabStopDistance(self.fontMetrics().horizontalAdvance(" ") * len(INDENT))
        self._problem: Problem | None = None
        self._numbers = _LineNumbers(self)
        self._highlighter = XmlHighlighter(self.document(), tokens_of(self.palette()))
        self.blockCountChanged.connect(self._make_room)
        self.updateRequest.connect(self._scroll_numbers)
        self.cursorPositionChanged.connect(self._mark)
        self._make_room()
        self._mark()

    def view(self) -> str:
        """The text with one line feed for each line end; keeps the spaces that `toPlainText` changes."""
        return self.document().toRawText().replace("\u2029", "\n")

    def replace_all(self, text: str) -> None:
        """Put another text in, as one edit, and go to its start."""
        self.step_began.emit()
        self.become(text)
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def become(self, view: str) -> None:
        """Show another view by changing only what differs; the cursor goes there."""
        before = self.view()
        edit = Edit.between(before, view)
        start = units(before[: edit.at])
        cursor = QTextCursor(self.document())
        cursor.setPosition(start)
        cursor.setPosition(start + units(edit.removed), QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(edit.inserted)
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def caret(self) -> tuple[int, int]:
        """Where the cursor is and where its selection began, in characters of the view."""
        cursor, view = self.textCursor(), self.view()
        return characters(view, cursor.position()), characters(view, cursor.anchor())

    def set_caret(self, caret: int, anchor: int) -> None:
        """Put the cursor somewhere; what lies behind the end is the end."""
        view = self.view()
        cursor = self.textCursor()
        cursor.setPosition(units(view[:anchor]))
        cursor.setPosition(units(view[:caret]), QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)

    def show_problem(self, problem: Problem | None) -> None:
        """Mark the line and the place where something is wrong."""
        self._problem = problem
        self._mark()
        self._numbers.update()

    def go_to(self, line: int, column: int) -> None:
        """Put the cursor at a line and a column, both counted in characters from 1."""
        block = self.document().findBlockByNumber(min(line, self.blockCount()) - 1)
        self.setTextCursor(_at(block, column))
        self.centerCursor()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Called by Qt: Tab indents, Enter keeps the indentation."""
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if self.isReadOnly():
            super().keyPressEvent(event)
        elif event.matches(QKeySequence.StandardKey.Undo):
            self.undo_asked.emit()
        elif event.matches(QKeySequence.StandardKey.Redo):
            self.redo_asked.emit()
        elif event.key() == Qt.Key.Key_Tab and plain:
            self.step_began.emit()
            self._indent()
        elif event.key() == Qt.Key.Key_Backtab:
            self.step_began.emit()
            self._dedent()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.step_began.emit()
            # Shift+Enter would put a U+2028 into the text, which no XML reader takes for a line end.
            if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self._new_line()
            else:
                event.ignore()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Called by Qt: its own menu, whose Undo and Redo do what the keys do."""
        menu = self.createStandardContextMenu(event.pos())
        for action in menu.actions():
            asked = {"edit-undo": self.undo_asked, "edit-redo": self.redo_asked}.get(action.objectName())
            if asked is not None:
                action.setEnabled(not self.isReadOnly())
                action.triggered.connect(lambda checked=False, signal=asked: signal.emit())
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def canInsertFromMimeData(self, source: QMimeData) -> bool:  # noqa: N802  # Qt calls it
        """Called by Qt: certificate files that are dropped are the window's to import, not text to send."""
        return not dropped_files(source) and super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:  # noqa: N802  # Qt calls it
        """Called by Qt: a paste or a drop; text too big to edit is refused in words."""
        reason = too_big_to_edit(source.text())
        if reason:
            self.refused.emit(f"The text was not pasted. {reason} Open it as a file instead.")
            return
        self.step_began.emit()
        super().insertFromMimeData(source)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Called by Qt."""
        super().resizeEvent(event)
        area = self.contentsRect()
        self._numbers.setGeometry(QRect(area.left(), area.top(), self._numbers.sizeHint().width(), area.height()))

    def changeEvent(self, event: QEvent) -> None:
        """Called by Qt."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and hasattr(self, "_highlighter"):
            self._highlighter.set_tokens(tokens_of(self.palette()))
            self._mark()

    def _indent(self) -> None:
        cursor = self.textCursor()
        if not cursor.hasSelection():
            cursor.insertText(INDENT[cursor.positionInBlock() % len(INDENT) :])
            return
        cursor.beginEditBlock()
        for line in self._selected_lines(cursor):
            QTextCursor(self.document().findBlockByNumber(line)).insertText(INDENT)
        cursor.endEditBlock()

    def _dedent(self) -> None:
        cursor = self.textCursor()
        cursor.beginEditBlock()
        for line in self._selected_lines(cursor):
            block = self.document().findBlockByNumber(line)
            text = block.text()
            spaces = len(text) - len(text.lstrip(" "))
            width = 1 if text.startswith("\t") else min(len(INDENT), spaces)
            start = QTextCursor(block)
            start.movePosition(QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.KeepAnchor, width)
            start.removeSelectedText()
        cursor.endEditBlock()

    def _selected_lines(self, cursor: QTextCursor) -> range:
        first = self.document().findBlock(cursor.selectionStart()).blockNumber()
        last_block = self.document().findBlock(cursor.selectionEnd())
        last = last_block.blockNumber()
        if last > first and cursor.selectionEnd() == last_block.position():
            last -= 1
        return range(first, last + 1)

    def _new_line(self) -> None:
        cursor = self.textCursor()
        text = cursor.block().text()[: cursor.positionInBlock()]
        blank = _BLANK.match(text)
        cursor.insertText("\n" + (blank.group() if blank else ""))
        self.ensureCursorVisible()

    def _make_room(self) -> None:
        self.setViewportMargins(self._numbers.sizeHint().width(), 0, 0, 0)

    def _scroll_numbers(self, area: QRect, scrolled: int) -> None:
        if scrolled:
            self._numbers.scroll(0, scrolled)
        else:
            self._numbers.update(0, area.y(), self._numbers.width(), area.height())

    def _mark(self) -> None:
        tokens = tokens_of(self.palette())
        current = _whole_line(self.textCursor(), tokens.hover)
        marks = [current]
        if self._problem is not None and self._problem.line <= self.blockCount():
            block = self.document().findBlockByNumber(self._problem.line - 1)
            line = _whole_line(QTextCursor(block), tokens.error_ground)
            place = QTextEdit.ExtraSelection()
            cursor = _at(block, min(self._problem.column, max(1, len(block.text()))))
            cursor.movePosition(QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.KeepAnchor)
            place.cursor = cursor
            wave = QTextCharFormat()
            wave.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            wave.setUnderlineColor(QColor(tokens.error))
            place.format = wave
            marks += [line, place]
        self.setExtraSelections(marks)

    def paint_numbers(self, painter: QPainter, area: QRect) -> None:
        """Paint the numbers of the lines in sight."""
        tokens = tokens_of(self.palette())
        painter.fillRect(area, QColor(tokens.alternate))
        painter.setFont(self.font())
        block = self.firstVisibleBlock()
        top = round(self.blockBoundingGeometry(block).translated(self.contentOffset()).top())
        width = self._numbers.width() - 8
        wrong = self._problem.line - 1 if self._problem is not None else -1
        current = self.textCursor().blockNumber()
        while block.isValid() and top <= area.bottom():
            height = round(self.blockBoundingRect(block).height())
            number = block.blockNumber()
            colour = tokens.error if number == wrong else tokens.text if number == current else tokens.line_number
            painter.setPen(QColor(colour))
            painter.drawText(0, top, width, height, Qt.AlignmentFlag.AlignRight, str(number + 1))
            top += height
            block = block.next()


class _LineNumbers(QWidget):
    """The margin with the numbers; the editor paints it."""

    def __init__(self, editor: PayloadEditor) -> None:
        super().__init__(editor)
        self._editor = editor

    def sizeHint(self) -> QSize:
        """Called by Qt."""
        digits = max(3, len(str(self._editor.blockCount())))
        return QSize(16 + self._editor.fontMetrics().horizontalAdvance("9") * digits, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Called by Qt."""
        self._editor.paint_numbers(QPainter(self), event.rect())


def _at(block: QTextBlock, column: int) -> QTextCursor:
    """A cursor at a column, counted in characters from 1; Qt's positions count UTF-16 units."""
    cursor = QTextCursor(block)
    cursor.setPosition(block.position() + units(block.text()[: max(0, column - 1)]))
    return cursor


def units(text: str) -> int:
    """How many UTF-16 units a text has, as Qt counts positions."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def characters(text: str, position: int) -> int:
    """How many characters lie before a position counted in UTF-16 units."""
    if text.isascii():
        return position
    return len(text.encode("utf-16-le", "surrogatepass")[: position * 2].decode("utf-16-le", "surrogatepass"))


def _whole_line(cursor: QTextCursor, colour: str) -> QTextEdit.ExtraSelection:
    mark = QTextEdit.ExtraSelection()
    line = QTextCharFormat()
    line.setBackground(QColor(colour))
    line.setProperty(QTextFormat.Property.FullWidthSelection, True)  # noqa: FBT003  # Qt takes it so
    cursor.clearSelection()
    mark.cursor = cursor
    mark.format = line
    return mark
