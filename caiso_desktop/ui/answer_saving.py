"""Saving a copy of something that came: asks where, and copies off the GUI thread."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.dossier import Dossiers, Hidden
from caiso_desktop.model.error import CaisoError
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.saving import Saving
from caiso_desktop.ui.file_choice import FileChoice
from caiso_desktop.ui.jobs import Jobs
from caiso_desktop.ui.saving_strip import SavingStrip

HAND_ON = "Save the exchange for somebody else…"
HAND_ON_HIDDEN = "… with coordinators, resources and prices hidden…"


class AnswerSaving(QObject):
    """``saved`` names the copy, ``failed`` says why there is none; nothing is replaced unless the user agreed.

    ``handed_on`` names the zip of an exchange, and says what in it was replaced by stand-ins.
    """

    saved = Signal(Path)
    failed = Signal(object)

    handed_on = Signal(Path, object)

    def __init__(self, saving: Saving, dossiers: Dossiers, files: FileChoice, jobs: Jobs, parent: QWidget) -> None:
        super().__init__(parent)
        self._dossiers = dossiers
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

    def hand_on(self, exchange: Exchange, hidden: Hidden, strip: SavingStrip) -> None:
        """Ask where to save an exchange for somebody else, and save it there; the strip shows how far it is."""
        if strip.under_way:
            return
        destination = self._files.to_save(self._window, self._dossiers.suggest_name(exchange))
        if destination is None:
            return

        def save(token: CancelToken, tell: Callable[[str], None]) -> tuple[str, ...]:
            return self._dossiers.save(
                exchange, destination.path, hidden, overwrite=destination.replace, token=token, tell=tell
            )

        def done(replaced: tuple[str, ...]) -> None:
            self.handed_on.emit(destination.path, replaced)

        failed: Callable[[CaisoError], None] = self.failed.emit
        strip.run(save, done=done, failed=failed)


def handed_on_words(path: Path, replaced: Sequence[str]) -> str:
    """What is said of a zip that was saved for somebody else."""
    told = ", ".join(replaced) or "nothing was found"
    return f"Saved for somebody else as {path}. Replaced by stand-ins: {told}; its readme says more."
