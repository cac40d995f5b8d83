"""A payload checked while one writes: after a pause, told in a line, its problems listed."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from caiso_desktop.model.error import CaisoError
from caiso_desktop.model.judgement import Judge, Judgement
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.jobs import Jobs
from caiso_desktop.ui.judgement.judging import Judging
from caiso_desktop.ui.judgement.problem_list import ProblemList
from caiso_desktop.ui.judgement.words import in_words, title
from caiso_desktop.ui.pause import pause
from caiso_desktop.ui.problem_line import ProblemLine

CHECK_AFTER_MS = 250


class Checking(QObject):
    """``judged`` carries what is thought of the payload (a `Judgement`; None while it is empty).

    ``payload`` gives the text, or its file, as it is now, and ``remark`` what is told beside a payload that is right.
    """

    judged = Signal(object)

    def __init__(
        self,
        desk: Desk,
        judge: Judge,
        jobs: Jobs,
        payload: Callable[[], str | Path],
        remark: Callable[[], str],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._payload = payload
        self._remark = remark
        self._judging = Judging(judge, jobs, self)
        self._pause = pause(self, CHECK_AFTER_MS, self.check)
        self.judgement: Judgement | None = None
        self.line = ProblemLine()
        self.problems = ProblemList()
        self._judging.judged.connect(self._show)
        self._judging.failed.connect(self._not_judged)
        self._judging.slow.connect(lambda: self.line.say("Checking…", "muted"))
        self.line.asked_to_go.connect(self.problems.next)

    def soon(self) -> None:
        """Check after a pause."""
        self._pause.start()

    def not_now(self) -> None:
        """Do not check after the pause."""
        self._pause.stop()

    def forget(self) -> None:
        """The payload is another now: an answer about the older one counts no more."""
        self._judging.forget()

    def check(self) -> None:
        """Find out, off this thread, what is thought of the payload; only the last answer counts."""
        self._pause.stop()
        target = self._desk.target
        if target is None:
            return
        payload = self._payload()
        if isinstance(payload, str) and not payload.strip():
            self._judging.forget()
            self._show(None)
            self.line.say("The payload is empty: write it, paste it, or open a file.", "muted")
            return
        self._judging.judge(payload, target, self._desk.environment.id)

    def _show(self, judgement: Judgement | None) -> None:
        self.judgement = judgement
        self.problems.show_judgement(judgement)
        if judgement is not None:
            if judgement.problems:
                self.line.show_problem(judgement.problems[0], title(judgement))
            else:
                words, tone = in_words(judgement)
                self.line.say(f"{words} · {self._remark()}", tone)
        self.judged.emit(judgement)

    def _not_judged(self, error: CaisoError) -> None:
        self._show(None)
        self.line.say(f"It could not be checked: {error.detail}", "warning")
