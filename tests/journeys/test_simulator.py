"""Somebody lets things go wrong in the simulator, and sees what the program makes of it."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest

from caiso_desktop.model.dossier import Hidden
from caiso_desktop.model.service import Variant
from caiso_desktop.model.simulation import Disturbance, FaultChoice
from caiso_desktop.simulator.fault import Status
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
    chip = desk.window.bar.availability
    desk.until(lambda: chip.words == "Something is arranged to go wrong")
    desk.send(panel)
    assert panel.desk.exchange is not None
    assert not panel.desk.exchange.succeeded
    desk.until(lambda: chip.words == "Runs on this computer")
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


def test_several_faults_are_put_together_and_wait_side_by_side(desk: Desk) -> None:
    panel = desk.draft("RetrieveCleanBidSet", "v4", Variant.AP)
    desk.window.simulator.open()
    page = opened(desk)
    page.form.times.setValue(1)
    page.form.choose("slow")
    page.form.amount.setValue(0)
    page.form.also.click()
    page.form.choose("not-entitled")
    page.form.arrange.click()
    desk.until(lambda: page.arranged.rows.rowCount() == 1)
    page.form.choose("broken-gzip")
    page.form.times.setValue(2)
    page.form.arrange.click()
    desk.until(lambda: page.arranged.rows.rowCount() == 2)
    orders = [page.arranged.rows.row(row)[5] for row in range(2)]
    assert orders == ["fault slow=0 not-entitled --times 1", "fault broken-gzip --times 2"]
    for words in ("No right to this data", "The attachment cannot be read"):
        desk.send(panel)
        assert words in panel.answer.summary.text
    desk.until(lambda: page.arranged.rows.rowCount() == 1)
    desk.until(lambda: page.received.rows.row(1)[3] == "slow=0 not-entitled")
    page.arranged.selectRow(0)
    page.withdraw.click()
    desk.until(lambda: page.arranged.rows.rowCount() == 0)
    desk.send(panel)
    assert panel.desk.exchange is not None
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


@pytest.mark.parametrize("market", [False, True], ids=["as it was", "with stand-ins"])
@pytest.mark.parametrize(
    ("service", "version", "variant", "application"),
    [
        ("RetrieveCleanBidSet", "v4", Variant.AP, "sibr"),
        ("RetrieveCleanBidSet", "v4", Variant.DOCATTACH, "sibr"),
        ("SubmitRawBidSet", "v4", Variant.AP, "sibr"),
        ("SubmitRawBidSet", "v4", Variant.DOCATTACH, "sibr"),
        ("APIWebService", "v7", Variant.RPC, "ads"),
    ],
)
def test_what_one_saw_another_sees(
    desk: Desk, tmp_path: Path, service: str, version: str, variant: Variant, application: str, market: bool
) -> None:
    panel = desk.draft(service, version, variant, application)
    desk.send(panel)
    first = panel.desk.exchange
    assert first is not None
    zipped = tmp_path / "seen.caiso.zip"
    desk.house.dossiers.save(first, zipped, Hidden(market=market), overwrite=False)

    # Somebody else opens the zip, lets the simulator play it, and makes the call that stands in it.
    dossier = desk.house.dossiers.open(zipped)
    desk.files.exchange = zipped
    desk.window.simulator.open()
    page = opened(desk)
    page.played.play.click()
    desk.until(lambda: page.played.table.rows.rowCount() == 1)
    desk.simulator.control.disturb(Disturbance((FaultChoice("clock", 2.0),)))  # by now it would say something else
    assert isinstance(dossier.exchange.call.payload, bytes)
    panel.payload.editor.replace_all(dossier.exchange.call.payload.decode())
    desk.send(panel)
    again = panel.desk.exchange
    assert again is not None
    assert again is not first
    assert again.response is not None
    assert dossier.exchange.response is not None
    assert again.response.body.read_bytes() == dossier.exchange.response.body.read_bytes()
    assert again.succeeded == first.succeeded
    desk.until(lambda: page.received.rows.row(0)[2] == "played back")
    page.played.stop.click()
    desk.until(lambda: not page.played.table.isVisible())


def test_what_is_arranged_is_said_when_the_page_is_closed_too(desk: Desk) -> None:
    panel = desk.draft("RetrieveCleanBidSet", "v4", Variant.AP)
    chip = desk.window.bar.availability
    desk.simulator.arrange(Status(404), times=2)
    desk.send(panel)
    desk.until(lambda: chip.words == "Something is arranged to go wrong")
    desk.send(panel)
    desk.until(lambda: chip.words == "Runs on this computer")
