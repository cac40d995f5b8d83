"""A long text is put in a slice at a time, and all of it counts from the start."""

import subprocess
import sys

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from caiso_desktop.ui.editor.filling import SLICE, SLICE_LINES, slice_end
from caiso_desktop.ui.editor.long_text import REMOVED_LINES, LongTextEdit

LONG = "".join(f"<a n='{number}'>\u00a0é𝄞</a>\n" for number in range(9_000))


@pytest.fixture
def editor(qtbot: QtBot) -> LongTextEdit:
    editor = LongTextEdit()
    qtbot.addWidget(editor)
    editor.setLineWrapMode(LongTextEdit.LineWrapMode.NoWrap)
    editor.setUndoRedoEnabled(False)
    editor.resize(400, 300)
    editor.show()
    return editor


@pytest.fixture
def filling(editor: LongTextEdit) -> LongTextEdit:
    """An editor with the first slice of a long text."""
    editor.setPlainText(LONG)
    assert not editor.complete
    return editor


def all_of_it(qtbot: QtBot, editor: LongTextEdit) -> str:
    """What is in the document once nothing is still to come."""
    qtbot.waitUntil(lambda: editor.complete)
    text = editor.document().toRawText().replace("\u2029", "\n")
    assert editor.view() == text
    assert editor.lines == editor.blockCount()
    return text


def test_a_slice_is_bounded_in_characters_and_in_lines() -> None:
    assert slice_end("") == 0
    assert slice_end("x" * SLICE) == SLICE
    assert slice_end("x" * (3 * SLICE), SLICE) == 2 * SLICE
    assert slice_end("\n" * (SLICE_LINES + 1)) == SLICE_LINES
    assert slice_end("a\n" * SLICE, 2) == 2 + 2 * SLICE_LINES


def test_a_short_text_is_there_at_once(editor: LongTextEdit) -> None:
    editor.setPlainText("<a/>\n" * 1000)
    assert editor.complete
    assert editor.blockCount() == 1001


def test_a_long_text_is_whole_from_the_start(qtbot: QtBot, filling: LongTextEdit) -> None:
    revision, told = filling.revision, list[bool]()
    filling.textChanged.connect(lambda: told.append(True))
    assert filling.blockCount() < LONG.count("\n")
    assert filling.view() == LONG
    assert filling.lines == LONG.count("\n") + 1
    while not filling.complete:
        QApplication.processEvents()
        assert filling.view() == LONG
    assert all_of_it(qtbot, filling) == LONG
    assert filling.revision == revision
    assert told == []
    filling.insertPlainText("x")
    assert filling.revision != revision


def test_an_edit_meanwhile_stays(qtbot: QtBot, filling: LongTextEdit) -> None:
    before = filling.revision
    filling.moveCursor(QTextCursor.MoveOperation.NextBlock)
    filling.insertPlainText("<mine/>\n")
    head, tail = LONG[: LONG.index("\n") + 1], LONG[LONG.index("\n") + 1 :]
    assert filling.view() == head + "<mine/>\n" + tail
    assert filling.revision != before
    assert all_of_it(qtbot, filling) == head + "<mine/>\n" + tail


def test_another_text_takes_the_place_of_what_is_still_to_come(qtbot: QtBot, filling: LongTextEdit) -> None:
    filling.set_caret(len(LONG), len(LONG))
    QTest.keyClicks(filling, "for the first text")
    other = LONG.replace("a", "b")
    filling.setPlainText(other)
    assert filling.view() == other
    assert filling.caret() == (0, 0)
    assert all_of_it(qtbot, filling) == other
    filling.setPlainText(LONG)
    filling.setPlainText("short")
    assert all_of_it(qtbot, filling) == "short"
    filling.setPlainText(LONG)
    filling.clear()
    assert all_of_it(qtbot, filling) == ""


def test_a_cursor_that_belongs_behind_what_is_there_gets_there(qtbot: QtBot, filling: LongTextEdit) -> None:
    filling.set_caret(len(LONG) - 5, len(LONG) - 9)
    assert filling.caret() == (len(LONG) - 5, len(LONG) - 9)
    all_of_it(qtbot, filling)
    assert filling.caret() == (len(LONG) - 5, len(LONG) - 9)
    assert filling.textCursor().selectedText() == LONG[-9:-5]


def test_a_cursor_in_what_is_there_is_set_at_once_and_stays(qtbot: QtBot, filling: LongTextEdit) -> None:
    filling.set_caret(14, 3)
    assert filling.textCursor().selectedText() == LONG[3:14]
    all_of_it(qtbot, filling)
    assert filling.caret() == (14, 3)


def test_a_click_meanwhile_counts_more_than_where_the_cursor_was_to_go(qtbot: QtBot, filling: LongTextEdit) -> None:
    filling.set_caret(len(LONG), len(LONG))
    QTest.mouseClick(filling.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    all_of_it(qtbot, filling)
    assert filling.caret()[0] < 20


def test_keys_wait_for_the_whole_text_and_keep_their_order(qtbot: QtBot, editor: LongTextEdit) -> None:
    editor.setPlainText(LONG)
    QTest.keyClick(editor, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(editor, "xyz")
    QTest.keyClick(editor, Qt.Key.Key_Backspace)
    assert editor.view() == LONG
    qtbot.waitUntil(lambda: editor.view() != LONG)
    assert all_of_it(qtbot, editor) == LONG + "xy"
    editor.setPlainText(LONG)
    QTest.keyClick(editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(editor, Qt.Key.Key_Q)
    qtbot.waitUntil(lambda: editor.view() == "q")


def test_select_all_means_all(qtbot: QtBot, filling: LongTextEdit) -> None:
    filling.selectAll()
    all_of_it(qtbot, filling)
    assert filling.selected() == LONG


@pytest.mark.parametrize(
    "after",
    [
        "",
        LONG + LONG,
        LONG[:1000] + LONG[-1000:],
        LONG[:1000] + "x" + LONG[1000:],
        LONG[:90_000] + LONG + LONG[90_000:],
    ],
    ids=["nothing", "twice", "a piece less", "a letter more", "itself in itself"],
)
@pytest.mark.parametrize("wait", [True, False], ids=["complete", "still filling"])
def test_it_becomes_any_other_text(qtbot: QtBot, filling: LongTextEdit, after: str, wait: bool) -> None:
    if wait:
        all_of_it(qtbot, filling)
    filling.become(after)
    assert filling.view() == after
    assert all_of_it(qtbot, filling) == after
    filling.become(LONG)
    assert filling.view() == LONG
    assert all_of_it(qtbot, filling) == LONG


def test_the_cursor_goes_behind_what_was_changed(qtbot: QtBot, editor: LongTextEdit) -> None:
    editor.setPlainText("<a>\n.</a>")
    editor.become(f"<a>\n{LONG}</a>")
    assert editor.caret() == (4 + len(LONG), 4 + len(LONG))
    all_of_it(qtbot, editor)
    assert editor.caret() == (4 + len(LONG), 4 + len(LONG))


def test_a_long_paste_takes_the_place_of_the_selection(qtbot: QtBot, editor: LongTextEdit) -> None:
    editor.setPlainText("<a>𝄞old</a>")
    editor.set_caret(4, 7)
    data = QMimeData()
    data.setText(LONG.replace("\n", "\r\n"))
    editor.insertFromMimeData(data)
    assert editor.view() == f"<a>𝄞{LONG}</a>"
    assert editor.caret() == (4 + len(LONG), 4 + len(LONG))
    assert all_of_it(qtbot, editor) == f"<a>𝄞{LONG}</a>"


def test_what_is_copied_keeps_every_character_and_nothing_else(editor: LongTextEdit) -> None:
    text = "<a>\u00a0\n\u2028𝄞</a>"
    editor.setPlainText(text)
    editor.selectAll()
    QTest.keyClick(editor, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    clipboard = QApplication.clipboard()
    assert clipboard.text() == text
    assert [form for form in clipboard.mimeData().formats() if form != "text/plain"] == []
    editor.moveCursor(QTextCursor.MoveOperation.End)
    editor.copy()
    assert clipboard.text() == text
    clipboard.clear()
    editor.selectAll()
    editor.setReadOnly(True)
    QTest.keyClick(editor, Qt.Key.Key_X, Qt.KeyboardModifier.ControlModifier)
    assert (editor.view(), clipboard.text()) == (text, "")
    editor.setReadOnly(False)
    QTest.keyClick(editor, Qt.Key.Key_X, Qt.KeyboardModifier.ControlModifier)
    assert (editor.view(), clipboard.text()) == ("", text)


@pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_Backspace])
@pytest.mark.parametrize("lines", [3, REMOVED_LINES + 10])
def test_what_is_selected_is_removed_however_long(qtbot: QtBot, editor: LongTextEdit, key: Qt.Key, lines: int) -> None:
    head, tail = "<a>𝄞\n" * 9, "<a>𝄞\n" * 30_000
    editor.setPlainText(head + "<a>𝄞\n" * lines + tail)
    editor.set_caret(len(head), len(head) + 5 * lines)
    all_of_it(qtbot, editor)
    editor.setReadOnly(True)
    QTest.keyClick(editor, key)
    assert len(editor.view()) == len(head) + 5 * lines + len(tail)
    editor.setReadOnly(False)
    QTest.keyClick(editor, key)
    assert editor.view() == head + tail
    assert all_of_it(qtbot, editor) == head + tail
    assert editor.caret() == (len(head), len(head))


def test_what_is_copied_may_outlive_the_program() -> None:
    program = """
from PySide6.QtWidgets import QApplication
from caiso_desktop.ui.editor.long_text import LongTextEdit
application = QApplication([])
editor = LongTextEdit()
editor.setPlainText("<a/>")
editor.selectAll()
editor.copy()
assert application.clipboard().text() == "<a/>"
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_an_editor_may_go_while_it_is_filled(qtbot: QtBot) -> None:
    editor = LongTextEdit()
    editor.setPlainText(LONG)
    editor.deleteLater()
    for _ in range(5):
        QApplication.processEvents()


def test_its_width_changes_nothing_but_how_far_one_can_scroll(qtbot: QtBot, editor: LongTextEdit) -> None:
    editor.setPlainText("<a/>\n")
    for width in (900, 400, 300, 900, 300, 150, 500):
        editor.resize(width, 300)
        assert editor.horizontalScrollBar().maximum() == 0
    wide = f"<{'b' * 80}/>"
    editor.setPlainText(f"<a/>\n{wide}\n")
    for width in (300, 900, 300, 500, 200, 900):
        editor.resize(width, 300)
        needed = editor.fontMetrics().horizontalAdvance(wide)
        assert (editor.horizontalScrollBar().maximum() > 0) == (needed > editor.viewport().width() - 20), width
