"""Where a place of a draft's text lies in its bytes, in the editor's UTF-16 units, and in lines and columns."""

import re
from bisect import bisect_right
from collections.abc import Callable
from functools import cached_property

from caiso_desktop.model.draft import Draft

_XML_LINE_END = re.compile("\r\n|\r|\n")


class TextMap:
    """Maps between positions, which count characters of `Draft.text`, and

    - bytes of `Draft.to_bytes`, a byte-order mark included;
    - units of an editor's document: UTF-16, where each line end of the view is one;
    - lines and columns as XML readers count them, both from 1, columns in characters. U+2029 ends a line in an
      editor, but none of XML's.

    A place inside of a character or a line end is taken for its beginning.
    """

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._text = draft.text
        self._plain = self._text.isascii()

    def byte(self, position: int) -> int:
        """The byte at which a position lies."""
        return len(self._draft.mark) + self._bytes(self._text[:position])

    def from_byte(self, byte: int) -> int:
        """The position at which a byte lies."""
        inner = max(0, byte - len(self._draft.mark))
        if self._plain and self._draft.encoding in ("utf-8", "us-ascii", "ascii"):
            return min(inner, len(self._text))
        return self._search(lambda at: self._bytes(self._text[:at]), inner)

    def unit(self, position: int) -> int:
        """The unit of an editor's document at which a position lies."""
        before = self._text[:position]
        if self._text[position - 1 : position + 1] == "\r\n":
            before = before[:-1]
        shorter = before.count("\r\n")
        units = len(before) if self._plain else len(before.encode("utf-16-le", "surrogatepass")) // 2
        return units - shorter

    def from_unit(self, unit: int) -> int:
        """The position at which a unit of an editor's document lies."""
        if self._plain and "\r\n" not in self._text:
            return min(unit, len(self._text))
        at = self._search(self.unit, unit)
        return at - 1 if self._text[at - 1 : at + 1] == "\r\n" else at

    def line_column(self, position: int) -> tuple[int, int]:
        """The line and the column of a position."""
        line = bisect_right(self._lines, position)
        return line, position - self._lines[line - 1] + 1

    def position(self, line: int, column: int) -> int:
        """The position of a line and a column; what lies behind the end of its line is that end."""
        if line > len(self._lines):
            return len(self._text)
        start = self._lines[max(0, line - 1)]
        found = _XML_LINE_END.search(self._text, start)
        return min(start + max(0, column - 1), found.start() if found else len(self._text))

    @cached_property
    def _lines(self) -> list[int]:
        return [0, *(found.end() for found in _XML_LINE_END.finditer(self._text))]

    def _bytes(self, text: str) -> int:
        return len(text.encode(self._draft.encoding, "surrogatepass" if "utf" in self._draft.encoding else "strict"))

    def _search(self, measure: Callable[[int], int], wanted: int) -> int:
        """The last position that does not lie behind a place."""
        low, high = 0, len(self._text)
        while low < high:
            middle = (low + high + 1) // 2
            if measure(middle) <= wanted:
                low = middle
            else:
                high = middle - 1
        return low
