"""A sentence on a ground of its tone, which is there while it says something."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from caiso_desktop.ui.named import named, styled


class Banner(QLabel):
    """Its words can be selected; ``tone`` is ``info``, ``warning`` or ``error``."""

    def __init__(self, object_name: str, accessible_name: str, tone: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        styled(named(self, object_name, accessible_name), banner=tone)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.hide()

    def say(self, words: str) -> None:
        """Say it; empty words take back what was said."""
        self.setText(words)
        self.setVisible(bool(words))
