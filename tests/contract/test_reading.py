import tracemalloc
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caiso_desktop.contract.difference import compare
from caiso_desktop.contract.gather import LONGEST_NAME, MOST_RANGES
from caiso_desktop.contract.meaning import moment
from caiso_desktop.contract.reading import read, read_plainly
from caiso_desktop.model.error import PayloadError
from caiso_desktop.model.moment import PACIFIC
from caiso_desktop.model.reading import Range, Unit
from caiso_desktop.model.source import PayloadFile
from caiso_desktop.model.trade_hour import TradeHour, hours_between, hours_in_words

ADS = Path(__file__).resolve().parents[3] / "shared" / "data" / "ads-v7"

BIDS = """<?xml version="1.0" encoding="UTF-8"?>
<m:RawBidSet xmlns:m="http://www.caiso.com/soa/RawBidSet_v4.xsd#">
  <m:MessageHeader><m:TimeDate>2020-01-01T00:00:00Z</m:TimeDate><m:Source>x</m:Source></m:MessageHeader>
  <m:MessagePayload>{bids}</m:MessagePayload>
</m:RawBidSet>"""
BID = """
    <m:GeneratingBid>
      <m:mRID>BID-{unit}</m:mRID>
      <m:startTime>{start}</m:startTime><m:stopTime>{stop}</m:stopTime>
      <m:SchedulingCoordinator><m:mRID>SC01</m:mRID><m:name>Sunny Power</m:name></m:SchedulingCoordinator>
      <m:RegisteredGenerator><m:mRID>UNIT_{unit}</m:mRID></m:RegisteredGenerator>
      <m:BidPriceCurve><m:CurveSchedData>
        <m:xAxisData>{mw}</m:xAxisData><m:y1AxisData>{price}</m:y1AxisData>
      </m:CurveSchedData></m:BidPriceCurve>
    </m:GeneratingBid>"""


def bid(
    unit: int = 1, mw: str = "50", price: str = "25.50", start: str = "2026-03-10T07:00:00Z", stop: str = ""
) -> str:
    return BID.format(unit=unit, mw=mw, price=price, start=start, stop=stop or "2026-03-11T07:00:00Z")


def bids(*each: str) -> bytes:
    return BIDS.format(bids="".join(each)).encode()


def test_a_bid_set() -> None:
    reading = read(bids(bid(1), bid(2, mw="100", price="-30"), bid(3, mw="0.5", start="2026-03-10T08:00:00-07:00")))
    assert reading.root == "RawBidSet"
    assert reading.scheduling_coordinators == ("SC01",)
    assert reading.resources == ("UNIT_1", "UNIT_2", "UNIT_3")
    assert (reading.resource_count, reading.records, reading.complete) == (3, 3, True)
    assert reading.trade_dates == (date(2026, 3, 10),)
    assert reading.when == "2026-03-10 HE 1-24"
    assert reading.ranges == (
        Range("xAxisData", Unit.POWER, Decimal("0.5"), Decimal(100), 3),
        Range("y1AxisData", Unit.PRICE, Decimal(-30), Decimal("25.50"), 3),
    )
    assert str(reading.ranges[1]) == "y1AxisData: -30 to 25.50 $/MWh (3)"


@pytest.mark.parametrize(
    ("start", "stop", "when"),
    [
        ("2026-03-10T07:00:00Z", "2026-03-10T08:00:00Z", "2026-03-10 HE 1"),
        ("2026-03-08T08:00:00Z", "2026-03-09T07:00:00Z", "2026-03-08 HE 1-24"),  # 23 hours, no hour ending 3
        ("2026-11-01T07:00:00Z", "2026-11-02T08:00:00Z", "2026-11-01 HE 1-25"),  # 25 hours, all of them
        ("2026-11-01T09:00:00Z", "2026-11-01T10:00:00Z", "2026-11-01 HE 25"),
        ("2026-11-01T08:00:00Z", "2026-11-01T09:00:00Z", "2026-11-01 HE 2"),
        ("2026-03-10T22:00:00.0000000-07:00", "2026-03-11T01:00:00-07:00", "2026-03-10 HE 23-24; 2026-03-11 HE 1"),
        ("2026-03-10T07:15:00Z", "2026-03-10T07:30:00Z", "2026-03-10 HE 1"),
    ],
)
def test_hours_also_on_days_of_23_and_25(start: str, stop: str, when: str) -> None:
    assert read(bids(bid(start=start, stop=stop))).when == when


def test_the_repeated_hour_is_counted() -> None:
    assert len(read(bids(bid(start="2026-11-01T07:00:00Z", stop="2026-11-02T08:00:00Z"))).hours) == 25
    assert len(read(bids(bid(start="2026-03-08T08:00:00Z", stop="2026-03-09T07:00:00Z"))).hours) == 23


@pytest.mark.parametrize(
    ("inner", "coordinators", "resources", "when"),
    [
        ("<r><schedulingCoordinator>AB1</schedulingCoordinator></r>", ("AB1",), (), ""),
        ("<List><schedulingCoordinator>A</schedulingCoordinator><SCID>B</SCID></List>", ("A", "B"), (), ""),
        ("<r SC_ID='AB1' RESOURCE_ID='R1'/>", ("AB1",), ("R1",), ""),
        ("<Trade><fromSC>A</fromSC><toSC>B</toSC></Trade>", ("A",), (), ""),
        ("<r><tradeDate>2026-03-10</tradeDate><hourEnding>7</hourEnding></r>", (), (), "2026-03-10 HE 7"),
        ("<r><tradeDate>2026-03-10</tradeDate><resourceId>R</resourceId></r>", (), ("R",), "2026-03-10"),
        ("<r><tradeDate>2026-03-08</tradeDate><hourEnding>3</hourEnding></r>", (), (), "2026-03-08"),
        ("<r><OPR_DATE>2026-03-10-08:00</OPR_DATE></r>", (), (), "2026-03-10"),
        ("<r><rangePeriod><end>2026-03-10T09:00:00Z</end><start>2026-03-10T07:00:00Z</start></rangePeriod></r>",
         (), (), "2026-03-10 HE 1-2"),
        ("<r><MarketStartTime>2026-03-10T07:00:00Z</MarketStartTime></r>", (), (), "2026-03-10 HE 1"),
        ("<r><trend>2</trend><calendar>x</calendar><vendor/></r>", (), (), ""),
        ("", (), (), ""),
    ],
)  # fmt: skip
def test_the_names_that_services_use(
    inner: str, coordinators: tuple[str, ...], resources: tuple[str, ...], when: str
) -> None:
    reading = read(f"<Root><MessagePayload>{inner}</MessagePayload></Root>".encode())
    assert (reading.scheduling_coordinators, reading.resources, reading.when) == (coordinators, resources, when)


def test_the_header_says_nothing_of_the_market() -> None:
    assert read(bids()).trade_dates == ()


def test_a_real_request_of_load_following() -> None:
    if not ADS.is_dir():
        pytest.skip("the published ADS samples are not here")
    reading = read((ADS / "sample-MSSLFRequest.xml").read_bytes())
    assert reading.resources == ("test",)
    assert reading.when == "2006-09-24 HE 23"
    assert reading.ranges == (Range("loadFollowingMW", Unit.POWER, Decimal(100), Decimal(100), 1),)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings(encoding: str) -> None:
    declared = "utf-16" if encoding == "utf-16" else "utf-8"
    text = f"<?xml version='1.0' encoding='{declared}'?><r><scid>Å1</scid></r>"
    assert read(text.encode(encoding)).scheduling_coordinators == ("Å1",)


@pytest.mark.parametrize(
    ("payload", "sentence"),
    [
        (b"", "well-formed"),
        (b"<a><b></a>", "well-formed"),
        (b"no xml", "well-formed"),
        (b"<!DOCTYPE a [<!ENTITY b 'SC99'>]><a><scid>&b;</scid></a>", "DOCTYPE"),
        (b"<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "DOCTYPE"),
        (b"<a>" * 5000, "well-formed"),
    ],
)
def test_what_is_refused(payload: bytes, sentence: str) -> None:
    with pytest.raises(PayloadError, match=sentence):
        read(payload)


def test_bounded() -> None:
    payload = bids(*(bid(number) for number in range(2000)))
    tracemalloc.start()
    reading = read(payload)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (reading.records, reading.resource_count, len(reading.resources)) == (2000, 2000, 50)
    assert peak < 2 * len(payload), "no tree is built"


def test_a_stretch_of_years_is_cut() -> None:
    reading = read(bids(bid(start="2020-01-01T08:00:00Z", stop="2030-01-01T08:00:00Z")))
    assert not reading.complete
    assert len(reading.hours) <= 31 * 24 + 1


@pytest.mark.parametrize("count", [MOST_RANGES // 2, MOST_RANGES * 5])
def test_however_many_names_numbers_have_no_more_than_a_bound_are_kept(count: int) -> None:
    numbers = "".join(f"<mw{number}>{number}</mw{number}>" for number in range(count))
    reading = read(f"<r><p>{numbers}</p></r>".encode())
    assert len(reading.ranges) == min(count, MOST_RANGES)
    assert reading.complete is (count <= MOST_RANGES)


def test_what_is_kept_is_the_same_where_records_repeat() -> None:
    """The last names of each record are beyond the bound, and those records are alike."""
    early = "".join(f"<mw{number}>1</mw{number}>" for number in range(MOST_RANGES - 1))
    record = "<bid><xAxisData>{0}</xAxisData><price>{0}.5</price></bid>"
    late = "".join(record.format(number) for number in range(4000))
    payload = f"<r><p><first>{early}</first>{late}</p></r>".encode()
    reading = read(payload)
    assert reading == read_plainly(payload)
    assert reading.ranges[-1] == Range("xAxisData", Unit.POWER, Decimal(0), Decimal(3999), 4000)
    assert not reading.complete


def test_a_name_that_is_too_long_for_one_is_left_out() -> None:
    name = "mw" + "x" * LONGEST_NAME
    reading = read(f"<r><p><{name}>1</{name}><mw>2</mw></p></r>".encode())
    assert [each.name for each in reading.ranges] == ["mw"]
    assert not reading.complete


@given(st.text("<>&ab/ \"'=!DOCTYPE[]", max_size=60))
def test_nothing_but_its_own_error(text: str) -> None:
    try:
        read(text.encode())
    except PayloadError:
        return


def test_the_same_payload_with_another_header_and_prefix_is_the_same() -> None:
    before = bids(bid())
    after = before.replace(b"2020-01-01", b"2026-01-01").replace(b"m:", b"n:").replace(b"xmlns:m", b"xmlns:n")
    assert compare(before, after).same


def test_the_difference_from_the_last_one() -> None:
    before = bids(bid(1), bid(2), bid(3))
    after = bids(bid(1), bid(2, price="27.50"), bid(4))
    difference = compare(before, after)
    assert (difference.added, difference.removed, difference.changed) == (1, 1, 1)
    assert str(difference) == "1 added, 1 removed, 1 changed"
    changed, added, removed = difference.examples
    assert "BID-2" in changed
    assert changed.endswith("y1AxisData 25.50 -> 27.50")
    assert added.startswith("added: GeneratingBid BID-4")
    assert removed.startswith("removed: GeneratingBid BID-3")


def test_the_difference_where_records_look_alike() -> None:
    before = b"<r><p><mw>1</mw></p><p><mw>2</mw></p></r>"
    after = b"<r><p><mw>1</mw></p><p><mw>3</mw></p><p><mw>4</mw></p></r>"
    difference = compare(before, after)
    assert (difference.added, difference.removed, difference.changed) == (1, 0, 1)


@given(st.datetimes(datetime.fromisoformat("2020-01-01"), datetime.fromisoformat("2035-01-01"), timezones=st.just(UTC)))
def test_an_hour_knows_its_start(at: datetime) -> None:
    hour = TradeHour.at(at)
    assert hour.start <= at < hour.end
    assert hour.start.astimezone(PACIFIC).date() == hour.day


@pytest.mark.parametrize(("day", "count"), [("2026-03-08", 23), ("2026-11-01", 25), ("2026-07-01", 24)])
def test_days_of_23_24_and_25_hours(day: str, count: int) -> None:
    start = datetime.fromisoformat(day).replace(tzinfo=PACIFIC)
    end = (datetime.fromisoformat(day) + timedelta(days=1)).replace(tzinfo=PACIFIC)
    hours = list(hours_between(start, end.astimezone(UTC), most=100))
    assert len(set(hours)) == len(hours) == count
    assert hours_in_words(hours) == f"{day} HE 1-{max(count, 24)}"


def test_hours_are_told_by_their_numbers_so_that_the_repeated_one_is_seen() -> None:
    long, short = date(2026, 11, 1), date(2026, 3, 8)
    assert hours_in_words(TradeHour(long, ending) for ending in range(1, 25)) == "2026-11-01 HE 1-24"
    assert hours_in_words(TradeHour(long, ending) for ending in (1, 2, 25, 3)) == "2026-11-01 HE 1-3, 25"
    assert hours_in_words(TradeHour(short, ending) for ending in (2, 4, 6)) == "2026-03-08 HE 2-4, 6"


@given(st.text(max_size=30))
def test_no_text_is_too_odd_for_a_moment(text: str) -> None:
    moment(text)


def test_a_payload_in_a_file_is_read_and_compared_without_being_held(tmp_path: Path) -> None:
    before = bids(*(bid(unit=number) for number in range(4000)))
    after = bids(*(bid(unit=number, mw="7" if number == 5 else "50") for number in range(4001)))
    files = []
    for name, payload in (("before", before), ("after", after)):
        (tmp_path / name).write_bytes(payload)
        files.append(PayloadFile.of(tmp_path / name))
    tracemalloc.start()
    reading = read(files[1])
    difference = compare(*files)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(before) > 2_000_000
    assert peak < len(before) + len(after), "neither is held, of each record only its key"
    assert reading == read(after)
    assert difference == compare(before, after)
    assert difference.added == 1
    assert difference.changed >= 1
