"""Asks over the grid how a pasted column is written, where that cannot be told."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from caiso_desktop.model.grid.style import Marks, Question, Turn
from caiso_desktop.ui.named import named, styled


class AskBar(QFrame):
    """One question at a time; hidden while there is none. ``done`` when it had the keyboard and has no use for it."""

    done = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("gridAskBar")
        styled(self, banner="warning")
        self._words = QLabel()
        self._words.setWordWrap(True)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(8, 4, 8, 4)
        self._row.setSpacing(8)
        self._row.addWidget(self._words, 1)
        self._buttons: list[QPushButton] = []
        self.hide()

    @property
    def text(self) -> str:
        """What it asks."""
        return self._words.text() if not self.isHidden() else ""

    def put(self, question: Question, answered: Callable[[Marks | Turn | None], None]) -> None:
        """Ask; ``answered`` gets the answer, None where the user would rather not paste at all."""
        self.clear()
        self._words.setText(question.sentence)
        choices: list[tuple[Marks | Turn | None, str]] = [*question.answers, (None, "Do not paste")]
        for number, (answer, words) in enumerate(choices):
            button = named(QPushButton(words), f"gridAnswer{number}", f"{question.sentence} {words}")
            button.clicked.connect(lambda checked=False, said=answer: self._answer(answered, said))
            self._row.addWidget(button)
            self._buttons.append(button)
        self.show()
        self._buttons[0].setFocus()

    def clear(self) -> None:
        """Ask nothing any more."""
        # Before the buttons go: Qt would give the keyboard to whatever comes next in the window.
        if any(button.hasFocus() for button in self._buttons):
            self.done.emit()
        for button in self._buttons:
            button.hide()
            button.deleteLater()
        self._buttons = []
        self.hide()

    def _answer(self, answered: Callable[[Marks | Turn | None], None], said: Marks | Turn | None) -> None:
        self.clear()
        answered(said)
