"""An icon that stands still: beside a sentence, not a button."""

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from caiso_desktop.ui.icon import Symbol, Tone, icon


class Picture(QWidget):
    """Paints an icon anew each time, so it follows the palette."""

    def __init__(self, symbol: Symbol, tone: Tone, size: int = 18, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon(symbol, tone)
        self.setFixedSize(size, size)

    def show_icon(self, symbol: Symbol, tone: Tone) -> None:
        """Show another icon."""
        self._icon = icon(symbol, tone)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Called by Qt."""
        self._icon.paint(QPainter(self), self.rect())
