"""The market's clock on days of 23, 24 and 25 hours."""

from datetime import UTC, datetime

import pytest

from caiso_desktop.ui.clock import clock_words, hour_ending


@pytest.mark.parametrize(
    ("moment", "ending"),
    [
        (datetime(2026, 7, 1, 7, 0, tzinfo=UTC), 1),
        (datetime(2026, 7, 1, 6, 59, tzinfo=UTC), 24),
        (datetime(2026, 1, 5, 8, 0, tzinfo=UTC), 1),
        (datetime(2026, 3, 8, 9, 59, tzinfo=UTC), 2),
        (datetime(2026, 3, 8, 10, 0, tzinfo=UTC), 4),
        (datetime(2026, 11, 1, 8, 30, tzinfo=UTC), 2),
        (datetime(2026, 11, 1, 9, 30, tzinfo=UTC), 25),
        (datetime(2026, 11, 1, 10, 30, tzinfo=UTC), 3),
    ],
)
def test_hours_end_as_the_market_counts_them(moment: datetime, ending: int) -> None:
    assert hour_ending(moment) == ending


def test_the_clock_says_less_where_there_is_less_room() -> None:
    words = clock_words(datetime(2026, 7, 1, 20, 5, 9, tzinfo=UTC))
    assert words[0] == "Wed 2026-07-01  13:05:09 PDT  HE 14  ·  20:05 GMT"
    assert sorted(words, key=len, reverse=True) == list(words)
