"""The way from the window to the connection doctor. Its page is imported when it is opened for the first time."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from caiso_desktop.model.doctor import Doctor
from caiso_desktop.model.service import Target
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.draft_panel import DraftPanel
from caiso_desktop.ui.draft_tabs import DraftTabs
from caiso_desktop.ui.icon import Symbol
from caiso_desktop.ui.port import Ports
from caiso_desktop.ui.window_menu import Verb, Verbs

_PAGE = "doctorPage"


class DoctorDoor(QObject):
    """Opens one page among the drafts, for what the eye is on; ``examined`` when it may have made calls."""

    examined = Signal()

    def __init__(self, window: QWidget, ports: Ports, doctor: Doctor, desk: Desk, drafts: DraftTabs) -> None:
        super().__init__(window)
        self._ports = ports
        self._doctor = doctor
        self._desk = desk
        self._drafts = drafts

    def verbs(self) -> Verbs:
        """The lines it adds to the Help menu."""
        return (Verb("Connection &doctor", ("Ctrl+Shift+D",), self.open, "connectionDoctor"),)

    def listen(self, panel: DraftPanel) -> None:
        """Examine the way of a draft's call when it asks for that."""
        panel.doctor_asked.connect(lambda: self._show(panel.desk, panel.desk.target))

    def open(self) -> None:
        """Open the page for the draft in front, else for the bar's environment."""
        draft = self._drafts.current
        if draft is None:
            self._show(self._desk, None)
        else:
            self._show(draft.desk, draft.desk.target)

    def _show(self, desk: Desk, target: Target | None) -> None:
        from caiso_desktop.ui.doctor.page import DoctorPage
        from caiso_desktop.ui.doctor.subject import Subject

        page = self._drafts.page(_PAGE)
        if not isinstance(page, DoctorPage):
            page = DoctorPage(self._ports, self._doctor, Subject(self._ports, desk.environment))
            page.examined.connect(self.examined)
        if not page.under_way:
            page.subject.choose(desk.environment, desk.identity, desk.certificate, target)
        self._drafts.show_page(page, "Connection doctor", Symbol.DOCTOR)
        page.setFocus()
