"""What a record looks like whose tags are those of one that was read before it, letter by letter.

Most of a large payload is records that differ in their texts alone. One expression recognises all that are alike, and
is a proof: their tags are those that a parser accepted under the same open elements, and their texts are printable
ASCII without ``<``, ``&`` and ``>``; where the first had them, the five references of XML and the letters of Europe's
languages as well. So whatever a parser would find in such a record is known beforehand, but for the texts, which the
expression brings out.
"""

import re
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from caiso_desktop.contract.scan import LONGEST

_REFERENCE = re.compile("&(amp|lt|gt|quot|apos);")
_REFERENCES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


class Wanted(Enum):
    """What is wanted of the text that stands under a name."""

    NOTHING = auto()
    NAME = auto()
    TIME = auto()
    NUMBER = auto()


Row = tuple[bytes, ...]
"""The texts of one record."""


@dataclass(frozen=True, slots=True)
class Slot:
    """Where the text of a leaf is found: the number of its column, None where it is always empty.

    A number has one to twelve digits, points and signs, and nothing else.
    """

    column: int | None
    wanted: Wanted
    in_attribute: bool = False

    def said(self, row: Row) -> str:
        """The text as a parser tells it: line ends are one character, the blanks around it go, a bound is kept."""
        if self.column is None:
            return ""
        text = row[self.column]
        if self.in_attribute:
            return text[:LONGEST].decode("ascii")
        if b"\r" in text:
            text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        said = text.decode()
        if b"&" in text:
            said = _REFERENCE.sub(lambda found: _REFERENCES[found[1]], said)
        return said[:LONGEST].strip()

    def shifted(self, columns: int) -> "Slot":
        """It, behind so many columns more."""
        return self if self.column is None else replace(self, column=self.column + columns)


@dataclass(slots=True, eq=False)
class Part:
    """One element of a record and its leaves, those of which something is wanted, in their order.

    ``depth`` counts from the record, whose own is 0; ``around`` is the name of the element that it stands in.
    """

    name: str
    depth: int
    around: str
    leaves: dict[str, Slot] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Repeat:
    """A record that comes again: how it is recognised together with the text before it, and its parts as they end.

    ``blocks`` are the columns that hold records within it, one or more that are alike. Names stand in no block, and a
    number that does stands nowhere else.
    """

    pattern: re.Pattern[bytes]
    parts: tuple[Part, ...]
    blocks: "tuple[tuple[int, Repeat], ...]" = ()

    def rows(self, block: bytes) -> list[Row]:
        """The texts of each of the records in a block."""
        found = self.pattern.findall(block)
        if self.pattern.groups > 1:
            return found
        return [(each,) for each in found] if self.pattern.groups else [()] * len(found)
