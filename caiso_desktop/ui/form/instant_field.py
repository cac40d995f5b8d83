"""An instant to be written: as it stands in the payload, and beside it the Pacific trade date and hour ending."""

from datetime import date

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QWidget

from caiso_desktop.model.form.when import hours_of, trade_hour, written
from caiso_desktop.model.moment import PACIFIC
from caiso_desktop.model.stamp import instant
from caiso_desktop.model.trade_hour import TradeHour
from caiso_desktop.ui.named import named, styled


class InstantField(QWidget):
    """The text is what counts; date and hour write it, and follow it. ``edited`` carries what the user wrote.

    The hours offered are those that the trade date has: no 3 in March, a 25 (the repeated hour) in November.
    """

    edited = Signal(str)

    def __init__(self, parent: QWidget | None, *, as_end: bool) -> None:
        super().__init__(parent)
        self._as_end = as_end
        self.setAutoFillBackground(True)
        self.text = named(QLineEdit(), "instantText", "As it is written in the payload", "As it is written; Z is GMT")
        self.day = named(QLineEdit(), "instantDay", "Trade date, Pacific", "Trade date in Pacific time: 2026-03-10")
        self.hour = named(QComboBox(), "instantHour", "Hour ending, Pacific", "Hour ending in Pacific time")
        self.day.setFixedWidth(88)
        self.day.setPlaceholderText("2026-03-10")
        self.hour.setFixedWidth(64)
        self.setFocusProxy(self.text)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.text, 1)
        layout.addWidget(styled(QLabel("Pacific"), tone="muted"))
        layout.addWidget(self.day)
        layout.addWidget(styled(QLabel("HE"), tone="muted"))
        layout.addWidget(self.hour)
        # Whatever changes it: a macro is put in by no key.
        self.text.textChanged.connect(self._typed)
        self.day.textEdited.connect(self._dated)
        self.hour.activated.connect(lambda number: self._write())

    def show_text(self, text: str) -> None:
        """Show what the payload says, unless it is shown already."""
        if self.text.text() != text:
            with QSignalBlocker(self.text):
                self.text.setText(text)
            self._follow(text)

    def _typed(self, text: str) -> None:
        self._follow(text)
        self.edited.emit(text)

    def _follow(self, text: str) -> None:
        """Let date and hour say what the text does."""
        found = instant(text.strip())
        if found is None:
            # A macro, say: the day of what stood there before would only mislead.
            with QSignalBlocker(self.day):
                self.day.clear()
            self._offer(None, None)
            return
        local = found.moment.astimezone(PACIFIC)
        whole = not (local.minute or local.second)
        hour = trade_hour(found.moment, as_end=self._as_end and whole)
        with QSignalBlocker(self.day):
            self.day.setText(hour.day.isoformat())
        self._offer(hour.day, hour if whole else None)

    def _dated(self, text: str) -> None:
        """Another date: the same hour of it, or the first where it has none such."""
        day = _day(text)
        ending = self.hour.currentData()
        if day is None:
            return
        hours = hours_of(day)
        self._offer(day, next((hour for hour in hours if hour.ending == ending), hours[0]))
        self._write()

    def _offer(self, day: date | None, chosen: TradeHour | None) -> None:
        with QSignalBlocker(self.hour):
            self.hour.clear()
            for hour in hours_of(day) if day is not None else ():
                self.hour.addItem(f"{hour.ending}", hour.ending)
                if hour.ending == 25:
                    place = self.hour.count() - 1
                    self.hour.setItemData(place, "The repeated hour", Qt.ItemDataRole.ToolTipRole)
            self.hour.setCurrentIndex(self.hour.findData(chosen.ending) if chosen is not None else -1)

    def _write(self) -> None:
        day, ending = _day(self.day.text()), self.hour.currentData()
        if day is None or ending is None:
            return
        text = written(self.text.text().strip(), TradeHour(day, ending), as_end=self._as_end)
        with QSignalBlocker(self.text):
            self.text.setText(text)
        self.edited.emit(text)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if len(text.strip()) == 10 else None
    except ValueError:
        return None
