"""One send under way: its limits, its cancel token, what it waits for, and how far it is."""

import math
import select
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Literal, Self, TypeVar

from caiso_desktop.model.cancel import CancelToken, under
from caiso_desktop.model.error import Cancelled, Fate
from caiso_desktop.model.transport import Phase, Progress, Request, Timings
from caiso_desktop.model.transport_error import TimedOut

T = TypeVar("T")

REPORT_INTERVAL = 0.05
"""Seconds between two progress reports of the same phase; more would only keep the listener busy."""


class Waker:
    """A pair of sockets by which another thread ends a wait; to be used by one send at a time."""

    def __init__(self) -> None:
        self.ear, self._mouth = socket.socketpair()
        self.ear.settimeout(0)
        self._mouth.settimeout(0)
        self._woken = False

    def wake(self) -> None:
        """End the wait."""
        with suppress(BlockingIOError):  # so many wake-ups are pending that one more changes nothing
            self._mouth.send(b"!")
        # Last: were it said first, somebody could drain between the two, and what is sent then would be heard for ever.
        self._woken = True

    def drain(self) -> None:
        """Forget what woke us, if anything did."""
        if not self._woken:
            return
        self._woken = False
        with suppress(BlockingIOError):
            while self.ear.recv(64):
                pass

    def close(self) -> None:
        """Let go of both sockets."""
        self.ear.close()
        self._mouth.close()


def ready_sockets(
    readable: Sequence[socket.socket], writable: Sequence[socket.socket], timeout: float
) -> list[socket.socket]:
    """Those sockets on which something can be done, or has failed, within ``timeout`` seconds."""
    if sys.platform == "win32":
        # Windows reports a failed connect as an exceptional condition only.
        read, write, failed = select.select(list(readable), list(writable), list(writable), timeout)
        return list({*read, *write, *failed})
    poll = select.poll()
    for each in readable:
        poll.register(each, select.POLLIN)
    for each in writable:
        poll.register(each, select.POLLOUT | (select.POLLIN if each in readable else 0))
    ready = {number for number, _ in poll.poll(math.ceil(timeout * 1000))}
    return [each for each in dict.fromkeys((*readable, *writable)) if each.fileno() in ready] if ready else []


class Call:
    """The state of one send. Every wait ends at once when the token is cancelled, and in time when a limit passes."""

    def __init__(self, request: Request, token: CancelToken, waker: Waker) -> None:
        self.request = request
        self.limits = request.limits
        self.began = time.monotonic()
        self._deadline = self.began + request.limits.total
        self._token = token
        self.waker = waker
        self._lock = threading.Lock()
        self._over = False
        self._stopped = False
        self._phase = Phase.CONNECTING
        self._reported = 0.0
        self.sent = 0
        self.received = 0
        self.total: int | None = None
        self.connect: float | None = None
        self.proxy: float | None = None
        self.tls: float | None = None
        self._first_write: float | None = None
        self._last_write: float | None = None
        self._first_read: float | None = None

    def __enter__(self) -> Self:
        self._token.on_cancel(self.nudge)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._token.forget(self.nudge)
        with self._lock:
            self._over = True

    # What other threads may do

    def nudge(self) -> None:
        """End the present wait; nothing once the call is over, when the waker serves another."""
        with self._lock:
            if not self._over:
                self.waker.wake()

    def stop(self) -> None:
        """End the call because the transport closes."""
        self._stopped = True
        self.nudge()

    # What the sending thread does

    def check(self) -> None:
        """Raise `Cancelled` when someone has asked to stop."""
        if self._token.cancelled:
            raise Cancelled(fate=self.fate)
        if self._stopped:
            raise Cancelled("The program let go of its connections.", fate=self.fate)

    def wait(
        self,
        until: float,
        late: str,
        readable: Sequence[socket.socket] = (),
        writable: Sequence[socket.socket] = (),
        pause: float = math.inf,
    ) -> list[socket.socket]:
        """Wait for sockets until a moment of the monotonic clock, then raise `TimedOut` with the sentence ``late``.

        Returns none of them at the moment ``pause``, or when another thread nudged: callers ask again.
        """
        self.check()
        now = time.monotonic()
        if now >= self._deadline:
            late, until = f"The call took longer than its limit of {self.limits.total:g} seconds.", now
        if now >= until:
            raise TimedOut(late, fate=self.fate)
        ear = self.waker.ear
        ready = ready_sockets((*readable, ear), writable, max(0.0, min(until, self._deadline, pause) - now))
        if ear in ready:
            self.waker.drain()
            self.check()
            ready.remove(ear)
        return ready

    def aside(self, name: str, task: Callable[[], T], until: float, late: str) -> T:
        """Do on a thread of its own what cannot be stopped: a name's look-up, a signature that waits for a PIN.

        The call waits for it as `wait` does; when it gives up first, the task goes on and nobody hears of it.
        """
        done = threading.Event()
        found: list[T] = []
        errors: list[Exception] = []

        def work() -> None:
            try:
                with under(self._token):  # a question for a PIN or a password is taken back when the call is stopped
                    found.append(task())
            except Exception as error:  # noqa: BLE001  told to the thread that waits
                errors.append(error)
            done.set()
            self.nudge()

        threading.Thread(target=work, name=name, daemon=True).start()
        while not done.is_set():
            self.wait(until, late)
        if errors:
            raise errors[0]
        return found[0]

    @property
    def fate(self) -> Fate:
        """Unknown from the moment a first byte of the request has been given to the network."""
        return Fate.NOT_SENT if self._first_write is None else Fate.UNKNOWN

    def enter(self, phase: Phase) -> None:
        """Tell that a phase begins."""
        self._phase = phase
        self._report()

    @contextmanager
    def timed(self, phase: Literal["connect", "proxy", "tls"]) -> Iterator[None]:
        """Measure one of the phases that a kept connection does not need; its parts are added up."""
        begin = time.monotonic()
        yield
        setattr(self, phase, (getattr(self, phase) or 0.0) + time.monotonic() - begin)

    def begin_writing(self) -> bool:
        """Note that the request leaves from now on; whether this is its beginning."""
        if self._first_write is not None:
            return False
        self._first_write = time.monotonic()
        return True

    def wrote(self, body_size: int) -> None:
        """Note that so many more bytes of the body have left."""
        self.sent += body_size
        self._last_write = now = time.monotonic()
        if now - self._reported >= REPORT_INTERVAL:
            self._report()

    def heard(self) -> None:
        """Note the arrival of the answer's first byte."""
        if self._first_read is None:
            self._first_read = time.monotonic()

    @property
    def answered(self) -> bool:
        """Whether any byte of an answer has come."""
        return self._first_read is not None

    def got(self, body_size: int) -> None:
        """Note that so many more bytes of the answer's body have come."""
        self.received += body_size
        if time.monotonic() - self._reported >= REPORT_INTERVAL:
            self._report()

    def finish(self) -> Timings:
        """Report the end and sum up."""
        self._report()
        end = time.monotonic()
        first_write = self._first_write if self._first_write is not None else end
        last_write = self._last_write if self._last_write is not None else first_write
        first_read = self._first_read if self._first_read is not None else end
        return Timings(
            connect=self.connect,
            tls=self.tls,
            send=last_write - first_write,
            wait=max(0.0, first_read - last_write),
            receive=end - first_read,
            total=end - self.began,
            proxy=self.proxy,
        )

    def _report(self) -> None:
        self._reported = time.monotonic()
        self.request.on_progress(Progress(self._phase, self.sent, self.received, self.total))
