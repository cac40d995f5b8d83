"""The draft's payload for another trade date: what would change is shown before it does."""

from datetime import timedelta

from PySide6.QtWidgets import QComboBox, QLabel, QWidget

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.day_shift import Change, ShiftPlan
from caiso_desktop.model.error import CaisoError, Cancelled
from caiso_desktop.ui.day_shift.day_choice import DayChoice, length_in_words
from caiso_desktop.ui.day_shift.field_list import FieldList
from caiso_desktop.ui.day_shift.gap_list import GapList
from caiso_desktop.ui.draft_panel import DraftPanel
from caiso_desktop.ui.named import named
from caiso_desktop.ui.pause import pause
from caiso_desktop.ui.port import Ports
from caiso_desktop.ui.rows_table import RowsTable
from caiso_desktop.ui.side_dialog import SideDialog

_AFTER_MS = 150
_SHOWN = 500
_HEADERS = ("Line", "Time", "Now", "Then", "Hour now", "Hour then")


class ShiftDialog(SideDialog):
    """Plans again when anything is chosen or the payload changes; the button makes one step that undo takes back."""

    def __init__(self, panel: DraftPanel, ports: Ports, parent: QWidget) -> None:
        super().__init__("shiftDialog", f"Shift to another trade date – {panel.title}", "Shift", parent)
        self._panel = panel
        self._ports = ports
        self._plan: ShiftPlan | None = None
        self._token: CancelToken | None = None
        self._asked = 0
        self.source = named(QComboBox(), "shiftFrom", "Which of the payload's trade dates becomes another")
        today = ports.offer.trade_date(panel.desk.environment.id)
        self.target = DayChoice("shift", "The trade date that it becomes", today)
        self.fields = FieldList()
        self.changes = RowsTable("shiftChanges", "What would change", _HEADERS, numbers=(0,), stretch=5)
        self.gaps = GapList()
        self.form.addRow("&From", self.source)
        to = QLabel("&To")
        to.setBuddy(self.target.edit)
        # Drawn in pieces around its underlined letter it is wider than Qt measures it, without kerning.
        to.setMinimumWidth(to.sizeHint().width() + 4)
        self.form.addRow(to, self.target)
        for number, widget in enumerate((self.fields, self.changes, self.gaps), 1):
            self._layout.insertWidget(number, widget, 1 if widget is self.changes else 0)
        self._layout.setStretch(self._layout.count() - 2, 0)
        self.resize(860, 600)
        self._pause = pause(self, _AFTER_MS, self.look)
        self.target.choose(today + timedelta(days=1))
        self.source.currentIndexChanged.connect(self._pause.start)
        self.target.chosen.connect(self._pause.start)
        self.fields.chosen.connect(self._pause.start)
        self.gaps.decided.connect(self._judge)
        # A method, not a lambda: the draft outlives the dialog, and lets go of methods of what is gone.
        panel.desk.draft_changed.connect(self._look_later)
        self.close_with(panel.desk)
        panel.payload.settle()
        self.target.setFocus()
        self.look()

    def look(self) -> None:
        """ShiftPlan with what is chosen, off this thread; the last answer counts."""
        self._pause.stop()
        self._asked += 1
        mine, draft, target = self._asked, self._panel.desk.draft, self.target.day
        known = self._plan is not None
        source = self.source.currentData() if known else None
        fields = self.fields.moving if known else None
        self.verb.setEnabled(False)
        if self._token is not None:
            self._token.cancel()

        def done(plan: ShiftPlan) -> None:
            if mine == self._asked:
                self._show(plan)

        def failed(error: CaisoError) -> None:
            if mine == self._asked and not isinstance(error, Cancelled):
                self._plan = None
                self.changes.set_rows([])
                self.gaps.show_gaps(())
                self.tell(error)
                self.verb.setEnabled(False)

        self._token = self._ports.jobs.run(
            lambda token: self._ports.workshop.shifting.plan(draft, target, source=source, fields=fields),
            owner=self,
            done=done,
            failed=failed,
        )

    def do(self) -> None:
        """Let the payload become the other day's, as one step."""
        plan, payload = self._plan, self._panel.payload
        payload.settle()
        if plan is None or not self.verb.isEnabled():
            return
        if self._panel.desk.draft != plan.draft:
            self.look()
            return
        try:
            after = plan.apply(self.gaps.decisions)
        except CaisoError as error:
            self.tell(error)
            return
        payload.become(after)
        self.close()

    def _look_later(self, draft: object) -> None:
        self._pause.start()

    def _show(self, plan: ShiftPlan) -> None:
        self._plan = plan
        self.source.blockSignals(True)  # noqa: FBT003  # Qt takes it so
        if [self.source.itemData(row) for row in range(self.source.count())] != list(plan.days):
            self.source.clear()
            for day in plan.days:
                self.source.addItem(f"{day} · {length_in_words(day)}", day)
        self.source.setCurrentIndex(max(0, self.source.findData(plan.source)))
        self.source.blockSignals(False)  # noqa: FBT003  # Qt takes it so
        self.fields.show_fields(plan.fields)
        self.changes.set_rows([_row(change) for change in plan.changes[:_SHOWN]])
        self.gaps.show_gaps(plan.gaps)
        self._judge()

    def _judge(self) -> None:
        """Say what follows, and whether it can be done now."""
        plan = self._plan
        if plan is None:
            return
        hindrance = self._panel.payload.hindrance
        if hindrance:
            self.say(f"{hindrance} `caiso shift` takes a file of any size.", "warning")
            self.verb.setEnabled(False)
            return
        open_ = plan.undecided(self.gaps.decisions)
        said = [plan.outcome(self.gaps.decisions)]
        if len(plan.changes) > _SHOWN:
            said.append(f"The first {_SHOWN:,} are shown.")
        said += plan.notes
        if open_:
            said.append("Decide what becomes of the hours above first.")
        self.say(" ".join(said), "warning" if open_ else "info")
        self.verb.setEnabled(not open_ and bool(plan.changes or plan.gaps))


def _row(change: Change) -> tuple[str, ...]:
    name = change.field.rpartition("/")[2]
    return (f"{change.line:,}", name, change.old, change.new, change.hour_before, change.hour_after)
