"""Looks for garbage that refers to itself, on the GUI thread and on no other.

CPython collects on whichever thread happens to make the object that is one too many. A closed panel and the functions
that it connected are such garbage, so a worker would run the destructors of widgets while the GUI thread paints.
"""

import gc
import time

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication
from shiboken6 import delete, isValid

PAUSE = 200
"""Milliseconds between two looks: the garbage of so long is found in some milliseconds."""

SHARE = 0.01
"""Of the time at most this is spent on looking through everything; what has lived long seldom becomes garbage."""


class Sweeper(QObject):
    """Keeps the collector of this process from working by itself, and from `begin` on lets it work here."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._full_from = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(PAUSE)
        self._timer.timeout.connect(self.sweep)

    def begin(self) -> None:
        """Look for garbage from now on, but not among what is there already: modules and classes stay for good."""
        gc.freeze()
        self._timer.start()

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()

    def sweep(self) -> None:
        """Look through the generations for which it is time: by CPython's own thresholds, and within `SHARE`."""
        due = [count > threshold > 0 for count, threshold in zip(gc.get_count(), gc.get_threshold(), strict=True)]
        if not any(due):
            return
        oldest = max(generation for generation, is_due in enumerate(due) if is_due)
        began = time.monotonic()
        if oldest == 2 and began < self._full_from:
            oldest = 1
        gc.collect(oldest)
        if oldest == 2:
            ended = time.monotonic()
            self._full_from = ended + (ended - began) / SHARE


def sweep_out() -> None:
    """Destroy all that is left of the windows, while their application is there; nothing is delivered to them any more.

    Left to the end of the interpreter, icons would be destroyed after the application, which crashes (PySide 6.11). To
    collect them alone would not do: what is connected to a function is held by Qt, where the collector cannot look.
    """
    for window in QApplication.topLevelWidgets():
        if isValid(window) and window.parent() is None:
            delete(window)
    gc.unfreeze()
    gc.collect()
