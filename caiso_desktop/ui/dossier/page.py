"""A saved exchange: what was sent and what came back, read-only; nothing can be sent from here."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSplitter, QVBoxLayout, QWidget

from caiso_desktop.model.dossier import Dossier
from caiso_desktop.model.error import CaisoError
from caiso_desktop.model.evidence import lacking_words
from caiso_desktop.model.simulation import SimulatorControl
from caiso_desktop.ui.answer_panel import AnswerPanel
from caiso_desktop.ui.answer_saving import AnswerSaving
from caiso_desktop.ui.document.text import DocumentText
from caiso_desktop.ui.empty_state import EmptyState
from caiso_desktop.ui.icon import Symbol, icon
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.notice import Notice, error_notice
from caiso_desktop.ui.port import Ports


class DossierPage(QWidget):
    """``draft_asked`` carries a target and a payload that is to become a draft of one's own."""

    draft_asked = Signal(object, object)

    def __init__(self, ports: Ports, simulation: SimulatorControl, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._simulation = simulation
        named(self, "dossierPage", f"Saved exchange {path.name}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._ports = ports
        self._path = path
        self.dossier: Dossier | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(8, 8, 8, 8)
        self._column.setSpacing(8)
        self._waiting = EmptyState(f"Opening {path.name}…", "")
        self._column.addWidget(self._waiting, 1)
        ports.jobs.run(
            lambda token: ports.safety.dossiers.open(path), owner=self, done=self._show, failed=self._fail, long=True
        )

    @property
    def text(self) -> str:
        """What is said above the answer, for a reader that cannot see it."""
        said = [notice.text for notice in self.findChildren(Notice) if notice.parentWidget() is self]
        return "\n".join([*said, *(label.text() for label in self.findChildren(QLabel))])

    def tell(self, error: CaisoError) -> None:
        """Say what went wrong, above everything."""
        self._column.insertWidget(0, error_notice(error))

    def _fail(self, error: CaisoError) -> None:
        self._waiting.hide()
        self._column.addWidget(error_notice(error))
        self._column.addStretch(1)

    def _show(self, dossier: Dossier) -> None:
        self.dossier = dossier
        self._waiting.hide()
        self._column.addLayout(self._head(dossier))
        self._column.addWidget(_notice(dossier))
        self.payload = named(DocumentText(self._ports.jobs), "dossierPayload", "The payload that was sent")
        self.payload.open(dossier.folder / "payload.xml")
        ports = self._ports
        saving = AnswerSaving(ports.saving, ports.safety.dossiers, ports.files, ports.jobs, self)
        self.answer = AnswerPanel(saving, ports)
        self.answer.show_exchange(dossier.exchange)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 4, 4, 4)
        column.setSpacing(4)
        column.addWidget(styled(QLabel("Payload"), title=True))
        column.addWidget(self.payload, 1)
        splitter = named(QSplitter(Qt.Orientation.Horizontal), "dossierSplitter", "Payload and answer")
        splitter.addWidget(left)
        splitter.addWidget(self.answer)
        splitter.setSizes([400, 600])
        self._column.addWidget(splitter, 1)
        self.setFocusProxy(self.answer)

    def _head(self, dossier: Dossier) -> QHBoxLayout:
        exchange = dossier.exchange
        target = exchange.call.target
        service = f"{target.application.upper()} · {target.service} {target.version}".rstrip()
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(styled(QLabel(f"{service} in {dossier.environment}"), title=True))
        when = styled(
            QLabel(f"{exchange.started.astimezone():%Y-%m-%d %H:%M:%S}, to {exchange.request.url}"), tone="muted"
        )
        when.setTextFormat(Qt.TextFormat.PlainText)
        when.setWordWrap(True)
        when.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        words.addWidget(when)
        draft = named(
            QPushButton("Open its payload as a draft"),
            "openDossierAsDraft",
            "Open its payload as a draft of your own, in the environment of the bar",
            "Nothing is sent",
        )
        draft.setIcon(icon(Symbol.EDIT))
        draft.clicked.connect(lambda checked=False: self.draft_asked.emit(target, exchange.call.payload))
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addLayout(words, 1)
        self.play = named(
            QPushButton("Play in the simulator"),
            "playDossier",
            "Let the simulator answer the same call with this answer",
            "The simulator answers the same call with this answer, until it is told to stop",
        )
        self.play.setIcon(icon(Symbol.SIMULATOR))
        self.play.setEnabled(exchange.response is not None)
        self.play.clicked.connect(lambda checked=False: self._play())
        head.addWidget(self.play, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(draft, 0, Qt.AlignmentFlag.AlignTop)
        return head

    def _play(self) -> None:
        def done(calls: int) -> None:
            told = "Send its payload there to get this answer; the page of the simulator says how often it was played."
            self._column.insertWidget(0, Notice("success", "The simulator plays it back", told))
            self.play.setEnabled(False)

        self._ports.jobs.run(
            lambda token: self._simulation.play(self._path), owner=self, done=done, failed=self.tell, long=True
        )


def _notice(dossier: Dossier) -> Notice:
    replaced = ", ".join(f"{what} ({count:,})" for what, count in dossier.replaced)
    told = f"Replaced by stand-ins: {replaced}." if replaced else "Nothing in it had to be replaced."
    there = f"There it was understood as: {dossier.verdict}." if dossier.verdict else ""
    edition = dossier.catalogue or "an edition of the catalogue that is not known"
    made = f"Made with CAISO Desktop {dossier.program} and {edition}."
    words = " ".join(filter(None, (told, there, lacking_words(dossier.exchange.lacks))))
    return Notice("info", "A saved exchange: it can be looked at, not sent", words, made)
