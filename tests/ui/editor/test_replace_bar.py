"""Find and replace in a payload's XML, worked by key; each replacement is one step of the draft's history."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.fake import FakePayloads
from caiso_desktop.model.service import Target
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.editor.dropped import payload_file
from caiso_desktop.ui.fake import FakeFiles
from caiso_desktop.ui.jobs import Jobs
from caiso_desktop.ui.payload_panel import PayloadPanel

TEXT = "<r>\r\n<a>Unit</a>\r\n<b>unit</b>\r\n<c>\u00a0UNIT</c>\r\n</r>\r\n"


class Writing:
    """A payload that is written, and the desk that it lies on."""

    def __init__(self, desk: Desk, panel: PayloadPanel) -> None:
        self.desk = desk
        self.panel = panel
        self.bar = panel.replacing

    @property
    def text(self) -> str:
        return self.desk.draft.text

    @property
    def selected(self) -> str:
        return self.panel.editor.textCursor().selectedText()


@pytest.fixture
def writing(
    qtbot: QtBot, catalogue: Catalogue, submit: Target, files: FakeFiles, payloads: FakePayloads, window_jobs: Jobs
) -> Writing:
    desk = Desk(catalogue.environments[0], submit)
    panel = PayloadPanel(desk, payloads, window_jobs, files)
    desk.setParent(panel)
    qtbot.addWidget(panel)
    panel.resize(600, 500)
    panel.show()
    panel.show_draft(Draft(TEXT))
    return Writing(desk, panel)


def test_what_is_looked_for_is_selected_as_one_types_and_by_enter(writing: Writing) -> None:
    QTest.keyClick(writing.panel.editor, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    bar = writing.bar
    assert bar.isVisible()
    assert not bar.by.isVisible()
    QTest.keyClicks(bar.wanted, "unit")
    assert (writing.selected, bar.found.text()) == ("Unit", "1 of 3")
    QTest.keyClick(bar.wanted, Qt.Key.Key_Return)
    assert (writing.selected, bar.found.text()) == ("unit", "2 of 3")
    QTest.keyClick(bar.wanted, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(bar.wanted, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert (writing.selected, bar.found.text()) == ("UNIT", "3 of 3")
    bar.case.setChecked(True)
    assert bar.found.text() == "1 of 1"
    QTest.keyClicks(bar.wanted, "s")
    assert bar.found.text() == "not there"
    QTest.keyClick(bar.wanted, Qt.Key.Key_Escape)
    assert not bar.isVisible()


def test_all_are_replaced_in_one_step_and_one_in_one(writing: Writing) -> None:
    bar = writing.bar
    writing.panel.look_for(replacing=True)
    QTest.keyClicks(bar.wanted, "unit")
    QTest.keyClicks(bar.by, r"\1<&")
    bar.all.click()
    assert bar.found.text() == "3 replaced"
    assert writing.text == "<r>\r\n<a>\\1<&</a>\r\n<b>\\1<&</b>\r\n<c>\u00a0\\1<&</c>\r\n</r>\r\n"
    writing.panel.undo()
    assert writing.text == TEXT
    writing.panel.editor.set_caret(0, 0)
    bar.step()
    QTest.keyClick(bar.by, Qt.Key.Key_Return)
    assert writing.text == TEXT.replace("Unit", "\\1<&")
    assert writing.selected == "unit", "and the next is found"
    writing.panel.undo()
    assert writing.text == TEXT


def test_the_xml_is_formatted_on_demand_and_that_is_one_step(writing: Writing, qtbot: QtBot) -> None:
    writing.panel.format()
    laid_out = TEXT.replace("\r\n<a", "\r\n  <a").replace("\r\n<b", "\r\n  <b").replace("\r\n<c", "\r\n  <c")
    qtbot.waitUntil(lambda: writing.text == laid_out)
    assert writing.panel.editor.view() == laid_out.replace("\r\n", "\n")
    writing.panel.undo()
    assert writing.text == TEXT
    writing.panel.editor.become("<r><a></r>")
    writing.panel.format()
    qtbot.waitUntil(lambda: writing.panel.problem.text.startswith("It was not formatted."))
    assert writing.text == "<r><a></r>"


def test_a_file_is_dropped_and_taken_back(writing: Writing, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "last week.xml"
    path.write_bytes(b"<last>week</last>\r\n")
    data = dragged(path)
    assert payload_file(data) == path
    assert not writing.panel.editor.canInsertFromMimeData(data), "its name is no text to be put in"
    writing.panel.editor.become("<mine/>")
    event = QDropEvent(
        QPoint(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    writing.panel.dropEvent(event)
    qtbot.waitUntil(lambda: writing.text == "<last>week</last>\r\n")
    writing.panel.undo()
    assert writing.text.startswith("<mine/>")
    for name in ("a.p12", "package.zip"):
        (tmp_path / name).write_bytes(b"x")
        assert payload_file(dragged(tmp_path / name)) is None
    assert payload_file(dragged(tmp_path)) is None


def dragged(path: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    return data
