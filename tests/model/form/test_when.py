"""Instants in Pacific time, on the two days of the year that have another number of hours."""

from datetime import date

import pytest

from caiso_desktop.model.form.when import ends, hours_of, in_pacific, written
from caiso_desktop.model.trade_hour import TradeHour


@pytest.mark.parametrize(
    ("text", "as_end", "words"),
    [
        ("2026-07-01T07:00:00Z", False, "2026-07-01 00:00 PDT · HE 1 begins"),
        ("2026-07-01T07:00:00Z", True, "2026-07-01 00:00 PDT · HE 24 of 2026-06-30 ends"),
        ("2026-01-01T08:15:00Z", False, "2026-01-01 00:15 PST · in HE 1"),
        ("2026-11-01T09:00:00Z", False, "2026-11-01 01:00 PST · HE 25 begins"),
        ("2026-11-01T09:00:00Z", True, "2026-11-01 01:00 PST · HE 2 ends"),
        ("2026-11-01T10:00:00Z", True, "2026-11-01 02:00 PST · HE 25 ends"),
        ("2026-03-08T10:00:00Z", False, "2026-03-08 03:00 PDT · HE 4 begins"),
        ("2026-03-08T10:00:00Z", True, "2026-03-08 03:00 PDT · HE 2 ends"),
        ("{{now}}", False, ""),
    ],
)
def test_in_pacific(text: str, as_end: bool, words: str) -> None:
    assert in_pacific(text, as_end=as_end)[:1] == ((words,) if words else ())


@pytest.mark.parametrize(
    ("text", "as_end", "fewer"),
    [
        ("2026-07-01T08:00:00Z", False, ("07-01 01:00 PDT · HE 2", "07-01 01:00 · HE 2", "07-01 HE 2")),
        # Midnight is of two days: whose hour ends there is said however few the words are.
        (
            "2026-07-01T07:00:00Z",
            True,
            ("07-01 00:00 PDT · HE 24 of 06-30", "07-01 00:00 · HE 24 of 06-30", "06-30 HE 24"),
        ),
        ("2026-11-01T08:00:00Z", False, ("11-01 01:00 PDT · HE 2", "11-01 01:00 · HE 2", "11-01 HE 2")),
        ("2026-11-01T09:00:00Z", False, ("11-01 01:00 PST · HE 25", "11-01 01:00 · HE 25", "11-01 HE 25")),
        ("2026-01-01T08:15:30Z", True, ("01-01 00:15:30 PST · in HE 1", "01-01 00:15:30 · in HE 1", "01-01 in HE 1")),
    ],
)
def test_in_pacific_in_fewer_words(text: str, as_end: bool, fewer: tuple[str, ...]) -> None:
    assert in_pacific(text, as_end=as_end)[2:] == fewer


def test_the_hours_of_a_day() -> None:
    assert [hour.ending for hour in hours_of(date(2026, 3, 8))] == [1, 2, *range(4, 25)]
    assert [hour.ending for hour in hours_of(date(2026, 11, 1))] == [1, 2, 25, *range(3, 25)]
    assert [hour.ending for hour in hours_of(date(2026, 7, 1))] == list(range(1, 25))


def test_an_hour_is_written_in_the_style_that_is_there() -> None:
    repeated = TradeHour(date(2026, 11, 1), 25)
    assert written("", repeated, as_end=False) == "2026-11-01T09:00:00Z"
    assert written("2026-10-30T08:00:00.000-00:00", repeated, as_end=True) == "2026-11-01T10:00:00.000-00:00"
    assert written("2026-10-30T00:00:00-07:00", repeated, as_end=False) == "2026-11-01T01:00:00-08:00"


def test_names_that_end_something() -> None:
    assert [ends(name) for name in ("end", "{u}dateTimeEnd", "MarketEndTime", "start", "vendor", "stopTime")] == [
        *(True, True, True, False, False, True),
    ]
