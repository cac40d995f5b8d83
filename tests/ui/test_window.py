"""The window: a draft is opened, sent, stopped, refused, saved and found again, with the keyboard too."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QScrollBar,
    QSplitter,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from caiso_desktop.model.answer import Note, Outcome, Severity
from caiso_desktop.model.error import GuardError
from caiso_desktop.model.fake import FakeCourier, FakeIdentities, FakeSettings, fake_identity
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.model.source import bytes_of
from caiso_desktop.model.transport_error import ServerNotTrusted
from caiso_desktop.ui.answer_views import View
from caiso_desktop.ui.draft_panel import DraftPanel
from caiso_desktop.ui.fake import FakeFiles
from caiso_desktop.ui.file_choice import Destination
from caiso_desktop.ui.form.cell_words import NOTE
from caiso_desktop.ui.form.panel import FormPanel
from caiso_desktop.ui.phrase import clock_words
from caiso_desktop.ui.window import Window
from tests.ui.conftest import NewWindow

INTERACTIVE = (QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit, QAbstractItemView, QTabBar, QSplitter)


def begun(qtbot: QtBot, window: Window, target: Target) -> DraftPanel:
    panel = window.open_draft(target)
    qtbot.waitUntil(lambda: "<Request>" in panel.payload.editor.view())
    return panel


def choose(window: Window, environment: str) -> None:
    selector = window.bar.selector
    selector.setCurrentIndex(selector.findData(environment))
    selector.activated.emit(selector.currentIndex())


def sent(qtbot: QtBot, panel: DraftPanel) -> None:
    panel.bar.send.click()
    qtbot.waitUntil(lambda: not panel.call.under_way)


def action(window: Window, name: str) -> QAction:
    found = window.findChild(QAction, name)
    assert found is not None
    return found


def test_a_draft_is_sent_and_its_answer_shown(
    qtbot: QtBot, window: Window, courier: FakeCourier, retrieve: Target
) -> None:
    panel = begun(qtbot, window, retrieve)
    assert panel.bar.send.text() == "Send to Simulator"
    assert panel.answer.empty_text.startswith("No answer yet")
    sent(qtbot, panel)
    [call] = courier.calls
    assert (call.environment, call.target) == ("simulator", retrieve)
    assert bytes_of(call.payload).startswith(b"<Request>")
    assert call.identity == panel.desk.identity is not None
    assert "Success" in panel.answer.summary.text
    assert "Row 1" in panel.answer.summary.text
    assert panel.answer.views.parts.table.rows.rowCount() == 2
    assert "TLSv1.3" in panel.answer.views.details.text
    qtbot.waitUntil(lambda: window.history.table.rows.rowCount() == 1)
    assert window.history.table.rows.row(0)[4] == "Success"


def test_what_was_typed_is_sent_at_once_and_exactly(
    qtbot: QtBot, window: Window, courier: FakeCourier, retrieve: Target, files: FakeFiles, tmp_path: Path
) -> None:
    panel = begun(qtbot, window, retrieve)
    files.opened = tmp_path / "payload.xml"
    files.opened.write_bytes("<a>\r\n\u00a0é</a>\r\n".encode())
    panel.payload.open_file()
    qtbot.waitUntil(lambda: panel.payload.editor.view().startswith("<a>"))
    panel.payload.editor.moveCursor(panel.payload.editor.textCursor().MoveOperation.End)
    QTest.keyClicks(panel.payload.editor, "<!--x-->")
    sent(qtbot, panel)
    assert courier.calls[0].payload == "<a>\r\n\u00a0é</a>\r\n<!--x-->".encode()


def test_a_call_under_way_is_told_of_and_stopped(
    qtbot: QtBot, window: Window, courier: FakeCourier, retrieve: Target
) -> None:
    panel = begun(qtbot, window, retrieve)
    courier.hold.clear()
    panel.bar.send.click()
    qtbot.waitUntil(lambda: "Waiting for the answer" in panel.bar.progress.text)
    assert not panel.bar.send.isEnabled()
    panel.send()
    panel.bar.cancel.click()
    qtbot.waitUntil(lambda: not panel.call.under_way)
    assert len(courier.calls) == 1
    assert "Cancelled" in panel.answer.summary.text
    assert "not known whether the service received" in panel.answer.summary.text
    assert panel.bar.send.isEnabled()
    qtbot.waitUntil(lambda: window.history.table.rows.rowCount() == 1)
    assert window.history.table.rows.row(0)[4] == "Not known"


def test_the_answer_of_before_says_so_while_the_draft_is_sent_again(
    qtbot: QtBot, window: Window, courier: FakeCourier, retrieve: Target
) -> None:
    panel = begun(qtbot, window, retrieve)
    sent(qtbot, panel)
    assert panel.answer.earlier == ""
    exchange = panel.desk.exchange
    assert exchange is not None
    courier.hold.clear()
    panel.bar.send.click()
    assert "Success" in panel.answer.summary.text
    assert panel.answer.earlier == (
        f"This is the answer to the earlier call, of {clock_words(exchange.started)}. "
        "The one that is under way has none yet."
    )
    courier.hold.set()
    qtbot.waitUntil(lambda: not panel.call.under_way)
    assert panel.desk.exchange is not exchange
    assert panel.answer.earlier == ""


def test_why_nothing_was_sent_goes_when_the_draft_is_sent_again(
    qtbot: QtBot, window: Window, courier: FakeCourier, retrieve: Target
) -> None:
    panel = begun(qtbot, window, retrieve)
    courier.refusal = GuardError("not now.")
    sent(qtbot, panel)
    assert "Not now." in panel.answer.summary.text
    courier.refusal = None
    courier.hold.clear()
    panel.bar.send.click()
    assert panel.answer.empty_text.startswith("On its way")
    assert panel.answer.earlier == ""
    courier.refusal = GuardError("nor now.")
    courier.hold.set()
    qtbot.waitUntil(lambda: not panel.call.under_way)
    assert panel.answer.empty_text == ""


def test_a_failure_is_told_where_the_eye_is(
    qtbot: QtBot, window: Window, courier: FakeCourier, retrieve: Target
) -> None:
    choose(window, "map-stage")
    panel = begun(qtbot, window, retrieve)
    courier.failure = ServerNotTrusted("the host showed a certificate by 'CN=Nobody'.")
    sent(qtbot, panel)
    for words in ("Server not trusted", "CN=Nobody", "add that authority"):
        assert words in panel.answer.summary.text
    assert QApplication.activeModalWidget() is None
    assert "server not trusted" in window.bar.availability.toolTip().lower()


def test_a_refusal_before_sending_is_told_and_not_recorded(
    qtbot: QtBot, window: Window, courier: FakeCourier, retrieve: Target
) -> None:
    panel = begun(qtbot, window, retrieve)
    courier.refusal = GuardError("it changes the real market.", advice="Send it elsewhere.")
    sent(qtbot, panel)
    assert "Not sent" in panel.answer.summary.text
    assert "Send it elsewhere." in panel.answer.summary.text
    assert window.history.table.rows.rowCount() == 0


def test_notes_tell_what_to_do(qtbot: QtBot, window: Window, courier: FakeCourier, retrieve: Target) -> None:
    note = Note(Severity.ERROR, "No entitlement", "Not for this SC.", "Ask the administrator.", "Invalid role")
    courier.dress_answer = lambda answer: replace(answer, outcome=Outcome.ERROR, notes=(note,))
    panel = begun(qtbot, window, retrieve)
    sent(qtbot, panel)
    for words in ("The service reports an error", "No entitlement", "Not for this SC.", "Ask the administrator."):
        assert words in panel.answer.summary.text


def test_the_real_market_is_named_in_words(qtbot: QtBot, window: Window, retrieve: Target) -> None:
    label = window.bar.findChild(QWidget, "realMarketLabel")
    assert label is not None
    assert not label.isVisible()
    choose(window, "production")
    assert label.isVisible()
    panel = begun(qtbot, window, retrieve)
    assert panel.bar.send.text() == "Send to Production · production.example"
    assert "Production" in window.drafts.tabs.tabText(0)


def test_a_draft_with_content_is_never_retargeted(qtbot: QtBot, window: Window, retrieve: Target) -> None:
    panel = begun(qtbot, window, retrieve)
    choose(window, "map-stage")
    assert panel.desk.environment.id == "map-stage"
    qtbot.waitUntil(lambda: "in map-stage" in panel.payload.editor.view())
    QTest.keyClicks(panel.payload.editor, "x")
    choose(window, "production")
    assert panel.desk.environment.id == "map-stage"
    assert window.open_draft(retrieve).desk.environment.id == "production"


def test_a_draft_that_was_sent_is_never_retargeted(qtbot: QtBot, window: Window, retrieve: Target) -> None:
    panel = begun(qtbot, window, retrieve)
    sent(qtbot, panel)
    choose(window, "map-stage")
    assert panel.desk.environment.id == "simulator"


def test_the_variant_changes_the_address(qtbot: QtBot, window: Window, retrieve: Target) -> None:
    panel = begun(qtbot, window, retrieve)
    assert panel.head.address.url.endswith("_DocAttach_AP")
    variant = panel.head.variant
    variant.setCurrentIndex(variant.findData(Variant.AP))
    variant.activated.emit(variant.currentIndex())
    assert panel.head.address.url == "https://simulator.example/sst/sibr/RetrieveCleanBidSet_SIBRv4_AP"
    panel.head.address.copy()
    assert QApplication.clipboard().text() == panel.head.address.url


def test_saving_never_replaces_a_file_nobody_agreed_to(
    qtbot: QtBot, window: Window, files: FakeFiles, retrieve: Target, tmp_path: Path
) -> None:
    panel = begun(qtbot, window, retrieve)
    sent(qtbot, panel)
    there = tmp_path / "there.xml"
    there.write_text("precious")
    files.destination = Destination(there, replace=False)
    panel.answer.save_button.click()
    qtbot.waitUntil(lambda: "is there already" in panel.answer.said)
    assert there.read_text() == "precious"
    files.destination = Destination(there, replace=True)
    panel.answer.save_button.click()
    qtbot.waitUntil(lambda: "Saved as" in panel.answer.said)
    assert "<Report>" in there.read_text()
    files.destination = Destination(tmp_path / "wire.xml", replace=False)
    panel.answer.save_wire()
    qtbot.waitUntil((tmp_path / "wire.xml").exists)
    assert (tmp_path / "wire.xml").read_text() == "<Envelope/>"
    assert files.asked == ["RetrieveCleanBidSet-report.xml"] * 2 + ["RetrieveCleanBidSet-response.xml"]


def test_the_history_shows_an_exchange_again(qtbot: QtBot, window: Window, retrieve: Target) -> None:
    panel = begun(qtbot, window, retrieve)
    sent(qtbot, panel)
    table = window.history.table
    qtbot.waitUntil(lambda: table.rows.rowCount() == 1)
    window.drafts.close_current()
    table.activated.emit(table.model().index(0, 0))
    again = window.drafts.current
    assert again is not None
    assert again is not panel
    assert "Success" in again.answer.summary.text
    assert again.payload.editor.view().startswith("<Request>")
    table.activated.emit(table.model().index(0, 0))
    assert len(window.drafts.panels) == 1


def test_closing_a_draft_loses_nothing(qtbot: QtBot, window: Window, courier: FakeCourier, retrieve: Target) -> None:
    panel = begun(qtbot, window, retrieve)
    QTest.keyClicks(panel.payload.editor, "typed")
    courier.hold.clear()
    panel.send()
    action(window, "closeDraft").trigger()
    assert not window.drafts.panels
    assert window.drafts.under_way == 1
    courier.hold.set()
    qtbot.waitUntil(lambda: window.history.table.rows.rowCount() == 1)
    action(window, "reopenDraft").trigger()
    assert list(window.drafts.panels) == [panel]
    assert "typed" in panel.payload.editor.view()
    assert "Success" in panel.answer.summary.text


def test_quitting_asks_while_a_call_is_under_way(
    qtbot: QtBot, window: Window, courier: FakeCourier, files: FakeFiles, retrieve: Target
) -> None:
    panel = begun(qtbot, window, retrieve)
    courier.hold.clear()
    panel.send()
    files.quits = False
    window.close()
    assert window.isVisible()
    assert files.asked == ["quit 1"]
    panel.call.cancel()
    qtbot.waitUntil(lambda: not panel.call.under_way)
    window.close()
    assert not window.isVisible()
    assert files.asked == ["quit 1"]


def test_a_call_goes_from_the_filter_to_the_answer_by_keyboard(
    qtbot: QtBot, window: Window, courier: FakeCourier
) -> None:
    window.activateWindow()
    QTest.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(window.services.filter.hasFocus)
    QTest.keyClicks(window.services.filter, "clean bid")
    QTest.keyClick(window.services.filter, Qt.Key.Key_Down)
    assert window.services.view.hasFocus()
    QTest.keyClick(window.services.view, Qt.Key.Key_Return)
    panel = window.drafts.current
    assert panel is not None
    assert panel.desk.target == Target("sibr", "RetrieveCleanBidSet", "v4", Variant.DOCATTACH)
    qtbot.waitUntil(lambda: "<Request>" in panel.payload.editor.view())
    writing = QApplication.focusWidget()
    assert writing is not None
    assert panel.payload.isAncestorOf(writing), "one may write at once"
    QTest.keyClick(writing, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "Success" in panel.answer.summary.text)
    assert panel.payload.editor.view().startswith("<Request>\n")
    QTest.keyClick(writing, Qt.Key.Key_F6)
    focus = QApplication.focusWidget()
    assert focus is not None
    assert panel.answer.isAncestorOf(focus)


def test_no_two_verbs_share_their_keys(window: Window) -> None:
    keys = [key.toString() for act in window.findChildren(QAction) for key in act.shortcuts() if act.parent() is window]
    assert len(keys) == len(set(keys))
    assert QKeySequence("Ctrl+Return").toString() in keys


def made_by_qt(widget: QWidget, window: Window) -> bool:
    """Whether a widget is a part that Qt makes for one of ours: a header, a scroll button, a popup, a clear button."""
    above = widget.parent()
    return (
        isinstance(widget, QHeaderView | QScrollBar | QMenu)
        or widget.window() is not window
        or widget.objectName().startswith("qt_")
        or isinstance(above, QAbstractItemView)
        or (isinstance(above, QTabBar) and widget.objectName().startswith("Scroll"))
        or (isinstance(above, QLineEdit) and not widget.objectName())
    )


def look_at_all(panel: DraftPanel) -> None:
    """Look at each view of the answer: they are made when they are looked at."""
    for view in View:
        panel.answer.views.setCurrentIndex(view)


def test_every_interactive_widget_has_its_names(qtbot: QtBot, window: Window, retrieve: Target) -> None:
    panel = begun(qtbot, window, retrieve)
    sent(qtbot, panel)
    look_at_all(panel)
    nameless = [
        f"{type(widget).__name__} '{widget.objectName()}' in {type(widget.parent()).__name__}"
        for widget in window.findChildren(QWidget)
        if isinstance(widget, INTERACTIVE) and not made_by_qt(widget, window)
        if not widget.objectName() or not widget.accessibleName()
    ]
    assert nameless == []


NAMES = [
    "environmentSelector",
    "availabilityChip",
    "certificateChip",
    "proxyChip",
    "serviceFilter",
    "serviceTree",
    "draftTabs",
    "variantSelector",
    "addressLabel",
    "payloadXml",
    "validateButton",
    "sendButton",
    "cancelButton",
    "sendProgress",
    "answerTabs",
    "answerSummary",
    "answerTree",
    "answerText",
    "answerParts",
    "exchangeDetails",
    "saveAnswerButton",
    "historyTable",
]


def test_the_names_tests_and_tools_rely_on_are_there(qtbot: QtBot, window: Window, retrieve: Target) -> None:
    panel = begun(qtbot, window, retrieve)
    sent(qtbot, panel)
    look_at_all(panel)
    found = {name: window.findChild(QWidget, name) for name in NAMES}
    assert [name for name, widget in found.items() if widget is None or not widget.accessibleName()] == []


def test_the_next_start_finds_what_was_left(window: Window, new_window: NewWindow, settings: FakeSettings) -> None:
    choose(window, "map-stage")
    action(window, "theme-dark").trigger()
    window.resize(900, 640)
    window.close()
    assert settings.get("window.theme") == "dark"
    again = new_window()
    assert again.desk.environment.id == "map-stage"
    assert action(again, "theme-dark").isChecked()
    assert again.height() == 640


def test_a_chosen_certificate_is_given_to_drafts_without_one(
    qtbot: QtBot, window: Window, identities: FakeIdentities, settings: FakeSettings, retrieve: Target
) -> None:
    choose(window, "map-stage")
    assert window.certificate.text() == "No certificate"
    panel = begun(qtbot, window, retrieve)
    nobody = panel.desk.identity
    assert nobody is None
    other = fake_identity("App x9", days=5)
    window.certificate.choose(other)
    assert panel.desk.identity == other.ref
    assert "expires in 5 days" in window.certificate.text()
    assert settings.get("identity.map-stage") == str(other.ref)


def test_a_copy_goes_elsewhere_and_the_first_stays(qtbot: QtBot, window: Window, retrieve: Target) -> None:
    panel = begun(qtbot, window, retrieve)
    QTest.keyClicks(panel.payload.editor, "mine")
    window.drafts.copy_asked.emit(panel, window.bar._environments[1])
    copy = window.drafts.current
    assert copy is not None
    assert copy is not panel
    assert copy.desk.environment.id == "map-stage"
    assert "mine" in copy.payload.editor.view()
    assert not copy.pristine
    assert panel.desk.environment.id == "simulator"


def test_help_is_beside_the_window_and_not_in_its_way(qtbot: QtBot, window: Window) -> None:
    for name in ("showKeys", "about"):
        action(window, name).trigger()
        assert QApplication.activeModalWidget() is None
    dialogs = [
        w for w in QApplication.topLevelWidgets() if w.windowTitle() in ("Keyboard shortcuts", "About CAISO Desktop")
    ]
    assert len(dialogs) == 2
    for dialog in dialogs:
        dialog.close()


def test_a_form_in_a_window_of_1280_has_room_for_pacific_times(qtbot: QtBot, window: Window, retrieve: Target) -> None:
    window.resize(1280, 800)
    window.show()
    panel = begun(qtbot, window, retrieve)
    panel.show_view("form")
    form = panel.payload.view("form")
    assert isinstance(form, FormPanel)
    fields = form.view.fields
    qtbot.waitUntil(lambda: fields.isVisible() and panel.splitter.width() > 900)
    QApplication.processEvents()
    assert window.width() == 1280
    assert fields.columnWidth(NOTE) >= fields.fontMetrics().horizontalAdvance("11-01 01:00 · HE 25") + 10
    assert sum(fields.columnWidth(column) for column in range(3)) <= fields.viewport().width()
