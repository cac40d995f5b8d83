"""One address on a page: what it is, all of it, and two buttons: open it in the browser, copy it."""

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from caiso_desktop.ui.elided_label import ElidedLabel
from caiso_desktop.ui.icon import Symbol
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.tool_button import tool_button

_ROLE_WIDTH = 132


class AddressRow(QWidget):
    """``opens`` is false for what no browser shows: a web service's base, IPs."""

    def __init__(
        self, role: str, text: str, *, opens: bool = True, tip: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.text = text
        self.role = role
        named(self, "addressRow", f"{role}: {text}", tip)
        label = styled(QLabel(role), tone="muted")
        label.setFixedWidth(_ROLE_WIDTH)
        words = ElidedLabel()
        words.say(text)
        words.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        words.setToolTip("\n".join(filter(None, (text, tip))))
        words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(label)
        row.addWidget(words, 1)
        buttons = [tool_button("copyRowButton", "", f"Copy {text}", Symbol.COPY, self.copy)]
        if opens:
            tip = f"Open {text} in the browser"
            buttons.insert(0, tool_button("openAddressButton", "", tip, Symbol.OUTSIDE, self.open))
        for button in buttons:
            # A row is as tall as its buttons, and a page has many.
            button.setStyleSheet("QToolButton { padding: 2px; min-height: 0; }")
            row.addWidget(button)

    def open(self) -> None:
        """Open it in the system's browser."""
        QDesktopServices.openUrl(QUrl(self.text, QUrl.ParsingMode.StrictMode))

    def copy(self) -> None:
        """Put it on the clipboard."""
        QGuiApplication.clipboard().setText(self.text)
