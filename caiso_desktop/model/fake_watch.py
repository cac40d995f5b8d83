"""Fakes of what looks again: they offer what a test has said, and look when a test lets them."""

import queue
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from caiso_desktop.model.call import Call
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.dispatch_watch import Poll
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import CaisoError
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.follow_up import Chain, Filled, FollowUp, Origin
from caiso_desktop.model.identity import IdentityRef
from caiso_desktop.model.journal import Entry
from caiso_desktop.model.service import Target
from caiso_desktop.model.transport import Progress
from caiso_desktop.model.watch import Finish, Look, Plan, Watched
from caiso_desktop.model.watching import Watching

T = TypeVar("T")


@dataclass
class FakeFollowUps:
    """``next`` comes after every call, unless there is a ``failure``; a draft of it says so."""

    next: FollowUp | None = None
    asked: list[Origin | None] = field(default_factory=list)
    batches: Sequence[FollowUp] = ()
    failure: CaisoError | None = None
    looks: Target | None = None
    chains: Sequence[Chain] = ()

    def after(self, exchange: Exchange, origin: Origin | None = None) -> FollowUp | None:
        """As a test has said."""
        self.asked.append(origin)
        if self.failure is not None:
            raise self.failure
        return self.next

    def beside(self, entry: Entry) -> FollowUp | None:
        """As a test has said; the submit itself where it said nothing."""
        record = entry.record
        origin = Origin("bids", b"", exchange=entry.record.exchange)
        return self.next or FollowUp("bids", "Bids", self.looks or record.target, record.environment, origin)

    def through(self, entry: Entry, target: Target) -> FollowUp:
        """It follows what the entry records."""
        return FollowUp(
            "bids", "Bids", target, entry.record.environment, Origin("bids", b"", "", entry.record.exchange)
        )

    def kinds(self) -> Sequence[Chain]:
        """As a test has said."""
        if self.failure is not None:
            raise self.failure
        return self.chains

    def left(self) -> Sequence[FollowUp]:
        """As a test has said."""
        return self.batches

    def fill(self, follow_up: FollowUp) -> Filled:
        """A draft that names the service."""
        return Filled(Draft(f"<Filled>{follow_up.target.service}</Filled>"), ("trade date",), ("resources",))


class _Told(Generic[T]):
    """What a test lets come, one after another, until it says how the watch ended, or the watch is cancelled."""

    def __init__(self) -> None:
        self._queue: queue.Queue[T | Watched | None] = queue.Queue()

    def end(self, watched: Watched) -> None:
        """Let the watch end."""
        self._queue.put(watched)

    def _let(self, what: T) -> None:
        self._queue.put(what)

    def _hear(self, token: CancelToken, on_told: Callable[[T], None]) -> Watched:
        token.on_cancel(lambda: self._queue.put(None))
        while True:
            told = self._queue.get(timeout=30)
            if told is None:
                return Watched(Finish.STOPPED, 0, "Stopped.")
            if isinstance(told, Watched):
                return told
            on_told(told)


class FakeWatcher(_Told[Look]):
    """Watches as a test says: it looks when told to."""

    def __init__(self) -> None:
        super().__init__()
        self.plans: list[Plan] = []

    def look(self, look: Look) -> None:
        """Let a look come."""
        self._let(look)

    def watch(
        self,
        call: Callable[[], Call],
        plan: Plan,
        token: CancelToken,
        on_look: Callable[[Look], None],
        on_progress: Callable[[Progress], None],
    ) -> Watched:
        """As a test says."""
        self.plans.append(plan)
        call()
        return self._hear(token, on_look)


class FakeDispatch(_Told[Poll]):
    """Dispatch as a test says: it polls when told to."""

    def __init__(self) -> None:
        super().__init__()
        self.since: list[str] = []

    def poll(self, poll: Poll) -> None:
        """Let something come."""
        self._let(poll)

    def watch(
        self,
        target: Target,
        environment: str,
        identity: IdentityRef | None,
        since: str,
        token: CancelToken,
        on_poll: Callable[[Poll], None],
    ) -> Watched:
        """As a test says."""
        self.since.append(since)
        return self._hear(token, on_poll)


class FakeWatching:
    """All of them, and the `Watching` made of them."""

    def __init__(self) -> None:
        self.follow_ups = FakeFollowUps()
        self.watcher = FakeWatcher()
        self.dispatch = FakeDispatch()

    @property
    def ports(self) -> Watching:
        """What the window is given."""
        return Watching(self.follow_ups, self.watcher, self.dispatch)
