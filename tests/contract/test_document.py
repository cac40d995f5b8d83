"""What is wrong with a payload, told with its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caiso_desktop.contract.document import Document, read
from caiso_desktop.contract.root import difference
from caiso_desktop.model.answer import Severity
from caiso_desktop.model.call import Problem


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("", 1, 1, "empty"),
        (" \n ", 1, 1, "empty"),
        ("hello", 1, 1, "begins with <"),
        ("<a>x & y</a>", 1, 7, "&amp;"),
        ("<a>AT&T</a>", 1, 8, "&amp;"),
        ("<a>1 < 2</a>", 1, 7, "&lt;"),
        ("<a>\n <b>\n</a>", 3, 3, "<b> of line 2"),
        ("<a><x:b xmlns:x='u'>", 1, 21, "<x:b> of line 1"),
        ("<a x='1' x='2'/>", 1, 10, "twice"),
        ("<a x=1/>", 1, 6, "quotes"),
        ("<p:a/>", 1, 1, "not declared"),
        ("<a>&nbsp;</a>", 1, 4, "&amp;"),
        ("<a/><b/>", 1, 5, "one root"),
        ("\n<?xml version='1.0'?><a/>", 2, 1, "come first"),
        ("<a>\x01</a>", 1, 4, "control character"),
        ("<a>é\ud800</a>", 1, 5, "half of a pair"),
        (b"<a>\n\xff</a>", 2, 1, "UTF-8"),
        (b"<?xml version='1.0' encoding='x-foo'?><a/>", 1, 1, "x-foo"),
    ],
)
def test_an_error_has_its_place_and_words(text: str | bytes, line: int, column: int, words: str) -> None:
    problem = read(text)
    assert isinstance(problem, Problem)
    assert (problem.severity, problem.line, problem.column) == (Severity.ERROR, line, column)
    assert words in problem.sentence


@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE a><a/>",
        "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
        "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
        "<!DOCTYPE a SYSTEM 'http://example.com/a.dtd'><a/>",
    ],
)
def test_a_doctype_is_refused(text: str) -> None:
    problem = read(text)
    assert isinstance(problem, Problem)
    assert "DOCTYPE" in problem.sentence


@pytest.mark.parametrize(
    ("root", "said"),
    [
        ("{urn:x}Other", "retrieveX takes <RequestX> (by rule), but the payload is <Other>."),
        ("RequestX", "<RequestX> should have the namespace “urn:x” (by rule); it has none."),
        ("{urn:x}RequestX", ""),
        ("{urn:x}RequestX_v1", ""),
    ],
)
def test_another_root_is_told(root: str, said: str) -> None:
    assert difference(root, "{urn:x}RequestX", "retrieveX", "by rule") == said


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "iso-8859-1", "windows-1252"])
def test_every_encoding_is_read_by_its_mark_or_declaration(encoding: str) -> None:
    declared = {"utf-8-sig": "utf-8", "utf-16-le": "utf-16"}.get(encoding, encoding)
    payload = f"<?xml version='1.0' encoding='{declared}'?><a>é</a>".encode(encoding)
    document = read(payload)
    assert isinstance(document, Document)
    assert document.element == "<a>é</a>".encode()


def test_the_root_element_is_taken_exactly_as_written() -> None:
    element = "<p:a  xmlns:p = 'urn:p' x='>'><![CDATA[<&]]><!-- c --><b/>\n</p:a >"
    document = read(f"<?xml version='1.0'?><!-- before -->\n{element}\n <!-- after --><?pi x?>\n")
    assert document == Document("{urn:p}a", 2, element.encode())
    assert read("<a x='/>'/><!-- <b/> -->") == Document("a", 1, b"<a x='/>'/>")


@given(st.text() | st.binary())
def test_nothing_is_raised_whatever_is_typed(text: str | bytes) -> None:
    read(text)
