"""Drives the window through one call, for a machine without a display: the same window, the same widgets."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from caiso_desktop.model.error import CaisoError, StorageError
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.saving import Saving
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.ui.window import Window

W = TypeVar("W", bound=QWidget)

TARGET = Target("sibr", "RetrieveCleanBidSet", "v4", Variant.AP)
SETTLE_MS = 600
"""How long the window is given to draw an answer before its picture is taken."""


class FirstLight:
    """One signed call from the window's own buttons; its answer and a picture are saved in a folder."""

    def __init__(self, window: Window, saving: Saving, folder: Path) -> None:
        self._window = window
        self._saving = saving
        self._folder = folder

    def drive(self) -> tuple[Path, Path]:
        """The files of the saved answer and of the picture. `CaisoError` says what kept them from being made."""
        return self._save(self._call())

    def _call(self) -> Exchange:
        _child(self._window, QLineEdit, "serviceFilter").setText(TARGET.service)
        self._until(lambda: self._window.desk.identity is not None, "a certificate")
        panel = self._window.open_draft(TARGET)
        send = _child(panel, QPushButton, "sendButton")
        self._until(lambda: bool(panel.desk.draft.text) and send.isEnabled(), "a payload")
        send.click()
        self._until(lambda: panel.desk.exchange is not None, "an answer")
        exchange = panel.desk.exchange
        if exchange is None or not exchange.succeeded:
            raise CaisoError(f"the call did not succeed ({_reason(exchange)}).")
        return exchange

    def _save(self, exchange: Exchange) -> tuple[Path, Path]:
        report = exchange.answer.report if exchange.answer is not None else None
        if report is None:
            raise CaisoError("the answer held no report.")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(f"the folder {self._folder} cannot be made ({error.strerror}).") from error
        answer = self._folder / self._saving.suggest_name(exchange, report)
        self._saving.save_copy(report, answer, overwrite=True)
        _pause(SETTLE_MS)
        picture = self._folder / "window.png"
        if not self._window.grab().save(str(picture)):
            raise StorageError(f"the picture {picture} could not be written.")
        return answer, picture

    def _until(self, ready: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
        """Let the window work until something is there."""
        deadline = time.monotonic() + seconds
        while not ready():
            if time.monotonic() > deadline:
                raise CaisoError(f"the window still had no {what} after {seconds:g} seconds.")
            _pause(20)


def _pause(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def _child(parent: QWidget, kind: type[W], name: str) -> W:
    found = parent.findChild(kind, name)
    if found is None:
        raise CaisoError(f"the window has no {name}.")
    return found


def _reason(exchange: Exchange | None) -> str:
    if exchange is None:
        return "it has gone"
    if exchange.failure is not None:
        return str(exchange.failure)
    notes = exchange.answer.notes if exchange.answer is not None else ()
    return "; ".join(f"{note.title}: {note.raw or note.meaning}" for note in notes) or "no reason is known"
