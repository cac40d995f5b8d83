"""A fake beside `FileChoice`: answers its questions as a test has said before."""

from pathlib import Path

from PySide6.QtWidgets import QWidget

from caiso_desktop.model.settings import Settings
from caiso_desktop.ui.file_choice import Destination, FileChoice


class FakeFiles(FileChoice):
    """Opens ``opened`` and ``sheet``, imports ``imported``, loads ``library``, saves to ``destination``.

    It quits when ``quits``.

    ``asked`` lists the questions.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.opened: Path | None = None
        self.sheet: Path | None = None
        self.imported: list[Path] = []
        self.library: Path | None = None
        self.destination: Destination | None = None
        self.package: Path | None = None
        self.foreign: Path | None = None
        self.run_list: Path | None = None
        self.exchange: Path | None = None
        self.quits = False
        self.asked: list[str] = []

    def to_open(self, parent: QWidget) -> Path | None:
        """The file a test has named."""
        self.asked.append("open")
        return self.opened

    def sheet_to_open(self, parent: QWidget) -> Path | None:
        """The spreadsheet a test has named."""
        self.asked.append("sheet")
        return self.sheet

    def to_import(self, parent: QWidget) -> list[Path]:
        """The files a test has named."""
        self.asked.append("import")
        return self.imported

    def to_trust(self, parent: QWidget) -> list[Path]:
        """The files a test has named."""
        self.asked.append("trust")
        return self.imported

    def to_load(self, parent: QWidget) -> Path | None:
        """The library a test has named."""
        self.asked.append("load")
        return self.library

    def to_take_in(self, parent: QWidget, *, folder: bool) -> Path | None:
        """The package a test has named."""
        self.asked.append("package folder" if folder else "package")
        return self.package

    def to_read_drafts(self, parent: QWidget) -> Path | None:
        """The file a test has named."""
        self.asked.append("drafts")
        return self.foreign

    def list_to_run(self, parent: QWidget) -> Path | None:
        """The list a test has named."""
        self.asked.append("list")
        return self.run_list

    def exchange_to_open(self, parent: QWidget) -> Path | None:
        """The exchange a test has named."""
        self.asked.append("exchange")
        return self.exchange

    def to_save(self, parent: QWidget, suggested: str) -> Destination | None:
        """The destination a test has named."""
        self.asked.append(suggested)
        return self.destination

    def stop_watching(self, parent: QWidget, title: str) -> bool:
        """Whether the test stops it."""
        self.asked.append(f"stop watching {title}")
        return self.quits

    def stop_and_quit(self, parent: QWidget, calls: int) -> bool:
        """Whether the test quits."""
        self.asked.append(f"quit {calls}")
        return self.quits
