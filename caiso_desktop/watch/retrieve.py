"""A retrieve that is sent again at a decent interval until data appear or change, or its time is up."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from caiso_desktop.envelope.fingerprint import fingerprint
from caiso_desktop.model.answer import Outcome
from caiso_desktop.model.call import Call
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import Cancelled, UsageError
from caiso_desktop.model.exchange import Courier, Exchange
from caiso_desktop.model.failure import TOO_BUSY
from caiso_desktop.model.passing import passing, patience
from caiso_desktop.model.service import Kind
from caiso_desktop.model.transport import Progress
from caiso_desktop.model.watch import AT_ONCE, GROWN, Finish, Look, Plan, Until, Watched

Rest: TypeAlias = Callable[[float, CancelToken], None]
"""Waits so many seconds, or until the token is cancelled."""


Settle: TypeAlias = Callable[[Exchange], None]
"""Told of every look, for the journal."""


def leave(exchange: Exchange) -> None:
    """Leave the journal as it is."""


class RetrieveWatch:
    """The port `caiso_desktop.model.watch.Watcher`; several may be under way.

    ``clock`` counts seconds and never goes back, ``settle`` gets every look.
    """

    def __init__(
        self,
        courier: Courier,
        rest: Rest,
        clock: Callable[[], float] = time.monotonic,
        settle: Settle = leave,
    ) -> None:
        self._courier = courier
        self._rest = rest
        self._clock = clock
        self._settle = settle
        self._places = threading.BoundedSemaphore(AT_ONCE)

    def watch(
        self,
        call: Callable[[], Call],
        plan: Plan,
        token: CancelToken,
        on_look: Callable[[Look], None],
        on_progress: Callable[[Progress], None],
    ) -> Watched:
        """Watch until the plan's end."""
        if not self._places.acquire(blocking=False):
            raise UsageError(f"{AT_ONCE} watches are under way already.", advice="Stop one of them first.")
        try:
            return _Watch(self._courier, self._rest, self._clock, self._settle, plan).run(
                call, token, on_look, on_progress
            )
        finally:
            self._places.release()


@dataclass(slots=True)
class _Watch:
    courier: Courier
    rest: Rest
    clock: Callable[[], float]
    settle: Settle
    plan: Plan
    baseline: str = ""
    last: Exchange | None = None
    looks: int = 0

    def run(
        self,
        call: Callable[[], Call],
        token: CancelToken,
        on_look: Callable[[Look], None],
        on_progress: Callable[[Progress], None],
    ) -> Watched:
        end, wait = self.clock() + self.plan.lasting, self.plan.every
        self.baseline = self.plan.baseline
        while not token.cancelled:
            asked = call()
            if self.courier.operation(asked).kind is not Kind.RETRIEVE:
                raise UsageError("only a retrieve can be watched: everything else changes something.")
            try:
                self.last = self.courier.carry(asked, token, on_progress)
            except Cancelled:
                break
            self.looks += 1
            self.settle(self.last)
            done = self._judged(self.last) if not token.cancelled else None
            left = max(0.0, end - self.clock())
            pause = max(wait, patience(self.last))
            if done is None and not token.cancelled and left < pause:
                done = self._watched(Finish.TIME_UP, f"The time is up after {_times(self.looks)}; nothing came of it.")
            following = pause if done is None and not token.cancelled else None
            on_look(Look(self.looks, self.last, following, left, self.baseline))
            if done is not None:
                return done
            self.rest(pause, token)
            wait = max(wait, min(wait * self.plan.growth, GROWN))
        return self._watched(Finish.STOPPED, f"Stopped after {_times(self.looks)}.")

    def _judged(self, exchange: Exchange) -> Watched | None:
        """Whether it ends here; None where it goes on."""
        answer = exchange.answer
        if answer is not None and any(note.matter in TOO_BUSY for note in answer.notes):
            words = "CAISO finds our calls too many: it is not asked again."
            return self._watched(Finish.TROUBLE, words)
        if passing(exchange):
            return None
        if answer is not None and answer.batch is not None and self.plan.until is Until.CHECKED:
            words = f"The batch was {'taken' if answer.batch.taken else 'refused'}."
            return self._watched(Finish.MET, words) if answer.batch.done else None
        if not exchange.succeeded or answer is None:
            words = exchange.failure.title if exchange.failure is not None else "The service reports an error"
            return self._watched(Finish.TROUBLE, f"{words}; that does not pass by itself.")
        return self._of_data(answer.outcome, answer.report)

    def _of_data(self, outcome: Outcome, report: Path | None) -> Watched | None:
        if self.plan.until is Until.DATA and outcome is Outcome.SUCCESS:
            return self._watched(Finish.MET, "There are data now.")
        if self.plan.until is Until.CHANGE:
            said = fingerprint(report) if outcome is Outcome.SUCCESS and report is not None else str(Outcome.NO_DATA)
            if self.baseline and said != self.baseline:
                return self._watched(Finish.MET, "The data have changed.")
            self.baseline = said
        return None

    def _watched(self, finish: Finish, words: str) -> Watched:
        return Watched(finish, self.looks, words, self.last)


def _times(looks: int) -> str:
    return "one look" if looks == 1 else f"{looks:,} looks"
