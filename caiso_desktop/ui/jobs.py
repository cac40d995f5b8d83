"""The one way onto another thread, and back."""

import logging
import sys
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, wait
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot
from shiboken6 import isValid

from caiso_desktop.model.cancel import CancelToken, under
from caiso_desktop.model.error import CaisoError, Cancelled, Fate

T = TypeVar("T")

SWITCH_SECONDS = 0.0001
"""After so long a worker that computes in Python lets go of the interpreter. Painting one window calls back into Python
some hundred times, and waits for a worker each time: with CPython's 5 ms the window stood still for 0.6 s while a
document was read, with this for 0.09 s (and the document was read no later)."""

_log = logging.getLogger(__name__)


class Jobs(QObject):
    """Runs plain functions on a pool and delivers each outcome, once, on the thread this object lives in.

    Outcomes and relayed values travel by one queued signal, so they arrive in the order in which they were made:
    a task's progress before its result. An owner that is gone gets nothing.
    """

    _landed = Signal(object)

    def __init__(self, parent: QObject | None = None, *, workers: int = 4, long_workers: int = 16) -> None:
        super().__init__(parent)
        sys.setswitchinterval(min(sys.getswitchinterval(), SWITCH_SECONDS))
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="job")
        # Calls that may wait for minutes must not keep the short ones from starting.
        self._long_pool = ThreadPoolExecutor(long_workers, thread_name_prefix="long-job")
        self._lock = threading.Lock()
        self._live: dict[CancelToken, Future[object]] = {}
        self._closed = False
        self._landed.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        task: Callable[[CancelToken], T],
        *,
        owner: QObject,
        done: Callable[[T], None],
        failed: Callable[[CaisoError], None],
        long: bool = False,
    ) -> CancelToken:
        """Run ``task`` on another thread, then call ``done`` or ``failed`` here, exactly once.

        A task stops by looking at its token and raising `Cancelled`; one that is cancelled before it has begun
        fails with `Cancelled` and `Fate.NOT_SENT`. A task that returns in spite of a cancel is done.
        """
        token = CancelToken()
        if self._closed:
            return token
        pool = self._long_pool if long else self._pool
        future = pool.submit(_under, token, task)
        with self._lock:
            self._live[token] = future  # type: ignore[assignment]  # Future is invariant; only waited for

        def land(ended: Future[T]) -> None:
            with self._lock:
                self._live.pop(token, None)
            self._land(owner, lambda: _hand_over(ended, done, failed))

        future.add_done_callback(land)
        token.on_cancel(lambda: _withdraw(future))
        return token

    def relay(self, deliver: Callable[[T], None], *, owner: QObject) -> Callable[[T], None]:
        """A function that any thread may call, as often as it likes; ``deliver`` gets the newest value here.

        Values that come faster than this thread takes them are dropped, but never the last.
        """
        lock = threading.Lock()
        waiting: list[T] = []

        def take() -> None:
            with lock:
                value = waiting.pop()
            deliver(value)

        def send(value: T) -> None:
            with lock:
                under_way = bool(waiting)
                waiting[:] = [value]
            if not under_way:
                self._land(owner, take)

        return send

    def close(self, timeout: float = 3.0) -> bool:
        """Cancel everything and wait up to ``timeout`` seconds; returns whether all tasks have ended.

        Nothing is delivered any more.
        """
        with self._lock:
            self._closed = True
            live = dict(self._live)
        for token in live:
            token.cancel()
        for pool in (self._pool, self._long_pool):
            pool.shutdown(wait=False, cancel_futures=True)
        # A task cancelled before a worker took it never counts as done: there is nothing to wait for.
        begun = [future for future in live.values() if not future.cancelled()]
        return not wait(begun, timeout).not_done

    def _land(self, owner: QObject, deliver: Callable[[], None]) -> None:
        def to_a_living_owner() -> None:
            if isValid(owner):
                deliver()

        with self._lock:
            if not self._closed and isValid(self):
                self._landed.emit(to_a_living_owner)

    @Slot(object)
    def _deliver(self, deliver: Callable[[], None]) -> None:
        if not self._closed:
            deliver()


def _under(token: CancelToken, task: Callable[[CancelToken], T]) -> T:
    with under(token):
        return task(token)


def _withdraw(future: Future[T]) -> None:
    future.cancel()


def _hand_over(ended: Future[T], done: Callable[[T], None], failed: Callable[[CaisoError], None]) -> None:
    try:
        error = ended.exception()
    except CancelledError:
        failed(Cancelled("It was stopped before it began.", fate=Fate.NOT_SENT))
        return
    if error is None:
        done(ended.result())
    elif isinstance(error, CaisoError):
        failed(error)
    else:
        _log.error("a task failed unexpectedly", exc_info=error)
        failed(
            CaisoError(
                f"the program met a case it was not made for ({type(error).__name__}).",
                advice="Try again; if it comes back, the log holds what the makers need to see.",
            )
        )
