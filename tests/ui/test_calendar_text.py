"""What a person writes into the tables of hours is read back exactly, or refused with row and reason."""

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caiso_desktop.model.calendar import Cycle, Deviation, State, Window
from caiso_desktop.model.error import UsageError
from caiso_desktop.ui import calendar_text as words

TIMES = st.builds(time, st.integers(0, 23), st.integers(0, 59))
DAYS = st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days)))


@given(st.builds(Window, st.just("nightly"), DAYS, TIMES, TIMES, st.integers(1, 7)))
def test_a_window_comes_back(window: Window) -> None:
    assert words.read_windows("Maintenance", [words.window_row(window)]) == (window,)


def test_exceptions_and_cycles_come_back() -> None:
    deviation = Deviation(
        datetime.fromisoformat("2026-03-01T09:00"), datetime.fromisoformat("2026-03-02T01:30"), State.OPEN, "a notice"
    )
    cycle = Cycle("Spring 2026", date(2026, 2, 1), date(2026, 3, 31))
    assert words.read_deviations("Exceptions", [words.deviation_row(deviation)]) == (deviation,)
    assert words.read_cycles("Cycles", [words.cycle_row(cycle)]) == (cycle,)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (("n", "Mon Blue", "16:00", "09:00", "1"), "'Blue' is no day"),
        (("n", "", "16:00", "09:00", "1"), "is no day"),
        (("n", "daily", "25:00", "09:00", "1"), "'25:00' is no time"),
        (("n", "daily", "16:00", "09:00", "0"), "before it begins"),
        (("n", "daily", "16:00", "09:00", "x"), "days later"),
    ],
)
def test_what_is_wrong_is_named_with_its_row(row: tuple[str, ...], reason: str) -> None:
    good = ("n", "daily", "9:00", "10:00", "0")
    with pytest.raises(UsageError) as met:
        words.read_windows("Maintenance", [good, row])
    assert "Maintenance, row 2: " in met.value.detail
    assert reason in met.value.detail


@pytest.mark.parametrize("moment", ["2026-03-01", "2026-03-01 09:00+00:00", "soon"])
def test_a_moment_is_pacific_and_whole(moment: str) -> None:
    with pytest.raises(UsageError, match="no moment"):
        words.read_deviations("Exceptions", [(moment, "2027-01-01 00:00", "open", "")])
