"""The way from the window to everything that is told of the catalogue, and to what a person changes in it.

What it opens is imported when it is opened for the first time.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from caiso_desktop.model.service import Environment, Target
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.draft_panel import DraftPanel
from caiso_desktop.ui.draft_tabs import DraftTabs
from caiso_desktop.ui.icon import Symbol
from caiso_desktop.ui.port import Ports
from caiso_desktop.ui.service_tree import ServiceTree
from caiso_desktop.ui.window_menu import Verb, Verbs


class CatalogueDoor(QObject):
    """Opens pages among the drafts, and small windows beside the main one; ``strip`` asks what must be asked."""

    def __init__(self, window: QWidget, ports: Ports, desk: Desk, drafts: DraftTabs, services: ServiceTree) -> None:
        super().__init__(window)
        self._window = window
        self._ports = ports
        self._desk = desk
        self._drafts = drafts
        self._services = services
        self.strip = QWidget()
        self.strip.setObjectName("catalogueStrip")
        QVBoxLayout(self.strip).setContentsMargins(8, 4, 8, 4)
        self.strip.hide()
        services.page_asked.connect(self.show_application)
        services.address_asked.connect(self.edit_address)
        services.version_asked.connect(self.add_version)
        services.help_asked.connect(self.copy_for_help)
        ports.offer.changed.connect(self._renew)
        self._ask()

    def verbs(self) -> Verbs:
        """The lines of the Catalogue menu."""
        return (
            Verb("&About this application", ("Alt+Return", "Alt+Enter"), self._show_current, "aboutApplication"),
            Verb("&Environments and their hours", (), self.show_environments, "showEnvironments"),
            Verb("Access &document, acronyms, help desk", ("Shift+F1",), self.show_guide, "showGuide"),
            Verb("Catalogue &files", (), self.show_files, "showCatalogueFiles"),
            None,
            Verb("&Hours and trade date…", (), lambda: self.edit_hours(self._desk.environment.id), "editHours"),
            Verb("Edit an add&ress…", (), lambda: self.edit_address(*self._subject()), "editAddress"),
            Verb("Add a &version…", (), self._add_version_of_current, "addVersion"),
            None,
            Verb(
                "&Copy for the help desk", ("Ctrl+Shift+H",), lambda: self.copy_for_help(*self._subject()), "copyHelp"
            ),
        )

    def file_verbs(self) -> Verbs:
        """The lines it adds to the File menu."""
        return (Verb("Export firewall s&heet…", (), self.export_firewall, "exportFirewall"),)

    def listen(self, panel: DraftPanel) -> None:
        """Do what a draft asks for."""
        panel.page_asked.connect(self.show_application)
        panel.address_asked.connect(self.edit_address)

    def show_application(self, application: str) -> None:
        """Show an application's page."""
        from caiso_desktop.ui.application_page import ApplicationPage

        about = self._ports.catalogue.application(application)

        def make() -> QWidget:
            page = ApplicationPage(self._ports.offer, about.id)
            page.draft_asked.connect(self._services.chosen)
            page.address_asked.connect(self.edit_address)
            page.version_asked.connect(self.add_version)
            page.help_asked.connect(self.copy_for_help)
            return page

        self._show(f"applicationPage-{about.id}", f"About {about.acronym}", Symbol.INFO, make)

    def show_environments(self) -> None:
        """Show what each environment is for, and when it can be used."""
        from caiso_desktop.ui.environments_page import EnvironmentsPage

        def make() -> QWidget:
            page = EnvironmentsPage(self._ports.offer)
            page.hours_asked.connect(self.edit_hours)
            return page

        self._show("environmentsPage", "Environments", Symbol.ENVIRONMENT, make)

    def show_guide(self) -> None:
        """Show what the access document says besides its rows."""
        from caiso_desktop.ui.guide_page import GuidePage

        self._show("guidePage", "Access document", Symbol.HELP, lambda: GuidePage(self._ports.offer))

    def show_files(self) -> None:
        """Show the catalogue's files and what became of them."""
        from caiso_desktop.ui.files_page import FilesPage

        self._show("filesPage", "Catalogue files", Symbol.SETTINGS, lambda: FilesPage(self._ports.offer))

    def edit_hours(self, environment: str) -> None:
        """Let the user edit an environment's hours, exceptions, cycles and trade date."""
        from caiso_desktop.ui.calendar_page import CalendarPage

        name = self._ports.catalogue.environment(environment).name
        self._show(
            f"calendarPage-{environment}",
            f"Hours of {name}",
            Symbol.CALENDAR,
            lambda: CalendarPage(self._ports.offer, environment),
        )

    def edit_address(self, application: str, target: object = None, environment: str = "") -> None:
        """Let the user say where an application is now."""
        from caiso_desktop.ui.address_dialog import AddressDialog

        if application:
            chosen = target if isinstance(target, Target) else None
            place = environment or self._desk.environment.id
            AddressDialog(self._ports.offer, application, chosen, place, self._window).show()

    def add_version(self, application: str, service: str = "") -> None:
        """Let the user add a version, or a service."""
        from caiso_desktop.ui.version_dialog import VersionDialog

        if application:
            VersionDialog(self._ports.offer, application, service, self._window).show()

    def export_firewall(self) -> None:
        """Let the user choose what a firewall sheet is for, and save it."""
        from caiso_desktop.ui.firewall_dialog import FirewallDialog

        FirewallDialog(self._ports, self._desk.environment.id, self._window).show()

    def copy_for_help(self, application: str, target: object = None) -> None:
        """Put what the help desk asks first on the clipboard."""
        from caiso_desktop.ui.help_words import help_desk_words

        if not application:
            self._services.say("Choose a service, or open a draft.")
            return
        draft = self._drafts.current
        mine = draft is not None and draft.desk.target == target
        environment = draft.desk.environment.id if draft is not None and mine else self._desk.environment.id
        words = help_desk_words(
            self._ports.catalogue,
            environment,
            application,
            target if isinstance(target, Target) else None,
            datetime.now(UTC),
            draft.desk.exchange if draft is not None and mine else None,
        )
        QGuiApplication.clipboard().setText(words)
        self._services.say("Copied for the help desk.")

    def _subject(self) -> tuple[str, Target | None]:
        """What the eye is on: the row of the tree that has the keyboard, else the page or draft in front."""
        focus = QApplication.focusWidget()
        node = self._services.current_node
        in_tree = node is not None and focus is not None and self._services.isAncestorOf(focus)
        front = self._drafts.tabs.currentWidget()
        draft = self._drafts.current
        if not in_tree and draft is not None and draft.desk.target is not None:
            return draft.desk.target.application, draft.desk.target
        if not in_tree and front is not None and front.objectName().startswith("applicationPage-"):
            return front.objectName().removeprefix("applicationPage-"), None
        return (node.application, node.target) if node is not None else ("", None)

    def _show_current(self) -> None:
        application, _ = self._subject()
        if application:
            self.show_application(application)

    def _copy_current_for_help(self) -> None:
        self.copy_for_help(*self._subject())

    def _add_version_of_current(self) -> None:
        application, target = self._subject()
        self.add_version(application, target.service if target is not None else "")

    def _show(self, name: str, title: str, symbol: Symbol, make: Callable[[], QWidget]) -> None:
        page = self._drafts.page(name)
        if page is None:
            page = make()
            page.setObjectName(name)
        self._drafts.show_page(page, title, symbol)
        page.setFocus()

    def _renew(self) -> None:
        catalogue = self._ports.catalogue
        place = self._desk.environment
        known: Environment | None = next((e for e in catalogue.environments if e.id == place.id), None)
        if known is None:
            self._desk.set_environment(catalogue.environments[0])
        else:
            self._desk.renew_environment(known)
        self._drafts.set_environments(catalogue.environments)
        self._services.set_catalogue(catalogue, self._desk.environment)
        self._ask()

    def _ask(self) -> None:
        """Ask, where the eye falls, about files that wait for a yes, and tell of those that are wrong; each once."""
        catalogues = self._ports.offer.catalogues
        waiting = [overlay for overlay in catalogues.layers.pending if not catalogues.asked(overlay)]
        layout = self.strip.layout()
        while layout is not None and (item := layout.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.setParent(None)
                old.deleteLater()
        self.strip.setVisible(bool(waiting or catalogues.layers.refused))
        if layout is None or self.strip.isHidden():
            return
        from caiso_desktop.ui.file_strip import FileStrip

        strip = FileStrip([overlay.file for overlay in waiting], [error.file for error in catalogues.layers.refused])
        strip.look_asked.connect(self.show_files)
        strip.dismissed.connect(self.strip.hide)
        layout.addWidget(strip)
