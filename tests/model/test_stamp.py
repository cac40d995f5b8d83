from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caiso_desktop.model.stamp import day, instant
from caiso_desktop.model.trade_hour import TradeHour, hours_of, moved

YEARS = range(2024, 2036)
STYLES = (
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%dT%H:%M:%S.000Z",
    "%Y-%m-%dT%H:%M:%S.1234567Z",
    "%Y-%m-%dT%H:%MZ",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M:%S",
    "%Y%m%dT%H:%M-0000",
    "%Y%m%dT%H%M+00",
)
MOMENTS = st.integers(1_577_836_800, 2_051_222_400).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


def test_days_have_23_24_or_25_hours_in_each_year() -> None:
    for year in YEARS:
        lengths = {}
        for number in range(365):
            each = date(year, 1, 1) + timedelta(days=number)
            lengths[each] = len(hours_of(each))
        short = [each for each, length in lengths.items() if length == 23]
        long = [each for each, length in lengths.items() if length == 25]
        assert [each.month for each in short] == [3]
        assert [each.month for each in long] == [11]
        assert hours_of(short[0]) == (1, 2, *range(4, 25))
        assert hours_of(long[0]) == (1, 2, 25, *range(3, 25))


@pytest.mark.parametrize("year", YEARS)
def test_every_hour_of_a_changing_day_moves_by_its_number(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    changing = [each for each in days if len(hours_of(each)) != 24]
    assert len(changing) == 2
    for there in changing:
        usual = there - timedelta(days=7)
        for source, target in ((usual, there), (there, usual), (there, changing[0]), (there, changing[1])):
            apart = (target - source).days
            for ending in hours_of(source):
                hour = TradeHour(source, ending)
                start, no_start = moved(hour.start, apart, as_end=False)
                end, no_end = moved(hour.end, apart, as_end=True)
                if ending in hours_of(target):
                    assert (start, end) == (TradeHour(target, ending).start, TradeHour(target, ending).end)
                    assert no_start is no_end is None
                else:
                    assert start == end  # nothing is left of it
                    assert no_start == no_end == TradeHour(target, ending)


@given(MOMENTS, st.integers(-400, 400), st.booleans())
def test_there_and_back_is_where_it_was(moment: datetime, days: int, as_end: bool) -> None:
    there, missing = moved(moment, days, as_end=as_end)
    if missing is None:
        assert moved(there, -days, as_end=as_end) == (moment, None)


@given(MOMENTS, st.sampled_from(STYLES), st.integers(-20_000, 20_000))
def test_another_instant_is_written_in_the_same_style(moment: datetime, style: str, hours: int) -> None:
    whole = moment.replace(second=0, microsecond=0)
    text = whole.strftime(style)
    found = instant(text)
    assert found is not None
    assert found.moment == whole
    assert found.written(whole) == text
    assert found.written(whole + timedelta(hours=hours)) == (whole + timedelta(hours=hours)).strftime(style)


@pytest.mark.parametrize(
    ("text", "days", "other"),
    [
        ("2026-03-07T00:00:00-08:00", 7, "2026-03-14T00:00:00-07:00"),  # Pacific's offset stays Pacific's
        ("2026-03-07T02:00:00-06:00", 7, "2026-03-14T01:00:00-06:00"),  # Central standard time stays that
        ("2026-03-07T08:00:00+00:00", 7, "2026-03-14T07:00:00+00:00"),
        ("2026-03-06T24:00:00-0800", 1, "2026-03-07T24:00:00-0800"),
        ("2026-10-31T01:30:00-07:00", 1, "2026-11-01T01:30:00-07:00"),
        ("2026-11-02T01:30:00-08", -2, "2026-10-31T01:30:00-07"),
        ("2026-03-07T13:30:00+05:30", 7, "2026-03-14T12:30:00+05:30"),
    ],
)
def test_offsets_keep_their_style(text: str, days: int, other: str) -> None:
    found = instant(text)
    assert found is not None
    assert found.written(moved(found.moment, days, as_end=False)[0]) == other


@pytest.mark.parametrize(
    "text",
    ["", "2026", "2026-13-01T00:00Z", "2026-02-30T00:00:00Z", "2026-01-01T25:00Z", "2026-01-01T24:30Z", "x" * 50],
)
def test_what_is_no_instant_is_none(text: str) -> None:
    assert instant(text) is None


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("2026-03-10", "2026-12-01"),
        ("2026-03-10Z", "2026-12-01Z"),
        ("2026-03-10-08:00", "2026-12-01-08:00"),
        ("20260310", "20261201"),
        ("03/10/2026", "12/01/2026"),
        ("3/10/2026", "12/01/2026"),
        ("3/9/2026", "12/1/2026"),
    ],
)
def test_days_keep_their_style(text: str, other: str) -> None:
    found = day(text, named_so=True)
    assert found is not None
    assert found.written(date(2026, 12, 1)) == other
    assert (day(text, named_so=False) is not None) == text.startswith("2026-")
