"""The one way to stop something that is under way."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_here = threading.local()


class CancelToken:
    """Cancelled once, from any thread; hooks run at once, in the cancelling thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._hooks: list[Callable[[], None]] = []
        self._cancelled = False

    @property
    def cancelled(self) -> bool:
        """Whether someone has asked to stop."""
        return self._cancelled

    def on_cancel(self, hook: Callable[[], None]) -> None:
        """Run ``hook`` when cancelled; at once when that has happened already."""
        with self._lock:
            if not self._cancelled:
                self._hooks.append(hook)
                return
        hook()

    def forget(self, hook: Callable[[], None]) -> None:
        """Run ``hook`` no more: what it would stop is over. So a token of a thousand calls keeps none of them."""
        with self._lock:
            if hook in self._hooks:
                self._hooks.remove(hook)

    def cancel(self) -> None:
        """Ask to stop; a second time does nothing."""
        with self._lock:
            self._cancelled = True
            hooks, self._hooks = self._hooks, []
        for hook in hooks:
            hook()


@contextmanager
def under(token: CancelToken) -> Iterator[None]:
    """Let what this thread does meanwhile be stopped by a token, also where that is not handed on: a PIN's question."""
    before = current_token()
    _here.token = token
    try:
        yield
    finally:
        _here.token = before


def current_token() -> CancelToken | None:
    """The token that what this thread does goes by; None where there is none."""
    return getattr(_here, "token", None)
