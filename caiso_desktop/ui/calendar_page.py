"""Where an environment's hours, exceptions, simulation cycles and trade date are edited, and what follows from them."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QWidget,
)

from caiso_desktop.model.calendar import Calendar, TradeDate
from caiso_desktop.model.error import CaisoError, UsageError
from caiso_desktop.ui import calendar_text as words
from caiso_desktop.ui.edit_table import EditTable
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.offer import Offer
from caiso_desktop.ui.story_page import StoryPage


class CalendarPage(StoryPage):
    """Nothing counts before Save; what was edited stays until then, whatever else changes in the catalogue."""

    def __init__(self, offer: Offer, environment: str, parent: QWidget | None = None) -> None:
        super().__init__(offer, "calendarPage", "Hours and trade date", parent)
        self._environment = environment
        self._dirty = False
        offer.minute_passed.connect(self._judge)
        self.fill()

    @property
    def verdict(self) -> str:
        """What follows from what is on the page now."""
        return self._verdict.text()

    def refill(self) -> None:
        """Write it anew, unless something on it would be lost."""
        if not self._dirty:
            super().refill()

    def fill(self) -> None:
        """Write the page."""
        known = {each.id: each for each in self.offer.catalogue.environments}
        if self._environment not in known:
            self.add_prose("This environment is no longer in the catalogue.", banner="warning")
            return
        environment = known[self._environment]
        self.add_title(f"Hours and trade date of {environment.name}")
        self.add_prose("All times are Pacific, as CAISO prints them. What you change here is kept in a catalogue file.")
        self.add_prose(environment.availability, tone="muted")
        self._add_trade_date()
        self._maintenance = EditTable("maintenanceTable", "Maintenance", words.WINDOW_HEADERS, words.NEW_WINDOW)
        support = ("support", "Mon Tue Wed Thu Fri", "09:00", "18:00", "0")
        self._support = EditTable("supportTable", "Support hours", words.WINDOW_HEADERS, support)
        today = self.offer.trade_date(self._environment).isoformat()
        self._deviations = EditTable(
            "deviationsTable",
            "Exceptions by notice, which count before the windows",
            words.DEVIATION_HEADERS,
            (f"{today} 09:00", f"{today} 12:00", "maintenance", ""),
        )
        self._cycles = EditTable("cyclesTable", "Simulation cycles", words.CYCLE_HEADERS, ("New cycle", today, today))
        for table in (self._maintenance, self._support, self._deviations, self._cycles):
            table.edited.connect(self._edited)
            self.add(table)
        self._verdict = named(self.prose("", banner="info"), "calendarVerdict", "What follows from it")
        self.add(self._verdict)
        self._save = styled(named(QPushButton("Save"), "saveCalendarButton", "Save these hours"), primary=True)
        self._save.clicked.connect(lambda checked=False: self.save())
        printed = named(QPushButton("As printed"), "printedCalendarButton", "Put back what the document prints")
        printed.setToolTip("Put back what the document prints; Save makes it count")
        printed.clicked.connect(lambda checked=False: self._show_printed())
        undo = named(QPushButton("Undo changes"), "undoCalendarButton", "Put back what is saved")
        undo.clicked.connect(lambda checked=False: self._undo())
        self.add_buttons(self._save, printed, undo)
        self._show(environment.calendar)

    def save(self) -> None:
        """Keep what is on the page, and go by it."""
        try:
            calendar = self._read()
        except UsageError as error:
            self._say(error.detail, "error")
            return
        self._save.setEnabled(False)  # Qt takes it so
        self._dirty = False
        self.offer.change(
            lambda catalogues: catalogues.save_calendar(self._environment, calendar),
            owner=self,
            done=self._saved,
            failed=self._failed,
        )

    def _add_trade_date(self) -> None:
        self.add_heading("Current trade date")
        row = QWidget()
        grid = QGridLayout(row)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        self._kinds = QButtonGroup(row)
        self._today = named(QRadioButton("Today's, Pacific"), "tradeDateToday", "The trade date is today's")
        self._shifted = named(QRadioButton("Today's and so many days"), "tradeDateOffset", "The trade date is shifted")
        self._fixed = named(QRadioButton("Always this one"), "tradeDateFixed", "The trade date is fixed")
        self._offset = named(QSpinBox(), "tradeDateDays", "Days after today's trade date, negative for before")
        self._offset.setRange(-3660, 3660)
        self._offset.setSuffix(" days")
        self._day = named(QLineEdit(), "tradeDateDay", "The fixed trade date, like 2026-03-01")
        self._day.setPlaceholderText("2026-03-01")
        self._day.setMaximumWidth(120)
        self._offset.setMaximumWidth(120)
        fields = ((self._today, None), (self._shifted, self._offset), (self._fixed, self._day))
        for line, (button, field) in enumerate(fields):
            self._kinds.addButton(button)
            grid.addWidget(button, line, 0)
            if field is not None:
                grid.addWidget(field, line, 1)
        grid.addWidget(QLabel(), 0, 2)
        grid.setColumnStretch(2, 1)
        self._kinds.buttonToggled.connect(self._edited)
        self._offset.valueChanged.connect(self._edited)
        self._day.textChanged.connect(self._edited)
        self.add(row)

    def _show(self, calendar: Calendar) -> None:
        self._maintenance.set_rows([words.window_row(each) for each in calendar.maintenance])
        self._support.set_rows([words.window_row(each) for each in calendar.support])
        self._deviations.set_rows([words.deviation_row(each) for each in calendar.deviations])
        self._cycles.set_rows([words.cycle_row(each) for each in calendar.cycles])
        kept = calendar.trade_date
        self._offset.setValue(kept.offset)
        self._day.setText(kept.fixed.isoformat() if kept.fixed is not None else "")
        button = self._fixed if kept.fixed is not None else self._shifted if kept.offset else self._today
        button.setChecked(True)  # Qt takes it so
        self._dirty = False
        self._judge()

    def _show_printed(self) -> None:
        printed = {each.id: each.calendar for each in self.offer.catalogues.printed.environments}
        self._show(printed.get(self._environment, Calendar()))
        self._dirty = True

    def _undo(self) -> None:
        self._show(self.offer.catalogue.environment(self._environment).calendar)

    def _read(self) -> Calendar:
        """What is on the page; `UsageError` where something of it is none."""
        trade_date = TradeDate()
        if self._shifted.isChecked():
            trade_date = TradeDate(offset=self._offset.value())
        elif self._fixed.isChecked():
            trade_date = TradeDate(fixed=words.read_date(self._day.text()))
        return replace(
            self.offer.catalogue.environment(self._environment).calendar,
            maintenance=words.read_windows(self._maintenance.title, self._maintenance.rows),
            support=words.read_windows(self._support.title, self._support.rows),
            deviations=words.read_deviations("Exceptions", self._deviations.rows),
            cycles=words.read_cycles(self._cycles.title, self._cycles.rows),
            trade_date=trade_date,
        )

    def _edited(self) -> None:
        self._dirty = True
        self._judge()

    def _judge(self) -> None:
        """Say what follows from what is on the page, or what is wrong with it."""
        if not hasattr(self, "_save") or self._environment not in {e.id for e in self.offer.catalogue.environments}:
            return
        try:
            calendar = self._read()
        except UsageError as error:
            self._save.setEnabled(False)
            self._say(error.detail, "error")
            return
        self._save.setEnabled(True)
        now = datetime.now(UTC)
        known = self.offer.catalogues.availability(calendar, now)
        day = self.offer.catalogues.trade_date(calendar, now)
        begun = "With this (not saved yet): " if self._dirty else ""
        self._say(f"{begun}{known.sentence} The trade date is {day.isoformat()}.", "info")

    def _saved(self, file: Path | None) -> None:
        self._judge()
        kept = f"Saved in {file}." if file is not None else "Saved: all as it stands in the document."
        self._say(f"{kept} {self._verdict.text()}", "success")

    def _failed(self, error: CaisoError) -> None:
        self._dirty = True
        self._save.setEnabled(True)
        self._say(f"{error.title}: {error.detail} {error.advice}".strip(), "error")

    def _say(self, sentence: str, banner: str) -> None:
        self._verdict.setText(sentence[:1].upper() + sentence[1:])
        styled(self._verdict, banner=banner)
