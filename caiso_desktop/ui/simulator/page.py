"""The page of the simulator: what is to go wrong, what is arranged, and what came lately."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import CaisoError
from caiso_desktop.model.simulation import Arranged, Disturbance, FaultKind, Heard, SimulatorControl, SimulatorState
from caiso_desktop.ui.empty_state import EmptyState
from caiso_desktop.ui.file_choice import FileChoice
from caiso_desktop.ui.jobs import Jobs
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.notice import error_notice
from caiso_desktop.ui.rows_table import RowsTable
from caiso_desktop.ui.simulator.fault_form import EVERY_SERVICE, FaultForm
from caiso_desktop.ui.simulator.played_back import PlayedBack

ARRANGED = ("No.", "What goes wrong", "For", "How often", "Befell", "As an order")
RECEIVED = ("Time (GMT)", "Service", "Verdict", "Went wrong", "Bytes", "From")
_LOOK = 1000
"""Milliseconds between two looks at the simulator while the page is seen."""


class SimulatorPage(QWidget):
    """Asks the simulator in workers, again each second while it is seen; what it says is shown as it is said.

    ``seen`` carries each `SimulatorState`.
    """

    seen = Signal(object)

    def __init__(self, control: SimulatorControl, jobs: Jobs, files: FileChoice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "simulatorPage", "Simulator")
        self._control = control
        self._jobs = jobs
        self._files = files
        self._titles: dict[str, FaultKind] = {}
        self._last: SimulatorState | None = None
        self._looking = False
        self.form = FaultForm()
        self.form.asked.connect(self._disturb)
        self.arranged = RowsTable("arrangedTable", "Arranged", ARRANGED, numbers=(0, 4), stretch=1, grows=6)
        self.received = RowsTable("receivedTable", "Received lately", RECEIVED, numbers=(4,), stretch=2)
        self.arranged.hide()
        self._came = QStackedWidget()
        self._came.addWidget(
            EmptyState("Nothing has come yet", "What you send to the environment Simulator stands here, newest first.")
        )
        self._came.addWidget(self.received)
        self.played = PlayedBack()
        self.played.play_asked.connect(self._play)
        self.played.stop_asked.connect(lambda: self._do(control.stop_playing))
        self.withdraw = self._button("Take back", "faultWithdraw", "Take back what is chosen", self._withdraw)
        self.calm = self._button("Calm", "simulatorCalm", "Take everything back", lambda: self._do(control.calm))
        self.forget = self._button(
            "Forget", "simulatorForget", "Forget what came and what was handed in", lambda: self._do(control.forget)
        )
        self._state = styled(named(QLabel("Asking the simulator…"), "simulatorState", "How it stands"), tone="muted")
        self._failures = styled(named(QLabel(), "simulatorFailures", "Connections that failed"), tone="muted")
        self._failures.setTextFormat(Qt.TextFormat.PlainText)
        self._trouble = QVBoxLayout()
        self._notices: list[QWidget] = []
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK)
        self._timer.timeout.connect(self.look)
        self.arranged.selectionModel().selectionChanged.connect(lambda *_: self._enable())
        self._remove_by_key()
        self._lay_out()
        self.setFocusProxy(self.form)
        self._ask(lambda: (control.kinds(), control.services()), lambda found: self._offer(*found))

    @property
    def state_words(self) -> str:
        """What is said of the clock and of what is arranged."""
        return self._state.text()

    @property
    def watching(self) -> bool:
        """Whether it asks again and again."""
        return self._timer.isActive()

    def look(self) -> None:
        """Ask how things stand; while that is asked already this does nothing."""
        if not self._looking:
            self._looking = True
            self._ask(self._control.state, self._show)

    def showEvent(self, event: QShowEvent) -> None:
        """Called by Qt."""
        super().showEvent(event)
        self.look()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Called by Qt."""
        super().hideEvent(event)
        self._timer.stop()

    def _button(self, text: str, name: str, tip: str, verb: Callable[[], object]) -> QPushButton:
        button = named(QPushButton(text), name, tip, tip)
        button.clicked.connect(lambda checked=False: verb())
        button.setEnabled(False)
        return button

    def _remove_by_key(self) -> None:
        """Let Del take back what is chosen in the list."""
        remove = QShortcut(QKeySequence.StandardKey.Delete, self.arranged, self._withdraw)
        remove.setContext(Qt.ShortcutContext.WidgetShortcut)
        self.withdraw.setToolTip("Take back what is chosen in the list (Del)")

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(8)
        layout.addLayout(_head("Let something go wrong"))
        layout.addWidget(self.form)
        layout.addLayout(self._trouble)
        layout.addSpacing(8)
        layout.addLayout(_head("Arranged", self._state, self.withdraw, self.calm))
        layout.addWidget(self.arranged)
        layout.addSpacing(8)
        layout.addWidget(self.played)
        layout.addSpacing(8)
        layout.addLayout(_head("Received lately", self._failures, self.forget))
        layout.addWidget(self._came, 1)
        # As they stand, from top to bottom.
        played = self.played
        order = (self.form.arrange, self.withdraw, self.calm, self.arranged, played.play, played.stop, played.table)
        for before, after in pairwise((*order, self.forget, self.received)):
            self.setTabOrder(before, after)

    def _offer(self, kinds: Sequence[FaultKind], services: Sequence[str]) -> None:
        self._titles = {kind.name: kind for kind in kinds}
        self.form.offer(kinds, services)
        self.look()

    def _disturb(self, disturbance: Disturbance) -> None:
        """Arrange it; where it cannot be, what was put together stays in the form to be put right."""

        def done(state: SimulatorState) -> None:
            self.form.begin_anew()
            self._show(state)

        self._do(lambda: self._control.disturb(disturbance), done)

    def _play(self) -> None:
        source = self._files.exchange_to_open(self)
        if source is not None:
            self._do(lambda: self._control.play(source))

    def _withdraw(self) -> None:
        chosen = {index.row() for index in self.arranged.selectionModel().selectedRows()}
        numbers = [int(self.arranged.rows.row(row)[0]) for row in chosen]
        if numbers:
            self._do(lambda: self._withdraw_all(numbers))

    def _withdraw_all(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            self._control.withdraw(number)

    def _do(self, verb: Callable[[], object], done: Callable[[SimulatorState], None] | None = None) -> None:
        """Do something there, and look what came of it."""

        def task() -> SimulatorState:
            verb()
            return self._control.state()

        self._clear_trouble()
        self._ask(task, done or self._show)

    def _ask(self, task: Callable[[], object], done: Callable[..., None]) -> None:
        def work(token: CancelToken) -> object:
            return task()

        self._jobs.run(work, owner=self, done=done, failed=self._tell)

    def _tell(self, error: CaisoError) -> None:
        self._looking = False
        self._clear_trouble()
        notice = error_notice(error)
        self._trouble.addWidget(notice)
        self._notices.append(notice)

    def _clear_trouble(self) -> None:
        for notice in self._notices:
            self._trouble.removeWidget(notice)
            notice.deleteLater()
        self._notices.clear()

    def _show(self, state: SimulatorState) -> None:
        self._looking = False
        self._last = state
        self.seen.emit(state)
        self.arranged.show_rows([self._row(one) for one in state.arranged])
        self.received.show_rows([_heard(one) for one in reversed(state.received)])
        minutes = state.skew.total_seconds() / 60
        calm = "" if state.arranged else "Nothing is arranged: it answers as it should."
        self._state.setText(f"Its clock is moved by {minutes:+,g} minutes." if state.skew else calm)
        last = state.failures[-1] if state.failures else ""
        self._failures.setText(f"Last connection that failed: {last}" if last else "")
        self._failures.setToolTip("\n".join(state.failures))
        self.played.show_calls(state.playing)
        self.arranged.setVisible(bool(state.arranged))
        self._came.setCurrentIndex(1 if state.received else 0)
        self._enable()

    def _enable(self) -> None:
        self.withdraw.setEnabled(self.arranged.selectionModel().hasSelection())
        last = self._last
        self.calm.setEnabled(last is not None and bool(last.arranged or last.skew))
        self.forget.setEnabled(self.received.rows.rowCount() > 0)

    def _row(self, arranged: Arranged) -> tuple[str, ...]:
        told = arranged.disturbance
        titles = []
        for choice in told.faults:
            kind = self._titles.get(choice.name)
            amount = f", {choice.amount:,g} {kind.unit}" if kind is not None and choice.amount is not None else ""
            titles.append((kind.title if kind is not None else choice.name) + amount)
        often = "until taken back" if arranged.left is None else f"{arranged.left} to go"
        if told.share < 1:
            often += f", {told.share:.0%} of the calls (seed {told.seed})"
        what, where = "; ".join(titles), told.service or EVERY_SERVICE
        return str(arranged.number), what, where, often, str(arranged.hits), f"fault {told}"


def _heard(heard: Heard) -> tuple[str, ...]:
    who = heard.subject.partition(",")[0].removeprefix("CN=")
    return f"{heard.moment:%H:%M:%S}", heard.service, heard.verdict, heard.fault, f"{heard.size:,}", who


def _head(title: str, *widgets: QWidget) -> QHBoxLayout:
    """A heading, a line beside it and its buttons at the right."""
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addWidget(styled(QLabel(title), title=True))
    for widget in widgets:
        if isinstance(widget, QPushButton):
            continue
        row.addWidget(widget, 1)
    if not any(isinstance(widget, QLabel) for widget in widgets):
        row.addStretch(1)
    for widget in widgets:
        if isinstance(widget, QPushButton):
            row.addWidget(widget)
    return row
