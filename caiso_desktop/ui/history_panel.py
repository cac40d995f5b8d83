"""Every call that was ever made, newest first: found at once, shown again, opened as a draft, compared, exported."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from caiso_desktop.model.answer import RECEIVED
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.dossier import SUFFIX, Hidden
from caiso_desktop.model.error import CaisoError, Cancelled, CatalogueFileError
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.follow_up import FollowUp
from caiso_desktop.model.journal import Entry, Standing
from caiso_desktop.model.sentence import begun
from caiso_desktop.model.service import Kind
from caiso_desktop.model.source import Payload
from caiso_desktop.ui.elided_label import ElidedLabel
from caiso_desktop.ui.empty_state import EmptyState
from caiso_desktop.ui.icon import Symbol
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.phrase import duration_words, size_words
from caiso_desktop.ui.port import Ports
from caiso_desktop.ui.rows_table import RowsTable
from caiso_desktop.ui.tool_button import tool_button

PAGE = 200
_HEADERS = ("Time", "Environment", "Service", "Version", "Outcome", "Duration", "Size", "Trade date")
_WIDTHS = (156, 96, 200, 68, 176, 72, 64, 88)
_NO_CALLS = ("No calls yet", "Every call is listed here, before it leaves and after it came back.")
_NOT_FOUND = ("No such calls", "Take a filter away, or search for other words.")
_HARMLESS = "looked into: the call changes nothing, and can be made again"
_WORDS = {
    Standing.UNDER_WAY: "Under way",
    Standing.SUCCESS: "Success",
    Standing.NO_DATA: "No data",
    Standing.ERROR: "The service reports an error",
    Standing.UNREADABLE: "An answer that cannot be read",
    Standing.CANCELLED: "Cancelled",
    Standing.NOT_SENT: "Not sent",
    Standing.UNKNOWN: "Not known",
}


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
        self.table = RowsTable("historyTable", "Calls, newest first", _HEADERS, numbers=(5, 6), stretch=2)
        self.table.activated.connect(lambda index: self._show(index.row()))
        self.table.selectionModel().selectionChanged.connect(lambda now, before: self._enable())
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
        self._add_verbs()
        self._enable()
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
            self.unknown.show_calls(*found, self._place)

        self._ports.jobs.run(look, owner=self, done=done, failed=self.tell)

    def export(self) -> None:
        """Save every call that fits as CSV, for a spreadsheet."""
        from caiso_desktop.ui.history_export import export

        destination = self._ports.files.to_save(self, f"caiso-calls-{datetime.now():%Y-%m-%d}.csv")  # noqa: DTZ005
        if destination is None:
            return
        filter_ = self.filters.filter(datetime.now(UTC))
        self._say("Exporting…")
        self._ports.jobs.run(
            lambda token: export(self._ports.safety.memory.journal, filter_, self._ports.saving, destination),
            owner=self,
            done=lambda count: self._say(f"{count:,} calls were saved as {destination.path}"),
            failed=self.tell,
            long=True,
        )

    def compare(self) -> None:
        """Compare the payloads of the two calls that are selected, the older on the left."""
        rows = sorted(self._selected(), reverse=True)
        if len(rows) != 2:
            return
        older, newer = (self._entries[row] for row in rows)
        from caiso_desktop.ui.comparison import Comparison, Line, compared

        def read(token: object) -> Sequence[Line]:
            journal = self._ports.safety.memory.journal
            return compared(*(journal.payload(each.id).decode("utf-8", "replace") for each in (older, newer)))

        def done(lines: Sequence[Line]) -> None:
            page = Comparison((self._title(older), self._title(newer)), lines)
            page.setObjectName(f"comparison-{older.id}-{newer.id}")
            self.page_asked.emit(page, f"Calls {older.id} and {newer.id}")

        self._ports.jobs.run(read, owner=self, done=done, failed=self.tell)

    def open_as_draft(self) -> None:
        """Open the payload of the selected call as a new draft, to the same place; it is not sent."""
        for row in self._selected()[:1]:
            self._open_entry(self._entries[row])

    def show_selected(self) -> None:
        """Show the selected call again, with its answer."""
        for row in self._selected()[:1]:
            self._show(row)

    def hand_on(self, hidden: Hidden) -> None:
        """Save the selected call for somebody else, with all there is of it."""
        from caiso_desktop.ui.answer_saving import handed_on_words

        entries = [self._entries[row] for row in self._selected()]
        if len(entries) != 1 or self.strip.under_way:
            return
        entry, safety = entries[0], self._ports.safety
        record = entry.record
        name = f"{record.target.service}_{record.target.version}_{record.environment}_call-{entry.id}{SUFFIX}"
        destination = self._ports.files.to_save(self, name)
        if destination is None:
            return
        known = self._session.get(record.exchange)

        def save(token: CancelToken, tell: Callable[[str], None]) -> tuple[str, ...]:
            exchange = known or safety.look_back.exchange(entry)
            return safety.dossiers.save(
                exchange, destination.path, hidden, overwrite=destination.replace, token=token, tell=tell
            )

        def done(replaced: tuple[str, ...]) -> None:
            self._say(handed_on_words(destination.path, replaced))

        self._say("")
        self.strip.run(save, done=done, failed=self.tell)

    def _hand_on_button(self) -> QToolButton:
        from caiso_desktop.ui.answer_saving import HAND_ON, HAND_ON_HIDDEN

        button = tool_button(
            "handOnButton",
            "Hand on",
            "Save the selected call for somebody else, without tokens and user names",
            Symbol.OUTSIDE,
            lambda: None,  # its menu opens
        )
        menu = QMenu(self)
        menu.addAction(HAND_ON, lambda: self.hand_on(Hidden()))
        menu.addAction(HAND_ON_HIDDEN, lambda: self.hand_on(Hidden(market=True)))
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        return button

    def _add_verbs(self) -> None:
        self._show_again = tool_button(
            "showAgainButton", "Show again", "Show the selected call with its answer (Enter)", Symbol.HISTORY,
            self.show_selected,
        )  # fmt: skip
        self._open = tool_button(
            "openAsDraftButton", "Open as draft", "Open its payload as a new draft; nothing is sent", Symbol.EDIT,
            self.open_as_draft,
        )  # fmt: skip
        self._compare = tool_button(
            "compareButton", "Compare", "Compare the payloads of two selected calls", Symbol.PROXY, self.compare
        )
        export = tool_button(
            "exportHistoryButton", "Export…", "Save every call that fits as CSV", Symbol.SAVE, self.export
        )
        self._hand_on = self._hand_on_button()
        for button in (self._show_again, self._open, self._compare, self._hand_on, export):
            self._head.addWidget(button)

    def _enable(self) -> None:
        if not self._begun:
            return
        count = len(self._selected())
        self._show_again.setEnabled(count == 1)
        self._open.setEnabled(count == 1)
        self._compare.setEnabled(count == 2)
        self._hand_on.setEnabled(count == 1)

    def _selected(self) -> list[int]:
        return sorted({index.row() for index in self.table.selectionModel().selectedRows()})

    def _show(self, row: int) -> None:
        entry = self._entries[row]
        known = self._session.get(entry.record.exchange)
        if known is not None:
            self.chosen.emit(known)
            return
        self._ports.jobs.run(
            lambda token: self._ports.safety.look_back.exchange(entry),
            owner=self,
            done=self.chosen.emit,
            failed=self.tell,
        )

    def _open_entry(self, entry: Entry) -> None:
        def done(payload: Payload) -> None:
            self.draft_asked.emit(entry, payload)

        self._ports.jobs.run(
            lambda token: self._ports.safety.look_back.payload(entry), owner=self, done=done, failed=self.tell
        )

    def _settle(self, call: int, note: str) -> None:
        def done(nothing: None) -> None:
            self.look_for_unknown()
            self.search()

        self._ports.jobs.run(
            lambda token: self._ports.safety.memory.journal.settle(call, note), owner=self, done=done, failed=self.tell
        )

    def _list(self, entries: list[Entry]) -> None:
        kept = [self._entries[row].id for row in self._selected()]
        self._entries = entries
        self.table.rows.set_rows([self._row(entry) for entry in entries], [_tip(entry) for entry in entries])
        model = self.table.selectionModel()
        for number, entry in enumerate(entries):
            if entry.id in kept:
                index = self.table.rows.index(number, 0, QModelIndex())
                model.select(index, model.SelectionFlag.Select | model.SelectionFlag.Rows)
        self._empty.say(*(_NOT_FOUND if self.filters.narrows else _NO_CALLS))
        self._stack.setCurrentWidget(self.table if entries else self._empty)
        more = f"The newest {PAGE:,} that fit; narrow the search for older ones" if len(entries) == PAGE else ""
        self._say(more)
        self._enable()

    def _row(self, entry: Entry) -> tuple[str, ...]:
        record, ending = entry.record, entry.ending
        took = ending.timings.total if ending is not None and ending.timings is not None else None
        settled = f" ({entry.settled})" if entry.settled else ""
        again = f", {entry.repeats.often}" if entry.repeats else ""
        return (
            record.started.astimezone().strftime("%Y-%m-%d %H:%M:%S"),
            self._place(record.environment),
            f"{self._acronym(record.target.application)} · {record.called}",
            record.target.version or "–",
            _outcome(entry) + again + settled,
            duration_words(took) if took is not None else "–",
            size_words(ending.answer_size) if ending is not None and ending.answer is not None else "–",
            ", ".join(day.isoformat() for day in record.trade_dates) or "–",
        )

    def _say(self, words: str) -> None:
        """Say something in the head, which gives way; all of it is in the tool tip."""
        self._said.say(words)
        self._said.setToolTip(words)

    def _title(self, entry: Entry) -> str:
        when = entry.record.started.astimezone().strftime("%Y-%m-%d %H:%M:%S")
        return f"Call {entry.id}, {when}, {entry.record.called}, {self._place(entry.record.environment)}"

    def _place(self, environment: str) -> str:
        """An environment's name; its id where its file is gone from the catalogue."""
        found = (each.name for each in self._ports.catalogue.environments if each.id == environment)
        return next(found, environment)

    def _acronym(self, application: str) -> str:
        found = (each.acronym for each in self._ports.catalogue.applications if each.id == application)
        return next(found, application)

    def tell(self, error: CaisoError) -> None:
        """Say what went wrong."""
        if isinstance(error, Cancelled):
            self._say(error.detail)
            return
        self._say(f"{error.title}: {error.detail} {error.advice}".strip())


def _outcome(entry: Entry) -> str:
    """How a call stands, in words; a submit that succeeded was received, and no more is known of it."""
    received = entry.standing is Standing.SUCCESS and entry.record.kind is Kind.SUBMIT
    return RECEIVED if received else _WORDS[entry.standing]


def _tip(entry: Entry) -> str:
    record, ending = entry.record, entry.ending
    failure = ending.failure if ending is not None else ""
    coordinators = ", ".join(record.scheduling_coordinators)
    again = begun(str(entry.repeats or ""))
    lines = (f"Call {entry.id}", record.url, record.subject, coordinators, failure, again)
    return "\n".join(line for line in lines if line)
