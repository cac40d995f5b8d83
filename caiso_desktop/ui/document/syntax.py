"""The colours of XML, line by line, with as much memory from one line to the next as a reader needs."""

import re
from collections.abc import Iterator
from enum import Enum


class Inside(Enum):
    """What a line begins in the middle of."""

    TEXT = ""
    TAG = ">"
    COMMENT = "-->"
    CDATA = "]]>"
    INSTRUCTION = "?>"


Span = tuple[int, int, str]
"""From and to (columns), and the token's name in the palette."""

_OPENING = (("<!--", Inside.COMMENT), ("<![CDATA[", Inside.CDATA), ("<?", Inside.INSTRUCTION), ("<", Inside.TAG))
_COLOUR = {Inside.COMMENT: "xml_comment", Inside.CDATA: "xml_cdata", Inside.INSTRUCTION: "xml_comment"}
_IN_TAG = re.compile(
    r"""(?P<xml_value>"[^"<]*"?|'[^'<]*'?)|(?P<xml_attribute>[^\s=<>"'/]+(?=\s*=))|(?P<xml_tag>[^\s"'=]+)"""
)


def inside_after(text: str) -> Inside:
    """What is open at the end of a text, told by its last marks."""
    begun = {inside: text.rfind(mark) for mark, inside in _OPENING[:3]}
    last, position = max(begun.items(), key=lambda item: item[1])
    if position >= 0 and text.find(last.value, position) < 0:
        return last
    return Inside.TAG if text.rfind("<") > text.rfind(">") else Inside.TEXT


def colours(text: str, inside: Inside) -> tuple[list[Span], Inside]:
    """The coloured spans of a line that begins inside something, and what the next line begins inside."""
    spans: list[Span] = []
    position = 0
    while position < len(text):
        if inside is Inside.TEXT:
            position = text.find("<", position)
            if position < 0:
                break
            inside = next(kind for mark, kind in _OPENING if text.startswith(mark, position))
            continue
        end, closed = _end(text, position, inside)
        if inside is Inside.TAG:
            spans.extend(_tag(text, position, end))
        else:
            spans.append((position, end, _COLOUR[inside]))
        position = end
        if closed:
            inside = Inside.TEXT
    return spans, inside


def _end(text: str, position: int, inside: Inside) -> tuple[int, bool]:
    found = text.find(inside.value, position)
    return (len(text), False) if found < 0 else (found + len(inside.value), True)


def _tag(text: str, start: int, end: int) -> Iterator[Span]:
    for found in _IN_TAG.finditer(text, start, end):
        yield found.start(), found.end(), str(found.lastgroup)
