"""Asks ADS every ten seconds for the batches since the last one. It asks and reads; it never answers an instruction.

A day has 8,640 questions, and nearly all say the same: the journal that is given to its courier counts those
(`caiso_desktop.store.quiet`), and their files are not kept.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from caiso_desktop.contract.reading import moment
from caiso_desktop.envelope.dispatch import read_batches
from caiso_desktop.model.call import Call, Operation
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.dispatch_watch import ALL, EVERY, DispatchBatch, Poll, question
from caiso_desktop.model.error import Cancelled, UsageError
from caiso_desktop.model.exchange import Courier, Exchange
from caiso_desktop.model.identity import IdentityRef
from caiso_desktop.model.passing import passing
from caiso_desktop.model.service import Kind, Target
from caiso_desktop.model.transport import ignore_progress
from caiso_desktop.model.watch import Finish, Watched
from caiso_desktop.watch.retrieve import Rest, Settle, leave

TYPES, STATUSES = "BatchType", "BatchStatus"
_NOT_HELD = "does not exist"
Words = Mapping[str, Mapping[str, str]]


class DispatchWatch:
    """The port `caiso_desktop.model.dispatch_watch.DispatchWatcher`.

    ``words`` are those of the code lists `TYPES` and `STATUSES`; ``forget`` lets go of the files of an exchange,
    ``settle`` gets every one.
    """

    def __init__(
        self,
        courier: Courier,
        rest: Rest,
        words: Callable[[], Words],
        forget: Callable[[str], object],
        settle: Settle = leave,
    ) -> None:
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
        asked = Call(environment, target, b"", identity)
        operation = self._courier.operation(asked)
        if operation.kind is not Kind.RETRIEVE:
            raise UsageError(f"{operation.name} changes something: dispatch is only looked at.")
        asking = _Asking(self._courier, asked, operation, self._words(), since or ALL)
        while not token.cancelled:
            try:
                poll = asking.poll(token)
            except Cancelled:
                break
            if poll is None:
                words = "ADS answers with an error that does not pass by itself."
                return Watched(Finish.TROUBLE, asking.number, words, asking.exchange)
            self._settle(poll.exchange)
            on_poll(poll)
            if not (poll.batches or poll.first or poll.trouble):
                self._forget(poll.exchange.id)
            if not asking.anew:
                self._rest(EVERY, token)
        return Watched(Finish.STOPPED, asking.number, "Stopped.", asking.exchange)


@dataclass(slots=True)
class _Asking:
    courier: Courier
    call: Call
    operation: Operation
    words: Words
    last: str
    number: int = 0
    exchange: Exchange | None = None
    anew: bool = False
    _seen: set[str] = field(default_factory=set)

    def poll(self, token: CancelToken) -> Poll | None:
        """Ask once; None where it is of no use to ask again."""
        first = (self.number == 0 and self.last == ALL) or self.anew
        self.anew = False
        payload = question(self.operation.request_root, self.last)
        call = Call(self.call.environment, self.call.target, payload, self.call.identity)
        self.exchange = exchange = self.courier.carry(call, token, ignore_progress)
        self.number += 1
        answer = exchange.answer
        if passing(exchange) or token.cancelled:
            return Poll(self.number, exchange, self.last, trouble=passing(exchange))
        if answer is not None and answer.fault is not None and _NOT_HELD in answer.fault.text and self.last != ALL:
            self.last, self.anew = ALL, True
            return Poll(self.number, exchange, ALL, trouble="The last batch is no longer held; all that is held comes")
        if answer is None or not exchange.succeeded:
            return None
        listed = [self._batch(each) for each in read_batches(answer.report)] if answer.report is not None else []
        new = tuple(each for each in listed if each.uid not in self._seen)
        self._seen.update(each.uid for each in new)
        if listed:
            # UIDs have no order: the one that was sent last, and of several the one that is listed last.
            self.last = max(enumerate(listed), key=_age)[1].uid
        return Poll(self.number, exchange, self.last, new, first)

    def _batch(self, said: Mapping[str, str]) -> DispatchBatch:
        return DispatchBatch(
            uid=said["batchUID"],
            type=self._word(TYPES, said.get("batchType", "")),
            status=self._word(STATUSES, said.get("batchStatus", "")),
            market=said.get("marketID", ""),
            start=moment(said.get("startTime", "")),
            sent=moment(said.get("batchSent", "")),
            expires=moment(said.get("batchExpires", "")),
        )

    def _word(self, codes: str, number: str) -> str:
        return self.words.get(codes, {}).get(number) or (f"code {number}" if number else "")


def _age(numbered: tuple[int, DispatchBatch]) -> tuple[float, int]:
    number, batch = numbered
    return (batch.sent.timestamp() if batch.sent is not None else 0.0, number)
