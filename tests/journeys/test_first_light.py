"""From opening a service to a saved answer, and each thing that may go wrong on the way, as the user meets it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTableView

from caiso_desktop.model.answer import Outcome
from caiso_desktop.model.error import Cancelled, Fate
from caiso_desktop.model.service import Variant
from caiso_desktop.model.transport_error import ClientCertificateExpired, ClientCertificateRefused, CutOff
from caiso_desktop.simulator import fault
from caiso_desktop.ui.draft_panel import DraftPanel
from caiso_desktop.ui.file_choice import Destination
from tests.journeys.conftest import Desk

WSSE = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd}"


def outcome(panel: DraftPanel) -> Outcome:
    exchange = panel.desk.exchange
    assert exchange is not None
    assert exchange.answer is not None, exchange.failure
    return exchange.answer.outcome


def test_with_the_keyboard_from_the_filter_to_the_answer(desk: Desk) -> None:
    services = desk.window.services
    services.focus_filter()
    QTest.keyClicks(services.filter, "RetrieveCleanBidSet")
    QTest.keyClick(services.filter, Qt.Key.Key_Down)
    QTest.keyClick(services.view, Qt.Key.Key_Return)
    desk.until(lambda: desk.window.drafts.current is not None)
    panel = desk.window.drafts.current
    assert panel is not None
    desk.until(lambda: bool(panel.desk.draft.text))
    QTest.keyClick(desk.window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.until(lambda: panel.desk.exchange is not None)
    assert outcome(panel) is Outcome.SUCCESS
    assert desk.simulator.requests[-1].path.endswith("RetrieveCleanBidSet_SIBRv4_DocAttach_AP")


@pytest.mark.parametrize("variant", [Variant.AP, Variant.DOCATTACH])
def test_the_inner_report_is_the_answer_and_the_wire_form_lies_beside_it(desk: Desk, variant: Variant) -> None:
    panel = desk.draft("RetrieveMarketAwards", "v4", variant, "cmri")
    desk.send(panel)
    exchange = panel.desk.exchange
    assert exchange is not None
    assert exchange.answer is not None
    assert exchange.answer.report is not None
    assert exchange.response is not None
    root = etree.parse(exchange.answer.report).getroot()
    assert root.tag == "{http://www.caiso.com/soa/MarketAwards_v4.xsd#}MarketAwards"
    kind = "multipart/related" if variant is Variant.AP else "text/xml"
    assert (exchange.response.header("Content-Type") or "").startswith(kind)
    assert exchange.response.body.stat().st_size == exchange.response.size
    assert "Success" in panel.answer.summary.text


def test_the_answer_is_saved_and_never_over_another_one(desk: Desk, tmp_path: Path) -> None:
    panel = desk.draft("RetrieveCleanBidSet", "v4", Variant.AP)
    desk.send(panel)
    place = tmp_path / "saved.xml"
    desk.files.destination = Destination(place, replace=False)
    panel.answer.save()
    desk.until(lambda: "Saved as" in panel.answer.said)
    first = place.read_bytes()
    assert etree.QName(etree.fromstring(first)).localname == "CleanBidSet"
    place.write_bytes(b"precious")
    panel.answer.save()
    desk.until(lambda: "Saved as" not in panel.answer.said)
    assert place.read_bytes() == b"precious"


def test_a_fault_is_told_in_words_with_what_caiso_said(desk: Desk) -> None:
    panel = desk.draft("RetrieveCleanBidSet", "v4", Variant.DOCATTACH)
    desk.simulator.arrange(fault.NotEntitled())
    desk.send(panel)
    assert outcome(panel) is Outcome.ERROR
    assert "Invalid role and/or Entity list identifier." in panel.answer.summary.text


def test_no_data_is_an_answer(desk: Desk) -> None:
    panel = desk.draft("RetrieveMarketAwards", "v4", Variant.AP, "cmri")
    desk.simulator.arrange(fault.NoData())
    desk.send(panel)
    assert outcome(panel) is Outcome.NO_DATA
    assert panel.desk.exchange is not None
    assert panel.desk.exchange.succeeded


def test_a_call_is_cancelled_while_the_service_thinks(desk: Desk) -> None:
    panel = desk.draft("RetrieveCleanBidSet", "v4", Variant.AP)
    desk.simulator.arrange(fault.Delay(600))
    panel.bar.send.click()
    desk.until(lambda: len(desk.simulator.requests) == 1)
    panel.bar.cancel.click()
    desk.until(lambda: not panel.call.under_way)
    exchange = panel.desk.exchange
    assert exchange is not None
    assert isinstance(exchange.failure, Cancelled)
    assert exchange.fate is Fate.UNKNOWN
    assert len(desk.simulator.requests) == 1


@pytest.mark.parametrize("wrong", ["expired", "stranger"])
def test_a_wrong_certificate_is_told_apart(own_desk: Desk, wrong: str) -> None:
    now = datetime.now(UTC)
    issued = (
        own_desk.simulator.issue(not_before=now - timedelta(days=9), not_after=now - timedelta(days=2))
        if wrong == "expired"
        else own_desk.simulator.issue(stranger=True)
    )
    identity = own_desk.add_identity(issued)
    panel = own_desk.draft("RetrieveCleanBidSet", "v4", Variant.AP)
    panel.desk.set_identity(identity.ref, identity.certificate)
    own_desk.send(panel)
    exchange = panel.desk.exchange
    assert exchange is not None
    expected = ClientCertificateExpired if wrong == "expired" else ClientCertificateRefused
    assert isinstance(exchange.failure, expected), exchange.failure
    assert exchange.fate is Fate.NOT_SENT
    assert exchange.failure.title in panel.answer.summary.text
    assert own_desk.simulator.requests == ()


def test_a_certificate_without_access_is_an_answer_with_advice(own_desk: Desk) -> None:
    identity = own_desk.add_identity(own_desk.simulator.issue("No Access x0003", access=False))
    panel = own_desk.draft("RetrieveCleanBidSet", "v4", Variant.AP)
    panel.desk.set_identity(identity.ref, identity.certificate)
    own_desk.send(panel)
    assert outcome(panel) in (Outcome.ERROR, Outcome.UNREADABLE)
    assert "403" in panel.answer.summary.text


@pytest.mark.parametrize(
    ("spoiled", "expected"),
    [
        (fault.HtmlPage(), Outcome.UNREADABLE),
        (fault.BrokenGzip(), Outcome.UNREADABLE),
        (fault.WrongHash(), Outcome.ERROR),
        (fault.EmptyBody(), Outcome.UNREADABLE),
        (fault.EntityBomb(), Outcome.UNREADABLE),
        (fault.ExternalEntity(place=fault.Place.REPORT), Outcome.UNREADABLE),
        (fault.HiddenError(), Outcome.ERROR),
        (fault.Redirect(), Outcome.UNREADABLE),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, Outcome) else "",
)
def test_a_spoiled_answer_is_told_and_kept(desk: Desk, spoiled: fault.Fault, expected: Outcome) -> None:
    panel = desk.draft("RetrieveCleanBidSet", "v4", Variant.AP)
    desk.simulator.arrange(spoiled)
    desk.send(panel)
    assert outcome(panel) in (expected, Outcome.ERROR)
    exchange = panel.desk.exchange
    assert exchange is not None
    assert exchange.answer is not None
    assert exchange.response is not None
    assert exchange.answer.notes or exchange.answer.result or exchange.answer.fault
    assert not exchange.succeeded
    assert exchange.response.body.stat().st_size == exchange.response.size
    assert "root:" not in panel.answer.summary.text


def test_a_connection_cut_in_the_middle_keeps_what_came(desk: Desk) -> None:
    panel = desk.draft("RetrieveCleanBidSet", "v4", Variant.AP)
    desk.simulator.arrange(fault.CutOff(after=1500), times=None)
    desk.send(panel)
    exchange = panel.desk.exchange
    assert exchange is not None
    assert isinstance(exchange.failure, CutOff)
    assert exchange.failure.kept is not None
    assert 0 < exchange.failure.kept.stat().st_size <= 1500
    assert exchange.failure.title in panel.answer.summary.text


def test_a_retrieve_that_met_a_passing_trouble_is_tried_again_and_each_try_is_told(desk: Desk) -> None:
    panel = desk.draft("RetrieveCleanBidSet", "v4", Variant.AP)
    desk.simulator.arrange(fault.CutOff(after=None))
    desk.simulator.arrange(fault.Status(503))
    desk.send(panel)
    assert outcome(panel) is Outcome.SUCCESS
    exchange = panel.desk.exchange
    assert exchange is not None
    assert [each.trouble for each in exchange.earlier] == ["Connection cut off", "HTTP 503 Service Unavailable"]
    nonces = {etree.fromstring(request.body).findtext(".//{*}Nonce") for request in desk.simulator.requests}
    assert len(nonces) == len(desk.simulator.requests) == 3
    table = panel.answer.findChild(QTableView, "triesTable")
    assert table is not None
    assert table.model().rowCount() == 2
    desk.until(lambda: len(desk.window.history.entries) >= 3)


def test_a_submit_that_met_a_passing_trouble_is_not_sent_again(desk: Desk) -> None:
    panel = desk.draft("SubmitRawBidSet", "v4", Variant.AP)
    desk.simulator.arrange(fault.Status(503))
    desk.send(panel)
    assert outcome(panel) is Outcome.ERROR
    assert len(desk.simulator.requests) == 1


def test_each_send_is_signed_anew(desk: Desk) -> None:
    panel = desk.draft("RetrieveCleanBidSet", "v4", Variant.AP)
    desk.send(panel)
    desk.send(panel)
    first, second = (etree.fromstring(request.body) for request in desk.simulator.requests)
    nonces = [e.findtext(".//{*}Nonce") for e in (first, second)]
    assert nonces[0] != nonces[1]
    assert first.find(f".//{WSSE}BinarySecurityToken") is not None


def test_a_submit_to_production_is_refused_before_it_is_sent(desk: Desk) -> None:
    selector = desk.window.bar.selector
    selector.setCurrentIndex(selector.findData("production"))
    selector.activated.emit(selector.currentIndex())
    panel = desk.draft("SubmitRawBidSet", "v4", Variant.DOCATTACH)
    assert panel.bar.send.text().startswith("Review and send to Production")
    panel.send()
    desk.until(lambda: "No usable certificate" in panel.answer.summary.text)
    assert panel.guard.arming.permit is None
    assert not panel.call.under_way
