"""The answer as a table: what repeats in its report, sorted and narrowed as one likes, and saved as a spreadsheet."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from caiso_desktop.model.error import CaisoError
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.grid.cell import shown
from caiso_desktop.model.grid.table import Table, texts_of
from caiso_desktop.model.outline import Outline
from caiso_desktop.model.report_table import ReportTable
from caiso_desktop.model.saving import Saving
from caiso_desktop.model.value import ValueKind
from caiso_desktop.model.workshop import Workshop
from caiso_desktop.ui.empty_state import EmptyState
from caiso_desktop.ui.file_choice import FileChoice
from caiso_desktop.ui.grid.cell_view import CellView
from caiso_desktop.ui.grid.model import GridModel
from caiso_desktop.ui.icon import Symbol
from caiso_desktop.ui.jobs import Jobs
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.palette import tokens_of
from caiso_desktop.ui.phrase import size_words
from caiso_desktop.ui.tool_button import tool_button

T = TypeVar("T")

_READING = ("Reading the answer", "Its table is shown as soon as it is read.")
_NOTHING = ("No table", "Nothing repeats in this answer; the tree shows all of it.")
_NOT_FOUND = ("No such rows", "Take the filter away, or write less of it.")
_TERM = re.compile(r'"([^"]+)"|\bhe ?0?(\d{1,2})\b|(\S+)')
_NUMBERS = (ValueKind.NUMBER, ValueKind.WHOLE)


class AnswerTable(QWidget):
    """Reads off the GUI thread; what was opened last counts. A big report's beginning is shown, and said to be it."""

    def __init__(
        self, workshop: Workshop, saving: Saving, files: FileChoice, jobs: Jobs, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        named(self, "answerTablePage", "Answer as a table")
        self._workshop = workshop
        self._saving = saving
        self._files = files
        self._jobs = jobs
        self._readings = 0
        self._found = ReportTable()
        self._words: Sequence[str] = ()
        self._name = "answer.xlsx"
        self.model = GridModel(tokens_of(self.palette()), self, read_only=True)
        self.view = named(CellView(self.model), "answerTable", "Answer as a table")
        self.kinds = named(QComboBox(), "answerTableRows", "Which elements are rows")
        self.kinds.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.kinds.setMinimumContentsLength(20)
        self.kinds.activated.connect(self._choose)
        self.filter = named(QLineEdit(), "answerTableFilter", "Show the rows in which this stands")
        self.filter.setPlaceholderText("Filter rows")
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(lambda text: self._narrow())
        tip = "Save these rows as a spreadsheet (.xlsx or .csv)…"
        self.export = tool_button("answerTableExport", "", tip, Symbol.SAVE, self.save)
        self.said = styled(named(QLabel(), "answerTableSaid", "What the table shows"), tone="muted")
        self.said.setWordWrap(True)
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self._empty = EmptyState(*_READING)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.view)
        self._lay_out()
        self.setFocusProxy(self.view)

    @property
    def empty_text(self) -> str:
        """What is said in the place of rows, empty where there are some."""
        return self._empty.text if self._stack.currentWidget() is self._empty else ""

    def open(self, exchange: Exchange, report: Path) -> None:
        """Show a report, one of the files of this exchange."""
        self._name = f"{Path(self._saving.suggest_name(exchange, report)).stem}.xlsx"
        self.filter.clear()
        self._say(_READING)

        def failed(error: CaisoError) -> None:
            self._say(("No table", f"{error.title}: {error.detail} {error.advice}".strip()))

        self._run(lambda: self._workshop.reports().read(report), self._show, failed)

    def save(self) -> None:
        """Save the rows as they are shown, in columns as they are shown."""
        destination = self._files.to_save(self, self._name)
        outline = self._found.outline
        if destination is None or outline is None:
            return
        table, order, columns = self.model.table, self.model.order, self.view.shown_columns()

        def work() -> None:
            texts = _texts(table, outline)
            lines = [[texts[column][row] for column in columns] for row in order]
            numbers = {at for at, column in enumerate(columns) if table.columns[column].kind in _NUMBERS}
            head = [table.columns[column].title for column in columns]
            data = self._workshop.sheets.to_bytes(destination.path.suffix, head, lines, numbers)
            self._saving.save_bytes(data, destination.path, overwrite=destination.replace)

        def done(nothing: None) -> None:
            self.said.setText(f"{_rows(len(order))} saved in {destination.path}.")

        self._jobs.run(lambda token: work(), owner=self, done=done, failed=self._fail)

    def changeEvent(self, event: QEvent) -> None:
        """Called by Qt, for another palette too."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.model.set_tokens(tokens_of(self.palette()))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self.kinds, 2)
        head.addWidget(self.filter, 1)
        head.addWidget(self.export)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.said)

    def _show(self, found: ReportTable) -> None:
        self._found, self._words = found, ()
        self.kinds.clear()
        self.kinds.addItems([f"Rows: {kind.title} ({kind.count:,})" for kind in found.table.kinds])
        self._show_table(found.table)
        if found.problem:
            self._say(("No table", f"The answer cannot be read as XML: {found.problem}"))

    def _show_table(self, table: Table) -> None:
        self._words = ()
        self.model.show(table, self._found.outline)
        self.view.sort_as(-1, False)  # noqa: FBT003  # as the document has it
        if table.kind is not None:
            self.kinds.setCurrentIndex(table.kinds.index(table.kind))
            self.kinds.setToolTip(table.kind.title)
        self.view.fit()
        self._say(None if table.rows else _NOTHING)
        if self.filter.text():
            self._narrow()

    def _choose(self, row: int) -> None:
        """Let other elements be the rows."""
        outline, kind = self._found.outline, self._found.table.kinds[row]
        if outline is not None:
            grids = self._workshop.grids
            self._run(lambda: grids.table(outline, None, kind.names), self._show_table, self._fail)

    def _narrow(self) -> None:
        """Show the rows in which every word of the filter stands; what they say is put together at the first."""
        outline, table = self._found.outline, self.model.table
        if outline is None or not table.rows:
            return
        if self._words or not self.filter.text().strip():
            self._keep()
            return

        def done(words: Sequence[str]) -> None:
            self._words = words
            self._keep()

        self._run(lambda: _row_words(table, outline), done, self._fail)

    def _keep(self) -> None:
        wanted = _terms(self.filter.text())
        kept = [row for row, words in enumerate(self._words) if all(each.search(words) for each in wanted)]
        self.model.keep(kept if wanted else None)
        self.view.sort_again()
        self._say(None if self.model.rowCount() else _NOT_FOUND)

    def _run(self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[CaisoError], None]) -> None:
        """Do something off this thread; whatever was begun before does not count any more."""
        self._readings += 1
        mine = self._readings

        def land(outcome: T) -> None:
            if mine == self._readings:
                done(outcome)

        def miss(error: CaisoError) -> None:
            if mine == self._readings:
                failed(error)

        self._jobs.run(lambda token: work(), owner=self, done=land, failed=miss)

    def _fail(self, error: CaisoError) -> None:
        self.said.setText(f"{error.title}: {error.detail} {error.advice}".strip())

    def _say(self, empty: tuple[str, str] | None) -> None:
        """Show the rows, or why there are none; and how much of the answer that is."""
        if empty is not None:
            self._empty.say(*empty)
        self._stack.setCurrentWidget(self._empty if empty is not None else self.view)
        self.export.setEnabled(empty is None)
        several = len(self._found.table.kinds) > 1 and empty is not _READING
        self.kinds.setEnabled(several)
        self.filter.setEnabled(bool(self.model.table.rows) and empty is not _READING)
        self.said.setText("" if empty is not None and empty is not _NOT_FOUND else self._count())

    def _count(self) -> str:
        rows, shown_rows = len(self.model.table.rows), self.model.rowCount()
        count = f"{shown_rows:,} of {_rows(rows)}" if shown_rows < rows else _rows(rows)
        if self._found.whole:
            return f"{count}. Times are trade date and hour ending, Pacific."
        read, size = size_words(self._found.read), size_words(self._found.size)
        return f"{count}, from the first {read} of {size}; save the report for all of it."


def _rows(count: int) -> str:
    return f"{count:,} row{'' if count == 1 else 's'}"


def _terms(text: str) -> list[re.Pattern[str]]:
    """What a filter asks for: words, quoted phrases, and hours, of which HE 1 is not in HE 12."""
    found = []
    for quoted, hour, word in _TERM.findall(text.casefold()):
        found.append(re.compile(rf"\bhe {hour}\b" if hour else re.escape(quoted or word)))
    return found


def _texts(table: Table, outline: Outline) -> list[list[str]]:
    """What each column says in every row, as it is shown."""
    return [[shown(column, text) for text in texts_of(table, outline, column)] for column in table.columns]


def _row_words(table: Table, outline: Outline) -> list[str]:
    """What each row says, as it is shown and as it stands, in lower case."""
    said = _texts(table, outline)
    written = [
        [text or "" for text in texts_of(table, outline, column)]
        for column in table.columns
        if column.kind is ValueKind.INSTANT
    ]
    return ["\t".join(cells).casefold() for cells in zip(*said, *written, strict=True)]
