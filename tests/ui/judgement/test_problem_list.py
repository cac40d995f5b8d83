"""The problems of a payload under it, and what the panel says of it."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from caiso_desktop.model.call import Problem
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.draft import EDITABLE_BYTES
from caiso_desktop.model.fake import FakePayloads
from caiso_desktop.model.fake_shape import bid_set_shape
from caiso_desktop.model.judgement import Judgement
from caiso_desktop.model.provenance import Ground
from caiso_desktop.ui.fake import FakeFiles
from caiso_desktop.ui.payload_panel import PayloadPanel


@pytest.fixture
def panel(payload_panel: PayloadPanel) -> PayloadPanel:
    return payload_panel


def test_without_a_schema_it_is_not_called_valid(panel: PayloadPanel) -> None:
    assert panel.problem.text.startswith("Well-formed, not checked: no schema of this service is known")
    assert "alid" not in panel.problem.text
    assert not panel.problems.isVisible()


def test_with_a_schema_it_says_valid_and_by_what(qtbot: QtBot, panel: PayloadPanel, payloads: FakePayloads) -> None:
    payloads.known = bid_set_shape(Ground.SIMULATOR)
    panel.check()
    qtbot.waitUntil(lambda: panel.problem.text.startswith("Valid"))
    assert "The simulator's own shape, not CAISO's" in panel.problem.text


def test_several_problems_are_listed_and_lead_to_their_lines(qtbot: QtBot, panel: PayloadPanel) -> None:
    judged: list[Judgement | None] = []
    chosen: list[Problem] = []
    panel.judged.connect(judged.append)
    panel.problem_chosen.connect(chosen.append)
    panel.editor.setPlainText("<a>\n  wrong\n  right\n  wrong\n</a>")
    qtbot.waitUntil(lambda: panel.problems.isVisible())
    assert panel.problem.text == "2 problems: Something is wrong here."
    table = panel.problems.table
    assert [table.rows.row(row)[:2] for row in range(2)] == [
        ("2", "Something is wrong here."),
        ("4", "Something is wrong here."),
    ]
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(table.rows.index(1, 1)).center())
    cursor = panel.editor.textCursor()
    assert (cursor.blockNumber() + 1, cursor.positionInBlock() + 1) == (4, 3)
    assert [each.line for each in chosen] == [4]
    panel.problem.go()
    assert panel.editor.textCursor().blockNumber() + 1 == 2, "after the last comes the first"
    panel.problem.go()
    assert panel.editor.textCursor().blockNumber() + 1 == 4
    judgement = judged[-1]
    assert judgement is not None
    assert judgement.count == 2
    panel.editor.setPlainText("<a/>")
    qtbot.waitUntil(lambda: not panel.problems.isVisible())


def test_enter_leads_there_too(qtbot: QtBot, panel: PayloadPanel) -> None:
    panel.editor.setPlainText("wrong\nwrong")
    qtbot.waitUntil(lambda: panel.problems.isVisible())
    panel.problems.table.setFocus()
    panel.problems.table.selectRow(1)
    QTest.keyClick(panel.problems.table, Qt.Key.Key_Return)
    assert panel.editor.textCursor().blockNumber() == 1


def test_another_environment_is_judged_anew(
    qtbot: QtBot, panel: PayloadPanel, payloads: FakePayloads, catalogue: Catalogue
) -> None:
    before = len(payloads.checked)
    panel._desk.set_environment(catalogue.environments[1])
    qtbot.waitUntil(lambda: len(payloads.checked) > before)


def test_a_slow_check_says_so(qtbot: QtBot, panel: PayloadPanel, payloads: FakePayloads) -> None:
    panel.editor.setPlainText("slow")
    qtbot.waitUntil(lambda: panel.problem.text == "Checking…")
    payloads.hold.set()
    qtbot.waitUntil(lambda: panel.problem.text.startswith("Well-formed"))


def test_a_full_sample_takes_the_payload_s_place_and_can_be_undone(qtbot: QtBot, panel: PayloadPanel) -> None:
    before = panel.editor.view()
    button = panel.findChild(QToolButton, "fullSampleButton")
    assert button is not None
    button.click()
    qtbot.waitUntil(lambda: "full of RetrieveCleanBidSet" in panel.editor.view())
    panel.undo()
    assert panel.editor.view() == before


def test_a_large_file_is_judged_where_it_lies(
    qtbot: QtBot, panel: PayloadPanel, payloads: FakePayloads, files: FakeFiles, tmp_path: Path
) -> None:
    files.opened = tmp_path / "big.xml"
    files.opened.write_text("<a>\n" + "<b/>\n" * (EDITABLE_BYTES // 5 + 1) + "wrong\nwrong\n</a>")
    panel.open_file()
    qtbot.waitUntil(lambda: panel.problems.isVisible())
    assert panel.file == files.opened
    panel.problem.go()
