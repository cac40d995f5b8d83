"""The main window: lays the panels out and lets them know of one another. It decides nothing."""

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QKeySequence, QPaintEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QSplitter, QVBoxLayout, QWidget

from caiso_desktop.model.credential import Credentials
from caiso_desktop.model.doctor import Doctor
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import CatalogueError
from caiso_desktop.model.exchange import Courier, Exchange
from caiso_desktop.model.identity import Identities
from caiso_desktop.model.journal import Entry
from caiso_desktop.model.network import Network
from caiso_desktop.model.offer import Catalogues
from caiso_desktop.model.payload import Payloads
from caiso_desktop.model.safety import Safety
from caiso_desktop.model.saving import Saving
from caiso_desktop.model.service import Environment, Target
from caiso_desktop.model.settings import Settings
from caiso_desktop.model.simulation import SimulatorControl
from caiso_desktop.model.watching import Watching
from caiso_desktop.model.workshop import Workshop
from caiso_desktop.ui.catalogue_door import CatalogueDoor
from caiso_desktop.ui.certificate.asking import WindowAsking
from caiso_desktop.ui.certificate.door import CertificateDoor
from caiso_desktop.ui.certificate_chip import CertificateChip
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.doctor.door import DoctorDoor
from caiso_desktop.ui.dossier.door import DossierDoor
from caiso_desktop.ui.draft_panel import DraftPanel
from caiso_desktop.ui.draft_tabs import DraftTabs
from caiso_desktop.ui.environment_bar import EnvironmentBar
from caiso_desktop.ui.file_choice import FileChoice
from caiso_desktop.ui.foreign.door import ForeignDoor
from caiso_desktop.ui.history_panel import HistoryPanel
from caiso_desktop.ui.icon import Symbol
from caiso_desktop.ui.identity_list import IdentityList
from caiso_desktop.ui.jobs import Jobs
from caiso_desktop.ui.named import named
from caiso_desktop.ui.network.door import NetworkDoor
from caiso_desktop.ui.offer import Offer
from caiso_desktop.ui.package.door import PackageDoor
from caiso_desktop.ui.palette import Appearance, Scheme
from caiso_desktop.ui.port import Ports
from caiso_desktop.ui.run.door import RunDoor
from caiso_desktop.ui.safety_door import SafetyDoor
from caiso_desktop.ui.service_tree import ServiceTree
from caiso_desktop.ui.simulator.door import SimulatorDoor
from caiso_desktop.ui.stripe import SIMULATOR
from caiso_desktop.ui.template.door import TemplateDoor
from caiso_desktop.ui.watch.door import WatchDoor
from caiso_desktop.ui.window_memory import ENVIRONMENT, THEME, WindowMemory
from caiso_desktop.ui.window_menu import Verb, Verbs, add_menu, add_theme_menu


class Window(QMainWindow):
    """Everything it works with is given to it; closing it remembers how it was left."""

    def __init__(
        self,
        catalogues: Catalogues,
        courier: Courier,
        identities: Identities,
        payloads: Payloads,
        saving: Saving,
        settings: Settings,
        jobs: Jobs,
        appearance: Appearance,
        files: FileChoice | None = None,
        *,
        safety: Safety,
        doctor: Doctor,
        simulation: SimulatorControl,
        credentials: Credentials,
        asking: WindowAsking | None = None,
        workshop: Workshop,
        watching: Watching,
        network: Network,
        safe_mode: bool = False,
    ) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setWindowTitle("CAISO Desktop")
        self._appearance = appearance
        self._memory = WindowMemory(settings)
        identity_list = IdentityList(identities, settings, jobs, self)
        chosen_files = files or FileChoice(settings)
        offer = Offer(catalogues, jobs, self)
        self._ports = Ports(
            offer,
            courier,
            identity_list,
            credentials,
            payloads,
            saving,
            settings,
            jobs,
            chosen_files,
            safety,
            workshop,
            watching,
        )
        self.desk = Desk(self._first_environment(), parent=self)
        self.certificate = CertificateChip("certificateChip", self.desk, identity_list)
        self.services = ServiceTree(offer.catalogue, self.desk.environment, settings)
        self.drafts = DraftTabs(offer.catalogue.environments)
        self.network = NetworkDoor(self, self._ports, network, self.drafts)
        self.bar = EnvironmentBar(offer, self.desk, self.certificate, self.network.chip)
        self.history = HistoryPanel(self._ports)
        self.safety = SafetyDoor(self, self._ports, self.drafts, self._new_panel, safe_mode=safe_mode)
        self.watches = WatchDoor(self, self._ports, self.desk, self.drafts, self.open_with)
        self.templates = TemplateDoor(self, self._ports, self.drafts, self.open_with)
        self._begun = False
        self.certificates = CertificateDoor(self, self._ports, self.desk, self.drafts, asking)
        self.catalogue = CatalogueDoor(self, self._ports, self.desk, self.drafts, self.services)
        self.foreign = ForeignDoor(self, self._ports, self.drafts, self.open_with)
        self.runs = RunDoor(self, self._ports, self.desk, self.drafts, self._record, self._show_again)
        self.dossiers = DossierDoor(self, self._ports, simulation, self.drafts, self.open_with)
        self.packages = PackageDoor(self, self._ports, self.desk, self.drafts)
        self.simulator = SimulatorDoor(self, self._ports, simulation, self.drafts)
        self.doctor = DoctorDoor(self, self._ports, doctor, self.desk, self.drafts)
        self._lay_out()
        self._add_menus()
        self._connect()

    def open_draft(self, target: Target) -> DraftPanel:
        """Open a draft of a service in the bar's environment, as the bar's identity."""
        panel = self._new_panel(self.desk.environment, target)
        panel.desk.set_identity(self.desk.identity, self.desk.certificate)
        panel.begin()
        panel.payload.setFocus(Qt.FocusReason.OtherFocusReason)
        return panel

    def open_with(self, target: Target, draft: Draft, environment: Environment | None = None) -> DraftPanel:
        """Open a draft of a service with a payload of its own, in an environment (else the bar's), as its identity."""
        place = environment or self.desk.environment
        panel = self._new_panel(place, target)
        if place.id == self.desk.environment.id:
            panel.desk.set_identity(self.desk.identity, self.desk.certificate)
        elif (identity := self._ports.identities.choice(place.id)) is not None:
            panel.desk.set_identity(identity.ref, identity.certificate)
        panel.payload.show_draft(draft)
        panel.payload.setFocus(Qt.FocusReason.OtherFocusReason)
        return panel

    def begin(self) -> None:
        """Bring back what was open, and look into the journal; once, after the first paint."""
        if not self._begun:
            self._begun = True
            self.safety.keeping.brought_back.connect(self.watches.begin)
            self.safety.begin()
            self.history.begin()
            self.certificates.begin()
            self.network.begin()

    def come_to_front(self) -> None:
        """Be seen: another start asked for it."""
        top = self.window()
        top.setWindowState((top.windowState() & ~Qt.WindowState.WindowMinimized) | Qt.WindowState.WindowActive)
        top.show()
        top.raise_()
        top.activateWindow()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Called by Qt."""
        super().paintEvent(event)
        if not self._begun:
            QTimer.singleShot(0, self, self.begin)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Called by Qt: remembers the layout; asks first where a call would be stopped."""
        calls = self.drafts.under_way
        if calls and not self._ports.files.stop_and_quit(self, calls):
            event.ignore()
            return
        self._memory.keep_window(self.window())
        for splitter in (self._across, self._down):
            self._memory.keep_splitter(splitter)
        if self.drafts.current is not None:
            self._memory.keep_splitter(self.drafts.current.splitter)
        self.certificates.close()
        self.watches.close()
        self.safety.close()
        super().closeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Called by Qt: Ctrl+F, where nothing in front has a search of its own, looks for a service."""
        if event.matches(QKeySequence.StandardKey.Find):
            self._new_draft()
            return
        super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Called by Qt."""
        self.certificates.drag(event)
        self.packages.drag(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Called by Qt."""
        self.certificates.drop(event)
        self.packages.drop(event)

    def _first_environment(self) -> Environment:
        environments = self._ports.catalogue.environments
        last = self._ports.settings.get(ENVIRONMENT)
        return next((e for e in environments if e.id == last), environments[0])

    def _lay_out(self) -> None:
        self._down = named(QSplitter(Qt.Orientation.Vertical), "historySplitter", "Drafts and history")
        self._down.addWidget(self.drafts)
        self._down.addWidget(self.history)
        self._down.setStretchFactor(0, 1)
        self._down.setSizes([600, 132])
        self._across = named(QSplitter(Qt.Orientation.Horizontal), "servicesSplitter", "Services and drafts")
        self._across.addWidget(self.services)
        self._across.addWidget(self._down)
        self._across.setStretchFactor(1, 1)
        self._across.setSizes([264, 1016])
        middle = QWidget()
        layout = QVBoxLayout(middle)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addWidget(self.safety.strip)
        layout.addWidget(self.certificates.strip)
        layout.addWidget(self.catalogue.strip)
        layout.addWidget(self.watches.strip)
        layout.addWidget(self.runs.strip)
        layout.addWidget(self._across, 1)
        self.setCentralWidget(middle)
        self.setMinimumSize(880, 560)
        if not self._memory.bring_window(self):
            self.resize(1280, 800)
        for splitter in (self._across, self._down):
            self._memory.bring_splitter(splitter)

    def _add_menus(self) -> None:
        menus = (
            ("&File", self._file_verbs()),
            ("&Draft", self._draft_verbs()),
            ("&View", self._view_verbs()),
            ("&Catalogue", (*self.catalogue.verbs(), *self.packages.verbs())),
            ("Cer&tificates", self.certificates.verbs()),
            ("&Help", self._help_verbs()),
        )
        self._verbs = [verb for _, verbs in menus for verb in verbs if verb is not None]
        for title, verbs in menus:
            menu = add_menu(self, title, verbs)
            if title == "&View":
                add_theme_menu(self, menu, self._appearance.scheme, self._choose_theme)

    def _file_verbs(self) -> Verbs:
        return (
            Verb("&New draft", ("Ctrl+N",), self._new_draft, "newDraft"),
            Verb("&Open payload…", ("Ctrl+O",), self._with_draft(lambda draft: draft.payload.open_file()), "open"),
            *self.templates.verbs(),
            *self.foreign.verbs(),
            *self.dossiers.verbs(),
            Verb("&Save answer…", ("Ctrl+S",), self._with_draft(lambda draft: draft.answer.save()), "save"),
            *self.catalogue.file_verbs(),
            None,
            Verb("&Close draft", ("Ctrl+W",), self.drafts.close_current, "closeDraft"),
            Verb("&Reopen closed draft", ("Ctrl+Shift+T",), self.safety.reopen, "reopenDraft"),
            *self.safety.verbs(),
            None,
            Verb("&Quit", ("Ctrl+Q",), lambda: self.window().close(), "quit"),
        )

    def _draft_verbs(self) -> Verbs:
        # Esc alone would stop a submit by accident: it is what one presses to close a menu or a completion.
        return (
            Verb("&Send", ("Ctrl+Return", "Ctrl+Enter"), self._with_draft(DraftPanel.send), "send"),
            Verb("&Watch until…", ("Ctrl+Shift+U",), self._with_draft(lambda draft: draft.watch.open()), "watch"),
            Verb("&Cancel the call", ("Shift+Esc",), self._with_draft(lambda draft: draft.call.cancel()), "cancel"),
            None,
            Verb("&Validate", ("F7",), self._with_draft(lambda draft: draft.payload.check()), "validate"),
            Verb("&Go to the problem", ("F8",), self._with_draft(lambda draft: draft.payload.problem.go()), "problem"),
            None,
            Verb("Shift to another &trade date…", ("Ctrl+T",), self._with_draft(self._shift), "shiftDraft"),
            Verb("Set trade date and &hours…", ("Ctrl+E",), self._with_draft(self._set_hours), "setHours"),
            Verb("Insert a &macro…", ("Ctrl+M",), self._with_draft(_show_macros), "insertMacro"),
            Verb(
                "&Find in the XML…",
                (),
                self._with_draft(lambda draft: draft.payload.look_for(replacing=False)),
                "findInPayload",
            ),
            Verb(
                "&Replace in the XML…",
                ("Ctrl+R",),
                self._with_draft(lambda draft: draft.payload.look_for(replacing=True)),
                "replaceInPayload",
            ),
            Verb(
                "F&ormat the XML",
                ("Ctrl+Shift+F",),
                self._with_draft(lambda draft: draft.payload.format()),
                "formatPayload",
            ),
            Verb("Put in a &full sample", (), self._with_draft(lambda draft: draft.payload.fill()), "fullSample"),
            Verb("Compare the service's &versions", (), self._with_draft(self._compare_versions), "compareVersions"),
            None,
            *self.runs.verbs(),
            None,
            Verb("Ne&xt draft", ("Ctrl+Tab", "Ctrl+PgDown"), lambda: self.drafts.step(1), "nextDraft"),
            Verb("&Previous draft", ("Ctrl+Shift+Tab", "Ctrl+PgUp"), lambda: self.drafts.step(-1), "previousDraft"),
        )

    def _view_verbs(self) -> Verbs:
        return (
            Verb(
                "Payload as &form",
                ("Alt+1",),
                self._with_draft(lambda draft: draft.payload.views.choose("form")),
                "viewForm",
            ),
            Verb(
                "Payload as &XML",
                ("Alt+2",),
                self._with_draft(lambda draft: draft.payload.views.choose("xml")),
                "viewXml",
            ),
            Verb(
                "Payload as &grid",
                ("Alt+3",),
                self._with_draft(lambda draft: draft.payload.views.choose("grid")),
                "viewGrid",
            ),
            None,
            Verb("&Next panel", ("F6",), lambda: self._step_panel(1), "nextPanel"),
            Verb("&Previous panel", ("Shift+F6",), lambda: self._step_panel(-1), "previousPanel"),
            None,
            Verb("Show or hide s&ervices", ("Ctrl+B",), lambda: _toggle(self.services), "toggleServices"),
            Verb("Show or hide &history", ("Ctrl+H",), lambda: _toggle(self.history), "toggleHistory"),
            None,
            *self.watches.verbs(),
            *self.simulator.verbs(),
            None,
        )

    def _help_verbs(self) -> Verbs:
        return (
            *self.doctor.verbs(),
            *self.network.verbs(),
            None,
            Verb("&Keyboard shortcuts", ("F1",), self._show_keys, "showKeys"),
            Verb("&About CAISO Desktop", (), self._show_about, "about"),
        )

    def _connect(self) -> None:
        self.bar.chosen.connect(self._go_to)
        self.simulator.seen.connect(self.bar.availability.show_simulator)
        self.bar.availability.clicked.connect(self._show_availability)
        self.services.chosen.connect(self.open_draft)
        self.services.chosen.connect(self.services.note_use)
        self.certificate.chosen.connect(lambda identity: self.certificates.give(identity, self.desk.environment.id))
        self.certificate.page_asked.connect(self.certificates.show_page)
        self.drafts.copy_asked.connect(self._copy)
        self.doctor.examined.connect(self.history.look_again)
        self.packages.work.packages_changed.connect(self._renew_contracts)
        self.history.chosen.connect(self._show_again)
        self.watches.looked.connect(self._record)
        self.history.draft_asked.connect(self._open_again)
        self.history.retrieve_asked.connect(self._open_retrieve)
        self.history.page_asked.connect(lambda page, title: self.drafts.show_page(page, title, Symbol.PROXY))

    def _new_panel(self, environment: Environment, target: Target, id: str = "") -> DraftPanel:
        panel = DraftPanel(environment, target, self._ports, id)
        self._memory.bring_splitter(panel.splitter)
        panel.ended.connect(self._record)
        panel.newer_asked.connect(lambda newer: self._copy(panel, panel.desk.environment, newer))
        self.catalogue.listen(panel)
        self.doctor.listen(panel)
        self.network.listen(panel)
        panel.elsewhere_asked.connect(lambda environment: self._copy(panel, environment))
        self.certificates.listen(panel)
        self.watches.listen(panel)
        self.safety.keeping.watch(panel)
        self.drafts.add(panel)
        return panel

    def _record(self, exchange: Exchange) -> None:
        for each in (*exchange.earlier, exchange):
            self.history.add(each)
        self.bar.note(exchange)
        if exchange.call.environment == SIMULATOR:
            self.simulator.look()

    def _show_availability(self) -> None:
        """Of the simulator what can be done with it, of another environment when it can be used."""
        if self.desk.environment.id == SIMULATOR:
            self.simulator.open()
        else:
            self.catalogue.show_environments()

    def _renew_contracts(self) -> None:
        for panel in self.drafts.panels:
            panel.renew_contract()

    def _go_to(self, environment: Environment) -> None:
        self._ports.settings.set(ENVIRONMENT, environment.id)
        self.services.set_environment(environment)
        if self.drafts.current is not None:
            self.drafts.current.follow(environment)

    def _copy(self, panel: DraftPanel, environment: Environment, target: Target | None = None) -> None:
        target = target or panel.desk.target
        if target is not None:
            panel.payload.settle()
            copy = self._new_panel(environment, target)
            copy.payload.show_draft(panel.desk.draft)

    def _open_retrieve(self, target: Target, environment: str) -> None:
        """Open a retrieve in an environment, to look what became of a call; it is not sent by itself."""
        panel = self._new_panel(self._ports.catalogue.environment(environment), target)
        panel.begin()

    def _open_again(self, entry: Entry, payload: bytes) -> None:
        """Open a call of the past as a new draft to the same place."""
        record = entry.record
        try:
            environment = self._ports.catalogue.environment(record.environment)
            self._ports.catalogue.row(record.target)
        except CatalogueError as error:
            self.history.tell(error)
            return
        self._new_panel(environment, record.target).begin_with(payload, record.thumbprint)

    def _show_again(self, exchange: Exchange) -> None:
        for panel in self.drafts.panels:
            if panel.desk.exchange is exchange:
                self.drafts.tabs.setCurrentWidget(panel)
                return
        environment = self._ports.catalogue.environment(exchange.call.environment)
        self._new_panel(environment, exchange.call.target).show_exchange(exchange)

    def _set_hours(self, draft: DraftPanel) -> None:
        from caiso_desktop.ui.day_shift.hours_dialog import HoursDialog

        HoursDialog(draft, self._ports, self).show()

    def _shift(self, draft: DraftPanel) -> None:
        from caiso_desktop.ui.day_shift.dialog import ShiftDialog

        ShiftDialog(draft, self._ports, self).show()

    def _compare_versions(self, draft: DraftPanel) -> None:
        from caiso_desktop.ui.judgement.version_page import VersionPage

        target = draft.desk.target
        if target is not None:
            page = VersionPage(target, draft.desk.environment.id, self._ports)
            self.drafts.show_page(page, f"Versions of {target.service}", Symbol.VERSION)

    def _choose_theme(self, scheme: Scheme) -> None:
        self._appearance.choose(scheme)
        self._ports.settings.set(THEME, scheme)

    def _show_about(self) -> None:
        # Imported late, as what opens later need not hold up the first paint.
        from caiso_desktop.ui.help_dialog import about_dialog

        about_dialog(self._ports.catalogue, self).show()

    def _show_keys(self) -> None:
        from caiso_desktop.ui.help_dialog import keys_dialog

        rows = [(keys, verb.plain) for verb in self._verbs for keys in verb.keys]
        rows += [
            ("Tab, Shift+Tab", "In the payload's XML: indent, take the indent back; in its form: from value to value"),
            ("Enter", "In the form: write the value, open or close a section"),
            ("Ins, Ctrl+D, Del", "In the form: add an element, duplicate it, remove it"),
            ("Alt+Up, Alt+Down", "In the form: move an element before the one before, behind the next"),
            ("Ctrl+D, Del, F9", "In the grid: fill down, clear, go to the next wrong cell"),
            ("Ctrl++, Ctrl+-", "In the grid: copy the selected rows, delete them"),
            ("F3, Shift+F3", "In the payload's XML: the next place of what is looked for, the one before"),
            ("Ctrl+F", "In a document: find; elsewhere: look for a service"),
            ("Down", "In the filter: go to the services"),
            ("Esc", "In the filter: clear it"),
            ("Alt+E", "Choose the environment of new drafts"),
        ]
        keys_dialog(rows, self).show()

    def _step_panel(self, by: int) -> None:
        """Give the keyboard to a neighbouring panel, around the end."""
        draft = self.drafts.current
        panels: list[QWidget] = [self.bar, self.services]
        if draft is not None:
            panels += [draft.payload, draft.answer]
        elif (page := self.drafts.tabs.currentWidget()) is not None:
            panels.append(page)
        panels.append(self.history)
        shown = [panel for panel in panels if panel.isVisible()]
        focus = QApplication.focusWidget()
        here = next((n for n, panel in enumerate(shown) if focus is not None and panel.isAncestorOf(focus)), -1)
        shown[(here + by) % len(shown)].setFocus(Qt.FocusReason.TabFocusReason)

    def _new_draft(self) -> None:
        self.services.show()
        self.services.focus_filter()

    def _with_draft(self, verb: Callable[[DraftPanel], object]) -> Callable[[], None]:
        """A verb for the draft in front; without one it does nothing."""

        def do() -> None:
            if self.drafts.current is not None:
                verb(self.drafts.current)

        return do


def _show_macros(draft: DraftPanel) -> None:
    from caiso_desktop.ui.macro.menu import show_macros

    show_macros(draft.payload.editor, draft.wording)


def _toggle(panel: QWidget) -> None:
    panel.setVisible(not panel.isVisible())
