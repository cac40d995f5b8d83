"""Asks the person for a passphrase or a PIN, for whichever thread wants to know; one question after the other."""

import logging
import threading
from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from caiso_desktop.model.cancel import current_token

_log = logging.getLogger(__name__)


class Question:
    """A question of a worker, which waits until it is answered: once, by the first who does."""

    def __init__(self, words: str, *, new: bool) -> None:
        self.words = words
        self.new = new
        self._lock = threading.Lock()
        self._answered = threading.Event()
        self._answer: str | None = None

    @property
    def open(self) -> bool:
        """Whether nobody has answered yet."""
        return not self._answered.is_set()

    def answer(self, typed: str | None) -> None:
        """Let the worker go on; None: the person declined."""
        with self._lock:
            if self.open:
                self._answer = typed
                self._answered.set()

    def wait(self) -> str | None:
        """The answer, which is not kept here."""
        self._answered.wait()
        answer, self._answer = self._answer, None
        return answer


class WindowAsking(QObject):
    """The port `caiso_desktop.model.identity.Asking`, in the window that it is attached to; made on the GUI thread.

    A worker whose job is cancelled gets no answer, nor does one that asks after the window was closed. The GUI thread
    itself cannot be kept waiting: it gets none either.
    """

    _changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._gui = threading.get_ident()
        self._lock = threading.Lock()
        self._waiting: deque[Question] = deque()
        self._closed = False
        self._window: QWidget | None = None
        self._shown: Question | None = None
        self._leave: Callable[[], None] = lambda: None
        self._changed.connect(self._show_next, Qt.ConnectionType.QueuedConnection)

    def attach(self, window: QWidget) -> None:
        """Ask over this window from now on."""
        self._window = window
        self._changed.emit()

    def passphrase(self, question: str, *, new: bool) -> str | None:
        """What the person types; None where they decline."""
        if threading.get_ident() == self._gui:
            _log.error("a passphrase was asked for on the thread that would have to show the question")
            return None
        asked = Question(question, new=new)
        with self._lock:
            if self._closed:
                return None
            self._waiting.append(asked)
        token = current_token()
        if token is not None:
            token.on_cancel(lambda: self._withdraw(asked))
        self._changed.emit()
        return asked.wait()

    def close(self) -> None:
        """Ask no more: whoever waits gets no answer."""
        with self._lock:
            self._closed = True
            waiting = list(self._waiting)
            self._waiting.clear()
        for question in (*waiting, self._shown):
            if question is not None:
                question.answer(None)
        self._changed.emit()

    def _withdraw(self, question: Question) -> None:
        question.answer(None)
        self._changed.emit()

    def _show_next(self) -> None:
        """Show the next question where none is shown; let one go that nobody waits for any more."""
        if self._window is None:
            return
        if self._shown is not None:
            if not self._shown.open:
                self._leave()
            return
        with self._lock:
            while self._waiting and not self._waiting[0].open:
                self._waiting.popleft()
            question = self._waiting.popleft() if self._waiting else None
        if question is None:
            return
        # Imported late: most sessions ask nothing.
        from caiso_desktop.ui.certificate.passphrase_dialog import PassphraseDialog

        self._shown = question
        dialog = PassphraseDialog(question.words, self._window, new=question.new)
        self._leave = dialog.reject
        dialog.answered.connect(self._settle)
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()

    def _settle(self, typed: str | None) -> None:
        question, self._shown = self._shown, None
        if question is not None:
            question.answer(typed)
        self._changed.emit()
