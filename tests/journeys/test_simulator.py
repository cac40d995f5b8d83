"""Somebody lets things go wrong in the simulator, and sees what the program makes of it."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest

from caiso_desktop.model.service import Variant
from caiso_desktop.ui.simulator.page import SimulatorPage
from tests.journeys.conftest import Desk


def opened(desk: Desk) -> SimulatorPage:
    page = desk.window.drafts.page("simulatorPage")
    assert isinstance(page, SimulatorPage)
    desk.until(page.form.isEnabled)
    return page


def test_faults_are_arranged_in_the_window_felt_and_calmed(desk: Desk) -> None:
    panel = desk.draft("RetrieveCleanBidSet", "v4", Variant.AP)
    desk.window.bar.availability.click()
    page = opened(desk)
    page.form.choose("not-entitled")
    page.form.service.setCurrentText("sibr/RetrieveCleanBidSet")
    page.form.times.setValue(1)
    QTest.mouseClick(page.form.arrange, Qt.MouseButton.LeftButton)
    desk.until(lambda: page.arranged.rows.rowCount() == 1)
    desk.send(panel)
    assert panel.desk.exchange is not None
    assert not panel.desk.exchange.succeeded
    desk.until(lambda: page.arranged.rows.rowCount() == 0)
    assert page.received.rows.row(0)[1:4] == ("sibr/RetrieveCleanBidSet v4 ap", "accepted", "not-entitled")

    page.form.choose("expired")
    page.form.arrange.click()
    desk.until(lambda: page.arranged.rows.rowCount() == 1)
    desk.send(panel)
    assert panel.desk.exchange.failure is not None
    assert panel.desk.exchange.failure.title == "Your certificate has expired", panel.desk.exchange.failure

    page.calm.click()
    desk.until(lambda: page.arranged.rows.rowCount() == 0)
    desk.send(panel)
    assert panel.desk.exchange.succeeded


def test_a_moved_clock_is_named(desk: Desk) -> None:
    panel = desk.draft("RetrieveCleanBidSet", "v4", Variant.AP)
    action = desk.window.findChild(QAction, "showSimulator")
    assert action is not None
    action.trigger()
    page = opened(desk)
    page.form.choose("clock")
    page.form.amount.setValue(60)
    page.form.arrange.click()
    desk.until(lambda: "+60 minutes" in page.state_words)
    desk.send(panel)
    assert panel.desk.exchange is not None
    assert not panel.desk.exchange.succeeded
    page.calm.click()
    desk.until(lambda: "answers as it should" in page.state_words)
    desk.send(panel)
    assert panel.desk.exchange.succeeded
