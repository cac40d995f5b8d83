"""What a record looks like whose tags are those of one that was read before it, letter by letter.

Most of a large payload is records that differ in their texts alone. One expression recognises all that are alike, and
is a proof: their tags are those that a parser accepted under the same open elements, and their texts are printable
ASCII without ``<``, ``&`` and ``>``. So whatever a parser would find in such a record is known beforehand, but for the
texts, which the expression brings out.
"""

import re
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import Enum, auto

from caiso_desktop.contract.scan import LONGEST


class Wanted(Enum):
    """What is wanted of the text that stands under a name."""

    NOTHING = auto()
    TEXT = auto()
    NUMBER = auto()


Want = Callable[[str, str], Wanted]
"""Says what is wanted of a leaf, by the names of the element and of the leaf."""


@dataclass(frozen=True, slots=True)
class Slot:
    """Where the text of a leaf is found: the number of its column, None where it is always empty.

    ``is_number`` says that it holds one to twelve digits, points and signs, and nothing else.
    """

    column: int | None
    is_number: bool = False
    in_attribute: bool = False

    def said(self, row: tuple[bytes, ...]) -> str:
        """The text as a parser tells it: line ends are one character, the blanks around it go, a bound is kept."""
        if self.column is None:
            return ""
        text = row[self.column]
        if self.in_attribute:
            return text[:LONGEST].decode("ascii")
        if b"\r" in text:
            text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        return text[:LONGEST].decode("ascii").strip()


@dataclass(frozen=True, slots=True)
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
    """A record that comes again: how it is recognised together with the text before it, and its parts as they end."""

    pattern: re.Pattern[bytes]
    parts: tuple[Part, ...]


# Control characters, the delete character and all beyond ASCII are left to a parser, as are references.
_TEXT = rb"[\t\n\r -%'-;=?-~]*+"
_NUMBER = rb"[0-9.+-]{1,12}+"
_IN_QUOTES = {b'"': rb"[ !#-%'-;=?-~]*+", b"'": rb"[ -%(-;=?-~]*+"}
_NAME = rb"(?:[A-Za-z_][-A-Za-z0-9_.]*+:)?[A-Za-z_][-A-Za-z0-9_.]*+"
PLAIN_NAME = re.compile(rb"(?!xml)" + _NAME)
"""A name in ASCII that is read in one way only."""

_BLANKS = rb"[ \t\r\n]"
_EQUALS = _BLANKS + rb"*=" + _BLANKS + rb"*"
_QUOTED = rb"(?:\"[^<&\"']*+\"|'[^<&\"']*+')"
_ATTRIBUTE = re.compile(rb"(" + _BLANKS + rb"+(" + _NAME + rb")" + _EQUALS + rb")(" + _QUOTED + rb")")
_PIECE = re.compile(
    rb"(?P<text>" + _TEXT + rb")<(?:/" + _NAME + _BLANKS + rb"*>"
    rb"|(?P<opened>" + PLAIN_NAME.pattern + rb")"
    rb"(?P<attributes>(?:" + _BLANKS + rb"+" + _NAME + _EQUALS + _QUOTED + rb")*+)"
    rb"(?P<end>" + _BLANKS + rb"*/?>))"
)


def learn(record: bytes, around: str, prefixes: AbstractSet[bytes], want: Want) -> Repeat | None:
    """The repeat of a record that has been read, None where it holds more than plain tags and texts.

    ``around`` names the element that it stands in, ``prefixes`` are those that are bound there.
    """
    return _Learning(around, prefixes, want).learn(record)


class _Learning:
    """One record's tags, turned into an expression."""

    def __init__(self, around: str, prefixes: AbstractSet[bytes], want: Want) -> None:
        self._around = around
        self._bound = prefixes | {b"xml"}
        self._want = want
        self._pattern: list[bytes] = []
        self._open: list[Part] = []
        self._parts: list[Part] = []
        self._just_opened = False
        self._columns = 0

    def learn(self, record: bytes) -> Repeat | None:
        at = 0
        while at < len(record):
            found = _PIECE.match(record, at)
            if found is None or not (self._start(found) if found["opened"] else self._end(found)):
                return None
            at = found.end()
        return Repeat(re.compile(b"".join(self._pattern)), tuple(self._parts))

    def _start(self, found: re.Match[bytes]) -> bool:
        around = self._open[-1].name if self._open else self._around
        part = Part(local(found["opened"]), len(self._open), around)
        self._open.append(part)
        self._pattern += (_TEXT, b"<", re.escape(found["opened"]))
        if not all(self._attribute(part, *each.groups()) for each in _ATTRIBUTE.finditer(found["attributes"])):
            return False
        self._pattern.append(re.escape(found["end"] + b">")[:-1])
        self._just_opened = not found["end"].startswith(b"/", -2)
        if not self._just_opened:
            self._leaf(None)
            self._parts.append(self._open.pop())
        return True

    def _end(self, found: re.Match[bytes]) -> bool:
        text = found["text"]
        if self._just_opened:
            self._leaf(text)
        else:
            self._pattern.append(_TEXT)
        self._pattern.append(re.escape(found[0][len(text) :]))
        self._parts.append(self._open.pop())
        self._just_opened = False
        return True

    def _leaf(self, text: bytes | None) -> None:
        """The element that ends has no children; None for the text of one that is its own end tag, too."""
        wanted = Wanted.NOTHING
        if len(self._open) > 1:
            around, name = self._open[-2], self._open[-1].name
            wanted = self._want(around.name, name)
        slot = Slot(None) if text is None else self._slot(wanted, text, _TEXT)
        if wanted is not Wanted.NOTHING:
            around.leaves[name] = slot

    def _attribute(self, part: Part, before: bytes, name: bytes, quoted: bytes) -> bool:
        prefix, colon, _ = name.rpartition(b":")
        if colon or name == b"xmlns":
            # It speaks of the document, not of the market: its value stays as it is. Whether a prefix is bound decides.
            self._pattern.append(re.escape(before + quoted))
            return prefix in self._bound if prefix != b"xmlns" else len(quoted) > 2
        wanted = self._want(part.name, name.decode())
        quote, value = quoted[:1], quoted[1:-1]
        self._pattern += (re.escape(before), quote)
        slot = self._slot(wanted, value, _IN_QUOTES[quote], in_attribute=True)
        self._pattern.append(quote)
        if wanted is not Wanted.NOTHING:
            part.leaves[name.decode()] = slot
        return True

    def _slot(self, wanted: Wanted, text: bytes, pattern: bytes, *, in_attribute: bool = False) -> Slot:
        """Take a text into the expression; as a group where it is wanted."""
        if wanted is Wanted.NOTHING:
            self._pattern.append(pattern)
            return Slot(None)
        is_number = wanted is Wanted.NUMBER and re.fullmatch(_NUMBER, text) is not None
        self._pattern += (b"(", _NUMBER if is_number else pattern, b")")
        self._columns += 1
        return Slot(self._columns - 1, is_number, in_attribute)


def local(name: bytes) -> str:
    """A name in ASCII without its prefix."""
    return name.rpartition(b":")[2].decode("ascii")
