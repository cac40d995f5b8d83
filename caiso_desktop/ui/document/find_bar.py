"""The bar in which one types what to look for."""

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from caiso_desktop.ui.icon import Symbol, icon


class FindBar(QWidget):
    """Says what is wanted, and shows how often it is there. Hidden until it is asked for; Escape hides it again."""

    changed = Signal(str)
    """The wanted text became another."""
    asked = Signal(bool)
    """Go to the next place, or (True) to the previous one."""
    left = Signal()
    """The bar was closed."""

    def __init__(self, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("findBar")
        self._field = QLineEdit()
        self._field.setObjectName("findField")
        self._field.setAccessibleName("Find in the document")
        self._field.setPlaceholderText(hint)
        self._field.setClearButtonEnabled(True)
        self._field.setMinimumWidth(220)
        self._field.installEventFilter(self)
        self._field.textChanged.connect(self.changed)
        self._result = QLabel()
        self._result.setObjectName("findResult")
        self._result.setAccessibleName("What was found")
        self._result.setProperty("tone", "muted")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.setSpacing(4)
        layout.addWidget(self._field)
        for symbol, name, words in (
            (Symbol.PREVIOUS, "findPrevious", "Previous match (Shift+Enter)"),
            (Symbol.NEXT, "findNext", "Next match (Enter)"),
        ):
            button = _button(symbol, name, words)
            button.clicked.connect(lambda _=False, back=symbol is Symbol.PREVIOUS: self.asked.emit(back))
            layout.addWidget(button)
        layout.addWidget(self._result, 1)
        close = _button(Symbol.CLOSE, "findClose", "Close the find bar (Esc)")
        close.clicked.connect(self.leave)
        layout.addWidget(close)
        self.hide()

    @property
    def wanted(self) -> str:
        """What was typed."""
        return self._field.text()

    def begin(self, text: str = "") -> None:
        """Show the bar, with this text where there is one, ready to be typed over."""
        if text and text != self.wanted:
            self._field.setText(text)
        self.show()
        self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._field.selectAll()

    def type(self, text: str) -> None:
        """Show the bar with this text and the caret after it."""
        self.begin(text)
        self._field.deselect()
        self._field.setCursorPosition(len(text))

    def forget(self) -> None:
        """Empty it, without asking for anything: another document is shown."""
        with QSignalBlocker(self._field):
            self._field.clear()
        self.say("")

    def say(self, words: str, *, wrong: bool = False) -> None:
        """Show what became of the search."""
        self._result.setText(words)
        self._field.setProperty("wrong", wrong)
        self._field.style().polish(self._field)

    def leave(self) -> None:
        """Hide the bar."""
        self.hide()
        self.left.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys in the field that are the bar's."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.asked.emit(bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.leave()
                return True
        return super().eventFilter(watched, event)


def _button(symbol: Symbol, name: str, words: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName(name)
    button.setIcon(icon(symbol))
    button.setToolTip(words)
    button.setAccessibleName(words)
    button.setProperty("quiet", "true")
    return button
