"""A line of text that gives way: cut where there is no room, in its middle or at its end, whole in its tool tip."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

_LEAST = 80


def first_that_fits(choices: Sequence[str], metrics: QFontMetrics, width: int) -> str:
    """The first of these that there is room for, the last where there is room for none."""
    fitting = (words for words in choices if metrics.horizontalAdvance(words) <= width)
    return next(fitting, choices[-1])


class ElidedLabel(QLabel):
    """Use `say`, not `setText`; `words` is the whole text."""

    def __init__(self, parent: QWidget | None = None, *, cut: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle) -> None:
        super().__init__(parent)
        self._cut = cut
        self._words = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    @property
    def words(self) -> str:
        """The whole text."""
        return self._words

    def say(self, words: str) -> None:
        """Show another text."""
        self._words = words
        self.updateGeometry()
        self._elide()

    def sizeHint(self) -> QSize:
        """Called by Qt: as wide as the whole text."""
        return QSize(self.fontMetrics().horizontalAdvance(self._words) + 4, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Called by Qt."""
        return QSize(min(_LEAST, self.sizeHint().width()), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Called by Qt."""
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        self.setText(self.fontMetrics().elidedText(self._words, self._cut, max(self.width(), _LEAST)))
