"""Watches through the real window, the journal and the simulator; the test says when time has gone by."""

import re
from datetime import timedelta

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QStyle
from pytestqt.qtbot import QtBot

from caiso_desktop.model.answer import RECEIVED
from caiso_desktop.model.journal import Filter, Standing
from caiso_desktop.model.service import Variant
from caiso_desktop.simulator import fault
from caiso_desktop.ui.draft_panel import DraftPanel
from caiso_desktop.ui.elided_label import ElidedLabel
from caiso_desktop.ui.rows_table import RowsTable
from tests.journeys.conftest import Desk
from tests.journeys.test_follow_up import follow, next_button


def watched(desk: Desk) -> DraftPanel:
    """A retrieve that is watched until data appear, after its first look brought none."""
    panel = desk.draft("RetrieveCleanBidSet", "v4", Variant.AP)
    desk.simulator.arrange(fault.NoData())
    panel.bar.watch.click()
    assert panel.watch.isVisible()
    button = panel.watch.findChild(QPushButton, "watchStart")
    assert button is not None
    button.click()
    desk.until(lambda: panel.desk.exchange is not None)
    assert "look 1: no data" in panel.watch.said
    return panel


def test_a_watch_ends_when_data_appear(desk: Desk) -> None:
    sent = len(desk.simulator.requests)
    panel = watched(desk)
    assert "looks again in" in panel.watch.said
    other = desk.draft("RetrieveTradeResults", "", Variant.AP)
    desk.rest.over()
    desk.until(lambda: not panel.watch.under_way)
    assert "There are data now" in panel.watch.said
    assert panel.desk.exchange is not None
    assert panel.desk.exchange.succeeded
    assert len(desk.simulator.requests) == sent + 2
    assert "There are data now" in desk.window.watches.strip.text
    show = desk.window.watches.strip.findChild(QPushButton, f"show-watch-{panel.id}")
    assert show is not None
    assert desk.window.drafts.current is other
    show.click()
    assert desk.window.drafts.current is panel
    assert desk.window.watches.strip.text == ""


def test_a_watch_can_be_stopped_and_asks_before_its_draft_is_closed(desk: Desk) -> None:
    panel = watched(desk)
    desk.files.quits = False
    desk.window.drafts.close_current()
    assert desk.window.drafts.current is panel
    assert desk.files.asked[-1].startswith("stop watching RetrieveCleanBidSet")
    stop = panel.watch.findChild(QPushButton, "watchStop")
    assert stop is not None
    stop.click()
    desk.until(lambda: not panel.watch.under_way)
    assert "Stopped after one look" in panel.watch.said
    asked = len(desk.files.asked)
    desk.window.drafts.close_current()
    assert len(desk.files.asked) == asked
    assert desk.window.drafts.current is None


def test_a_trouble_that_does_not_pass_ends_a_watch_and_is_told(desk: Desk) -> None:
    panel = watched(desk)
    desk.simulator.arrange(fault.NotEntitled())
    desk.draft("RetrieveTradeResults", "", Variant.AP)
    desk.rest.over()
    desk.until(lambda: not panel.watch.under_way)
    assert "does not pass" in desk.window.watches.strip.text


def submitted_batch(desk: Desk) -> DraftPanel:
    """A draft whose submit is answered by a batch that is not done yet."""
    submit = desk.draft("SubmitDRLocations", "v1", Variant.AP, application="drrs")
    desk.send(submit)
    despite = submit.answer.findChild(QPushButton, "sendDespiteButton")
    if despite is not None:
        despite.click()
        desk.until(lambda: not submit.call.under_way)
    return submit


def test_a_batch_is_followed_to_its_end_over_a_restart(qtbot: QtBot, own_desk: Desk) -> None:
    desk = own_desk
    submit = submitted_batch(desk)
    assert RECEIVED in submit.answer.summary.text
    exchange = submit.desk.exchange
    assert exchange is not None
    assert exchange.answer is not None
    assert exchange.answer.result is not None
    batch = exchange.answer.result.batch
    assert batch
    assert "until it is checked" in next_button(desk, submit).text()
    status = follow(desk, submit)
    assert batch in status.desk.draft.text
    desk.until(lambda: status.desk.exchange is not None)
    assert status.watch.under_way
    assert "being checked" in status.answer.summary.text
    draft = status.id

    settings = desk.settings
    desk.window.close()
    assert desk.jobs.close(10)
    again = Desk(qtbot, desk.house, desk.folder, settings=settings)
    again.until(lambda: any(panel.id == draft for panel in again.window.drafts.panels))
    status = next(panel for panel in again.window.drafts.panels if panel.id == draft)
    again.until(lambda: not status.watch.under_way and "taken" in status.watch.said)
    assert "The batch was taken" in status.answer.summary.text
    located = follow(again, status)
    assert located.desk.target is not None
    assert located.desk.target.service == "RetrieveDRLocations"
    asked = again.house.journal.search(Filter(service="RetrieveBatchValidationStatus"))
    assert len(asked) == 2
    assert asked[0].record.started - asked[1].record.started > timedelta(0)
    again.close()


def test_a_batch_that_nobody_followed_is_offered_at_the_next_start(qtbot: QtBot, own_desk: Desk) -> None:
    desk = own_desk
    submitted_batch(desk)
    [entry] = desk.house.journal.search(Filter())
    assert entry.ending is not None
    [batch] = entry.ending.batches
    settings = desk.settings
    desk.window.close()
    assert desk.jobs.close(10)
    again = Desk(qtbot, desk.house, desk.folder, settings=settings)
    again.until(lambda: batch in again.window.watches.strip.text)
    button = again.window.watches.strip.findChild(QPushButton, f"follow-batch-{batch}")
    assert button is not None
    button.click()
    again.until(lambda: any(panel.watch.under_way for panel in again.window.drafts.panels))
    again.close()


def test_a_batch_that_is_refused_shows_its_errors_as_a_table(desk: Desk) -> None:
    submit = desk.draft("SubmitDRLocations", "v1", Variant.AP, application="drrs")
    assert submit.desk.target is not None
    whole = desk.house.payloads.sample(submit.desk.target, "simulator", full=True)
    end = "submittedActiveEndDateTime>"
    submit.payload.editor.replace_all(re.sub(f"(<{end})[^<]*", r"\g<1>2020-01-01T08:00:00Z", whole))
    desk.send(submit)
    despite = submit.answer.findChild(QPushButton, "sendDespiteButton")
    if despite is not None:
        despite.click()
        desk.until(lambda: not submit.call.under_way)
    status = follow(desk, submit)
    desk.until(lambda: status.desk.exchange is not None)
    desk.rest.over()
    desk.until(lambda: not status.watch.under_way)
    assert "The batch was refused" in status.answer.summary.text
    table = status.answer.findChild(RowsTable, "batchErrorsTable")
    assert table is not None
    assert table.rows.rowCount() >= 1
    headers = [table.rows.headerData(column, Qt.Orientation.Horizontal) for column in range(table.rows.columnCount())]
    assert headers == ["Message", "Priority", "Logged"], "no column stands empty beside the message"
    message, _, logged = table.rows.row(0)
    assert logged.endswith((" PST", " PDT"))
    across = table.columnWidth(0) - 2 * table.style().pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin)
    lines = table.fontMetrics().boundingRect(0, 0, across, 10_000, Qt.TextFlag.TextWordWrap, message)
    assert lines.height() <= table.rowHeight(0), "all of the message is to be seen"
    assert status.watch.findChild(ElidedLabel, "watchLabel").property("tone") == "error"  # type: ignore[union-attr]
    assert status.answer.findChild(QPushButton, "followUpButton") is None


def test_looks_that_were_cut_off_are_nobodys_to_look_into(own_desk: Desk) -> None:
    desk = own_desk
    panel = watched(desk)
    desk.simulator.arrange(fault.CutOff(None), times=3)
    desk.rest.over()
    desk.until(lambda: "look 2" in panel.watch.said)
    assert panel.watch.under_way
    assert len(desk.house.journal.search(Filter(standing=Standing.UNKNOWN))) == 3
    assert desk.house.journal.unknown() == []
    desk.rest.over()
    desk.until(lambda: not panel.watch.under_way)
    assert "There are data now" in panel.watch.said
