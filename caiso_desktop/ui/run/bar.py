"""Above the calls of a run list: where it runs and as whom, how many at a time, Start, Stop, and what is kept of it."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QSpinBox, QWidget

from caiso_desktop.model.service import Environment
from caiso_desktop.ui.elided_label import ElidedLabel
from caiso_desktop.ui.icon import Symbol, Tone, icon
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.stripe import swatch

_AT_ONCE = 8


class RunBar(QWidget):
    """``started`` wants all calls made, ``again_asked`` those that may be repeated; ``exported`` names a form."""

    started = Signal()
    again_asked = Signal()
    stopped = Signal()
    exported = Signal(str)
    moved = Signal()

    def __init__(self, environments: Sequence[Environment], chosen: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.environment = named(QComboBox(), "runEnvironment", "Environment of the whole list")
        for each in environments:
            self.environment.addItem(swatch(each.id, self.palette()), each.name, each.id)
        self.environment.setCurrentIndex(max(0, self.environment.findData(chosen)))
        self.environment.currentIndexChanged.connect(lambda row: self.moved.emit())
        self.certificate = styled(named(ElidedLabel(), "runCertificate", "The certificate that is shown"), tone="muted")
        self.at_once = named(QSpinBox(), "runAtOnce", "How many calls at a time")
        self.at_once.setRange(1, _AT_ONCE)
        self.at_once.setSuffix(" at a time")
        self.at_once.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.start = styled(named(QPushButton("Start"), "runStart", "Make the calls"), primary=True)
        self.start.setIcon(icon(Symbol.SEND, Tone.ON_ACCENT))
        self.start.clicked.connect(lambda checked=False: self.started.emit())
        self.again = named(QPushButton(), "runAgain", "Make the retrieves again that were not as expected")
        self.again.setToolTip("Only retrieves: what changes something is not sent twice by one press")
        self.again.clicked.connect(lambda checked=False: self.again_asked.emit())
        self.stop = named(QPushButton("Stop"), "runStop", "Stop the run")
        self.stop.setIcon(icon(Symbol.STOP))
        self.stop.clicked.connect(lambda checked=False: self.stopped.emit())
        self.csv = self._saving("CSV…", "runExportCsv", "Save the results for a spreadsheet", "csv")
        self.json = self._saving("JSON…", "runExportJson", "Save the results as JSON", "json")
        self._lay_out()

    @property
    def place(self) -> str:
        """The id of the environment that is chosen."""
        return str(self.environment.currentData())

    def show_state(self, *, running: bool, ready: bool, found: bool, again: int) -> None:
        """Enable what can be done now; ``again`` is how many calls may be repeated."""
        self.start.setEnabled(ready and not running)
        self.start.setText(f"Start in {self.environment.currentText()}")
        self.again.setVisible(again > 0 and not running)
        self.again.setText(f"Repeat {again:,}")
        self.again.setEnabled(ready)
        self.stop.setEnabled(running)
        self.environment.setEnabled(not running)
        self.at_once.setEnabled(not running)
        for button in (self.csv, self.json):
            button.setEnabled(found and not running)

    def _saving(self, words: str, name: str, accessible: str, form: str) -> QPushButton:
        button = named(QPushButton(words), name, accessible)
        button.setIcon(icon(Symbol.SAVE))
        button.clicked.connect(lambda checked=False: self.exported.emit(form))
        return button

    def _lay_out(self) -> None:
        label = QLabel("&Environment")
        label.setBuddy(self.environment)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        before: tuple[QWidget, ...] = (label, self.environment, self.certificate)
        after: tuple[QWidget, ...] = (self.at_once, self.start, self.again, self.stop, self.csv, self.json)
        for widget in before:
            row.addWidget(widget)
        row.addStretch(1)
        for widget in after:
            row.addWidget(widget)
