"""The layout of a payload: every element on a line of its own, as deep as it lies; what it says stays as it is."""

import re
from collections.abc import Iterator
from dataclasses import replace

from caiso_desktop.model.draft import Draft
from caiso_desktop.model.markup import SPACE, XML
from caiso_desktop.model.outline import Node, Outline

INDENT = "  "
_ASIDE = re.compile(r"<!--.*?-->|<\?.*?\?>", re.DOTALL)
_KEPT = f"{{{XML}}}space"


def formatted(draft: Draft, outline: Outline) -> Draft:
    """A draft with its elements indented by two spaces for each level, in the draft's own line ends.

    Only white space between tags is changed. What holds text beside elements, or asks for its space to be preserved
    (``xml:space``), stays as it is, with all that is in it; comments and instructions get lines of their own.
    """
    text, out, last = draft.text, [], 0
    for start, end, new in _gaps(text, outline.root, outline.start, 0, draft.newline):
        out += [text[last:start], new]
        last = end
    made = "".join(out) + text[last:]
    return draft if made == text else replace(draft, text=made, revision=draft.revision + 1)


def _gaps(text: str, node: Node, start: int, depth: int, newline: str) -> Iterator[tuple[int, int, str]]:
    """What stands between the tags of an element and its children, and what is to stand there."""
    if not node.children or node.mixed or node.attribute(_KEPT) == "preserve":
        return
    at, inner = start + node.head, newline + INDENT * (depth + 1)
    for child in node.children:
        begin = at + child.gap
        yield at, begin, _lines(text[at:begin], inner) + inner
        yield from _gaps(text, child, begin, depth + 1, newline)
        at = begin + child.length
    end = start + node.length - node.foot
    yield at, end, _lines(text[at:end], inner) + newline + INDENT * depth


def _lines(gap: str, lead: str) -> str:
    """The comments and instructions between two tags; one behind a tag on its line stays there."""
    out = ""
    for found in _ASIDE.finditer(gap):
        before = gap[: found.start()]
        beside = not out and before and not before.strip(SPACE) and "\n" not in before and "\r" not in before
        out += f" {found.group()}" if beside else lead + found.group()
    return out
