"""Trade date and hours are chosen in Pacific and written in GMT."""

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from caiso_desktop.model.service import Target
from caiso_desktop.ui.day_shift.hours_dialog import HoursDialog
from caiso_desktop.ui.draft_panel import DraftPanel
from caiso_desktop.ui.window import Window

REQUEST = "<R><P><start>2026-10-30T13:00:00Z</start><end>2026-10-30T15:00:00Z</end></P></R>"


@pytest.fixture
def panel(qtbot: QtBot, window: Window, retrieve: Target) -> DraftPanel:
    panel = window.open_draft(retrieve)
    qtbot.waitUntil(lambda: bool(panel.desk.draft.text))
    panel.payload.editor.replace_all(REQUEST)
    panel.payload.settle()
    return panel


def opened(qtbot: QtBot, window: Window) -> HoursDialog:
    action = window.findChild(QAction, "setHours")
    assert action is not None
    action.trigger()
    dialog = window.findChild(HoursDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: bool(dialog.said))
    return dialog


def test_it_begins_with_what_is_there_and_writes_what_is_chosen(
    qtbot: QtBot, window: Window, panel: DraftPanel
) -> None:
    dialog = opened(qtbot, window)
    assert dialog.which.currentText() == "P, line 1: 2026-10-30 HE 7 to HE 8"
    assert (dialog.day.day, dialog.first.currentData(), dialog.last.currentData()) == (date(2026, 10, 30), 7, 8)
    assert not dialog.verb.isEnabled()  # nothing would change
    dialog.day.choose(date(2026, 11, 1))
    assert "25 hours" in dialog.day.length.text()
    assert [dialog.last.itemData(row) for row in range(4)] == [1, 2, 25, 3]
    assert dialog.last.itemText(2) == "HE 25 · 01:00–02:00 PST, the repeated hour"
    dialog.first.setCurrentIndex(1)
    dialog.last.setCurrentIndex(2)
    assert "start becomes 2026-11-01T08:00:00Z, end becomes 2026-11-01T10:00:00Z." in dialog.said
    QTest.mouseClick(dialog.verb, Qt.MouseButton.LeftButton)
    assert panel.desk.draft.text == REQUEST.replace("2026-10-30T13", "2026-11-01T08").replace(
        "2026-10-30T15", "2026-11-01T10"
    )
    panel.payload.undo()
    assert panel.desk.draft.text == REQUEST


def test_a_short_day_does_not_offer_the_hour_that_is_skipped(qtbot: QtBot, window: Window, panel: DraftPanel) -> None:
    dialog = opened(qtbot, window)
    dialog.day.choose(date(2026, 3, 8))
    offered = [dialog.first.itemData(row) for row in range(dialog.first.count())]
    assert offered == [1, 2, *range(4, 25)]
    assert dialog.first.itemText(1) == "HE 2 · 01:00–02:00 PST"
    dialog.first.setCurrentIndex(5)
    dialog.last.setCurrentIndex(2)
    assert "comes after" in dialog.said
    assert not dialog.verb.isEnabled()


def test_a_payload_without_times_says_so(qtbot: QtBot, window: Window, panel: DraftPanel) -> None:
    panel.payload.editor.replace_all("<a/>")
    panel.payload.settle()
    dialog = opened(qtbot, window)
    assert "Nothing in this payload" in dialog.said


def test_it_goes_with_its_draft_s_tab(qtbot: QtBot, window: Window, panel: DraftPanel) -> None:
    opened(qtbot, window)
    window.drafts.close_current()
    qtbot.waitUntil(lambda: window.findChild(HoursDialog) is None)
