"""A read-only view of lines that paints only those that can be seen."""

from typing import ClassVar

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFontDatabase,
    QFontMetricsF,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCharFormat,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from caiso_desktop.ui.document.line import Lines
from caiso_desktop.ui.document.line_layout import LineLayouts, Shown, look, occurrences
from caiso_desktop.ui.document.selection import Move, Place, Selection, moved, word_at
from caiso_desktop.ui.palette import tokens_of

_Key = QKeySequence.StandardKey
_MARGIN = 8


class TextArea(QAbstractScrollArea):
    """Scrolls in lines, so that a document may have more of them than a widget has pixels."""

    copy_asked = Signal()
    caret_moved = Signal(int, int)

    _MOVES: ClassVar[tuple[tuple[_Key, _Key, Move], ...]] = (
        (_Key.MoveToPreviousChar, _Key.SelectPreviousChar, Move.LEFT),
        (_Key.MoveToNextChar, _Key.SelectNextChar, Move.RIGHT),
        (_Key.MoveToPreviousWord, _Key.SelectPreviousWord, Move.WORD_LEFT),
        (_Key.MoveToNextWord, _Key.SelectNextWord, Move.WORD_RIGHT),
        (_Key.MoveToPreviousLine, _Key.SelectPreviousLine, Move.UP),
        (_Key.MoveToNextLine, _Key.SelectNextLine, Move.DOWN),
        (_Key.MoveToPreviousPage, _Key.SelectPreviousPage, Move.PAGE_UP),
        (_Key.MoveToNextPage, _Key.SelectNextPage, Move.PAGE_DOWN),
        (_Key.MoveToStartOfLine, _Key.SelectStartOfLine, Move.LINE_START),
        (_Key.MoveToEndOfLine, _Key.SelectEndOfLine, Move.LINE_END),
        (_Key.MoveToStartOfDocument, _Key.SelectStartOfDocument, Move.START),
        (_Key.MoveToEndOfDocument, _Key.SelectEndOfDocument, Move.END),
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # First what changeEvent needs: Qt calls it while the rest is set.
        self._lines: Lines | None = None
        self._xml = True
        self._message = ""
        self._wanted = ""
        self._selection = Selection()
        self._widest = 0.0
        self._layouts: LineLayouts | None = None
        self._drag = QTimer(self)
        self._drag.setInterval(40)
        self._drag.timeout.connect(self._drag_on)
        self._pointer = QPoint()
        self._tokens = tokens_of(self.palette())
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setObjectName("documentArea")
        self.setAccessibleName("Text of the document")
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self._take_look()

    @property
    def selection(self) -> Selection:
        """The caret and what is selected."""
        return self._selection

    def show_lines(self, lines: Lines, *, xml: bool) -> None:
        """Show another document from its beginning."""
        self._lines, self._xml, self._message = lines, xml, ""
        self._selection, self._widest, self._wanted = Selection(), 0.0, ""
        self._take_look()
        self.verticalScrollBar().setValue(0)
        self.horizontalScrollBar().setValue(0)

    def show_message(self, message: str) -> None:
        """Show a sentence instead of a document."""
        self._lines, self._layouts, self._message = None, None, message
        self.setAccessibleDescription(message)
        self.grown()

    def grown(self) -> None:
        """Look again at how many lines there are."""
        self._set_ranges()
        self.viewport().update()

    def mark(self, wanted: str) -> None:
        """Mark every place that can be seen where a text occurs."""
        self._wanted = wanted
        self.viewport().update()

    def select(self, anchor: Place, caret: Place) -> None:
        """Select from one place to another, and bring them to view."""
        self._set_selection(Selection(anchor, caret), centre=True)

    def select_all(self) -> None:
        """Select every line, without scrolling."""
        if self._lines is not None and self._lines.count:
            last = self._lines.count - 1
            self._set_selection(Selection((0, 0), (last, len(self._lines.line(last).text))), reveal=False)

    def selected_word(self) -> str:
        """The selected text where it is a part of one line; else nothing."""
        first, last = self._selection.first, self._selection.last
        return self._shown(first[0]).text[first[1] : last[1]] if first[0] == last[0] and self._layouts else ""

    # What Qt calls.

    def changeEvent(self, event: QEvent) -> None:
        """Other colours or another font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._take_look()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or fewer lines to a page."""
        self._set_ranges()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Paint anew; nothing is moved on the screen."""
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the lines that can be seen."""
        tokens = self._tokens
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), QColor(tokens.base))
        if self._lines is None or self._layouts is None or not self._lines.count:
            self._paint_message(painter)
            return
        gutter = self._gutter()
        left = gutter + _MARGIN - self.horizontalScrollBar().value()
        top = self.verticalScrollBar().value()
        rows = range(top, min(self._lines.count, top + self._page() + 2))
        shown = {number: self._shown(number) for number in rows}
        painter.setClipRect(QRectF(gutter, 0, self.viewport().width() - gutter, self.viewport().height()))
        for number, line in shown.items():
            self._paint_line(painter, line, left, (number - top) * self._height)
        painter.setClipping(False)
        self._paint_gutter(painter, rows, gutter)
        if self.hasFocus():
            painter.setPen(QColor(tokens.focus))
            painter.drawRect(self.viewport().rect().adjusted(0, 0, -1, -1))
        painter.end()
        self._note_width(max(line.width for line in shown.values()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the caret, select, copy."""
        if self._lines is None:
            super().keyPressEvent(event)
        elif event.matches(_Key.Copy):
            self.copy_asked.emit()
        elif event.matches(_Key.SelectAll):
            self.select_all()
        else:
            for plain, selecting, move in self._MOVES:
                keep = event.matches(selecting)
                if keep or event.matches(plain):
                    self._move(move, keep=keep)
                    return
            super().keyPressEvent(event)

    def focusInEvent(self, event: QEvent) -> None:
        """Show where the keyboard is."""
        self.viewport().update()

    def focusOutEvent(self, event: QEvent) -> None:
        """Show that the keyboard is elsewhere."""
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Set the caret, or select a line by its number."""
        if event.button() is not Qt.MouseButton.LeftButton or self._lines is None:
            return
        place = self._place(event.position().toPoint())
        if event.position().x() < self._gutter():
            self._set_selection(Selection((place[0], 0), (place[0] + 1, 0)), reveal=False)
            return
        keep = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self._set_selection(self._selection.to(place, keep=keep), reveal=False)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Select a word."""
        if self._lines is None or self._layouts is None:
            return
        number, column = self._place(event.position().toPoint())
        begin, end = word_at(self._shown(number).text, column)
        self._set_selection(Selection((number, begin), (number, end)), reveal=False)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Select up to here; scroll on while the pointer is outside."""
        if event.buttons() & Qt.MouseButton.LeftButton and self._lines is not None:
            self._pointer = event.position().toPoint()
            self._set_selection(self._selection.to(self._place(self._pointer), keep=True), reveal=False)
            if self.viewport().rect().contains(self._pointer):
                self._drag.stop()
            elif not self._drag.isActive():
                self._drag.start()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The selection stands."""
        self._drag.stop()

    # How it is done.

    def _take_look(self) -> None:
        self._tokens = tokens_of(self.palette())
        metrics = QFontMetricsF(self.font())
        self._height = int(metrics.height()) + 2
        self._character = metrics.horizontalAdvance("0")
        tokens = self._tokens
        self._selected = look(tokens.on_selection, tokens.selection)
        self._found = look(tokens.on_found, tokens.found)
        self._found_current = look(tokens.on_found_current, tokens.found_current)
        if self._lines is not None:
            self._layouts = LineLayouts(self._lines, self.font(), tokens, xml=self._xml)
        self.grown()

    def _shown(self, number: int) -> Shown:
        assert self._layouts is not None  # noqa: S101 - asked for only while a document is shown
        return self._layouts.shown(number)

    def _page(self) -> int:
        return max(1, self.viewport().height() // self._height)

    def _gutter(self) -> int:
        digits = max(3, len(str(self._lines.count if self._lines is not None else 0)))
        return int(digits * self._character) + 2 * _MARGIN

    def _set_ranges(self) -> None:
        count = self._lines.count if self._lines is not None else 0
        page = self._page()
        self.verticalScrollBar().setPageStep(page)
        self.verticalScrollBar().setRange(0, max(0, count - page))
        room = self.viewport().width() - self._gutter() - 2 * _MARGIN
        self.horizontalScrollBar().setPageStep(max(1, room))
        self.horizontalScrollBar().setSingleStep(int(self._character * 4))
        self.horizontalScrollBar().setRange(0, max(0, int(self._widest) - room) if count else 0)

    def _note_width(self, width: float) -> None:
        if width > self._widest:
            self._widest = width
            # Not from within a paint: a new range shows or hides the scroll bar, which paints again.
            QTimer.singleShot(0, self, self._set_ranges)

    def _paint_message(self, painter: QPainter) -> None:
        painter.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont))
        painter.setPen(QColor(self._tokens.text_muted))
        area = self.viewport().rect().adjusted(24, 24, -24, -24)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(area, flags, self._message or ("The document is empty." if self._lines is not None else ""))

    def _paint_line(self, painter: QPainter, shown: Shown, left: float, top: float) -> None:
        number, length = shown.line.number, len(shown.text)
        marks: list[tuple[int, int, QTextCharFormat]] = []
        chosen = self._selection.columns(number, length)
        for begin, end in occurrences(shown.text, self._wanted):
            marks.append((begin, end, self._found_current if chosen == (begin, end) else self._found))
        if chosen is not None and not any(chosen == (begin, end) for begin, end, _ in marks):
            marks.append((chosen[0], min(chosen[1], length), self._selected))
            if chosen[1] > length:
                end_of_line = QRectF(left + shown.width, top, self._character / 2, self._height)
                painter.fillRect(end_of_line, QColor(self._tokens.selection))
        painter.setPen(QColor(self._tokens.text))
        shown.paint(painter, left, top + 1, marks)
        if self.hasFocus() and self._selection.caret[0] == number:
            x = left + shown.x(min(self._selection.caret[1], length))
            painter.fillRect(QRectF(x, top, 1, self._height), QColor(self._tokens.text))

    def _paint_gutter(self, painter: QPainter, rows: range, width: int) -> None:
        tokens = self._tokens
        painter.setFont(self.font())
        painter.setPen(QColor(tokens.line))
        painter.drawLine(QPointF(width - 0.5, 0), QPointF(width - 0.5, self.viewport().height()))
        for index, number in enumerate(rows):
            current = number == self._selection.caret[0]
            painter.setPen(QColor(tokens.text if current else tokens.line_number))
            place = QRect(0, index * self._height, width - _MARGIN, self._height)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(number + 1))

    def _place(self, point: QPoint) -> Place:
        if self._lines is None or not self._lines.count:
            return 0, 0
        number = self.verticalScrollBar().value() + point.y() // self._height
        number = max(0, min(self._lines.count - 1, number))
        x = point.x() - self._gutter() - _MARGIN + self.horizontalScrollBar().value()
        return number, self._shown(number).column(x)

    def _drag_on(self) -> None:
        beyond = self._pointer.y() - (self.viewport().height() if self._pointer.y() > 0 else 0)
        steps = beyond // self._height
        self.verticalScrollBar().setValue(self.verticalScrollBar().value() + steps)
        self._set_selection(self._selection.to(self._place(self._pointer), keep=True), reveal=False)

    def _move(self, move: Move, *, keep: bool) -> None:
        if self._lines is None or not self._lines.count:
            return
        lines = self._lines
        caret = moved(self._selection.caret, move, lines.count, self._page(), lambda number: lines.line(number).text)
        self._set_selection(self._selection.to(caret, keep=keep))

    def _set_selection(self, selection: Selection, *, reveal: bool = True, centre: bool = False) -> None:
        self._selection = selection
        if reveal and self._lines is not None and self._lines.count:
            self._reveal(selection.caret, centre=centre)
            if centre:
                self._reveal(selection.anchor, centre=False)
        self.viewport().update()
        self.caret_moved.emit(*selection.caret)

    def _reveal(self, place: Place, *, centre: bool) -> None:
        number, column = place
        bar, page = self.verticalScrollBar(), self._page()
        if not bar.value() <= number < bar.value() + page:
            above = number < bar.value()
            bar.setValue(number - page // 2 if centre else number if above else number - page + 1)
        shown = self._shown(number)
        self._widest = max(self._widest, shown.width)
        self._set_ranges()
        across = self.horizontalScrollBar()
        x, room = int(shown.x(min(column, len(shown.text)))), across.pageStep()
        if x < across.value() or x > across.value() + room - _MARGIN:
            across.setValue(0 if x < room else x - room // 2)
