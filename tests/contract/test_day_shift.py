"""A payload goes to another trade date by the calendar, and every other byte stays."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caiso_desktop.contract.day_shift.plan import PayloadShift
from caiso_desktop.contract.reading import read
from caiso_desktop.model.day_shift import Decision, Lack, ShiftPlan, pieced
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import PayloadError, UsageError
from caiso_desktop.model.trade_hour import TradeHour, hours_of

plan = PayloadShift().plan
DAYS = [date(year, 1, 1) + timedelta(days=number) for year in range(2024, 2031) for number in range(365)]
SHORT = [day for day in DAYS if len(hours_of(day)) == 23]
LONG = [day for day in DAYS if len(hours_of(day)) == 25]


def gmt(moment: object) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def bids(day: date, hours: tuple[int, ...] = (), *, quarters: bool = False, end: str = "\r\n") -> str:
    """A bid set of a day: times in a holder of their own, the day and the hour as numbers too."""
    lines = [
        '<?xml version="1.0"?>',
        '<b:RawBidSet xmlns:b="http://www.caiso.com/soa/RawBidSet_v4.xsd#">',
        " <b:MessageHeader><b:TimeDate>2020-01-01T00:00:00Z</b:TimeDate></b:MessageHeader>",
        f" <b:MessagePayload><b:Bid tradeDate='{day}'> <!-- {day}\u2029, kept as it is -->",
        f"  <b:start>{gmt(TradeHour(day, 1).start)}</b:start><b:end> {gmt(TradeHour(day, 24).end)} </b:end>",
    ]
    for ending in hours or hours_of(day):
        hour = TradeHour(day, ending)
        lines += [
            f"  <b:Hour he='{ending:02d}'>",
            "   <b:Interval>",
            f"    <b:intervalStartTime><![CDATA[{gmt(hour.start)}]]></b:intervalStartTime>",
            f"    <b:intervalEndTime>{gmt(hour.end)}</b:intervalEndTime>",
            "   </b:Interval><b:mw>\u00a01.50</b:mw>",
        ]
        if quarters:
            for number in range(4):
                start = hour.start + timedelta(minutes=15 * number)
                lines.append(f"   <b:Part><b:start>{gmt(start)}</b:start><b:mw>2</b:mw></b:Part>")
        lines.append("  </b:Hour>")
    return end.join([*lines, " </b:Bid></b:MessagePayload>", "</b:RawBidSet>", ""])


def shifted(text: str, target: date, *decisions: Decision) -> str:
    made = plan(Draft(text), target)
    chosen = {gap.id: next(each for each in decisions if each in gap.choices) for gap in made.gaps}
    return made.apply(chosen).text


def renamed(text: str, before: date, after: date) -> str:
    """What a comment says stays; all else of two generated days is compared."""
    return text.replace(f"<!-- {before}", f"<!-- {after}")


@pytest.mark.parametrize("there", [*SHORT, *LONG])
def test_every_changing_day_there_and_back(there: date) -> None:
    usual = there + timedelta(days=9)
    for source, target in ((usual, there), (there, usual)):
        made = shifted(bids(source), target, Decision.DROP, Decision.FILL)
        assert renamed(made, source, target) == bids(target)


@pytest.mark.parametrize(("short", "long"), list(zip(SHORT, LONG, strict=True)))
def test_from_the_short_day_to_the_long_one(short: date, long: date) -> None:
    assert renamed(shifted(bids(short), long, Decision.DROP, Decision.FILL), short, long) == bids(long)
    assert renamed(shifted(bids(long), short, Decision.DROP, Decision.FILL), long, short) == bids(short)


def test_quarters_of_an_hour_go_and_come_with_it() -> None:
    usual = SHORT[0] - timedelta(days=1)
    for other in (SHORT[0], LONG[0]):
        made = shifted(bids(usual, quarters=True), other, Decision.DROP, Decision.FILL)
        assert renamed(made, usual, other) == bids(other, quarters=True)


def test_what_the_days_do_not_share_is_listed_and_must_be_decided() -> None:
    usual, short = SHORT[0] - timedelta(days=3), SHORT[0]
    made = plan(Draft(bids(usual)), short)
    [gap] = made.gaps
    assert (gap.kind, gap.hour, gap.count, gap.record) == (Lack.LACKING, TradeHour(short, 3), 1, "Hour")
    assert bids(usual).split("\n")[gap.line - 1].strip() == "<b:Hour he='03'>"
    assert "has no HE 3" in gap.sentence
    with pytest.raises(UsageError, match="has no HE 3"):
        made.apply({})
    left = made.apply({gap.id: Decision.LEAVE}).text
    assert gmt(TradeHour(usual, 3).start) in left  # the old time, for the user to see to
    [added] = plan(Draft(bids(usual)), LONG[0]).gaps
    assert (added.kind, added.hour) == (Lack.ADDED, TradeHour(LONG[0], 25))
    without = shifted(bids(usual), LONG[0], Decision.LEAVE)
    assert without.count("<b:Hour") == 24


def test_flat_records_of_several_resources_are_copied_behind_their_neighbours() -> None:
    def flat(day: date) -> str:
        rows = "".join(
            f"\n  <R res='{name}'><start>{gmt(TradeHour(day, ending).start)}</start></R>"
            for ending in hours_of(day)
            for name in ("A", "B")
        )
        return f"<X><MessagePayload>{rows}\n</MessagePayload></X>"

    usual = LONG[0] - timedelta(days=1)
    assert shifted(flat(usual), LONG[0], Decision.FILL) == flat(LONG[0])
    assert shifted(flat(LONG[0]), usual, Decision.DROP) == flat(usual)
    [gap] = plan(Draft(flat(usual)), LONG[0]).gaps
    assert gap.count == 2


def test_days_and_numbers_alone() -> None:
    def hourly(day: date) -> str:
        rows = "".join(f"<ROW><OPR_HR>{ending}</OPR_HR><MW>1</MW></ROW>" for ending in hours_of(day))
        return f"<X><OPR_DATE>{day:%m/%d/%Y}</OPR_DATE><MessagePayload>{rows}</MessagePayload></X>"

    usual = SHORT[0] + timedelta(days=2)
    assert shifted(hourly(usual), SHORT[0], Decision.DROP) == hourly(SHORT[0])
    assert shifted(hourly(usual), LONG[0], Decision.FILL) == hourly(LONG[0])
    assert shifted(hourly(SHORT[0]), usual, Decision.FILL) == hourly(usual)


def test_long_stretches_get_shorter_and_that_is_said() -> None:
    usual, short = SHORT[0] - timedelta(days=3), SHORT[0]

    def block(day: date, first: str, last: str) -> str:
        return f"<X><MessagePayload><B><start>{first}</start><end>{last}</end></B></MessagePayload></X>"

    text = block(usual, gmt(TradeHour(usual, 3).start), gmt(TradeHour(usual, 6).end))
    made = plan(Draft(text), short)
    assert made.gaps == ()
    assert "shorter" in made.notes[0]
    assert made.apply({}).text == block(short, gmt(TradeHour(short, 4).start), gmt(TradeHour(short, 6).end))


def test_what_is_not_about_the_market_stays_unless_it_is_asked_for() -> None:
    text = (
        "<X><MessageHeader><TimeDate>2026-03-10T08:00:00Z</TimeDate></MessageHeader><MessagePayload>"
        "<created>2026-03-10T08:00:00Z</created><effectiveDate>2019-01-01</effectiveDate>"
        "<MarketStartTime>2026-03-10T07:00:00Z</MarketStartTime><other>{{trade_date}}</other></MessagePayload></X>"
    )
    made = plan(Draft(text), date(2026, 3, 11))
    assert (made.source, made.days) == (date(2026, 3, 10), (date(2026, 3, 10),))
    assert [change.new for change in made.changes] == ["2026-03-11T07:00:00Z"]
    [change] = made.changes
    assert (change.hour_before, change.hour_after) == ("2026-03-10 HE 1", "2026-03-11 HE 1")
    why = {field.name: field.why for field in made.fields}
    assert "header" in why["TimeDate"]
    assert "made" in why["created"]
    assert "31 days" in why["effectiveDate"]
    assert why["MarketStartTime"] == ""
    assert any("Macros" in note for note in made.notes)
    every = plan(Draft(text), date(2026, 3, 11), fields={field.path for field in made.fields})
    assert len(every.changes) == 4
    assert plan(Draft(text), date(2026, 3, 11), fields=()).changes == ()


@pytest.mark.parametrize("name", ["submittedActiveStartDateTime", "effectiveStart", "startTime", "operatingDay"])
def test_times_of_the_market_move_whatever_else_their_names_say(name: str) -> None:
    [field] = plan(Draft(f"<X><{name}>2026-03-10T08:00:00Z</{name}></X>"), date(2026, 3, 11)).fields
    assert field.why == ""


@pytest.mark.parametrize("name", ["submitted", "submissionTime", "lastModified", "creationTime", "sentDateTime"])
def test_times_of_messages_stay(name: str) -> None:
    text = f"<X><{name}>2026-03-10T08:00:00Z</{name}><tradeDate>2026-03-10</tradeDate></X>"
    [field, _] = plan(Draft(text), date(2026, 3, 11)).fields
    assert "made or changed" in field.why


def test_several_days_go_together_and_a_source_may_be_named() -> None:
    text = "<X>" + "".join(f"<tradeDate>2026-03-0{day}</tradeDate>" for day in range(2, 7)) + "</X>"
    made = plan(Draft(text), date(2026, 4, 6))
    assert made.source == date(2026, 3, 2)
    assert [each.new for each in made.changes] == [f"2026-04-{day:02d}" for day in range(6, 11)]
    named = plan(Draft(text), date(2026, 4, 6), source=date(2026, 3, 6))
    assert named.changes[-1].new == "2026-04-06"


def test_what_cannot_be_shifted_says_why() -> None:
    with pytest.raises(PayloadError, match="line 1"):
        plan(Draft("<a>"), date(2026, 1, 1))
    with pytest.raises(UsageError, match="no trade date"):
        plan(Draft("<a>1</a>"), date(2026, 1, 1))
    apart = plan(Draft("<a><start>2026-01-<!-- -->01T08:00:00Z</start><tradeDate>2026-01-01</tradeDate></a>"), DAYS[0])
    assert any("taken apart" in note for note in apart.notes)
    bare = plan(Draft("<a><start>2026-01-01T08:00:00</start></a>"), DAYS[0])
    assert any("read as GMT" in note for note in bare.notes)


NOISE = st.sampled_from(
    [
        "",
        "\r\n",
        "\u2029",
        "\u00a0",
        "<!-- 2026-01-01T00:00:00Z -->",
        "<![CDATA[ 2026-01-01T00:00:00Z or so ]]>",
        "x &amp; y",
    ]
)
TIMES = st.builds(
    lambda day, ending, style, tag: (tag, style.format(gmt(TradeHour(day, ending).start), day)),
    st.sampled_from([day for day in DAYS if day.month in (2, 3, 10, 11)]),
    st.sampled_from([1, 2, 4, 5, 12, 24]),
    st.sampled_from(["{0}", " {0}\r\n", "<![CDATA[{0}]]>", "{1}", "\t{1}"]),
    st.sampled_from(["startTime", "endDate", "at", "tradeDate"]),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(NOISE, TIMES, NOISE), min_size=1, max_size=8), st.integers(-300, 300))
def test_every_character_outside_of_what_moves_is_unchanged(
    parts: list[tuple[str, tuple[str, str], str]], days: int
) -> None:
    rows = "".join(f"<r>{a}<v>{a}</v><{tag}>{value}</{tag}>{b}</r>" for a, (tag, value), b in parts)
    draft = Draft(f"<?xml version='1.0'?>\r\n<X>{rows}</X>\n<!-- end -->", mark=b"\xef\xbb\xbf")
    first = plan(draft, DAYS[0])
    fields = {field.path for field in first.fields}
    there = plan(draft, first.source + timedelta(days=days), fields=fields)
    after = there.apply({gap.id: Decision.LEAVE for gap in there.gaps})
    pieces = [change.piece for change in there.changes]
    blank = pieced(draft.text, [piece._replace(text="") for piece in pieces])
    new_values = iter(pieces)
    rest, at = [], 0
    moved = 0
    for piece in new_values:
        start = piece.start + moved
        rest.append(after.text[at:start])
        assert after.text[start : start + len(piece.text)] == piece.text
        at = start + len(piece.text)
        moved += len(piece.text) - (piece.end - piece.start)
    rest.append(after.text[at:])
    held = any(gap.held for gap in there.gaps)
    assert held or "".join(rest) == blank
    assert after.mark == draft.mark
    if held:
        return
    back = plan(after, first.source, source=there.target, fields=fields)
    again = back.apply({gap.id: Decision.LEAVE for gap in back.gaps})
    lasting = all(not made.gaps and not made.notes for made in (there, back))
    if lasting:
        assert again.text == draft.text


def test_a_shifted_payload_reads_as_the_other_day() -> None:
    usual = SHORT[0] - timedelta(days=1)
    made: ShiftPlan = plan(Draft(bids(usual)), LONG[0])
    text = made.apply({gap.id: Decision.FILL for gap in made.gaps}).text
    reading = read(re.sub("\u2029", "", text).encode())
    assert reading.trade_dates == (LONG[0],)
    assert [hour.ending for hour in reading.hours] == list(hours_of(LONG[0]))
