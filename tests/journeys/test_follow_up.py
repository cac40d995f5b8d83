"""What comes after a submit, through the real window, the journal and the simulator."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QPushButton
from pytestqt.qtbot import QtBot

from caiso_desktop.contract.reading import read
from caiso_desktop.model.answer import RECEIVED, Outcome
from caiso_desktop.model.call import Call
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.guard import hash_of
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.model.source import PayloadFile
from caiso_desktop.model.transport import ignore_progress
from caiso_desktop.ui.draft_panel import DraftPanel
from caiso_desktop.ui.rows_table import RowsTable
from tests.dossier.conftest import SUBMIT
from tests.journeys.conftest import Desk


def next_button(desk: Desk, panel: DraftPanel) -> QPushButton:
    def found() -> QPushButton | None:
        return panel.answer.findChild(QPushButton, "followUpButton")

    desk.until(lambda: found() is not None)
    button = found()
    assert button is not None
    return button


def follow(desk: Desk, panel: DraftPanel) -> DraftPanel:
    """Press what is offered next."""
    before = len(desk.window.drafts.panels)
    next_button(desk, panel).click()
    desk.until(lambda: len(desk.window.drafts.panels) > before)
    opened = desk.window.drafts.current
    assert opened is not None
    return opened


def test_bids_are_followed_step_by_step_with_what_they_said(desk: Desk) -> None:
    bids = desk.draft("SubmitRawBidSet", "v4", Variant.AP)
    said = read(bids.desk.draft.to_bytes())
    assert said.trade_dates
    desk.send(bids)
    assert bids.desk.exchange is not None
    assert bids.desk.exchange.answer is not None
    assert RECEIVED in bids.answer.summary.text
    events = bids.answer.findChild(RowsTable, "eventsTable")
    assert events is not None
    headers = [events.rows.headerData(at, Qt.Orientation.Horizontal) for at in range(events.rows.columnCount())]
    assert headers == ["Result", "Description", "Created"], "what is empty, or said twice, takes no room"
    assert events.rows.row(0)[2].endswith((" PST", " PDT"))

    results = follow(desk, bids)
    assert results.desk.target is not None
    assert (results.desk.target.service, results.desk.target.version) == ("RetrieveCurrentBidResults", "v4")
    asked = read(results.desk.draft.to_bytes())
    assert asked.trade_dates == said.trade_dates
    assert results.desk.exchange is None
    assert "Taken over" in results.bar.news
    assert said.scheduling_coordinators[0] in results.desk.draft.text
    desk.send(results)

    clean = follow(desk, results)
    assert clean.desk.target is not None
    assert clean.desk.target.service == "RetrieveCleanBidSet"
    assert read(clean.desk.draft.to_bytes()).trade_dates == said.trade_dates
    desk.send(clean)
    assert clean.desk.exchange is not None
    assert clean.desk.exchange.succeeded


@pytest.mark.parametrize("large", [False, True], ids=["held", "in a file"])
def test_what_was_submitted_is_known_after_a_restart(qtbot: QtBot, own_desk: Desk, large: bool) -> None:
    desk = own_desk
    filling = b"<!--" + b" filling" * 300_000 + b"-->" if large else b""
    payload = SUBMIT.replace(b"SCQQ", b"SCZZ").replace(b"<MessagePayload>", filling + b"<MessagePayload>", 1)
    target = Target("sibr", "SubmitRawBidSet", "v4", Variant.AP)
    bids = desk.draft("SubmitRawBidSet", "v4", Variant.AP)
    identity = bids.desk.identity
    assert identity is not None
    file = desk.folder / "bids.xml"
    file.write_bytes(payload)
    source = PayloadFile.of(file) if large else payload
    call = Call("simulator", target, source, identity, despite=hash_of(source))
    exchange = desk.house.courier.carry(call, CancelToken(), ignore_progress)
    assert exchange.succeeded
    file.unlink()
    bids.desk.set_exchange(exchange)
    results = follow(desk, bids)
    assert "SCZZ" in results.desk.draft.text
    desk.send(results)
    assert results.desk.exchange is not None
    assert results.desk.exchange.succeeded
    draft, settings = results.id, desk.settings
    desk.window.close()
    assert desk.jobs.close(10)

    again = Desk(qtbot, desk.house, desk.folder, settings=settings)
    again.until(lambda: any(panel.id == draft for panel in again.window.drafts.panels))
    results = next(panel for panel in again.window.drafts.panels if panel.id == draft)
    again.until(lambda: results.following.origin is not None)
    origin = results.following.origin
    assert origin is not None
    assert (origin.payload, origin.batch, origin.exchange) == (b"", "", exchange.id)
    # Nothing in the retrieve itself tells whose bids they were: only the journal does.
    results.desk.set_draft(Draft(results.desk.draft.text.replace("SCZZ", "")))
    again.send(results)
    clean = follow(again, results)
    assert clean.desk.target is not None
    assert clean.desk.target.service == "RetrieveCleanBidSet"
    assert "SCZZ" in clean.desk.draft.text
    again.window.drafts.close_tab(again.window.drafts.tabs.indexOf(clean))
    assert clean.id not in (settings.get("watch.open") or "")
    again.close()


def test_a_request_that_was_answered_before_is_begun_with(own_desk: Desk) -> None:
    earlier = own_desk.draft("RetrieveCurrentBidResults", "v4", Variant.AP)
    earlier.payload.editor.replace_all(
        earlier.desk.draft.text.replace("<MessagePayload>", "<MessagePayload><scID>OLD</scID><mine>kept</mine>")
    )
    own_desk.send(earlier)
    assert earlier.desk.exchange is not None
    assert earlier.desk.exchange.succeeded
    bids = own_desk.draft("SubmitRawBidSet", "v4", Variant.AP)
    own_desk.send(bids)
    results = follow(own_desk, bids)
    assert "<mine>kept</mine>" in results.desk.draft.text
    [coordinator] = read(results.desk.draft.to_bytes()).scheduling_coordinators
    assert coordinator in bids.desk.draft.text


def test_it_asks_by_itself_once_the_user_has_said_so(own_desk: Desk) -> None:
    trades = own_desk.draft("SubmitRawTradeSet", "", Variant.AP)
    own_desk.send(trades)
    next_button(own_desk, trades)
    box = trades.answer.findChild(QCheckBox, "followByItselfBox")
    assert box is not None
    assert not box.isChecked()
    sent = len(own_desk.simulator.requests)
    box.click()
    own_desk.send(trades)
    own_desk.until(lambda: len(own_desk.window.drafts.panels) == 3)
    services = [panel.desk.target.service for panel in own_desk.window.drafts.panels if panel.desk.target]
    assert services == ["SubmitRawTradeSet", "RetrieveTradeResults", "RetrieveFinalTradeSet"]
    own_desk.until(lambda: len(own_desk.simulator.requests) == sent + 3)
    assert own_desk.window.drafts.current is trades


def test_a_failed_submit_offers_nothing(desk: Desk) -> None:
    bids = desk.draft("SubmitRawBidSet", "v4", Variant.AP)
    bids.payload.editor.replace_all(bids.desk.draft.text.replace("RawBidSet", "RawBidSets"))
    desk.send(bids)
    despite = bids.answer.findChild(QPushButton, "sendDespiteButton")
    if despite is not None:
        despite.click()
        desk.until(lambda: not bids.call.under_way)
    assert bids.desk.exchange is None or (
        bids.desk.exchange.answer is not None and bids.desk.exchange.answer.outcome is Outcome.ERROR
    )
    assert bids.answer.findChild(QPushButton, "followUpButton") is None
