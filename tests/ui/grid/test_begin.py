"""Rows that begin in the grid: of an empty payload, or in place of a sample that nobody has touched."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from caiso_desktop.contract.beginning import begin, row_ways
from caiso_desktop.contract.outline import outline
from caiso_desktop.contract.sample import sample_of_way
from caiso_desktop.contract.table import OutlineGrids
from caiso_desktop.model.call import Problem
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.fake import FakePayloads
from caiso_desktop.model.fake_shape import NAMESPACE, bid_set_shape
from caiso_desktop.model.outline import Outline
from caiso_desktop.model.service import Target
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.grid.panel import GridPanel
from caiso_desktop.ui.jobs import Jobs
from tests.ui.grid.test_panel import Hand

SHAPE = bid_set_shape()
SEGMENTS = tuple(f"{{{NAMESPACE}}}{name}" for name in ("BidSet", "MessagePayload", "Bid", "Product", "Hour", "Segment"))
BID = "<Bid number='1'><resource>X</resource></Bid>"
SAMPLE = f"<BidSet xmlns='{NAMESPACE}'><MessagePayload>{BID}</MessagePayload></BidSet>"
COLUMNS = ["@number", "resource", "comment", "product", "start", "end", "mustOffer", "number", "mw", "price"]


class Payloads(FakePayloads):
    """Reads, and begins by the fake bid set's shape."""

    def __init__(self) -> None:
        super().__init__()
        self.known = SHAPE
        day, now = date(2026, 3, 10), datetime(2026, 3, 9, 18, tzinfo=UTC)
        self.begun = {
            way: begin(SHAPE, way, lambda names: sample_of_way(SHAPE, names, day, now)) for way in row_ways(SHAPE)
        }

    def outline(self, draft: Draft) -> Outline | Problem:
        """What the contract reads."""
        return outline(draft)


@pytest.fixture
def fresh() -> list[bool]:
    """Whether nothing of the user's is in the payload."""
    return [True]


@pytest.fixture
def payloads() -> Payloads:
    """What reads and begins payloads."""
    return Payloads()


@pytest.fixture
def hand(
    qtbot: QtBot, catalogue: Catalogue, submit: Target, window_jobs: Jobs, payloads: Payloads, fresh: list[bool]
) -> Iterator[Hand]:
    desk = Desk(catalogue.environments[0], submit)
    panel = GridPanel(desk, payloads, OutlineGrids(), window_jobs, fresh=lambda: fresh[0])
    qtbot.addWidget(panel)
    panel.resize(900, 400)
    panel.show()
    hand = Hand(qtbot, panel, desk)
    hand.ready()
    yield hand


def titles(hand: Hand) -> list[str]:
    return [column.title for column in hand.panel.table.columns]


def test_an_empty_payload_has_the_columns_of_its_rows_and_one_that_is_empty(hand: Hand) -> None:
    assert hand.panel.table.kind is not None
    assert hand.panel.table.kind.names == SEGMENTS
    assert titles(hand) == COLUMNS
    assert hand.shown == [[""] * len(COLUMNS)]
    assert "Nothing is in the payload yet" in hand.panel.notes.text()
    assert hand.desk.draft == Draft(""), "what is only looked at changes nothing"
    assert hand.panel.leave() is None


def test_rows_from_a_spreadsheet_become_the_payload_as_one_step(hand: Hand) -> None:
    hand.at(0, 0)
    hand.paste(
        "1\tUNIT_7\t\tEN\t2026-03-10 HE1\t2026-03-10 HE1\t\t1\t10\t1,234.5\r\n"
        "1\tUNIT_7\t\tEN\t2026-03-10 HE1\t2026-03-10 HE1\t\t2\t20\t1,250.25\r\n"
        "2\tUNIT_8\tlate\tSR\t2026-03-10 HE2\t2026-03-10 HE2\t\t1\t5\t7\r\n"
    )
    assert len(hand.steps) == 1
    text = hand.desk.draft.text
    assert [text.count(f"<{name}") for name in ("Bid ", "Product>", "Hour>", "Segment>")] == [2, 2, 2, 3]
    assert text.count("<comment>") == 1, "what nobody said is not there"
    assert "<price>1234.5</price>" in text
    assert "<start>2026-03-10T07:00:00Z</start>" in text
    assert text.count("<MessageHeader>") == 1
    hand.ready()
    assert len(hand.shown) == 3
    assert titles(hand) == COLUMNS, "what may be said stays in sight"
    hand.at(0, 2)
    hand.type("early")
    assert "<resource>UNIT_7</resource>" in hand.desk.draft.text
    assert hand.desk.draft.text.count("<comment>") == 2


def test_a_cell_that_is_written_first_begins_the_payload_too(hand: Hand) -> None:
    hand.at(0, 1)
    hand.type("UNIT_7")
    hand.ready()
    assert "<resource>UNIT_7</resource>" in hand.desk.draft.text
    assert len(hand.shown) == 1
    assert titles(hand) == COLUMNS
    hand.at(0, 8)
    hand.type("12")
    assert "<mw>12</mw>" in hand.desk.draft.text


def test_other_rows_may_begin_while_nothing_of_the_user_s_is_there(hand: Hand, fresh: list[bool]) -> None:
    hand.desk.set_draft(Draft(SAMPLE, revision=1))
    hand.ready()
    box = hand.panel.head.kinds
    offered = [box.itemText(row) for row in range(box.count())]
    assert offered[0].startswith("Bid (")
    assert "Begin with Hour in Bid" in offered
    row = offered.index("Begin with Hour in Bid")
    box.setFocus()
    box.setCurrentIndex(row - 1)
    QTest.keyClick(box, Qt.Key.Key_Down)
    hand.qtbot.waitUntil(lambda: hand.panel.ready and "product" in titles(hand))
    assert hand.desk.draft.text == SAMPLE
    assert box.currentText() == "Begin with Hour in Bid"
    hand.at(0, 1)
    hand.type("UNIT_7")
    fresh[0] = False
    hand.ready()
    assert "<resource>UNIT_7</resource>" in hand.desk.draft.text
    assert "<resource>X" not in hand.desk.draft.text
    hand.panel.read()
    hand.qtbot.waitUntil(lambda: all("Begin with" not in box.itemText(at) for at in range(box.count())))


def test_without_a_schema_an_empty_payload_says_what_to_do(hand: Hand, payloads: Payloads) -> None:
    payloads.begun = {}
    hand.panel.read()
    hand.qtbot.waitUntil(lambda: "The payload is empty" in hand.panel.empty_words)
