"""The row of filters over the history: what is typed and chosen, as a filter of the journal."""

from datetime import UTC, date, datetime, timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.journal import Filter, Standing
from caiso_desktop.model.moment import PACIFIC
from caiso_desktop.ui.icon import Symbol, icon
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.pause import pause

AFTER_MS = 80
"""How long a letter waits for the next before the journal is searched."""

_SPANS = (("Any time", None), ("Today", 1), ("Last 7 days", 7), ("Last 30 days", 30), ("Last 365 days", 365))


class HistoryFilter(QWidget):
    """``changed`` says that another filter counts."""

    changed = Signal()

    def __init__(self, catalogue: Catalogue, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = named(QLineEdit(), "historySearch", "Search payloads and answers")
        self.text.setPlaceholderText("Search payloads and answers")
        self.text.setToolTip("Every word must be there; the last may be a beginning")
        self.text.setClearButtonEnabled(True)
        self.text.addAction(icon(Symbol.SEARCH), QLineEdit.ActionPosition.LeadingPosition)
        self.environment = named(QComboBox(), "historyEnvironment", "Environment of the calls")
        self.service = named(QComboBox(), "historyService", "Service that was called")
        self.outcome = named(QComboBox(), "historyOutcome", "What became of the calls")
        self.outcome.addItem("Any outcome", None)
        for standing in Standing:
            self.outcome.addItem(standing.capitalize(), standing)
        self.span = named(QComboBox(), "historySpan", "When the calls were made")
        for words, days in _SPANS:
            self.span.addItem(words, days)
        self.certificate = named(QLineEdit(), "historyCertificate", "Certificate: part of its subject or thumbprint")
        self.certificate.setPlaceholderText("Certificate")
        self.trade_date = named(QLineEdit(), "historyTradeDate", "Trade date, for example 2026-03-10")
        self.trade_date.setPlaceholderText("Trade date")
        self.trade_date.setMaximumWidth(104)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.text, 3)
        for combo in (self.environment, self.service, self.outcome, self.span):
            combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            combo.setMinimumContentsLength(11)
            row.addWidget(combo)
        row.addWidget(self.certificate, 1)
        row.addWidget(self.trade_date)
        self._pause = pause(self, AFTER_MS, self.changed)
        self.offer(catalogue)
        for combo in (self.environment, self.service, self.outcome, self.span):
            combo.currentIndexChanged.connect(lambda row: self._pause.start())
        for line in (self.text, self.certificate, self.trade_date):
            line.textChanged.connect(lambda text: self._pause.start())

    def offer(self, catalogue: Catalogue) -> None:
        """Offer these environments and services; what is chosen stays so, where it is still there."""
        environments = [(each.name, each.id) for each in catalogue.environments]
        services = sorted(
            (f"{service.name} ({application.acronym})", f"{application.id}/{service.name}")
            for application in catalogue.applications
            for service in application.services
        )
        for combo, every, items in (
            (self.environment, "Any environment", environments),
            (self.service, "Any service", services),
        ):
            chosen = combo.currentData()
            combo.blockSignals(True)  # noqa: FBT003  # Qt takes it so
            combo.clear()
            combo.addItem(every, "")
            for words, value in items:
                combo.addItem(words, value)
            combo.setCurrentIndex(max(0, combo.findData(chosen)))
            combo.blockSignals(False)  # noqa: FBT003  # Qt takes it so

    @property
    def narrows(self) -> bool:
        """Whether it leaves anything out."""
        return self.filter(datetime.now(UTC)) != Filter()

    def filter(self, now: datetime) -> Filter:
        """What is asked for at a moment; a trade date that is none asks for nothing."""
        day = _day(self.trade_date.text())
        styled(self.trade_date, wrong=bool(self.trade_date.text().strip()) and day is None)
        days = self.span.currentData()
        application, _, service = str(self.service.currentData() or "").partition("/")
        return Filter(
            environment=str(self.environment.currentData() or ""),
            application=application,
            service=service,
            standing=self.outcome.currentData(),
            since=_midnight(now) - timedelta(days=days - 1) if days else None,
            certificate=self.certificate.text().strip(),
            trade_date=day,
            text=self.text.text().strip(),
        )


def _midnight(now: datetime) -> datetime:
    """The last midnight in Pacific time."""
    return now.astimezone(PACIFIC).replace(hour=0, minute=0, second=0, microsecond=0)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
