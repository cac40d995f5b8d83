"""One window for a user: a second start brings the first to the front, and passes nothing else."""

import sys
import time

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

CALL_PATIENCE = 5.0
"""Seconds that a second start waits for the first to listen: it may be starting itself."""

_TRY_MS = 500


class OneWindow(QObject):
    """Listens under a name for other starts; ``asked`` says that one wants the window in front."""

    asked = Signal()

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._answer)
        # Whoever listens holds the lock of the profile, so what lies under the name is left over from a crash.
        QLocalServer.removeServer(name)
        self.listening = self._server.listen(name)

    def close(self) -> None:
        """Listen no more."""
        self._server.close()

    def _answer(self) -> None:
        """A connection is all that is asked for; nothing is read from it."""
        while (caller := self._server.nextPendingConnection()) is not None:
            caller.disconnected.connect(caller.deleteLater)
            caller.abort()
            caller.deleteLater()
            self.asked.emit()


def bring_first_to_front(name: str, process: int | None, patience: float = CALL_PATIENCE) -> bool:
    """Ask the window that listens under a name to come to the front; whether it was there.

    ``process`` is the number of its process: Windows lets another window come to the front only when it is told so.
    """
    if sys.platform == "win32" and process is not None:
        import ctypes

        ctypes.windll.user32.AllowSetForegroundWindow(process)
    until = time.monotonic() + patience
    while True:
        caller = QLocalSocket()
        caller.connectToServer(name)
        if caller.waitForConnected(_TRY_MS):
            # The other side ends the connection once it has understood.
            if caller.state() != QLocalSocket.LocalSocketState.UnconnectedState:
                caller.waitForDisconnected(_TRY_MS)
            return True
        if time.monotonic() > until:
            return False
        time.sleep(0.1)


def name_for(profile: str) -> str:
    """The name to listen under: one for each user's data folder."""
    import hashlib

    return f"caiso-desktop-{hashlib.sha256(profile.encode()).hexdigest()[:16]}"
