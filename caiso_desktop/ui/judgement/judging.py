"""Has a payload judged off this thread; only the last answer counts."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import CaisoError, Cancelled
from caiso_desktop.model.judgement import Judge, Judgement
from caiso_desktop.model.service import Target
from caiso_desktop.ui.jobs import Jobs
from caiso_desktop.ui.pause import pause

SLOW_MS = 300


class Judging(QObject):
    """After `judge` exactly one of ``judged`` and ``failed`` comes, unless it is asked again or told to forget.

    ``slow`` comes where that takes longer than a moment.
    """

    judged = Signal(object)
    failed = Signal(object)
    slow = Signal()

    def __init__(self, judge: Judge, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._judge = judge
        self._jobs = jobs
        self._asked = 0
        self._token: CancelToken | None = None
        self._patience = pause(self, SLOW_MS, self.slow)

    def judge(self, payload: str | Path, target: Target, environment: str) -> None:
        """Ask what is thought of a draft's text, or of a file."""
        self.forget()
        mine = self._asked

        def done(judgement: Judgement) -> None:
            if mine == self._asked:
                self._patience.stop()
                self.judged.emit(judgement)

        def failed(error: CaisoError) -> None:
            if mine == self._asked:
                self._patience.stop()
                if not isinstance(error, Cancelled):
                    self.failed.emit(error)

        self._patience.start()
        self._token = self._jobs.run(
            lambda token: self._judge.validate(payload, target, environment, token),
            owner=self,
            done=done,
            failed=failed,
        )

    def forget(self) -> None:
        """Let no answer count that is still on its way: the payload is another now."""
        self._asked += 1
        self._patience.stop()
        if self._token is not None:
            self._token.cancel()
            self._token = None
