"""What a cell shows, and what typed and pasted text becomes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caiso_desktop.model.grid.cell import Habits, fault, read_cell, shown, told
from caiso_desktop.model.grid.style import Marks, Turn, doubtful, marks_of, number, turn_of, undated
from caiso_desktop.model.grid.table import Column
from caiso_desktop.model.value import Choice, Value, ValueKind

START = Column(3, ("start",), title="start", kind=ValueKind.INSTANT)
END = Column(3, ("end",), title="end", kind=ValueKind.INSTANT, as_end=True)
DAY = Column(3, ("day",), title="day", kind=ValueKind.DATE)
MW = Column(3, ("mw",), title="mw", kind=ValueKind.NUMBER)
HOUR = Column(3, ("he",), title="he", kind=ValueKind.NUMBER, hour=True)


@pytest.mark.parametrize(
    ("column", "text", "words"),
    [
        (START, "2026-11-26T14:00:00Z", "2026-11-26 HE 7"),
        (END, "2026-11-26T15:00:00Z", "2026-11-26 HE 7"),
        (END, "2026-11-27T08:00:00Z", "2026-11-26 HE 24"),
        (START, "2026-11-01T09:00:00Z", "2026-11-01 HE 25"),
        (START, "2026-11-26T06:15:00-08:00", "2026-11-26 HE 7 :15"),
        (START, "{{trade_date.he07}}", "{{trade_date.he07}}"),
        (START, "soon", "soon"),
        (MW, "1.50", "1.50"),
        (MW, None, ""),
    ],
)
def test_instants_are_shown_as_trade_date_and_hour_ending(column: Column, text: str | None, words: str) -> None:
    assert shown(column, text) == words


def test_gmt_is_told_when_one_points_at_it() -> None:
    assert "2026-11-26 14:00 GMT" in told(START, "2026-11-26T06:00:00-08:00")
    assert "2026-11-26 06:00 PST" in told(START, "2026-11-26T06:00:00-08:00")
    assert "adds it" in told(MW, None)


@pytest.mark.parametrize(
    ("column", "typed", "like", "written"),
    [
        (START, "2026-11-26 HE 7", "", "2026-11-26T14:00:00Z"),
        (START, "2026-11-26 HE07 :15", "", "2026-11-26T14:15:00Z"),
        (END, "2026-11-26 HE 7", "2026-01-01T00:00:00.000Z", "2026-11-26T15:00:00.000Z"),
        (END, "2026-11-26 HE 24", "2026-01-01T00:00:00-08:00", "2026-11-27T00:00:00-08:00"),
        (START, "2026-11-01 HE 25", "", "2026-11-01T09:00:00Z"),
        (START, "11/26/2026 6:00 AM", "", "2026-11-26T14:00:00Z"),
        (START, "11/26/2026 6:30:00 PM", "", "2026-11-27T02:30:00Z"),
        (START, "12:00", "", None),
        (START, "26.11.2026 06:00", "", "2026-11-26T14:00:00Z"),
        (START, "2026-11-26 06:00:00", "", "2026-11-26T14:00:00Z"),
        (START, "46352.25", "", "2026-11-26T14:00:00Z"),
        (START, "2026-11-26", "", "2026-11-26T08:00:00Z"),
        (END, "2026-11-26", "", "2026-11-27T08:00:00Z"),
        (END, "11/26/2026 24:00", "", "2026-11-27T08:00:00Z"),
        (START, "2026-11-26T14:00:00+00:00", "", "2026-11-26T14:00:00+00:00"),
        (START, "2027-03-14 02:30", "", None),
        (START, "2027-03-14 HE 3", "", None),
        (START, "2026-13-26 HE 7", "", None),
        (START, "2026-11-26 HE 26", "", None),
        (DAY, "11/26/2026", "", "2026-11-26"),
        (DAY, "11/26/2026", "01/02/2026", "11/26/2026"),
        (DAY, "26.11.26", "", "2026-11-26"),
        (DAY, "46352", "", "2026-11-26"),
        (DAY, "2026-11-26 00:00:00", "", "2026-11-26"),
        (DAY, "2026-02-30", "", None),
        (DAY, "2026-11-26 07:00", "", None),
        (HOUR, "7", "07", "07"),
        (HOUR, "HE 7", "7", "7"),
        (HOUR, "7.0", "HE01", "HE07"),
        (HOUR, "26", "", None),
        (MW, "{{trade_date}}", "", "{{trade_date}}"),
        (MW, "x", "", None),
    ],
)
def test_what_is_typed_becomes_what_the_payload_says(
    column: Column, typed: str, like: str, written: str | None
) -> None:
    reading = read_cell(column, typed, like)
    if written is None:
        assert reading.problem
        assert reading.text == typed
    else:
        assert reading.text == written
        assert not reading.problem


def test_what_is_shown_can_be_typed_again() -> None:
    for column in (START, END):
        for hour in range(48):
            text = f"2026-11-0{1 + hour // 24}T{hour % 24:02d}:00:00Z"
            assert read_cell(column, shown(column, text), text).text == text


@pytest.mark.parametrize(
    ("values", "marks"),
    [
        (["1,234.5", "2"], Marks.POINT),
        (["1,5"], Marks.COMMA),
        (["1.5"], Marks.POINT),
        (["1,234,567"], Marks.POINT),
        (["1.234.567"], Marks.COMMA),
        (["1.234,5"], Marks.COMMA),
        (["1,234"], None),
        (["1,234", "0,5"], Marks.COMMA),
        (["1,234", "0.5"], Marks.POINT),
        (["12", "x"], None),
    ],
)
def test_a_column_shows_how_its_numbers_are_written(values: list[str], marks: Marks | None) -> None:
    assert marks_of(values) is marks


@pytest.mark.parametrize(
    ("text", "marks", "written"),
    [
        ("1,234.5", Marks.POINT, "1234.5"),
        ("1,234.5", Marks.COMMA, "1234.5"),  # it can be read in one way only
        ("1,5", Marks.COMMA, "1.5"),
        ("1,234", Marks.POINT, "1234"),
        ("1,234", Marks.COMMA, "1.234"),
        ("1 234,50", Marks.COMMA, "1234.50"),
        ("1\u00a0234", Marks.POINT, "1234"),
        ("(5.00)", Marks.POINT, "-5.00"),
        ("-$1,000.25", Marks.POINT, "-1000.25"),
        ("\u22125", Marks.POINT, "-5"),
        (".5", Marks.POINT, "0.5"),
        ("5.", Marks.POINT, "5"),
        ("+3", Marks.POINT, "3"),
        ("1e3", Marks.POINT, "1e3"),
        ("1,23,4", Marks.POINT, None),
        ("=1+1", Marks.POINT, None),
        ("", Marks.POINT, None),
    ],
)
def test_numbers_become_those_of_xml(text: str, marks: Marks, written: str | None) -> None:
    assert number(text, marks) == written


@given(st.decimals(-10_000_000, 10_000_000, places=3, allow_nan=False), st.sampled_from(Marks))
def test_every_number_survives_either_style(value: object, marks: Marks) -> None:
    text = f"{value:,}"
    written = text if marks is Marks.POINT else text.translate(str.maketrans(",.", ".,"))
    found = number(written, marks)
    assert found == f"{value:f}".removeprefix("+")


def test_what_may_be_either_is_found() -> None:
    assert doubtful(["1", "1,234"], points=False) == "1,234"
    assert doubtful(["1.234"], points=False) == ""
    assert doubtful(["1.234"], points=True) == "1.234"
    assert turn_of(["3/4/2026"]) is None
    assert turn_of(["3/4/2026", "13/4/2026"]) is Turn.DAY_FIRST
    assert turn_of(["3/14/2026"]) is Turn.MONTH_FIRST
    assert undated(["4/4/2026", "3/4/2026"]) == "3/4/2026"
    assert undated(["3.4.2026"]) == ""
    assert read_cell(DAY, "3/4/2026", "", Habits(turn=Turn.DAY_FIRST)).text == "2026-04-03"


@pytest.mark.parametrize(
    ("column", "text", "sentence"),
    [
        (MW, "1,5", "not a number as XML"),
        (MW, "", "empty"),
        (MW, "1.5", ""),
        (START, "2026-11-26", "not an instant"),
        (DAY, "11/26", "not a day"),
        (MW, "{{x}}", ""),
        (MW, None, ""),
    ],
)
def test_wrong_cells_say_why(column: Column, text: str | None, sentence: str) -> None:
    said = fault(column, text)
    assert sentence in said
    assert bool(said) == bool(sentence)


def test_facets_are_told_in_words() -> None:
    def said(text: str, **facets: object) -> str:
        value = Value(**facets)  # type: ignore[arg-type]
        return fault(Column(1, ("x",), kind=value.kind, value=value), text)

    assert "not one of: RTM, DAM" in said("HAS", choices=(Choice("RTM"), Choice("DAM")))
    assert "at most 100" in said("101", base="decimal", maximum="100")
    assert "less than 100" in said("100", base="decimal", maximum="100", below=True)
    assert "at least -5" in said("-6", base="decimal", minimum="-5")
    assert "whole number" in said("1.5", base="integer")
    assert "2 decimals; 1 are allowed" in said("1.25", base="decimal", fraction_digits=1)
    assert "may have 3 at most" in said("abcd", longest=3)
    assert said("ab", shortest=2, longest=3) == ""
