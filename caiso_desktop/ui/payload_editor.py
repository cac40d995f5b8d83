"""The editor of a payload's XML: line numbers, the current line, a mark where something is wrong."""

import re

from PySide6.QtCore import QEvent, QMimeData, QRect, Qt, Signal
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
from caiso_desktop.ui.editor.line_numbers import LineNumbers
from caiso_desktop.ui.editor.long_text import LongTextEdit
from caiso_desktop.ui.editor.position import cursor_at
from caiso_desktop.ui.named import named
from caiso_desktop.ui.palette import tokens_of
from caiso_desktop.ui.xml_highlighter import XmlHighlighter

INDENT = "  "
_BLANK = re.compile(r"[ \t]*")


class PayloadEditor(LongTextEdit):
    """Shows the view of a draft. Tab and Shift+Tab indent; F6 leaves. ``refused`` says why a paste was not taken.

    It keeps no history of its own: what was done before a restart can be taken back too, so whoever holds the draft
    does that when ``undo_asked`` or ``redo_asked``. After ``step_began`` comes something to be taken back by itself.
    ``find_asked`` wants to look for something, ``step_asked`` the next place of it (or, True, the one before).
    """

    refused = Signal(str)
    step_began = Signal()
    undo_asked = Signal()
    redo_asked = Signal()
    find_asked = Signal()
    step_asked = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "payloadXml", "Payload, XML")
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setUndoRedoEnabled(False)
        self.setTabStopDistance(self.fontMetrics().horizontalAdvance(" ") * len(INDENT))
        self._problem: Problem | None = None
        self._numbers = LineNumbers(self, lambda: self.lines, self._paint_numbers)
        self._highlighter = XmlHighlighter(self.document(), tokens_of(self.palette()), self._in_sight)
        self.document().blockCountChanged.connect(self._make_room)
        self.updateRequest.connect(self._numbers.follow)
        self.cursorPositionChanged.connect(self._mark)
        self._make_room()
        self._mark()

    def replace_all(self, text: str) -> None:
        """Put another text in, as one edit, and go to its start."""
        self.step_began.emit()
        self.become(text)
        self.set_caret(0, 0)
        self.ensureCursorVisible()

    def show_problem(self, problem: Problem | None) -> None:
        """Mark the line and the place where something is wrong."""
        self._problem = problem
        self.when_complete(self._mark)
        self._numbers.update()

    def go_to(self, line: int, column: int, *, focus: bool = True) -> None:
        """Put the cursor at a line and a column, both counted in characters from 1; and the keyboard here."""

        def go() -> None:
            block = self.document().findBlockByNumber(min(line, self.blockCount()) - 1)
            self.setTextCursor(cursor_at(block, column))
            self.centerCursor()

        self.when_complete(go)
        if focus:
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Called by Qt: Tab indents, Enter keeps the indentation."""
        if self.keep_back(event):
            return
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if event.matches(QKeySequence.StandardKey.Find):
            self.find_asked.emit()
        elif event.key() == Qt.Key.Key_F3:
            self.step_asked.emit(bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif self.isReadOnly():
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
        verbs = {
            "edit-undo": self.undo_asked.emit,
            "edit-redo": self.redo_asked.emit,
            "edit-cut": self.cut,
            "edit-copy": self.copy,
        }
        for action in menu.actions():
            verb = verbs.get(action.objectName())
            if verb is None:
                continue
            if action.objectName() in ("edit-undo", "edit-redo"):
                action.setEnabled(not self.isReadOnly())
            else:
                action.triggered.disconnect()
            action.triggered.connect(lambda checked=False, verb=verb: verb())
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def canInsertFromMimeData(self, source: QMimeData) -> bool:  # noqa: N802  # Qt calls it
        """Called by Qt: files that are dropped are opened or imported by whom they concern, and are no text to send."""
        local = any(url.isLocalFile() for url in source.urls())
        return not local and super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:  # noqa: N802  # Qt calls it
        """Called by Qt: a paste or a drop; text too big to edit is refused in words."""
        text = source.text()
        reason = too_big_to_edit(text)
        if reason:
            self.refused.emit(f"The text was not pasted. {reason} Open it as a file instead.")
            return
        reason = too_big_to_edit(self.with_put_in(text))
        if reason:
            self.refused.emit(f"The text was not pasted: with it the payload would be too big. {reason}")
            return
        self.step_began.emit()
        super().insertFromMimeData(source)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Called by Qt."""
        self._highlighter.colour()
        super().paintEvent(event)

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

    def _in_sight(self) -> tuple[QTextBlock, int]:
        return self.firstVisibleBlock(), self.viewport().height() // self.fontMetrics().lineSpacing() + 2

    def _make_room(self) -> None:
        width = self._numbers.sizeHint().width()
        if self.viewportMargins().left() != width:
            self.setViewportMargins(width, 0, 0, 0)
        self._numbers.update()

    def _mark(self) -> None:
        tokens = tokens_of(self.palette())
        current = _whole_line(self.textCursor(), tokens.hover)
        marks = [current]
        if self._problem is not None and self._problem.line <= self.blockCount():
            block = self.document().findBlockByNumber(self._problem.line - 1)
            line = _whole_line(QTextCursor(block), tokens.error_ground)
            place = QTextEdit.ExtraSelection()
            cursor = cursor_at(block, min(self._problem.column, max(1, len(block.text()))))
            cursor.movePosition(QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.KeepAnchor)
            place.cursor = cursor
            wave = QTextCharFormat()
            wave.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            wave.setUnderlineColor(QColor(tokens.error))
            place.format = wave
            marks += [line, place]
        self.setExtraSelections(marks)

    def _paint_numbers(self, painter: QPainter, area: QRect) -> None:
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


def _whole_line(cursor: QTextCursor, colour: str) -> QTextEdit.ExtraSelection:
    mark = QTextEdit.ExtraSelection()
    line = QTextCharFormat()
    line.setBackground(QColor(colour))
    line.setProperty(QTextFormat.Property.FullWidthSelection, True)  # noqa: FBT003  # Qt takes it so
    cursor.clearSelection()
    mark.cursor = cursor
    mark.format = line
    return mark
