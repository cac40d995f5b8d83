"""The way from the window to schema packages. The page is imported when it is opened for the first time."""

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from caiso_desktop.model.package import Package
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.draft_tabs import DraftTabs
from caiso_desktop.ui.icon import Symbol
from caiso_desktop.ui.package.dropped import dropped_package
from caiso_desktop.ui.package.work import PackageWork
from caiso_desktop.ui.port import Ports
from caiso_desktop.ui.window_menu import Verb, Verbs

PAGE = "schemasPage"


class PackageDoor(QObject):
    """Opens one page among the drafts; ``work.packages_changed`` when calls may go by something else."""

    def __init__(self, window: QWidget, ports: Ports, desk: Desk, drafts: DraftTabs) -> None:
        super().__init__(window)
        self._window = window
        self._ports = ports
        self._desk = desk
        self._drafts = drafts
        self.work = PackageWork(ports.workshop, ports.safety.known_hosts, ports.jobs, self)
        ports.offer.changed.connect(self._renew)

    def verbs(self) -> Verbs:
        """The lines it adds to the Catalogue menu."""
        return (
            None,
            Verb("&Schemas", ("Ctrl+Shift+X",), self.show_page, "showSchemas"),
            Verb("&Import a schema package…", (), lambda: self.choose(folder=False), "importSchemas"),
            Verb("&Fetch a WSDL from its endpoint…", (), self.fetch, "fetchSchemas"),
        )

    def show_page(self) -> None:
        """Show every package."""
        from caiso_desktop.ui.package.page import SchemasPage

        page = self._drafts.page(PAGE)
        if not isinstance(page, SchemasPage):
            page = SchemasPage(self.work)
            page.import_asked.connect(lambda: self.choose(folder=False))
            page.folder_asked.connect(lambda: self.choose(folder=True))
            page.fetch_asked.connect(self.fetch)
            page.match_asked.connect(self._match)
            page.replacement_asked.connect(self._replace)
            self.work.read()
        self._drafts.show_page(page, "Schemas", Symbol.PACKAGE)
        page.take_keyboard()

    def choose(self, *, folder: bool) -> None:
        """Let the user choose a package, and take it in."""
        if self.work.doing:
            self.show_page()  # which tells what goes on, and stops it
            return
        source = self._ports.files.to_take_in(self._window, folder=folder)
        if source is not None:
            self.take_in(source)

    def take_in(self, source: Path) -> None:
        """Take in a package, and show what came of it."""
        self.show_page()
        self.work.add(source)

    def fetch(self) -> None:
        """Let the user choose whose WSDL to ask for; begins with the draft in front."""
        from caiso_desktop.ui.package.fetch_dialog import FetchDialog

        draft = self._drafts.current
        if self.work.doing:
            self.show_page()
            return
        environment = draft.desk.environment if draft is not None else self._desk.environment
        self.show_page()
        target = draft.desk.target if draft is not None else None
        FetchDialog(self._ports, self.work, environment.id, target, self._window).show()

    def drag(self, event: QDragEnterEvent) -> None:
        """Take the package that is dragged over the window, one at a time; anything else is not for it."""
        if not self.work.doing and dropped_package(event.mimeData()) is not None:
            event.acceptProposedAction()

    def drop(self, event: QDropEvent) -> None:
        """Take in what was dropped."""
        source = dropped_package(event.mimeData())
        if source is not None:
            event.acceptProposedAction()
            self.take_in(source)

    def _replace(self, package: Package) -> None:
        source = self._ports.files.to_take_in(self._window, folder=False)
        if source is not None:
            self.work.add(source, name=package.name, owner=package.owner, again=True)

    def _match(self, package: Package, operation: str) -> None:
        from caiso_desktop.ui.package.match_dialog import MatchDialog

        MatchDialog(self.work, self._ports.catalogue, package, operation, self._window).show()

    def _renew(self) -> None:
        """Another catalogue counts: what matches may be another."""
        if self._drafts.page(PAGE) is not None:
            self.work.read()
