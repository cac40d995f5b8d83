"""What is known of an environment's hours, on ordinary days and on the two days on which the clocks change."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caiso_desktop.catalogue.calendar import look_up, maintenance_at, next_maintenance, support_at, trade_date
from caiso_desktop.model.calendar import Calendar, Cycle, Deviation, State, TradeDate, Window
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.moment import PACIFIC

DAILY = Window("daily", tuple(range(7)), time(16), time(9), 1)
WEEKLY = Window("weekly", (0,), time(7), time(9), 1)
BUSINESS = Window("business hours", (0, 1, 2, 3, 4), time(9), time(18))
STAGE = Calendar(maintenance=(DAILY, WEEKLY), support=(BUSINESS,), known_from="document 10.1", cycles_only=True)
BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str, fold: int = 0) -> datetime:
    """A moment by the Pacific clock."""
    return datetime.fromisoformat(text).replace(tzinfo=PACIFIC, fold=fold)


def naive(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_the_printed_windows_are_the_loaded_ones(printed: Catalogue) -> None:
    assert printed.environment("map-stage").calendar == STAGE


@pytest.mark.parametrize(
    ("moment", "until"),
    [
        # Wednesday 18 October 2017
        ("2017-10-18T08:59", "2017-10-18T09:00"),
        ("2017-10-18T09:00", None),
        ("2017-10-18T15:59", None),
        ("2017-10-18T16:00", "2017-10-19T09:00"),
        # Sunday's daily window, Monday's weekly and daily ones are one stretch.
        ("2017-10-15T16:00", "2017-10-17T09:00"),
        ("2017-10-16T12:00", "2017-10-17T09:00"),
        ("2017-10-17T08:59", "2017-10-17T09:00"),
        ("2017-10-17T09:00", None),
    ],
)
def test_maintenance(moment: str, until: str | None) -> None:
    span = maintenance_at(STAGE, at(moment))
    assert (span.end if span else None) == (at(until).astimezone(UTC) if until else None)


def test_support_and_maintenance_overlap() -> None:
    moment = at("2017-10-18T17:00")
    known = look_up(STAGE, moment, PACIFIC)
    assert known.maintenance is not None
    assert known.supported is True
    assert "in maintenance until Thursday 09:00 Pacific; supported until 18:00 Pacific" in known.sentence
    assert known.warning.startswith("In maintenance until Thursday 09:00 Pacific")


def test_the_sentence_names_its_source_and_both_clocks() -> None:
    sentence = look_up(STAGE, at("2017-10-18T08:00"), BERLIN).sentence
    assert sentence.startswith(
        "By document 10.1: in maintenance until 09:00 Pacific, 18:00 here; no support until 09:00"
    )
    assert "available" not in sentence


def test_the_clocks_go_forward() -> None:
    # Sunday 11 March 2018: 02:00 becomes 03:00, so Saturday's window is an hour shorter.
    span = maintenance_at(STAGE, at("2018-03-11T01:30"))
    assert span is not None
    assert span.end - span.start == timedelta(hours=16)
    assert span.end == datetime(2018, 3, 11, 16, tzinfo=UTC)
    assert maintenance_at(STAGE, datetime(2018, 3, 11, 16, tzinfo=UTC)) is None


def test_the_clocks_go_back() -> None:
    # Sunday 5 November 2017: 02:00 becomes 01:00, so Saturday's window is an hour longer.
    span = maintenance_at(STAGE, at("2017-11-05T01:30", fold=1))
    assert span is not None
    assert span.end - span.start == timedelta(hours=18)
    assert span.end == datetime(2017, 11, 5, 17, tzinfo=UTC)


def test_windows_that_begin_or_end_in_the_repeated_hour_hold_both_passings() -> None:
    night = Calendar(maintenance=(Window("night", (6,), time(1), time(1, 30)),))
    for fold in (0, 1):
        assert maintenance_at(night, at("2017-11-05T01:15", fold=fold))
    span = maintenance_at(night, at("2017-11-05T01:15"))
    assert span is not None
    assert span.end - span.start == timedelta(minutes=90)


def test_a_window_within_the_skipped_hour_is_never_negative() -> None:
    night = Calendar(maintenance=(Window("night", (6,), time(2, 15), time(2, 45)),))
    span = maintenance_at(night, datetime(2018, 3, 11, 10, 20, tzinfo=UTC))
    assert span is not None
    assert span.end - span.start == timedelta(minutes=30)


def test_what_is_announced_counts_before_the_windows() -> None:
    open_night = Deviation(naive("2017-10-18T16:00"), naive("2017-10-18T20:00"), State.OPEN)
    closed_noon = Deviation(naive("2017-10-18T11:00"), naive("2017-10-18T12:00"), State.MAINTENANCE)
    calendar = replace(STAGE, deviations=(open_night, closed_noon))
    assert maintenance_at(calendar, at("2017-10-18T18:00")) is None
    assert next_maintenance(calendar, at("2017-10-18T18:00")) == at("2017-10-18T20:00").astimezone(UTC)
    noon = maintenance_at(calendar, at("2017-10-18T11:30"))
    assert noon is not None
    assert noon.end == at("2017-10-18T12:00").astimezone(UTC)


def test_support_ends_on_friday_and_begins_on_monday() -> None:
    assert support_at(STAGE, at("2017-10-20T17:59"))
    assert support_at(STAGE, at("2017-10-20T18:00")) is None
    assert "no support until Monday 09:00 Pacific" in look_up(STAGE, at("2017-10-20T18:00"), PACIFIC).sentence


def test_what_is_not_printed_is_not_made_up(printed: Catalogue) -> None:
    production = look_up(printed.environment("production").calendar, at("2017-10-18T03:00"), PACIFIC)
    words = "By document 10.1: maintenance comes by CAISO's notice; supported day and night."
    assert (production.sentence, production.supported, production.warning) == (words, True, "")
    for environment in ("production-ecn", "sandbox"):
        known = look_up(printed.environment(environment).calendar, at("2017-10-18T03:00"), PACIFIC)
        assert known.sentence == "By document 10.1: nothing is printed about its hours."
        assert known.supported is None
    assert look_up(Calendar(), at("2017-10-18T03:00")).sentence == "Nothing is known of its hours."


def test_simulation_cycles() -> None:
    calendar = replace(STAGE, cycles=(Cycle("Fall 2017", date(2017, 8, 1), date(2017, 10, 18)),))
    # 23:30 Pacific is the next day in GMT.
    assert look_up(calendar, at("2017-10-18T23:30")).cycle == "Fall 2017"
    assert look_up(calendar, at("2017-10-19T00:00")).cycle is None
    assert "no simulation cycle" in look_up(calendar, at("2017-10-19T12:00")).sentence


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        (TradeDate(), date(2017, 10, 18)),
        (TradeDate(offset=-7), date(2017, 10, 11)),
        (TradeDate(fixed=date(2016, 2, 29)), date(2016, 2, 29)),
    ],
)
def test_trade_date_is_pacific(setting: TradeDate, expected: date) -> None:
    assert trade_date(Calendar(trade_date=setting), datetime(2017, 10, 19, 6, 59, tzinfo=UTC)) == expected


@given(st.datetimes(min_value=naive("2017-01-01"), max_value=naive("2030-01-01")))
def test_maintenance_at_any_minute_is_what_the_wall_clock_says(moment: datetime) -> None:
    wall = moment.replace(tzinfo=UTC).astimezone(PACIFIC)
    clock = wall.time()
    daily = clock >= time(16) or clock < time(9)
    weekly = (wall.weekday() == 0 and clock >= time(7)) or (wall.weekday() == 1 and clock < time(9))
    span = maintenance_at(STAGE, moment.replace(tzinfo=UTC))
    assert (span is not None) == (daily or weekly)
    if span is None:
        coming = next_maintenance(STAGE, moment.replace(tzinfo=UTC))
        assert coming is not None
        assert coming.astimezone(PACIFIC).time() in (time(16), time(7))
