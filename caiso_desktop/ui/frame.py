"""The window's frame: painted at once, in the place, the colours and the environment of the last time.

What is in the window is read and built behind it, and taken in when it is there. Nothing here names `Qt`: the first
look at that namespace makes all of its enumerations, which takes as long as everything else before the first paint.
"""

from PySide6.QtCore import QByteArray, QRect, QTimer
from PySide6.QtGui import QCloseEvent, QColor, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QMainWindow, QWidget

from caiso_desktop.ui.token import Tokens

_STRIPE = 4
_BAR = 58
_SERVICES = 264
_PATIENCE_MS = 300


class Outline(QWidget):
    """Where the bar and the services will be; and, when that takes longer, a word on what is going on.

    The first paint has no words: fonts take their time too.
    """

    def __init__(self, tokens: Tokens, stripe: str) -> None:
        super().__init__()
        self._tokens = tokens
        self._stripe = stripe
        self._word = ""
        QTimer.singleShot(_PATIENCE_MS, self, self._say)
        self.setObjectName("outline")
        self.setAccessibleName("CAISO Desktop is opening")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Called by Qt."""
        tokens, painter = self._tokens, QPainter(self)
        painter.drawPixmap(self.rect(), _dot(tokens.window))
        painter.drawPixmap(QRect(0, 0, self.width(), _STRIPE), _dot(self._stripe))
        painter.drawPixmap(QRect(_SERVICES, _BAR, 1, self.height()), _dot(tokens.line))
        if self._word:
            painter.setPen(QColor(tokens.text_muted))
            left = _SERVICES + (self.width() - _SERVICES - painter.fontMetrics().horizontalAdvance(self._word)) // 2
            painter.drawText(left, (self.height() + _BAR) // 2, self._word)

    def _say(self) -> None:
        self._word = "Reading the catalogue…"
        self.update()


def _dot(colour: str) -> QPixmap:
    """A colour to fill with: `QPainter.fillRect` would look at `Qt` to tell its overloads apart."""
    pixmap = QPixmap(1, 1)
    pixmap.fill(QColor(colour))
    return pixmap


class Frame(QMainWindow):
    """The only top-level window of the program; ``geometry`` is how it was left (base64 of Qt's own state)."""

    def __init__(self, tokens: Tokens, stripe: str, geometry: str | None) -> None:
        super().__init__()
        self.setObjectName("frame")
        self.setWindowTitle("CAISO Desktop")
        self._content: QMainWindow | None = None
        self.setCentralWidget(Outline(tokens, stripe))
        state = QByteArray.fromBase64(geometry.encode("ascii", "replace")) if geometry else None
        if state is None or not self.restoreGeometry(state):
            self.resize(1280, 800)

    def take_in(self, content: QMainWindow) -> None:
        """Show the window itself in the frame, under its title."""
        self.setWindowTitle(content.windowTitle())
        content.windowTitleChanged.connect(self.setWindowTitle)
        self.setMinimumSize(content.minimumSize())
        self._content = content
        self.setCentralWidget(content)
        content.show()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Called by Qt: the window inside decides."""
        if self._content is not None and not self._content.close():
            event.ignore()
            return
        super().closeEvent(event)
