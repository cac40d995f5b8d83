"""The requests in a file of another program: looked through, matched where they were not, and opened as drafts."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QFormLayout, QHBoxLayout, QPushButton, QWidget

from caiso_desktop.model.error import CaisoError
from caiso_desktop.model.foreign import ForeignDraft, ForeignFile
from caiso_desktop.model.package import SOAP_VARIANTS
from caiso_desktop.model.package_words import row_words
from caiso_desktop.ui.empty_state import EmptyState
from caiso_desktop.ui.icon import Symbol, icon
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.notice import Notice, error_notice
from caiso_desktop.ui.package.row_choice import RowChoice
from caiso_desktop.ui.page import Page
from caiso_desktop.ui.port import Ports
from caiso_desktop.ui.rows_table import RowsTable

HEADERS = ("Request", "Service", "Environment", "Note", "Address")
_BAR = "that of the bar"


class ForeignPage(Page):
    """``opened`` carries a payload, its target, and the id of its environment (empty for the bar's)."""

    opened = Signal(bytes, object, str)

    def __init__(self, ports: Ports, parent: QWidget | None = None) -> None:
        super().__init__("foreignPage", "Import drafts", parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._ports = ports
        self._drafts: tuple[ForeignDraft, ...] = ()
        self._path = Path()
        self.table: RowsTable | None = None
        self._tell("Reading…", "")

    @property
    def text(self) -> str:
        """All the words on the page, for a reader that cannot see it."""
        return "\n".join([*(notice.text for notice in self.findChildren(Notice)), super().text])

    def read(self, path: Path) -> None:
        """Read a file, off this thread, and show what is in it."""
        self._path = path
        self._tell(f"Reading {path.name}…", "")

        def done(found: ForeignFile) -> None:
            if path == self._path:
                self._show(found)

        def failed(error: CaisoError) -> None:
            if path == self._path:
                self.clear()
                self.add_heading(path.name)
                self.add(error_notice(error))

        self._ports.jobs.run(
            lambda token: self._ports.workshop.foreign.read(path), owner=self, done=done, failed=failed
        )

    def _tell(self, title: str, advice: str) -> None:
        self.clear()
        self.add(EmptyState(title, advice))

    def _show(self, found: ForeignFile) -> None:
        self.clear()
        self._drafts = found.drafts
        self.add_heading(f"{found.kind} {self._path.name}")
        self.add_words(
            "Requests and their addresses are taken; passwords, certificates, keystores and scripts are not. "
            "Nothing is sent: each request opens as a draft."
        )
        names = {each.id: each.name for each in self._ports.catalogue.environments}
        rows = [_row(each, names) for each in found.drafts]
        if rows:
            self.table = self.add_table("foreignTable", "Requests", HEADERS, rows, stretch=4)
            self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
            self.table.activated.connect(lambda index: self._open())
            self._add_form()
            self.table.selectionModel().currentRowChanged.connect(lambda *rows: self._follow())
            self.table.selectRow(0)
        else:
            self.add(Notice("warning", "None of its requests can be a draft"))
        if found.left:
            self.add_table("foreignLeft", "Not taken", ("Why",), [(each,) for each in found.left], stretch=0)

    def _add_form(self) -> None:
        self.row = RowChoice("foreign", self._ports.catalogue, SOAP_VARIANTS)
        self.row.setParent(self._content)
        self.row.hide()
        self.environment = named(QComboBox(), "foreignEnvironment", "Environment of the draft")
        self.environment.addItem(_BAR.capitalize(), "")
        for each in self._ports.catalogue.environments:
            self.environment.addItem(each.name, each.id)
        self.open = styled(named(QPushButton("Open as a draft"), "openForeign", "Open as a draft"), primary=True)
        self.open.clicked.connect(lambda checked=False: self._open())
        self.open_all = named(QPushButton("Open all that have a service"), "openAllForeign", "Open all with a service")
        self.open_all.setIcon(icon(Symbol.OPEN))
        self.open_all.setEnabled(any(each.target is not None for each in self._drafts))
        self.open_all.clicked.connect(lambda checked=False: self._open_all())
        box = QWidget()
        box.setMaximumWidth(560)
        form = QFormLayout(box)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(8)
        self.row.add_to(form)
        form.addRow("&Environment", self.environment)
        verbs = QHBoxLayout()
        verbs.setSpacing(8)
        verbs.addWidget(self.open)
        verbs.addWidget(self.open_all)
        verbs.addStretch(1)
        form.addRow("", verbs)
        self.add(box)
        self.row.chosen.connect(lambda: self.open.setEnabled(self.row.target is not None))

    def _follow(self) -> None:
        """Show where the request that is selected goes."""
        draft = self._current()
        if draft is None:
            return
        self.row.service.setEditText("")
        if draft.target is not None:
            self.row.choose(draft.target)
        self.environment.setCurrentIndex(max(0, self.environment.findData(draft.environment)))
        self.open.setEnabled(self.row.target is not None)

    def _current(self) -> ForeignDraft | None:
        number = self.table.currentIndex().row() if self.table is not None else -1
        return self._drafts[number] if 0 <= number < len(self._drafts) else None

    def _open(self) -> None:
        draft, target = self._current(), self.row.target
        if draft is not None and target is not None:
            self.opened.emit(draft.payload, target, str(self.environment.currentData()))

    def _open_all(self) -> None:
        for draft in self._drafts:
            if draft.target is not None:
                self.opened.emit(draft.payload, draft.target, draft.environment)


def _row(draft: ForeignDraft, names: dict[str, str]) -> tuple[str, ...]:
    service = row_words(draft.target) if draft.target is not None else "– not in the catalogue"
    return draft.name, service, names.get(draft.environment, f"– {_BAR}"), draft.note, draft.address
