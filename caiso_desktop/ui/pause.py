"""Something done once, a while after it was asked for; asked for again meanwhile, the while begins anew."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, SignalInstance


def pause(owner: QObject, milliseconds: int, verb: Callable[[], object] | SignalInstance) -> QTimer:
    """A timer that does it once after each ``start``. It ends with its owner, as `QTimer.singleShot` would not."""
    timer = QTimer(owner)
    timer.setSingleShot(True)
    timer.setInterval(milliseconds)
    timer.timeout.connect(verb)
    return timer
