"""What one package says: its operations and the services they are about, and what in it cannot be read."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from caiso_desktop.model.package import Described, Stock, Style
from caiso_desktop.model.package_words import counted, row_words, unmatched_words
from caiso_desktop.ui.icon import Symbol, icon
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.rows_table import RowsTable

OPERATION_HEADERS = ("Operation", "Service", "Matched by", "Schema", "SOAPAction", "File")
UNREADABLE_HEADERS = ("File", "Line", "Why")
_TALLEST = 16


class _Line(NamedTuple):
    """A row of the table of operations; an empty name is a row that cannot be matched by hand."""

    operation: str
    by_hand: bool
    cells: tuple[str, ...]


class PackageDetails(QWidget):
    """``match_asked`` and ``unmatch_asked`` carry the name of the operation that is selected."""

    match_asked = Signal(str)
    unmatch_asked = Signal(str)
    replacement_asked = Signal()
    removal_asked = Signal()

    def __init__(self, stock: Stock, *, enabled: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "packageDetails", f"The package {stock.package.name}")
        self._enabled = enabled
        self._lines = _lines(stock)
        self.match = named(QPushButton("Match by hand…"), "matchOperation", "Say which service the operation is about")
        self.match.clicked.connect(lambda checked=False: self._ask(self.match_asked))
        self.unmatch = named(QPushButton("Take the match back"), "unmatchOperation", "Go by the operation's name again")
        self.unmatch.clicked.connect(lambda checked=False: self._ask(self.unmatch_asked))
        self.replace = named(QPushButton("Replace…"), "replacePackage", "Put another package in the place of this one")
        self.replace.setEnabled(enabled)
        self.replace.clicked.connect(lambda checked=False: self.replacement_asked.emit())
        self.remove = named(QPushButton("Remove…"), "removePackage", f"Remove {stock.package.name}")
        self.remove.setIcon(icon(Symbol.DELETE))
        self.remove.setEnabled(enabled)
        self.remove.clicked.connect(lambda checked=False: self.removal_asked.emit())
        self.operations = _table(
            "operationsTable", "Operations", OPERATION_HEADERS, [each.cells for each in self._lines]
        )
        self.operations.selectionModel().currentRowChanged.connect(lambda *rows: self._follow())
        self.operations.activated.connect(lambda index: self._ask(self.match_asked))
        self._lay_out(stock)
        if self._lines:
            self.operations.selectRow(next((n for n, each in enumerate(self._lines) if each.cells[2] == ""), 0))
        self._follow()

    def _lay_out(self, stock: Stock) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(styled(QLabel(stock.package.name), title=True))
        head.addStretch(1)
        words = styled(QLabel(counted(stock)), tone="muted")
        words.setWordWrap(True)
        for button in (self.match, self.unmatch, self.replace, self.remove):
            head.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(words)
        if self._lines:
            column.addWidget(self.operations)
        else:
            self.operations.setParent(self)
            self.operations.hide()
        unreadable = stock.package.contents.unreadable
        if unreadable:
            column.addWidget(styled(QLabel("What could not be read"), title=True))
            rows = [(each.file, str(each.line) if each.line else "", each.why) for each in unreadable]
            column.addWidget(_table("unreadableTable", "What could not be read", UNREADABLE_HEADERS, rows, (1,), 2))

    def _follow(self) -> None:
        """Offer what can be done with the selected operation."""
        line = self._current()
        self.match.setEnabled(self._enabled and line is not None and bool(line.operation))
        self.unmatch.setEnabled(self._enabled and line is not None and line.by_hand)

    def _ask(self, signal: object) -> None:
        line = self._current()
        if line is not None and line.operation and self._enabled:
            signal.emit(line.operation)  # type: ignore[attr-defined]  # a bound signal, whose type Qt keeps to itself

    def _current(self) -> _Line | None:
        row = self.operations.currentIndex().row()
        return self._lines[row] if 0 <= row < len(self._lines) else None


def _lines(stock: Stock) -> list[_Line]:
    """New ones first: they may want a hand."""
    lines = [
        _Line(_to_match(each), by_hand=False, cells=_cells(each, f"– {unmatched_words(each)}", ""))
        for each in stock.new
    ]
    for matched in stock.matched:
        how = "hand" if matched.by_hand else "name and version"
        rows = ", ".join(map(row_words, matched.targets))
        lines.append(_Line(_to_match(matched.operation), matched.by_hand, _cells(matched.operation, rows, how)))
    for target in stock.documents:
        cells = ("– no WSDL", row_words(target), "the payload's root", "yes", "by rule", "")
        lines.append(_Line("", by_hand=False, cells=cells))
    return lines


def _to_match(described: Described) -> str:
    """The name by which an operation is matched by hand; a remote procedure's own name says which it is."""
    return described.name if described.style is Style.DOCUMENT else ""


def _cells(described: Described, rows: str, how: str) -> tuple[str, ...]:
    schema = "yes" if described.request_file else "no"
    return described.name, rows, how, schema, described.action or "–", described.file


def _table(
    name: str,
    title: str,
    headers: Sequence[str],
    rows: Sequence[tuple[str, ...]],
    numbers: Sequence[int] = (),
    stretch: int = -1,
) -> RowsTable:
    table = RowsTable(name, title, headers, numbers=numbers, stretch=stretch, grows=_TALLEST)
    table.set_rows(rows)
    return table
