"""Lines of documents of every kind are found, read, searched and copied as they are in the file."""

import codecs
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import StorageError
from caiso_desktop.ui.document import block_index
from caiso_desktop.ui.document.block_index import BLOCK, BlockIndex, HexIndex, open_lines
from caiso_desktop.ui.document.line import SHOWN, Line, PartKind

Open = Callable[[bytes], BlockIndex]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Opens bytes as a fully built index."""
    made: list[BlockIndex] = []

    def open_bytes(data: bytes) -> BlockIndex:
        path = tmp_path / f"document{len(made)}.xml"
        path.write_bytes(data)
        index = BlockIndex(path)
        made.append(index)
        index.build(CancelToken(), lambda far: None)
        assert index.complete
        return index

    yield open_bytes
    for index in made:
        index.close()


def texts(index: BlockIndex) -> list[str]:
    return [index.line(number).text for number in range(index.count)]


def copy(index: BlockIndex, line: Line) -> str:
    end = index.offset(line.number, len(line.text))
    return index.text(line.start, end, 1 << 30)[0]


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"", []),
        (b"one", ["one"]),
        (b"one\n", ["one"]),
        (b"\n", [""]),
        (b"one\r\ntwo\rthree\nfour", ["one", "two", "three", "four"]),
        (b"\r\r\n\n\r", ["", "", "", ""]),
        (codecs.BOM_UTF8 + b"<a/>\n<b/>", ["<a/>", "<b/>"]),
        ("é\n€😀".encode(), ["é", "€😀"]),
        ('<?xml version="1.0" encoding="ISO-8859-1"?>\n<a>é</a>'.encode("latin-1"), None),
        (b"bad \xff byte", ["bad � byte"]),
        (b"a\tb\x1bc", ["a\tb␛c"]),
    ],
)
def test_lines_of_small_documents(opened: Open, data: bytes, lines: list[str] | None) -> None:
    if lines is None:
        lines = ['<?xml version="1.0" encoding="ISO-8859-1"?>', "<a>é</a>"]
    assert texts(opened(data)) == lines


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("mark", [True, False])
def test_utf_16_is_decoded(opened: Open, encoding: str, mark: bool) -> None:
    # U+0A41 and U+000A: bytes that look like a line break where none is.
    text = "<a>\r\nਁ ā\n😀</a>"
    data = (("\ufeff" if mark else "") + text).encode(encoding)
    index = opened(data)
    assert texts(index) == ["<a>", "ਁ ā", "😀</a>"]
    found = index.find("😀", 0, CancelToken())
    assert found is not None
    assert index.place(found) == (2, 0)


def test_a_declared_encoding_that_nobody_knows_is_read_as_utf_8(opened: Open) -> None:
    assert texts(opened('<?xml version="1.0" encoding="martian"?>é'.encode())) == [
        '<?xml version="1.0" encoding="martian"?>é'
    ]


def test_a_document_without_line_breaks_is_broken_between_tags(opened: Open) -> None:
    data = b"<root>" + b"<item>1 > 0</item>" * 1000 + b"</root>"
    index = opened(data)
    assert texts(index)[:3] == ["<root>", "<item>1 > 0</item>", "<item>1 > 0</item>"]
    assert index.count == 1002
    assert "no line breaks" in index.note
    assert b"".join(copy(index, index.line(i)).encode() for i in range(index.count)) == data


def test_a_document_with_lines_is_not_broken_between_tags(opened: Open) -> None:
    index = opened(b"<a><b>1</b></a>\n" * 100)
    assert index.count == 100
    assert index.note == ""


DOCUMENT = st.lists(
    st.sampled_from([b"a", b"\n", b"\r", b"\r\n", b"><", b">", b"<", "é".encode(), b"bcd"]), max_size=60
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=DOCUMENT, block=st.integers(1, 9), dense=st.booleans())
def test_blocks_of_any_size_give_the_same_lines(tmp_path: Path, pieces: list[bytes], block: int, dense: bool) -> None:
    data = b"".join(pieces)
    path = tmp_path / "document.xml"
    path.write_bytes(data)
    pattern = rb"\r\n|\n|\r" + (rb"|(?<=>)(?=<)" if dense else b"")
    expected = re.split(pattern, data)
    if expected[-1] == b"":
        expected.pop()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(block_index, "BLOCK", block)
        patch.setattr(block_index, "_is_dense", lambda head: dense)
        index = BlockIndex(path)
        index.build(CancelToken(), lambda far: None)
        try:
            assert [line.encode() for line in texts(index)] == expected
            for number in range(index.count):
                line = index.line(number)
                for column in range(len(line.text)):
                    assert index.place(index.offset(number, column)) == (number, column)
        finally:
            index.close()


def test_a_long_line_is_cut_for_display_and_copied_whole(opened: Open) -> None:
    data = ("é " * 10_000).encode()
    index = opened(data)
    line = index.line(0)
    assert [part.kind for part in line.parts] == [PartKind.TEXT, PartKind.CUT]
    assert line.text.endswith("25.9 kB more on this line")
    assert "�" not in line.text
    assert copy(index, line).encode() == data


def test_a_short_base64_is_text_and_a_long_one_a_chip(opened: Open) -> None:
    index = opened(b"<a>" + b"QUJD" * 400 + b"</a>\n<a>" + b"QUJD" * 600 + b"</a>\n")
    assert [part.kind for part in index.line(0).parts] == [PartKind.TEXT]
    assert index.line(1).text == "<a>[base64, 2.4 kB]</a>"


def test_base64_of_many_blocks_is_one_chip(opened: Open) -> None:
    run = b"QUJD" * 300_000
    data = b'<?xml version="1.0"?>\n<part id="1">' + run + b"</part>\n<next/>"
    index = opened(data)
    line = index.line(1)
    assert line.text == '<part id="1">[base64, 1.2 MB]</part>'
    assert copy(index, line).encode() == data.split(b"\n")[1]
    assert index.line(2).text == "<next/>"
    cut, was_cut = index.text(line.start, line.parts[-1].end, 100)
    assert was_cut
    assert cut == data.split(b"\n")[1][:100].decode()


def test_base64_followed_by_long_other_text_is_told_apart(opened: Open) -> None:
    data = b"<a>" + b"QUJD" * 2000 + b"</a>" + b"word " * 10_000
    line = opened(data).line(0)
    assert line.text.startswith("<a>[base64, 8.0 kB]</a>word word")
    assert line.parts[-1].kind is PartKind.CUT


def test_a_long_line_that_only_begins_and_ends_like_base64_is_no_chip_of_all(opened: Open) -> None:
    data = b"A" * 3000 + b" no, not base64 " * 100_000 + b"A" * 3000
    line = opened(data).line(0)
    assert line.text.startswith("[base64, 3.0 kB] no, not base64")


def test_find_goes_both_ways_over_chunks_whatever_the_case(opened: Open) -> None:
    data = b"x" * (BLOCK * 8 - 3) + b"Needle" + b"y" * BLOCK + b"\nneedle\n"
    index = opened(data)
    token = CancelToken()
    first = index.find("NEEDLE", 0, token)
    assert first == data.index(b"Needle")
    second = index.find("needle", first + 1, token)
    assert second == data.rindex(b"needle")
    assert index.find("needle", second + 1, token) is None
    assert index.find("needle", index.size, token, backward=True) == second
    assert index.find("needle", second, token, backward=True) == first
    assert index.find("needle", first, token, backward=True) is None
    assert index.place(second) == (1, 0)


def test_a_cancelled_search_and_a_cancelled_build_stop(tmp_path: Path) -> None:
    path = tmp_path / "document.xml"
    path.write_bytes(b"line\n" * BLOCK)
    token = CancelToken()
    token.cancel()
    index = BlockIndex(path)
    index.build(token, lambda far: None)
    assert not index.complete
    assert index.count == -(-BLOCK // 5)
    assert index.find("absent", 0, token) is None
    index.close()


def test_lines_are_readable_while_the_index_grows(tmp_path: Path) -> None:
    path = tmp_path / "document.xml"
    path.write_bytes(b"".join(b"line %d\n" % i for i in range(400_000)))
    index = BlockIndex(path)
    worker = threading.Thread(target=index.build, args=(CancelToken(), lambda far: None))
    worker.start()
    while not index.complete:
        last = index.count - 2
        assert index.line(last).text == f"line {last}"
    worker.join()
    assert index.count == 400_000
    assert index.line(399_999).text == "line 399999"
    index.close()


def test_twenty_megabytes_on_one_line(opened: Open) -> None:
    data = b"<r>" + b"<v>1234567890</v>" * 1_250_000 + b"</r>"
    index = opened(data)
    assert index.count == 1_250_002
    assert index.line(1_000_000).text == "<v>1234567890</v>"
    assert index.place(len(data) - 1) == (1_250_001, 3)


def test_a_file_that_is_not_there_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"absent\.xml could not be read"):
        open_lines(tmp_path / "absent.xml")


def test_a_file_that_shrinks_gives_empty_lines(tmp_path: Path) -> None:
    path = tmp_path / "document.xml"
    path.write_bytes(b"line\n" * 1000)
    index = BlockIndex(path)
    path.write_bytes(b"")
    assert index.line(500).text == ""
    index.close()
    assert index.line(500).text == ""


def test_what_is_not_text_is_shown_as_numbers(tmp_path: Path) -> None:
    path = tmp_path / "answer.gz"
    path.write_bytes(b"\x1f\x8b\x08\0" + bytes(range(65, 91)))
    index = open_lines(path)
    assert isinstance(index, HexIndex)
    assert index.count == 2
    assert index.line(0).text == "00000000  1f 8b 08 00 41 42 43 44  45 46 47 48 49 4a 4b 4c  ....ABCDEFGHIJKL"
    assert index.line(1).text.startswith("00000010  4d 4e")
    assert index.line(2).text == ""
    assert "30 bytes" in index.note
    found = index.find("kl", 0, CancelToken())
    assert found == 14
    number, column = index.place(found)
    assert index.line(number).text[column : column + 5] == "4b 4c"
    assert index.offset(number, column) == 14
    index.close()


def test_a_line_shows_no_more_than_its_share(opened: Open) -> None:
    line = opened(b"ab " * 1_000_000).line(0)
    assert len(line.text) < SHOWN + 100
