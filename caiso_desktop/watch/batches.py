"""What is known of the batches of dispatch while one watches: which are new, which have changed, from where to ask.

ADS lists what came after a batch, each with its state. So as long as a batch can still change, what is asked for is
what came after one before it, and its state comes along with what is new: no question more. The list begins up to
`SLACK` batches further back than it need, so that the question is mostly the same.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeAlias

from caiso_desktop.contract.meaning import moment
from caiso_desktop.model.dispatch_watch import ALL, Change, DispatchBatch

Words: TypeAlias = Mapping[str, Mapping[str, str]]

TYPES, STATUSES = "BatchType", "BatchStatus"
SLACK = 12

LOOKS = 6
"""Questions between two looks at what was answered to a batch: a minute."""

_OPEN = frozenset({"0", "1", "5", "6"})  # new, active, response period, deferred: the others are ends
_ANSWERED = frozenset({"1", "5"})  # the hourly ones are accepted or declined
_GIVEN_UP = timedelta(hours=2)
_MOST = 5_000
_LONG_AGO = 0.0


@dataclass(slots=True)
class _Known:
    batch: DispatchBatch
    place: tuple[float, int]
    open: bool
    answered: bool
    looked: int | None = None
    missed: bool = False


class Batches:
    """Begins behind the batch ``since``; ``words`` are those of the code lists `TYPES` and `STATUSES`."""

    def __init__(self, words: Words, since: str) -> None:
        self._words = words
        self._known: dict[str, _Known] = {}
        self._count = 0
        self._since = since
        self.last = since

    @property
    def since(self) -> str:
        """The UID to ask from."""
        return self._since

    def begin_anew(self) -> None:
        """Ask for all that is held."""
        self._since = self.last = ALL

    def take(self, listed: Sequence[Mapping[str, str]]) -> tuple[tuple[DispatchBatch, ...], tuple[Change, ...]]:
        """Take a list as ADS answered it: what is new, in its order, and what has changed."""
        new, changes = [], []
        for said in listed:
            batch, known = self._batch(said), self._known.get(said["batchUID"])
            opened = said.get("batchStatus", "") in _OPEN
            if known is None:
                # UIDs have no order: the one that was sent last, and of several the one that is listed last.
                self._count += 1
                place = (batch.sent.timestamp() if batch.sent is not None else _LONG_AGO, self._count)
                answered = opened and said.get("batchType", "") in _ANSWERED
                self._known[batch.uid] = _Known(batch, place, opened, answered)
                new.append(batch)
                continue
            batch = replace(batch, answers=known.batch.answers)
            if batch != known.batch:
                changes.append(Change(batch, known.batch))
                known.batch, known.looked = batch, None
            known.open = opened
        if self._known:
            self.last = max(self._known.values(), key=lambda each: each.place).batch.uid
            self._move()
        return tuple(new), tuple(changes)

    def to_look_at(self, number: int) -> str:
        """The UID of a batch whose answers are to be read at this question; empty: of none."""
        for known in self._known.values():
            again = known.looked is not None and (known.open or known.missed) and number - known.looked >= LOOKS
            if known.answered and (known.looked is None or again):
                known.looked, known.missed = number, False
                return known.batch.uid
        return ""

    def miss(self, uid: str) -> None:
        """A trouble that passes kept a batch's answers from being read: look again, also where it is over."""
        self._known[uid].missed = True

    def answered(self, uid: str, instructions: Sequence[Mapping[str, str]]) -> Change | None:
        """Take what was answered to a batch; None where that is known."""
        # Which words stand there is printed nowhere (ADS API specification): they are shown as they come.
        counts = Counter(each.get("acceptStatus", "") or "without an answer" for each in instructions)
        answers = ", ".join(f"{count} {word}" for word, count in sorted(counts.items()))
        known = self._known[uid]
        if not answers or answers == known.batch.answers:
            return None
        before, known.batch = known.batch, replace(known.batch, answers=answers)
        return Change(known.batch, before)

    def _move(self) -> None:
        """Ask from the newest batch behind which all lie that can still change; but from the old place for a while."""
        newest = max(known.place[0] for known in self._known.values())
        followed = [known.place[0] for known in self._known.values() if self._can_change(known, newest)]
        oldest = min(followed, default=newest + 1)
        behind = [known for known in self._known.values() if known.place[0] < oldest]
        now = self._known.get(self._since)
        between = [known for known in behind if now is None or known.place > now.place]
        if between and (self._since == ALL or len(between) > SLACK):
            self._since = max(between, key=lambda each: each.place).batch.uid
            if len(self._known) > _MOST:
                start = self._known[self._since].place
                self._known = {uid: known for uid, known in self._known.items() if known.place >= start}

    @staticmethod
    def _can_change(known: _Known, newest: float) -> bool:
        """Whether a batch is open; one that should long be over is not waited for."""
        batch = known.batch
        ends = [each for each in (batch.start, batch.expires) if each is not None]
        over = max(ends).timestamp() if ends else known.place[0]
        return known.open and newest - over < _GIVEN_UP.total_seconds()

    def _batch(self, said: Mapping[str, str]) -> DispatchBatch:
        return DispatchBatch(
            uid=said["batchUID"],
            type=self._word(TYPES, said.get("batchType", "")),
            status=self._word(STATUSES, said.get("batchStatus", "")),
            market=said.get("marketID", ""),
            start=_moment(said, "startTime"),
            sent=_moment(said, "batchSent"),
            expires=_moment(said, "batchExpires"),
        )

    def _word(self, codes: str, number: str) -> str:
        return self._words.get(codes, {}).get(number) or (f"code {number}" if number else "")


def _moment(said: Mapping[str, str], name: str) -> datetime | None:
    return moment(said.get(name, ""))
