"""The form by which a person chooses how hosts are reached."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from caiso_desktop.model.error import CaisoError, UsageError
from caiso_desktop.model.network import Network
from caiso_desktop.model.route import Cleared, Mode, NetworkChoice
from caiso_desktop.model.route_words import read_exceptions, read_proxy
from caiso_desktop.model.sentence import begun
from caiso_desktop.ui.jobs import Jobs
from caiso_desktop.ui.named import named, styled

_WORDS = {
    Mode.DIRECT: "No proxy",
    Mode.SYSTEM: "As the system is set",
    Mode.EXPLICIT: "This proxy",
    Mode.PAC: "A script (PAC)",
    Mode.DETECT: "Look for a script in the network (WPAD)",
}
_TIPS = {
    Mode.DIRECT: "Every host is reached directly.",
    Mode.SYSTEM: "Windows and macOS: the network settings. Linux: the variables https_proxy and no_proxy.",
    Mode.EXPLICIT: "An HTTP proxy, which is asked for a tunnel: it sees the host's name and nothing of the calls.",
    Mode.PAC: "A script names the proxy of each host. It runs apart, and reaches nothing but DNS.",
    Mode.DETECT: "Asks the network for a script. Anyone who can answer for the name 'wpad' there decides the way.",
}


_COUNTS = "Counts from the next call on."


class WayForm(QWidget):
    """What is typed counts when Apply is pressed; ``chosen`` then. No password is typed here."""

    chosen = Signal()

    def __init__(self, network: Network, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = network.settings
        self._kept = network.kept
        self._jobs = jobs
        choice = network.settings.choice()
        self.mode = named(QComboBox(), "networkMode", "How hosts are reached")
        for mode, words in _WORDS.items():
            self.mode.addItem(words, mode)
        self.mode.setCurrentIndex(self.mode.findData(choice.mode))
        self.proxy = self._field("networkProxy", "Proxy", str(choice.proxy or ""), "proxy.example.com:8080")
        self.pac = self._field("networkScript", "Script", choice.pac, "http://wpad.example.com/wpad.dat, or a file")
        self.exceptions = self._field(
            "networkExceptions", "Reached directly", ", ".join(choice.exceptions), "*.example.com, 10.0.0.0/8, <local>"
        )
        self.user = self._field("networkUser", "User name at the proxy", choice.user, "where the proxy asks for one")
        self.remember = named(
            QCheckBox("Keep the password in this computer's keystore"), "networkRemember", "Keep the proxy's password"
        )
        self.remember.setChecked(choice.remember)
        self.remember.setToolTip("It is asked for when the proxy wants it. Else it is forgotten when the program ends.")
        self.apply = styled(named(QPushButton("Apply"), "networkApply", "Apply"), primary=True)
        self.apply.clicked.connect(lambda checked=False: self.take())
        self.said = styled(named(QLabel(), "networkSaid", "What came of it"), banner="info")
        self.said.setWordWrap(True)
        self.said.hide()
        self._tip = styled(QLabel(), tone="muted")
        self._tip.setWordWrap(True)
        self._lay_out()
        self.mode.currentIndexChanged.connect(lambda row: self._show_fields())
        self._show_fields()

    def take(self) -> None:
        """Keep what is typed, or say what is wrong with it."""
        before = self._settings.choice()
        try:
            self._settings.choose(self._typed(before))
        except UsageError as error:
            self._say(f"{begun(error.detail)} {error.advice}".strip(), "error")
            return
        self._say(_COUNTS, "success")
        self._jobs.run(lambda token: self._kept.clear(), owner=self, done=self._cleared, failed=self._not_cleared)
        self.chosen.emit()

    def _cleared(self, cleared: Cleared) -> None:
        """Say what became of passwords that are not to be kept any more."""
        if cleared.sentence:
            self._say(f"{_COUNTS} {cleared.sentence}", "warning" if cleared.left else "success")

    def _not_cleared(self, error: CaisoError) -> None:
        self._say(f"{_COUNTS} {error.title}: {error.detail} {error.advice}".strip(), "warning")

    def _typed(self, before: NetworkChoice) -> NetworkChoice:
        mode = Mode(self.mode.currentData())
        proxy = read_proxy(self.proxy.text()) if mode is Mode.EXPLICIT else before.proxy
        return NetworkChoice(
            mode=mode,
            proxy=proxy,
            pac=self.pac.text().strip() if mode is Mode.PAC else before.pac,
            exceptions=read_exceptions(self.exceptions.text()),
            user=self.user.text().strip(),
            remember=self.remember.isChecked(),
        )

    def _field(self, name: str, words: str, text: str, example: str) -> QLineEdit:
        field = named(QLineEdit(text), name, words)
        field.setPlaceholderText(example)
        field.returnPressed.connect(self.take)
        return field

    def _lay_out(self) -> None:
        self._form = form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(8)
        form.addRow("&Way", self.mode)
        form.addRow("", self._tip)
        form.addRow("&Proxy", self.proxy)
        form.addRow("&Script", self.pac)
        form.addRow("Reached &directly", self.exceptions)
        form.addRow("&User name at the proxy", self.user)
        form.addRow("", self.remember)
        row = QHBoxLayout()
        row.addWidget(self.apply)
        row.addWidget(self.said, 1)
        row.addStretch()
        form.addRow("", row)

    def _show_fields(self) -> None:
        """Show what the way that is chosen needs, and nothing else."""
        mode = Mode(self.mode.currentData())
        self._tip.setText(_TIPS[mode])
        self.said.hide()
        scripted = mode in (Mode.EXPLICIT, Mode.PAC)
        for field, seen in (
            (self.proxy, mode is Mode.EXPLICIT),
            (self.pac, mode is Mode.PAC),
            (self.exceptions, scripted),
            (self.user, mode is not Mode.DIRECT),
            (self.remember, mode is not Mode.DIRECT),
        ):
            self._form.setRowVisible(field, seen)

    def _say(self, words: str, banner: str) -> None:
        self.said.setText(words)
        styled(self.said, banner=banner)
        self.said.show()
