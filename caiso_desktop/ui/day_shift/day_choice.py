"""Chooses a trade date: typed, from a calendar, or the environment's own and the next; says how long it is."""

from datetime import date, timedelta

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import QDateEdit, QHBoxLayout, QLabel, QPushButton, QWidget

from caiso_desktop.model.trade_hour import hours_of
from caiso_desktop.ui.named import named, styled


class DayChoice(QWidget):
    """``chosen`` when another day is; ``name`` begins the object names of its parts."""

    chosen = Signal()

    def __init__(self, name: str, accessible_name: str, today: date, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = named(QDateEdit(), f"{name}To", accessible_name)
        self.edit.setDisplayFormat("yyyy-MM-dd")
        self.edit.setCalendarPopup(True)  # Qt takes it so
        self.length = styled(named(QLabel(), f"{name}Length", "How long the trade date is"), tone="muted")
        self.setFocusProxy(self.edit)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.edit)
        for words, day in (("Today", today), ("Tomorrow", today + timedelta(days=1))):
            button = named(QPushButton(words), f"{name}{words}", f"{words}: {day}", f"{day}, by the environment's date")
            button.setAutoDefault(False)
            button.clicked.connect(lambda checked=False, to=day: self.choose(to))
            row.addWidget(button)
        row.addWidget(self.length, 1)
        self.edit.dateChanged.connect(self._changed)

    @property
    def day(self) -> date:
        """The day that is chosen."""
        chosen = self.edit.date()
        return date(chosen.year(), chosen.month(), chosen.day())

    def choose(self, day: date) -> None:
        """Choose a day."""
        self.edit.setDate(QDate(day.year, day.month, day.day))
        self.length.setText(length_in_words(self.day))

    def _changed(self, chosen: QDate) -> None:
        self.length.setText(length_in_words(self.day))
        self.chosen.emit()


def length_in_words(day: date) -> str:
    """How many hours a trade date has, and which is missing or repeated."""
    hours = len(hours_of(day))
    return {
        23: "23 hours: the clocks skip HE 3",
        25: "25 hours: HE 25 is the repeated hour, after HE 2",
    }.get(hours, f"{hours} hours")
