"""The grid as its user works in it: by keyboard and clipboard, each edit one step of the draft."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton, QTableView, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from caiso_desktop.contract.table import OutlineGrids
from caiso_desktop.model.answer import Severity
from caiso_desktop.model.call import Problem
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.fake import FakePayloads
from caiso_desktop.model.judgement import Conformity, Judgement
from caiso_desktop.model.service import Target
from caiso_desktop.model.step import Step
from caiso_desktop.model.value import Choice, Value, ValueKind
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.grid.panel import GridPanel
from caiso_desktop.ui.jobs import Jobs
from tests.model.grid.test_edit import BIDS, GRID, cells


class Hand:
    """Somebody at the grid."""

    def __init__(self, qtbot: QtBot, panel: GridPanel, desk: Desk) -> None:
        self.qtbot = qtbot
        self.panel = panel
        self.desk = desk
        self.steps: list[str] = []
        panel.edited.connect(self._step)

    def _step(self, draft: Draft) -> None:
        self.steps.append(draft.text)
        self.desk.set_draft(draft)

    @property
    def cells(self) -> list[list[str | None]]:
        return cells(self.desk.draft.text)

    @property
    def shown(self) -> list[list[str]]:
        model = self.panel.model
        return [
            [model.cell(row, column).words for column in range(model.columnCount())] for row in range(model.rowCount())
        ]

    def ready(self) -> None:
        self.qtbot.waitUntil(lambda: self.panel.ready)

    def at(self, row: int, column: int, bottom: int = -1, right: int = -1) -> None:
        columns = list(range(column, max(right, column) + 1))
        self.panel.view.select_block(row, max(bottom, row), columns)

    def press(self, key: Qt.Key, *, control: bool = False) -> None:
        modifier = Qt.KeyboardModifier.ControlModifier if control else Qt.KeyboardModifier.NoModifier
        QTest.keyClick(self.panel.view, key, modifier)

    def paste(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        before = len(self.steps)
        self.press(Qt.Key.Key_V, control=True)
        self.qtbot.waitUntil(lambda: len(self.steps) > before or bool(self.panel.ask.text))
        if not self.panel.ask.text:
            self.ready()

    def type(self, text: str) -> None:
        self.press(Qt.Key.Key_F2)
        editor = self.panel.view.findChild(QLineEdit)
        assert editor is not None
        editor.setText(text)
        QTest.keyClick(editor, Qt.Key.Key_Return)
        self.qtbot.waitUntil(lambda: self.panel.view.state() is not QTableView.State.EditingState)


@pytest.fixture
def hindrance() -> list[str]:
    """Why the payload cannot be edited."""
    return []


@pytest.fixture
def hand(
    qtbot: QtBot, catalogue: Catalogue, retrieve: Target, window_jobs: Jobs, hindrance: list[str]
) -> Iterator[Hand]:
    desk = Desk(catalogue.environments[0], retrieve)
    panel = GridPanel(desk, FakePayloads(), OutlineGrids(), window_jobs, lambda: " ".join(hindrance))
    qtbot.addWidget(panel)
    panel.resize(900, 400)
    panel.show()
    desk.set_draft(Draft(BIDS))
    hand = Hand(qtbot, panel, desk)
    hand.ready()
    yield hand


def test_it_shows_the_rows_with_trade_dates_and_hours(hand: Hand) -> None:
    assert hand.shown[0] == ["A", "UNIT_1", "2026-11-26 HE 7", "10", "20.5", ""]
    assert hand.panel.head.count.text() == "4 rows"
    assert hand.panel.head.kinds.currentText() == "Segment in Bid (4)"
    hand.at(0, 2)
    assert "2026-11-26 14:00 GMT" in hand.panel.where.words
    assert "2 rows share it" in hand.panel.where.words
    assert hand.panel.model.cell(1, 2).repeated
    assert not hand.panel.model.cell(2, 2).repeated


def test_a_typed_cell_is_written_at_once(hand: Hand) -> None:
    hand.at(2, 3)
    hand.type("12.5")
    assert hand.steps == [BIDS.replace("<b:mw>11<", "<b:mw>12.5<")]
    hand.at(0, 2)
    hand.type("2026-11-27 HE 1")
    assert hand.cells[1][2] == "2026-11-27T08:00:00Z"
    assert hand.shown[1][2] == "2026-11-27 HE 1"
    assert len(hand.steps) == 2
    hand.type("2026-11-27 HE 1")  # the same again is no step
    assert len(hand.steps) == 2


def test_a_wrong_cell_is_marked_counted_and_gone_to(hand: Hand) -> None:
    hand.at(3, 3)
    hand.type("a lot")
    assert hand.cells[3][3] == "a lot"
    assert "'a lot' is not a number" in hand.panel.notes.text()
    assert hand.panel.model.cell(3, 3).fault
    index = hand.panel.model.index(3, 3)
    assert index.data(Qt.ItemDataRole.BackgroundRole) is not None
    assert "not a number" in str(index.data(Qt.ItemDataRole.ToolTipRole))
    hand.qtbot.waitUntil(lambda: hand.panel.head.wrong.isVisible())
    assert hand.panel.head.wrong.text() == "1 wrong"
    hand.at(0, 0)
    hand.press(Qt.Key.Key_F9)
    assert hand.panel.view.currentIndex().row() == 3
    hand.at(0, 0)
    hand.panel.head.wrong.click()
    current = hand.panel.view.currentIndex()
    assert (current.row(), current.column()) == (3, 3)


def test_a_block_from_a_spreadsheet_is_one_step(hand: Hand) -> None:
    hand.at(0, 3)
    hand.paste("1,234.5\t1,5\r\n2\t3\r\n")
    assert len(hand.steps) == 1
    assert [line[3:5] for line in hand.cells[:2]] == [["1234.5", "1.5"], ["2", "3"]]
    assert "1,234.5 was read as 1234.5" in hand.panel.notes.text()
    assert hand.panel.view.positions == [0, 1]
    assert hand.panel.view.columns == [3, 4]


def test_rows_beyond_the_last_are_added(hand: Hand) -> None:
    hand.at(3, 1)
    hand.paste("UNIT_2\t2026-11-26 HE 7\t1\t2\nUNIT_2\t2026-11-26 HE 8\t3\t4\nUNIT_9\t2026-11-26 HE 7\t5\t6\n")
    assert len(hand.steps) == 1
    assert "2 rows added." in hand.panel.notes.text()
    assert [line[1:5] for line in hand.shown[3:]] == [
        ["UNIT_2", "2026-11-26 HE 7", "1", "2"],
        ["UNIT_2", "2026-11-26 HE 8", "3", "4"],
        ["UNIT_9", "2026-11-26 HE 7", "5", "6"],
    ]
    assert hand.desk.draft.text.count("<b:Bid ") == 3


def test_what_may_be_either_is_asked_over_the_grid(hand: Hand) -> None:
    hand.at(0, 3)
    hand.paste("1,234")
    assert hand.steps == []
    assert hand.panel.ask.text == "In mw, does 1,234 mean 1234 or 1.234?"
    button = hand.panel.ask.findChild(QPushButton, "gridAnswer1")
    assert button is not None
    assert button.hasFocus() is False
    button.click()
    hand.qtbot.waitUntil(lambda: len(hand.steps) == 1)
    assert hand.cells[0][3] == "1.234"
    hand.paste("1,234")
    refuse = hand.panel.ask.findChild(QPushButton, "gridAnswer2")
    assert refuse is not None
    refuse.click()
    assert hand.panel.ask.text == ""
    assert len(hand.steps) == 1


def test_one_value_fills_what_is_selected_and_fill_down_copies(hand: Hand) -> None:
    hand.at(0, 3, 3, 4)
    hand.paste("7")
    assert [line[3:5] for line in hand.cells] == [["7", "7"]] * 4
    hand.at(0, 3)
    hand.type("9")
    hand.at(0, 3, 3)
    hand.press(Qt.Key.Key_D, control=True)
    hand.qtbot.waitUntil(lambda: len(hand.steps) == 3)
    assert [line[3] for line in hand.cells] == ["9"] * 4


def test_copied_cells_are_what_is_shown(hand: Hand) -> None:
    hand.at(0, 1, 1, 3)
    hand.press(Qt.Key.Key_C, control=True)
    assert QGuiApplication.clipboard().text() == "UNIT_1\t2026-11-26 HE 7\t10\nUNIT_1\t2026-11-26 HE 7\t15"
    hand.press(Qt.Key.Key_V, control=True)
    hand.ready()
    assert hand.steps == []  # what is there already is no step


def test_rows_are_copied_and_deleted_by_keyboard(hand: Hand) -> None:
    hand.at(1, 0)
    hand.press(Qt.Key.Key_Plus, control=True)
    hand.qtbot.waitUntil(lambda: len(hand.steps) == 1)
    hand.ready()
    assert hand.cells == [*GRID[:2], GRID[1], *GRID[2:]]
    hand.at(1, 0, 2)
    hand.press(Qt.Key.Key_Minus, control=True)
    hand.qtbot.waitUntil(lambda: len(hand.steps) == 2)
    hand.ready()
    assert hand.cells == [line[:5] for line in (GRID[0], *GRID[2:])]  # nothing has a note any more
    hand.at(0, 4)
    hand.press(Qt.Key.Key_Delete)
    hand.qtbot.waitUntil(lambda: len(hand.steps) == 3)
    hand.ready()
    assert hand.cells[0][4] is None


def test_sorting_is_of_the_view_until_the_payload_is_asked_for(hand: Hand) -> None:
    hand.panel.view.sort_next(3)
    assert [line[3] for line in hand.shown] == ["5", "10", "11", "15"]
    hand.panel.view.sort_next(3)
    assert [line[3] for line in hand.shown] == ["15", "11", "10", "5"]
    assert hand.steps == []
    hand.at(0, 3)
    hand.type("16")
    assert hand.cells[1][3] == "16"
    hand.panel.verbs.sort_document()
    hand.qtbot.waitUntil(lambda: len(hand.steps) == 2)
    hand.ready()
    assert [line[3] for line in hand.cells] == ["16", "10", "11", "5"]  # each among its siblings
    assert not hand.panel.view.is_sorted


def test_other_rows_can_be_chosen(hand: Hand) -> None:
    hand.panel.head.kinds.setCurrentIndex(0)
    hand.panel.head.kinds.activated.emit(0)
    hand.qtbot.waitUntil(lambda: hand.panel.model.rowCount() == 2)
    assert hand.shown == [["A", "UNIT_1"], ["B", "UNIT_2"]]


def test_text_that_is_edited_elsewhere_is_followed(hand: Hand) -> None:
    hand.desk.set_draft(Draft(BIDS.replace("UNIT_2", "UNIT_7"), revision=5))
    assert not hand.panel.model.editable
    hand.ready()
    assert hand.shown[3][1] == "UNIT_7"
    hand.desk.set_draft(Draft("<a>", revision=6))
    hand.qtbot.waitUntil(lambda: "cannot be shown" in hand.panel.empty_words)
    assert "line 1" in hand.panel.empty_words
    hand.desk.set_draft(Draft("<a/>", revision=7))
    hand.qtbot.waitUntil(lambda: "No rows yet" in hand.panel.empty_words)
    hand.desk.set_draft(Draft(BIDS, revision=8))
    hand.qtbot.waitUntil(lambda: hand.panel.model.rowCount() == 4)


def test_two_quick_edits_land_right(hand: Hand) -> None:
    model = hand.panel.model
    model.setData(model.index(0, 3), "1")
    model.setData(model.index(1, 3), "2")
    model.setData(model.index(3, 4), "3")
    assert [line[3] for line in hand.cells] == ["1", "2", "11", "5"]
    assert hand.cells[3][4] == "3"
    assert len(hand.steps) == 3


def test_undo_is_asked_of_whoever_keeps_the_history(hand: Hand) -> None:
    asked: list[str] = []
    hand.panel.undo_asked.connect(lambda: asked.append("undo"))
    hand.panel.redo_asked.connect(lambda: asked.append("redo"))
    hand.press(Qt.Key.Key_Z, control=True)
    QTest.keyClick(
        hand.panel.view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    assert asked == ["undo", "redo"]


def test_what_the_schema_lists_is_picked_from_a_list(hand: Hand) -> None:
    column = hand.panel.table.columns[0]
    value = Value(choices=(Choice("A"), Choice("B", "the other one")))
    columns = (replace(column, kind=ValueKind.CHOICE, value=value), *hand.panel.table.columns[1:])
    hand.panel.model.show(replace(hand.panel.table, columns=columns), hand.panel.sight.outline)
    hand.at(0, 0)
    hand.press(Qt.Key.Key_F2)
    box = hand.panel.view.findChild(QComboBox, "gridCellChoice")
    assert box is not None
    assert [box.itemText(row) for row in range(box.count())] == ["A", "B"]
    QTest.keyClick(box, Qt.Key.Key_Down)
    QTest.keyClick(box, Qt.Key.Key_Return)
    hand.qtbot.waitUntil(lambda: len(hand.steps) == 1)
    assert hand.cells[0][0] == "B"


def test_what_hinders_edits_is_told(hand: Hand, hindrance: list[str]) -> None:
    hindrance.append("The editor cannot hold this text.")
    hand.panel.model.setData(hand.panel.model.index(0, 3), "1")
    assert hand.steps == []
    assert "cannot hold" in hand.panel.notes.text()


def test_what_the_check_of_the_payload_found_is_marked_at_its_cell(hand: Hand) -> None:
    def problem(*steps: Step, attribute: str = "") -> Problem:
        return Problem(Severity.ERROR, 1, 1, "That is wrong.", steps, attribute)

    root, payload, bid = (Step(f"{{urn:bids}}{name}") for name in ("RawBidSet", "MessagePayload", "Bid"))
    hour, second, mw = (Step("{urn:bids}Hour"), Step("{urn:bids}Segment", 1), Step("{urn:bids}mw"))
    deep = problem(root, payload, bid, hour, second, mw)
    typed = problem(root, payload, Step("{urn:bids}Bid", 1), attribute="type")
    outside = problem(root, Step("{urn:bids}MessageHeader"))
    hand.panel.show_judgement(Judgement(Conformity.INVALID, (deep, typed, outside), 3))
    faults = [[bool(hand.panel.model.cell(row, column).fault) for column in range(6)] for row in range(4)]
    assert [(row, column) for row in range(4) for column in range(6) if faults[row][column]] == [(1, 3), (3, 0)]
    assert hand.panel.head.wrong.text() == "2 wrong"
    hand.panel.view.sort_next(3)
    assert hand.panel.go_to_problem(deep)
    current = hand.panel.view.currentIndex()
    assert hand.shown[current.row()][3] == "15"
    assert current.column() == 3
    assert not hand.panel.go_to_problem(outside)
    hand.panel.show_judgement(None)
    assert not any(hand.panel.model.cell(row, 3).fault for row in range(4))


def test_the_cell_and_the_cursor_of_the_xml_follow_each_other(hand: Hand) -> None:
    hand.at(2, 3)
    table, outline = hand.panel.table, hand.panel.sight.outline
    assert outline is not None
    for row, column in ((0, 0), (2, 3), (1, 2)):
        hand.at(row, column)
        position = hand.panel.leave()
        assert position is not None
        said = table.place(outline, row, table.columns[column]).text or ""
        assert hand.desk.draft.text[position:].startswith(said)
        hand.at(0, 0)
        hand.panel.enter(position)
        current = hand.panel.view.currentIndex()
        path = table.place(outline, row, table.columns[column]).path
        assert table.place(outline, current.row(), table.columns[current.column()]).path == path
    before = (hand.panel.view.currentIndex().row(), hand.panel.view.currentIndex().column())
    hand.panel.enter(0)
    now = hand.panel.view.currentIndex()
    assert (now.row(), now.column()) == before, "where there is no cell one stays"


def test_a_cell_is_gone_to_as_soon_as_the_payload_is_read(hand: Hand) -> None:
    hand.panel.hide()
    end = BIDS.index("</b:MessagePayload>")
    hand.desk.set_draft(Draft(f"{BIDS[:end]} {BIDS[end:]}", revision=5))
    assert hand.panel.leave() is None, "what is shown is another text"
    hand.panel.show()
    hand.panel.enter(BIDS.rindex("</b:", 0, end))
    hand.ready()
    hand.qtbot.waitUntil(lambda: hand.panel.view.currentIndex().row() == len(hand.panel.table.rows) - 1)


def test_the_keyboard_goes_back_to_the_grid_with_the_answer(hand: Hand) -> None:
    host, other = QWidget(), QComboBox()
    hand.qtbot.addWidget(host)
    layout = QVBoxLayout(host)
    layout.addWidget(other)
    layout.addWidget(hand.panel)
    host.show()
    host.activateWindow()
    hand.qtbot.waitUntil(host.isActiveWindow)
    hand.at(0, 3, bottom=1)
    hand.paste("1,234\r\n2,345")
    first = hand.panel.ask.findChild(QPushButton, "gridAnswer0")
    assert first is not None
    assert first.hasFocus()
    QTest.keyClick(first, Qt.Key.Key_Space)
    hand.qtbot.waitUntil(lambda: len(hand.steps) == 1)
    assert hand.panel.view.hasFocus()
    hand.panel.setParent(None)
