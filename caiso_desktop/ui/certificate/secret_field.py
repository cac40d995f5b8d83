"""Where a password or a PIN is typed: it can be taken once, and stays nowhere in the widget."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from caiso_desktop.ui.named import named

LONGEST = 512


class SecretField(QLineEdit):
    """Shows dots, gives nothing to the clipboard, and asks input methods to remember nothing. It can be pasted into."""

    def __init__(self, object_name: str, accessible_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, object_name, accessible_name)
        self.setMaxLength(LONGEST)
        # Qt neither copies, cuts nor drags out of a field of dots, and offers no undo in it.
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setDragEnabled(False)
        self.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhHiddenText
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhNoAutoUppercase
        )

    def take(self) -> str:
        """What was typed; the field is empty afterwards."""
        typed = self.text()
        self.forget()
        return typed

    def forget(self) -> None:
        """Be empty, also in what undo would bring back: `clear` would leave the text there."""
        self.setText("")

    def hideEvent(self, event: QHideEvent) -> None:
        """Called by Qt: what is not in sight is not kept either."""
        super().hideEvent(event)
        if not event.spontaneous():
            self.forget()
