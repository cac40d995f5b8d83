"""What a panel says while it has nothing to show: what this is, and what to do."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from caiso_desktop.ui.named import styled


class EmptyState(QWidget):
    """A title and an advice, in the middle."""

    def __init__(self, title: str, advice: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = styled(QLabel(title), title=True)
        self._advice = styled(QLabel(advice), tone="muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(4)
        layout.addStretch(2)
        for label in (self._title, self._advice):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            # What is told may name a tag, which is not to be taken for one.
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            layout.addWidget(label)
        layout.addStretch(3)

    def say(self, title: str, advice: str) -> None:
        """Say something else."""
        self._title.setText(title)
        self._advice.setText(advice)

    @property
    def text(self) -> str:
        """All that is said."""
        return f"{self._title.text()} {self._advice.text()}"
