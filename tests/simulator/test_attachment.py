"""Attachments: gzip, base64 in lines of 76, and the hash of the text as it travels."""

import base64
import gzip
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caiso_desktop.simulator.attachment import compressed, pack
from caiso_desktop.simulator.message import decode_attachment
from caiso_desktop.simulator.reply import Stored


@given(st.lists(st.binary(max_size=300), max_size=6))
def test_what_is_packed_can_be_unpacked(pieces: list[bytes]) -> None:
    packed = pack(compressed(pieces))
    text = b"".join(packed.content(b"", b""))
    assert gzip.decompress(base64.b64decode(text)) == b"".join(pieces)
    assert decode_attachment(text, compressed=True) == b"".join(pieces)
    assert len(text) == packed.size
    assert packed.hash == base64.b64encode(hashlib.sha1(text).digest()).decode()
    assert packed.unwrapped == base64.b64encode(hashlib.sha1(text.replace(b"\r\n", b"")).digest()).decode()


@given(st.lists(st.binary(max_size=200), min_size=1, max_size=6))
def test_lines_are_76_characters_whatever_the_pieces(pieces: list[bytes]) -> None:
    lines = b"".join(pack(pieces).content(b"", b"")).split(b"\r\n")
    assert all(len(line) == 76 for line in lines[:-1])
    assert base64.b64decode(b"".join(lines)) == b"".join(pieces)


def test_a_large_one_lies_in_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("caiso_desktop.simulator.attachment.IN_MEMORY", 100)
    packed = pack([bytes(range(256)) * 10])
    content = packed.content(b"before", b"after")
    assert isinstance(content, Stored)
    assert b"".join(content) == b"before" + b"".join(pack_small()) + b"after"
    assert len(content) == packed.size + 11
    content.close()


def pack_small() -> list[bytes]:
    text = base64.encodebytes(bytes(range(256)) * 10).replace(b"\n", b"\r\n")
    return [text.removesuffix(b"\r\n")]


def test_nothing_is_left_when_packing_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """The temporary file is closed; an open one would be a warning, and a warning is an error here."""
    monkeypatch.setattr("caiso_desktop.simulator.attachment.IN_MEMORY", 100)

    def pieces() -> list[bytes]:
        raise OSError("no space")

    with pytest.raises(OSError, match="no space"):
        pack(piece for _ in range(1) for piece in [b"x" * 1000, *pieces()])
