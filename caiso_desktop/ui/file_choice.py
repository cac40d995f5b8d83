"""The few questions that need an answer now: which file to open, where to save, whether to stop a call and quit."""

from pathlib import Path
from typing import NamedTuple

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from caiso_desktop.model.settings import Settings

_FOLDER = "files.folder"
FOREIGN = "SoapUI projects, caisopy files (*.xml *.yml *.yaml)"
PACKAGES = "Schema packages (*.zip *.wsdl *.xsd)"
CERTIFICATES = "Certificates (*.p12 *.pfx *.pem *.crt *.cer *.key)"


class Destination(NamedTuple):
    """Where to save; ``replace`` when the user has agreed that what is there be replaced."""

    path: Path
    replace: bool


class FileChoice:
    """Asks with the system's own dialogs, and begins in the folder used last."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def to_open(self, parent: QWidget) -> Path | None:
        """A payload's file, None when the user thought better of it."""
        name, _ = QFileDialog.getOpenFileName(
            parent, "Open a payload", self._settings.get(_FOLDER) or "", "XML (*.xml);;All files (*)"
        )
        return self._chosen(name)

    def to_import(self, parent: QWidget) -> list[Path]:
        """The files of a certificate and its key, none when the user thought better of it."""
        names, _ = QFileDialog.getOpenFileNames(
            parent, "Import a certificate", self._settings.get(_FOLDER) or "", f"{CERTIFICATES};;All files (*)"
        )
        return [path for name in names if (path := self._chosen(name)) is not None]

    def to_trust(self, parent: QWidget) -> list[Path]:
        """The files of authorities, none when the user thought better of it."""
        names, _ = QFileDialog.getOpenFileNames(
            parent,
            "Add authorities",
            self._settings.get(_FOLDER) or "",
            "Certificates (*.pem *.crt *.cer *.der *.p7b *.p7c);;All files (*)",
        )
        return [path for name in names if (path := self._chosen(name)) is not None]

    def to_load(self, parent: QWidget) -> Path | None:
        """The library of a card or token, None when the user thought better of it."""
        name, _ = QFileDialog.getOpenFileName(
            parent, "Choose the PKCS#11 module of your card", "", "Libraries (*.dll *.so *.dylib);;All files (*)"
        )
        return Path(name) if name else None

    def to_take_in(self, parent: QWidget, *, folder: bool) -> Path | None:
        """A schema package: a zip or a file, or a folder; None when the user thought better of it."""
        start, title = self._settings.get(_FOLDER) or "", "Import a schema package"
        if folder:
            return self._chosen(QFileDialog.getExistingDirectory(parent, title, start))
        name, _ = QFileDialog.getOpenFileName(parent, title, start, f"{PACKAGES};;All files (*)")
        return self._chosen(name)

    def sheet_to_open(self, parent: QWidget) -> Path | None:
        """A spreadsheet's file, None when the user thought better of it."""
        name, _ = QFileDialog.getOpenFileName(
            parent,
            "Fill from a spreadsheet",
            self._settings.get(_FOLDER) or "",
            "Spreadsheets (*.xlsx *.xlsm *.csv *.tsv *.txt);;All files (*)",
        )
        return self._chosen(name)

    def to_read_drafts(self, parent: QWidget) -> Path | None:
        """A file of another program with requests in it; None when the user thought better of it."""
        name, _ = QFileDialog.getOpenFileName(
            parent, "Import drafts", self._settings.get(_FOLDER) or "", f"{FOREIGN};;All files (*)"
        )
        return self._chosen(name)

    def list_to_run(self, parent: QWidget) -> Path | None:
        """A list of calls; None when the user thought better of it."""
        name, _ = QFileDialog.getOpenFileName(
            parent, "Run a list of calls", self._settings.get(_FOLDER) or "", "Run lists (*.json);;All files (*)"
        )
        return self._chosen(name)

    def exchange_to_open(self, parent: QWidget) -> Path | None:
        """An exchange that somebody saved; None when the user thought better of it."""
        name, _ = QFileDialog.getOpenFileName(
            parent, "Open a saved exchange", self._settings.get(_FOLDER) or "", "Saved exchanges (*.zip);;All files (*)"
        )
        return self._chosen(name)

    def to_save(self, parent: QWidget, suggested: str) -> Destination | None:
        """Where to save a copy under a suggested name; the dialog asks before it names a file that is there."""
        folder = self._settings.get(_FOLDER)
        start = str(Path(folder) / suggested) if folder else suggested
        name, _ = QFileDialog.getSaveFileName(parent, "Save a copy", start, "All files (*)")
        path = self._chosen(name)
        return Destination(path, path.exists()) if path is not None else None

    def stop_and_quit(self, parent: QWidget, calls: int) -> bool:
        """Whether to quit although calls are under way."""
        what = "A call is" if calls == 1 else f"{calls} calls are"
        words = f"{what} under way. If you quit now, it is stopped, and the service may have received it already."
        return _may_close(parent, "Quit", words)

    def stop_watching(self, parent: QWidget, title: str) -> bool:
        """Whether to close a draft although it watches."""
        return _may_close(parent, "Close", f"{title} is being watched. If you close it, watching ends.")

    def _chosen(self, name: str) -> Path | None:
        if not name:
            return None
        path = Path(name)
        self._settings.set(_FOLDER, str(path.parent))
        return path


def _may_close(parent: QWidget, title: str, words: str) -> bool:
    """Ask; who only presses Enter closes nothing."""
    buttons = QMessageBox.StandardButton
    answer = QMessageBox.question(parent, title, words, buttons.Close | buttons.Cancel, buttons.Cancel)
    return answer == buttons.Close
