"""The calls of this session, newest first."""

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QLabel, QStackedWidget, QVBoxLayout, QWidget

from caiso_desktop.model.exchange import Exchange
from caiso_desktop.ui.empty_state import EmptyState
from caiso_desktop.ui.named import styled
from caiso_desktop.ui.offer import Offer
from caiso_desktop.ui.phrase import clock_words, duration_words, outcome_words, size_words
from caiso_desktop.ui.rows_table import RowsTable

_HEADERS = ("Time", "Environment", "Service", "Version", "Outcome", "Duration", "Size")
_WIDTHS = (72, 100, 200, 64, 184, 76, 64)


class HistoryPanel(QWidget):
    """``chosen`` names the exchange the user wants to see again."""

    chosen = Signal(Exchange)

    def __init__(self, offer: Offer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._offer = offer
        self._exchanges: list[Exchange] = []
        self.table = RowsTable("historyTable", "Calls of this session", _HEADERS, numbers=(5, 6), stretch=2)
        self.table.activated.connect(self._choose)
        for column, width in enumerate(_WIDTHS):
            self.table.setColumnWidth(column, width)
        self.table.horizontalHeader().setStretchLastSection(False)
        self._empty = EmptyState("No calls yet", "Every call of this session is listed here, with its answer.")
        self.setFocusProxy(self.table)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.setSpacing(4)
        layout.addWidget(styled(QLabel("History"), title=True))
        layout.addWidget(self._stack, 1)

    def add(self, exchange: Exchange) -> None:
        """List one more call."""
        self._exchanges.insert(0, exchange)
        target, response = exchange.call.target, exchange.response
        self.table.rows.prepend(
            (
                clock_words(exchange.started),
                self._offer.catalogue.environment(exchange.call.environment).name,
                f"{self._offer.catalogue.application(target.application).acronym} · {target.service}",
                target.version or "–",
                outcome_words(exchange),
                duration_words(response.timings.total) if response is not None else "–",
                size_words(response.size) if response is not None else "–",
            ),
            exchange.request.url,
        )
        self._stack.setCurrentWidget(self.table)

    def _choose(self, index: QModelIndex) -> None:
        self.chosen.emit(self._exchanges[index.row()])
