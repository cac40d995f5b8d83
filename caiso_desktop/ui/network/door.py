"""The way from the window to the network's settings, and what keeps the chip up to date."""

from urllib.parse import urlsplit

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from caiso_desktop.model.error import CatalogueError
from caiso_desktop.model.network import Network
from caiso_desktop.model.route import Cleared
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.draft_panel import DraftPanel
from caiso_desktop.ui.draft_tabs import DraftTabs
from caiso_desktop.ui.icon import Symbol
from caiso_desktop.ui.network.chip import ProxyChip
from caiso_desktop.ui.port import Ports
from caiso_desktop.ui.window_menu import Verb, Verbs

_PAGE = "networkPage"
_AGAIN_MS = 60_000


class NetworkDoor(QObject):
    """Opens one page among the drafts; the chip follows the draft in front."""

    def __init__(self, window: QWidget, ports: Ports, network: Network, drafts: DraftTabs) -> None:
        super().__init__(window)
        self._ports = ports
        self._network = network
        self._drafts = drafts
        self._begun = False
        self.chip = ProxyChip(network.routes, ports.jobs)
        self.chip.clicked.connect(lambda checked=False: self.open())
        drafts.selected.connect(self.look)

    def verbs(self) -> Verbs:
        """The lines it adds to the Help menu."""
        return (Verb("&Network: proxy and trust…", (), self.open, "network"),)

    def begin(self) -> None:
        """Look from now on: not before the first paint."""
        self._begun = True
        self.look()
        self._tidy()

    def listen(self, panel: DraftPanel) -> None:
        """Look again when a draft goes elsewhere."""
        for signal in (panel.desk.environment_changed, panel.desk.target_changed):
            signal.connect(lambda *_: self._look_at(panel.desk))
        self._look_at(panel.desk)

    def look(self) -> None:
        """Show the way of the draft in front."""
        panel = self._drafts.current
        if panel is not None:
            self._look_at(panel.desk)
        elif self._begun and not self._drafts.panels:
            self.chip.show_host("", 0)

    def open(self) -> None:
        """Show the page."""
        from caiso_desktop.ui.network.page import NetworkPage

        page = self._drafts.page(_PAGE)
        if not isinstance(page, NetworkPage):
            page = NetworkPage(self._ports, self._network)
            page.chosen.connect(self._renew)
        self._drafts.show_page(page, "Network", Symbol.PROXY)
        page.setFocus()

    def _renew(self) -> None:
        """Another way was chosen: tell it of the draft that was in front last, as the page is there now."""
        if self._drafts.panels and self._drafts.current is None:
            self._look_at(self._drafts.panels[-1].desk)
        else:
            self.look()

    def _tidy(self) -> None:
        """Delete what was kept of a proxy and could not be deleted when it was not wished any more."""

        def done(cleared: Cleared) -> None:
            if cleared.left:
                QTimer.singleShot(_AGAIN_MS, self, self._tidy)

        self._ports.jobs.run(lambda token: self._network.kept.clear(), owner=self, done=done, failed=lambda error: None)

    def _look_at(self, desk: Desk) -> None:
        if not self._begun or desk.target is None:
            return
        try:
            parts = urlsplit(self._ports.catalogue.url(desk.environment.id, desk.target))
            self.chip.show_host(parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
        except (CatalogueError, ValueError):
            self.chip.show_host("", 0)
