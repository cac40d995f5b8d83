"""How drafts are opened: of a service, with a payload, as a copy, or of a call of the past."""

from typing import Protocol

from PySide6.QtCore import QObject, Qt, Signal

from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import CatalogueError
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.journal import Entry
from caiso_desktop.model.service import Environment, Target
from caiso_desktop.model.source import Payload
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.draft_panel import DraftPanel
from caiso_desktop.ui.draft_tabs import DraftTabs
from caiso_desktop.ui.port import Ports
from caiso_desktop.ui.window_memory import WindowMemory


class OpenWith(Protocol):
    """Opens a draft of a target with a payload, in an environment, None for that of the bar."""

    def __call__(self, target: Target, draft: Draft, environment: Environment | None = None) -> DraftPanel:
        """Open it."""
        ...


class DraftOpening(QObject):
    """``desk`` is the bar's: what a new draft gets. ``opened`` carries each panel, before it stands among the tabs.

    ``refused`` says why a call of the past cannot be opened again.
    """

    opened = Signal(object)
    refused = Signal(object)

    def __init__(self, ports: Ports, desk: Desk, drafts: DraftTabs, memory: WindowMemory, parent: QObject) -> None:
        super().__init__(parent)
        self._ports = ports
        self._desk = desk
        self._drafts = drafts
        self._memory = memory

    def panel(self, environment: Environment, target: Target, id: str = "") -> DraftPanel:
        """A panel among the tabs, with nothing in it yet."""
        panel = DraftPanel(environment, target, self._ports, id)
        self._memory.bring_splitter(panel.splitter)
        panel.newer_asked.connect(lambda newer: self.copy(panel, panel.desk.environment, newer))
        panel.elsewhere_asked.connect(lambda environment: self.copy(panel, environment))
        self.opened.emit(panel)
        self._drafts.add(panel)
        return panel

    def of_service(self, target: Target) -> DraftPanel:
        """Open a draft of a service in the bar's environment, as the bar's identity."""
        panel = self.panel(self._desk.environment, target)
        panel.desk.set_identity(self._desk.identity, self._desk.certificate)
        panel.begin()
        panel.payload.setFocus(Qt.FocusReason.OtherFocusReason)
        return panel

    def with_payload(self, target: Target, draft: Draft, environment: Environment | None = None) -> DraftPanel:
        """Open a draft of a service with a payload of its own, in an environment (else the bar's), as its identity."""
        place = environment or self._desk.environment
        panel = self.panel(place, target)
        if place.id == self._desk.environment.id:
            panel.desk.set_identity(self._desk.identity, self._desk.certificate)
        elif (identity := self._ports.identities.choice(place.id)) is not None:
            panel.desk.set_identity(identity.ref, identity.certificate)
        panel.payload.show_draft(draft)
        panel.payload.setFocus(Qt.FocusReason.OtherFocusReason)
        return panel

    def copy(self, panel: DraftPanel, environment: Environment, target: Target | None = None) -> None:
        """Open a draft's payload once more, in an environment, for a target (else the same)."""
        target = target or panel.desk.target
        if target is not None:
            panel.payload.settle()
            copy = self.panel(environment, target)
            copy.payload.show_draft(panel.desk.draft, file=panel.payload.file)

    def again(self, entry: Entry, payload: Payload) -> None:
        """Open a call of the past as a new draft to the same place."""
        record = entry.record
        try:
            environment = self._ports.catalogue.environment(record.environment)
            self._ports.catalogue.row(record.target)
        except CatalogueError as error:
            self.refused.emit(error)
            return
        self.panel(environment, record.target).begin_with(payload, record.thumbprint)

    def show(self, exchange: Exchange) -> None:
        """Show an exchange in the draft that it came of, else in one of its own."""
        for panel in self._drafts.panels:
            if panel.desk.exchange is exchange:
                self._drafts.tabs.setCurrentWidget(panel)
                return
        try:
            environment = self._ports.catalogue.environment(exchange.call.environment)
        except CatalogueError as error:  # whoever added it has taken it away
            self.refused.emit(error)
            return
        self.panel(environment, exchange.call.target).show_exchange(exchange)
