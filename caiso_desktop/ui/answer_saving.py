"""Saving a copy of something that came: asks where, and copies off the GUI thread."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from caiso_desktop.model.error import CaisoError
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.saving import Saving
from caiso_desktop.ui.file_choice import FileChoice
from caiso_desktop.ui.jobs import Jobs


class AnswerSaving(QObject):
    """``saved`` names the copy, ``failed`` says why there is none; nothing is replaced unless the user agreed."""

    saved = Signal(Path)
    failed = Signal(object)

    def __init__(self, saving: Saving, files: FileChoice, jobs: Jobs, parent: QWidget) -> None:
        super().__init__(parent)
        self._saving = saving
        self._files = files
        self._jobs = jobs
        self._window = parent

    def save(self, exchange: Exchange, source: Path) -> None:
        """Ask where to save a copy of one of the exchange's files, and save it there."""
        destination = self._files.to_save(self._window, self._saving.suggest_name(exchange, source))
        if destination is None:
            return

        def copy(token: object) -> Path:
            self._saving.save_copy(source, destination.path, overwrite=destination.replace)
            return destination.path

        done: Callable[[Path], None] = self.saved.emit
        failed: Callable[[CaisoError], None] = self.failed.emit
        self._jobs.run(copy, owner=self, done=done, failed=failed)
