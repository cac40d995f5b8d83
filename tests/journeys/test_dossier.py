"""An exchange is saved beside its answer or from the history, and opened by somebody else, who cannot send it."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from caiso_desktop.model.dossier import Hidden
from caiso_desktop.model.journal import Standing
from caiso_desktop.model.service import Variant
from caiso_desktop.simulator import fault
from caiso_desktop.simulator.server import COMMON_NAME
from caiso_desktop.ui.dossier.page import DossierPage
from caiso_desktop.ui.file_choice import Destination
from tests.journeys.conftest import Desk


def opened(desk: Desk, path: Path) -> DossierPage:
    desk.files.exchange = path
    desk.window.dossiers.choose()
    page = desk.window.drafts.tabs.currentWidget()
    assert isinstance(page, DossierPage)
    return page


@pytest.mark.parametrize("market", [False, True])
def test_saved_beside_the_answer_and_opened_read_only(desk: Desk, tmp_path: Path, market: bool) -> None:
    panel = desk.draft("RetrieveCleanBidSet", "v4", Variant.AP)
    desk.send(panel)
    place = tmp_path / "exchange.caiso.zip"
    desk.files.destination = Destination(place, replace=False)
    panel.answer.hand_on(Hidden(market=market))
    desk.until(lambda: "Saved for somebody else" in panel.answer.said)
    assert "user names" in panel.answer.said
    page = opened(desk, place)
    desk.until(lambda: page.dossier is not None)
    assert "can be looked at, not sent" in page.text
    assert "RetrieveCleanBidSet v4 in Simulator" in page.text
    assert "Success" in page.answer.summary.text
    assert COMMON_NAME not in page.text
    assert COMMON_NAME not in page.answer.views.details.text
    assert "User 1" in page.answer.views.details.text
    assert page.findChild(QPushButton, "sendButton") is None
    calls = len(desk.simulator.requests)
    QTest.keyClick(desk.window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert len(desk.simulator.requests) == calls
    drafts = len(desk.window.drafts.panels)
    draft = page.findChild(QPushButton, "openDossierAsDraft")
    assert draft is not None
    draft.click()
    assert len(desk.window.drafts.panels) == drafts + 1
    current = desk.window.drafts.current
    assert current is not None
    assert current.desk.draft.text == panel.desk.draft.text
    desk.window.drafts.close_tab(desk.window.drafts.tabs.indexOf(page))


def test_a_call_that_failed_is_handed_on_from_the_history(desk: Desk, tmp_path: Path) -> None:
    panel = desk.draft("RetrieveCleanBidSet", "v4", Variant.DOCATTACH)
    desk.simulator.arrange(fault.NotEntitled())
    desk.send(panel)
    history = desk.window.history
    desk.until(lambda: bool(history.entries) and history.entries[0].standing is Standing.ERROR)
    history.table.selectRow(0)
    place = tmp_path / "failed.caiso.zip"
    desk.files.destination = Destination(place, replace=False)
    history.verbs.hand_on(Hidden())
    desk.until(lambda: "Saved for somebody else" in history.said)
    page = opened(desk, place)
    desk.until(lambda: page.dossier is not None)
    assert "error" in page.text.lower()
    assert page.dossier is not None
    assert page.dossier.exchange.answer is not None
    assert page.dossier.exchange.answer.fault is not None
    desk.window.drafts.close_tab(desk.window.drafts.tabs.indexOf(page))


def test_saving_can_be_stopped_where_it_is_told(desk: Desk, tmp_path: Path) -> None:
    panel = desk.draft("RetrieveCleanBidSet", "v4", Variant.AP)
    desk.simulator.arrange(fault.HugeReport(3_000_000))
    desk.send(panel)
    place = tmp_path / "stopped.caiso.zip"
    desk.files.destination = Destination(place, replace=False)
    panel.answer.hand_on(Hidden())
    assert panel.answer.strip.isVisible()
    assert "Saving" in panel.answer.strip.text
    panel.answer.hand_on(Hidden())  # one at a time
    panel.answer.strip.stop.click()
    desk.until(lambda: panel.answer.said == "The exchange was not saved.")
    assert not panel.answer.strip.isVisible()
    history = desk.window.history
    desk.until(lambda: bool(history.entries))
    history.table.selectRow(0)
    history.verbs.hand_on(Hidden())
    assert history.strip.isVisible()
    history.strip.stop.click()
    desk.until(lambda: history.said == "The exchange was not saved.")
    assert list(tmp_path.glob("*.zip")) == []


def test_a_file_that_is_none_is_told_where_the_eye_is(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"no zip")
    page = opened(desk, tmp_path / "x.zip")
    desk.until(lambda: "no zip at all" in page.text)
    desk.window.drafts.close_tab(desk.window.drafts.tabs.indexOf(page))


def test_it_is_played_back_by_the_simulator_to_whom_it_was_sent(desk: Desk, tmp_path: Path) -> None:
    panel = desk.draft("RetrieveCleanBidSet", "v4", Variant.AP)
    desk.simulator.arrange(fault.NotEntitled())
    desk.send(panel)
    place = tmp_path / "exchange.caiso.zip"
    desk.files.destination = Destination(place, replace=False)
    panel.answer.hand_on(Hidden(market=True))
    desk.until(lambda: "Saved for somebody else" in panel.answer.said)
    desk.send(panel)
    assert "Success" in panel.answer.summary.text
    page = opened(desk, place)
    desk.until(lambda: page.dossier is not None)
    page.play.click()
    desk.until(lambda: "plays it back" in page.text)
    desk.window.drafts.tabs.setCurrentWidget(panel)
    desk.send(panel)
    assert "No right to this data" in panel.answer.summary.text
    desk.simulator.control.stop_playing()
    desk.send(panel)
    assert "Success" in panel.answer.summary.text
    desk.window.drafts.close_tab(desk.window.drafts.tabs.indexOf(page))
