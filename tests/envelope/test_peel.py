"""Attachments of every wrapping, whole and damaged."""

import base64
import gzip
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caiso_desktop.envelope.peel import Bound, Unpeelable, peel

BOUND = Bound(1 << 32)


def pieces(data: bytes, step: int) -> Iterator[bytes]:
    for at in range(0, len(data), step):
        yield data[at : at + step]


def peeled(data: bytes, step: int = 1 << 16, bound: Bound = BOUND) -> bytes:
    return b"".join(peel(pieces(data, step), bound))


def wrapped(text: bytes, line_end: bytes) -> bytes:
    return line_end.join(text[at : at + 76] for at in range(0, len(text), 76)) + line_end


@settings(deadline=None)
@given(
    st.lists(st.binary(max_size=200), min_size=1, max_size=4),
    st.sampled_from([b"", b"\r\n", b"\n"]),
    st.integers(1, 100),
    st.integers(0, 10),
)
def test_round_trip(members: list[bytes], line_end: bytes, step: int, padding: int) -> None:
    document = b"<a>" + b"".join(members)
    members[0] = b"<a>" + members[0]
    zipped = b"".join(gzip.compress(member) for member in members) + bytes(padding)
    text = base64.b64encode(zipped)
    assert peeled(wrapped(text, line_end) if line_end else text, step) == document
    assert peeled(zipped, step) == document
    assert peeled(document, step) == document


@pytest.mark.parametrize("size", [0, 1, (1 << 18) - 1, 1 << 18, (1 << 18) + 1, 3 << 18])
def test_every_size_around_a_step(size: int) -> None:
    document = b"<" + b"x" * size
    assert peeled(base64.b64encode(gzip.compress(document))) == document


def test_an_attachment_encoded_twice() -> None:
    assert peeled(base64.b64encode(base64.b64encode(gzip.compress(b"<a/>")))) == b"<a/>"


WHOLE = gzip.compress(b"<" + bytes(range(256)).hex().encode() * 40)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (WHOLE[:-1], "gzip is cut off"),
        (WHOLE[:20], "gzip is cut off"),
        (WHOLE[:40] + b"\xff\xff\xff" + WHOLE[43:], "gzip is damaged"),
        (WHOLE + b"rubbish", "gzip is damaged"),
        (base64.b64encode(WHOLE)[:-3], "base64 text is cut off"),
        (base64.b64encode(WHOLE)[:80] + b"=" + base64.b64encode(WHOLE)[81:], "base64 text is damaged"),
        (b"\x00\x01\x02\x03", "neither"),
    ],
)
def test_damage_is_named(data: bytes, words: str) -> None:
    with pytest.raises(Unpeelable, match=words):
        peeled(data)


def test_a_bomb_stops_early() -> None:
    bomb = gzip.compress(b"<" + bytes(80 << 20))
    size = 0
    with pytest.raises(Unpeelable, match="grows"):
        for piece in peel([bomb], BOUND):
            size += len(piece)
    assert size < 70 << 20


def test_the_limit_holds() -> None:
    with pytest.raises(Unpeelable, match="larger than 1 MB"):
        peeled(gzip.compress(b"<" + bytes(2 << 20)), bound=Bound(1 << 20))


def test_the_disk_is_asked_for_room_once_and_only_for_what_is_large() -> None:
    asked: list[int] = []

    def room() -> int:
        asked.append(1)
        return 1 << 20

    bound = Bound(1 << 32, room=room)
    assert peeled(gzip.compress(b"<" + bytes(200 << 10)), bound=bound)
    assert not asked
    assert peeled(gzip.compress(b"<" + bytes(900 << 10)), bound=bound)
    assert len(asked) == 1
    with pytest.raises(Unpeelable, match="the 1 MB for which the disk has room"):
        peeled(gzip.compress(b"<" + bytes(2 << 20)), bound=bound)
