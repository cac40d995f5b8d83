"""A payload that is judged while it is written, sent in spite of it, and judged again by the simulator."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from caiso_desktop.model.answer import Outcome
from caiso_desktop.model.journal import Filter
from caiso_desktop.model.judgement import Conformity
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.ui.draft_panel import DraftPanel
from tests.journeys.conftest import Desk


def bids(desk: Desk) -> DraftPanel:
    panel = desk.draft("SubmitRawBidSet", "v4", Variant.DOCATTACH)
    desk.until(lambda: panel.payload.judgement is not None)
    return panel


def replace(panel: DraftPanel, before: str, after: str) -> None:
    view = panel.payload.editor.view()
    assert before in view
    panel.payload.editor.replace_all(view.replace(before, after))


def test_a_draft_begins_valid_and_each_mistake_is_told_with_the_way_there(desk: Desk) -> None:
    panel = bids(desk)
    assert panel.payload.problem.text.startswith("Valid · The simulator's own shape, not CAISO's")
    replace(panel, "<productType>EN<", "<productType>POWER<")
    replace(panel, "<selfSchedMW>0<", "<selfSchedMW>1,5<")
    desk.until(lambda: panel.payload.problems.isVisible())
    assert panel.payload.problem.text.startswith("2 problems: <productType>: “POWER” is not one of the allowed values")
    QTest.keyClick(desk.window, Qt.Key.Key_F8)
    QTest.keyClick(desk.window, Qt.Key.Key_F8)
    assert "<selfSchedMW>1,5" in panel.payload.editor.textCursor().block().text()


def test_what_breaks_its_schema_is_sent_after_one_word_and_the_simulator_says_the_same(desk: Desk) -> None:
    panel = bids(desk)
    replace(panel, "<productType>EN<", "<productType>POWER<")
    desk.until(lambda: panel.payload.judgement is not None and panel.payload.judgement.conformity is Conformity.INVALID)
    panel.bar.send.click()
    desk.until(lambda: panel.answer.summary.findChild(QPushButton, "sendDespiteButton") is not None)
    assert not desk.simulator.requests
    despite = panel.answer.summary.findChild(QPushButton, "sendDespiteButton")
    assert despite is not None
    despite.click()
    desk.until(lambda: panel.desk.exchange is not None and not panel.call.under_way)
    assert "does not match the schema" in panel.answer.summary.text
    newest = next(iter(desk.house.journal.all(Filter())))
    assert (newest.record.conformity, newest.record.problems, newest.record.confirmed) == ("invalid", 1, True)


def test_a_valid_bid_set_is_taken_and_a_full_sample_is_one(desk: Desk) -> None:
    panel = bids(desk)
    panel.payload.fill()
    desk.until(lambda: "<LoadBid>" in panel.payload.editor.view())
    desk.until(lambda: panel.payload.problem.text.startswith("Valid"))
    desk.send(panel)
    exchange = panel.desk.exchange
    assert exchange is not None
    assert exchange.answer is not None
    assert exchange.answer.outcome is Outcome.SUCCESS


def test_the_simulator_s_shape_opened_elsewhere_is_barred_before_it_is_sent(desk: Desk) -> None:
    own = bids(desk).desk.draft
    selector = desk.window.bar.selector
    selector.setCurrentIndex(selector.findData("map-stage"))
    selector.activated.emit(selector.currentIndex())
    panel = desk.window.open_draft(Target("sibr", "SubmitRawBidSet", "v4", Variant.DOCATTACH))
    desk.until(lambda: bool(panel.desk.draft.text))
    assert "caiso-desktop" not in panel.desk.draft.text, "there it begins by rule"
    panel.payload.show_draft(own)
    desk.until(lambda: panel.payload.judgement is not None and panel.payload.judgement.barred)
    assert "is not sent there" in panel.payload.problem.text
