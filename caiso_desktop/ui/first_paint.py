"""The moment from which there is time for more than the window."""

import threading

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

PATIENCE = 5.0
"""Seconds that the warming up waits for the first paint; a window that starts minimised never paints."""


class FirstPaint(QObject):
    """Knows when a window has been painted for the first time: until then workers leave the processor to it.

    One that is not painted for `PATIENCE`, since it started minimised, counts as painted then.
    """

    came = Signal()
    """It happened; ``happened`` is for other threads."""

    def __init__(self) -> None:
        super().__init__()
        self.happened = threading.Event()
        self._seen = False
        # Not `QTimer.singleShot`, which keeps what it calls alive beyond the end of the program's window.
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.timeout.connect(self._come)

    def look_at(self, window: QWidget) -> None:
        """Wait for the first paint of this window."""
        window.installEventFilter(self)
        self._patience.start(int(PATIENCE * 1000))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Called by Qt for each event of the window."""
        if not self._seen and event.type() == QEvent.Type.Paint:
            self._seen = True
            self._patience.start(0)
        return False

    def _come(self) -> None:
        if not self.happened.is_set():
            self.happened.set()
            self.came.emit()
