"""Two payloads beside one another, line by line."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontDatabase, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from caiso_desktop.model.side_by_side import SideBySide
from caiso_desktop.ui.editor.long_text import LongTextEdit
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.palette import tokens_of


class Comparison(QWidget):
    """Shows compared lines; both sides scroll together."""

    def __init__(self, titles: tuple[str, str], found: SideBySide, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "comparison", "Two payloads compared")
        said = str(found)
        self._said = styled(named(QLabel(said), "comparisonSaid", said), title=True)
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
        layout.addWidget(self._said)
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

    def paintEvent(self, event: QPaintEvent) -> None:
        """Called by Qt."""
        tokens = tokens_of(self.palette())
        grounds = {"added": tokens.success_ground, "removed": tokens.error_ground, "changed": tokens.warning_ground}
        painter = QPainter(self.viewport())
        block = self.firstVisibleBlock()
        while block.isValid() and block.blockNumber() < len(self._kinds):
            place = self.blockBoundingGeometry(block).translated(self.contentOffset())
            if place.top() > event.rect().bottom():
                break
            ground = grounds.get(self._kinds[block.blockNumber()])
            if ground is not None:
                place.setLeft(0)
                place.setRight(self.viewport().width())
                painter.fillRect(place, QColor(ground))
            block = block.next()
        painter.end()
        super().paintEvent(event)
