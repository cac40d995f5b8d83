"""The window's way to the requests that other programs keep."""

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from caiso_desktop.model.draft import Draft
from caiso_desktop.model.service import Target
from caiso_desktop.ui.draft_opening import OpenWith
from caiso_desktop.ui.draft_tabs import DraftTabs
from caiso_desktop.ui.icon import Symbol
from caiso_desktop.ui.port import Ports
from caiso_desktop.ui.window_menu import Verb, Verbs

PAGE = "foreignPage"


class ForeignDoor(QObject):
    """``open_with`` opens drafts of the requests."""

    def __init__(self, window: QWidget, ports: Ports, drafts: DraftTabs, open_with: OpenWith) -> None:
        super().__init__(window)
        self._window = window
        self._ports = ports
        self._drafts = drafts
        self._open_with = open_with

    def verbs(self) -> Verbs:
        """The line it adds to the File menu."""
        return (Verb("&Import drafts from SoapUI or caisopy…", (), self.choose, "importDrafts"),)

    def choose(self) -> None:
        """Let the user choose a file, and show what is in it."""
        path = self._ports.files.to_read_drafts(self._window)
        if path is not None:
            self.show(path)

    def show(self, path: Path) -> None:
        """Show the requests in a file; nothing is opened by itself."""
        from caiso_desktop.ui.foreign.page import ForeignPage

        page = self._drafts.page(PAGE)
        if not isinstance(page, ForeignPage):
            page = ForeignPage(self._ports)
            page.opened.connect(self._open)
        page.read(path)
        self._drafts.show_page(page, "Import drafts", Symbol.OPEN)
        page.setFocus()

    def _open(self, payload: bytes, target: object, environment: str) -> None:
        if isinstance(target, Target):
            known = (each for each in self._ports.catalogue.environments if each.id == environment)
            self._open_with(target, Draft.from_bytes(payload), next(known, None))
