"""The table of a report, and of the beginning of a big one."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from caiso_desktop.contract.excerpt import beginning
from caiso_desktop.contract.report_table import ReportTableReader
from caiso_desktop.model.error import FileUnreadable
from caiso_desktop.model.grid.table import texts_of
from caiso_desktop.model.report_table import ReportTable

HEAD = "<Awards xmlns='urn:awards'><Header><Time>2026-11-26T08:00:00Z</Time><Source>CAISO</Source><V>1</V></Header>"


def awards(count: int, encoding: str = "UTF-8") -> bytes:
    """A report of so many awards with two hours each."""
    rows = "".join(
        f"<Award><unit>ÜNIT_{number}</unit>"
        f"<Hour><start>2026-11-26T08:00:00Z</start><mw>{number}</mw></Hour>"
        f"<Hour><start>2026-11-26T09:00:00Z</start><mw>{number}.5</mw></Hour></Award>"
        for number in range(count)
    )
    text = f'<?xml version="1.0" encoding="{encoding}"?>{HEAD}<Payload>{rows}</Payload></Awards>'
    return text.encode(encoding)


def read(path: Path, data: bytes, most: int = 1_000_000) -> ReportTable:
    path.write_bytes(data)
    return ReportTableReader(most).read(path)


def cells(found: ReportTable) -> list[tuple[str | None, ...]]:
    assert found.outline is not None
    outline = found.outline
    return list(zip(*(texts_of(found.table, outline, column) for column in found.table.columns), strict=True))


def test_innermost_repeats_are_rows_with_what_stands_around_them(tmp_path: Path) -> None:
    found = read(tmp_path / "a.xml", awards(3))
    assert found.whole
    assert [column.title for column in found.table.columns] == ["unit", "start", "mw"]
    assert cells(found)[:3] == [
        ("ÜNIT_0", "2026-11-26T08:00:00Z", "0"),
        ("ÜNIT_0", "2026-11-26T09:00:00Z", "0.5"),
        ("ÜNIT_1", "2026-11-26T08:00:00Z", "1"),
    ]
    assert [(kind.title, kind.count) for kind in found.table.kinds] == [
        ("Payload / Award", 3),
        ("Payload / Award / Hour", 6),
    ]


@pytest.mark.parametrize("encoding", ["UTF-8", "ISO-8859-1", "UTF-16"])
def test_a_big_report_is_read_from_its_beginning_in_whole_records(tmp_path: Path, encoding: str) -> None:
    data = awards(500, encoding)
    found = read(tmp_path / "a.xml", data, most=len(data) // 10)
    assert not found.whole
    assert found.problem == ""
    assert (found.size, found.read < found.size) == (len(data), True)
    rows = cells(found)
    assert 60 < len(rows) < 110
    assert rows == cells(read(tmp_path / "b.xml", data))[: len(rows)]
    assert len(rows) % 2 == 0, "an award was cut in two"


def test_one_huge_record_is_cut_between_its_parts(tmp_path: Path) -> None:
    hours = "".join(f"<Hour><mw>{number}</mw></Hour>" for number in range(2000))
    data = f"<Awards><Award><unit>A</unit>{hours}</Award></Awards>".encode()
    found = read(tmp_path / "a.xml", data, most=5_000)
    rows = cells(found)
    assert rows[:2] == [("A", "0"), ("A", "1")]
    assert 100 < len(rows) < 300


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"not XML", "not XML"),
        (b"<a><b></a>", "line 1"),
        (b"<!DOCTYPE a [<!ENTITY x 'y'>]><a><b>&x;</b><b/><b/></a>", "line 1"),
        (b"", "line 1"),
        ("<?xml version='1.0' encoding='UTF-8'?><a>\xe4</a>".encode("latin-1"), "UTF-8"),
    ],
)
@pytest.mark.parametrize("most", [30, 1000])
def test_what_holds_no_table_says_why(tmp_path: Path, data: bytes, words: str, most: int) -> None:
    found = read(tmp_path / "a.xml", data, most)
    assert found.table.rows == ()
    if most > len(data):
        assert words in found.problem
    else:
        assert found.problem


def test_what_repeats_nowhere_has_no_rows_and_no_problem(tmp_path: Path) -> None:
    found = read(tmp_path / "a.xml", b"<a/>")
    assert (found.table.rows, found.problem) == ((), "")


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match=r"gone\.xml"):
        ReportTableReader().read(tmp_path / "gone.xml")


TEXTS = st.text("ab <>&'\"ü\n]", max_size=12)


@st.composite
def elements(draw: st.DrawFn, depth: int = 3) -> "etree._Element":
    made = etree.Element(draw(st.sampled_from(["a", "b", "{urn:x}c"])))
    made.text = draw(TEXTS)
    if depth:
        for child in draw(st.lists(elements(depth=depth - 1), max_size=5)):
            made.append(child)
            child.tail = draw(TEXTS)
    return made


@given(elements(), st.integers(5, 400), st.sampled_from(["utf-8", "utf-16"]))
def test_any_beginning_is_a_document_of_what_stood_first(
    tmp_path_factory: pytest.TempPathFactory, root: "etree._Element", most: int, encoding: str
) -> None:
    path = tmp_path_factory.mktemp("excerpt") / "a.xml"
    data = etree.tostring(root, encoding=encoding)
    path.write_bytes(data)
    text, kept = beginning(path, most)
    assert text.startswith(data[:kept])
    assert kept <= max(most, 0) or kept == len(data)
    if text == data[:kept]:
        return  # nothing to cut between, or short enough as it is
    tags = [each.tag for each in etree.fromstring(text).iter()]
    assert tags == [each.tag for each in root.iter()][: len(tags)]


def test_a_big_report_in_an_encoding_that_nobody_knows_has_no_table(tmp_path: Path) -> None:
    data = awards(500).replace(b"UTF-8", b"x-none", 1)
    assert read(tmp_path / "a.xml", data, most=len(data) // 10).problem
