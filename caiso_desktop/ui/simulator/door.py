"""The way from the window to the simulator. Its page is imported when it is opened for the first time."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from caiso_desktop.model.error import CaisoError
from caiso_desktop.model.simulation import SimulatorControl
from caiso_desktop.ui.draft_tabs import DraftTabs
from caiso_desktop.ui.icon import Symbol
from caiso_desktop.ui.port import Ports
from caiso_desktop.ui.window_menu import Verb, Verbs

_PAGE = "simulatorPage"


class SimulatorDoor(QObject):
    """Opens one page among the drafts; ``seen`` carries each `SimulatorState` that was asked for."""

    seen = Signal(object)

    def __init__(self, window: QWidget, ports: Ports, control: SimulatorControl, drafts: DraftTabs) -> None:
        super().__init__(window)
        self._ports = ports
        self._control = control
        self._drafts = drafts

    def verbs(self) -> Verbs:
        """The lines it adds to the View menu."""
        return (Verb("Simu&lator", ("Ctrl+Shift+L",), self.open, "showSimulator"),)

    def open(self) -> None:
        """Open the page, or bring it to the front."""
        from caiso_desktop.ui.simulator.page import SimulatorPage

        page = self._drafts.page(_PAGE)
        if page is None:
            page = SimulatorPage(self._control, self._ports.jobs, self._ports.files)
            page.seen.connect(self.seen)
        self._drafts.show_page(page, "Simulator", Symbol.SIMULATOR)
        page.setFocus()

    def look(self) -> None:
        """See whether something is still arranged: a call has been there, which may have used it up."""
        self._ports.jobs.run(
            lambda token: self._control.state(), owner=self, done=self.seen.emit, failed=self._leave_it
        )

    def _leave_it(self, error: CaisoError) -> None:
        """What the page says of it is enough."""
