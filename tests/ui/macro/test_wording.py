"""What the window says of macros, and what leaves it."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from caiso_desktop.model.draft import EDITABLE_LINE
from caiso_desktop.model.fake import FakeCourier
from caiso_desktop.model.service import Target
from caiso_desktop.model.source import PayloadFile, bytes_of
from caiso_desktop.ui.window import Window


def test_the_bar_says_what_macros_mean_now(qtbot: QtBot, window: Window, retrieve: Target) -> None:
    panel = window.open_draft(retrieve)
    qtbot.waitUntil(lambda: bool(panel.desk.draft.text))
    assert panel.bar.macros == ""
    panel.payload.editor.replace_all("<a><b>{{trade_date}}</b><c>{{now}}</c><d>{{uuid}}</d></a>")
    panel.payload.settle()
    day = panel.wording.moment().trade_date.isoformat()
    qtbot.waitUntil(lambda: f"{{{{trade_date}}}} = {day}" in panel.bar.macros)
    assert "{{now}} = the time when it is sent" in panel.bar.macros
    assert "{{uuid}} = a new one when it is sent" in panel.bar.macros
    panel.payload.editor.replace_all("<a>{{trade_dte}}</a>")
    panel.payload.settle()
    qtbot.waitUntil(lambda: "the nearest is {{trade_date}}" in panel.bar.macros)
    panel.payload.editor.replace_all("<a/>")
    panel.payload.settle()
    qtbot.waitUntil(lambda: panel.bar.macros == "")


def test_the_macro_stays_in_the_draft_and_its_meaning_leaves(
    qtbot: QtBot, window: Window, retrieve: Target, courier: FakeCourier
) -> None:
    panel = window.open_draft(retrieve)
    qtbot.waitUntil(lambda: bool(panel.desk.draft.text))
    panel.payload.editor.replace_all("<a>{{trade_date+1}}</a>")
    with qtbot.waitSignal(panel.ended):
        panel.send()
    assert b"{{" not in bytes_of(courier.calls[-1].payload)
    assert panel.desk.draft.text == "<a>{{trade_date+1}}</a>"
    panel.payload.editor.replace_all("<a>{{x}}</a>")
    with qtbot.waitSignal(panel.call.failed):
        panel.send()
    assert len(courier.calls) == 1
    assert "{{x}} is not a macro" in panel.answer.summary.text


def test_the_menu_inserts_at_the_cursor(qtbot: QtBot, window: Window, retrieve: Target) -> None:
    panel = window.open_draft(retrieve)
    qtbot.waitUntil(lambda: bool(panel.desk.draft.text))
    panel.payload.editor.replace_all("<a></a>")
    panel.payload.editor.set_caret(3, 3)
    action = window.findChild(QAction, "insertMacro")
    assert action is not None
    action.trigger()
    menu = panel.payload.editor.findChild(QMenu, "macroMenu")
    assert menu is not None
    QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    assert panel.payload.editor.view() == "<a>{{trade_date}}</a>"
    panel.payload.undo()
    assert panel.payload.editor.view() == "<a></a>"


def test_a_draft_shown_from_its_file_is_sent_from_there(
    qtbot: QtBot, window: Window, retrieve: Target, courier: FakeCourier, tmp_path: Path
) -> None:
    panel = window.open_draft(retrieve)
    qtbot.waitUntil(lambda: bool(panel.desk.draft.text))
    file = tmp_path / "big.xml"
    rows = "<b/>" * (EDITABLE_LINE // 4)
    for text, held in ((f"<a>{rows}</a>", False), (f"<a>{rows}{{{{trade_date}}}}</a>", True)):
        file.write_text(text, encoding="utf-8")
        panel.payload.open(file)
        qtbot.waitUntil(lambda: panel.payload.file == file)
        with qtbot.waitSignal(panel.ended):
            panel.send()
        sent = courier.calls[-1].payload
        assert isinstance(sent, PayloadFile) is not held
        assert b"{{" not in bytes_of(sent)
