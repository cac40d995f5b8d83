"""Shifting a draft in the window: the preview, the decisions, one step to take back."""

from datetime import date, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QPushButton
from pytestqt.qtbot import QtBot

from caiso_desktop.model.service import Target
from caiso_desktop.model.trade_hour import TradeHour, hours_of
from caiso_desktop.ui.day_shift.dialog import ShiftDialog
from caiso_desktop.ui.draft_panel import DraftPanel
from caiso_desktop.ui.window import Window

USUAL, SHORT, LONG = date(2026, 3, 6), date(2026, 3, 8), date(2026, 11, 1)


def bids(day: date) -> str:
    rows = "".join(
        f"\n    <Bid><start>{TradeHour(day, ending).start:%Y-%m-%dT%H:%M:%SZ}</start><mw>40</mw></Bid>"
        for ending in hours_of(day)
    )
    head = "<MessageHeader><TimeDate>2026-01-01T00:00:00Z</TimeDate></MessageHeader>"
    return f"<RawBidSet>\n  {head}\n  <MessagePayload>{rows}\n  </MessagePayload>\n</RawBidSet>\n"


@pytest.fixture
def panel(qtbot: QtBot, window: Window, retrieve: Target) -> DraftPanel:
    panel = window.open_draft(retrieve)
    qtbot.waitUntil(lambda: bool(panel.desk.draft.text))
    panel.payload.editor.replace_all(bids(USUAL))
    panel.payload.settle()
    return panel


def opened(qtbot: QtBot, window: Window) -> ShiftDialog:
    action = window.findChild(QAction, "shiftDraft")
    assert action is not None
    action.trigger()
    dialog = window.findChild(ShiftDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.changes.rows.rowCount() > 0)
    return dialog


def to(qtbot: QtBot, dialog: ShiftDialog, day: date) -> None:
    dialog.target.choose(day)
    qtbot.waitUntil(lambda: dialog._plan is not None and dialog._plan.target == day)


def test_a_short_day_wants_a_decision_and_undo_takes_one_step(qtbot: QtBot, window: Window, panel: DraftPanel) -> None:
    dialog = opened(qtbot, window)
    assert dialog.source.currentText() == "2026-03-06 · 24 hours"
    tomorrow = panel.wording.moment().trade_date + timedelta(days=1)
    assert dialog.target.day == tomorrow
    to(qtbot, dialog, SHORT)
    assert "23 hours" in dialog.target.length.text()
    assert dialog.changes.rows.row(0) == (
        "4", "start", "2026-03-06T08:00:00Z", "2026-03-08T08:00:00Z", "2026-03-06 HE 1", "2026-03-08 HE 1",
    )  # fmt: skip
    assert not dialog.verb.isEnabled()
    assert "Decide" in dialog.said
    choice = dialog.findChild(QComboBox, "shiftGap0")
    assert choice is not None
    assert "has no HE 3" in choice.accessibleName()
    choice.setFocus()
    QTest.keyClick(choice, Qt.Key.Key_Down)
    assert choice.currentText() == "Take these records out"
    assert dialog.said == "23 values move, 1 record is taken out."
    QTest.keyClick(choice, Qt.Key.Key_Down)
    assert choice.currentText() == "Leave them as they are"
    assert dialog.said == "23 values move."
    QTest.keyClick(choice, Qt.Key.Key_Up)
    QTest.mouseClick(dialog.verb, Qt.MouseButton.LeftButton)
    assert panel.payload.editor.view() == bids(SHORT)
    assert panel.desk.draft.text == bids(SHORT)
    panel.payload.undo()
    assert panel.payload.editor.view() == bids(USUAL)
    panel.payload.redo()
    assert panel.desk.draft.text == bids(SHORT)


def test_a_long_day_is_filled_from_the_neighbour(qtbot: QtBot, window: Window, panel: DraftPanel) -> None:
    dialog = opened(qtbot, window)
    to(qtbot, dialog, LONG)
    assert "25 hours: HE 25 is the repeated hour" in dialog.target.length.text()
    choice = dialog.findChild(QComboBox, "shiftGap0")
    assert choice is not None
    choice.setCurrentIndex(1)
    assert dialog.said == "24 values move, 1 record is copied."
    dialog.do()
    assert panel.desk.draft.text == bids(LONG)


def test_fields_can_stay_or_move(qtbot: QtBot, window: Window, panel: DraftPanel) -> None:
    dialog = opened(qtbot, window)
    item = dialog.fields.item(0, 0)
    assert item is not None
    assert (item.text(), item.checkState()) == ("TimeDate", Qt.CheckState.Unchecked)
    item.setCheckState(Qt.CheckState.Checked)
    qtbot.waitUntil(lambda: dialog._plan is not None and len(dialog._plan.changes) == 25)
    start = dialog.fields.item(1, 0)
    assert start is not None
    start.setCheckState(Qt.CheckState.Unchecked)
    qtbot.waitUntil(lambda: dialog._plan is not None and len(dialog._plan.changes) == 1)


def test_what_is_typed_meanwhile_is_not_overwritten(qtbot: QtBot, window: Window, panel: DraftPanel) -> None:
    dialog = opened(qtbot, window)
    to(qtbot, dialog, date(2026, 3, 10))
    panel.payload.editor.replace_all(bids(USUAL).replace("40", "41"))
    dialog.do()  # the plan is of another text: it is made anew instead
    assert panel.payload.editor.view() == bids(USUAL).replace("40", "41")
    qtbot.waitUntil(lambda: dialog.verb.isEnabled())
    dialog.do()
    assert panel.payload.editor.view() == bids(date(2026, 3, 10)).replace("40", "41")


def test_what_cannot_be_shifted_is_said_in_the_dialog(qtbot: QtBot, window: Window, panel: DraftPanel) -> None:
    panel.payload.editor.replace_all("<a>")
    panel.payload.settle()
    action = window.findChild(QAction, "shiftDraft")
    assert action is not None
    action.trigger()
    dialog = window.findChild(ShiftDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: "line 1" in dialog.said)
    assert not dialog.verb.isEnabled()
    today = dialog.findChild(QPushButton, "shiftToday")
    assert today is not None
    today.click()
    now = panel.wording.moment().trade_date
    assert dialog.target.day == now


def test_it_goes_with_its_draft_s_tab_and_not_with_another(
    qtbot: QtBot, window: Window, panel: DraftPanel, retrieve: Target
) -> None:
    opened(qtbot, window)
    window.open_draft(retrieve)
    window.drafts.close_current()
    qtbot.waitUntil(lambda: window.drafts.current is panel)
    assert window.findChild(ShiftDialog) is not None
    window.drafts.close_current()
    qtbot.waitUntil(lambda: window.findChild(ShiftDialog) is None)
    assert panel.desk.draft.text == bids(USUAL)
