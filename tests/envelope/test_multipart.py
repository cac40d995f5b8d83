"""Parts come out exactly as they went in."""

import io
import re
from email.parser import BytesHeaderParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caiso_desktop.envelope.multipart import ContentType, MultipartReader, PartHead, by_email, content_type, part_head

HOSTILE = st.sampled_from([b"\r\n", b"\n", b"\r", b"--", b"--B", b"\r\n--B", b"\r\n--B-", b"\r\n--BB\r\n", b" ", b"\0"])


class Trickle(io.BytesIO):
    """A stream that gives a few bytes at a time."""

    def __init__(self, data: bytes, step: int) -> None:
        super().__init__(data)
        self._step = step

    def read(self, size: int | None = -1) -> bytes:
        return super().read(self._step)


def split(data: bytes, boundary: bytes = b"B", step: int = 1 << 16) -> tuple[list[tuple[PartHead, bytes]], bool]:
    reader = MultipartReader(Trickle(data, step), boundary)
    return [(head, b"".join(pieces)) for head, pieces in reader.parts()], reader.complete


@settings(deadline=None)
@given(
    st.lists(st.lists(HOSTILE | st.binary(max_size=20), max_size=8).map(b"".join), min_size=1, max_size=4),
    st.from_regex(re.compile(rb"[0-9A-Za-z'()+_,./:=?-]{1,70}"), fullmatch=True),
    st.integers(1, 64),
)
def test_round_trip(bodies: list[bytes], boundary: bytes, step: int) -> None:
    delimiter = re.compile(rb"(?:^|\r\n)--" + re.escape(boundary) + rb"(?:--)?[ \t]*(?:\r\n|\n|\Z)")
    for body in bodies:
        if delimiter.search(body):
            return  # A sender has to choose another boundary.
    data = b"".join(
        b"--%s\r\nContent-ID: <%d>\r\n\r\n%s\r\n" % (boundary, number, body) for number, body in enumerate(bodies)
    )
    parts, complete = split(data + b"--" + boundary + b"--\r\n", boundary, step)
    assert [body for _, body in parts] == bodies
    assert [head.content_id for head, _ in parts] == [str(number) for number in range(len(bodies))]
    assert complete


def test_preamble_epilogue_blanks_and_folded_heads() -> None:
    data = (
        b"This is a preamble\r\n--Bx\r\n--B \t\r\nContent-Type: text/xml;\r\n charset=utf-8\r\ncontent-id: <a>\r\n\r\nx"
        b"\r\n--B\r\n\r\nno head\r\n--B--\r\nepilogue\r\n--B\r\n\r\nnot a part"
    )
    (first, second), complete = split(data)
    assert complete
    assert (first[0].content_id, first[1]) == ("a", b"x")
    assert content_type(first[0].content_type).charset == "utf-8"
    assert second == (PartHead("", "", ""), b"no head")


def test_an_empty_part() -> None:
    assert [body for _, body in split(b"--B\r\nContent-ID: <a>\r\n\r\n--B\r\n\r\n\r\n--B--")[0]] == [b"", b""]


@pytest.mark.parametrize("text", [b"--B\0", b"--Bad\r\n", b"--B-\r\n", b"--B x", b"--B--x"])
def test_a_part_that_begins_like_the_boundary(text: bytes) -> None:
    found, complete = split(b"--B\r\nContent-ID: <a>\r\n\r\n" + text + b"\r\n--B\r\n\r\ny\r\n--B--")
    assert [body for _, body in found] == [text, b"y"]
    assert complete


def test_lone_line_feeds_throughout() -> None:
    assert [body for _, body in split(b"--B\nA: b\n\nx\r\n\n--B\n\ny\n--B--\n")[0]] == [b"x\r\n", b"y"]


def test_a_missing_end_is_told() -> None:
    parts, complete = split(b"--B\r\n\r\nx\r\n--B\r\n\r\nhalf a pa")
    assert [body for _, body in parts] == [b"x", b"half a pa"]
    assert not complete
    assert split(b"") == ([], False)


def test_a_content_type() -> None:
    found = content_type('Multipart/Related; start="<a@b>"; TYPE="text/xml"; boundary="=_Part; x"')
    assert found == ContentType("multipart/related", b"=_Part; x", "a@b", "")
    assert found.multipart
    assert not content_type("multipart/related").multipart
    assert not content_type(None).multipart


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["boundary", "start", "type", "charset", "Charset", "start-info", "name*"]),
            st.from_regex(r'"[ -~]{0,12}"|[!-~]{1,12}', fullmatch=True),
        ),
        max_size=4,
    ),
    st.sampled_from(["multipart/related", "Text/XML", "text", "text/xml/more", ""]),
    st.sampled_from(["; ", ";", " ; "]),
)
def test_the_quick_reading_of_a_content_type_is_the_email_package_s(
    parameters: list[tuple[str, str]], kind: str, between: str
) -> None:
    value = between.join([kind, *(f"{name}={text}" for name, text in parameters)])
    assert content_type(value) == by_email(value)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Content-Type", "content-id", "Content-Transfer-Encoding", "X-Other", "Content Type"]),
            st.sampled_from([":", ": ", ":\t", " : ", ":\r\n "]),
            st.from_regex(r"[ -~]{0,12}", fullmatch=True),
        ),
        max_size=4,
    )
)
def test_the_quick_reading_of_a_head_is_the_email_package_s(lines: list[tuple[str, str, str]]) -> None:
    head = "\r\n".join(map("".join, lines)).encode()
    message = BytesHeaderParser().parsebytes(head)
    assert part_head(head).content_type.strip() == str(message.get("Content-Type", "")).strip()
    assert part_head(head).content_id == str(message.get("Content-ID", "")).strip().removeprefix("<").removesuffix(">")
