import gzip
import random
import sys
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caiso_desktop.envelope.deflate import GZIP, ZLIB, deflated, deflater


def compressed(format: int, pieces: list[bytes]) -> bytes:
    stream = deflater(format)
    return b"".join([*map(stream.compress, pieces), stream.flush()])


@given(st.lists(st.binary(max_size=3000), max_size=5), st.integers(0, 3000))
def test_what_is_compressed_comes_back(pieces: list[bytes], repeats: int) -> None:
    pieces = [*pieces, b"<mRID>UNIT</mRID>" * repeats]
    assert gzip.decompress(compressed(GZIP, pieces)) == b"".join(pieces)
    assert zlib.decompress(compressed(ZLIB, pieces)) == b"".join(pieces)
    assert zlib.decompress(deflated(b"".join(pieces))) == b"".join(pieces)


def test_the_same_gives_the_same() -> None:
    data = random.Random(1).randbytes(300_000).hex().encode()
    assert compressed(GZIP, [data]) == compressed(GZIP, [data])


def test_without_isa_l_zlib_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = [b"<a>", b"1" * 70_000, b"</a>"]
    with_it = compressed(GZIP, pieces)
    monkeypatch.setitem(sys.modules, "isal", None)
    assert compressed(GZIP, pieces) == gzip.compress(b"".join(pieces), 6, mtime=0)
    assert deflated(b"".join(pieces)) == zlib.compress(b"".join(pieces), 1)
    assert gzip.decompress(with_it) == b"".join(pieces)
