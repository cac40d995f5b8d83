"""In the form: an element's type is picked from a list, and any element is written where any may stand."""

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QMenu

from caiso_desktop.contract.grammar import Grammar
from caiso_desktop.contract.shape import shape_of
from caiso_desktop.model.call import Problem
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.form.row import Kind
from caiso_desktop.model.outline import Outline
from caiso_desktop.model.provenance import Ground, Provenance
from caiso_desktop.ui.form.open_dialog import OpenDialog
from tests.model.form.test_open_place import MORE, TEXT, UNITS
from tests.ui.form.conftest import Writer


@pytest.fixture
def units(writer: Writer, tmp_path: Path) -> Writer:
    """The form of a set of units."""
    (tmp_path / "a.xsd").write_text(UNITS)
    (tmp_path / "more.xsd").write_text(MORE)
    declaration = Grammar(tmp_path, "a.xsd", "{urn:units}Set").declaration
    writer.payloads.known = shape_of(declaration, Provenance(Ground.IMPORTED, "a.xsd"))
    writer.begin(TEXT)
    return writer


def menu_of(units: Writer) -> QMenu:
    units.qtbot.waitUntil(lambda: units.view.findChild(QMenu, "formAddMenu") is None)
    units.view._ask_add()
    menu = units.view.findChild(QMenu, "formAddMenu")
    assert menu is not None
    return menu


def open_dialog(units: Writer) -> OpenDialog:
    """The dialog in which any element is written."""
    units.go()
    menu = menu_of(units)
    next(action for action in menu.actions() if action.text() == "An element as XML…").trigger()
    menu.close()
    dialog = units.panel.findChild(OpenDialog)
    assert dialog is not None
    return dialog


def test_a_type_is_picked_from_a_list_as_one_step(units: Writer) -> None:
    row = units.go("unit", "Type")
    assert row.kind is Kind.TYPE
    box = units.editor()
    assert isinstance(box, QComboBox)
    assert [box.itemText(at) for at in range(box.count())] == ["Unit (as declared)", "Storage"]
    assert box.currentIndex() == 0
    box.setCurrentIndex(1)
    box.activated.emit(1)
    told = '<unit xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Storage">'
    assert units.text == TEXT.replace("<unit>", told)
    assert units.go("unit", "charge").missing
    units.panel.undo()
    assert units.text == TEXT
    plant = units.go("plant", "Type")
    units.view.fields.delegate.chosen.emit(plant, 0)
    assert 'xsi:type="ns1:Wind"' in units.text
    assert "<ns1:hub>" in units.text
    units.panel.undo()
    assert units.text == TEXT, "the type and what must be in it are one step"


def test_any_element_is_added_from_what_is_known_or_written(units: Writer) -> None:
    units.go()
    menu = menu_of(units)
    known = menu.findChild(QMenu, "formAnyMenu")
    assert known is not None
    assert [action.text() for action in known.actions()] == ["Tag"]
    known.actions()[0].trigger()
    assert '<Tag xmlns="urn:more">\r\n    <key></key>' in units.text
    menu.close()
    units.read()
    dialog = open_dialog(units)
    assert not dialog.verb.isEnabled()
    QTest.keyClicks(dialog.text, "<o:x xmlns:o='urn:o'>")
    QTest.keyClick(dialog.text, Qt.Key.Key_Return)
    QTest.keyClicks(dialog.text, "<k>")
    units.qtbot.waitUntil(lambda: dialog.said.startswith("Line 2, column "))
    assert not dialog.verb.isEnabled()
    QTest.keyClicks(dialog.text, "1</k></o:x>")
    units.qtbot.waitUntil(dialog.verb.isEnabled)
    assert dialog.said == "One element: x."
    QTest.mouseClick(dialog.verb, Qt.MouseButton.LeftButton)
    assert "  <o:x xmlns:o='urn:o'>\r\n<k>1</k></o:x>\r\n</Set>" in units.text
    units.read()
    units.go("x", "k")


def test_an_element_that_the_schema_does_not_let_stand_is_warned_of(units: Writer) -> None:
    dialog = open_dialog(units)
    dialog.text.setPlainText("<unit/>")
    units.qtbot.waitUntil(dialog.verb.isEnabled)
    assert dialog.said.startswith("The schema lets no element of the namespace urn:units stand here, as unit is.")
    dialog.close()


def test_an_answer_about_an_older_text_does_not_count(units: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    dialog = open_dialog(units)
    begun, held, read = threading.Event(), threading.Event(), units.payloads.outline

    def read_late(draft: Draft) -> Outline | Problem:
        if "<old" in draft.text:
            begun.set()
            assert held.wait(10)
        return read(draft)

    monkeypatch.setattr(units.payloads, "outline", read_late)
    dialog.text.setPlainText("<old/>")
    dialog._read()
    assert begun.wait(10)
    dialog.text.setPlainText("<o:new")
    held.set()
    units.qtbot.waitUntil(lambda: dialog.said.startswith("Line 1, column "))
    assert not dialog.verb.isEnabled()
    dialog.close()


def test_writing_an_element_goes_with_the_draft_s_tab(units: Writer) -> None:
    dialog = open_dialog(units)
    dialog.text.setPlainText("<o:x xmlns:o='urn:o'/>")
    units.qtbot.waitUntil(dialog.verb.isEnabled)
    units.desk.leave()
    units.qtbot.waitUntil(lambda: units.panel.findChild(OpenDialog) is None)
    assert units.text == TEXT
