"""Redaction a piece at a time: the same wherever the pieces end, no secret left, what is packed packed again."""

import base64
import contextlib
import gzip
import hashlib
import html
import io
import tracemalloc
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caiso_desktop.dossier import stand_in
from caiso_desktop.dossier.redact import Redaction
from caiso_desktop.dossier.segment import MOST_WINDOWS, TooLarge
from caiso_desktop.dossier.stand_in import StandIns
from caiso_desktop.model.error import Cancelled, Fate
from tests.secret.scan import Scanner, of_text

PERSON = "Rosalind Größe-Übel x4711"
SUBJECT = f"CN={PERSON},OU=people,O=CAISO,C=US"
SECRETS = {
    "person": of_text("Rosalind Größe-Übel"),
    "login": of_text(PERSON),
    "coordinator": {b"SCQQSECRET"},
    "resource": of_text("ALAMEDA_9_UNIT 4"),
    "price": {b"8374.5521"},
    "token": {b"bm9uY2Utb2YtdGhlLW1lc3NhZ2U"},
    "user": of_text("j.smith@company.example"),
}
RECORD = (
    "<Bid><SchedulingCoordinator><mRID>SCQQSECRET</mRID></SchedulingCoordinator>"
    "<RegisteredGenerator><mRID>ALAMEDA_9_UNIT 4</mRID></RegisteredGenerator>"
    "<y1AxisData>8374.5521</y1AxisData><userName>j.smith@company.example</userName>"
    f"<note>asked by {PERSON}</note><startTime>2026-11-22T08:00:00Z</startTime></Bid>"
)
TOKENS = "<Nonce>bm9uY2Utb2YtdGhlLW1lc3NhZ2U=</Nonce>"
WINDOW = 8 << 10
"""So small that a document of a few hundred kilobytes takes many."""


def redact(data: bytes, folder: Path, *, window: int = WINDOW, market: bool = True) -> bytes:
    stand_ins = StandIns()
    stand_ins.learn_person(SUBJECT)
    redaction = Redaction(stand_ins, market=market, folder=folder, window=window)
    made = io.BytesIO()
    redaction.learn(io.BytesIO(data))
    redaction.apply(io.BytesIO(data), made)
    redaction.close()
    return made.getvalue()


def report(count: int) -> bytes:
    return f"<Report>{RECORD * count}</Report>".encode()


def lines(text: bytes, width: int, end: bytes) -> bytes:
    return end.join(text[at : at + width] for at in range(0, len(text), width)) if width else text


def envelope(body: bytes) -> bytes:
    return b"<Envelope><Header>" + TOKENS.encode() + b"</Header><Body><Value>" + body + b"</Value></Body></Envelope>"


def multipart(body: bytes) -> bytes:
    head = b"--b\r\nContent-Type: text/xml\r\n\r\n" + envelope(b"") + b"\r\n--b\r\nContent-ID: <a@x>\r\n\r\n"
    return head + body + b"\r\n--b--\r\n"


def packed(count: int) -> bytes:
    return base64.b64encode(gzip.compress(report(count), mtime=0))


SHAPES = {
    "plain": lambda count: report(count),
    "inline": lambda count: envelope(packed(count)),
    "in lines": lambda count: envelope(lines(packed(count), 76, b"\r\n")),
    "not zipped": lambda count: envelope(base64.b64encode(report(count))),
    "escaped": lambda count: envelope(html.escape(report(count).decode()).encode()),
    "zipped part": lambda count: multipart(gzip.compress(report(count), mtime=0)),
    "base64 part": lambda count: multipart(lines(packed(count), 64, b"\n")),
    "in both": lambda count: envelope(base64.b64encode(envelope(packed(count)))),
    "UTF-16": lambda count: report(count).decode().encode("utf-16"),
    "a text": lambda count: b"\n".join([f"by {PERSON}, ALAMEDA_9_UNIT 4 ".encode()] * count + [RECORD.encode()]),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("count", [1, 40, 500])
def test_nothing_is_left_wherever_the_pieces_end(shape: str, count: int, tmp_path: Path) -> None:
    data = SHAPES[shape](count)
    scanner = Scanner(SECRETS)
    wanted = set(SECRETS) - ({"token"} if b"Nonce" not in data else set())
    assert scanner.names_in(data) == wanted, "the positive control"
    made = redact(data, tmp_path)
    assert scanner.names_in(made) == set()
    assert made == redact(data, tmp_path, window=1 << 24), "a document in one piece"
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(
            [RECORD, TOKENS, "<a b='1'/>", " text ", f"<x>{PERSON}</x>", "<!-- Kommentar > -->", "&lt;y&gt;1"]
        )
        | st.text(st.characters(codec="utf-8", exclude_characters="<&"), max_size=30),
        max_size=60,
    ),
    st.integers(4 << 10, 9 << 10),
    st.booleans(),
)
def test_pieces_change_nothing(tmp_path: Path, parts: list[str], window: int, market: bool) -> None:
    data = f"<r>{''.join(parts)}</r>".encode()
    assert redact(data, tmp_path, window=window, market=market) == redact(data, tmp_path, window=1 << 24, market=market)


@pytest.mark.parametrize("end", [b"", b"\r\n", b"\n"])
def test_the_hash_of_a_large_attachment_is_right_again(tmp_path: Path, end: bytes) -> None:
    attachment = lines(packed(4000), 76 if end else 0, end)
    stated = base64.b64encode(hashlib.sha1(attachment).digest())
    data = b"<Envelope><Hash>" + stated + b"</Hash><Value>" + attachment + b"</Value></Envelope>"
    made = redact(data, tmp_path)
    hash_, _, rest = made.partition(b"</Hash><Value>")
    value = rest.partition(b"</Value>")[0]
    assert base64.b64encode(hashlib.sha1(value).digest()) == hash_.rpartition(b">")[2]
    assert hash_.rpartition(b">")[2] != stated
    inner = gzip.decompress(base64.b64decode(value))
    assert inner.count(b"<Bid>") == 4000
    assert max(map(len, value.splitlines())) == (76 if end else len(value))


def readable(member: bytes) -> bytes:
    """What somebody with patience can still read of a damaged zip."""
    inflater, found = zlib.decompressobj(31), b""
    with contextlib.suppress(zlib.error):
        for byte in member:
            found += inflater.decompress(bytes((byte,)))
    return found


def test_a_zip_that_is_damaged_is_redacted_up_to_the_damage(tmp_path: Path) -> None:
    whole = gzip.compress(report(3000), mtime=0, compresslevel=1)
    for damaged in (
        whole[:-9],
        whole[: len(whole) // 2],
        whole[: len(whole) // 2] + b"\xff" * 400,
        whole[:-4] + b"0000",
    ):
        made = redact(multipart(damaged), tmp_path)
        scanner = Scanner(SECRETS)
        assert scanner.names_in(readable(damaged)) == set(SECRETS) - {"token"}, "the positive control"
        member = made[made.index(b"\x1f\x8b\x08") :]
        assert scanner.names_in(made) == scanner.names_in(readable(member)) == set()
        assert b"RESOURCE_0001" in readable(member)
        with pytest.raises((EOFError, OSError)):
            gzip.decompress(made[made.index(b"\x1f\x8b\x08") :])


def test_what_only_looks_packed_stays(tmp_path: Path) -> None:
    for data in (
        b"<a>" + b"Zm9vYmFy" * 2000 + b"</a>",
        b"<a>" + b"QUFB" * 3 * WINDOW + b"</a>",
        b"x\x1f\x8b\x08 is how a zip begins<a>1</a>",
        b"",
    ):
        assert redact(data, tmp_path) == data


def test_a_value_without_an_end_is_told(tmp_path: Path) -> None:
    for data in (
        b"<userName>" + b"a b " * WINDOW + b"</userName>",
        b"<a userName='" + b"a b " * WINDOW * MOST_WINDOWS + b"'/>",
    ):
        with pytest.raises(TooLarge):
            redact(data, tmp_path)
    long_token = b"<Password>" + b"QUFB" * WINDOW + b"</Password>"
    assert b"QUFB" not in redact(long_token, tmp_path)


def test_the_same_price_has_the_same_stand_in_however_many_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stand_in, "MOST_REMEMBERED", 50)
    prices = [f"{number}.25" for number in range(400)] * 2
    ids = [f"UNIT_{number}_X" for number in range(400)] * 2
    data = "".join(
        f"<B><price>{price}</price><RegisteredGenerator><mRID>{unit}</mRID></RegisteredGenerator></B>"
        for price, unit in zip(prices, ids, strict=True)
    )
    made = redact(f"<R>{data}</R>".encode(), tmp_path).decode()
    found = [each.partition("<")[0] for each in made.split("<price>")[1:]]
    units = [each.partition("<")[0] for each in made.split("<mRID>")[1:]]
    for each in (found, units):
        assert each[:400] == each[400:]
        assert len(set(each)) == 400
    assert all(price.endswith(".00") for price in found)
    assert not set(units) & set(ids)
    stand_ins = StandIns()
    assert not stand_ins.overflowed
    for unit in ids:
        stand_ins.learn(stand_in.What.RESOURCE, unit)
    assert stand_ins.overflowed


def test_a_large_document_is_not_held(tmp_path: Path) -> None:
    data = envelope(packed(24_000))
    (tmp_path / "answer").write_bytes(data)
    assert len(report(24_000)) > 7_000_000
    redaction = Redaction(StandIns(), market=False, folder=tmp_path, window=64 << 10)
    with (tmp_path / "answer").open("rb") as document, (tmp_path / "made").open("w+b") as made:
        tracemalloc.start()
        redaction.learn(document)
        redaction.apply(document, made)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    redaction.close()
    assert b"j.smith" not in (tmp_path / "made").read_bytes()
    assert peak < 4 << 20, "of which the largest pieces of files without a name are one"


def test_it_is_stopped_when_that_is_asked_for(tmp_path: Path) -> None:
    looked: list[int] = []

    def check(size: int) -> None:
        looked.append(size)
        if len(looked) > 5:
            raise Cancelled(fate=Fate.NOT_SENT)

    redaction = Redaction(StandIns(), market=True, folder=tmp_path, check=check, window=WINDOW)
    with pytest.raises(Cancelled):
        redaction.learn(io.BytesIO(report(3000)))
    redaction.close()
    assert len(looked) == 6


@pytest.mark.parametrize(
    "words",
    [
        "bid at 8374.5521 MW-h",
        "8374.5521 exceeds the cap",
        "Value '8374.5521' is not facet-valid",
        "the cap is $8,374.5521.",
        "curve: (10, 8374.5521)",
    ],
)
def test_a_price_in_a_sentence_has_its_stand_in(tmp_path: Path, words: str) -> None:
    document = f"<A><y1AxisData>8374.5521</y1AxisData><x>{words}</x><pMW>8374.5521</pMW> <v a='8374.5521'/></A>"
    made = redact(document.encode(), tmp_path).decode()
    assert made.count("1001.0000") == 2, made
    assert "<pMW>8374.5521</pMW> <v a='8374.5521'/>" in made, "what is a quantity by its name stays"
    assert "8374.5521" not in made.partition("<pMW>")[0].replace(",", "")


def test_a_negative_price_in_a_sentence_has_its_stand_in(tmp_path: Path) -> None:
    made = redact(b"<A><LMP>-17.25</LMP><note>from -17.25 at 10:17.25 on</note></A>", tmp_path)
    assert made == b"<A><LMP>1001.00</LMP><note>from -1001.00 at 10:17.25 on</note></A>"


def test_every_part_of_a_price_has_a_stand_in(tmp_path: Path) -> None:
    interval = (
        '<PriceInterval hourEnding="7"><startTime>2026-11-26T08:00:00Z</startTime><intervalNumber>7</intervalNumber>'
        "<LMP>38.81</LMP><energy>40.32</energy><congestion>-1.19</congestion><loss>-0.33</loss><cleared>15.5</cleared>"
        "<MW>99.5</MW></PriceInterval>"
    )
    cost = "<CommitmentCostRecord><IntervalData><value>777.7</value></IntervalData></CommitmentCostRecord>"
    other = "<Awards><MessageHeader><Version>20161001</Version></MessageHeader><energy>50.5</energy></Awards>"
    made = redact(f"<R>{interval}{cost}{other}</R>".encode(), tmp_path).decode()
    for price in ("38.81", "40.32", "1.19", "0.33", "15.5<", "777.7"):
        assert price not in made, price
    assert other in made
    assert 'hourEnding="7"' in made
    for kept in ("<startTime>2026-11-26T08:00:00Z</startTime>", "<intervalNumber>7<", "<MW>99.5</MW>"):
        assert kept in made


PERSONS = (
    "<responder>TEST_John Smith</responder><oprResponder>J. Doe</oprResponder><apiValidatedBy>TEST_John Smith"
    "</apiValidatedBy><validatedBy>SYSTEM</validatedBy><reviewerPhoneNumber>555-0199-3</reviewerPhoneNumber>"
    "<lastModifiedBy>Ann Lee</lastModifiedBy><contact>Ann Lee, desk</contact>"
    "<rmrTestRequestor>R. Roe</rmrTestRequestor>"
)


@pytest.mark.parametrize("market", [False, True])
def test_persons_that_ads_names_have_stand_ins(tmp_path: Path, market: bool) -> None:
    kept = "<note>SYSTEM of 5</note><systemId>SYSTEM</systemId><contactUs/><standby>yes</standby>"
    document = f"<instruction>{PERSONS}<text>asked by TEST_John Smith</text>{kept}</instruction>"
    made = redact(document.encode(), tmp_path, market=market).decode()
    for person in ("John", "Doe", "Lee", "Roe", "0199", "<validatedBy>SYSTEM"):
        assert person not in made, person
    assert made.count("Person 1") == 3, "the same person everywhere"
    assert kept in made, "a bare word means something else elsewhere"
    assert "<apiValidatedBy>" in made
    assert redact(html.escape(document, quote=False).encode(), tmp_path, market=market).count(b"Person 1") == 3
