import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caiso_desktop.catalogue.deadline import FOLDER, read_deadlines
from caiso_desktop.catalogue.load import load
from caiso_desktop.model.deadline import Deadline, closed, coming
from caiso_desktop.model.moment import PACIFIC
from caiso_desktop.model.reading import Reading
from caiso_desktop.model.service import Kind, Source, Target, Variant
from caiso_desktop.model.trade_hour import TradeHour

BIDS = Target("sibr", "SubmitRawBidSet", "v4", Variant.AP)


def pacific(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PACIFIC).astimezone(UTC)


@pytest.fixture(scope="module")
def deadlines(resources: Path) -> tuple[Deadline, ...]:
    return read_deadlines([resources / FOLDER]).rows


def test_every_deadline_has_its_source_and_closes_submits_only(
    deadlines: tuple[Deadline, ...], resources: Path
) -> None:
    catalogue = load(resources / "catalogue")
    assert len(deadlines) >= 5
    for deadline in deadlines:
        assert deadline.source.document
        for name in deadline.services:
            assert catalogue.service(*name.split("/")).kind is not Kind.RETRIEVE


def test_what_comes_next(deadlines: tuple[Deadline, ...]) -> None:
    found = {each.deadline.id: each for each in coming(deadlines, pacific("2026-03-10 09:50"), most=9)}
    assert found["day-ahead-bids"].when == pacific("2026-03-10 10:00")
    assert found["day-ahead-bids"].what == "2026-03-11"
    assert found["real-time-bids"].when == pacific("2026-03-10 10:45")
    assert found["real-time-bids"].what == "2026-03-10 HE 13"
    assert found["e-tags"].when == pacific("2026-03-10 10:40")
    assert next(iter(coming(deadlines, pacific("2026-03-10 09:50")))).deadline.id == "day-ahead-bids"


def test_a_deadline_that_is_now_has_passed(deadlines: tuple[Deadline, ...]) -> None:
    found = {each.deadline.id: each for each in coming(deadlines, pacific("2026-03-10 10:00"), most=9)}
    assert found["day-ahead-bids"].what == "2026-03-12"


@given(st.datetimes(datetime.fromisoformat("2025-01-01"), datetime.fromisoformat("2030-01-01"), timezones=st.just(UTC)))
def test_what_comes_is_to_come_and_is_the_next(now: datetime) -> None:
    source = Source("x")
    hourly = Deadline("h", "h", source, minutes_before=75)
    daily = Deadline("d", "d", source, at=datetime.fromisoformat("2025-01-01T10:00").time(), days_before=1)
    by_id = {each.deadline.id: each for each in coming([hourly, daily], now)}
    assert timedelta(0) < by_id["h"].when - now <= timedelta(hours=1)
    assert timedelta(0) < by_id["d"].when - now <= timedelta(hours=25)


def test_on_the_short_and_the_long_day() -> None:
    hourly = Deadline("h", "h", Source("x"), minutes_before=75)
    (short,) = coming([hourly], datetime(2026, 3, 8, 8, 40, tzinfo=UTC))
    assert short.what == "2026-03-08 HE 4", "there is no hour ending 3"
    (long,) = coming([hourly], datetime(2026, 11, 1, 7, 40, tzinfo=UTC))
    assert long.what == "2026-11-01 HE 25", "after hour ending 2 comes its repetition"


def test_hours_that_have_closed_are_told(deadlines: tuple[Deadline, ...]) -> None:
    hours = tuple(TradeHour(date(2026, 3, 10), ending) for ending in (12, 13, 14))
    reading = Reading(hours=hours, trade_dates=(date(2026, 3, 10),))
    found = {each.deadline.id: str(each) for each in closed(deadlines, BIDS, reading, pacific("2026-03-10 10:00"))}
    assert found["real-time-bids"] == (
        "2026-03-10 HE 12: real-time bids close at 09:45 Pacific on 2026-03-10, which is over."
    )
    assert "HE 12-14" in found["day-ahead-bids"]
    assert closed(deadlines, BIDS, reading, pacific("2026-03-09 09:59")) == []
    assert closed(deadlines, Target("sibr", "RetrieveCleanBidSet", "v4", Variant.AP), reading, datetime.now(UTC)) == []


def test_trade_dates_without_hours(deadlines: tuple[Deadline, ...]) -> None:
    reading = Reading(trade_dates=(date(2026, 3, 10), date(2026, 3, 12)))
    (found,) = closed(deadlines, BIDS, reading, pacific("2026-03-10 10:00"))
    assert found.what == "2026-03-10"


def write(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "own.toml").write_text(f"format = 1\n{text}", encoding="utf-8")
    return folder


def test_a_company_s_file_adds_replaces_and_drops(resources: Path, tmp_path: Path) -> None:
    own = """
[[deadlines]]
id = "real-time-bids"
name = "Our own deadline for real-time bids"
minutes_before = 80
source = { document = "desk rules" }
[[deadlines]]
id = "e-tags"
dropped = true
[[deadlines]]
id = "lunch"
name = "Lunch"
at = 12:00:00
source = { document = "desk rules" }
"""
    found = {each.id: each for each in read_deadlines([resources / FOLDER, None, write(tmp_path / "a", own)]).rows}
    assert found["real-time-bids"].minutes_before == 80
    assert "e-tags" not in found
    assert found["lunch"].days_before == 0


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ('id = "x"\nname = "x"\nat = 10:00:00', "source"),
        ('id = "x"\nname = "x"\nsource = {document = "d"}', "either 'at' or"),
        ('id = "x"\nname = "x"\nat = 10:00:00\nminutes_before = 5\nsource = {document = "d"}', "either 'at' or"),
        ('id = "x"\nname = "x"\nminutes_before = -5\nsource = {document = "d"}', "between 0 and"),
        ('id = "x"\nname = "x"\nat = 10:00:00\ndays_before = 30\nsource = {document = "d"}', "between 0 and"),
        ('id = "x"\ntitle = "x"', "nobody knows this key"),
        ('name = "x"', "'id' is missing"),
    ],
)
def test_a_file_that_is_wrong_is_left_out_and_told_of_with_its_line(
    resources: Path, tmp_path: Path, wrong: str, sentence: str
) -> None:
    read = read_deadlines([resources / FOLDER, write(tmp_path / "a", f"[[deadlines]]\n{wrong}\n")])
    (told,) = read.problems
    assert re.match(r"own\.toml, line \d+: ", told)
    assert sentence in told
    assert read.rows == read_deadlines([resources / FOLDER]).rows
