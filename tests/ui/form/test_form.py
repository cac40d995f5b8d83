"""The form of a payload, worked with by key and mouse: the draft is the same in both views, and every other byte."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QMenu, QPlainTextEdit

from caiso_desktop.model.answer import Severity
from caiso_desktop.model.call import Problem
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.fake_shape import NAMESPACE
from caiso_desktop.model.form.row import Kind
from caiso_desktop.model.judgement import Conformity, Judgement
from caiso_desktop.model.provenance import Ground
from caiso_desktop.model.step import Step
from caiso_desktop.ui.elided_label import first_that_fits
from caiso_desktop.ui.form.cell_words import NAME, NOTE, VALUE
from caiso_desktop.ui.form.form_model import PAGE
from caiso_desktop.ui.form.instant_field import InstantField
from tests.ui.form.conftest import BID, TEXT, Writer


def test_what_is_typed_in_a_field_is_in_the_xml_at_once_and_is_one_step(writer: Writer) -> None:
    writer.begin(TEXT)
    writer.write("UNIT_9", "MessagePayload", "Bid 1", "resource")
    assert writer.text == TEXT.replace("UNIT_7", "UNIT_9")
    QTest.keyClicks(writer.editor(), "A")
    assert "UNIT_9A<" in writer.text
    QTest.keyClick(writer.editor(), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert writer.text == TEXT, "all that was typed in one field is taken back at once"
    assert writer.desk.draft.to_bytes() == TEXT.encode()
    QTest.keyClick(writer.fields, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert "UNIT_9A<" in writer.text
    writer.read()
    assert writer.go("MessagePayload", "Bid 1", "resource").text == "UNIT_9A"


def test_a_macro_that_is_put_into_a_field_is_in_the_draft(writer: Writer) -> None:
    writer.begin(TEXT)
    writer.go("MessagePayload", "Bid 2", "resource")
    line = writer.editor()
    assert isinstance(line, QLineEdit)
    line.selectAll()
    line.insert("{{uuid}}")
    assert writer.text == TEXT.replace("UNIT_8", "{{uuid}}")
    assert writer.fields.current is not None
    assert writer.model.says.notes(writer.fields.current)[0] == ""


def test_fields_one_after_the_other_are_steps_of_their_own(writer: Writer) -> None:
    writer.begin(TEXT)
    writer.write("A", "MessagePayload", "Bid 1", "resource")
    writer.write("B", "MessagePayload", "Bid 2", "resource")
    writer.panel.undo()
    assert writer.text == TEXT.replace("UNIT_7", "A")
    writer.panel.undo()
    assert writer.text == TEXT
    writer.panel.redo()
    writer.panel.redo()
    assert writer.text == TEXT.replace("UNIT_7", "A").replace("UNIT_8", "B")


def test_an_edit_of_the_xml_is_followed_by_the_form(writer: Writer) -> None:
    writer.begin(TEXT)
    writer.go("MessagePayload", "Bid 2", "resource")
    writer.panel.editor.become(writer.panel.editor.view().replace("UNIT_8", "TYPED").replace("EN<", "SR<"))
    writer.panel.settle()
    writer.read()
    assert writer.go("MessagePayload", "Bid 2", "resource").text == "TYPED"
    assert writer.go("MessagePayload", "Bid 1", "Product", "product").text == "SR"
    writer.panel.undo()
    assert writer.text == TEXT


def test_an_edit_of_the_form_right_after_one_of_the_xml_lands_where_it_belongs(writer: Writer) -> None:
    writer.begin(TEXT)
    row = writer.go("MessagePayload", "Bid 2", "resource")
    writer.panel.editor.become(writer.panel.editor.view().replace("UNIT_7", "A_LONGER_NAME"))
    writer.panel.settle()
    assert writer.model.outline is not None
    assert writer.model.outline.revision < writer.desk.draft.revision, "not read again yet"
    writer.model.edited.emit(row, "B", None)
    assert writer.text == TEXT.replace("UNIT_7", "A_LONGER_NAME").replace("UNIT_8", "B")


def test_what_is_missing_is_added_by_writing_it(writer: Writer) -> None:
    writer.begin(TEXT.replace("      <resource>UNIT_7</resource>\r\n", ""))
    row = writer.go("MessagePayload", "Bid 1", "resource")
    assert row.missing
    editor = writer.editor()
    QTest.keyClick(editor, Qt.Key.Key_Tab)
    assert "UNIT_7" not in writer.text, "what was only looked at is not added"
    writer.go("MessagePayload", "Bid 1", "resource")
    QTest.keyClicks(writer.editor(), "UNIT_7")
    assert writer.text == TEXT
    writer.panel.undo()
    assert "UNIT_7" not in writer.text


def test_elements_are_duplicated_moved_and_removed_by_key(writer: Writer) -> None:
    writer.begin(TEXT)
    writer.go("MessagePayload", "Bid 2")
    QTest.keyClick(writer.fields, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert writer.text.count("UNIT_8") == 2
    writer.go("MessagePayload", "Bid 1")
    QTest.keyClick(writer.fields, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert writer.text.index("UNIT_8") < writer.text.index("UNIT_7")
    assert writer.fields.current is not None
    assert writer.fields.current.label == "Bid 2", "the selection goes along"
    QTest.keyClick(writer.fields, Qt.Key.Key_Delete)
    assert "UNIT_7" not in writer.text
    for _ in range(3):
        writer.panel.undo()
    assert writer.text == TEXT


def test_a_choice_is_made_anew_and_taken_back_in_one_step(writer: Writer) -> None:
    writer.begin(TEXT)
    row = writer.go("MessagePayload", "Bid 2", "One of")
    assert (row.kind, row.text) == (Kind.CHOICE, "selfSchedule")
    writer.view._choose(row, 1)
    assert "<selfSchedule>" not in writer.text
    assert writer.text.count("<product>") == 2
    writer.panel.undo()
    assert writer.text == TEXT


def test_what_may_be_added_is_offered(writer: Writer) -> None:
    writer.begin(TEXT)
    writer.go("MessagePayload", "Bid 1", "resource")
    writer.view._ask_add()
    menu = writer.view.findChild(QMenu, "formAddMenu")
    assert menu is not None
    words = [action.text() for action in menu.actions() if action.text() and not action.isSeparator()]
    assert words == ["Add to Bid 1:", "comment", "Product", "Note"]
    next(action for action in menu.actions() if action.text() == "comment").trigger()
    assert "      <comment></comment>\r\n      <Product>" in writer.text
    menu.close()


def test_a_pick_list_offers_what_is_allowed(writer: Writer) -> None:
    writer.begin(TEXT)
    writer.go("MessagePayload", "Bid 1", "Product", "product")
    box = writer.editor()
    assert isinstance(box, QComboBox)
    assert not box.isEditable()
    assert [box.itemText(at) for at in range(box.count())] == [
        *("EN – Energy", "SR – Spinning reserve", "NR", "RU"),
    ]
    box.setCurrentIndex(1)
    box.activated.emit(1)
    assert "<product>SR</product>" in writer.text


def test_a_time_that_has_no_room_is_said_in_fewer_words_and_in_the_tip_whole(writer: Writer) -> None:
    writer.begin(TEXT)
    row = writer.go("MessagePayload", "Bid 1", "Product", "Hour", "end")
    index = writer.fields.currentIndex()
    notes, metrics = writer.model.says.notes(row), writer.fields.fontMetrics()
    assert notes[0] == "2026-11-01 01:00 PST · HE 2 ends"
    assert "end: 2026-11-01 01:00 PST · HE 2 ends" in index.data(Qt.ItemDataRole.ToolTipRole)
    assert index.siblingAtColumn(NOTE).data() == notes[0], "what reads the window aloud has room for all"
    fits = [first_that_fits(notes, metrics, metrics.horizontalAdvance(words)) for words in notes]
    assert fits == list(notes)
    assert first_that_fits(notes, metrics, 1) == "11-01 HE 2"
    assert list(notes) == sorted(notes, key=metrics.horizontalAdvance, reverse=True)


def test_an_instant_is_written_by_trade_date_and_hour_ending(writer: Writer) -> None:
    writer.begin(TEXT)
    writer.go("MessagePayload", "Bid 1", "Product", "Hour", "start")
    note = writer.model.says.notes(writer.go("MessagePayload", "Bid 1", "Product", "Hour", "start"))[0]
    assert note == "2026-11-01 01:00 PDT · HE 2 begins"
    field = writer.editor()
    assert isinstance(field, InstantField)
    assert field.day.text() == "2026-11-01"
    hours = [field.hour.itemText(at) for at in range(field.hour.count())]
    assert hours[:4] == ["1", "2", "25", "3"], "the repeated hour comes behind the one that it repeats"
    field.hour.setCurrentIndex(2)
    field.hour.activated.emit(2)
    assert "<start>2026-11-01T09:00:00Z</start>" in writer.text
    field.day.setText("2026-03-08")
    field.day.textEdited.emit("2026-03-08")
    assert "3" not in [field.hour.itemText(at) for at in range(field.hour.count())], "March has no hour ending 3"
    assert "<start>2026-03-08T08:00:00Z</start>" in writer.text
    field.text.selectAll()
    field.text.insert("{{now}}")  # as the menu of macros does
    assert "<start>{{now}}</start>" in writer.text
    assert field.hour.currentIndex() == -1


def test_problems_stand_at_their_fields_and_lead_there(writer: Writer) -> None:
    writer.begin(TEXT)
    path = (
        Step(f"{{{NAMESPACE}}}BidSet"),
        Step(f"{{{NAMESPACE}}}MessagePayload"),
        Step(f"{{{NAMESPACE}}}Bid", 1),
        Step(f"{{{NAMESPACE}}}resource"),
    )
    by_path = Problem(Severity.ERROR, 14, 7, "No such unit.", path)
    by_place = Problem(Severity.ERROR, 4, 5, "Taken already.", (*path[:2], Step(path[2].name)), "number")
    writer.panel._show_judgement(Judgement(Conformity.INVALID, (by_path, by_place), 2))
    resource = writer.go("MessagePayload", "Bid 2", "resource")
    assert writer.model.says.notes(resource)[0] == "No such unit."
    number = writer.go("MessagePayload", "Bid 1", "number")
    assert writer.model.says.notes(number)[0] == "Taken already."
    writer.panel._go_to(by_path)
    assert writer.fields.current is resource
    assert writer.panel.editor.textCursor().blockNumber() == 13, "and the XML's cursor goes along"
    writer.panel._go_to(by_place)
    assert writer.fields.current is number
    writer.look("xml")
    assert writer.panel.editor.textCursor().blockNumber() == 3


def test_cursor_and_field_follow_each_other(writer: Writer) -> None:
    writer.begin(TEXT, "xml")
    caret = writer.panel.editor.view().index("UNIT_8")
    writer.panel.editor.set_caret(caret, caret)
    writer.look("form")
    writer.read()
    writer.qtbot.waitUntil(lambda: writer.fields.current is not None and writer.fields.current.text == "UNIT_8")
    writer.go("MessagePayload", "Bid 1", "Product", "Hour", "end")
    writer.look("xml")
    assert writer.panel.editor.caret()[0] == writer.panel.editor.view().index("2026-11-01T09:00:00Z")


def test_why_there_is_no_form_is_said(writer: Writer) -> None:
    writer.look("form")
    writer.panel.show_draft(Draft("<a>\n<b></a>"))
    writer.look("form")
    writer.qtbot.waitUntil(lambda: "not well-formed" in writer.view.why)
    assert "Line 2" in writer.view.why
    writer.panel.editor.become("<a>\n<b/></a>")
    writer.panel.settle()
    writer.qtbot.waitUntil(lambda: writer.view.shown)
    writer.panel.show_draft(Draft(""))
    assert "empty" in writer.view.why
    writer.panel.show_draft(Draft("\ufeff<a/>"))
    assert "no editor here can hold" in writer.view.why
    assert writer.panel.editor.isReadOnly()
    assert not writer.panel.preparing


def test_a_payload_that_is_emptied_while_one_looks_is_empty_and_not_wrong(writer: Writer) -> None:
    writer.begin(TEXT)
    writer.panel.editor.become("")
    writer.panel.settle()
    writer.qtbot.waitUntil(lambda: "No form: the payload is empty" in writer.view.why)
    assert "Begin with rows in the grid" in writer.view.why
    writer.panel.undo()
    writer.read()
    writer.qtbot.waitUntil(lambda: writer.view.shown)


def test_without_a_schema_the_form_is_inferred_and_says_so(writer: Writer) -> None:
    writer.payloads.known = None
    writer.begin("<r>\n  <hour>1</hour>\n  <rec><mw>1.5</mw></rec>\n  <rec><mw>2</mw></rec>\n</r>\n")
    writer.qtbot.waitUntil(lambda: writer.view.basis == "Inferred, not checked")
    assert writer.model.shape is not None
    assert writer.model.shape.provenance.ground is Ground.SAMPLE
    writer.write("3", "rec 2", "mw")
    assert "<rec><mw>3</mw></rec>" in writer.text


def test_what_the_schema_does_not_know_is_shown_and_kept(writer: Writer) -> None:
    writer.begin(TEXT)
    row = writer.go("MessagePayload", "Bid 1", "odd")
    assert row.unknown
    assert writer.model.says.notes(row)[0] == "not in the schema"
    writer.write("UNIT_1", "MessagePayload", "Bid 1", "resource")
    assert "<odd>kept\u00a0so</odd>" in writer.text


def test_a_long_repeat_is_laid_out_in_pages(writer: Writer) -> None:
    bid = '<Bid number="1"><resource>R</resource><selfSchedule>1</selfSchedule></Bid>\n'
    writer.begin(f'<BidSet xmlns="{NAMESPACE}"><MessagePayload>\n{bid * 2000}</MessagePayload></BidSet>')
    payload = writer.model.find((0,))
    assert writer.model.rowCount(payload) <= 2 * PAGE
    writer.view.select((0, 777, 0))
    assert writer.fields.current is not None
    assert writer.fields.current.path == (0, 777, 0)
    assert 778 <= writer.model.rowCount(payload) < 1100
    writer.model.edited.emit(writer.fields.current, "X", None)
    assert writer.text.count(">X<") == 1


def test_the_model_keeps_qts_rules_over_every_edit(writer: Writer) -> None:
    writer.begin(TEXT)
    tester = QAbstractItemModelTester(writer.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    tester.setUseFetchMore(False)  # it would fetch within the change that it watches
    bid = writer.model.find(BID)
    writer.fields.expand(bid)
    for verb in ("_duplicate", "_duplicate", "_remove"):
        writer.view.select(BID)
        getattr(writer.view, verb)()
    writer.panel.undo()
    writer.read()
    writer.panel.editor.become("<other><x>1</x></other>")
    writer.panel.settle()
    writer.qtbot.waitUntil(lambda: writer.model.row(writer.model.index(0, NAME)).label == "other")
    tester.deleteLater()


def test_tab_goes_from_value_to_value(writer: Writer) -> None:
    writer.begin(TEXT)
    writer.go("MessagePayload", "Bid 1", "number")
    editor = writer.editor()
    assert isinstance(editor, QLineEdit)
    QTest.keyClick(editor, Qt.Key.Key_Tab)
    assert writer.fields.current is not None
    assert writer.fields.current.label == "resource"
    assert writer.fields.currentIndex().column() == VALUE


def test_what_editors_change_in_passing_stays_as_it_is(writer: Writer) -> None:
    text = (
        "<?xml version='1.0'?>\r<r a='&#10;\u00a0'>\r\n  <!-- \u2029 --><x><![CDATA[1 < 2\u2028]]></x>\n"
        "\t<y>\u00a0𝄞&#13;\u2029é</y><?keep it?>\r</r>\r\n"
    )
    writer.payloads.known = None
    writer.begin(text)
    writer.go("x")
    writer.model.edited.emit(writer.fields.current, "2 < 3", None)
    assert writer.text == text.replace("1 < 2\u2028", "2 < 3")
    writer.read()
    row = writer.go("y")
    assert row.text == "\u00a0𝄞\r\u2029é"
    writer.model.edited.emit(row, f"{row.text}!", None)
    # The carriage return is written as the reference that it was.
    assert writer.text == text.replace("1 < 2\u2028", "2 < 3").replace("é</y>", "é!</y>")
    writer.panel.undo()
    writer.panel.undo()
    assert writer.text == text


def test_a_draft_comes_back_at_the_field_where_it_was_left(writer: Writer) -> None:
    writer.begin(TEXT)
    caret = writer.desk.draft.view().index("UNIT_8") + 2
    writer.panel.bring_back(Draft(TEXT), writer.panel.undone, caret, caret)
    writer.qtbot.waitUntil(lambda: writer.fields.current is not None and writer.fields.current.text == "UNIT_8")


def test_a_text_of_several_lines_is_written_in_lines(writer: Writer) -> None:
    writer.payloads.known = None
    writer.begin("<r>\r\n<note>one\r\n\u00a0two</note><flag>1</flag><flag>true</flag><odd>a\n\u2029b</odd></r>")
    writer.go("note")
    lines = writer.editor()
    assert isinstance(lines, QPlainTextEdit)
    QTest.keyClicks(lines, "0")
    QTest.keyClick(lines, Qt.Key.Key_Return)
    assert "<note>0\r\none\r\n\u00a0two</note>" in writer.text
    writer.go("odd")
    line = writer.editor()
    assert isinstance(line, QLineEdit)
    line.setCursorPosition(0)
    QTest.keyClicks(line, "0")
    assert "<odd>0a\r\n\u2029b</odd>" in writer.text


def test_the_row_in_hand_stays_in_view_when_what_is_told_of_it_takes_room(writer: Writer) -> None:
    many = "".join(f'    <Bid number="{n}"><resource>U{n}</resource></Bid>\r\n' for n in range(40))
    writer.begin(TEXT.replace("  </MessagePayload>", f"{many}  </MessagePayload>"))
    fields = writer.fields
    fields.resize(fields.width(), 300)
    rows = [index for index in fields._in_order(60) if fields.visualRect(index).bottom() <= fields.viewport().height()]
    fields.setCurrentIndex(rows[-1].siblingAtColumn(VALUE))
    assert fields.visualRect(fields.currentIndex()).bottom() <= fields.viewport().height()
    fields.resize(fields.width(), 260)
    assert fields.visualRect(fields.currentIndex()).bottom() <= fields.viewport().height()


def test_a_macro_in_place_of_an_instant_leaves_no_day_of_what_was_there(writer: Writer) -> None:
    writer.begin(TEXT)
    writer.go("MessagePayload", "Bid 1", "Product", "Hour", "start")
    field = writer.editor()
    assert isinstance(field, InstantField)
    assert field.day.text() == "2026-11-01"
    field.text.setText("{{now}}")
    assert (field.day.text(), field.hour.count()) == ("", 0)
    assert "<start>{{now}}</start>" in writer.text
