"""Sets trade date and hours of a draft's payload: chosen in Pacific, written in GMT."""

from collections.abc import Sequence
from datetime import date, timedelta

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QWidget

from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import CaisoError
from caiso_desktop.model.moment import PACIFIC
from caiso_desktop.model.stretch import Stretch, set_hours
from caiso_desktop.model.trade_hour import TradeHour, hours_of
from caiso_desktop.ui.day_shift.day_choice import DayChoice
from caiso_desktop.ui.draft_panel import DraftPanel
from caiso_desktop.ui.named import named
from caiso_desktop.ui.pause import pause
from caiso_desktop.ui.port import Ports
from caiso_desktop.ui.side_dialog import SideDialog

_AFTER_MS = 150
_SHOWN = 200


class HoursDialog(SideDialog):
    """For one stretch of time of the payload, or for all of them; one step that undo takes back."""

    def __init__(self, panel: DraftPanel, ports: Ports, parent: QWidget) -> None:
        super().__init__("hoursDialog", f"Trade date and hours – {panel.title}", "Set", parent)
        self._panel = panel
        self._ports = ports
        self._draft: Draft | None = None
        self._found: Sequence[Stretch] = ()
        self._asked = 0
        self.which = named(QComboBox(), "hoursWhich", "Which times of the payload")
        today = ports.offer.trade_date(panel.desk.environment.id)
        self.day = DayChoice("hours", "Trade date, Pacific", today)
        self.first = named(QComboBox(), "hoursFirst", "First hour ending")
        self.last = named(QComboBox(), "hoursLast", "Last hour ending")
        self.form.addRow("&Times", self.which)
        for words, widget in (("Trade &date", self.day), ("&Hours", self._hours())):
            label = QLabel(words)
            label.setBuddy(self.day.edit if widget is self.day else self.first)
            self.form.addRow(label, widget)
        self._pause = pause(self, _AFTER_MS, self.look)
        self.day.choose(today)
        self._fill_hours()
        self.day.chosen.connect(self._fill_hours)
        self.which.currentIndexChanged.connect(self._take_over)
        self.first.currentIndexChanged.connect(self._judge)
        self.last.currentIndexChanged.connect(self._judge)
        panel.desk.draft_changed.connect(self._look_later)
        self.close_with(panel.desk)
        self.verb.setEnabled(False)
        self.setMinimumWidth(700)
        panel.payload.settle()
        self.day.setFocus()
        self.look()

    def look(self) -> None:
        """Find the payload's stretches of time, off this thread; the last answer counts."""
        self._asked += 1
        mine, draft = self._asked, self._panel.desk.draft

        def done(found: Sequence[Stretch]) -> None:
            if mine == self._asked:
                self._draft = draft
                self._show(found)

        def failed(error: CaisoError) -> None:
            if mine == self._asked:
                self._show(())
                self.tell(error)
                self.verb.setEnabled(False)

        self._ports.jobs.run(
            lambda token: self._ports.workshop.stretches.find(draft), owner=self, done=done, failed=failed
        )

    def do(self) -> None:
        """Write them."""
        self._panel.payload.settle()
        if self._draft is None or not self.verb.isEnabled():
            return
        if self._panel.desk.draft != self._draft:
            self.look()
            return
        self._panel.payload.become(self._after(self._draft))
        self.close()

    @property
    def _chosen(self) -> Sequence[Stretch]:
        row = self.which.currentData()
        return self._found if row is None else self._found[row : row + 1]

    def _after(self, draft: Draft) -> Draft:
        return set_hours(draft, self._chosen, self.day.day, self.first.currentData(), self.last.currentData())

    def _hours(self) -> QWidget:
        widget = QWidget()
        row = QHBoxLayout(widget)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.first, 1)
        row.addWidget(QLabel("to"))
        row.addWidget(self.last, 1)
        return widget

    def _fill_hours(self) -> None:
        """Offer the hours that the day has, and keep what was chosen where it has that."""
        day = self.day.day
        known = hours_of(day)
        for box, usual in ((self.first, known[0]), (self.last, known[-1])):
            before = box.currentData()
            box.blockSignals(True)  # noqa: FBT003  # Qt takes it so
            box.clear()
            for ending in known:
                box.addItem(_hour_words(day, ending), ending)
            box.setCurrentIndex(known.index(before if before in known else usual))
            box.blockSignals(False)  # noqa: FBT003  # Qt takes it so
        self._judge()

    def _show(self, found: Sequence[Stretch]) -> None:
        self._found = found
        self.which.blockSignals(True)  # noqa: FBT003  # Qt takes it so
        self.which.clear()
        if len(found) > 1:
            self.which.addItem(f"All {len(found):,} of them", None)
        for number, each in enumerate(found[:_SHOWN]):
            self.which.addItem(_stretch_words(each), number)
        self.which.blockSignals(False)  # noqa: FBT003  # Qt takes it so
        self.which.setEnabled(len(found) > 1)
        self._take_over()

    def _take_over(self) -> None:
        """Begin with the hours that stand there."""
        chosen = self._chosen[0] if len(self._chosen) == 1 else None
        if chosen is not None and chosen.first is not None and chosen.last is not None:
            self.day.choose(chosen.first.day)
            same = chosen.first.day == chosen.last.day
            for box, hour in ((self.first, chosen.first), (self.last, chosen.last if same else None)):
                row = box.findData(hour.ending) if hour is not None else box.count() - 1
                box.setCurrentIndex(max(0, row))
        self._judge()

    def _look_later(self, draft: object) -> None:
        self._pause.start()

    def _judge(self) -> None:
        """Say what would be written."""
        self.verb.setEnabled(False)
        if self._draft is None:
            return
        if not self._found:
            self.say("Nothing in this payload has both a beginning and an end.", "warning")
            return
        hindrance = self._panel.payload.hindrance
        if hindrance:
            self.say(hindrance, "warning")
            return
        try:
            after = self._after(self._draft)
            pieces = self._chosen[0].pieces(self.day.day, self.first.currentData(), self.last.currentData())
        except CaisoError as error:
            self.tell(error)
            self.verb.setEnabled(False)
            return
        begins, ends = (piece.text for piece in pieces)
        self.say(f"{self._chosen[0].start.name} becomes {begins}, {self._chosen[0].end.name} becomes {ends}.")
        self.verb.setEnabled(after != self._draft)


def _hour_words(day: date, ending: int) -> str:
    hour = TradeHour(day, ending)
    start, end = (moment.astimezone(PACIFIC) for moment in (hour.start, hour.end - timedelta(seconds=1)))
    repeated = ", the repeated hour" if ending == 25 else ""
    return f"HE {ending} · {start:%H:%M}–{(end + timedelta(seconds=1)):%H:%M} {start:%Z}{repeated}"


def _stretch_words(stretch: Stretch) -> str:
    first, last = stretch.first, stretch.last
    if first is None or last is None:
        return f"{stretch.record}, line {stretch.line:,}"
    until = f"HE {last.ending}" if last.day == first.day else f"{last.day} HE {last.ending}"
    return f"{stretch.record}, line {stretch.line:,}: {first.day} HE {first.ending} to {until}"
