"""The one way to stop something that is under way."""

import threading
from collections.abc import Callable


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

    def cancel(self) -> None:
        """Ask to stop; a second time does nothing."""
        with self._lock:
            self._cancelled = True
            hooks, self._hooks = self._hooks, []
        for hook in hooks:
            hook()
