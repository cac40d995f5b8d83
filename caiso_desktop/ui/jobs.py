"""The one way onto another thread, and back.

A task, what it brings and whom it is for are let go of on the GUI thread. A function that is handed in mostly refers to
a panel: were a worker the last to hold it, the panel's destructor would run there, while the GUI thread paints.
"""

import logging
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial
from typing import Generic, TypeVar

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
        self._hatch = _Hatch(self)
        self._errands: set[_Errand[object]] = set()
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
        token, hatch = CancelToken(), self._hatch
        if hatch.closed:
            return token
        errand = _Errand(owner, task, done, failed)
        self._errands.add(errand)  # type: ignore[arg-type]  # only held
        pool = self._long_pool if long else self._pool
        future = pool.submit(errand.work, token)
        hatch.expect(token, future)

        def land(ended: Future[None]) -> None:
            hatch.forget(token)
            hatch.put(errand)

        future.add_done_callback(land)
        token.on_cancel(partial(_withdraw, future))
        return token

    def relay(self, deliver: Callable[[T], None], *, owner: QObject) -> Callable[[T], None]:
        """A function that any thread may call, as often as it likes; ``deliver`` gets the newest value here.

        Values that come faster than this thread takes them are dropped, but never the last.
        """
        lock, hatch = threading.Lock(), self._hatch
        waiting: list[T] = []

        def take() -> None:
            with lock:
                value = waiting.pop()
            if isValid(owner):
                deliver(value)

        def send(value: T) -> None:
            with lock:
                under_way = bool(waiting)
                waiting[:] = [value]
            if not under_way:
                hatch.put(take)

        return send

    def close(self, timeout: float = 3.0) -> bool:
        """Cancel everything and wait up to ``timeout`` seconds; returns whether all tasks have ended.

        Nothing is delivered any more.
        """
        live = self._hatch.close()
        for token in live:
            token.cancel()
        for pool in (self._pool, self._long_pool):
            pool.shutdown(wait=False, cancel_futures=True)
        # A task cancelled before a worker took it never counts as done: there is nothing to wait for.
        begun = [future for future in live.values() if not future.cancelled()]
        all_ended = not wait(begun, timeout).not_done
        if all_ended:
            for errand in self._errands:
                errand.settle()
            self._errands.clear()
        return all_ended

    @Slot(object)
    def _deliver(self, landed: "_Errand[object] | Callable[[], None]") -> None:
        if not isinstance(landed, _Errand):
            if not self._hatch.closed:
                landed()
        elif landed in self._errands:
            self._errands.remove(landed)
            hand_over = landed.settle()
            if not self._hatch.closed:
                hand_over()


class _Hatch:
    """Through this workers hand over, and all that they hold of the GUI thread's objects goes when it is closed."""

    def __init__(self, jobs: Jobs) -> None:
        self._lock = threading.Lock()
        self._jobs: Jobs | None = jobs
        self._live: dict[CancelToken, Future[None]] = {}

    @property
    def closed(self) -> bool:
        """Whether nothing is taken any more."""
        return self._jobs is None

    def expect(self, token: CancelToken, future: "Future[None]") -> None:
        """Count a task among those under way."""
        with self._lock:
            self._live[token] = future

    def forget(self, token: CancelToken) -> None:
        """A task has ended."""
        with self._lock:
            self._live.pop(token, None)

    def put(self, landed: object) -> None:
        """Hand something over to the GUI thread; for any thread."""
        with self._lock:
            if self._jobs is not None and isValid(self._jobs):
                self._jobs._landed.emit(landed)

    def close(self) -> dict[CancelToken, "Future[None]"]:
        """Take nothing any more; what is under way."""
        with self._lock:
            self._jobs = None
            return dict(self._live)


class _Errand(Generic[T]):
    """A task on its way to a worker and back, with all that it refers to."""

    def __init__(
        self,
        owner: QObject,
        task: Callable[[CancelToken], T],
        done: Callable[[T], None],
        failed: Callable[[CaisoError], None],
    ) -> None:
        self._charge: tuple[QObject, Callable[[CancelToken], T], Callable[[T], None], Callable[[CaisoError], None]]
        self._charge = (owner, task, done, failed)
        self._result: list[T] = []
        self._error: BaseException = Cancelled("It was stopped before it began.", fate=Fate.NOT_SENT)

    def work(self, token: CancelToken) -> None:
        """Run the task, on a worker; keeps the outcome here, so that nothing else holds it or its traceback."""
        try:
            with under(token):
                self._result.append(self._charge[1](token))
        except BaseException as error:  # noqa: BLE001  # told on the GUI thread
            self._error = error

    def settle(self) -> Callable[[], None]:
        """What remains to be done on the GUI thread; whoever still holds this errand then holds nothing with it."""
        owner, _, done, failed = self._charge
        result, error = self._result, self._error
        del self._charge, self._result, self._error

        def hand_over() -> None:
            if not isValid(owner):
                return
            if result:
                done(result[0])
            else:
                failed(_said(error))

        return hand_over


def _withdraw(future: "Future[None]") -> None:
    future.cancel()


def _said(error: BaseException) -> CaisoError:
    """The error as a person may read it; one that nobody foresaw is written down."""
    if isinstance(error, CaisoError):
        return error
    _log.error("a task failed unexpectedly", exc_info=error)
    return CaisoError(
        f"the program met a case it was not made for ({type(error).__name__}).",
        advice="Try again; if it comes back, the log holds what the makers need to see.",
    )
