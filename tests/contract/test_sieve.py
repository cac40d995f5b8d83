"""What is read from a payload that was sifted is what is read from it element by element, whatever is in it."""

import itertools
import random
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caiso_desktop.contract.gather import Uncertain
from caiso_desktop.contract.large import Soundness, checked
from caiso_desktop.contract.plan import wanted
from caiso_desktop.contract.reading import is_sound, read, read_plainly, read_sifted
from caiso_desktop.contract.sieve import LONGEST_RECORD, Run, Sieve
from caiso_desktop.model.error import PayloadError, StorageError
from caiso_desktop.model.source import PIECE, PayloadFile
from tests.attachment.conftest import bids

NAMES = (
    "RegisteredGenerator", "SchedulingCoordinator", "mRID", "name", "id", "schedulingCoordinator", "resourceId",
    "SC_ID", "startTime", "stopTime", "tradeDate", "hourEnding", "xAxisData", "y1AxisData", "price", "MW",
    "minCapacityStart", "Bid", "Curve", "MessagePayload", "MessageHeader", "note", "a-b", "x.1",
)  # fmt: skip
ODD_NAMES = ("xmlThing", "Größe", "m:q:r", ":odd", "odd:", "xml:id", "unbound:mRID", "n:resourceId")
PLAIN = (
    "", " ", "\n  ", "\r\n", "SC01", "SC02", " SC03\r\n", "two\r\nlines", "UNIT_1", "a\tb", "7", "25", "24", "0", "-0",
    "1.0", "1.00", "1", "-3.5", "+4", ".5", "5.", ".", "1-2", "007", "1e5", "12345.6789012", "123456789012345.5",
    "99.90", "100.00", "0.05", "NaN", "2026-03-10", "2026-03-10T07:00:00Z", "2026-03-10T09:00:00Z",
    "2026-03-10T08:00:00-07:00",
    "2020-01-01T00:00:00Z", "2026-03-10T07:00:00.0000000-07:00", "x" * 101, "x" * 990 + " " * 15 + "y",
    " " * 1200 + "SC09", "it's \"so\"",
)  # fmt: skip
ODD = (
    "Müller", "\u00a0", "\x7f", "٣", "&amp;", "A&lt;B", "&#65;", "&#xA0;", "<![CDATA[SC05]]>", "<![CDATA[<mRID>]]>",
    "SC11 &amp; &quot;Söhne&quot;", "Łódź",
    "<!-- SC06 -->", "SC<!-- - -->07", "<!-- </Bid><Bid> -->", "<?p <Bid> ?>", "<name>SC10</name>", "<Bid/>", "a > b",
)  # fmt: skip
FAULTS = (
    "&",
    "<",
    ">",
    "]]>",
    "&nosuch;",
    "<b>",
    "</b>",
    "\x01",
    "--",
    "<!--",
    "<![CDATA[",
    '"',
    "\x00",
    "<!DOCTYPE a>",
)
ATTRIBUTES = (
    ' id="{}"', " SC_ID='{}'", ' MW="{}"', ' m:kind="7"', ' unbound:id="7"', ' xml:lang="en"', ' xmlns:m="urn:m"',
    ' xmlns="urn:d"', " startTime = '{}'", ' xmlns:n=""', ' name="a>b/"', " price='\"'", ' y1AxisData="{}"',
)  # fmt: skip
VALUES = ("", "7", "8.5", "SC08", "UNIT_2", "2026-03-10T07:00:00Z", " SC03 ")
ODD_VALUES = ("a\tb", "&amp;", "x > y", "ü", "a\nb")

Shape = tuple[str, str, tuple["Shape", ...] | None]
"""An element without its texts: its name, its attributes, and its children, None where it has a text instead."""

usual = (*NAMES, *(f"m:{name}" for name in NAMES))
names = st.sampled_from((*usual, *usual, *usual, *ODD_NAMES))
some_attributes = st.sets(st.sampled_from(ATTRIBUTES), max_size=2).map(sorted).map("".join)
attributes = st.one_of(*[st.just("")] * 9, some_attributes)
leaves = st.tuples(st.sampled_from(NAMES), attributes, st.sampled_from((None, None, None, ())))
records = st.recursive(
    st.tuples(names, attributes, st.lists(leaves, min_size=1, max_size=4).map(tuple)),
    lambda inner: st.tuples(names, attributes, st.lists(leaves | inner, min_size=1, max_size=4).map(tuple)),
    max_leaves=4,
)


class Writer:
    """Writes records of given shapes, mostly with plain texts; ``oddity`` is how seldom one is not."""

    def __init__(self, chance: random.Random, oddity: int, space: str) -> None:
        self._chance = chance
        self._oddity = oddity
        self._space = space
        numbers = [text for text in PLAIN if text.strip("+-")[:1].isdigit() and len(text) < 9]
        self._texts = chance.sample(chance.choice((PLAIN, numbers)), 4)

    def write(self, shape: Shape) -> str:
        name, said, children = shape
        said = re.sub(r"\{\}", lambda _: self._any(VALUES, ODD_VALUES), said)
        if children == ():
            return f"{self._space}<{name}{said}/>"
        inner = self._any(self._texts, ODD) if children is None else "".join(map(self._some, children)) + self._space
        return f"{self._space}<{name}{said}>{inner}</{name}>"

    def _some(self, shape: Shape) -> str:
        """A leaf once, something larger often several times."""
        return "".join(self.write(shape) for _ in range(self._chance.choice((1, 1, 2, 3)) if shape[2] else 1))

    def _any(self, usual: Sequence[str], odd: Sequence[str]) -> str:
        return self._chance.choice(usual if self._chance.randrange(self._oddity) else odd)


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    """Lists of records of a few shapes, most of them alike, sometimes with something wrong."""
    chance = random.Random(draw(st.integers(0, 1 << 32)))
    writer = Writer(chance, chance.choice((20, 200, 5000)), chance.choice(("", "", "\n  ", "\r\n", " lies about ")))
    inner = ""
    for shape in draw(st.lists(records, min_size=1, max_size=3)):
        inner += "".join(writer.write(shape) for _ in range(chance.choice((2, 6, 12))))
        inner += chance.choice(("",) * len(ODD) + ODD)
    lists = chance.choice(("MessagePayload", "m:messagePayload", "List", ""))
    inner = f"<{lists}>{inner}</{lists}>" if lists else inner
    if not chance.randrange(4):
        inner += inner
    root = chance.choice(("Root", "m:Root", "unbound:Root", "messagepayload", "MessageHeader"))
    declared = chance.choice(("", ' xmlns:m="urn:m"', ' xmlns:m="urn:m" xmlns:n="urn:n" id="7"', ' xmlns="urn:d"'))
    head = chance.choice(("", '<?xml version="1.0"?>\n', '<?xml version="1.0" encoding="UTF-8"?><!-- x -->'))
    document = f"{head}<{root}{declared}>{inner}</{root}>{chance.choice(('', chr(10), '<!-- x -->'))}"
    if not chance.randrange(8):
        at = chance.randrange(len(document))
        document = document[:at] + chance.choice(FAULTS) + document[at + chance.randrange(4) :]
    return document.encode(chance.choice(("utf-8",) * 12 + ("utf-8-sig", "utf-16", "utf-16-le")))


def cut(document: bytes, size: int) -> list[bytes]:
    return [document[at : at + size] for at in range(0, len(document), size)]


def sifted(document: bytes, size: int, longest: int) -> str:
    return repr(read_sifted(Sieve(wanted, longest).sift(cut(document, size))))


def left_as_it_is(document: bytes) -> bool:
    try:
        return b"".join(checked([document])) == document
    except PayloadError:
        return False


@settings(max_examples=300, deadline=None)
@given(documents(), st.sampled_from((37, 200, 5000)), st.sampled_from((60, 400, LONGEST_RECORD)))
def test_the_same_is_read(document: bytes, size: int, longest: int) -> None:
    try:
        plainly = repr(read_plainly(document))
    except PayloadError:
        with pytest.raises((PayloadError, Uncertain)):
            sifted(document, size, longest)
    else:
        soundness = Soundness()
        try:
            told = repr(read_sifted(Sieve(wanted, longest).sift(cut(document, size)), soundness))
        except Uncertain:
            return
        assert told == plainly
        assert soundness.told() == left_as_it_is(document)


FIVE = 5
BID = "<b{said}><c>1</c><MW>{mw}</MW></b>"


def megawatts(numbers: str) -> str:
    return f"<r>{''.join(BID.format(said='', mw=number) for number in numbers.split())}</r>"


RECORDS = ((1, 2), (2, 2), (1, 1), (2, 1), (3, 1), (2, 2), (3,), (4,), (2, 3))
"""How many points the hours of some records have."""


def hours(records: Sequence[Sequence[int]], more: str = "", within: str = "") -> str:
    """Records of some hours each, with as many points; numbers, times and names by their place.

    Each record has a lower least number than the one before.
    """
    count = itertools.count()
    text = "<r xmlns='urn:x'><MessagePayload>"
    for number, record in enumerate(records):
        text += f"<bid><price>{9 - number}.0</price>"
        for points in record:
            text += f"<hour><startTime>2026-03-{number % 20 + 1:02}T0{next(count) % 10}:00:00Z</startTime>"
            text += within.format(n=next(count), low=900 - number)
            text += "".join(f"<point><MW>{900 - number}.5</MW></point>" for _ in range(points)) + "</hour>"
        text += f"<SchedulingCoordinator><mRID>SC0{number}</mRID></SchedulingCoordinator>"
        text += more.format(n=number, low=900 - number) + "</bid>"
    return text + "</MessagePayload></r>"


@pytest.mark.parametrize(
    "inner",
    [
        # A prefix that is bound makes an attribute one of the document's, one that is not leaves it the market's.
        '<r xmlns:p="u">' + BID.format(said=' p:price="5"', mw=1) * FIVE + "</r>",
        "<r>" + BID.format(said=' p:price="5"', mw=1) * FIVE + "</r>",
        '<r xmlns:p="u">' + '<b xmlns:p=""><c p:price="5">1</c></b>' * FIVE + "</r>",
        '<r><a xmlns:p="u">' + BID.format(said=' p:price="5"', mw=1) * FIVE + '</a><a xmlns:p="">'
        + BID.format(said=' p:price="5"', mw=1) * FIVE + "</a></r>",
        # The header says nothing, but what is in it may.
        "<r>" + "<MessageHeader><MW>5</MW><x><MW>1</MW></x></MessageHeader>" * FIVE + "</r>",
        "<r>" + "<x><MessageHeader><MW>5</MW></MessageHeader></x>" * FIVE + "</r>",
        # Of two leaves of one name the last counts; of equal numbers the first is told as it is written.
        "<r>" + "<b><MW>1</MW><c/><MW>2</MW></b>" * FIVE + "</r>",
        megawatts("3 3 5 1.0 1.00 9.0 9 9.00 1 1.00 5"),
        megawatts("10 10 9 100 20 -5 0 1e5"),
        megawatts("10.00 10.00 007.50 99.50 9.00 10.25"),
        "<r>" + "".join(f"<b><MW/><mRID/><price>{mw}</price></b>" for mw in ("", "", "5", "4", "x", "6", "6")) + "</r>",
        # What is left out is a child all the same.
        "<r>" + "<MW><b><c>1</c></b></MW>" * FIVE + "<MW>7</MW></r>",
        # What comes as often as it likes: hours with their curves, and a number that stands before or behind them.
        hours(RECORDS),
        "<r>" + "<a><b><c>1</c></b><SCID>A &amp; B&apos;s &lt;Ö&gt;</SCID></a>" * FIVE + "</r>",
        "<r>" + "".join(f"<a><b>é<c>1</c>&amp;</b><SCID>{n}\r\n&amp;lt;</SCID></a>" for n in range(9)) + "</r>",
        "<r>" + "<a><b><c>1</c></b><SCID>A\u00a0</SCID></a>" * FIVE + "</r>",
        hours(RECORDS, "<cost>{n}</cost>"),
        hours(RECORDS, "<MW>{low}.50</MW>"),
        hours(RECORDS, "", "<MW>{low}.50</MW>"),
        hours(RECORDS, "<energyDate>2026-03-1{n}</energyDate>"),
        hours(RECORDS, "", "<SCID>SC{n}</SCID>"),
        "<r><a>" + "<b><c>1</c></b>" * FIVE + "</a><a><b><c>1</c></b></a></r>",
    ],
)  # fmt: skip
def test_the_same_is_read_of(inner: str) -> None:
    plainly = repr(read_plainly(inner.encode()))
    for longest in (20, 60, LONGEST_RECORD):
        assert sifted(inner.encode(), 50, longest) == plainly


MORE = (
    "",
    "<cost>{n}</cost>",
    "<mRID>SC{n}</mRID><MW>{n}</MW>",
    "<energyDate>2026-03-1{n}</energyDate>",
    "<MW>.{n}</MW>",
)


@settings(deadline=None)
@given(
    st.lists(st.lists(st.integers(1, 4), min_size=1, max_size=4), min_size=8, max_size=25),
    st.sampled_from(MORE),
    st.sampled_from(("", "<SCID>SC{n}</SCID>", "<unit><mRID>{n}</mRID></unit>", "<cost/>", "<cost>{n}</cost>")),
    st.sampled_from((100, 700, LONGEST_RECORD)),
)
def test_the_same_is_read_of_hours(records: list[list[int]], more: str, within: str, longest: int) -> None:
    document = hours(records, more, within).encode()
    assert sifted(document, 300, longest) == repr(read_plainly(document))


def test_of_hours_with_curves_of_any_length_little_is_read_element_by_element() -> None:
    chance = random.Random(3)
    document = hours([[chance.randrange(1, 9) for _ in range(chance.randrange(1, 20))] for _ in range(500)]).encode()
    parts = list(Sieve(wanted).sift(cut(document, PIECE)))
    assert sum(len(part) for part in parts if isinstance(part, bytes)) < 1000


@pytest.mark.parametrize(("number", "in_block"), [("1-2", False), ("1.2.3", False), ("..", True)])
def test_what_is_not_certain_is_read_element_by_element(number: str, in_block: bool) -> None:
    more = f"<b><c>1</c><MW>{{}}</MW></b>{'<b><c>1</c><MW>2</MW></b>' if in_block else ''}"
    document = f"<r>{''.join(f'<a>{more.format(mw)}</a>' for mw in ['1', '2', '3', number, '5'] * 3000)}</r>".encode()
    with pytest.raises(Uncertain):
        sifted(document, PIECE, LONGEST_RECORD)
    assert repr(read(document)) == repr(read_plainly(document))


def test_of_a_bid_set_little_is_read_element_by_element(tmp_path: Path) -> None:
    document = bids(2_000_000)
    parts = list(Sieve(wanted).sift(cut(document, PIECE)))
    assert sum(len(part) for part in parts if isinstance(part, bytes)) < 10000
    assert sum(len(part.rows) for part in parts if isinstance(part, Run)) > 1000
    (tmp_path / "bids.xml").write_bytes(document)
    assert repr(read(PayloadFile.of(tmp_path / "bids.xml"))) == repr(read(document)) == repr(read_plainly(document))


def test_what_repeats_nothing_is_handed_on_as_it_is() -> None:
    document = b"<r>" + b"".join(b"<a%d><b>1</b></a%d>" % (number, number) for number in range(200_000)) + b"</r>"
    parts = list(Sieve(wanted).sift(cut(document, PIECE)))
    assert b"".join(part for part in parts if isinstance(part, bytes)) == document


@pytest.mark.parametrize(
    ("fault", "sentence"), [(b"</b>", "well-formed"), (b"&nosuch;", "well-formed"), (b"\x01", "well")]
)
def test_what_is_wrong_in_the_midst_of_what_repeats_is_found(fault: bytes, sentence: str) -> None:
    document = bids(300_000)
    at = document.index(b"</xAxisData>", 200_000)
    with pytest.raises(PayloadError, match="well-formed") as plainly:
        read_plainly(document[:at] + fault + document[at:])
    with pytest.raises(PayloadError, match="well-formed") as told:
        read(document[:at] + fault + document[at:])
    assert str(told.value) == str(plainly.value)


@pytest.mark.parametrize(
    ("before", "after", "sound"),
    [
        (b"", b"", True),
        (b"UTF-8", b"iso-8859-1", False),
        (b"MessagePayload>", b"p:MessagePayload>", False),
        (b"</MessagePayload>", b"</MessagePayload >", True),
        (b"</MessagePayload>", b"", False),
    ],
)
def test_what_is_sound_may_leave_as_it_is(tmp_path: Path, before: bytes, after: bytes, sound: bool) -> None:
    path = tmp_path / "bids.xml"
    path.write_bytes(bids(100_000).replace(before, after) if before else bids(100_000))
    assert is_sound(PayloadFile.of(path)) is sound
    assert left_as_it_is(path.read_bytes()) is sound


def test_what_is_no_longer_what_it_was_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "bids.xml"
    path.write_bytes(bids(100_000))
    payload = PayloadFile.of(path)
    path.write_bytes(path.read_bytes().replace(b"SC01", b"SC02"))
    with pytest.raises(StorageError, match="changed"):
        read(payload)
