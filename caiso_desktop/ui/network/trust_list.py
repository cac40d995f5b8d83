"""The authorities that may vouch for the servers of an environment: listed, added, pinned, removed."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import CaisoError, UsageError
from caiso_desktop.model.identity import Certificate
from caiso_desktop.model.network import Network
from caiso_desktop.model.sentence import begun
from caiso_desktop.model.service import Environment
from caiso_desktop.model.trust import Trusting
from caiso_desktop.ui.file_choice import FileChoice
from caiso_desktop.ui.jobs import Jobs
from caiso_desktop.ui.named import named, styled

_HEADERS = ("Authority", "Valid", "Fingerprint (SHA-256)", "From")
SUFFIXES = frozenset((".pem", ".crt", ".cer", ".der", ".p7b", ".p7c"))
_SYSTEM = "The operating system's authorities are trusted. Add CAISO's own where a server is not trusted without them."


class TrustList(QWidget):
    """Works on workers; what goes wrong is said under the list, and nothing has changed then."""

    def __init__(
        self,
        network: Network,
        environments: Sequence[Environment],
        files: FileChoice,
        jobs: Jobs,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self._network = network
        self._files = files
        self._jobs = jobs
        self._shown = Trusting()
        self.environment = named(QComboBox(), "trustEnvironment", "Environment whose servers are meant")
        for each in environments:
            self.environment.addItem(each.name, each.id)
        self.environment.currentIndexChanged.connect(lambda row: self.look())
        self.table = named(QTableWidget(0, len(_HEADERS)), "trustTable", "Authorities")
        self.table.setHorizontalHeaderLabels(_HEADERS)
        self.table.verticalHeader().hide()
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.table.horizontalHeader().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        self.table.itemSelectionChanged.connect(self._show_verbs)
        self._empty = styled(named(QLabel(_SYSTEM), "trustEmpty", "Nothing is added"), tone="muted")
        self._empty.setWordWrap(True)
        self.add = named(QPushButton("Add authorities…"), "trustAdd", "Add authorities from files (PEM, DER, P7B)")
        self.add.clicked.connect(lambda checked=False: self.take(self._files.to_trust(self)))
        self.remove = named(QPushButton("Remove"), "trustRemove", "Remove the authority that is chosen")
        self.remove.clicked.connect(lambda checked=False: self._remove())
        self.exactly = named(
            QCheckBox("Trust exactly these, and not the system's"),
            "trustExactly",
            "Trust exactly the listed authorities",
        )
        self.exactly.clicked.connect(lambda checked=False: self._pin(exactly=checked))
        self.said = styled(named(QLabel(), "trustSaid", "What came of it"), banner="info")
        self.said.setWordWrap(True)
        self._lay_out()
        self.look()

    def look(self) -> None:
        """Show what counts in the environment that is chosen."""
        self._do(lambda environment: None, "")

    def take(self, paths: Sequence[Path]) -> None:
        """Add the authorities in files: all of them, or none."""
        if not paths:
            return

        def add(environment: str) -> None:
            try:
                data = [path.read_bytes() for path in paths]
            except OSError as error:
                raise UsageError(f"{error.filename} cannot be read ({error.strerror}).") from error
            self._network.authorities().add(environment, data)

        self._do(add, "Added. It counts from the next call on.")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Called by Qt."""
        if _dropped(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Called by Qt."""
        event.acceptProposedAction()
        self.take(_dropped(event))

    def _remove(self) -> None:
        row = self.table.currentRow()
        if 0 <= row < len(self._shown.added):
            thumbprint = self._shown.added[row].thumbprint
            self._do(lambda environment: self._network.authorities().remove(environment, thumbprint), "Removed.")

    def _pin(self, *, exactly: bool) -> None:
        words = "Exactly these are trusted." if exactly else "The system's authorities are trusted too."
        self._do(lambda environment: self._network.authorities().pin(environment, exactly=exactly), words)

    def _do(self, task: Callable[[str], None], words: str) -> None:
        """Do something on a worker, then show what counts; ``words`` when it went well."""
        environment = str(self.environment.currentData())

        def work(token: CancelToken) -> Trusting:
            task(environment)
            return self._network.authorities().trusting(environment)

        def done(trusting: Trusting) -> None:
            if environment == self.environment.currentData():
                self._show(trusting)
                self._say(words, "success")

        def failed(error: CaisoError) -> None:
            self._show(self._shown)
            self._say(f"{begun(error.detail)} {error.advice} Nothing was changed.", "error")

        self._jobs.run(work, owner=self, done=done, failed=failed)

    def _show(self, trusting: Trusting) -> None:
        self._shown = trusting
        rows = [(each, "you") for each in trusting.added] + [(each, "a catalogue file") for each in trusting.given]
        self.table.setRowCount(len(rows))
        for number, (certificate, source) in enumerate(rows):
            for column, text in enumerate(_cells(certificate, source)):
                item = QTableWidgetItem(text)
                item.setToolTip(f"{certificate.subject}\nIssued by {certificate.issuer}\n{_grouped(certificate)}")
                self.table.setItem(number, column, item)
        self.table.resizeColumnsToContents()
        self.table.setVisible(bool(rows))
        self._empty.setVisible(not rows)
        self.exactly.setChecked(trusting.exactly)
        self.exactly.setEnabled(bool(rows) and not trusting.fixed)
        self.exactly.setToolTip("A catalogue file wants it so." if trusting.fixed else "")
        self._show_verbs()

    def _show_verbs(self) -> None:
        self.remove.setEnabled(bool(self.table.selectedItems()) and self.table.currentRow() < len(self._shown.added))

    def _say(self, words: str, banner: str) -> None:
        self.said.setText(words)
        self.said.setVisible(bool(words))
        styled(self.said, banner=banner)

    def _lay_out(self) -> None:
        first = QHBoxLayout()
        label = styled(QLabel("&Environment"), tone="muted")
        label.setBuddy(self.environment)
        first.addWidget(label)
        first.addWidget(self.environment)
        first.addStretch(1)
        last = QHBoxLayout()
        for widget in (self.add, self.remove, self.exactly):
            last.addWidget(widget)
        last.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(first)
        layout.addWidget(self._empty)
        layout.addWidget(self.table)
        layout.addLayout(last)
        layout.addWidget(self.said)
        layout.addStretch(1)
        self.table.hide()
        self.said.hide()
        self.table.setMinimumHeight(140)
        layout.setAlignment(Qt.AlignmentFlag.AlignTop)


def _cells(certificate: Certificate, source: str) -> tuple[str, ...]:
    lasting = f"{certificate.not_before:%Y-%m-%d} to {certificate.not_after:%Y-%m-%d}"
    return certificate.common_name, lasting, _grouped(certificate), source


def _grouped(certificate: Certificate) -> str:
    text = certificate.thumbprint
    return " ".join(text[at : at + 8] for at in range(0, len(text), 8))


def _dropped(event: QDropEvent) -> list[Path]:
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return [path for path in paths if path.suffix.lower() in SUFFIXES]
