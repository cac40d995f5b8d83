"""How the window was left: its place, its splitters, the last environment; brought back at the next start."""

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QMainWindow, QSplitter, QWidget

from caiso_desktop.model.settings import Settings

GEOMETRY = "window.geometry"
ENVIRONMENT = "window.environment"
THEME = "window.theme"


class WindowMemory:
    """Writes and reads Qt's own states as base64."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def keep_window(self, window: QWidget) -> None:
        """Remember where a window is and how big."""
        self._keep(GEOMETRY, window.saveGeometry())

    def bring_window(self, window: QMainWindow) -> bool:
        """Put a window where it was; returns whether it was anywhere."""
        state = self._state(GEOMETRY)
        return state is not None and window.restoreGeometry(state)

    def keep_splitter(self, splitter: QSplitter) -> None:
        """Remember a splitter's sizes under its object name."""
        self._keep(f"splitter.{splitter.objectName()}", splitter.saveState())

    def bring_splitter(self, splitter: QSplitter) -> bool:
        """Give a splitter the sizes it had; returns whether it had any."""
        state = self._state(f"splitter.{splitter.objectName()}")
        return state is not None and splitter.restoreState(state)

    def _keep(self, name: str, state: QByteArray) -> None:
        self._settings.set(name, bytes(state.toBase64().data()).decode("ascii"))

    def _state(self, name: str) -> QByteArray | None:
        text = self._settings.get(name)
        return QByteArray.fromBase64(text.encode("ascii", "replace")) if text else None
