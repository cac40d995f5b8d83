"""The question for a passphrase or a PIN: a small window beside the main one, which goes on working."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from caiso_desktop.model.identity import SHORTEST_PASSPHRASE
from caiso_desktop.ui.certificate.secret_field import SecretField
from caiso_desktop.ui.named import named, styled

_NEW = (
    f"At least {SHORTEST_PASSPHRASE} characters. It is asked for once a session and kept nowhere: without it the "
    "certificate has to be imported again."
)
_AGAIN = "That was not it. "
_KNOWN = "It is used now, and kept nowhere: not on a disk, in the log, or in this window."


class PassphraseDialog(QDialog):
    """``answered`` comes once: what was typed, or None where the person declined. A ``new`` one is typed twice."""

    answered = Signal(object)

    def __init__(self, question: str, parent: QWidget, *, new: bool) -> None:
        super().__init__(parent)
        named(self, "passphraseDialog", question)
        self.setWindowTitle(question.removeprefix(_AGAIN))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(420)
        self._new = new
        again = question.startswith(_AGAIN)
        asked = styled(named(QLabel(question.removeprefix(_AGAIN)), "passphraseQuestion", question))
        styled(asked, title=True)
        meaning = styled(
            named(QLabel(_NEW if new else _KNOWN), "passphraseMeaning", "What becomes of it"), tone="muted"
        )
        self._said = styled(named(QLabel(), "passphraseSaid", "What is wrong with it"), banner="warning")
        for label in (asked, meaning, self._said):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.field = SecretField("passphraseField", question)
        self.twin = SecretField("passphraseTwin", "Once more, to be sure")
        form = QFormLayout()
        form.setSpacing(8)
        form.addRow("&Passphrase" if new or "passphrase" in question else "&PIN", self.field)
        if new:
            form.addRow("&Once more", self.twin)
        self.twin.setVisible(new)
        self.go = styled(named(QPushButton("OK"), "passphraseOk", "Use it"), primary=True)
        self.go.setDefault(True)  # Qt takes it so
        self.go.clicked.connect(lambda checked=False: self.accept())
        leave = named(QPushButton("Cancel"), "passphraseCancel", "Decline (Esc)")
        leave.setAutoDefault(False)
        buttons = named(QDialogButtonBox(), "passphraseButtons", "Buttons")
        buttons.addButton(self.go, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(leave, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        for part in (asked, self._said, meaning):
            layout.addWidget(part)
        layout.addLayout(form)
        layout.addWidget(buttons)
        self._said.setText("That was not it. Upper and lower case count.")
        self._said.setVisible(again)
        for field in (self.field, self.twin):
            field.textChanged.connect(self._look)
        self._look()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def said(self) -> str:
        """What is said of what was typed; empty where nothing is."""
        return self._said.text() if not self._said.isHidden() else ""

    def accept(self) -> None:
        """Called by Qt: give what was typed, where it may be given."""
        if not self.go.isEnabled():
            return
        if self._new and self.field.text() != self.twin.text():
            self._said.setText("The two are not the same.")
            self._said.show()
            self.twin.forget()
            self.twin.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        typed = self.field.take()
        self.twin.forget()
        super().accept()
        self.answered.emit(typed)

    def reject(self) -> None:
        """Called by Qt: give nothing."""
        for field in (self.field, self.twin):
            field.forget()
        super().reject()
        self.answered.emit(None)

    def _look(self) -> None:
        least = SHORTEST_PASSPHRASE if self._new else 1
        self.go.setEnabled(len(self.field.text()) >= least)
