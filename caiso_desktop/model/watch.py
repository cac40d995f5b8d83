"""The port to what looks again: a retrieve that is repeated until there is something new.

Each look is a call of its own: newly signed, polite, in the journal before it leaves. Bounds keep the journal from
being flooded: a look every `FASTEST` seconds at most, for at most `LONGEST` seconds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from caiso_desktop.model.call import Call
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import UsageError
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.transport import Progress

FASTEST, SLOWEST = 15, 3600
"""Seconds between two looks, at least and at most."""

SHORTEST, LONGEST = 60, 12 * 3600
"""Seconds for which is watched, at least and at most."""

AT_ONCE = 8
"""Watches that may be under way at a time."""


class Until(StrEnum):
    """What ends a watch well."""

    DATA = "data"
    CHANGE = "change"
    CHECKED = "checked"

    @property
    def words(self) -> str:
        """As one chooses it."""
        return {"data": "data appear", "change": "data change", "checked": "the batch is checked"}[self.value]


@dataclass(frozen=True, slots=True)
class Plan:
    """Look ``every`` so many seconds for ``lasting`` seconds; each wait is ``growth`` times as long as the one before.

    ``baseline`` is the fingerprint against which a change is told; empty: that of the first answer. `UsageError`
    beyond the bounds.
    """

    until: Until
    every: float = 60
    lasting: float = 3600
    growth: float = 1.0
    baseline: str = ""

    def __post_init__(self) -> None:
        if not FASTEST <= self.every <= SLOWEST:
            raise UsageError(
                f"every {self.every:g} seconds is no decent interval.",
                advice=f"Between {FASTEST} seconds and {SLOWEST // 60} minutes is.",
            )
        if not 0 < self.lasting <= LONGEST:
            raise UsageError(
                f"nothing can be watched for {self.lasting / 60:g} minutes.",
                advice=f"It can for at most {LONGEST // 3600} hours.",
            )


BATCH_PLAN = Plan(Until.CHECKED, 20, 4 * 3600, 1.25)
"""How a batch is followed: the check takes seconds, or hours."""

RESULT_PLAN = Plan(Until.DATA, 60, 4 * 3600, 1.1)
"""How a follow-up that runs by itself is asked for."""

GROWN = 300.0
"""Seconds beyond which a growing wait does not grow."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look: its number from 1, what came, and in how many seconds the next follows (None: it was the last)."""

    number: int
    exchange: Exchange
    following: float | None
    left: float
    baseline: str = ""


class Finish(StrEnum):
    """Why a watch ended."""

    MET = "met"
    TIME_UP = "time up"
    TROUBLE = "trouble"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Watched:
    """How a watch ended; ``exchange`` is that of the last look, None where there was none. ``words`` is a sentence."""

    finish: Finish
    looks: int
    words: str
    exchange: Exchange | None = None

    @property
    def refused(self) -> bool:
        """Whether what was followed to its end is a batch that was refused, which is no success."""
        answer = self.exchange.answer if self.exchange is not None else None
        return answer is not None and answer.batch is not None and answer.batch.refused


class Watcher(Protocol):
    """Looks again and again; only retrieves."""

    def watch(
        self,
        call: Callable[[], Call],
        plan: Plan,
        token: CancelToken,
        on_look: Callable[[Look], None],
        on_progress: Callable[[Progress], None],
    ) -> Watched:
        """Watch until the plan's end; ``call`` is asked for before each look. For a worker, which it keeps.

        `UsageError` for anything but a retrieve, and where too many are under way; what a courier raises before it
        sends is raised too.
        """
        ...
