"""What stands above a payload: the choice of its view, and the buttons that put something else in its place."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from caiso_desktop.ui.icon import Symbol
from caiso_desktop.ui.named import styled
from caiso_desktop.ui.tool_button import tool_button
from caiso_desktop.ui.view_switch import ViewSwitch


class PayloadHead(QWidget):
    """Each signal is what the user wants: the XML laid out, a file, the service's skeleton, a full sample."""

    format_asked = Signal()
    open_asked = Signal()
    reset_asked = Signal()
    fill_asked = Signal()

    def __init__(self, views: ViewSwitch, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(styled(QLabel("Payload"), title=True))
        row.addWidget(views)
        row.addStretch(1)
        full = "Put a payload with everything that its schema knows in place of this one; Ctrl+Z undoes it"
        every = "Format the XML: every element on a line of its own (Ctrl+Shift+F); Ctrl+Z undoes it"
        for name, words, tip, symbol, asked in (
            ("formatPayloadButton", "", every, Symbol.FORMAT, self.format_asked),
            ("openPayloadButton", "Open…", "Open a file as the payload (Ctrl+O)", Symbol.OPEN, self.open_asked),
            (
                "resetPayloadButton",
                "",
                "Put the service's skeleton back; Ctrl+Z undoes it",
                Symbol.RESET,
                self.reset_asked,
            ),
            ("fullSampleButton", "", full, Symbol.SAMPLE, self.fill_asked),
        ):
            row.addWidget(tool_button(name, words, tip, symbol, asked.emit))
