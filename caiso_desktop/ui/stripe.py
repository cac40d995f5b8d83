"""Where one is, as a colour: a stripe, a swatch. The word always stands beside it."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent, QPalette, QPixmap
from PySide6.QtWidgets import QWidget

from caiso_desktop.ui.palette import environment_colour, tokens_of

HEIGHT = 4
SIMULATOR = "simulator"
"""The id of the one environment that runs on this computer."""


class Stripe(QWidget):
    """A line of 4 px in an environment's colour, over whatever lies in that environment."""

    def __init__(self, environment: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._environment = environment
        self.setFixedHeight(HEIGHT)

    @property
    def environment(self) -> str:
        """The id of the environment it shows."""
        return self._environment

    def set_environment(self, environment: str) -> None:
        """Show another environment (its id)."""
        self._environment = environment
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Called by Qt."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(environment_colour(self._environment, tokens_of(self.palette())).stripe))


def swatch(environment: str, palette: QPalette, size: int = 12) -> QIcon:
    """A small square in the environment's colour."""
    scale = 2
    pixmap = QPixmap(size * scale, size * scale)
    pixmap.setDevicePixelRatio(scale)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(environment_colour(environment, tokens_of(palette)).stripe))
    painter.drawRoundedRect(QRectF(0, 0, size, size), 3, 3)
    painter.end()
    return QIcon(pixmap)
