"""What can be done with the calls that are selected in the history: seen again, opened, compared, handed on."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.dossier import SUFFIX, Hidden
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.journal import Entry
from caiso_desktop.model.source import Payload
from caiso_desktop.ui.answer_saving import HAND_ON, HAND_ON_HIDDEN, handed_on_words
from caiso_desktop.ui.history_filter import HistoryFilter
from caiso_desktop.ui.history_row import title
from caiso_desktop.ui.icon import Symbol
from caiso_desktop.ui.port import Ports
from caiso_desktop.ui.saving_strip import SavingStrip
from caiso_desktop.ui.tool_button import tool_button


class HistoryVerbs(QWidget):
    """A row of buttons; ``known`` finds an exchange of this session by its id.

    ``chosen``, ``draft_asked`` and ``page_asked`` are as those of the history, ``said`` are words for the user, and
    ``failed`` carries a `CaisoError`.
    """

    chosen = Signal(Exchange)
    draft_asked = Signal(object, object)
    page_asked = Signal(QWidget, str)
    said = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        ports: Ports,
        filters: HistoryFilter,
        strip: SavingStrip,
        known: Callable[[str], Exchange | None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._ports = ports
        self._filters = filters
        self._strip = strip
        self._known = known
        self._entries: Sequence[Entry] = ()
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
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for button in (self._show_again, self._open, self._compare, self._hand_on, export):
            row.addWidget(button)
        self.select(())

    def select(self, entries: Sequence[Entry]) -> None:
        """These calls are selected now, the newest first."""
        self._entries = entries
        for button in (self._show_again, self._open, self._hand_on):
            button.setEnabled(len(entries) == 1)
        self._compare.setEnabled(len(entries) == 2)

    def show_selected(self) -> None:
        """Show the selected call again, with its answer."""
        for entry in self._entries[:1]:
            self.show_again(entry)

    def show_again(self, entry: Entry) -> None:
        """Show a call again, with its answer."""
        known = self._known(entry.record.exchange)
        if known is not None:
            self.chosen.emit(known)
            return
        self._ports.jobs.run(
            lambda token: self._ports.safety.look_back.exchange(entry),
            owner=self,
            done=self.chosen.emit,
            failed=self.failed.emit,
        )

    def open_as_draft(self) -> None:
        """Open the payload of the selected call as a new draft, to the same place; it is not sent."""
        for entry in self._entries[:1]:
            self.open_entry(entry)

    def open_entry(self, entry: Entry) -> None:
        """Open the payload of a call as a new draft."""

        def done(payload: Payload) -> None:
            self.draft_asked.emit(entry, payload)

        self._ports.jobs.run(
            lambda token: self._ports.safety.look_back.payload(entry), owner=self, done=done, failed=self.failed.emit
        )

    def compare(self) -> None:
        """Compare the payloads of the two calls that are selected, the older on the left."""
        if len(self._entries) != 2:
            return
        newer, older = self._entries
        from caiso_desktop.model.side_by_side import SideBySide, side_by_side
        from caiso_desktop.ui.comparison import Comparison

        def read(token: object) -> SideBySide:
            back = self._ports.safety.look_back
            return side_by_side(back.payload(older), back.payload(newer))

        def done(found: SideBySide) -> None:
            catalogue = self._ports.catalogue
            page = Comparison((title(older, catalogue), title(newer, catalogue)), found)
            page.setObjectName(f"comparison-{older.id}-{newer.id}")
            self.page_asked.emit(page, f"Calls {older.id} and {newer.id}")

        self._ports.jobs.run(read, owner=self, done=done, failed=self.failed.emit)

    def export(self) -> None:
        """Save every call that fits as CSV, for a spreadsheet."""
        from caiso_desktop.ui.history_export import export

        destination = self._ports.files.to_save(self, f"caiso-calls-{datetime.now():%Y-%m-%d}.csv")  # noqa: DTZ005
        if destination is None:
            return
        filter_ = self._filters.filter(datetime.now(UTC))
        self.said.emit("Exporting…")
        self._ports.jobs.run(
            lambda token: export(self._ports.safety.memory.journal, filter_, self._ports.saving, destination),
            owner=self,
            done=lambda count: self.said.emit(f"{count:,} calls were saved as {destination.path}"),
            failed=self.failed.emit,
            long=True,
        )

    def hand_on(self, hidden: Hidden) -> None:
        """Save the selected call for somebody else, with all there is of it."""
        if len(self._entries) != 1 or self._strip.under_way:
            return
        [entry], safety = self._entries, self._ports.safety
        record = entry.record
        name = f"{record.target.service}_{record.target.version}_{record.environment}_call-{entry.id}{SUFFIX}"
        destination = self._ports.files.to_save(self, name)
        if destination is None:
            return
        known = self._known(record.exchange)

        def save(token: CancelToken, tell: Callable[[str], None]) -> tuple[str, ...]:
            exchange = known or safety.look_back.exchange(entry)
            return safety.dossiers.save(
                exchange, destination.path, hidden, overwrite=destination.replace, token=token, tell=tell
            )

        def done(replaced: tuple[str, ...]) -> None:
            self.said.emit(handed_on_words(destination.path, replaced))

        self.said.emit("")
        self._strip.run(save, done=done, failed=self.failed.emit)

    def _hand_on_button(self) -> QToolButton:
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
