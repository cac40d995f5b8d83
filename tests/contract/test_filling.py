from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from caiso_desktop.contract.filling import fill
from caiso_desktop.contract.reading import read
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.reading import Reading
from caiso_desktop.model.trade_hour import TradeHour

DAY = date(2026, 3, 10)
BIDS = Reading(
    scheduling_coordinators=("SC01",),
    trade_dates=(DAY,),
    hours=(TradeHour(DAY, 7), TradeHour(DAY, 8)),
    resources=("UNIT_1", "UNIT_2 & Sons"),
)
ASKING = """<r:Request xmlns:r="urn:r">
  <MessageHeader><TimeDate>2026-01-01T00:00:00Z</TimeDate><startTime>kept</startTime></MessageHeader>
  <MessagePayload>
    <!-- Trade date 2026-01-01 Pacific, in GMT. -->
    <Record>
      <dateTimeStart>2026-01-01T08:00:00Z</dateTimeStart>
      <dateTimeEnd>2026-01-02T08:00:00Z</dateTimeEnd>
      <marketType>DAM</marketType>
      <SchedulingCoordinatorList><schedulingCoordinator>OLD</schedulingCoordinator></SchedulingCoordinatorList>
      <RegisteredGenerator><mRID>A</mRID></RegisteredGenerator>
      <ResourceList>
        <resourceId>A</resourceId>
        <resourceId>B</resourceId>
        <resourceId>C</resourceId>
      </ResourceList>
    </Record>
  </MessagePayload>
</r:Request>
"""


def values(text: str, name: str) -> list[str]:
    return [found.text or "" for found in etree.fromstring(text.encode()).iter(f"{{*}}{name}")]


def test_what_the_submit_said_stands_where_the_request_wants_it() -> None:
    filled = fill(Draft(ASKING), BIDS)
    text = filled.draft.text
    assert values(text, "dateTimeStart") == ["2026-03-10T13:00:00Z"]
    assert values(text, "dateTimeEnd") == ["2026-03-10T15:00:00Z"]
    assert values(text, "schedulingCoordinator") == ["SC01"]
    assert values(text, "resourceId") == ["UNIT_1", "UNIT_2 & Sons"]
    assert values(text, "mRID") == ["UNIT_1"]
    assert values(text, "marketType") == ["DAM"]
    assert values(text, "startTime") == ["kept"]
    assert "Trade date 2026-03-10 Pacific" in text
    assert "\n        <resourceId>UNIT_2" in text
    assert filled.taken == ("scheduling coordinator", "trade date", "hours", "resources")
    assert filled.left == ()
    assert filled.draft.revision == 1


def test_what_finds_no_place_is_named_in_a_comment() -> None:
    request = "<R><MessagePayload><dateTimeStart/><dateTimeEnd></dateTimeEnd></MessagePayload></R>"
    filled = fill(Draft(request), BIDS)
    assert values(filled.draft.text, "dateTimeStart") == ["2026-03-10T13:00:00Z"]
    assert filled.left == ("scheduling coordinator", "resources")
    assert "scheduling coordinator SC01; resources UNIT_1, UNIT_2 & Sons" in filled.draft.text
    assert "Taken over: trade date, hours." in filled.words
    etree.fromstring(filled.draft.text.encode())


def test_a_market_is_asked_for_by_its_first_hour() -> None:
    request = (
        "<R><MessagePayload><MarketStartTime>x</MarketStartTime><MarketEndTime>x</MarketEndTime></MessagePayload></R>"
    )
    day_ahead = fill(Draft(request), BIDS).draft.text
    assert values(day_ahead, "MarketStartTime") == ["2026-03-10T07:00:00Z"]
    assert values(day_ahead, "MarketEndTime") == ["2026-03-10T08:00:00Z"]
    hour = Reading(trade_dates=(DAY,), hours=(TradeHour(DAY, 7),))
    assert values(fill(Draft(request), hour).draft.text, "MarketStartTime") == ["2026-03-10T13:00:00Z"]


def test_a_short_day_is_asked_for_from_its_own_midnight_to_midnight() -> None:
    filled = fill(Draft(ASKING), Reading(trade_dates=(date(2026, 3, 8),))).draft.text
    assert values(filled, "dateTimeStart") == ["2026-03-08T08:00:00Z"]
    assert values(filled, "dateTimeEnd") == ["2026-03-09T07:00:00Z"]


def test_a_batch_is_asked_for_alone() -> None:
    request = (
        "<B><MessagePayload><BatchStatus>\n<mRID></mRID></BatchStatus><startTime>x</startTime></MessagePayload></B>"
    )
    filled = fill(Draft(request), BIDS, "B-7")
    assert values(filled.draft.text, "mRID") == ["B-7"]
    assert values(filled.draft.text, "startTime") == ["x"]
    assert (filled.taken, filled.left) == (("batch",), ())


@pytest.mark.parametrize("text", ["", "no XML", "<a><b></a>", "<!DOCTYPE a><a/>"])
def test_what_cannot_be_read_is_left_as_it_is(text: str) -> None:
    assert fill(Draft(text), BIDS).draft.text == text


NAMES = st.sampled_from(["resourceId", "startTime", "endTime", "tradeDate", "schedulingCoordinator", "mw", "List"])


@given(st.recursive(st.tuples(NAMES, st.just("v")), lambda kids: st.tuples(NAMES, st.lists(kids, max_size=4))))
def test_a_request_stays_well_formed_and_a_second_filling_changes_nothing(tree: object) -> None:
    def written(node: Any) -> str:
        name, inner = node
        said = inner if isinstance(inner, str) else "".join(map(written, inner))
        return f"<{name}>{said}</{name}>"

    request = f"<R><MessagePayload>{written(tree)}</MessagePayload></R>"
    once = fill(Draft(request), BIDS)
    read(once.draft.text.encode())
    again = fill(once.draft, BIDS)
    assert again.taken == once.taken
    etree.fromstring(again.draft.text.encode())


def test_what_was_noted_of_another_submit_is_not_kept() -> None:
    asking = "<R><MessagePayload>\n  <tradeDate>2026-01-01</tradeDate>\n</MessagePayload></R>"
    first = fill(Draft(asking), BIDS)
    assert "SC01" in first.draft.text
    other = fill(first.draft, Reading(scheduling_coordinators=("SC02",), trade_dates=(DAY,)))
    assert other.left == ("scheduling coordinator",)
    assert "SC01" not in other.draft.text
    assert "UNIT_1" not in other.draft.text
    assert other.draft.text.count("The submit named also") == 1


@pytest.mark.parametrize(
    ("asking", "left"),
    [
        ("<MarketStartTime>2026-01-01T08:00:00Z</MarketStartTime>", "other trade dates"),
        ("<tradeDate>2026-01-01</tradeDate>", "other trade dates"),
        ("<startDate>2026-01-01</startDate><endDate>2026-01-01</endDate>", ""),
        ("<tradeDate>2026-01-01</tradeDate><from><dateTimeStart>2026-01-01T08:00:00Z</dateTimeStart></from>", ""),
    ],
)
def test_a_trade_date_for_which_there_is_no_room_is_named(asking: str, left: str) -> None:
    days = (date(2026, 10, 31), date(2026, 11, 1))
    filled = fill(Draft(f"<R><MessagePayload>{asking}</MessagePayload></R>"), Reading(trade_dates=days))
    assert "trade date" in filled.taken
    assert filled.left == ((left,) if left else ())
    assert ("other trade dates 2026-11-01" in filled.draft.text) is bool(left)


def test_a_resource_for_which_there_is_no_room_is_named() -> None:
    one = "<RegisteredGenerator><mRID>A</mRID></RegisteredGenerator>"
    many = "<ResourceList><resourceId>A</resourceId></ResourceList>"
    said = Reading(resources=("U1", "U2", "U3"))
    filled = fill(Draft(f"<R><MessagePayload>{one}</MessagePayload></R>"), said)
    assert (filled.taken, filled.left) == (("resources",), ("other resources",))
    assert "other resources U2, U3" in filled.draft.text
    assert fill(Draft(f"<R><MessagePayload>{one}{many}</MessagePayload></R>"), said).left == ()
