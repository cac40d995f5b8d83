"""The window's way to exchanges that somebody saved."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from caiso_desktop.model.draft import EDITABLE_BYTES, Draft, too_big_to_edit
from caiso_desktop.model.error import CaisoError, CatalogueError, PayloadError
from caiso_desktop.model.service import Target
from caiso_desktop.model.simulation import SimulatorControl
from caiso_desktop.model.source import Payload, PayloadFile
from caiso_desktop.ui.draft_opening import OpenWith
from caiso_desktop.ui.draft_tabs import DraftTabs
from caiso_desktop.ui.icon import Symbol
from caiso_desktop.ui.port import Ports
from caiso_desktop.ui.window_menu import Verb, Verbs

_ADVICE = "Take its payload.xml out of the saved exchange, which is a zip, and open that as a payload."


class DossierDoor(QObject):
    """``open_with`` opens drafts of what was sent."""

    def __init__(
        self, window: QWidget, ports: Ports, simulation: SimulatorControl, drafts: DraftTabs, open_with: OpenWith
    ) -> None:
        super().__init__(window)
        self._simulation = simulation
        self._window = window
        self._ports = ports
        self._drafts = drafts
        self._open_with = open_with

    def verbs(self) -> Verbs:
        """The line it adds to the File menu."""
        return (Verb("Open a saved e&xchange…", (), self.choose, "openExchange"),)

    def choose(self) -> None:
        """Let the user choose a file, and show what is in it."""
        path = self._ports.files.exchange_to_open(self._window)
        if path is not None:
            self.show(path)

    def show(self, path: Path) -> None:
        """Show a saved exchange, as a page of its own; nothing is sent."""
        from caiso_desktop.ui.dossier.page import DossierPage

        page = DossierPage(self._ports, self._simulation, path)
        page.draft_asked.connect(lambda target, payload: self.take(target, payload, page.tell))
        self._drafts.show_page(page, path.name, Symbol.OPEN)
        page.setFocus()

    def take(self, target: Target, payload: Payload, tell: Callable[[CaisoError], None]) -> None:
        """Open a draft of what was sent, or ``tell`` why that cannot be."""
        try:
            self._ports.catalogue.row(target)
            draft = _draft(payload)
        except (CatalogueError, PayloadError) as error:
            tell(error)
            return
        self._open_with(target, draft)


def _draft(payload: Payload) -> Draft:
    """The draft of a payload; `PayloadError` where it is not in the encoding it claims, or too big to be edited.

    One that lies in a file is too big: it is not read for that.
    """
    if isinstance(payload, PayloadFile):
        raise PayloadError(
            f"It has {len(payload):,} bytes; up to {EDITABLE_BYTES:,} can be edited here.", advice=_ADVICE
        )
    draft = Draft.from_bytes(payload)
    reason = too_big_to_edit(draft.text)
    if reason:
        raise PayloadError(reason, advice=_ADVICE)
    return draft
