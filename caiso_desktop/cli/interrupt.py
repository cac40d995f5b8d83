"""Ctrl-C at the command line: it cancels what is under way, instead of tearing it."""

import threading
from collections.abc import Callable
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

    threading.Thread(target=work, name=name).start()
    # Not `Thread.join`: CPython before 3.13 takes a thread whose join was interrupted for ended (bpo-45274).
    while not over.is_set():
        try:
            over.wait(_LOOK)
        except KeyboardInterrupt:
            token.cancel()
    if errors:
        raise errors[0]
    return made[0]
