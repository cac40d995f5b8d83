from datetime import UTC, date, datetime
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import PayloadError
from caiso_desktop.model.macro import MEANINGS, Moment, expand, expand_bytes, in_words, macros

NOW = Moment(date(2026, 11, 1), datetime(2026, 11, 1, 20, 30, 5, 123456, UTC))


def value(name: str, moment: Moment = NOW) -> str:
    [macro] = macros(f"{{{{{name}}}}}", moment)
    assert not macro.problem, macro.problem
    return macro.value


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("trade_date", "2026-11-01"),
        (" trade_date ", "2026-11-01"),
        ("trade_date+1", "2026-11-02"),
        ("trade_date - 1", "2026-10-31"),
        ("trade_date+61", "2027-01-01"),
        ("trade_date.start", "2026-11-01T07:00:00Z"),
        ("trade_date.end", "2026-11-02T08:00:00Z"),  # 25 hours later
        ("trade_date-1.end", "2026-11-01T07:00:00Z"),
        ("trade_date.he02", "2026-11-01T08:00:00Z"),
        ("trade_date.he25", "2026-11-01T09:00:00Z"),
        ("trade_date.he25.end", "2026-11-01T10:00:00Z"),
        ("trade_date.he3", "2026-11-01T10:00:00Z"),
        ("trade_date+1.HE24.end", "2026-11-03T08:00:00Z"),
        ("now", "2026-11-01T20:30:05Z"),
    ],
)
def test_each_means_what_the_calendar_says(name: str, meaning: str) -> None:
    assert value(name) == meaning


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("tradedate", "{{tradedate}} is not a macro; the nearest is {{trade_date}}."),
        ("trade_dat+2", "the nearest is {{trade_date+2}}."),
        ("Trade_Date-1.start", "the nearest is {{trade_date-1.start}}."),
        ("trade_date.he7.ende", "the nearest is {{trade_date.he07.end}}."),
        ("today", "there are trade_date, now and uuid."),
        ("", "there are trade_date, now and uuid."),
        ("guid", "the nearest is {{uuid}}."),
        ("trade_date.he26", "there is no hour ending 26"),
        ("trade_date+1.he25", "2026-11-02 has no hour ending 25"),
        ("trade_date-9999", "1999-06-17"),
    ],
)
def test_what_is_none_is_told_with_the_nearest(name: str, sentence: str) -> None:
    [macro] = macros(f"{{{{{name}}}}}", NOW)
    assert sentence in (macro.problem or macro.value)


def test_a_day_beyond_the_calendar_is_told() -> None:
    [macro] = macros("{{trade_date+1}}", Moment(date.max, NOW.now))
    assert "does not go that far" in macro.problem


def test_all_that_is_offered_means_something() -> None:
    for written, _ in MEANINGS:
        assert macros(written, NOW)[0].value


def test_a_draft_is_worded_once_and_what_is_no_value_stays() -> None:
    draft = Draft(
        "<?pi {{now}}?>\r\n<a d='{{trade_date}}'><!-- {{x}} --><b>{{uuid}}</b><b>{{uuid}}</b>"
        "<![CDATA[{{trade_date}}]]>{ {now}} {{trade_date}}</a>",
        mark=b"\xef\xbb\xbf",
    )
    numbers = count(1)
    assert [m.value for m in macros(draft.text, NOW, lambda: f"id-{next(numbers)}")] == [
        "2026-11-01",
        "id-1",
        "id-2",
        "2026-11-01",
    ]
    worded, found = expand(draft, NOW)
    first, second = found[1].value, found[2].value
    assert first != second
    assert worded.text == (
        f"<?pi {{{{now}}}}?>\r\n<a d='2026-11-01'><!-- {{{{x}}}} --><b>{first}</b><b>{second}</b>"
        "<![CDATA[{{trade_date}}]]>{ {now}} 2026-11-01</a>"
    )
    assert worded.mark == draft.mark
    assert dict(in_words(found)) == {"{{trade_date}}": "2026-11-01", "{{uuid}}": f"{first} and 1 more"}


def test_a_wrong_one_is_told_with_its_line_and_nothing_is_sent() -> None:
    with pytest.raises(PayloadError, match=r"Line 2: \{\{trade_dat\}\} is not a macro") as caught:
        expand(Draft("<a>\n{{trade_dat}}</a>"), NOW)
    assert "CDATA" in caught.value.advice


@given(st.binary(max_size=200))
def test_bytes_without_braces_are_the_same_bytes(payload: bytes) -> None:
    if b"{" not in payload:
        assert expand_bytes(payload, NOW) == (payload, ())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_bytes_of_either_width_are_worded(encoding: str) -> None:
    worded, found = expand_bytes("<a>ä {{trade_date}}</a>".encode(encoding), NOW)
    assert worded == "<a>ä 2026-11-01</a>".encode(encoding)
    assert len(found) == 1


@given(st.text(alphabet="ab{}<>!-[]CDAT?\r\n \u2029\u00e9", max_size=60))
def test_every_character_outside_a_macro_stays(text: str) -> None:
    found = macros(text, NOW)
    if not found:
        assert expand(Draft(text), NOW)[0].text == text
    for macro in found:
        assert text[macro.start : macro.start + 2] == "{{"
        assert text[macro.end - 2 : macro.end] == "}}"
