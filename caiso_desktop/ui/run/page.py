"""A run list before, while and after it runs: what it will do, how far each call is, what was found, the results."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import CaisoError
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.run_list import Outlook, Result, RunList, Step
from caiso_desktop.model.run_table import as_csv, as_json, summary
from caiso_desktop.model.service import Environment, Kind
from caiso_desktop.ui.busy_page import BusyPage
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.notice import Notice, error_notice
from caiso_desktop.ui.phrase import duration_words
from caiso_desktop.ui.port import Ports
from caiso_desktop.ui.rows_table import RowsTable
from caiso_desktop.ui.run.bar import RunBar
from caiso_desktop.ui.run.progress import RunProgress

HEADERS = ("No.", "Scenario", "Service", "Expected", "Found", "Verdict", "Duration", "What it says")
_WIDTHS = (44, 88, 248, 136, 172, 116, 72)


class RunPage(BusyPage):
    """``ended`` carries each exchange, ``show_asked`` one that shall be looked at."""

    ended = Signal(Exchange)
    show_asked = Signal(Exchange)

    def __init__(
        self, ports: Ports, run_list: RunList, environment: Environment, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        named(self, "runPage", f"Run list {run_list.title}")
        self._ports = ports
        self._list = run_list
        self._token: CancelToken | None = None
        self._outlook: Outlook | None = None
        self._found: dict[int, Result] = {}
        self._asked = 0
        self._place = environment
        self._ran = environment.id
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(8, 8, 8, 8)
        self._column.setSpacing(8)
        self._title = styled(named(QLabel(run_list.title), "runTitle", "The list, and where it ran"), title=True)
        self._column.addWidget(self._title)
        self.bar = RunBar(ports.catalogue.environments, environment.id)
        self.environment, self.at_once = self.bar.environment, self.bar.at_once
        self.start, self.again, self.stop = self.bar.start, self.bar.again, self.bar.stop
        self.csv, self.json = self.bar.csv, self.bar.json
        self.bar.started.connect(self.begin)
        self.bar.again_asked.connect(self.repeat)
        self.bar.stopped.connect(self.cancel)
        self.bar.exported.connect(self.export)
        self._column.addWidget(self.bar)
        self._notice: Notice | None = None
        self.progress = named(QProgressBar(), "runProgress", "How many calls are over")
        self.progress.setMaximum(len(run_list.steps))
        self.progress.setTextVisible(False)
        self._count = styled(named(QLabel(), "runCount", "How many calls are over"), tone="muted")
        self._gauge = QWidget()
        gauge = QHBoxLayout(self._gauge)
        gauge.setContentsMargins(0, 0, 0, 0)
        gauge.setSpacing(8)
        gauge.addWidget(self.progress, 1)
        gauge.addWidget(self._count)
        self._gauge.hide()
        self._column.addWidget(self._gauge)
        self.table = RowsTable("runTable", "Calls of the list", HEADERS, numbers=(0, 6), stretch=7)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.rows.set_rows([_row(number, step) for number, step in enumerate(run_list.steps, 1)])
        for column, width in enumerate(_WIDTHS):
            self.table.setColumnWidth(column, width)
        self.table.activated.connect(lambda index: self._show(index.row() + 1))
        self._column.addWidget(self.table, 1)
        self.setFocusProxy(self.start)
        self.bar.moved.connect(self._look)
        ports.identities.changed.connect(self._name_certificate)
        self._look()

    @property
    def under_way(self) -> int:
        """How many calls are under way: at most so many as are made at a time."""
        left = len(self._list.steps) - len(self._found)
        return min(left, self.at_once.value()) if self._token is not None else 0

    @property
    def results(self) -> Sequence[Result]:
        """What was found so far, in the order of the list."""
        return [self._found[number] for number in sorted(self._found)]

    @property
    def said(self) -> str:
        """What is said above the calls."""
        return self._notice.text if self._notice is not None else ""

    def may_close(self) -> bool:
        """Not while it runs."""
        if self._token is None:
            return True
        self._say(Notice("warning", "The run is under way", "Stop it first, or let it come to its end."))
        return False

    def begin(self) -> None:
        """Make the calls."""
        self._begin(range(1, len(self._list.steps) + 1))

    def repeat(self) -> None:
        """Make the retrieves once more that were not as expected; what they found before is forgotten."""
        self._begin(self._repeatable)

    def _begin(self, numbers: Sequence[int]) -> None:
        if self._token is not None or not self._ready or self._outlook is None or not numbers:
            return
        place, identity = self._place, self._ports.identities.choice(self._place.id)
        ref = identity.ref if identity is not None else None
        self._ran = place.id
        self._title.setText(f"{self._list.title} – in {place.name}")
        self._found = {number: result for number, result in self._found.items() if number not in numbers}
        for number in numbers:
            self.table.rows.replace(number - 1, _row(number, self._list.steps[number - 1]))
        self._stress()
        self._show_count()
        self._gauge.show()
        chosen = RunList(self._list.title, tuple(self._list.steps[number - 1] for number in numbers))
        watcher = RunProgress(
            self._ports.jobs,
            self,
            lambda number, words: self._tell(numbers[number - 1], words),
            lambda result: self._end_step(replace(result, number=numbers[result.number - 1])),
        )
        at_once = self.at_once.value()
        self._token = self._ports.jobs.run(
            lambda token: self._ports.workshop.runs.run(chosen, place.id, ref, token, watcher, at_once=at_once),
            owner=self,
            done=lambda results: self._end(watcher),
            failed=lambda error: self._end(watcher, error),
            long=True,
        )
        words = Outlook(tuple(self._outlook.kinds[number - 1] for number in numbers)).words(place.name)
        self._say(Notice("info", words, "Double-click a call that is over to look at it."))
        self._enable()

    def cancel(self) -> None:
        """Stop what is under way, and begin nothing more."""
        if self._token is not None:
            self._token.cancel()
            self.stop.setEnabled(False)
            self._say(Notice("info", "Stopping", "A submit that is under way may have been received already."))

    def export(self, form: str) -> None:
        """Save the results, as ``csv`` or ``json``."""
        destination = self._ports.files.to_save(self, f"{self._list.title}.{form}")
        if destination is None:
            return
        results, title, place = self.results, self._list.title, self._ran

        def save(token: object) -> None:
            # The mark at the start tells Excel that it is UTF-8.
            told = as_csv(results, place) if form == "csv" else as_json(results, title, place)
            data = told.encode("utf-8-sig" if form == "csv" else "utf-8")
            self._ports.saving.save_bytes(data, destination.path, overwrite=destination.replace)

        def done(nothing: None) -> None:
            self._say(Notice("success", f"The results were saved as {destination.path}", summary(results)))

        self._ports.jobs.run(save, owner=self, done=done, failed=lambda error: self._say(error_notice(error)))

    def _look(self) -> None:
        """Say what the list is about to do in the environment that is chosen."""
        chosen = self.bar.place
        self._place = next(each for each in self._ports.catalogue.environments if each.id == chosen)
        self._outlook = None
        self._asked += 1
        mine = self._asked
        self._name_certificate()

        def done(outlook: Outlook) -> None:
            if mine != self._asked:
                return
            self._outlook = outlook
            self._tell_outlook(outlook)
            self._enable()

        self._ports.jobs.run(
            lambda token: self._ports.workshop.runs.outlook(self._list, chosen),
            owner=self,
            done=done,
            failed=lambda error: self._say(error_notice(error)),
        )

    def _tell_outlook(self, outlook: Outlook) -> None:
        """Say what the list would do, or what keeps it from starting."""
        words = outlook.words(self._place.name)
        if outlook.refused:
            self._say(Notice("error", f"The list cannot run in {self._place.name}", outlook.refused))
        elif not self._vouched:
            advice = f"Choose {self._place.name} in the bar above and a certificate beside it; then come back."
            title = f"No certificate is chosen for {self._place.name}"
            self._say(Notice("warning", title, "Without one nothing of the list can be sent there.", advice))
        elif outlook.changing:
            self._say(Notice("warning", words, "What is handed in changes the state of the services there."))
        else:
            self._say(Notice("info", words))

    @property
    def _vouched(self) -> bool:
        """Whether there is the certificate that the calls want."""
        return not self._list.wants_certificate or self._ports.identities.choice(self._place.id) is not None

    @property
    def _ready(self) -> bool:
        return self._outlook is not None and not self._outlook.refused and self._vouched

    def _name_certificate(self) -> None:
        self._ports.identities.known(self._place.id)
        identity = self._ports.identities.choice(self._place.id)
        name = identity.certificate.common_name if identity is not None else ""
        words = f"as {name}" if name else "no certificate is chosen there"
        self.bar.certificate.say(words)
        self.bar.certificate.setToolTip(words)
        if self._token is None and not self._found and self._outlook is not None:
            self._tell_outlook(self._outlook)
        self._enable()

    def _tell(self, number: int, words: str) -> None:
        if number not in self._found:
            self.table.rows.replace(number - 1, _row(number, self._list.steps[number - 1], words))

    def _end_step(self, result: Result) -> None:
        self._found[result.number] = result
        self.table.rows.replace(result.number - 1, _row(result.number, result.step, result=result))
        self._stress()
        self._show_count()
        if result.exchange is not None:
            self.ended.emit(result.exchange)

    def _end(self, watcher: RunProgress, error: CaisoError | None = None) -> None:
        watcher.take()
        self._token = None
        self._gauge.hide()
        if error is not None:
            self._say(error_notice(error))
        else:
            passed = all(result.passed for result in self.results)
            self._say(Notice("success" if passed else "warning", summary(self.results)))
        self._enable()

    def _stress(self) -> None:
        """Let the calls stand out that are not as expected."""
        self.table.rows.stress(number - 1 for number, each in self._found.items() if not each.passed)

    @property
    def _repeatable(self) -> Sequence[int]:
        """The retrieves that were not as expected where the list ran last; nothing else is sent twice by one press."""
        if self._outlook is None or self._ran != self._place.id:
            return ()
        kinds = self._outlook.kinds
        return [n for n in sorted(self._found) if not self._found[n].passed and kinds[n - 1] is Kind.RETRIEVE]

    def _show_count(self) -> None:
        self.progress.setValue(len(self._found))
        self._count.setText(f"{len(self._found):,} of {len(self._list.steps):,} calls")

    def _show(self, number: int) -> None:
        result = self._found.get(number)
        if result is not None and result.exchange is not None:
            self.show_asked.emit(result.exchange)

    def _say(self, notice: Notice) -> None:
        if self._notice is not None:
            self._column.removeWidget(self._notice)
            self._notice.hide()
            self._notice.deleteLater()
        self._notice = notice
        self._column.insertWidget(2, notice)

    def _enable(self) -> None:
        self.bar.show_state(
            running=self._token is not None,
            ready=self._ready,
            found=bool(self._found),
            again=len(self._repeatable),
        )


def _row(number: int, step: Step, words: str = "", result: Result | None = None) -> tuple[str, ...]:
    target = step.target
    service = " ".join(filter(None, (f"{target.application.upper()} · {target.service}", target.version)))
    if target.procedure:
        service = f"{service} {target.procedure}"
    expected = " or ".join(map(str, step.expected))
    if result is None:
        return str(number), step.scenario or "–", service, expected, f"{words}…" if words else "–", "–", "–", ""
    took = duration_words(result.seconds) if result.seconds is not None else "–"
    verdict = "As expected" if result.passed else "Not expected"
    return str(number), step.scenario or "–", service, expected, str(result.found), verdict, took, result.words
