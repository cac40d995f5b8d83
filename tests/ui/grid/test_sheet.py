"""A grid filled from spreadsheets and saved as one, in the window."""

from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from caiso_desktop.model.draft import Draft
from caiso_desktop.model.service import Target
from caiso_desktop.model.workshop import Workshop
from caiso_desktop.ui.draft_panel import DraftPanel
from caiso_desktop.ui.fake import FakeFiles
from caiso_desktop.ui.file_choice import Destination
from caiso_desktop.ui.grid.import_dialog import ImportDialog
from caiso_desktop.ui.grid.panel import GridPanel
from caiso_desktop.ui.window import Window
from tests.model.grid.test_edit import BIDS, GRID, cells


@pytest.fixture
def panel(qtbot: QtBot, window: Window, retrieve: Target) -> DraftPanel:
    panel = window.open_draft(retrieve)
    qtbot.waitUntil(lambda: bool(panel.desk.draft.text))
    panel.payload.show_draft(Draft(BIDS))
    panel.show_view("grid")
    return panel


@pytest.fixture
def grid(qtbot: QtBot, panel: DraftPanel) -> GridPanel:
    grid = panel.payload.view("grid")
    assert isinstance(grid, GridPanel)
    qtbot.waitUntil(lambda: grid.ready)
    return grid


def pressed(grid: GridPanel, name: str) -> None:
    button = grid.findChild(QToolButton, name)
    assert button is not None
    button.click()


def dialog_of(qtbot: QtBot, window: Window, grid: GridPanel) -> ImportDialog:
    pressed(grid, "gridImport")
    dialog = window.findChild(ImportDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: "Reading" not in dialog.said)
    return dialog


def test_a_workbook_fills_the_grid_by_its_titles(
    qtbot: QtBot, window: Window, panel: DraftPanel, grid: GridPanel, files: FakeFiles, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["Resource", "Start", "MW", "Price", "Trader"])
    for number in range(5):
        page.append(["UNIT_2", datetime(2026, 11, 26, 6 + number), 10 + number, 20.25, "Jane"])  # noqa: DTZ001
    files.sheet = tmp_path / "bids.xlsx"
    book.save(files.sheet)
    dialog = dialog_of(qtbot, window, grid)
    assert dialog.headed.isChecked()
    assert dialog.columns.columns == (1, 2, 3, 4, None)
    assert "5 rows, 4 of 5 columns" in dialog.said
    dialog.where.setCurrentIndex(2)
    QTest.mouseClick(dialog.verb, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: grid.ready and grid.model.rowCount() == 9)
    lines = cells(panel.desk.draft.text)
    assert lines[:4] == GRID
    assert [line[1:5] for line in lines[4:6]] == [
        ["UNIT_2", "2026-11-26T14:00:00Z", "10", "20.25"],
        ["UNIT_2", "2026-11-26T15:00:00Z", "11", "20.25"],
    ]
    assert "From bids.xlsx. 5 rows added." in grid.notes.text()
    panel.payload.undo()
    assert panel.desk.draft.text == BIDS


def test_columns_chosen_by_hand_are_kept_for_the_next_time(
    qtbot: QtBot,
    window: Window,
    panel: DraftPanel,
    grid: GridPanel,
    files: FakeFiles,
    tmp_path: Path,
    workshop: Workshop,
) -> None:
    files.sheet = tmp_path / "bids.csv"
    files.sheet.write_text("Einheit;Menge\nX;1,5\nX;2,5\n", encoding="utf-8")
    dialog = dialog_of(qtbot, window, grid)
    assert not dialog.headed.isChecked()
    dialog.headed.setChecked(True)
    assert dialog.columns.columns == (None, None)
    assert not dialog.verb.isEnabled()
    second = dialog.columns.cellWidget(1, 2)
    assert isinstance(second, QComboBox)
    second.setCurrentIndex(second.findText("mw"))
    QTest.keyClicks(dialog.name, "Desk sheet")
    keep = dialog.findChild(QPushButton, "keepMapping")
    assert keep is not None
    keep.click()
    qtbot.waitUntil(lambda: "Kept as 'Desk sheet'" in dialog.said)
    dialog.close()
    [mapping], bad = workshop.mappings().list()
    assert (mapping.name, [(link.title, link.column) for link in mapping.links], bad) == (
        "Desk sheet",
        [("Menge", "4:mw")],
        [],
    )
    qtbot.waitUntil(lambda: window.findChild(ImportDialog) is None)
    again = dialog_of(qtbot, window, grid)
    assert again.mapping.currentText() == "Desk sheet"
    assert again.columns.columns == (None, 3)
    again.do()
    qtbot.waitUntil(lambda: cells(panel.desk.draft.text)[0][3] == "1.5")
    assert cells(panel.desk.draft.text)[1][3] == "2.5"


def test_a_grid_is_saved_as_it_is_shown_and_comes_back(
    qtbot: QtBot, window: Window, panel: DraftPanel, grid: GridPanel, files: FakeFiles, tmp_path: Path
) -> None:
    grid.view.sort_next(3)
    for name in ("out.xlsx", "out.csv"):
        files.destination = Destination(tmp_path / name, replace=False)
        pressed(grid, "gridExport")
        said = f"4 rows saved in {tmp_path / name}"
        qtbot.waitUntil(lambda said=said: said in grid.notes.text())  # type: ignore[misc]
    page = openpyxl.load_workbook(tmp_path / "out.xlsx").worksheets[0]
    rows = list(page.iter_rows(values_only=True))
    assert rows[0] == ("@type", "resource", "start", "mw", "price", "note")
    assert rows[1] == ("B", "UNIT_2", "2026-11-26 HE 7", 5, 30, None)
    files.sheet = tmp_path / "out.csv"
    dialog = dialog_of(qtbot, window, grid)
    assert dialog.columns.columns == (0, 1, 2, 3, 4, 5)
    dialog.do()
    qtbot.waitUntil(lambda: grid.ready)
    assert panel.desk.draft.text == BIDS  # in the order shown: the same again


def test_a_file_that_is_none_is_told_in_the_dialog(
    qtbot: QtBot, window: Window, grid: GridPanel, files: FakeFiles, tmp_path: Path
) -> None:
    files.sheet = tmp_path / "bids.xlsx"
    files.sheet.write_bytes(b"no")
    dialog = dialog_of(qtbot, window, grid)
    assert "not a workbook" in dialog.said
    assert not dialog.columns.columns


def test_filling_goes_with_the_draft_s_tab(
    qtbot: QtBot, window: Window, panel: DraftPanel, grid: GridPanel, files: FakeFiles, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("mw\n1\n")
    files.sheet = path
    dialog_of(qtbot, window, grid)
    window.drafts.close_current()
    qtbot.waitUntil(lambda: window.findChild(ImportDialog) is None)
    assert panel.desk.draft.text == BIDS
