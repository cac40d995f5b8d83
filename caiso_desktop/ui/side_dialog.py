"""A small window beside the main one, not modal: a form, what follows from it, and one button that does it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from caiso_desktop.model.error import CaisoError
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.named import named, styled


class SideDialog(QDialog):
    """Subclasses fill ``form``, say what follows with `say`, and do it in `do`."""

    def __init__(self, name: str, title: str, verb: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(520)
        self.form = QFormLayout()
        self.form.setSpacing(8)
        self._said = styled(named(QLabel(), f"{name}Said", "What follows from it"), banner="info")
        self._said.setWordWrap(True)
        self._said.setTextFormat(Qt.TextFormat.PlainText)
        self._said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.verb = styled(named(QPushButton(verb), f"{name}Do", verb), primary=True)
        self.verb.clicked.connect(lambda checked=False: self.do())
        buttons = named(QDialogButtonBox(), f"{name}Buttons", "Buttons")
        buttons.addButton(self.verb, QDialogButtonBox.ButtonRole.ActionRole)
        close = named(QPushButton("Close"), f"{name}Close", "Close")
        close.setAutoDefault(False)
        buttons.addButton(close, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(self.close)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(16, 16, 16, 16)
        self._layout.setSpacing(8)
        self._layout.addLayout(self.form)
        self._layout.addWidget(self._said)
        self._layout.addStretch(1)
        self._layout.addWidget(buttons)
        # Once it is in the dialog: before, the dialog forgets it as soon as the button has had the keyboard.
        self.verb.setDefault(True)  # Qt takes it so

    def close_with(self, desk: Desk) -> None:
        """Close when a draft's tab does: nobody would see what is written into it then."""
        # A method of this object: who is left lets go of methods of what is gone.
        desk.left.connect(self.close)
        desk.destroyed.connect(self.close)

    @property
    def said(self) -> str:
        """What it says under the form."""
        return self._said.text()

    def say(self, words: str, banner: str = "info") -> None:
        """Say something under the form."""
        self._said.setText(words)
        self._said.setVisible(bool(words))
        styled(self._said, banner=banner)
        # A dialog does not grow by itself when its words wrap over more lines.
        self.resize(self.width(), max(self.height(), self._layout.totalHeightForWidth(self.width())))

    def tell(self, error: CaisoError) -> None:
        """Say what went wrong."""
        self.verb.setEnabled(True)
        self.say(f"{error.title}: {error.detail} {error.advice}".strip(), "error")

    def do(self) -> None:
        """Do what the form says."""
        raise NotImplementedError
