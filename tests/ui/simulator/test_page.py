"""The page says what it is told, and passes on what is put together."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from caiso_desktop.model.fake_simulation import FakeSimulation
from caiso_desktop.model.simulation import Disturbance, FaultChoice, Heard, SimulatorState
from caiso_desktop.ui.fake import FakeFiles
from caiso_desktop.ui.jobs import Jobs
from caiso_desktop.ui.notice import Notice
from caiso_desktop.ui.simulator.page import SimulatorPage

HEARD = Heard(
    datetime(2026, 11, 26, 20, 1, 2, tzinfo=UTC), "sibr/X v4 ap", "CN=Jo x1,OU=people", 5523, "accepted", "503"
)


class Watched(FakeSimulation):
    """Counts how often it is asked how things stand."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def state(self) -> SimulatorState:
        """How things stand."""
        self.asked += 1
        return super().state()


@pytest.fixture
def control() -> Watched:
    return Watched()


@pytest.fixture
def page(qtbot: QtBot, window_jobs: Jobs, files: FakeFiles, control: Watched) -> SimulatorPage:
    page = SimulatorPage(control, window_jobs, files)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(page.form.isEnabled)
    return page


def rows(page: SimulatorPage) -> list[tuple[str, ...]]:
    return [page.arranged.rows.row(row) for row in range(page.arranged.rows.rowCount())]


def test_nothing_is_said_to_be_nothing(page: SimulatorPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: "answers as it should" in page.state_words)
    assert not page.arranged.isVisible()
    assert not page.received.isVisible()
    assert not (page.calm.isEnabled() or page.withdraw.isEnabled() or page.forget.isEnabled())


def test_a_fault_with_its_amount_its_service_and_its_share(page: SimulatorPage, qtbot: QtBot, control: Watched) -> None:
    page.form.choose("slow")
    page.form.amount.setValue(7)
    page.form.service.setCurrentText("sibr/SubmitRawBidSet")
    page.form.times.setValue(3)
    assert not page.form.seed.isVisible()
    page.form.share.setValue(40)
    page.form.seed.setValue(9)
    assert page.form.seed.isVisible()
    page.form.arrange.click()
    qtbot.waitUntil(lambda: bool(rows(page)))
    (one,) = control.state().arranged
    assert one.disturbance == Disturbance((FaultChoice("slow", 7.0),), "sibr/SubmitRawBidSet", 3, 0.4, 9)
    order = "fault slow=7 --for sibr/SubmitRawBidSet --times 3 --share 0.4 --seed 9"
    often = "3 to go, 40% of the calls (seed 9)"
    assert rows(page) == [("1", "Slow answer, 7 seconds", "sibr/SubmitRawBidSet", often, "0", order)]


def test_several_go_wrong_together_in_the_words_of_the_command_line(
    page: SimulatorPage, qtbot: QtBot, control: Watched
) -> None:
    form = page.form
    form.choose("slow")
    form.amount.setValue(7)
    form.also.click()
    form.choose("503")
    assert form.order.text().endswith("fault slow=7 503 --times 1")
    form.also.click()
    form.choose("clock")
    form.service.setCurrentText("sibr")
    assert form.service.isEnabled()
    assert form.disturbance.faults == (FaultChoice("slow", 7.0), FaultChoice("503"), FaultChoice("clock", 30.0))
    QTest.mouseClick(button(form, "faultTogether-503"), Qt.MouseButton.LeftButton)
    assert form.order.text().endswith("fault slow=7 clock=30 --for sibr --times 1")
    form.choose("slow")
    form.amount.setValue(9)
    assert form.order.text().endswith("fault slow=9 --for sibr --times 1"), "one of a name, as it is chosen now"
    form.choose("503")
    form.arrange.click()
    qtbot.waitUntil(lambda: bool(rows(page)))
    assert not form.together.isVisible()
    assert control.state().arranged[0].disturbance.faults == (FaultChoice("slow", 7.0), FaultChoice("503"))
    assert rows(page)[0][1] == "Slow answer, 7 seconds; 503 Service Unavailable"
    assert rows(page)[0][5] == "fault slow=7 503 --for sibr --times 1"


def test_what_cannot_go_together_stays_in_the_form(page: SimulatorPage, qtbot: QtBot) -> None:
    page.form.choose("slow")
    page.form.also.click()
    page.form.choose("503")
    page.form.service.setCurrentText("sibr/Nothing")
    page.form.arrange.click()
    qtbot.waitUntil(lambda: bool(page.findChildren(Notice)))
    assert page.form.together.faults == (FaultChoice("slow", 5.0),)


def button(inside: QWidget, name: str) -> QToolButton:
    found = inside.findChild(QToolButton, name)
    assert found is not None
    return found


def test_what_befalls_every_service_asks_for_none(page: SimulatorPage) -> None:
    page.form.service.setCurrentText("sibr")
    page.form.choose("expired")
    assert not page.form.service.isEnabled()
    assert page.form.disturbance == Disturbance((FaultChoice("expired"),), times=1)
    page.form.choose("clock")
    assert not page.form.times.isEnabled()
    assert page.form.disturbance == Disturbance((FaultChoice("clock", 30.0),))
    page.form.choose("503")
    page.form.times.setValue(0)
    assert page.form.times.text() == "until taken back"
    assert page.form.disturbance == Disturbance((FaultChoice("503"),), "sibr")


def test_one_is_taken_back_and_then_all(page: SimulatorPage, qtbot: QtBot, control: Watched) -> None:
    for count, name in enumerate(("503", "slow", "expired"), 1):
        page.form.choose(name)
        page.form.arrange.click()
        qtbot.waitUntil(lambda count=count: len(rows(page)) == count)  # type: ignore[misc]
    page.arranged.selectRow(1)
    page.withdraw.click()
    qtbot.waitUntil(lambda: [row[0] for row in rows(page)] == ["1", "3"])
    page.arranged.selectRow(1)
    page.arranged.setFocus()
    QTest.keyClick(page.arranged, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: [row[0] for row in rows(page)] == ["1"])
    page.calm.click()
    qtbot.waitUntil(lambda: not rows(page))
    assert control.state().arranged == ()


def test_what_cannot_be_is_told_where_it_was_asked(page: SimulatorPage, qtbot: QtBot) -> None:
    page.form.service.setCurrentText("sibr/Nothing")
    page.form.arrange.click()
    qtbot.waitUntil(lambda: bool(page.findChildren(Notice)))
    assert "Do you mean sibr?" in page.findChildren(Notice)[0].text
    page.form.service.setCurrentText("sibr")
    page.form.arrange.click()
    qtbot.waitUntil(lambda: bool(rows(page)) and not page.findChildren(Notice))


def test_what_came_is_seen_without_being_asked_for(page: SimulatorPage, qtbot: QtBot, control: Watched) -> None:
    received = (replace(HEARD, service="first"), HEARD)
    control.now = replace(control.now, received=received, failures=("handshake: no",), skew=timedelta(hours=2))
    qtbot.waitUntil(lambda: page.received.rows.rowCount() == 2)
    assert page.received.rows.row(0) == ("20:01:02", "sibr/X v4 ap", "accepted", "503", "5,523", "Jo x1")
    assert page.received.isVisible()
    assert "+120 minutes" in page.state_words
    assert page.calm.isEnabled()
    page.forget.click()
    qtbot.waitUntil(lambda: control.forgotten == 1 and not page.received.isVisible())


def test_the_keyboard_goes_from_top_to_bottom(page: SimulatorPage, qtbot: QtBot, control: Watched) -> None:
    control.now = replace(control.now, received=(HEARD,), skew=timedelta(hours=2))
    page.form.arrange.click()
    qtbot.waitUntil(lambda: bool(rows(page)) and page.received.isVisible())
    page.arranged.selectRow(0)
    page.setFocus()
    seen = []
    for _ in range(12):
        widget = QApplication.focusWidget()
        if widget is None or widget.objectName() in seen:
            break
        seen.append(widget.objectName())
        QTest.keyClick(widget, Qt.Key.Key_Tab)
    assert [name for name in seen if name.startswith(("fault", "simulator", "play", "arranged", "received"))] == [
        "faultKind",
        "faultAlso",
        "faultService",
        "faultTimes",
        "faultShare",
        "faultArrange",
        "faultWithdraw",
        "simulatorCalm",
        "arrangedTable",
        "playExchange",
        "simulatorForget",
        "receivedTable",
    ], seen


def test_a_page_that_is_not_seen_asks_nothing(page: SimulatorPage, qtbot: QtBot, control: Watched) -> None:
    before = control.asked
    qtbot.waitUntil(lambda: control.asked > before)
    page.hide()
    assert not page.watching
    page.show()
    assert page.watching


def test_an_exchange_is_played_and_what_is_none_is_told(
    page: SimulatorPage, qtbot: QtBot, files: FakeFiles, control: Watched
) -> None:
    qtbot.waitUntil(lambda: "answers as it should" in page.state_words)
    page.played.play.click()
    assert files.asked == ["exchange"]
    files.exchange = Path("/somewhere/no-exchange.txt")
    page.played.play.click()
    qtbot.waitUntil(lambda: bool(page.findChildren(Notice)))
    assert "no-exchange.txt is no saved exchange" in page.findChildren(Notice)[0].text
    files.exchange = Path("/somewhere/clean-bids.zip")
    page.played.play.click()
    qtbot.waitUntil(lambda: page.played.table.rows.rowCount() == 1)
    assert page.played.table.rows.row(0) == ("clean-bids", "200", "0")
    assert page.played.table.isVisible()
    page.played.stop.click()
    qtbot.waitUntil(lambda: not page.played.table.isVisible())
    assert control.now.playing == ()
