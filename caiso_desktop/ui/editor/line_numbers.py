"""The margin of an editor with the numbers of its lines."""

from collections.abc import Callable

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget


class LineNumbers(QWidget):
    """As wide as the last number of ``lines()`` needs; ``paint``, which knows the lines in sight, paints it."""

    def __init__(
        self, editor: QPlainTextEdit, lines: Callable[[], int], paint: Callable[[QPainter, QRect], None]
    ) -> None:
        super().__init__(editor)
        self._editor = editor
        self._lines = lines
        self._paint = paint

    def sizeHint(self) -> QSize:
        """Called by Qt."""
        digits = max(3, len(str(self._lines())))
        return QSize(16 + self._editor.fontMetrics().horizontalAdvance("9") * digits, 0)

    def follow(self, area: QRect, scrolled: int) -> None:
        """Do as the editor does: scroll, or paint an area anew."""
        if scrolled:
            self.scroll(0, scrolled)
        else:
            self.update(0, area.y(), self.width(), area.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Called by Qt."""
        self._paint(QPainter(self), event.rect())
