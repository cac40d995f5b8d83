"""The payload: begun, typed, checked after a pause, opened from files of any size, never changed behind one's back."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QContextMenuEvent, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from caiso_desktop.model.draft import EDITABLE_BYTES, Draft
from caiso_desktop.model.error import PayloadError
from caiso_desktop.model.fake import FakePayloads
from caiso_desktop.model.undo import Undo
from caiso_desktop.ui.fake import FakeFiles
from caiso_desktop.ui.jobs import Jobs
from caiso_desktop.ui.judgement.checking import CHECK_AFTER_MS
from caiso_desktop.ui.palette import palette_of
from caiso_desktop.ui.payload_editor import PayloadEditor
from caiso_desktop.ui.payload_panel import PayloadPanel
from caiso_desktop.ui.token import DARK, LIGHT
from caiso_desktop.ui.xml_highlighter import _ONLY_WHOLE_TAGS, _spans, _State


@pytest.fixture
def panel(payload_panel: PayloadPanel) -> PayloadPanel:
    payload_panel.resize(600, 400)
    return payload_panel


def test_typing_is_checked_once_after_a_pause(qtbot: QtBot, panel: PayloadPanel, payloads: FakePayloads) -> None:
    assert 100 <= CHECK_AFTER_MS <= 400
    before = len(payloads.checked)
    # Long enough for the slowest machine: only the pause itself may begin a check.
    panel._checking._pause.setInterval(60_000)
    for letter in "wrong":
        QTest.keyClicks(panel.editor, letter)
        QApplication.processEvents()
    assert len(payloads.checked) == before
    panel._checking._pause.start(0)
    qtbot.waitUntil(lambda: panel.problem.text == "Something is wrong here.")
    assert len(payloads.checked) == before + 1
    assert payloads.checked[-1].startswith("wrong<Request>")


def test_only_the_last_answer_counts(
    qtbot: QtBot, panel: PayloadPanel, payloads: FakePayloads, window_jobs: Jobs
) -> None:
    panel.editor.setPlainText("slow and wrong")
    panel.check()
    qtbot.waitUntil(lambda: "slow and wrong" in payloads.checked)
    panel.editor.setPlainText("<right/>")
    panel.check()
    qtbot.waitUntil(lambda: panel.problem.text.startswith("Well-formed"))
    payloads.hold.set()
    qtbot.waitUntil(lambda: "slow and wrong" in payloads.answered)
    after: list[int] = []
    window_jobs.run(lambda token: 1, owner=panel, done=after.append, failed=print)
    qtbot.waitUntil(lambda: after == [1])
    assert panel.problem.text.startswith("Well-formed")


def test_the_problem_leads_to_its_place(qtbot: QtBot, panel: PayloadPanel) -> None:
    panel.editor.setPlainText("<a>\n  𝄞é wrong\n</a>")
    qtbot.waitUntil(lambda: panel.problem.text == "Something is wrong here.")
    panel.problem.go()
    cursor = panel.editor.textCursor()
    after = cursor.block().text().encode("utf-16-le")[2 * cursor.positionInBlock() :].decode("utf-16-le")
    assert (cursor.blockNumber(), after) == (1, "wrong")


def test_a_reset_can_be_undone(qtbot: QtBot, panel: PayloadPanel) -> None:
    panel.editor.selectAll()
    QTest.keyClicks(panel.editor, "<mine/>")
    panel.reset()
    qtbot.waitUntil(lambda: panel.editor.view().startswith("<Request>"))
    assert not panel.pristine
    QTest.keyClick(panel.editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert panel.editor.view() == "<mine/>"
    panel.redo()
    assert panel.editor.view().startswith("<Request>")


def test_without_a_skeleton_one_may_still_write(qtbot: QtBot, panel: PayloadPanel, payloads: FakePayloads) -> None:
    payloads.failure = PayloadError("nothing is known of it.", advice="Open a file.")
    panel.begin()
    qtbot.waitUntil(lambda: "There is no skeleton" in panel.problem.text)
    QTest.keyClicks(panel.editor, "<a/>")
    assert panel.editor.view() == "<a/>"


def test_a_file_too_big_to_edit_is_shown_and_sent_as_it_stands(
    qtbot: QtBot, panel: PayloadPanel, files: FakeFiles, tmp_path: Path
) -> None:
    big = "<a>\r\n" + "<b/>\r\n" * (EDITABLE_BYTES // 6 + 1) + "</a>"
    files.opened = tmp_path / "big.xml"
    files.opened.write_bytes(big.encode())
    panel.open_file()
    qtbot.waitUntil(lambda: "as it stands in big.xml" in panel.problem.text)
    panel.settle()
    assert panel._desk.draft.text == big
    assert not panel.editor.isVisible()


def test_a_file_that_cannot_be_read_is_told_in_words(
    qtbot: QtBot, panel: PayloadPanel, files: FakeFiles, tmp_path: Path
) -> None:
    files.opened = tmp_path / "gone.xml"
    panel.open_file()
    qtbot.waitUntil(lambda: "gone.xml could not be read" in panel.problem.text)
    assert panel.editor.view().startswith("<Request>")


def test_a_huge_paste_is_refused_in_words(qtbot: QtBot, panel: PayloadPanel) -> None:
    data = QMimeData()
    data.setText("x" * 30_000)
    panel.editor.insertFromMimeData(data)
    assert "was not pasted" in panel.problem.text
    assert panel.editor.view().startswith("<Request>")


@pytest.fixture
def editor(qtbot: QtBot) -> PayloadEditor:
    editor = PayloadEditor()
    qtbot.addWidget(editor)
    return editor


def test_the_view_keeps_every_character(editor: PayloadEditor) -> None:
    text = "<a>\u00a0\u2028\u200b𝄞</a>\n"
    editor.setPlainText(text)
    assert editor.view() == text


def test_tab_indents_and_enter_keeps_the_indent(editor: PayloadEditor) -> None:
    QTest.keyClicks(editor, "<a>")
    QTest.keyClick(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(editor, Qt.Key.Key_Tab)
    QTest.keyClicks(editor, "<b/>")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QTest.keyClicks(editor, "<c/>")
    assert editor.view() == "<a>\n  <b/>\n  <c/>"
    editor.selectAll()
    QTest.keyClick(editor, Qt.Key.Key_Tab)
    assert editor.view() == "  <a>\n    <b/>\n    <c/>"
    QTest.keyClick(editor, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(editor, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert editor.view() == "<a>\n<b/>\n<c/>"


def test_each_step_is_taken_back_by_itself(panel: PayloadPanel) -> None:
    panel.editor.selectAll()
    panel.editor.insertPlainText("<a>é𝄞")
    QTest.keyClick(panel.editor, Qt.Key.Key_Return)
    QTest.keyClicks(panel.editor, "x")
    panel.editor.selectAll()
    QTest.keyClick(panel.editor, Qt.Key.Key_Tab)
    assert panel.editor.view() == "  <a>é𝄞\n  x"
    panel.undo()
    assert panel.editor.view() == "<a>é𝄞\nx"
    panel.undo()
    assert panel.editor.view() == "<a>é𝄞"
    panel.redo()
    panel.redo()
    assert panel.editor.view() == "  <a>é𝄞\n  x"
    panel.redo()
    assert panel.editor.view() == "  <a>é𝄞\n  x"


def test_a_draft_is_brought_back_with_its_history_and_cursor(panel: PayloadPanel) -> None:
    before, after = Draft("<a>𝄞\r\n</a>"), Draft("<a>𝄞x\r\n</a>", revision=1)
    panel.bring_back(after, Undo().recorded(before, after), 5, 3)
    assert panel.editor.caret() == (5, 3)
    assert not panel.pristine
    panel.undo()
    assert panel.editor.view() == "<a>𝄞\n</a>"
    panel.settle()
    assert panel._desk.draft.text == before.text


def colours(editor: PayloadEditor, line: int) -> list[tuple[str, str]]:
    block = editor.document().findBlockByNumber(line)
    if block.layout() is None:
        return []
    text = block.text().encode("utf-16-le")
    return [
        (text[2 * f.start : 2 * (f.start + f.length)].decode("utf-16-le"), f.format.foreground().color().name())
        for f in block.layout().formats()
    ]


def test_xml_is_coloured_over_lines_and_as_it_changes(qtbot: QtBot, editor: PayloadEditor) -> None:
    editor.setPlainText("<a b='𝄞'><!-- one\n<two/>\n--><c/>")
    qtbot.waitUntil(lambda: bool(colours(editor, 2)))
    assert [text for text, _ in colours(editor, 0)] == ["<", "a", "b", "'𝄞'", ">", "<!-- one"]
    assert [text for text, _ in colours(editor, 1)] == ["<two/>"]
    assert len(colours(editor, 2)) > 1
    cursor = QTextCursor(editor.document().findBlockByNumber(0))
    cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock)
    cursor.insertText("-->")
    qtbot.waitUntil(lambda: [text for text, _ in colours(editor, 1)] == ["<", "two", "/>"])


def test_lines_are_coloured_as_they_come_in_sight(qtbot: QtBot, editor: PayloadEditor) -> None:
    editor.resize(400, 200)
    editor.show()
    editor.setPlainText("<!--\n" + "<a/>\n" * 9_000 + "--><b/>")
    qtbot.waitUntil(lambda: [text for text, _ in colours(editor, 1)] == ["<a/>"])
    assert colours(editor, 5_000) == []
    qtbot.waitUntil(lambda: editor.complete)
    editor.moveCursor(QTextCursor.MoveOperation.End)
    qtbot.waitUntil(lambda: [text for text, _ in colours(editor, 9_001)] == ["-->", "<", "b", "/>"])
    assert colours(editor, 5_000) == []
    editor.go_to(5_001, 1)
    qtbot.waitUntil(lambda: [text for text, _ in colours(editor, 5_000)] == ["<a/>"])


def test_an_edit_above_what_has_not_been_read_yet_loses_none_of_it(qtbot: QtBot, editor: PayloadEditor) -> None:
    editor.resize(400, 200)
    editor.show()
    editor.setPlainText("<a/>\n" * 3_000)
    editor.insertPlainText("<b/>")
    editor.go_to(2_001, 1)
    qtbot.waitUntil(lambda: [text for text, _ in colours(editor, 2_000)] == ["<", "a", "/>"])


def test_other_colours_reach_what_is_in_sight_and_what_comes_there(qtbot: QtBot, editor: PayloadEditor) -> None:
    editor.resize(400, 200)
    editor.show()
    editor.setPlainText("<a/>\n" * 2_000)
    qtbot.waitUntil(lambda: colours(editor, 0)[:1] == [("<", LIGHT.xml_tag.lower())])
    editor.go_to(1_000, 1)
    qtbot.waitUntil(lambda: bool(colours(editor, 1_000)))
    editor.setPalette(palette_of(DARK))
    qtbot.waitUntil(lambda: colours(editor, 1_000)[0] == ("<", DARK.xml_tag.lower()))
    assert colours(editor, 0)[0] == ("<", LIGHT.xml_tag.lower())
    editor.go_to(1, 1)
    qtbot.waitUntil(lambda: colours(editor, 0)[0] == ("<", DARK.xml_tag.lower()))


@pytest.mark.parametrize(
    "line",
    [
        "",
        "text",
        "<a b='>' c=\"/>\">x</a> y",
        "<a",
        "<a b='",
        "<a b='>",
        "<!-- <a>",
        "<a/><?x",
        "<a><b<c>",
        "x>y",
        "<>",
    ],
)
def test_a_comment_begins_and_ends_wherever_the_line_before_leaves_it(
    qtbot: QtBot, editor: PayloadEditor, line: str
) -> None:
    """What is read quickly is read as what is coloured is: else the lines after it would have other colours."""
    state, _ = _spans(line, _State.TEXT)
    assert bool(_ONLY_WHOLE_TAGS.fullmatch(line)) <= (state is _State.TEXT)
    editor.setPlainText(f"{line}\n<z>")
    expected = ["<z>"[start : start + length] for start, length, _ in _spans("<z>", state)[1]]
    # A line at a time where the machine is busy: the last may be coloured a moment later.
    qtbot.waitUntil(lambda: [text for text, _ in colours(editor, 1)] == expected)


def test_a_line_in_the_middle_of_a_comment_that_is_opened_far_above(qtbot: QtBot, editor: PayloadEditor) -> None:
    editor.resize(400, 200)
    editor.show()
    editor.setPlainText("<a/>\n" * 3_000)
    editor.go_to(3_000, 1)
    qtbot.waitUntil(lambda: len(colours(editor, 2_999)) == 3)
    QTextCursor(editor.document()).insertText("<!--")
    qtbot.waitUntil(lambda: [text for text, _ in colours(editor, 2_999)] == ["<a/>"])


def test_a_payload_is_edited_and_taken_back_while_it_is_still_put_in(qtbot: QtBot, panel: PayloadPanel) -> None:
    text = "<Request>\r\n" + "<b/>\r\n" * 30_000 + "</Request>"
    panel.show_draft(Draft(text), pristine=True)
    assert not panel.editor.complete
    panel.settle()
    pristine = [panel.pristine]
    assert panel._desk.draft == Draft(text)
    panel.editor.insertPlainText("mine")
    pristine.append(panel.pristine)
    assert pristine == [True, False]
    panel.settle()
    assert panel._desk.draft.text == "mine" + text
    panel.undo()
    assert panel.editor.view() == Draft(text).view()
    panel.redo()
    qtbot.waitUntil(lambda: panel.editor.complete)
    panel.settle()
    assert panel._desk.draft.text == "mine" + text
    qtbot.waitUntil(lambda: panel.problem.text.startswith("Well-formed"))


def test_a_long_draft_is_brought_back_with_its_cursor_and_begun_anew(qtbot: QtBot, panel: PayloadPanel) -> None:
    text = "<a>𝄞</a>\n" * 20_000
    panel.bring_back(Draft(text), Undo(), 150_003, 150_001)
    assert panel.editor.caret() == (150_003, 150_001)
    qtbot.waitUntil(lambda: panel.editor.complete)
    assert panel.editor.caret() == (150_003, 150_001)
    panel.reset()
    qtbot.waitUntil(lambda: panel.editor.view().startswith("<Request>"))
    QTest.keyClick(panel.editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert panel.editor.view() == text
    assert panel._desk.draft.text == text
    QTest.keyClick(panel.editor, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: panel.editor.view().startswith("<Request>"))


def test_a_paste_that_would_make_it_too_big_is_refused_in_words(qtbot: QtBot, panel: PayloadPanel) -> None:
    data = QMimeData()
    data.setText("<b/>\n" * (EDITABLE_BYTES // 6))
    panel.editor.selectAll()
    panel.editor.insertFromMimeData(data)
    qtbot.waitUntil(lambda: panel.editor.complete)
    assert panel.editor.view() == data.text()
    panel.editor.insertFromMimeData(data)
    assert "would be too big" in panel.problem.text
    assert panel.editor.view() == data.text()
    panel.undo()
    assert panel.editor.view().startswith("<Request>")


def test_the_menu_s_verbs_do_what_the_keys_do(panel: PayloadPanel) -> None:
    def choose(name: str) -> None:
        place = panel.editor.viewport().rect().center()
        QApplication.sendEvent(
            panel.editor.viewport(),
            QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, place, panel.editor.mapToGlobal(place)),
        )
        menu = panel.editor.findChild(QMenu)
        assert isinstance(menu, QMenu)
        next(action for action in menu.actions() if action.objectName() == name).trigger()
        menu.close()
        menu.setParent(None)

    panel.show_draft(Draft("<a>\u00a0</a>"))
    panel.editor.selectAll()
    choose("edit-copy")
    assert QApplication.clipboard().text() == "<a>\u00a0</a>"
    QApplication.clipboard().clear()
    choose("edit-cut")
    assert (panel.editor.view(), QApplication.clipboard().text()) == ("", "<a>\u00a0</a>")
    choose("edit-undo")
    assert panel.editor.view() == "<a>\u00a0</a>"
