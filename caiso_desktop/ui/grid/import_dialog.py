"""Fills the grid from a spreadsheet: which sheet, which column goes where, over which rows."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from caiso_desktop.model.grid.mapping import ColumnMapping, by_titles, links_of, rows_id
from caiso_desktop.model.grid.paste import Block
from caiso_desktop.model.grid.sheet import Sheet
from caiso_desktop.model.grid.style import Marks, Turn
from caiso_desktop.model.template import BadFile, Owner
from caiso_desktop.ui.grid.column_table import ColumnTable
from caiso_desktop.ui.grid.panel import GridPanel
from caiso_desktop.ui.named import named
from caiso_desktop.ui.port import Ports
from caiso_desktop.ui.side_dialog import SideDialog

_OVER, _FROM, _BEHIND = "over", "from", "behind"
_BY_TITLE = "By their titles"


class ImportDialog(SideDialog):
    """Nothing changes before the button is pressed; then it is one step, as a paste is."""

    def __init__(self, grid: GridPanel, path: Path, ports: Ports, parent: QWidget) -> None:
        super().__init__("importSheet", f"Fill the grid from {path.name}", "Fill", parent)
        self._grid = grid
        self._path = path
        self._ports = ports
        self._sheet: Sheet | None = None
        self._known: list[ColumnMapping] = []
        self.page = named(QComboBox(), "importPage", "Sheet of the file")
        self.headed = named(QCheckBox("The first &line has titles"), "importHeaded", "The first line has titles")
        self.mapping = named(QComboBox(), "importMapping", "How columns find each other")
        self.where = named(QComboBox(), "importRows", "Which rows are filled")
        self.columns = ColumnTable()
        self.name = named(QLineEdit(), "mappingName", "Name under which these columns are kept")
        self.name.setPlaceholderText("Name, to keep these columns for the next time")
        self.shared = named(QCheckBox("For the &company"), "mappingShared", "Keep them in the company's folder")
        self.keep = named(QPushButton("&Keep"), "keepMapping", "Keep these columns under this name")
        self.keep.setAutoDefault(False)
        self.form.addRow("&Sheet", self.page)
        self.form.addRow("", self.headed)
        self.form.addRow("&Columns", self.mapping)
        self.form.addRow("&Rows", self.where)
        self._layout.insertWidget(1, self.columns, 1)
        self._layout.insertLayout(2, self._keeping())
        self._layout.setStretch(self._layout.count() - 2, 0)
        self.resize(720, 560)
        self.verb.setEnabled(False)
        self._fill_where()
        self.page.activated.connect(lambda row: self.look(self.page.currentText()))
        self.headed.toggled.connect(lambda on: self._show_columns())
        self.mapping.activated.connect(lambda row: self._match())
        self.columns.chosen.connect(self._judge)
        self.name.textChanged.connect(self._judge)
        self.keep.clicked.connect(lambda checked=False: self._keep())
        grid.destroyed.connect(self.close)
        self.say("Reading the file…")
        self.look()

    def look(self, page: str = "") -> None:
        """Read a sheet of the file."""
        self._ports.jobs.run(lambda token: self._read(page), owner=self, done=self._show, failed=self.tell)

    def do(self) -> None:
        """Fill the grid."""
        if self._sheet is None or not self.verb.isEnabled():
            return
        table = self._grid.table
        rows = self._sheet.rows[1:] if self.headed.isChecked() else self._sheet.rows
        columns = self.columns.columns
        block = Block(tuple(row[: len(columns)] for row in rows), columns)
        where = self.where.currentData()
        top = {_OVER: 0, _BEHIND: len(table.rows)}.get(where, self._selected)
        self._grid.verbs.fill(block, top, [f"From {self._path.name}."], self._answers)
        self.close()

    @property
    def _selected(self) -> int:
        return self._grid.view.positions[0] if self._grid.view.positions else 0

    @property
    def _titles(self) -> tuple[str, ...]:
        """The titles of the file's columns; empty ones where its first line has none."""
        if self._sheet is None or not self._sheet.rows:
            return ()
        width = max(map(len, self._sheet.rows[:200]))
        first = self._sheet.rows[0] if self.headed.isChecked() else ()
        return tuple(first[at].strip() if at < len(first) else "" for at in range(width))

    @property
    def _chosen(self) -> ColumnMapping | None:
        row = self.mapping.currentIndex() - 1
        return self._known[row] if 0 <= row < len(self._known) else None

    @property
    def _answers(self) -> Mapping[int, Marks | Turn]:
        chosen = self._chosen
        return chosen.answers(self._titles) if chosen is not None else {}

    def _keeping(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        label = QLabel("Keep &as")
        label.setBuddy(self.name)
        for widget in (label, self.name, self.shared, self.keep):
            row.addWidget(widget, 1 if widget is self.name else 0)
        return row

    def _fill_where(self) -> None:
        self.where.addItem("From the first row on; what is more becomes new rows", _OVER)
        self.where.addItem(f"From the selected row on (row {self._selected + 1:,})", _FROM)
        self.where.addItem("All of it becomes new rows, behind the last", _BEHIND)

    def _read(self, page: str) -> tuple[Sheet, Sequence[ColumnMapping], Sequence[BadFile]]:
        sheet = self._ports.workshop.sheets.read(self._path, page)
        return sheet, *self._ports.workshop.mappings().list()

    def _show(self, found: tuple[Sheet, Sequence[ColumnMapping], Sequence[BadFile]]) -> None:
        self._sheet, known, bad = found
        self._known = [each for each in known if each.applies(self._grid.table)]
        if self.page.count() == 0:
            self.page.addItems(list(self._sheet.names) or ["the only one"])
            self.page.setEnabled(len(self._sheet.names) > 1)
        self.mapping.clear()
        self.mapping.addItem(_BY_TITLE)
        self.mapping.addItems([each.name for each in self._known])
        first = self._sheet.rows[0] if self._sheet.rows else ()
        named_so = any(each is not None for each in by_titles(self._grid.table, first))
        kept = next(
            (each for each in self._known if any(n is not None for n in each.columns(self._grid.table, first))), None
        )
        self.headed.blockSignals(True)  # noqa: FBT003  # Qt takes it so
        self.headed.setChecked(named_so or kept is not None)
        self.headed.blockSignals(False)  # noqa: FBT003  # Qt takes it so
        if kept is not None and not named_so:
            self.mapping.setCurrentIndex(self._known.index(kept) + 1)
        self._show_columns()
        if bad:
            self.say(f"Left alone, as something in it is wrong: {bad[0]}", "warning")

    def _show_columns(self) -> None:
        if self._sheet is None:
            return
        titles = self._titles
        below = self._sheet.rows[1 if self.headed.isChecked() else 0 :][:50]
        examples = [next((row[at] for row in below if at < len(row) and row[at]), "") for at in range(len(titles))]
        names = [column.title for column in self._grid.table.columns]
        self.columns.show_columns(titles, examples, names, self._matched())
        self._judge()

    def _matched(self) -> tuple[int | None, ...]:
        chosen, titles, table = self._chosen, self._titles, self._grid.table
        if chosen is not None:
            return chosen.columns(table, titles)
        if any(titles):
            return by_titles(table, titles)
        return tuple(at if at < len(table.columns) else None for at in range(len(titles)))

    def _match(self) -> None:
        self.columns.set_columns(self._matched())

    def _judge(self) -> None:
        chosen = [each for each in self.columns.columns if each is not None]
        rows = len(self._sheet.rows) - self.headed.isChecked() if self._sheet is not None else 0
        twice = len(chosen) != len(set(chosen))
        self.verb.setEnabled(rows > 0 and bool(chosen) and not twice and self._grid.ready)
        self.keep.setEnabled(bool(self.name.text().strip()) and bool(chosen) and any(self._titles))
        if self._sheet is None:
            return
        if rows <= 0:
            self.say("The sheet is empty.", "warning")
        elif twice:
            self.say("Two columns of the file go to the same one of the grid.", "warning")
        elif not chosen:
            self.say("No column goes anywhere yet: choose where each goes.", "warning")
        else:
            self.say(f"{rows:,} rows, {len(chosen)} of {len(self.columns.columns)} columns. Formulas are not executed.")

    def _keep(self) -> None:
        table, titles = self._grid.table, self._titles
        owner = Owner.COMPANY if self.shared.isChecked() else Owner.USER
        links = links_of(table, titles, self.columns.columns, self._answers)
        mapping = ColumnMapping(self.name.text(), rows_id(table), links, owner)

        def done(kept: ColumnMapping) -> None:
            self._known = [*(each for each in self._known if each.file != kept.file), kept]
            self.mapping.clear()
            self.mapping.addItems([_BY_TITLE, *(each.name for each in self._known)])
            self.mapping.setCurrentIndex(len(self._known))
            self.say(f"Kept as '{kept.name}', in {kept.file}.", "success")

        self._ports.jobs.run(
            lambda token: self._ports.workshop.mappings().save(mapping), owner=self, done=done, failed=self.tell
        )
