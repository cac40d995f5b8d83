"""The verbs of a draft: validate, send, cancel; and how far a call is."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from caiso_desktop.model.answer import Note
from caiso_desktop.model.service import Environment
from caiso_desktop.ui.banner import Banner
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
        self.validate = _button("Validate", "validateButton", "Validate the payload", "F7", Symbol.VALIDATE)
        self.send = styled(named(QPushButton("Send"), "sendButton", "Send"), primary=True)
        self.send.setIcon(icon(Symbol.SEND, Tone.ON_ACCENT))
        self.cancel = _button("Cancel", "cancelButton", "Cancel the call", "Stop the call (Shift+Esc)", Symbol.STOP)
        self.watch = _button(
            "Watch…", "watchButton", "Watch until data appear or change", "Repeat it (Ctrl+Shift+U)", Symbol.WAITING
        )
        self.progress = SendProgress()
        self.disarm = named(QPushButton("Disarm"), "disarmButton", "Disarm this draft", "Nothing is sent")
        self.disarm.hide()
        self._deadlines = styled(named(ElidedLabel(), "deadlineLabel", "The next deadlines"), tone="muted")
        self._macros = named(ElidedLabel(), "macroLabel", "What the macros of the payload mean")
        self._reason = Banner("guardLabel", "Why it is not sent", "warning")
        self._armed = Banner("armedLabel", "Armed", "error")
        self._certificate = Banner("certificateConcerns", "What speaks against the certificate", "warning")
        self._guard = Banner("guardNews", "What the guard says", "warning")
        self._closed = Banner("closedLabel", "What has closed already", "warning")
        self._warning = Banner("maintenanceWarning", "What may hinder a call now", "warning")
        self._news = Banner("catalogueNews", "What the catalogue changed here", "info")
        for label in (self._deadlines, self._macros):
            label.hide()
        self._lay_out()
        self._enable()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.send, self.cancel, self.validate, self.watch):
            row.addWidget(button)
        row.addWidget(self.progress, 1)
        row.addWidget(self._deadlines)
        armed = QHBoxLayout()
        armed.setSpacing(8)
        armed.addWidget(self._armed, 1)
        armed.addWidget(self.disarm)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 8)
        layout.setSpacing(8)
        layout.addLayout(row)
        layout.addWidget(self._macros)
        layout.addWidget(self._reason)
        layout.addLayout(armed)
        for banner in (self._certificate, self._guard, self._closed, self._warning, self._news):
            layout.addWidget(banner)

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
        self._warning.say(words)

    def tell(self, words: str) -> None:
        """Tell what changed under the draft; empty words take it back."""
        self._news.say(words)

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
        _say(self._deadlines, words, tip)

    def mark_closed(self, words: str) -> None:
        """Mark a payload whose hours have closed; empty words take it back."""
        self._closed.say(words)

    @property
    def macros(self) -> str:
        """What the macros of the payload mean; empty where it has none."""
        return self._macros.words

    def say_macros(self, words: str, tone: str) -> None:
        """What the macros mean; empty words take it back."""
        _say(self._macros, words, words)
        styled(self._macros, tone=tone)

    @property
    def certificate_said(self) -> str:
        """What speaks against the certificate; empty where nothing does."""
        return self._certificate.text()

    def say_certificate(self, notes: Sequence[Note]) -> None:
        """What speaks against the draft's certificate, the gravest first; nothing takes it back."""
        words = "\n".join(f"{note.title}. {note.meaning} {note.advice}".strip() for note in notes)
        if words != self._certificate.text():
            styled(self._certificate, banner=str(notes[0].severity) if notes else "info")
            self._certificate.say(words)

    def say_guard(self, words: str) -> None:
        """What the guard has to say; empty words take it back."""
        self._guard.say(words)

    def show_armed(self, seconds: int, place: str) -> None:
        """Armed for so many seconds yet; 0: not armed."""
        self.disarm.setVisible(seconds > 0)
        left = f"{seconds // 60}:{seconds % 60:02d}"
        self._armed.say(f"Armed. Submit sends it to the real market of {place}. {left} left." if seconds else "")
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
        self._reason.say(hindrance)
        self._enable()

    def set_under_way(self, under_way: bool) -> None:  # noqa: FBT001  # the one thing it says
        """Whether a call is under way."""
        self._under_way = under_way
        self._enable()

    def _enable(self) -> None:
        self.send.setEnabled(not self._under_way and not self._hindrance)
        self.cancel.setEnabled(self._under_way)


def _button(words: str, object_name: str, accessible_name: str, tip: str, symbol: Symbol) -> QPushButton:
    button = named(QPushButton(words), object_name, accessible_name, tip)
    button.setIcon(icon(symbol))
    return button


def _say(label: ElidedLabel, words: str, tip: str) -> None:
    label.say(words)
    label.setToolTip(tip)
    label.setAccessibleDescription(words)
    label.setVisible(bool(words))
