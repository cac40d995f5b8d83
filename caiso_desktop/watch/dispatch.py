"""Asks ADS every ten seconds for the batches since the last one, and what became of those that can still change.

It asks and reads; it never answers an instruction. A day has 8,640 questions, and nearly all say the same: the journal
that is given to its courier counts those (`caiso_desktop.store.quiet`), and their files are not kept.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from caiso_desktop.envelope.dispatch import read_batches, read_instructions
from caiso_desktop.model.call import Call, Operation
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.dispatch_watch import ALL, EVERY, FETCH, Poll, question
from caiso_desktop.model.error import Cancelled, UsageError
from caiso_desktop.model.exchange import Courier, Exchange
from caiso_desktop.model.identity import IdentityRef
from caiso_desktop.model.passing import passing, patience
from caiso_desktop.model.service import Kind, Target
from caiso_desktop.model.transport import ignore_progress
from caiso_desktop.model.watch import Finish, Watched
from caiso_desktop.watch.batches import Batches, Words
from caiso_desktop.watch.retrieve import Rest, Settle, leave

_NOT_HELD = "does not exist"


def _nothing() -> None:
    """Nobody wants to know."""


class DispatchWatch:
    """The port `caiso_desktop.model.dispatch_watch.DispatchWatcher`.

    ``words`` are those that `Batches` takes; ``forget`` lets go of the files of an exchange,
    ``settle`` gets every one, ``over`` is told when a watch has ended.
    """

    def __init__(
        self,
        courier: Courier,
        rest: Rest,
        words: Callable[[], Words],
        forget: Callable[[str], object],
        settle: Settle = leave,
        over: Callable[[], object] = _nothing,
    ) -> None:
        self._over = over
        self._courier = courier
        self._rest = rest
        self._words = words
        self._forget = forget
        self._settle = settle

    def watch(
        self,
        target: Target,
        environment: str,
        identity: IdentityRef | None,
        since: str,
        token: CancelToken,
        on_poll: Callable[[Poll], None],
    ) -> Watched:
        """Ask until it is stopped."""
        try:
            asked = Call(environment, target, b"", identity)
            asking = _Asking(self._courier, asked, self._retrieve(asked), Batches(self._words(), since or ALL))
            return self._go_on(asking, token, on_poll)
        finally:
            self._over()

    def _go_on(self, asking: "_Asking", token: CancelToken, on_poll: Callable[[Poll], None]) -> Watched:
        while not token.cancelled:
            try:
                poll = asking.poll(token)
                if poll is None:
                    words = "ADS answers with an error that does not pass by itself."
                    return Watched(Finish.TROUBLE, asking.number, words, asking.exchange)
                self._hand(poll, on_poll)
                looked = asking.look(self._retrieve, token)
                if looked is not None:
                    self._hand(looked, on_poll)
            except Cancelled:
                break
            if not asking.anew:
                self._rest(asking.pause, token)
        return Watched(Finish.STOPPED, asking.number, "Stopped.", asking.exchange)

    def _retrieve(self, call: Call) -> Operation:
        operation = self._courier.operation(call)
        if operation.kind is not Kind.RETRIEVE:
            raise UsageError(f"{operation.name} changes something: dispatch is only looked at.")
        return operation

    def _hand(self, poll: Poll, on_poll: Callable[[Poll], None]) -> None:
        self._settle(poll.exchange)
        on_poll(poll)
        if not poll.telling:
            self._forget(poll.exchange.id)


@dataclass(slots=True)
class _Asking:
    courier: Courier
    call: Call
    operation: Operation
    batches: Batches
    number: int = 0
    exchange: Exchange | None = None
    anew: bool = False
    listed: bool = False
    pause: float = EVERY

    def poll(self, token: CancelToken) -> Poll | None:
        """Ask once; None where it is of no use to ask again."""
        batches = self.batches
        self.anew, self.pause = False, EVERY
        self.exchange = exchange = self._carry(self.call.target, self.operation, batches.since, token)
        self.number += 1
        answer = exchange.answer
        if passing(exchange) or token.cancelled:
            self.pause = max(EVERY, patience(exchange))
            return Poll(self.number, exchange, batches.last, trouble=passing(exchange), following=self.pause)
        if answer is not None and answer.fault is not None and _NOT_HELD in answer.fault.text and batches.since != ALL:
            batches.begin_anew()
            self.anew = True
            return Poll(self.number, exchange, ALL, trouble="The last batch is no longer held; all that is held comes")
        if answer is None or not exchange.succeeded:
            return None
        # What was there already: the first list of all that is held, whatever went wrong before it came.
        first, self.listed = not self.listed and batches.since == ALL, True
        new, changes = batches.take(read_batches(answer.report) if answer.report is not None else [])
        return Poll(self.number, exchange, batches.last, new, first, changes=changes)

    def look(self, operation: Callable[[Call], Operation], token: CancelToken) -> Poll | None:
        """Read what was answered to a batch, where one is due; a trouble with that is that of the next question too."""
        uid = "" if token.cancelled or self.anew else self.batches.to_look_at(self.number)
        if not uid:
            return None
        target = replace(self.call.target, procedure=FETCH)
        exchange = self._carry(target, operation(replace(self.call, target=target)), uid, token)
        if passing(exchange):
            self.batches.miss(uid)
        report = exchange.answer.report if exchange.answer is not None and exchange.succeeded else None
        change = self.batches.answered(uid, read_instructions(report)) if report is not None else None
        return Poll(self.number, exchange, self.batches.last, changes=(change,) if change is not None else ())

    def _carry(self, target: Target, operation: Operation, uid: str, token: CancelToken) -> Exchange:
        call = replace(self.call, target=target, payload=question(operation.request_root, uid))
        return self.courier.carry(call, token, ignore_progress)
