"""The text of a document is on the screen at once, and can be read, searched and copied."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QToolButton
from pytestqt.qtbot import QtBot

from caiso_desktop.ui.document import text as text_module
from caiso_desktop.ui.document.text import DocumentText
from caiso_desktop.ui.jobs import Jobs
from caiso_desktop.ui.palette import palette_of
from caiso_desktop.ui.token import DARK, LIGHT, Tokens


@pytest.fixture
def view(qtbot: QtBot, jobs: Jobs) -> DocumentText:
    made = DocumentText(jobs)
    qtbot.addWidget(made)
    made.resize(800, 400)
    made.setPalette(palette_of(LIGHT))
    with qtbot.waitExposed(made):
        made.show()
    return made


def put(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "answer.xml"
    path.write_bytes(data)
    return path


def shown(view: DocumentText, qtbot: QtBot, path: Path) -> None:
    view.open(path)
    qtbot.waitUntil(lambda: view.complete)


def picture(view: DocumentText) -> QImage:
    return view.area.viewport().grab().toImage()


def colours(image: QImage) -> set[str]:
    pixels = memoryview(image.convertToFormat(QImage.Format.Format_RGB32).constBits()).cast("I")
    return {f"#{pixel & 0xFFFFFF:06X}" for pixel in set(pixels)}


def result(view: DocumentText) -> str:
    label = view.findChild(QLabel, "findResult")
    assert isinstance(label, QLabel)
    return label.text()


def find(view: DocumentText, qtbot: QtBot, wanted: str) -> None:
    QTest.keyClick(view.area, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    field = view.findChild(QLineEdit, "findField")
    assert isinstance(field, QLineEdit)
    assert field.isVisible()
    field.setText(wanted)


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


def test_twenty_megabytes_scroll_to_the_end(view: DocumentText, qtbot: QtBot, tmp_path: Path) -> None:
    path = put(tmp_path, b"".join(b"<value>%012d</value>\n" % i for i in range(720_000)))
    assert path.stat().st_size > 20_000_000
    shown(view, qtbot, path)
    bar = view.area.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 719_900)
    QTest.keyClick(view.area, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    assert bar.value() == bar.maximum()
    assert view.area.selection.caret == (719_999, 27)
    picture(view)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_lines_are_painted_in_the_colours_of_the_scheme(
    view: DocumentText, qtbot: QtBot, tmp_path: Path, tokens: Tokens
) -> None:
    shown(view, qtbot, put(tmp_path, b"<!-- c -->\n<a key='value'>\ntext <![CDATA[ raw ]]></a>\n"))
    view.setPalette(palette_of(tokens))
    painted = colours(picture(view))
    assert QColor(tokens.base).name().upper() in painted
    for name in ("xml_tag", "xml_attribute", "xml_value", "xml_comment", "xml_cdata", "text"):
        assert getattr(tokens, name) in painted, name


def test_an_empty_document_and_none_say_so(view: DocumentText, qtbot: QtBot, tmp_path: Path) -> None:
    blank = picture(view)
    view.clear("No answer yet.")
    assert picture(view) != blank
    assert view.area.accessibleDescription() == "No answer yet."
    shown(view, qtbot, put(tmp_path, b""))
    assert picture(view) != blank
    view.open(tmp_path / "absent.xml")
    assert "could not be read" in view.area.accessibleDescription()


def test_what_is_not_text_is_shown_as_numbers(view: DocumentText, qtbot: QtBot, tmp_path: Path) -> None:
    shown(view, qtbot, put(tmp_path, bytes(range(256)) * 4))
    assert "hexadecimal" in view.note
    QTest.keyClick(view.area, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    view.copy()
    assert clipboard().startswith("00000000  00 01 02 03")


def test_one_line_is_shown_broken_and_says_so(view: DocumentText, qtbot: QtBot, tmp_path: Path) -> None:
    shown(view, qtbot, put(tmp_path, b"<r>" + b"<v>1</v>" * 2_000_000 + b"</r>"))
    qtbot.waitUntil(lambda: view.area.verticalScrollBar().maximum() > 1_999_000)
    assert "no line breaks" in view.note


def test_all_is_copied_as_it_is_in_the_file(view: DocumentText, qtbot: QtBot, tmp_path: Path) -> None:
    data = "<a>\r\n\té😀<b>".encode() + b"QUJD" * 5000 + b"</b>\r\n</a>"
    shown(view, qtbot, put(tmp_path, data))
    QTest.keyClick(view.area, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(view.area, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert clipboard() == data.decode().replace("\r\n", "\n")
    assert view.note == ""


def test_a_selection_that_ends_in_a_stand_in_takes_all_it_stands_for(
    view: DocumentText, qtbot: QtBot, tmp_path: Path
) -> None:
    shown(view, qtbot, put(tmp_path, b"<b>" + b"QUJD" * 1000 + b"</b>\n"))
    view.area.select((0, 1), (0, 8))
    view.copy()
    assert clipboard() == "b>" + "QUJD" * 1000


def test_too_much_is_copied_in_part_and_that_is_said(
    view: DocumentText, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_module, "COPIED", 10)
    shown(view, qtbot, put(tmp_path, b"one two three four"))
    view.area.select_all()
    view.copy()
    assert clipboard() == "one two th"
    assert "too long" in view.note


def test_keys_and_the_mouse_select(view: DocumentText, qtbot: QtBot, tmp_path: Path) -> None:
    shown(view, qtbot, put(tmp_path, "é😀 one\n\ttwo\nthree\n".encode()))
    shift = Qt.KeyboardModifier.ShiftModifier
    for _ in range(3):
        QTest.keyClick(view.area, Qt.Key.Key_Right, shift)
    view.copy()
    assert clipboard() == "é😀 "
    QTest.keyClick(view.area, Qt.Key.Key_Down)
    QTest.keyClick(view.area, Qt.Key.Key_Home)
    QTest.keyClick(view.area, Qt.Key.Key_End, shift)
    view.copy()
    assert clipboard() == "\ttwo"
    port = view.area.viewport()
    QTest.mouseClick(port, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(3, 3))
    view.copy()
    assert clipboard() == "é😀 one\n"
    QTest.mousePress(port, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(60, 3))
    QTest.mouseMove(port, QPoint(400, 40))
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(400, 40))
    assert view.area.selection.caret == (2, 5)


def test_a_long_line_scrolls_sideways(view: DocumentText, qtbot: QtBot, tmp_path: Path) -> None:
    shown(view, qtbot, put(tmp_path, b"word " * 200 + b"end\nshort\n"))
    across = view.area.horizontalScrollBar()
    qtbot.waitUntil(lambda: across.maximum() > 1000)
    QTest.keyClick(view.area, Qt.Key.Key_End)
    assert across.value() > 1000
    QTest.keyClick(view.area, Qt.Key.Key_Home)
    assert across.value() == 0


def test_finding_counts_goes_on_and_comes_round(view: DocumentText, qtbot: QtBot, tmp_path: Path) -> None:
    path = put(tmp_path, b"".join(b"<row>%d</row>\n" % i for i in range(50_000)) + "<é>needle</é> NEEDLE\n".encode())
    shown(view, qtbot, path)
    find(view, qtbot, "needle")
    qtbot.waitUntil(lambda: result(view) == "1 of 2")
    assert view.area.selection.first == (50_000, 3)
    assert view.area.selection.last == (50_000, 9)
    assert LIGHT.found_current in colours(picture(view))
    view.find_next()
    qtbot.waitUntil(lambda: result(view) == "2 of 2")
    assert view.area.selection.first == (50_000, 14)
    view.find_next()
    qtbot.waitUntil(lambda: result(view) == "1 of 2, from the other end")
    view.find_next(backward=True)
    qtbot.waitUntil(lambda: result(view) == "2 of 2, from the other end")
    find(view, qtbot, "absent")
    qtbot.waitUntil(lambda: result(view) == "Not found")
    find(view, qtbot, ">7</row>")
    qtbot.waitUntil(lambda: result(view).startswith("1 of 1"))
    assert view.area.selection.first[0] == 7


def test_a_number_leads_to_its_line(view: DocumentText, qtbot: QtBot, tmp_path: Path) -> None:
    shown(view, qtbot, put(tmp_path, b"x\n" * 10_000))
    find(view, qtbot, ":5000")
    assert view.area.selection.caret == (4999, 0)
    assert result(view) == "Line 5,000 of 10,000"
    bar = view.area.verticalScrollBar()
    assert bar.value() < 4999 < bar.value() + bar.pageStep()
    find(view, qtbot, ":999999")
    assert view.area.selection.caret == (9999, 0)


def test_the_bar_closes_and_gives_the_keyboard_back(view: DocumentText, qtbot: QtBot, tmp_path: Path) -> None:
    shown(view, qtbot, put(tmp_path, b"x\n"))
    find(view, qtbot, "x")
    field = view.findChild(QLineEdit, "findField")
    assert isinstance(field, QLineEdit)
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert not field.isVisible()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is view.area)


def test_a_comment_above_the_screen_colours_what_is_on_it(view: DocumentText, qtbot: QtBot, tmp_path: Path) -> None:
    shown(view, qtbot, put(tmp_path, b"<a><!--\n" + b"<b>no tag</b>\n" * 400 + b"--></a>"))
    view.area.verticalScrollBar().setValue(200)
    painted = colours(picture(view))
    assert LIGHT.xml_comment in painted
    assert LIGHT.xml_tag not in painted


def test_another_document_takes_the_place_of_the_first(view: DocumentText, qtbot: QtBot, tmp_path: Path) -> None:
    first, second = tmp_path / "one.xml", tmp_path / "two.xml"
    first.write_bytes(b"one\n" * 3_000_000)
    second.write_bytes(b"two\n" * 3)
    view.open(first)
    view.open(second)
    qtbot.waitUntil(lambda: view.complete)
    view.area.select_all()
    view.copy()
    assert clipboard() == "two\ntwo\ntwo"
    view.clear("")
    second.unlink()


def test_everything_has_a_name_for_assistive_tools(view: DocumentText) -> None:
    assert view.area.accessibleName()
    for button in view.findChildren(QToolButton):
        if button.objectName().startswith("find"):
            assert button.accessibleName()
