"""The verbs of a draft: validate, send, cancel; and how far a call is."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from caiso_desktop.model.answer import Note
from caiso_desktop.model.service import Environment
from caiso_desktop.ui.elided_label import ElidedLabel
from caiso_desktop.ui.icon import Symbol, Tone, icon
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.send_progress import SendProgress
from caiso_desktop.ui.stripe import SIMULATOR


class CallBar(QWidget):
    """Buttons and progress; whoever owns it connects the buttons and says what it shows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hindrance = ""
        self._under_way = False
        self._sends = "Send"
        self.validate = named(QPushButton("Validate"), "validateButton", "Validate the payload", "F7")
        self.validate.setIcon(icon(Symbol.VALIDATE))
        self.send = styled(named(QPushButton("Send"), "sendButton", "Send"), primary=True)
        self.send.setIcon(icon(Symbol.SEND, Tone.ON_ACCENT))
        self.cancel = named(QPushButton("Cancel"), "cancelButton", "Cancel the call", "Stop the call (Shift+Esc)")
        self.cancel.setIcon(icon(Symbol.STOP))
        self.watch = named(
            QPushButton("Watch…"),
            "watchButton",
            "Watch until data appear or change",
            "Repeat it (Ctrl+Shift+U)",
        )
        self.watch.setIcon(icon(Symbol.WAITING))
        self.progress = SendProgress()
        self._reason = styled(named(QLabel(), "guardLabel", "Why it is not sent"), banner="warning")
        self._reason.setWordWrap(True)
        self._warning = styled(named(QLabel(), "maintenanceWarning", "What may hinder a call now"), banner="warning")
        self._news = styled(named(QLabel(), "catalogueNews", "What the catalogue changed here"), banner="info")
        self._deadlines = ElidedLabel()
        named(self._deadlines, "deadlineLabel", "The next deadlines")
        styled(self._deadlines, tone="muted")
        self._deadlines.hide()
        self._macros = ElidedLabel()
        named(self._macros, "macroLabel", "What the macros of the payload mean")
        self._macros.hide()
        self._certificate = styled(
            named(QLabel(), "certificateConcerns", "What speaks against the certificate"), banner="warning"
        )
        self._closed = styled(named(QLabel(), "closedLabel", "What has closed already"), banner="warning")
        self._guard = styled(named(QLabel(), "guardNews", "What the guard says"), banner="warning")
        self._armed = styled(named(QLabel(), "armedLabel", "Armed"), banner="error")
        self.disarm = named(QPushButton("Disarm"), "disarmButton", "Disarm this draft", "Nothing is sent")
        self.disarm.hide()
        for label in (self._warning, self._news, self._guard, self._armed, self._closed, self._certificate):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.hide()
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.send)
        row.addWidget(self.cancel)
        row.addWidget(self.validate)
        row.addWidget(self.watch)
        row.addWidget(self.progress, 1)
        row.addWidget(self._deadlines)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 8)
        layout.setSpacing(8)
        layout.addLayout(row)
        layout.addWidget(self._macros)
        layout.addWidget(self._reason)
        armed = QHBoxLayout()
        armed.setSpacing(8)
        armed.addWidget(self._armed, 1)
        armed.addWidget(self.disarm)
        layout.addLayout(armed)
        layout.addWidget(self._certificate)
        layout.addWidget(self._guard)
        layout.addWidget(self._closed)
        layout.addWidget(self._warning)
        layout.addWidget(self._news)
        self._enable()

    @property
    def hindrance(self) -> str:
        """Why nothing can be sent, empty where something can."""
        return self._hindrance

    @property
    def warning(self) -> str:
        """What may hinder a call now, although it can be made; empty where nothing is known."""
        return self._warning.text()

    @property
    def news(self) -> str:
        """What changed under the draft; empty where nothing did."""
        return self._news.text()

    def warn(self, words: str) -> None:
        """Warn of a call without forbidding it; empty words take the warning back."""
        self._warning.setText(words)
        self._warning.setVisible(bool(words))

    def tell(self, words: str) -> None:
        """Tell what changed under the draft; empty words take it back."""
        self._news.setText(words)
        self._news.setVisible(bool(words))

    @property
    def armed(self) -> str:
        """For how long the draft is armed yet, in words; empty where it is not."""
        return self._armed.text()

    @property
    def guard_said(self) -> str:
        """What the guard says; empty where it has nothing to say."""
        return self._guard.text()

    @property
    def deadlines(self) -> str:
        """The next deadlines of the service; empty where none is known."""
        return self._deadlines.words

    @property
    def closed(self) -> str:
        """What of the payload has closed already; empty where nothing has."""
        return self._closed.text()

    def show_deadlines(self, words: str, tip: str) -> None:
        """What closes next, with its sources as a tip."""
        self._deadlines.say(words)
        self._deadlines.setToolTip(tip)
        self._deadlines.setAccessibleDescription(words)
        self._deadlines.setVisible(bool(words))

    def mark_closed(self, words: str) -> None:
        """Mark a payload whose hours have closed; empty words take it back."""
        self._closed.setText(words)
        self._closed.setVisible(bool(words))

    @property
    def macros(self) -> str:
        """What the macros of the payload mean; empty where it has none."""
        return self._macros.words

    def say_macros(self, words: str, tone: str) -> None:
        """What the macros mean; empty words take it back."""
        self._macros.say(words)
        self._macros.setToolTip(words)
        self._macros.setAccessibleDescription(words)
        self._macros.setVisible(bool(words))
        styled(self._macros, tone=tone)

    @property
    def certificate_said(self) -> str:
        """What speaks against the certificate; empty where nothing does."""
        return self._certificate.text()

    def say_certificate(self, notes: Sequence[Note]) -> None:
        """What speaks against the draft's certificate, the gravest first; nothing takes it back."""
        words = "\n".join(f"{note.title}. {note.meaning} {note.advice}".strip() for note in notes)
        if words != self._certificate.text():
            self._certificate.setText(words)
            styled(self._certificate, banner=str(notes[0].severity) if notes else "info")
            self._certificate.setVisible(bool(words))

    def say_guard(self, words: str) -> None:
        """What the guard has to say; empty words take it back."""
        self._guard.setText(words)
        self._guard.setVisible(bool(words))

    def show_armed(self, seconds: int, place: str) -> None:
        """Armed for so many seconds yet; 0: not armed."""
        self._armed.setVisible(seconds > 0)
        self.disarm.setVisible(seconds > 0)
        left = f"{seconds // 60}:{seconds % 60:02d}"
        self._armed.setText(f"Armed. Submit sends it to the real market of {place}. {left} left." if seconds else "")
        self.send.setText(f"Submit to {place} now · {left}" if seconds else self._sends)

    def aim(self, environment: Environment, url: str, hindrance: str, *, guarded: bool = False) -> None:
        """Name where Send goes, or why it goes nowhere; ``guarded``: it shows what would be submitted first."""
        host = urlsplit(url).netloc
        local = environment.id == SIMULATOR
        where = f"{environment.name}" if local or not host else f"{environment.name} · {host}"
        self._sends = f"Review and send to {where}…" if guarded else f"Send to {where}"
        self.send.setText(self._sends)
        self.send.setAccessibleName(f"Send to {environment.name}, {host}".rstrip(", "))
        self.send.setToolTip(hindrance or f"Send to {url} (Ctrl+Enter)")
        self._hindrance = hindrance
        self._reason.setText(hindrance)
        self._reason.setVisible(bool(hindrance))
        self._enable()

    def set_under_way(self, under_way: bool) -> None:  # noqa: FBT001  # the one thing it says
        """Whether a call is under way."""
        self._under_way = under_way
        self._enable()

    def _enable(self) -> None:
        self.send.setEnabled(not self._under_way and not self._hindrance)
        self.cancel.setEnabled(self._under_way)
