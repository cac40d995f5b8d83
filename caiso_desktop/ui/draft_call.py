"""One draft's call while it is under way: begun, watched, stopped, ended. It shows nothing itself."""

import time

from PySide6.QtCore import QObject, QTimer, Signal

from caiso_desktop.model.call import Call
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import CaisoError
from caiso_desktop.model.exchange import Courier, Exchange
from caiso_desktop.model.guard import Permit
from caiso_desktop.model.transport import Phase, Progress
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.jobs import Jobs
from caiso_desktop.ui.macro.wording import Worded, Wording

_TICK_MS = 100


class DraftCall(QObject):
    """Carries what lies on a desk, once at a time.

    After ``began``, ``progressed`` comes ten times a second with the newest progress (None before the first) and the
    seconds gone by; then exactly one of ``ended`` (the exchange) and ``failed`` (nothing was sent). ``left`` comes once
    where it takes long enough to be seen: by then the call is recorded and on its way.
    """

    began = Signal()
    progressed = Signal(object, float)
    left = Signal()
    ended = Signal(Exchange)
    failed = Signal(object)

    def __init__(
        self, desk: Desk, wording: Wording, courier: Courier, jobs: Jobs, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._wording = wording
        self._courier = courier
        self._jobs = jobs
        self._token: CancelToken | None = None
        self._worded: Worded | None = None
        self._progress: Progress | None = None
        self._left = False
        self._started = 0.0
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._tell)

    @property
    def under_way(self) -> bool:
        """Whether a call has begun and not ended."""
        return self._token is not None

    @property
    def stopping(self) -> bool:
        """Whether it has been asked to stop."""
        return self._token is not None and self._token.cancelled

    def begin(self, permit: Permit | None = None, worded: Worded | None = None, despite: str = "") -> None:
        """Send what lies on the desk; while a call is under way this does nothing.

        ``permit`` is the guard's, ``worded`` what it was given for; without it the macros get their meanings now.
        ``despite`` is the SHA-256 of the payload that the user said to send in spite of its schema.
        """
        desk = self._desk
        target = desk.target
        if self.under_way or target is None:
            return
        environment, identity, word = desk.environment.id, desk.identity, self._wording.worder()
        self._progress, self._left = None, False
        self._started = time.monotonic()

        def carry(token: CancelToken) -> Exchange:
            self._worded = worded or word()
            call = Call(environment, target, self._worded.payload, identity, permit, despite=despite)
            return self._courier.carry(call, token, self._note)

        self._token = self._jobs.run(carry, owner=self, done=self._done, failed=self._failed, long=True)
        self._tick.start()
        self.began.emit()
        self._tell()

    def repeat_despite(self, payload_hash: str) -> None:
        """Send what was just refused because it breaks its schema: what was judged is what is sent."""
        self.begin(None, self._worded, payload_hash)

    def cancel(self) -> None:
        """Ask it to stop; ``ended`` or ``failed`` says when it has."""
        if self._token is not None:
            self._token.cancel()
            self._tell()

    def _note(self, progress: Progress) -> None:
        # Called on the worker's thread, perhaps a thousand times a second; only the newest matters.
        self._progress = progress

    def _tell(self) -> None:
        if self.under_way:
            self.progressed.emit(self._progress, time.monotonic() - self._started)
            if not self._left and self._progress is not None and self._progress.phase is Phase.WAITING:
                self._left = True
                self.left.emit()

    def _finish(self) -> None:
        self._tick.stop()
        self._token = None

    def _done(self, exchange: Exchange) -> None:
        self._finish()
        self._desk.set_exchange(exchange)
        self.ended.emit(exchange)

    def _failed(self, error: CaisoError) -> None:
        self._finish()
        self.failed.emit(error)
