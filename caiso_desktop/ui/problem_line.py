"""The line under the payload: what is wrong with it, and the way there."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from caiso_desktop.model.answer import Severity
from caiso_desktop.model.call import Problem
from caiso_desktop.ui.icon import Symbol, Tone
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.picture import Picture

_PICTURES = {
    "success": (Symbol.SUCCESS, Tone.SUCCESS),
    "warning": (Symbol.WARNING, Tone.WARNING),
    "error": (Symbol.ERROR, Tone.ERROR),
    "muted": (Symbol.WAITING, Tone.MUTED),
}


class ProblemLine(QFrame):
    """Says one sentence; ``asked_to_go`` when the user wants to see the place."""

    asked_to_go = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("problemLine")
        self._problem: Problem | None = None
        self._picture = Picture(*_PICTURES["muted"], size=16)
        self._words = QLabel()
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._go = named(QPushButton(), "goToProblemButton", "Go to the problem", "Put the cursor there (F8)")
        styled(self._go, quiet=True)
        self._go.clicked.connect(self.go)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 2, 4, 2)
        layout.setSpacing(6)
        layout.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self._words, 1)
        layout.addWidget(self._go)
        self.setMinimumHeight(28)
        self.say("", "muted")

    @property
    def text(self) -> str:
        """What it says."""
        return self._words.text()

    def say(self, sentence: str, tone: str) -> None:
        """Say something about the whole text; ``tone`` is ``success``, ``warning``, ``error`` or ``muted``."""
        self._problem = None
        self._show(sentence, tone)
        self._go.hide()

    def show_problem(self, problem: Problem, title: str = "") -> None:
        """Say what is wrong, and offer the way there; ``title`` says how much is wrong besides."""
        self._problem = problem
        self._show(
            " ".join(filter(None, (title, problem.sentence))),
            "error" if problem.severity is Severity.ERROR else "warning",
        )
        self._go.setText(f"Line {problem.line}, column {problem.column}")
        self._go.setAccessibleName(f"Go to line {problem.line}, column {problem.column}")
        self._go.show()

    def go(self) -> None:
        """Go to the place, where there is one."""
        if self._problem is not None:
            self.asked_to_go.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Called by Qt: the sentence itself leads there too."""
        self.go()

    def _show(self, sentence: str, tone: str) -> None:
        self._words.setText(sentence)
        styled(self._words, tone=tone)
        self._picture.show_icon(*_PICTURES[tone])
        self._picture.setVisible(bool(sentence))
        self.setCursor(Qt.CursorShape.PointingHandCursor if self._problem else Qt.CursorShape.ArrowCursor)
