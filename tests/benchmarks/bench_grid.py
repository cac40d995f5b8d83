"""How the grid scrolls and edits 10,000 records, beside a bare table: run this file, it prints ratios.

Times depend on the computer; a ratio to a bare QTableView over a list of texts in the same run does so less. An edit is
measured whole: the cell is written into the payload's text, and the XML editor mirrors it. Process CPU time, medians.
"""

import os
import statistics
import time
from collections.abc import Callable
from datetime import date

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QApplication, QTableView

from caiso_desktop.contract.outline import outline
from caiso_desktop.contract.table import OutlineGrids
from caiso_desktop.model.call import Problem
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.fake import FakePayloads
from caiso_desktop.model.grid.cell import wrong_cells
from caiso_desktop.model.service import Environment, Target, Variant
from caiso_desktop.model.trade_hour import TradeHour
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.grid.panel import GridPanel
from caiso_desktop.ui.jobs import Jobs
from caiso_desktop.ui.palette import Scheme, apply
from caiso_desktop.ui.payload_editor import PayloadEditor

RECORDS = 10_000
PAGES = 60
EDITS = 60
BOUND_MS = 50


def payload() -> str:
    """10,000 segments in 2,500 hours of 105 resources."""
    day = date(2026, 11, 25)
    lines = ["<RawBidSet xmlns='urn:bids'>", " <MessagePayload>"]
    made = 0
    number = 0
    while made < RECORDS:
        number += 1
        lines.append(f"  <Bid><resource>UNIT_{number}_GEN</resource><product>EN</product>")
        for ending in range(1, 25):
            hour = TradeHour(day, ending)
            lines.append(
                f"   <Hour><start>{hour.start:%Y-%m-%dT%H:%M:%SZ}</start><end>{hour.end:%Y-%m-%dT%H:%M:%SZ}</end>"
            )
            for segment in range(4):
                lines.append(f"    <Segment><mw>{10 * segment + ending}</mw><price>{20 + segment}.5</price></Segment>")
                made += 1
            lines.append("   </Hour>")
        lines.append("  </Bid>")
    return "\n".join([*lines, " </MessagePayload>", "</RawBidSet>", ""])


class Bare(QAbstractTableModel):
    """The least that a table of texts is."""

    def __init__(self, rows: list[list[str]]) -> None:
        super().__init__()
        self.rows = rows

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows[0])

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        return self.rows[index.row()][index.column()] if role == Qt.ItemDataRole.DisplayRole else None

    def setData(self, index: QModelIndex | QPersistentModelIndex, value: object, role: int = 2) -> bool:  # noqa: N802
        self.rows[index.row()][index.column()] = str(value)
        self.dataChanged.emit(index, index)
        return True


def timed(work: Callable[[], object]) -> float:
    """Milliseconds of this process."""
    begun = time.process_time()
    work()
    return (time.process_time() - begun) * 1000


def scrolled(view: QTableView) -> list[float]:
    """Each page painted, all the way down."""
    bar, times = view.verticalScrollBar(), []
    step = max(1, bar.maximum() // PAGES)
    for place in range(0, bar.maximum(), step):

        def page(value: int = place) -> None:
            bar.setValue(value)
            view.viewport().repaint()

        times.append(timed(page))
    return times


def edited(view: QTableView, column: int) -> list[float]:
    """A cell here and there typed over, and painted."""
    model, times = view.model(), []
    for number in range(EDITS):
        row = number * (model.rowCount() // EDITS)
        index = model.index(row, column)
        view.scrollTo(index)
        view.viewport().repaint()

        def edit(index: QModelIndex = index, text: str = f"{1000 + number}.25") -> None:
            model.setData(index, text)
            view.viewport().repaint()

        times.append(timed(edit))
    return times


def main() -> None:
    """Measure, print, and end with 1 where a median is beyond the bound."""
    application = QApplication(["bench"])
    apply(application, Scheme.LIGHT)
    jobs = Jobs()
    place = Environment("simulator", "Simulator", "", guarded=False)
    desk = Desk(place, Target("sibr", "SubmitRawBidSet", "v4", Variant.AP))
    draft = Draft(payload())
    found = outline(draft)
    assert not isinstance(found, Problem)
    table = OutlineGrids().table(found, None)
    print(f"{len(draft.text) / 1e6:.2f} MB, {len(table.rows):,} rows, {len(table.columns)} columns")
    print(f"read in a worker: outline {timed(lambda: outline(draft)):.0f} ms, table "
          f"{timed(lambda: OutlineGrids().table(found, None)):.0f} ms, "
          f"wrong cells {timed(lambda: wrong_cells(table, found, most=1000)):.0f} ms")  # fmt: skip
    grid = GridPanel(desk, FakePayloads(), OutlineGrids(), jobs)
    editor = PayloadEditor()
    editor.setPlainText(draft.view())

    def take(after: Draft) -> None:
        desk.set_draft(after)
        editor.become(after.view())

    grid.edited.connect(take)
    grid.resize(1100, 700)
    grid.show()
    desk.set_draft(draft)
    while not grid.ready:
        application.processEvents()
    bare_view = QTableView()
    bare_view.resize(1100, 640)
    texts = [[grid.model.cell(row, at).words for at in range(len(table.columns))] for row in range(len(table.rows))]
    bare_view.setModel(Bare(texts))
    bare_view.show()
    application.processEvents()
    price = len(table.columns) - 1
    within = True
    for name, ours, bare in (
        ("scroll a page", scrolled(grid.view), scrolled(bare_view)),
        ("edit a cell", edited(grid.view, price), edited(bare_view, price)),
    ):
        mine, theirs = statistics.median(ours), statistics.median(bare)
        within &= mine < BOUND_MS
        print(f"{name}: {mine:.1f} ms (worst {max(ours):.1f}), bare {theirs:.1f} ms: {mine / theirs:.1f} times")
    print(f"sort: {timed(lambda: grid.model.sort_by(price, descending=True)):.0f} ms")
    application.processEvents()
    jobs.close(10)
    raise SystemExit(0 if within else 1)


if __name__ == "__main__":
    main()
