"""A courier with manners: it keeps a pace towards each host, and tries a retrieve again that met a passing trouble."""

import random
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol, TypeAlias

from caiso_desktop.manners.pace import AT_ONCE, Pace, host_of
from caiso_desktop.manners.retry import Again, again
from caiso_desktop.model.call import Call, Operation
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import Cancelled, Fate
from caiso_desktop.model.exchange import Courier, Exchange, Guard, Preview
from caiso_desktop.model.failure import TOO_BUSY
from caiso_desktop.model.guard import Sheet
from caiso_desktop.model.service import Kind
from caiso_desktop.model.transport import Phase, Progress

Pause: TypeAlias = Callable[[float, CancelToken], None]
"""Waits so many seconds, or until the token is cancelled."""


class GuardingCourier(Courier, Guard, Protocol):
    """A courier that also tells what to show before a call."""


def wait(seconds: float, token: CancelToken) -> None:
    """Wait, but not beyond a cancel."""
    stopped = threading.Event()
    token.on_cancel(stopped.set)
    stopped.wait(seconds)
    token.forget(stopped.set)


class PoliteCourier:
    """The same ports as the courier that it is given. Each try is a call of its own: newly signed, in the journal.

    ``address`` gives the address of a call, ``pause`` waits so many seconds or until the token is cancelled.
    """

    def __init__(
        self,
        courier: GuardingCourier,
        address: Callable[[Call], str],
        pace: Pace | None = None,
        *,
        pause: Pause = wait,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._courier = courier
        self._address = address
        self._pace = pace or Pace()
        self._pause = pause
        self._chance = chance

    def preview(self, call: Call) -> Preview:
        """Dress a call without sending it."""
        return self._courier.preview(call)

    def operation(self, call: Call) -> Operation:
        """The operation a call names."""
        return self._courier.operation(call)

    def sheet(self, call: Call) -> Sheet | None:
        """What to show before a call that the guard stands before."""
        return self._courier.sheet(call)

    def carry(self, call: Call, token: CancelToken, on_progress: Callable[[Progress], None]) -> Exchange:
        """Carry a call out; a retrieve that met a passing trouble at most `retry.AGAIN` times more.

        The exchange is that of the last try, its ``earlier`` are those before it. A cancel in a wait ends the trying.
        """
        host = host_of(self._address(call))
        patient = self._courier.operation(call).kind is Kind.RETRIEVE
        earlier: tuple[Exchange, ...] = ()
        while True:
            if not self._enter(host, token, on_progress, patient=patient):
                if not earlier:
                    raise Cancelled(fate=Fate.NOT_SENT)
                return replace(earlier[-1], earlier=earlier[:-1])
            exchange = self._try(call, host, token, on_progress)
            next_try = again(exchange, len(earlier) + 1, chance=self._chance)
            if next_try is None or not self._rest(next_try, len(earlier) + 2, token, on_progress):
                return replace(exchange, earlier=earlier) if earlier else exchange
            earlier = (*earlier, exchange)

    def _try(self, call: Call, host: str, token: CancelToken, on_progress: Callable[[Progress], None]) -> Exchange:
        too_busy = False
        try:
            exchange = self._courier.carry(call, token, on_progress)
            notes = exchange.answer.notes if exchange.answer is not None else ()
            too_busy = any(note.matter in TOO_BUSY for note in notes)
            return exchange
        finally:
            self._pace.leave(host, too_busy=too_busy)

    def _enter(self, host: str, token: CancelToken, on_progress: Callable[[Progress], None], *, patient: bool) -> bool:
        """Wait for the host's pace; False where somebody cancelled meanwhile."""
        while (left := self._pace.enter(host, patient=patient)) > 0:
            if self._pace.is_slow(host) and patient:
                on_progress(Progress(Phase.QUEUED, note=f"{host} found our calls too many; {left:.0f} s more"))
            elif self._pace.is_full(host) and patient:
                on_progress(Progress(Phase.QUEUED, note=f"{AT_ONCE} calls to {host} are under way"))
            self._pause(left, token)
            if token.cancelled:
                return False
        return True

    def _rest(self, next_try: Again, number: int, token: CancelToken, on_progress: Callable[[Progress], None]) -> bool:
        """Wait before a try; False where somebody cancelled before or meanwhile."""
        if not token.cancelled:
            note = f"{next_try.reason}; try {number} in {next_try.seconds:.0f} s"
            on_progress(Progress(Phase.PAUSING, note=note))
            self._pause(next_try.seconds, token)
        return not token.cancelled
