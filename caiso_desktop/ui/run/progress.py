"""What is heard of a run on its worker's threads, handed to the window in order and never too often."""

from collections.abc import Callable
from queue import Empty, SimpleQueue

from PySide6.QtCore import QObject

from caiso_desktop.model.run_list import Result
from caiso_desktop.ui.jobs import Jobs


class RunProgress:
    """A `Watcher`; ``said`` gets the number of a step and where it is, ``ended`` a result, both in the GUI thread."""

    def __init__(
        self,
        jobs: Jobs,
        owner: QObject,
        said: Callable[[int, str], None],
        ended: Callable[[Result], None],
    ) -> None:
        self._waiting: SimpleQueue[tuple[int, str] | Result] = SimpleQueue()
        self._said = said
        self._ended = ended
        # A relay keeps the newest value alone, so what is heard waits in a queue of its own.
        self._wake = jobs.relay(lambda _: self.take(), owner=owner)

    def begun(self, number: int) -> None:
        """A step has begun."""
        self.said(number, "begun")

    def said(self, number: int, words: str) -> None:
        """How far a step is."""
        self._waiting.put((number, words))
        self._wake(None)

    def ended(self, result: Result) -> None:
        """A step is over."""
        self._waiting.put(result)
        self._wake(None)

    def take(self) -> None:
        """Hand over what waits."""
        while True:
            try:
                heard = self._waiting.get_nowait()
            except Empty:
                return
            if isinstance(heard, Result):
                self._ended(heard)
            else:
                self._said(*heard)
