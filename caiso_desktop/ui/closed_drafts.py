"""The drafts that were closed, kept for a while: find one, open it again."""

from PySide6.QtWidgets import QLabel, QWidget

from caiso_desktop.model.draft_store import BIN_DAYS, Binned
from caiso_desktop.model.error import CaisoError
from caiso_desktop.ui.draft_keeping import DraftKeeping
from caiso_desktop.ui.named import styled
from caiso_desktop.ui.phrase import size_words
from caiso_desktop.ui.port import Ports
from caiso_desktop.ui.rows_table import RowsTable
from caiso_desktop.ui.side_dialog import SideDialog

_HEADERS = ("Closed", "Environment", "Service", "Version", "Size", "Begins with")
_GLANCE = 80


class ClosedDrafts(SideDialog):
    """Double-click, Enter or the button opens the selected one."""

    def __init__(self, keeping: DraftKeeping, ports: Ports, parent: QWidget) -> None:
        super().__init__("closedDrafts", "Closed drafts", "Open again", parent)
        self._keeping = keeping
        self._ports = ports
        self._binned: list[Binned] = []
        self.table = RowsTable("closedDraftsTable", "Closed drafts, newest first", _HEADERS, numbers=(4,), stretch=5)
        self.table.activated.connect(lambda index: self.do())
        self.form.addRow(
            styled(QLabel(f"A closed draft is kept for {self._days()}, with its text and its history."), tone="muted")
        )
        self._layout.insertWidget(1, self.table, 1)
        self.resize(760, 420)
        self.verb.setEnabled(False)
        self._said.hide()
        keeping.bin(self._show, self.tell)

    def do(self) -> None:
        """Open the selected draft again."""
        row = self.table.currentIndex().row()
        if 0 <= row < len(self._binned):
            self._keeping.take_back(self._binned[row].draft.id, self.tell)
            self.close()

    def _days(self) -> str:
        return f"{BIN_DAYS} days unless you have chosen another time in Data and retention"

    def _show(self, binned: list[Binned]) -> None:
        self._binned = binned
        self.table.set_rows([self._row(each) for each in binned])
        self.verb.setEnabled(bool(binned))
        if binned:
            self.table.selectRow(0)
            self.table.setFocus()
        else:
            self.say("No draft was closed.")

    def _row(self, each: Binned) -> tuple[str, ...]:
        draft = each.draft
        names = {place.id: place.name for place in self._ports.catalogue.environments}
        begins = " ".join(draft.draft.text.split())[:_GLANCE] or (str(draft.file) if draft.file else "")
        return (
            each.when.astimezone().strftime("%Y-%m-%d %H:%M"),
            names.get(draft.environment, draft.environment),
            draft.target.service,
            draft.target.version or "–",
            size_words(len(draft.draft.text)),
            begins,
        )

    def tell(self, error: CaisoError) -> None:
        """Say what went wrong; there is nothing to open then."""
        super().tell(error)
        self.verb.setEnabled(bool(self._binned))
