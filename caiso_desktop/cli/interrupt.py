"""Ctrl-C at the command line: it cancels what is under way, instead of tearing it."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

from caiso_desktop.model.cancel import CancelToken

T = TypeVar("T")

_LOOK = 0.2  # seconds; an endless wait would not hear Ctrl-C on Windows


def until_done(task: Callable[[CancelToken], T], name: str) -> T:
    """What the task returns or raises; it runs on a thread of this name, whose token Ctrl-C cancels."""
    token, over = CancelToken(), threading.Event()
    made: list[T] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            made.append(task(token))
        except BaseException as error:  # noqa: BLE001  handed to the waiting thread
            errors.append(error)
        over.set()

    with _cancelling(token):
        threading.Thread(target=work, name=name).start()
        # Not `Thread.join`: CPython before 3.13 takes a thread whose join was interrupted for ended (bpo-45274).
        while not over.is_set():
            over.wait(_LOOK)
    if errors:
        raise errors[0]
    return made[0]


@contextmanager
def _cancelling(token: CancelToken) -> Iterator[None]:
    """Let Ctrl-C cancel, however often and whenever it comes: a `KeyboardInterrupt` would end the waiting, and nobody
    would be told what became of the call. Where Ctrl-C is ignored, or means something else, it stays so.
    """

    def cancel(number: int, frame: FrameType | None) -> None:
        token.cancel()

    ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if not ours or threading.current_thread() is not threading.main_thread():
        yield
        return
    signal.signal(signal.SIGINT, cancel)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
