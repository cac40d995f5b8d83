"""Documents of every shape become elements, whole or by the byte."""

from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.ui.document import tree_index, tree_row
from caiso_desktop.ui.document.element import VALUE_SHOWN, Element
from caiso_desktop.ui.document.tree_index import DOCTYPE, TreeIndex
from caiso_desktop.ui.document.tree_row import Row, Rows

Open = Callable[[str | bytes], TreeIndex]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    made: list[TreeIndex] = []

    def open_document(data: str | bytes) -> TreeIndex:
        path = tmp_path / f"document{len(made)}.xml"
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        index = TreeIndex(path)
        made.append(index)
        index.build(CancelToken(), lambda far: None)
        assert index.complete
        assert index.settled
        return index

    yield open_document
    for index in made:
        index.close()


def written(rows: Rows, row: Row) -> list[object]:
    """Everything below a row, read as a view would: name, text and attributes, then the children."""
    row.children.extend(rows.missing(row))
    if row.bucket:
        return [written(rows, child) for child in row.children]
    element = rows.element(row)
    assert element is not None
    below: list[object] = []
    for child in row.children:
        if child.bucket:
            below.extend(written(rows, child))
        else:
            below.append(written(rows, child))
    text = element.value.strip() if element.leaf else ""
    return [element.name, text, list(element.plain_attributes), below]


def expected(element: ElementTree.Element) -> list[object]:
    text = "" if len(element) else (element.text or "").strip()
    return [element.tag, text, list(element.attrib.items()), [expected(child) for child in element]]


def test_a_small_document_is_kept_whole(opened: Open) -> None:
    index = opened('<a xmlns="urn:d" xmlns:p="urn:p" k="1"><p:b>two &amp; three</p:b><c/><![CDATA[<x>]]></a>')
    root = index.root
    assert root is not None
    assert (root.name, list(root.plain_attributes), root.value) == ("a", [("k", "1")], "<x>")
    b, c = root.children
    assert (b.local_name, b.namespace, b.value) == ("b", "urn:p", "two & three")
    assert (c.namespace, c.leaf) == ("urn:d", True)
    assert index.problem == ""


TREES = st.recursive(
    st.builds(lambda name, text: f"<{name} k='{text}'>{text}</{name}>", st.sampled_from("abc"), st.sampled_from("xyz")),
    lambda inner: st.builds(
        lambda name, kids: f"<{name}>{''.join(kids)}</{name}>", st.sampled_from("def"), st.lists(inner, max_size=6)
    ),
    max_leaves=60,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=TREES, kept=st.integers(1, 30), many=st.integers(1, 10), bucket=st.integers(1, 5))
def test_however_little_is_kept_the_rows_are_those_of_the_document(
    tmp_path: Path, document: str, kept: int, many: int, bucket: int
) -> None:
    path = tmp_path / "document.xml"
    path.write_text(document)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tree_index, "KEPT", kept)
        patch.setattr(tree_index, "MANY", many)
        patch.setattr(tree_row, "BUCKET", bucket)
        index = TreeIndex(path)
        try:
            index.build(CancelToken(), lambda far: None)
            assert index.problem == ""
            assert index.root is not None
            rows = Rows(index, index.root)
            assert written(rows, rows.root) == expected(ElementTree.fromstring(document))
        finally:
            index.close()


def many_records(count: int, encoding: str = "utf-8") -> bytes:
    records = "".join(f'<m:Bid n="{i}"><m:name>é{i}</m:name></m:Bid>\n' for i in range(count))
    text = f'<?xml version="1.0" encoding="{encoding}"?><m:Set xmlns:m="urn:m"><m:Head>ü</m:Head><m:Load>{records}'
    return (text + "</m:Load><m:Tail>ö</m:Tail></m:Set>").encode(encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso-8859-1", "windows-1252", "utf-16"])
def test_records_are_read_again_in_the_encoding_of_the_document(opened: Open, encoding: str) -> None:
    index = opened(many_records(12_000, encoding).replace(b"utf-8-sig", b"utf-8"))
    assert index.problem == ""
    assert index.root is not None
    head, load, tail = index.root.children
    assert load.records is not None
    assert len(load.records) == 12_000
    record = index.record(load, 11_111)
    assert record.name == "m:Bid"
    assert record.namespace == "urn:m"
    assert dict(record.attributes) == {"n": "11111"}
    assert record.children[0].value == "é11111"
    assert head.value == "ü"
    assert tail.value == ""
    assert index.filled(tail).value == "ö"


def test_a_document_type_is_refused_with_a_sentence(opened: Open) -> None:
    bomb = '<!DOCTYPE b [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><b>&b;</b>'
    index = opened(bomb)
    assert index.root is None
    assert index.problem == DOCTYPE


@pytest.mark.parametrize("declared", ["<!DOCTYPE a>", '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">'])
def test_a_document_type_without_entities_is_refused_too(opened: Open, declared: str) -> None:
    index = opened(declared + "<a/>")
    assert (index.root, index.problem) == (None, DOCTYPE)


def test_the_text_of_the_one_element_too_many_is_read_again(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree_index, "KEPT", 5)
    monkeypatch.setattr(tree_index, "MANY", 2)
    index = opened("<r><a><b>1</b><b>2</b><b>3</b></a><c>text</c></r>")
    assert index.root is not None
    many, last = index.root.children
    assert many.records is not None
    assert last.leaf
    assert index.filled(last).value == "text"


def test_what_was_readable_of_a_malformed_document_is_kept_and_the_place_told(opened: Open) -> None:
    index = opened("<a>\n  <b>1</b>\n  <c>2</d>\n</a>")
    assert index.root is not None
    assert [child.name for child in index.root.children] == ["b", "c"]
    assert "line 3, column 9" in index.problem
    assert index.root.closed


def test_a_document_that_ends_too_early_is_told(opened: Open) -> None:
    index = opened(many_records(12_000)[:-600])
    assert "ends before" in index.problem
    assert index.root is not None
    assert index.root.children[1].records is not None


@pytest.mark.parametrize("data", [b"", b"   ", b"plain text", b"\x1f\x8b\x00\x01", b"<!-- only -->"])
def test_what_is_no_xml_has_no_root_and_a_sentence(opened: Open, data: bytes) -> None:
    index = opened(data)
    assert index.root is None
    assert index.problem


def test_an_unknown_encoding_is_told(opened: Open) -> None:
    assert "encoding" in opened('<?xml version="1.0" encoding="martian"?><a/>').problem


def test_a_chain_of_a_hundred_thousand_elements_is_no_trouble(opened: Open) -> None:
    index = opened("<a>" * 100_000 + "</a>" * 100_000)
    assert index.problem == ""
    kept, element = 0, index.root
    while element is not None:
        kept += 1
        last: Element = element
        element = element.children[0] if element.children else None
    assert kept < tree_index.KEPT
    assert last.records is not None
    assert len(last.records) == 1


def test_many_parents_of_some_children_keep_memory_small(opened: Open) -> None:
    index = opened("<r>" + "<p><q>1</q><q>2</q></p>" * 40_000 + "</r>")
    assert index.root is not None
    assert index.root.records is not None
    assert len(index.root.records) == 40_000


def test_a_long_value_is_kept_in_part(opened: Open) -> None:
    index = opened("<a>" + "x" * 100_000 + "</a>")
    assert index.root is not None
    assert len(index.root.value) == VALUE_SHOWN
    assert index.root.cut


def test_a_build_that_is_cancelled_stops(tmp_path: Path) -> None:
    path = tmp_path / "document.xml"
    path.write_bytes(many_records(12_000))
    index = TreeIndex(path)
    token = CancelToken()
    token.cancel()
    index.build(token, lambda far: None)
    assert index.root is None
    index.close()
