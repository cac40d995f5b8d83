"""How the elements of a text stand: each on a line of its own or not, how deep, with which asides between them.

What is new goes among them as they are.
"""

import re

from caiso_desktop.model.outline import Node, NodePath, Outline

INDENT = "  "
_LEAD = re.compile(r"(?:\r\n|\r|\n)[ \t]*\Z")
_ASIDE = re.compile(r"(?:[ \t]*<!--[^\r\n]*?-->)+[ \t]*(?=[\r\n])")
_LINE = re.compile(r"(?:\A|[\r\n])([ \t]*)\Z")
_FAR = 400
"""Characters before an element in which the beginning of its line is looked for."""


def lead_of(raw: str) -> str:
    """The line end and indentation with which a text ends; empty where it does not."""
    found = _LEAD.search(raw)
    return found.group() if found else ""


class Surroundings:
    """Of the elements of one text."""

    def __init__(self, text: str, outline: Outline) -> None:
        self._text = text
        self._outline = outline

    def place(self, path: NodePath, parent: Node, index: int) -> tuple[int, str, bool]:
        """Where a new child of a parent with children goes, its lead, and whether the lead follows it."""
        starts = self._outline.starts(path)
        near = max(0, index - 1)
        start, node = starts[near], parent.children[near]
        lead = lead_of(self._text[start - node.gap : start])
        if index == 0:
            return start, lead, True
        end = start + node.length
        # A comment that ends the line of the element before is about that one.
        gap = parent.children[index].gap if index < len(parent.children) else parent.tail
        aside = _ASIDE.match(self._text[end : end + gap])
        return end + (len(aside.group()) if aside else 0), lead, False

    def indent(self, path: NodePath) -> str | None:
        """The white space before an element that begins its line; None where it does not."""
        start = self._outline.extent(path).start
        found = _LINE.search(self._text[max(0, start - _FAR) : start])
        return found.group(1) if found else None

    def step(self, path: NodePath) -> str:
        """By how much elements here lie deeper than their parents."""
        mine = self.indent(path)
        above = self.indent(path[:-1]) if path else None
        if mine is not None and above is not None and mine.startswith(above) and mine != above:
            return mine[len(above) :]
        first = self.indent((0,)) if self._outline.root.children else None
        return first or INDENT
