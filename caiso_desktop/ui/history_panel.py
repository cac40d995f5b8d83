"""Every call that was ever made, newest first, and found at once."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from caiso_desktop.model.error import CaisoError, Cancelled, CatalogueFileError
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.follow_up import FollowUp
from caiso_desktop.model.journal import Entry
from caiso_desktop.model.service import Kind
from caiso_desktop.ui.elided_label import ElidedLabel
from caiso_desktop.ui.empty_state import EmptyState
from caiso_desktop.ui.history_row import HEADERS, cells, place, tip
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.port import Ports
from caiso_desktop.ui.rows_table import RowsTable

PAGE = 200
_WIDTHS = (156, 96, 200, 68, 176, 72, 64, 88)
_NO_CALLS = ("No calls yet", "Every call is listed here, before it leaves and after it came back.")
_NOT_FOUND = ("No such calls", "Take a filter away, or search for other words.")
_HARMLESS = "looked into: the call changes nothing, and can be made again"


class HistoryPanel(QWidget):
    """``chosen`` names an exchange to see again, ``draft_asked`` a call to open as a draft (its entry and payload).

    ``look_asked`` wants what shows what became of a call; ``page_asked`` wants a page shown (the page, its title).
    """

    chosen = Signal(Exchange)
    draft_asked = Signal(object, object)
    look_asked = Signal(FollowUp)
    page_asked = Signal(QWidget, str)

    def __init__(self, ports: Ports, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ports = ports
        self._session: dict[str, Exchange] = {}
        self._entries: list[Entry] = []
        self._searches = 0
        self._begun = False
        self.table = RowsTable("historyTable", "Calls, newest first", HEADERS, numbers=(5, 6), stretch=2)
        self.table.selectionModel().selectionChanged.connect(lambda now, before: self._select())
        for column, width in enumerate(_WIDTHS):
            self.table.setColumnWidth(column, width)
        self.table.horizontalHeader().setStretchLastSection(False)
        self._empty = EmptyState(*_NO_CALLS)
        self._said = styled(
            named(ElidedLabel(cut=Qt.TextElideMode.ElideRight), "historySaid", "What the history has to say"),
            tone="muted",
        )
        self.setFocusProxy(self.table)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.table)
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(styled(QLabel("History"), title=True))
        head.addWidget(self._said, 1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(8, 4, 8, 4)
        self._column.setSpacing(4)
        self._column.addLayout(head)
        self._column.addWidget(self._stack, 1)
        self._head = head

    @property
    def said(self) -> str:
        """What it said last: how many calls there are, or what went wrong."""
        return self._said.words

    @property
    def entries(self) -> Sequence[Entry]:
        """The calls that are listed."""
        return self._entries

    def begin(self) -> None:
        """Make the filters and look into the journal; once, after the window's first paint."""
        if self._begun:
            return
        self._begun = True
        from caiso_desktop.ui.history_filter import HistoryFilter
        from caiso_desktop.ui.history_verbs import HistoryVerbs
        from caiso_desktop.ui.saving_strip import SavingStrip
        from caiso_desktop.ui.unknown_bar import UnknownBar

        self.filters = HistoryFilter(self._ports.catalogue)
        self.filters.changed.connect(self.search)
        self._ports.offer.changed.connect(lambda: self.filters.offer(self._ports.catalogue))
        self.unknown = UnknownBar()
        self.unknown.look_asked.connect(self.look_asked)
        self.unknown.settled.connect(self._settle)
        self._column.insertWidget(0, self.unknown)
        self._column.insertWidget(2, self.filters)
        self.strip = SavingStrip(self._ports.jobs)
        self._column.addWidget(self.strip)
        self.verbs = HistoryVerbs(self._ports, self.filters, self.strip, self._session.get)
        self.verbs.chosen.connect(self.chosen)
        self.verbs.draft_asked.connect(self.draft_asked)
        self.verbs.page_asked.connect(self.page_asked)
        self.verbs.said.connect(self._say)
        self.verbs.failed.connect(self.tell)
        self._head.addWidget(self.verbs)
        self.table.activated.connect(lambda index: self.verbs.show_again(self._entries[index.row()]))
        self.look_for_unknown()
        self.search()

    def add(self, exchange: Exchange) -> None:
        """A call has ended: list it, and be able to show it at once."""
        self._session[exchange.id] = exchange
        self.look_again()

    def look_again(self) -> None:
        """Calls were made elsewhere: list them."""
        if self._begun:
            self.search()
            self.look_for_unknown()

    def search(self) -> None:
        """List the calls that fit the filters; only the last answer counts."""
        self._searches += 1
        mine, filter_ = self._searches, self.filters.filter(datetime.now(UTC))

        def done(found: Sequence[Entry]) -> None:
            if mine == self._searches:
                self._list(list(found))

        def failed(error: CaisoError) -> None:
            if mine == self._searches:
                self.tell(error)

        self._ports.jobs.run(
            lambda token: self._ports.safety.memory.journal.search(filter_, limit=PAGE),
            owner=self,
            done=done,
            failed=failed,
        )

    def look_for_unknown(self) -> None:
        """List the calls whose fate is not known, with the retrieve that shows it; retrieves are no matter."""
        journal, beside = self._ports.safety.memory.journal, self._ports.watching.follow_ups.beside

        def with_look(entry: Entry) -> FollowUp | None:
            with suppress(CatalogueFileError):  # who wrote it is told where a follow-up is wanted
                return beside(entry)
            return None

        def look(token: object) -> tuple[Sequence[Entry], list[FollowUp | None]]:
            entries = journal.unknown()
            for each in entries:
                if each.record.kind is Kind.RETRIEVE:
                    journal.settle(each.id, _HARMLESS)
            grave = [each for each in entries if each.record.kind is not Kind.RETRIEVE]
            return grave, [with_look(each) for each in grave]

        def done(found: tuple[Sequence[Entry], list[FollowUp | None]]) -> None:
            self.unknown.show_calls(*found, lambda environment: place(environment, self._ports.catalogue))

        self._ports.jobs.run(look, owner=self, done=done, failed=self.tell)

    def tell(self, error: CaisoError) -> None:
        """Say what went wrong."""
        if isinstance(error, Cancelled):
            self._say(error.detail)
            return
        self._say(f"{error.title}: {error.detail} {error.advice}".strip())

    def _settle(self, call: int, note: str) -> None:
        def done(nothing: None) -> None:
            self.look_for_unknown()
            self.search()

        self._ports.jobs.run(
            lambda token: self._ports.safety.memory.journal.settle(call, note), owner=self, done=done, failed=self.tell
        )

    def _list(self, entries: list[Entry]) -> None:
        kept = [entry.id for entry in self._selected()]
        self._entries = entries
        catalogue = self._ports.catalogue
        self.table.rows.set_rows([cells(entry, catalogue) for entry in entries], [tip(entry) for entry in entries])
        model = self.table.selectionModel()
        for number, entry in enumerate(entries):
            if entry.id in kept:
                index = self.table.rows.index(number, 0, QModelIndex())
                model.select(index, model.SelectionFlag.Select | model.SelectionFlag.Rows)
        self._empty.say(*(_NOT_FOUND if self.filters.narrows else _NO_CALLS))
        self._stack.setCurrentWidget(self.table if entries else self._empty)
        more = f"The newest {PAGE:,} that fit; narrow the search for older ones" if len(entries) == PAGE else ""
        self._say(more)
        self._select()

    def _select(self) -> None:
        if self._begun:
            self.verbs.select(self._selected())

    def _selected(self) -> list[Entry]:
        rows = sorted({index.row() for index in self.table.selectionModel().selectedRows()})
        return [self._entries[row] for row in rows]

    def _say(self, words: str) -> None:
        """Say something in the head, which gives way; all of it is in the tool tip."""
        self._said.say(words)
        self._said.setToolTip(words)
