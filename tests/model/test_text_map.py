"""Bytes, UTF-16 units and lines of any text, against a plain count of each."""

import codecs
import re

from hypothesis import given
from hypothesis import strategies as st

from caiso_desktop.model.draft import Draft
from caiso_desktop.model.text_map import TextMap

TEXTS = st.lists(st.sampled_from([*"ab<>\n", "\r\n", "\r", "\u00a0", "\u2028", "\u2029", "é", "𝄞", "\ufdd0"])).map(
    "".join
)
MARKS = st.sampled_from(
    [(b"", "utf-8"), (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (b"", "utf-16")]
)


@given(TEXTS, MARKS)
def test_there_and_back(text: str, mark: tuple[bytes, str]) -> None:
    draft = Draft(text, mark[1], mark[0])
    places = TextMap(draft)
    data, view = draft.to_bytes(), draft.view().encode("utf-16-le")
    for position, character in enumerate(text):
        byte = places.byte(position)
        raw = character.encode(draft.encoding.replace("utf-16", "utf-16-le").replace("-le-le", "-le"))
        assert data[byte:].startswith(raw)
        assert places.from_byte(byte) == position
        assert places.from_byte(byte + len(raw) - 1) == position
        unit = places.unit(position)
        within = text[position - 1 : position + 1] == "\r\n"
        shown = "\n" if character in "\r\u2029\ufdd0" else character
        assert within or view[unit * 2 :].decode("utf-16-le").startswith(shown)
        assert places.from_unit(unit) == position - within
        line, column = places.line_column(position)
        before = re.split("\r\n|\r|\n", text[: position - within])
        if not within:
            assert (line, column) == (len(before), len(before[-1]) + 1)
            assert places.position(line, column) == position
    assert places.byte(len(text)) == len(data)
    assert places.unit(len(text)) == len(view) // 2


def test_what_lies_outside_is_the_nearest_end() -> None:
    places = TextMap(Draft("a\nbc"))
    assert places.position(1, 9) == 1
    assert places.position(9, 1) == 4
    assert places.from_unit(99) == places.from_byte(99) == 4
