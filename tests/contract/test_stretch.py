"""Trade date and hour-ending range in Pacific become GMT instants."""

from collections.abc import Sequence
from datetime import date

import pytest

from caiso_desktop.contract.day_shift.stretch import PayloadStretches
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import PayloadError, UsageError
from caiso_desktop.model.stretch import Stretch, set_hours
from caiso_desktop.model.trade_hour import TradeHour

REQUEST = """<R><MessageHeader><startTime>2026-01-01T00:00:00Z</startTime><endTime/></MessageHeader>\r
 <MessagePayload>\r
  <rangePeriod><end> 2026-03-08T07:00:00.000Z </end><start>2026-03-07T08:00:00.000Z</start></rangePeriod>\r
  <Q><MarketStartTime></MarketStartTime><MarketEndTime>{{trade_date.end}}</MarketEndTime></Q>\r
  <X><start>soon</start><end>2026-03-08T07:00:00Z</end></X>\r
 </MessagePayload></R>"""


def find(text: str) -> Sequence[Stretch]:
    return PayloadStretches().find(Draft(text))


def test_places_for_a_beginning_and_an_end_are_found() -> None:
    first, second = find(REQUEST)
    assert (first.record, first.line, first.start.name, first.end.name) == ("rangePeriod", 3, "start", "end")
    assert (first.first, first.last) == (TradeHour(date(2026, 3, 7), 1), TradeHour(date(2026, 3, 7), 23))
    assert (second.record, second.first, second.last) == ("Q", None, None)
    with pytest.raises(PayloadError):
        find("<a>")


def test_hours_are_written_in_the_style_that_is_there() -> None:
    draft = Draft(REQUEST)
    after = set_hours(draft, find(REQUEST), date(2026, 11, 1), 2, 25).text
    assert after == (
        REQUEST.replace(" 2026-03-08T07:00:00.000Z ", " 2026-11-01T10:00:00.000Z ")
        .replace("2026-03-07T08:00:00.000Z", "2026-11-01T08:00:00.000Z")
        .replace("<MarketStartTime>", "<MarketStartTime>2026-11-01T08:00:00Z")
        .replace("{{trade_date.end}}", "2026-11-01T10:00:00Z")
    )


@pytest.mark.parametrize(
    ("day", "first", "last", "sentence"),
    [
        (date(2026, 3, 8), 3, 4, "2026-03-08 has no hour ending 3. It has 1 to 24 without 3"),
        (date(2026, 3, 9), 1, 25, "no hour ending 25"),
        (date(2026, 11, 1), 3, 25, "hour ending 3 comes after 25"),
        (date(2026, 11, 1), 0, 2, "and 25, the repeated hour, after 2"),
    ],
)
def test_hours_that_a_day_has_not_are_refused(day: date, first: int, last: int, sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        set_hours(Draft(REQUEST), find(REQUEST), day, first, last)
    assert sentence in str(caught.value)


def test_a_whole_day_is_23_24_or_25_hours() -> None:
    for day, start, end in (
        (date(2026, 3, 8), "2026-03-08T08:00:00.000Z", "2026-03-09T07:00:00.000Z"),
        (date(2026, 11, 1), "2026-11-01T07:00:00.000Z", "2026-11-02T08:00:00.000Z"),
    ):
        after = set_hours(Draft(REQUEST), find(REQUEST)[:1], day, 1, 24).text
        assert f"<end> {end} </end><start>{start}</start>" in after
