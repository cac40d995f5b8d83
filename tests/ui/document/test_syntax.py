"""XML is coloured line by line, whatever a line begins in the middle of."""

import pytest

from caiso_desktop.ui.document.syntax import Inside, colours, inside_after


def coloured(text: str, inside: Inside = Inside.TEXT) -> list[tuple[str, str]]:
    spans, _ = colours(text, inside)
    return [(text[start:end], name) for start, end, name in spans]


def test_a_tag_its_attributes_and_their_values() -> None:
    assert coloured("""<m:a k="1" x:y = '2'/>text</m:a>""") == [
        ("<m:a", "xml_tag"),
        ("k", "xml_attribute"),
        ('"1"', "xml_value"),
        ("x:y", "xml_attribute"),
        ("'2'", "xml_value"),
        ("/>", "xml_tag"),
        ("</m:a>", "xml_tag"),
    ]


@pytest.mark.parametrize(
    ("lines", "after"),
    [
        (["<!-- one", "two <a> -->", "text"], Inside.TEXT),
        (["<![CDATA[ <x>", "]] > still", "]]><b>"], Inside.TEXT),
        (["<a", "  k='1'", ">text<b"], Inside.TAG),
        (["<?pi one", "two"], Inside.INSTRUCTION),
        (["text > more", "text"], Inside.TEXT),
        (["<!-- a --> <!-- b"], Inside.COMMENT),
    ],
)
def test_a_line_begins_where_the_one_before_ended_and_looking_back_says_the_same(
    lines: list[str], after: Inside
) -> None:
    inside = Inside.TEXT
    for number, line in enumerate(lines):
        assert inside_after("\n".join(lines[:number]) + "\n") is inside
        _, inside = colours(line, inside)
    assert inside is after


def test_a_comment_over_lines_is_one_colour() -> None:
    assert coloured("two <a> --> text", Inside.COMMENT) == [("two <a> -->", "xml_comment")]
    assert coloured("all of it", Inside.CDATA) == [("all of it", "xml_cdata")]
