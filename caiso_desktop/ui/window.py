"""The main window: lays the panels out and lets them know of one another. It decides nothing."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QKeySequence, QPaintEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QSplitter, QVBoxLayout, QWidget

from caiso_desktop.model.credential import Credentials
from caiso_desktop.model.doctor import Doctor
from caiso_desktop.model.exchange import Courier, Exchange
from caiso_desktop.model.identity import Identities
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
from caiso_desktop.ui.draft_opening import DraftOpening
from caiso_desktop.ui.draft_panel import DraftPanel
from caiso_desktop.ui.draft_tabs import DraftTabs
from caiso_desktop.ui.draft_verbs import DraftVerbs
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
        self.opening = DraftOpening(self._ports, self.desk, self.drafts, self._memory, self)
        self._draft = DraftVerbs(self, self._ports, self.drafts)
        self.network = NetworkDoor(self, self._ports, network, self.drafts)
        self.bar = EnvironmentBar(offer, self.desk, self.certificate, self.network.chip)
        self.history = HistoryPanel(self._ports)
        self.safety = SafetyDoor(self, self._ports, self.drafts, self.opening.panel, safe_mode=safe_mode)
        self.watches = WatchDoor(self, self._ports, self.desk, self.drafts, self.opening.with_payload)
        self.templates = TemplateDoor(self, self._ports, self.drafts, self.opening.with_payload)
        self._begun = False
        self.certificates = CertificateDoor(self, self._ports, self.desk, self.drafts, asking)
        self.catalogue = CatalogueDoor(self, self._ports, self.desk, self.drafts, self.services)
        self.foreign = ForeignDoor(self, self._ports, self.drafts, self.opening.with_payload)
        self.runs = RunDoor(self, self._ports, self.desk, self.drafts, self._record, self.opening.show)
        self.dossiers = DossierDoor(self, self._ports, simulation, self.drafts, self.opening.with_payload)
        self.packages = PackageDoor(self, self._ports, self.desk, self.drafts)
        self.simulator = SimulatorDoor(self, self._ports, simulation, self.drafts)
        self.doctor = DoctorDoor(self, self._ports, doctor, self.desk, self.drafts)
        self._lay_out()
        self._add_menus()
        self._connect()

    def open_draft(self, target: Target) -> DraftPanel:
        """Open a draft of a service in the bar's environment, as the bar's identity."""
        return self.opening.of_service(target)

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
            self._draft.open_payload(),
            *self.templates.verbs(),
            *self.foreign.verbs(),
            *self.dossiers.verbs(),
            self._draft.save_answer(),
            *self.catalogue.file_verbs(),
            None,
            Verb("&Close draft", ("Ctrl+W",), self.drafts.close_current, "closeDraft"),
            Verb("&Reopen closed draft", ("Ctrl+Shift+T",), self.safety.reopen, "reopenDraft"),
            *self.safety.verbs(),
            None,
            Verb("&Quit", ("Ctrl+Q",), lambda: self.window().close(), "quit"),
        )

    def _draft_verbs(self) -> Verbs:
        draft = self._draft
        groups = (draft.carrying(), draft.checking(), draft.writing(), self.runs.verbs(), draft.going())
        return (*groups[0], *(verb for group in groups[1:] for verb in (None, *group)))

    def _view_verbs(self) -> Verbs:
        return (
            *self._draft.views(),
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
        self.services.chosen.connect(self.opening.of_service)
        self.services.chosen.connect(self.services.note_use)
        self.certificate.chosen.connect(lambda identity: self.certificates.give(identity, self.desk.environment.id))
        self.certificate.page_asked.connect(self.certificates.show_page)
        self.drafts.copy_asked.connect(self.opening.copy)
        self.opening.opened.connect(self._listen)
        self.opening.refused.connect(self.history.tell)
        self.doctor.examined.connect(self.history.look_again)
        self.packages.work.packages_changed.connect(self._renew_contracts)
        self.history.chosen.connect(self.opening.show)
        self.watches.looked.connect(self._record)
        self.history.draft_asked.connect(self.opening.again)
        self.history.look_asked.connect(self.watches.follow)
        self.history.page_asked.connect(lambda page, title: self.drafts.show_page(page, title, Symbol.PROXY))

    def _listen(self, panel: DraftPanel) -> None:
        panel.call.left.connect(self.history.search)
        panel.ended.connect(self._record)
        for door in (self.catalogue, self.doctor, self.network, self.certificates, self.watches):
            door.listen(panel)
        self.safety.keeping.watch(panel)

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

    def _choose_theme(self, scheme: Scheme) -> None:
        self._appearance.choose(scheme)
        self._ports.settings.set(THEME, scheme)

    def _show_about(self) -> None:
        # Imported late, as what opens later need not hold up the first paint.
        from caiso_desktop.ui.help_dialog import about_dialog

        about_dialog(self._ports.catalogue, self).show()

    def _show_keys(self) -> None:
        from caiso_desktop.ui.help_dialog import keys_dialog

        keys_dialog(self._verbs, self).show()

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


def _toggle(panel: QWidget) -> None:
    panel.setVisible(not panel.isVisible())
