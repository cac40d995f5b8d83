"""The page of the connection doctor: what to examine, what will be done, what is found, and the text of it."""

from collections import deque

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from caiso_desktop import __version__
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.doctor import Doctor, Examination, Finding, Order, Place, Plan, Verdict
from caiso_desktop.model.doctor_report import report
from caiso_desktop.model.error import CaisoError
from caiso_desktop.ui.doctor.place_card import PlaceCard
from caiso_desktop.ui.doctor.subject import Subject
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.notice import Notice, error_notice
from caiso_desktop.ui.page import Page
from caiso_desktop.ui.phrase import duration_words
from caiso_desktop.ui.port import Ports

_NAME = "caiso-connection-{}.txt"
_VERDICTS = {
    Verdict.OK: ("success", "Nothing is wrong between here and there"),
    Verdict.WARNING: ("warning", "It works, but look at the warnings"),
    Verdict.FAILED: ("error", "Something is wrong: see the first step that failed"),
}


class DoctorPage(QWidget):
    """Shows the plan of whatever is chosen; Start does it, and each finding is shown when it is made.

    ``examined`` when an examination has ended, which may have made calls.
    """

    examined = Signal()

    def __init__(self, ports: Ports, doctor: Doctor, subject: Subject, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "doctorPage", "Connection doctor")
        self._ports = ports
        self._doctor = doctor
        self.subject = subject
        self._token: CancelToken | None = None
        self._plan: Plan | None = None
        self._examination: Examination | None = None
        self._asked = 0
        self._outdated = False
        self._waiting: deque[tuple[Place | None, Finding]] = deque()
        self._cards: dict[Place | None, PlaceCard] = {}
        self.start = styled(named(QPushButton("Start"), "doctorStart", "Start the examination"), primary=True)
        self.start.clicked.connect(lambda checked=False: self.begin())
        self.stop = named(QPushButton("Stop"), "doctorStop", "Stop the examination")
        self.stop.clicked.connect(lambda checked=False: self.cancel())
        self.stop.hide()
        self._state = styled(named(QLabel(), "doctorState", "State of the examination"), tone="muted")
        self.found = Page("doctorFindings", "What was found")
        self.found.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocusProxy(self.start)
        self._lay_out()
        subject.changed.connect(self._prepare)
        self._prepare()

    @property
    def under_way(self) -> bool:
        """Whether an examination has begun and not ended."""
        return self._token is not None

    @property
    def text(self) -> str:
        """All that is said on the page."""
        cards = (card.text for card in self._cards.values())
        return "\n".join((self.found.text, *cards, self._state.text()))

    def begin(self) -> None:
        """Do what the plan says; while that goes on this does nothing."""
        plan = self._plan
        if plan is None or self.under_way:
            return
        if self._outdated:
            self._prepare()  # something else was chosen meanwhile: it is shown before it is done
            return
        self._show_plan(plan)
        for place, card in self._cards.items():
            if place is None or plan.identity is None:
                card.begin()
        tell = self._ports.jobs.relay(lambda _: self._take(), owner=self)

        def found(place: Place | None, finding: Finding) -> None:
            # A relay keeps the newest value alone, so the findings wait in a queue of their own.
            self._waiting.append((place, finding))
            tell(None)

        self._token = self._ports.jobs.run(
            lambda token: self._doctor.examine(plan, token, found),
            owner=self,
            done=self._done,
            failed=self._failed,
            long=True,
        )
        self.destroyed.connect(self._token.cancel)  # whoever closes the page does not wait for the end
        self._set_under_way()
        self._state.setText(f"Examining {_hosts(len(plan.places))}…")

    def cancel(self) -> None:
        """Ask to stop; what was found by then stays."""
        if self._token is not None:
            self._token.cancel()
            self._state.setText("Stopping…")

    def copy(self) -> None:
        """Put the text for the help desk on the clipboard."""
        QGuiApplication.clipboard().setText(self._words())
        self._state.setText("Copied for the help desk.")

    def save(self) -> None:
        """Save the text for the help desk."""
        examination = self._examination
        if examination is None:
            return
        destination = self._ports.files.to_save(self, _NAME.format(examination.plan.environment.id))
        if destination is None:
            return
        words, saving = self._words(), self._ports.saving
        self._ports.jobs.run(
            lambda token: saving.save_text(words, destination.path, overwrite=destination.replace),
            owner=self,
            done=lambda _: self._state.setText(f"Saved as {destination.path}"),
            failed=lambda error: self._state.setText(str(error)),
        )

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(8, 8, 8, 0)
        head.setSpacing(8)
        head.addWidget(self.subject, 1)
        head.addWidget(self.start)
        head.addWidget(self.stop)
        self.include = named(
            QCheckBox("With the certificate's subject"), "includeSubject", "Include the certificate's subject"
        )
        self.include.setToolTip("The text names nobody unless you say so here.")
        self.copy_button = named(QPushButton("Copy for the help desk"), "copyReport", "Copy for the help desk")
        self.copy_button.clicked.connect(lambda checked=False: self.copy())
        self.save_button = named(QPushButton("Save…"), "saveReport", "Save the text")
        self.save_button.clicked.connect(lambda checked=False: self.save())
        foot = QHBoxLayout()
        foot.setContentsMargins(8, 4, 8, 8)
        foot.setSpacing(8)
        foot.addWidget(self._state, 1)
        for widget in (self.include, self.copy_button, self.save_button):
            foot.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.found, 1)
        layout.addLayout(foot)
        self._set_text()

    def _prepare(self) -> None:
        """Ask what would be done for what is chosen now; the newest question alone is answered."""
        if self.under_way:
            self._outdated = True  # what is found meanwhile stays in sight
            return
        self._outdated = False
        self._asked += 1
        asked, order = self._asked, self.subject.order
        self._plan = self._examination = None
        self.start.setEnabled(False)
        self._set_text()

        def done(plan: Plan) -> None:
            if asked == self._asked:
                self._plan = plan
                self._show_plan(plan)
                self.start.setEnabled(True)

        def failed(error: CaisoError) -> None:
            if asked == self._asked:
                self._clear()
                self.found.add(error_notice(error))
                self._state.setText("")

        self._ports.jobs.run(lambda token: self._plan_of(order), owner=self, done=done, failed=failed)

    def _plan_of(self, order: Order) -> Plan:
        return self._doctor.plan(order)

    def _show_plan(self, plan: Plan) -> None:
        self._clear()
        owner = plan.certificate.common_name if plan.certificate is not None else "nobody"
        places: tuple[Place | None, ...] = plan.places if plan.certificate is None else (None, *plan.places)
        for place in places:
            card = self._cards[place] = PlaceCard(place, owner)
            self.found.add(card)
        self._state.setText(f"{_hosts(len(plan.places))} will be examined. Nothing is sent before Start.")

    def _clear(self) -> None:
        self.found.clear()
        self._cards = {}
        self._waiting.clear()

    def _take(self) -> None:
        while self._waiting:
            place, finding = self._waiting.popleft()
            card = self._cards.get(place)
            if card is not None:
                card.show_finding(finding)
            if place is None:
                for other, waiting in self._cards.items():
                    if other is not None:
                        waiting.begin()

    def _done(self, examination: Examination) -> None:
        self._take()
        self._token = None
        self._examination = examination
        self._set_under_way()
        tone, title = _VERDICTS[examination.verdict]
        if examination.stopped:
            tone, title = "info", "Stopped before the end"
        self.found.add_first(Notice(tone, title, f"{examination.plan.environment.name}, {_counts(examination)}."))
        self.found.verticalScrollBar().setValue(0)
        self._state.setText(f"Took {duration_words(examination.seconds)}.")
        self.start.setText("Again")
        self.examined.emit()

    def _failed(self, error: CaisoError) -> None:
        self._token = None
        self._set_under_way()
        self.found.add_first(error_notice(error))
        self._state.setText("")

    def _set_under_way(self) -> None:
        self.start.setVisible(not self.under_way)
        self.stop.setVisible(self.under_way)
        self.subject.setEnabled(not self.under_way)
        (self.stop if self.under_way else self.start).setFocus()
        self._set_text()

    def _set_text(self) -> None:
        ready = self._examination is not None and not self.under_way
        for widget in (self.include, self.copy_button, self.save_button):
            widget.setEnabled(ready)

    def _words(self) -> str:
        examination = self._examination
        if examination is None:
            return ""
        included = self.include.isChecked()
        return report(self._doctor.redacted(examination, subject=included), version=__version__, subject=included)


def _hosts(count: int) -> str:
    return "1 host" if count == 1 else f"{count} hosts"


def _counts(examination: Examination) -> str:
    verdicts = [finding.verdict for chart in examination.charts for finding in chart.findings]
    found = ((verdicts.count(each), each) for each in Verdict)
    return ", ".join(f"{count} {verdict}" for count, verdict in found if count)
