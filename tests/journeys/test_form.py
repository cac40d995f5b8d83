"""A payload filled in as a form, beside its XML, and sent: the simulator gets the bytes of the draft."""

import base64
import gzip
import re

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QMenu

from caiso_desktop.model.form.row import Row
from caiso_desktop.model.journal import Filter
from caiso_desktop.model.judgement import Conformity
from caiso_desktop.model.service import Variant
from caiso_desktop.ui.draft_panel import DraftPanel
from caiso_desktop.ui.form.panel import FormPanel
from caiso_desktop.ui.grid.panel import GridPanel
from tests.journeys.conftest import Desk
from tests.journeys.test_judgement import bids
from tests.journeys.test_safety import action


def form_of(desk: Desk, panel: DraftPanel) -> FormPanel:
    action(desk, "viewForm").trigger()
    form = panel.payload.view("form")
    assert isinstance(form, FormPanel)
    read(desk, panel, form)
    return form


def read(desk: Desk, panel: DraftPanel, form: FormPanel) -> None:
    model = form.view.model
    desk.until(lambda: model.outline is not None and model.outline.revision == panel.desk.draft.revision)


def go(form: FormPanel, name: str) -> Row:
    """Go to the first element of this name."""
    outline = form.view.model.outline
    assert outline is not None
    form.view.select(next(path for path, node, _ in outline.walk() if node.local == name))
    assert form.view.fields.current is not None
    return form.view.fields.current


def write(form: FormPanel, name: str, words: str) -> None:
    go(form, name)
    fields = form.view.fields
    fields.edit(fields.currentIndex())
    line = fields.indexWidget(fields.currentIndex())
    assert isinstance(line, QLineEdit)
    line.selectAll()
    QTest.keyClicks(line, words)


def test_a_bid_is_filled_in_taken_back_and_sent_as_it_stands(desk: Desk) -> None:
    panel = bids(desk)
    begun = panel.desk.draft
    form = form_of(desk, panel)
    assert panel.pristine, "a form that was only looked at changes nothing"
    assert "The simulator's own shape" in form.view.basis
    write(form, "selfSchedMW", "12.5")
    assert "<selfSchedMW>12.5</selfSchedMW>" in panel.payload.editor.view()
    assert panel.payload.undone.done
    # A second edit at once, and one of the XML at once behind it.
    go(form, "productType")
    box = open_list(form)
    box.setCurrentIndex(box.findData("SR"))
    box.activated.emit(box.currentIndex())
    editor = panel.payload.editor
    editor.become(editor.view().replace("<Source>CAISO Desktop</Source>", "<Source>by hand</Source>"))
    panel.payload.settle()
    write(form, "selfSchedMW", "13")
    read(desk, panel, form)
    assert go(form, "Source").text == "by hand"
    text = panel.desk.draft.text
    assert "<productType>SR</productType>" in text
    assert "<selfSchedMW>13</selfSchedMW>" in text
    # Back all the way, once for each step, and forth again; by key, from the form.
    for _ in range(4):
        QTest.keyClick(form.view.fields, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert panel.desk.draft.to_bytes() == begun.to_bytes()
    for _ in range(4):
        QTest.keyClick(form.view.fields, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert panel.desk.draft.text == text
    desk.until(lambda: panel.payload.judgement is not None)
    assert panel.payload.problem.text.startswith("Valid")
    desk.send(panel)
    assert "Received, not yet accepted" in panel.answer.summary.text
    newest = next(iter(desk.house.journal.all(Filter())))
    assert desk.house.journal.payload(newest.id) == panel.desk.draft.to_bytes()
    received = desk.simulator.requests[-1].body
    attached = re.search(rb"AttachmentValue[^>]*>([^<]+)<", received)
    assert attached is not None
    assert gzip.decompress(base64.b64decode(attached[1])) == panel.desk.draft.to_bytes()


def open_list(form: FormPanel) -> QComboBox:
    fields = form.view.fields
    fields.edit(fields.currentIndex())
    box = fields.indexWidget(fields.currentIndex())
    assert isinstance(box, QComboBox)
    return box


def test_what_is_optional_is_added_and_a_mistake_leads_to_its_field(desk: Desk) -> None:
    panel = bids(desk)
    form = form_of(desk, panel)
    go(form, "GeneratingBid")
    form.view._ask_add()
    menu = form.view.findChild(QMenu, "formAddMenu")
    assert menu is not None
    before = panel.desk.draft.text
    added = next(each for each in menu.actions() if each.isEnabled() and each.text() and not each.isSeparator())
    added.trigger()
    menu.close()
    assert len(panel.desk.draft.text) > len(before)
    assert f"<{added.text().removesuffix(' *')}" in panel.desk.draft.text
    panel.payload.undo()
    assert panel.desk.draft.text == before
    write(form, "selfSchedMW", "much")
    desk.until(lambda: panel.payload.judgement is not None and bool(panel.payload.judgement.problems))
    assert "much" in panel.payload.problem.text
    go(form, "Source")
    action(desk, "problem").trigger()
    assert form.view.fields.current is not None
    assert form.view.fields.current.label == "selfSchedMW"
    assert "much" in form.view.model.says.notes(form.view.fields.current)[0]


def test_a_draft_filled_in_as_a_form_is_kept(desk: Desk) -> None:
    panel = desk.draft("SubmitRawBidSet", "v4", Variant.DOCATTACH)
    form = form_of(desk, panel)
    write(form, "selfSchedMW", "77.25")
    bytes_then = panel.desk.draft.to_bytes()
    desk.window.drafts.close_current()
    drafts = desk.house.memory.drafts
    desk.until(lambda: any("77.25" in each.draft.draft.text for each in drafts.bin()))
    kept = drafts.bin()[0].draft
    assert kept.draft.to_bytes() == bytes_then
    assert len(kept.undo.done) == 1, "what was typed into a field is one step"


def test_a_spreadsheet_of_curves_is_pasted_into_a_new_draft_checked_and_sent(desk: Desk) -> None:
    panel = bids(desk)
    action(desk, "viewGrid").trigger()
    grid = panel.payload.view("grid")
    assert isinstance(grid, GridPanel)
    desk.until(lambda: grid.ready)
    begun = panel.desk.draft
    box = grid.head.kinds
    row = box.findText("Begin with CurveSchedData in GeneratingBid")
    assert row >= 0
    box.setCurrentIndex(row)
    box.activated.emit(row)
    desk.until(lambda: grid.ready and "takes the place of the sample" in grid.notes.text())
    assert panel.desk.draft == begun, "what is only looked at changes nothing"
    lines = [
        f"SC1\tUNIT_7\tDAM\t2026-11-27\t2026-11-27\t\t\tEN\t{hour}\t2026-11-27 HE{hour}\t2026-11-27 HE{hour}"
        f"\t{segment}\t{mw}\t{price}"
        for hour in (8, 9)
        for segment, (mw, price) in enumerate((("0", "234.5"), ("50", "240,25")), 1)
    ]
    QGuiApplication.clipboard().setText("\r\n".join(lines))
    QTest.keyClick(grid.view, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    desk.until(lambda: panel.desk.draft != begun and grid.ready)
    text = panel.desk.draft.text
    assert [text.count(f"<{name}>") for name in ("GeneratingBid", "BidHour", "CurveSchedData")] == [1, 2, 4]
    assert "<y1AxisData>240.25</y1AxisData>" in text
    assert "SelfSchedule" not in text, "nothing of the sample is left"
    desk.until(lambda: panel.payload.judgement is not None and panel.payload.judgement.conformity is Conformity.VALID)
    desk.send(panel)
    assert panel.desk.exchange is not None
    assert panel.desk.exchange.succeeded
    panel.payload.undo()
    assert panel.desk.draft.text == begun.text


def test_a_problem_leads_to_the_line_and_to_the_place_in_whichever_view_one_is(own_desk: Desk) -> None:
    desk = own_desk
    desk.window.resize(1500, 950)
    panel = bids(desk)
    editor, payload = panel.payload.editor, panel.payload
    editor.become(editor.view().replace("<selfSchedMW>0<", "<selfSchedMW>abc<"))
    payload.settle()
    desk.until(lambda: payload.judgement is not None and bool(payload.judgement.problems))
    line = editor.view()[: editor.view().index(">abc<")].count("\n")
    form = form_of(desk, panel)
    payload.problem.go()
    assert editor.textCursor().blockNumber() == line
    assert form.view.fields.current is not None
    assert form.view.fields.current.text == "abc"
    action(desk, "viewGrid").trigger()
    grid = payload.view("grid")
    assert isinstance(grid, GridPanel)
    view = grid.view

    def in_view() -> bool:
        cell = view.currentIndex()
        return cell.isValid() and cell.data() == "abc" and view.viewport().rect().contains(view.visualRect(cell))

    desk.until(in_view)
    payload.problem.go()
    assert in_view()
    assert view.hasFocus() or not desk.window.isActiveWindow()
    action(desk, "viewXml").trigger()
    assert editor.textCursor().blockNumber() == line
