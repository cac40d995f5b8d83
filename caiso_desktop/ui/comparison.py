"""Two payloads beside one another, line by line; F3 goes from difference to difference."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontDatabase, QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from caiso_desktop.model.side_by_side import SideBySide
from caiso_desktop.ui.editor.line_numbers import LineNumbers
from caiso_desktop.ui.editor.long_text import LongTextEdit
from caiso_desktop.ui.icon import Symbol
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.palette import tokens_of
from caiso_desktop.ui.tool_button import tool_button

_SIGNS = {"added": "+", "removed": "\N{MINUS SIGN}", "changed": "\N{NOT EQUAL TO}"}
"""What stands beside a line: a colour alone tells some people nothing."""


class Comparison(QWidget):
    """Shows compared lines; both sides scroll together."""

    def __init__(self, titles: tuple[str, str], found: SideBySide, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "comparison", "Two payloads compared")
        self._differences = found.differences
        kinds = [line.kind for line in found.lines]
        self.left = _Side("comparisonLeft", titles[0], kinds)
        self.right = _Side("comparisonRight", titles[1], kinds)
        sides = QHBoxLayout()
        sides.setSpacing(8)
        for title, side in zip(titles, (self.left, self.right), strict=True):
            column = QVBoxLayout()
            column.setSpacing(4)
            column.addWidget(styled(QLabel(title), tone="muted"))
            column.addWidget(side)
            sides.addLayout(column, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        layout.addLayout(self._head(str(found)))
        layout.addLayout(sides, 1)
        self.left.setPlainText("\n".join(line.left for line in found.lines))
        self.right.setPlainText("\n".join(line.right for line in found.lines))
        for one, other in ((self.left, self.right), (self.right, self.left)):
            one.verticalScrollBar().valueChanged.connect(other.verticalScrollBar().setValue)
            one.horizontalScrollBar().valueChanged.connect(other.horizontalScrollBar().setValue)
        self.setFocusProxy(self.left)

    @property
    def said(self) -> str:
        """How much differs, in words."""
        return self._said.text()

    @property
    def place(self) -> str:
        """Which difference one is at, in words."""
        return self._place.text()

    def step(self, *, back: bool = False) -> None:
        """Go to the next difference, or the one before; around the end."""
        count = len(self._differences)
        if not count:
            return
        row = self.left.textCursor().blockNumber()
        # At the very start one is at no difference yet, though the first may begin there.
        at = -1 if not self.place and not back else row
        found = bisect_left(self._differences, at) - 1 if back else bisect_right(self._differences, at)
        number = found % count
        for side in (self.right, self.left):
            side.go_to(self._differences[number])
        self._place.setText(f"{number + 1:,} of {count:,}")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Called by Qt: F3 and Shift+F3 go on and back, as when one looks for something."""
        if event.key() == Qt.Key.Key_F3:
            self.step(back=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        else:
            super().keyPressEvent(event)

    def _head(self, words: str) -> QHBoxLayout:
        self._said = styled(named(QLabel(words), "comparisonSaid", words), title=True)
        self._place = styled(QLabel(), tone="muted")
        self._place.setObjectName("comparisonPlace")
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self._said)
        head.addStretch(1)
        head.addWidget(self._place)
        for symbol, name, tip, back in (
            (Symbol.PREVIOUS, "previousDifference", "Previous difference (Shift+F3)", True),
            (Symbol.NEXT, "nextDifference", "Next difference (F3)", False),
        ):
            button = tool_button(name, "", tip, symbol, partial(self.step, back=back))
            button.setEnabled(bool(self._differences))
            head.addWidget(button)
        return head


class _Side(LongTextEdit):
    """One of the texts. The grounds of its lines are painted as they are seen: as formats they would take long."""

    def __init__(self, name: str, title: str, kinds: Sequence[str]) -> None:
        super().__init__()
        named(self, name, title)
        self._kinds = kinds
        self.setReadOnly(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._signs = LineNumbers(self, lambda: 1, self._paint_signs)
        self.setViewportMargins(self._signs.sizeHint().width(), 0, 0, 0)
        self.updateRequest.connect(self._signs.follow)
        self.cursorPositionChanged.connect(self._signs.update)

    def go_to(self, row: int) -> None:
        """Put a line in the middle, and the cursor at its start."""

        def go() -> None:
            self.setTextCursor(QTextCursor(self.document().findBlockByNumber(row)))
            self.centerCursor()

        self.when_complete(go)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Called by Qt."""
        super().resizeEvent(event)
        inner = self.contentsRect()
        self._signs.setGeometry(QRect(inner.left(), inner.top(), self._signs.sizeHint().width(), inner.height()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Called by Qt."""
        tokens = tokens_of(self.palette())
        grounds = {"added": tokens.success_ground, "removed": tokens.error_ground, "changed": tokens.warning_ground}
        painter = QPainter(self.viewport())
        for kind, place in self._in_sight(event.rect()):
            if kind in grounds:
                place.setLeft(0)
                place.setRight(self.viewport().width())
                painter.fillRect(place, QColor(grounds[kind]))
        painter.end()
        super().paintEvent(event)

    def _paint_signs(self, painter: QPainter, area: QRect) -> None:
        tokens = tokens_of(self.palette())
        painter.fillRect(area, QColor(tokens.alternate))
        painter.setFont(self.font())
        cursor = self.cursorRect().center().y()
        for kind, place in self._in_sight(area):
            place.setLeft(0)
            place.setWidth(self._signs.width())
            here = kind in _SIGNS and place.top() <= cursor < place.bottom()
            if here:
                painter.fillRect(place, QColor(tokens.selection))
            painter.setPen(QColor(tokens.on_selection if here else tokens.text))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, _SIGNS.get(kind, ""))

    def _in_sight(self, area: QRect) -> list[tuple[str, QRectF]]:
        """The kinds of the lines in sight, and where these are."""
        found = []
        block = self.firstVisibleBlock()
        while block.isValid() and block.blockNumber() < len(self._kinds):
            place = self.blockBoundingGeometry(block).translated(self.contentOffset())
            if place.top() > area.bottom():
                break
            found.append((self._kinds[block.blockNumber()], place))
            block = block.next()
        return found
