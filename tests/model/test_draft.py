"""A draft: what is not edited stays byte for byte, whatever its encoding, mark and line ends."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caiso_desktop.model.draft import EDITABLE_LINE, Draft, common_end, common_start, too_big_to_edit
from caiso_desktop.model.error import PayloadError

TEXT = st.text(st.sampled_from("ab<>\u00a0\u2028\u2029é𝄞"), max_size=30)


@given(st.lists(st.tuples(TEXT, st.sampled_from(["\n", "\r\n", "\r"])), max_size=8), st.data())
def test_an_edit_of_the_view_is_one_splice_of_the_truth(pieces: list[tuple[str, str]], data: st.DataObject) -> None:
    draft = Draft("".join(line + end for line, end in pieces))
    view = draft.view()
    start = data.draw(st.integers(0, len(view)))
    end = data.draw(st.integers(start, len(view)))
    edited = view[:start] + data.draw(st.sampled_from(["", "x", "x\ny", "\n"])) + view[end:]
    after = draft.with_view(edited)
    assert after.view() == edited
    assert after.revision == draft.revision + (edited != view)
    if edited != view:
        head, tail = draft.text, after.text
        kept = next((i for i, (a, b) in enumerate(zip(head, tail, strict=False)) if a != b), min(len(head), len(tail)))
        assert Draft(head[:kept]).view() == after.view()[: len(Draft(head[:kept]).view())]


def test_untouched_lines_keep_their_ends_and_new_ones_get_the_first() -> None:
    draft = Draft("<a>\r\n<b/>\n</a>\r\n")
    after = draft.with_view("<a>\n<c/>\n<b/>\n</a>\n")
    assert after.text == "<a>\r\n<c/>\r\n<b/>\n</a>\r\n"


def test_bytes_come_back_as_they_were() -> None:
    for data in (
        codecs.BOM_UTF8 + b"<a>\r\n\xc2\xa0</a>",
        "<?xml version='1.0' encoding='ISO-8859-1'?><a>é</a>".encode("latin-1"),
        codecs.BOM_UTF16_LE + "<a>é</a>".encode("utf-16-le"),
        b"<a/>\r\n",
    ):
        assert Draft.from_bytes(data).to_bytes() == data


@pytest.mark.parametrize(
    ("data", "word"),
    [(b"<a>\xff</a>", "byte 3 is not UTF-8"), (b"<?xml version='1.0' encoding='klingon'?><a/>", "klingon")],
)
def test_bytes_that_lie_about_their_encoding_are_refused_in_words(data: bytes, word: str) -> None:
    with pytest.raises(PayloadError, match=word):
        Draft.from_bytes(data)


def test_a_character_its_encoding_cannot_write_is_named() -> None:
    with pytest.raises(PayloadError, match=r"U\+20AC"):
        Draft("<a>€</a>", "iso-8859-1").to_bytes()


def test_what_is_too_big_is_said_in_words() -> None:
    assert too_big_to_edit("<a/>\n" * 10) == ""
    assert "line of 20,001" in too_big_to_edit("a\n" + "b" * 20_001)
    assert "2,000,001" in too_big_to_edit("\n" * 2_000_001)


def test_line_ends_that_an_edit_brings_together_stay_two() -> None:
    draft = Draft("a\rbc\nd").with_view("a\n\nd")
    assert draft.view() == "a\n\nd"
    assert Draft("a\rb").with_view("a\n\nb").view() == "a\n\nb"
    assert Draft("\r\ra\n").with_view("\n\n\n\n").view() == "\n\n\n\n"


def test_a_line_is_measured_from_any_line_end_to_the_next() -> None:
    longest = "b" * EDITABLE_LINE
    for end in ("\n", "\r\n", "\r", "\u2029"):
        assert too_big_to_edit(end.join(["a", longest, longest, "c"])) == ""
        assert "line of 20,001" in too_big_to_edit(end.join(["a", longest, longest + "c", "d"]))
    assert "line of 20,001" in too_big_to_edit(f"a\n{longest}\u2028")


@given(TEXT, TEXT)
def test_what_two_texts_share_is_found_from_both_ends(one: str, other: str) -> None:
    start = common_start(one, other)
    end = common_end(one, other, start)
    shorter = min(len(one), len(other))
    assert one[:start] == other[:start]
    assert one[len(one) - end :] == other[len(other) - end :]
    assert start == shorter or one[start] != other[start]
    assert start + end == shorter or one[len(one) - end - 1] != other[len(other) - end - 1]
