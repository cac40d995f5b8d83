"""Payloads beside one another: what is said of them is true of all of them, and little of them is held."""

import tracemalloc
from pathlib import Path

import pytest

from caiso_desktop.model.error import FileUnreadable
from caiso_desktop.model.side_by_side import LONGEST_LINE, MOST_CHARACTERS, MOST_LINES, facing, side_by_side
from caiso_desktop.model.source import PayloadFile


def test_lines_face_one_another() -> None:
    lines = facing(["a", "b", "c"], ["a", "B", "c", "d"])
    assert [line.kind for line in lines] == ["same", "changed", "same", "added"]
    assert (lines[1].left, lines[1].right) == ("b", "B")
    assert [line.kind for line in facing(["a", "b"], ["b"])] == ["removed", "same"]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (b"a\nb\n", b"a\nb\n", "Both payloads are the same."),
        (b"a\nb\n", b"a\nc\n", "1 of 2 lines differ."),
        (b"a\nb\n", b"a\r\nb\r\n", "All lines are the same; only line ends or the encoding differ."),
        (
            b"\xef\xbb\xbfa",
            "\ufeffa".encode("utf-16-le"),
            "All lines are the same; only line ends or the encoding differ.",
        ),
        (b'<?xml version="1.0" encoding="nonsense"?>\xff', b"", "1 of 1 lines differ."),
        (b"a\n" * (MOST_LINES + 1), b"a\n" * (MOST_LINES + 1), "Both payloads are the same."),
        (
            b"a\n" * (MOST_LINES + 1),
            b"a\n" * MOST_LINES + b"b\n",
            "The first 20,000 lines are the same; the payloads differ behind them.",
        ),
        (
            b"b\n" + b"a\n" * MOST_LINES,
            b"c\n" + b"a\n" * MOST_LINES,
            "1 of the first 20,000 lines differ; what follows was not compared.",
        ),
    ],
)
def test_what_is_said_is_true_of_all_of_it(tmp_path: Path, before: bytes, after: bytes, said: str) -> None:
    assert str(side_by_side(before, after)) == said
    files = []
    for name, data in (("before", before), ("after", after)):
        (tmp_path / name).write_bytes(data)
        files.append(PayloadFile.of(tmp_path / name))
    assert str(side_by_side(*files)) == said


def test_where_what_differs_begins() -> None:
    assert side_by_side(b"a\nb\nc\nd\ne\n", b"A\nB\nc\nd\nE\n").differences == [0, 4]
    assert side_by_side(b"a\nb\n", b"a\nx\n").differences == [1]
    assert side_by_side(b"a\n", b"a\n").differences == []


def test_a_long_line_goes_on_in_the_next() -> None:
    before, after = b"x" * (2 * LONGEST_LINE + 5), b"x" * (2 * LONGEST_LINE) + b"y" * 5
    found = side_by_side(before, after)
    assert [line.kind for line in found.lines] == ["same", "same", "changed"]
    assert max(len(line.left) for line in found.lines) == LONGEST_LINE


def test_a_payload_in_one_line_is_compared_tag_by_tag(tmp_path: Path) -> None:
    bids = "".join(f"<bid><resource>UNIT_{number}</resource><mw>{number}</mw></bid>" for number in range(3000))
    before = f"<r>{bids}</r>".encode()
    after = before.replace(b"<mw>7<", b"<mw>7.25<").replace(
        b"<bid><resource>UNIT_9<", b"<!-- --><bid><resource>UNIT_9<"
    )
    found = side_by_side(before, after)
    differing = [line for line in found.lines if line.kind != "same"]
    assert [(line.kind, line.left, line.right) for line in differing] == [
        ("changed", "<mw>7</mw>", "<mw>7.25</mw>"),
        ("added", "", "<!-- -->"),
    ]
    assert "".join(line.left for line in found.lines).encode() == before
    assert "".join(line.right for line in found.lines).encode() == after
    assert [line.left for line in side_by_side(b"<a><b>1</b></a>\n", b"").lines] == ["<a><b>1</b></a>"]


def test_of_large_payloads_little_is_held(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).write_bytes(
            b"".join(b"%s %07d" % (name.encode(), n) + b"x" * 200 + b"\n" for n in range(75_000))
        )
    files = [PayloadFile.of(tmp_path / name) for name in ("one", "two")]
    tracemalloc.start()
    found = side_by_side(*files)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert files[0].size > 15_000_000
    assert not found.whole
    assert peak < 6 * MOST_CHARACTERS, "their beginnings, and what comparing them takes"


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match="gone could not be read"):
        side_by_side(PayloadFile(tmp_path / "gone", 5, ""), b"")
