"""The batches of dispatch of the last day, made from the clock and a seed, and what users have answered to them.

A five-minute batch comes two and a half minutes before its interval. An hourly one can be answered until its hour
begins (ADS API specification: response period); it comes 65 minutes ahead, so that there is always one to try. Times
GMT, MW. Two simulators with one market and one clock hold the same batches.
"""

import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import IntEnum

from caiso_desktop.simulator.market import Market, Resource, chance

HELD = timedelta(hours=24)
INTERVAL = timedelta(minutes=5)
HOUR = timedelta(hours=1)
_AHEAD = {INTERVAL: timedelta(minutes=2, seconds=30), HOUR: timedelta(minutes=65)}
_NAMES = uuid.UUID("6f0f7a52-2c1d-4f53-9a57-0c1f3a5f9d11")


class Result(IntEnum):
    """What an answer to an instruction is answered with (codes of the ADS API specification)."""

    SUCCESS = 0
    INVALID_RESPONSE = 1
    INVALID_RESPONSE_PERIOD = 2
    BATCH_NOT_FOUND = 3
    INSTRUCTION_NOT_FOUND = 4
    UNAUTHORIZED = 5


class Status(IntEnum):
    """The state of a batch, or of an instruction."""

    NEW = 0
    ACTIVE = 1
    TIMED_OUT = 2
    CLOSED = 3


REASONS = range(10, 17)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a user answered to an instruction."""

    megawatts: float
    accepted: str
    responder: str
    reason: int | None = None


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: the operating target in MW, and the hour-ahead schedule that a partial accept goes down to."""

    uid: str
    resource: Resource
    target: float
    schedule: float


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch; ``hourly`` ones ask for an answer."""

    uid: str
    start: datetime
    length: timedelta
    instructions: tuple[Instruction, ...]

    @property
    def hourly(self) -> bool:
        """Whether it is an hourly pre-dispatch."""
        return self.length == HOUR

    @property
    def sent(self) -> datetime:
        """When it comes."""
        return self.start - _AHEAD[self.length]

    def status(self, now: datetime) -> Status:
        """Its state at a moment."""
        if now < self.start:
            return Status.ACTIVE
        return Status.TIMED_OUT if self.hourly else Status.CLOSED


@dataclass(slots=True)
class Dispatch:
    """Safe for many threads. ``clock`` gives the simulator's time."""

    market: Market
    clock: Callable[[], datetime]
    _replies: dict[str, Reply] = field(default_factory=dict)
    _validated: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def forget(self) -> None:
        """Forget every answer and every confirmation."""
        with self._lock:
            self._replies.clear()
            self._validated.clear()

    def held(self) -> list[Batch]:
        """Every batch that came within a day, in the order in which they came."""
        now = self.clock().astimezone(UTC)
        return sorted(self._coming(now), key=lambda batch: (batch.sent, batch.uid))

    def since(self, uid: str) -> list[Batch] | None:
        """The batches that came after one; all for ``-1``; None for a UID that is not held."""
        held = self.held()
        if uid == "-1":
            return held
        row = next((row for row, batch in enumerate(held) if batch.uid == uid), None)
        return None if row is None else held[row + 1 :]

    def batch(self, uid: str) -> Batch | None:
        """The batch of a UID."""
        return next((batch for batch in self.held() if batch.uid == uid), None)

    def reply_to(self, instruction: Instruction) -> Reply | None:
        """What was answered to an instruction."""
        with self._lock:
            return self._replies.get(instruction.uid)

    def validated(self, batch: Batch) -> tuple[datetime, str] | None:
        """When and by whom a batch was confirmed as received."""
        with self._lock:
            return self._validated.get(batch.uid)

    def validate(self, uid: str, by: str) -> bool:
        """Confirm that a batch has been received; False where it is not held."""
        if self.batch(uid) is None:
            return False
        with self._lock:
            self._validated.setdefault(uid, (self.clock(), by))
        return True

    def answer(self, batch_uid: str, uid: str, reply: Callable[[Instruction], Reply | None]) -> Result:
        """Answer an instruction; ``reply`` gives None for an answer that is not valid."""
        batch = self.batch(batch_uid)
        if batch is None:
            return Result.BATCH_NOT_FOUND
        instruction = next((each for each in batch.instructions if each.uid == uid), None)
        if instruction is None:
            return Result.INSTRUCTION_NOT_FOUND
        if not batch.hourly or self.clock() >= batch.start:
            return Result.INVALID_RESPONSE_PERIOD
        given = reply(instruction)
        if given is None:
            return Result.INVALID_RESPONSE
        with self._lock:
            self._replies[uid] = given
        return Result.SUCCESS

    def _coming(self, now: datetime) -> Iterator[Batch]:
        for length in (INTERVAL, HOUR):
            newest = now + _AHEAD[length]
            start = newest - timedelta(seconds=newest.timestamp() % length.total_seconds())
            while start - _AHEAD[length] > now - HELD:
                yield self._batch(start.replace(microsecond=0), length)
                start -= length

    def _batch(self, start: datetime, length: timedelta) -> Batch:
        hourly = length == HOUR
        uid = f"DISP-{str(uuid.uuid5(_NAMES, f'{start.isoformat()} {length}')).upper()}"
        resources = [each for each in self.market.resources if (each.type == "TIE") is hourly]
        instructions = tuple(self._instruction(f"{uid}-I{row}", each, start) for row, each in enumerate(resources))
        return Batch(uid, start, length, instructions)

    @staticmethod
    def _instruction(uid: str, resource: Resource, start: datetime) -> Instruction:
        reach = resource.maximum - resource.minimum
        target = round(resource.minimum + reach * chance(f"{resource.id} target", start), 1)
        schedule = round(resource.minimum + (target - resource.minimum) * chance(f"{resource.id} schedule", start), 1)
        return Instruction(uid, resource, target, schedule)
