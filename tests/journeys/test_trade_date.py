"""A payload for another day: macros, and what was seen is what is sent."""

from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QToolButton

from caiso_desktop.model.journal import Filter
from caiso_desktop.model.service import Variant
from caiso_desktop.model.trade_hour import TradeHour, hours_of
from caiso_desktop.ui.day_shift.dialog import ShiftDialog
from caiso_desktop.ui.grid.panel import GridPanel
from tests.journeys.conftest import Desk
from tests.journeys.test_safety import BIDS, action, armed, guarded, places, real_market, reviewed, submit

__all__ = ["guarded", "places", "real_market"]


def test_what_the_sheet_showed_of_a_macro_is_what_leaves(guarded: Desk) -> None:
    # The name is another one each time it is made, so a second expansion would show.
    panel = submit(guarded, BIDS.replace("UNIT_1_GEN", "UNIT_{{uuid}}").replace("2026-03-10<", "{{trade_date+1}}<"))
    armed(guarded, panel)
    shown = panel.guard.sheet.text
    name = shown.partition("UNIT_")[2][:36]
    day = shown.partition("{{trade_date+1}} is")[2].split()[0]
    assert f"{{{{uuid}}}} = {name}" in panel.bar.macros
    panel.wording.look()  # a minute passes
    assert f"Let through with {{{{uuid}}}} = {name}" in panel.bar.macros
    guarded.send(panel)
    assert "Received" in panel.answer.summary.text
    journal = guarded.house.memory.journal
    [entry] = journal.all(Filter())
    sent = journal.payload(entry.id).decode()
    assert f"<resource>UNIT_{name}</resource>" in sent
    assert f"<tradeDate>{day}</tradeDate>" in sent
    assert "UNIT_{{uuid}}" in panel.desk.draft.text
    assert "Let through" not in panel.bar.macros


def test_last_weeks_bids_are_pasted_over_shifted_and_sent(guarded: Desk) -> None:
    desk, day = guarded, date(2026, 10, 30)
    rows = "".join(
        f"\n      <BidSchedule><startTime>{TradeHour(day, ending).start:%Y-%m-%dT%H:%M:%SZ}</startTime>"
        f"<stopTime>{TradeHour(day, ending).end:%Y-%m-%dT%H:%M:%SZ}</stopTime><price>20</price><mw>40</mw>"
        "</BidSchedule>"
        for ending in hours_of(day)
    )
    text = f"""<RawBidSet xmlns="http://www.caiso.com/soa/RawBidSet_v4.xsd#">
  <MessagePayload>
    <RawBid>
      <schedulingCoordinator>SC01</schedulingCoordinator>
      <resource>UNIT_1_GEN</resource>{rows}
    </RawBid>
  </MessagePayload>
</RawBidSet>
"""
    panel = submit(desk, text)
    action(desk, "viewGrid").trigger()
    grid = panel.payload.view("grid")
    assert isinstance(grid, GridPanel)
    desk.until(lambda: grid.ready)
    titles = [column.title for column in grid.table.columns]
    assert titles == ["schedulingCoordinator", "resource", "startTime", "stopTime", "price", "mw"]
    assert grid.model.cell(23, 3).words == "2026-10-30 HE 24"
    # A scheduler's sheet: prices and quantities, one line an hour.
    QGuiApplication.clipboard().setText("\r\n".join(f"${1000 + n:,}.50\t{n},5" for n in range(1, 25)) + "\r\n")
    grid.view.select_block(0, 0, [4])
    QTest.keyClick(grid.view, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    desk.until(lambda: "<price>1024.50</price><mw>24.5</mw>" in panel.desk.draft.text)
    assert "was read as 1001.50" in grid.notes.text()
    # To the day on which the clocks are turned back: it has an hour more.
    action(desk, "shiftDraft").trigger()
    dialog = desk.window.findChild(ShiftDialog)
    assert dialog is not None
    dialog.target.choose(date(2026, 11, 1))
    desk.until(lambda: dialog.findChild(QComboBox, "shiftGap0") is not None)
    choice = dialog.findChild(QComboBox, "shiftGap0")
    assert choice is not None
    choice.setCurrentIndex(1)
    dialog.verb.click()
    desk.until(lambda: grid.ready and grid.model.rowCount() == 25)
    assert [grid.model.cell(row, 2).words for row in (1, 2, 3)] == [
        "2026-11-01 HE 2",
        "2026-11-01 HE 25",
        "2026-11-01 HE 3",
    ]
    assert grid.model.cell(2, 4).words == "1002.50"
    reviewed(desk, panel)
    sheet = panel.guard.sheet
    assert "2026-11-01 HE 1-25" in sheet.text
    assert "1,001.50 to 1,024.50 $/MWh (25)" in sheet.text
    QTest.keyClicks(sheet.word, "SC01")
    sheet.arm.click()
    desk.send(panel)
    assert "Received" in panel.answer.summary.text
    # Each was one step: two are taken back.
    panel.payload.undo()
    desk.until(lambda: grid.ready and grid.model.rowCount() == 24)
    QTest.keyClick(grid.view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    desk.until(lambda: grid.ready and grid.model.cell(0, 4).words == "20")
    assert panel.desk.draft.text == text


def test_the_view_that_was_chosen_is_that_of_the_next_draft(desk: Desk) -> None:
    panel = desk.draft("SubmitRawBidSet", "v4", Variant.DOCATTACH)
    button = panel.payload.views.findChild(QToolButton, "payloadViews-grid")
    assert button is not None
    button.click()
    assert panel.payload.views.current == "grid"
    other = desk.draft("RetrieveCleanBidSet", "v4", Variant.DOCATTACH)
    assert other.payload.views.current == "grid"
    action(desk, "viewXml").trigger()
    assert other.payload.views.current == "xml"
    assert other.payload.editor.hasFocus() or not desk.window.isActiveWindow()


def test_looking_for_an_approval_again_is_about_the_same_payload(guarded: Desk) -> None:
    panel = submit(guarded, BIDS.replace("UNIT_1_GEN", "UNIT_{{uuid}}"))
    reviewed(guarded, panel)
    shown = panel.guard.sheet.sheet
    assert shown is not None
    panel.guard.sheet.approval_asked.emit()
    guarded.until(lambda: panel.guard.sheet.sheet is not shown)
    again = panel.guard.sheet.sheet
    assert again is not None
    assert again.seal == shown.seal
    panel.guard.leave()
    reviewed(guarded, panel)
    anew = panel.guard.sheet.sheet
    assert anew is not None
    assert anew.seal != shown.seal
