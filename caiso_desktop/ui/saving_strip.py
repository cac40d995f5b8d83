"""An exchange that is being saved: how far it is, and a way to stop it."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import CaisoError, Cancelled, Fate
from caiso_desktop.ui.jobs import Jobs
from caiso_desktop.ui.named import named, styled

T = TypeVar("T")
_BEGUN, _STOPPING, _STOPPED = "Saving the exchange…", "Stopping…", "The exchange was not saved."


class SavingStrip(QWidget):
    """Hidden while nothing is saved; one exchange at a time."""

    def __init__(self, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "savingStrip", "Saving an exchange")
        self._jobs = jobs
        self._token: CancelToken | None = None
        self._words = styled(QLabel(), tone="muted")
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        bar = QProgressBar()
        bar.setTextVisible(False)
        bar.setRange(0, 0)
        bar.setFixedWidth(88)
        self.stop = named(
            QPushButton("Cancel"), "cancelSavingButton", "Stop saving the exchange", "Nothing half-written is left"
        )
        self.stop.clicked.connect(lambda checked=False: self._stop())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(bar, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self._words, 1)
        layout.addWidget(self.stop)
        self.hide()

    @property
    def text(self) -> str:
        """What it says."""
        return self._words.text()

    @property
    def under_way(self) -> bool:
        """Whether something is being saved."""
        return self._token is not None

    def run(
        self,
        task: Callable[[CancelToken, Callable[[str], None]], T],
        *,
        done: Callable[[T], None],
        failed: Callable[[CaisoError], None],
    ) -> None:
        """Save off this thread; the task gets its token, and what to tell how far it is. Not while one is under way."""

        def ended(outcome: T) -> None:
            self._rest()
            done(outcome)

        def broke(error: CaisoError) -> None:
            self._rest()
            # One that is stopped before a worker has taken it says so of itself, not of the exchange.
            failed(Cancelled(_STOPPED, fate=Fate.NOT_SENT) if isinstance(error, Cancelled) else error)

        tell = self._jobs.relay(self._say, owner=self)
        self._token = self._jobs.run(lambda token: task(token, tell), owner=self, done=ended, failed=broke, long=True)
        self._words.setText(_BEGUN)
        self.stop.setEnabled(True)
        self.show()

    def _say(self, words: str) -> None:
        if self._token is not None and not self._token.cancelled:
            self._words.setText(words)

    def _stop(self) -> None:
        if self._token is not None:
            self._words.setText(_STOPPING)
            self.stop.setEnabled(False)
            self._token.cancel()

    def _rest(self) -> None:
        self._token = None
        self.hide()
