"""Learns from the tags of a record that was read how another is recognised that has the same (`Repeat`)."""

import re
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from caiso_desktop.contract.repeat import Part, Repeat, Slot, Wanted

Want = Callable[[str, str], Wanted]
"""Says what is wanted of a leaf, by the names of the element and of the leaf."""

# What comes several times stands in an atomic group, never in a possessive repeat of a group: CPython before 3.11.5
# goes on behind a repetition that failed half way.
# Control characters, the delete character, most beyond ASCII and other references are left to a parser. The letters are
# those of two bytes in UTF-8 from À on; a blank is not among them.
_TEXT = rb"[\t\n\r -%'-;=?-~]*+"
_RICH_TEXT = rb"(?>(?:[\t\n\r -%'-;=?-~]++|&(?:amp|lt|gt|quot|apos);|[\xc3-\xc9][\x80-\xbf])*)"
_LONGEST_NUMBER = 12
_NUMBER = rb"[0-9.+-]{1,12}+"
_A_NUMBER = re.compile(rb"[-+]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)")
# A date, or whatever has a character that no number has.
_NO_NUMBER = rb"(?:[0-9]++-|[0-9.+-]*+[!-%'*,/:;=?-~])" + _TEXT
_IN_QUOTES = {b'"': rb"[ !#-%'-;=?-~]*+", b"'": rb"[ -%(-;=?-~]*+"}
_NAME = rb"(?:[A-Za-z_][-A-Za-z0-9_.]*+:)?[A-Za-z_][-A-Za-z0-9_.]*+"
PLAIN_NAME = re.compile(rb"(?!xml)" + _NAME)
"""A name in ASCII that is read in one way only."""

_BLANKS = rb"[ \t\r\n]"
_EQUALS = _BLANKS + rb"*=" + _BLANKS + rb"*"
_QUOTED = rb"(?:\"[^<&\"']*+\"|'[^<&\"']*+')"
_ATTRIBUTE = re.compile(rb"(" + _BLANKS + rb"+(" + _NAME + rb")" + _EQUALS + rb")(" + _QUOTED + rb")")
_PIECE = re.compile(
    rb"(?P<text>" + _RICH_TEXT + rb")<(?:/" + _NAME + _BLANKS + rb"*>"
    rb"|(?P<opened>" + PLAIN_NAME.pattern + rb")"
    rb"(?P<attributes>(?>(?:" + _BLANKS + rb"+" + _NAME + _EQUALS + _QUOTED + rb")*))"
    rb"(?P<end>" + _BLANKS + rb"*/?>))"
)


Often = set[tuple[str, str]]
"""What comes several times in a row, each by the name of the element that it stands in and its own."""


def learn(
    record: bytes, around: str, prefixes: AbstractSet[bytes], want: Want, often: Often | None = None
) -> Repeat | None:
    """The repeat of a record that has been read, None where it holds more than plain tags and texts.

    ``around`` names the element that it stands in, ``prefixes`` are those that are bound there. With ``often``, to
    which is added what the record has several times in a row, such things may come as often as they like.
    """
    try:
        known = len(often or ())
        shape = _Learning(record, prefixes, want, often).element(around, 0)
        if often is not None and len(often) > known:
            shape = _Learning(record, prefixes, want, often).element(around, 0)
    except _Odd:
        return None
    repeat = shape.repeat()
    return repeat if _is_clear(repeat) else None


def _is_clear(repeat: Repeat) -> bool:
    """Whether what is gathered from the blocks by themselves is what is gathered in the order of the text."""
    numbers = list(_numbers(repeat))
    return len(numbers) == len(set(numbers))


def _numbers(repeat: Repeat) -> Iterator[str]:
    """The names of numbers, once for the record and once for each block that they stand in."""
    yield from {leaf for part in repeat.parts for leaf, slot in part.leaves.items() if slot.wanted is Wanted.NUMBER}
    for _, block in repeat.blocks:
        yield from _numbers(block)


class _Odd(Exception):
    """A record that is left to a parser."""


@dataclass(slots=True, eq=False)
class _Shape:
    """What is known of an element so far, or of a run of them; ``leaf`` is its text where it has no children.

    In the pattern a ( that begins a group stands by itself.
    """

    pattern: list[bytes] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    blocks: list[tuple[int, Repeat]] = field(default_factory=list)
    order: list[Part] = field(default_factory=list)
    columns: int = 0
    leaf: Slot | None = None

    def add(self, other: "_Shape") -> None:
        """Let another follow."""
        for part in other.parts:
            part.leaves = {leaf: slot.shifted(self.columns) for leaf, slot in part.leaves.items()}
        self.pattern += other.pattern
        self.parts += other.parts
        self.blocks += [(column + self.columns, repeat) for column, repeat in other.blocks]
        self.order += other.order
        self.columns += other.columns

    def add_block(self, other: "_Shape") -> None:
        """Let another follow, once or more often."""
        without_groups = [b"(?:" if each == b"(" else each for each in other.pattern]
        self.pattern += (b"(", b"(?>(?:", *without_groups, b")+)", b")")
        self.blocks.append((self.columns, other.repeat()))
        self.order += other.order
        self.columns += 1

    def slot(self, wanted: Wanted, text: bytes, pattern: bytes, *, in_attribute: bool = False) -> Slot:
        """Take a text into the pattern; as a group where it is wanted."""
        if wanted is Wanted.NUMBER:
            if not text.strip(b"" if in_attribute else b" \t\r\n"):
                self.pattern.append(b"" if in_attribute else _BLANKS + b"*+")
                return Slot(None, Wanted.NOTHING)
            if len(text) <= _LONGEST_NUMBER and _A_NUMBER.fullmatch(text):
                pattern = _NUMBER
            elif re.fullmatch(_NO_NUMBER, text) and not in_attribute:
                pattern, wanted = _NO_NUMBER, Wanted.NAME
            else:
                raise _Odd
        if wanted is Wanted.NOTHING:
            self.pattern.append(pattern)
            return Slot(None, wanted)
        self.pattern += (b"(", pattern, b")")
        self.columns += 1
        return Slot(self.columns - 1, wanted, in_attribute)

    def names_something(self) -> bool:
        """Whether any name is wanted of it."""
        return any(slot.wanted is Wanted.NAME for part in self.order for slot in part.leaves.values())

    def repeat(self) -> Repeat:
        """It as a record."""
        return Repeat(re.compile(b"".join(self.pattern)), tuple(self.parts), tuple(self.blocks))


class _Learning:
    """One record's tags, turned into an expression."""

    def __init__(self, record: bytes, prefixes: AbstractSet[bytes], want: Want, often: Often | None) -> None:
        self._record = record
        self._at = 0
        self._bound = prefixes | {b"xml"}
        self._want = want
        self._often = often

    def element(self, around: str, depth: int) -> _Shape:
        """The element whose start tag comes next."""
        found = self._next()
        part = Part(local(found["opened"]), depth, around)
        shape = _Shape([_like(found["text"]), b"<", re.escape(found["opened"])])
        for attribute in _ATTRIBUTE.finditer(found["attributes"]):
            self._attribute(shape, part, *attribute.groups())
        shape.pattern.append(re.escape(found["end"] + b">")[:-1])
        if found["end"].endswith(b"/"):
            shape.leaf = Slot(None, Wanted.NOTHING)
        else:
            self._content(shape, part)
        shape.parts.append(part)
        shape.order.append(part)
        return shape

    def _next(self) -> re.Match[bytes]:
        found = _PIECE.match(self._record, self._at)
        if found is None:
            raise _Odd
        self._at = found.end()
        return found

    def _content(self, shape: _Shape, part: Part) -> None:
        """What stands between an element's tags, and its end tag."""
        alike: list[_Shape] = []
        is_leaf = True
        while True:
            before = self._at
            found = self._next()
            if not found["opened"]:
                break
            is_leaf = False
            self._at = before
            child = self.element(part.name, part.depth + 1)
            name = child.order[-1].name
            if alike and child.leaf is None and name == alike[0].order[-1].name and self._often is not None:
                self._often.add((part.name, name))
            if alike and (child.leaf is not None or child.pattern != alike[0].pattern):
                self._flush(shape, part, alike)
            if child.leaf is None:
                alike.append(child)
                continue
            if self._want(part.name, name) is not Wanted.NOTHING:
                part.leaves[name] = child.leaf.shifted(shape.columns)
            shape.add(child)
        self._flush(shape, part, alike)
        text = found["text"]
        if is_leaf:
            shape.leaf = shape.slot(self._want(part.around, part.name), text, _like(text))
        else:
            shape.pattern.append(_like(text))
        shape.pattern.append(re.escape(found[0][len(text) :]))

    def _flush(self, shape: _Shape, part: Part, alike: list[_Shape]) -> None:
        """Let those follow that are alike, as a block where they come often."""
        first = alike[0] if alike else None
        is_often = first is not None and (part.name, first.order[-1].name) in (self._often or ())
        if first is not None and is_often and not first.names_something():
            shape.add_block(first)
        else:
            for each in alike:
                shape.add(each)
        alike.clear()

    def _attribute(self, shape: _Shape, part: Part, before: bytes, name: bytes, quoted: bytes) -> None:
        prefix, colon, _ = name.rpartition(b":")
        if colon or name == b"xmlns":
            # It speaks of the document, not of the market: its value stays as it is. Whether a prefix is bound decides.
            shape.pattern.append(re.escape(before + quoted))
            if not (prefix in self._bound if prefix != b"xmlns" else len(quoted) > 2) and name != b"xmlns":
                raise _Odd
            return
        wanted = self._want(part.name, name.decode())
        quote, value = quoted[:1], quoted[1:-1]
        shape.pattern += (re.escape(before), quote)
        slot = shape.slot(wanted, value, _IN_QUOTES[quote], in_attribute=True)
        shape.pattern.append(quote)
        if wanted is not Wanted.NOTHING:
            part.leaves[name.decode()] = slot


def _like(text: bytes) -> bytes:
    """A pattern of texts like one."""
    return _TEXT if re.fullmatch(_TEXT, text) else _RICH_TEXT


def local(name: bytes) -> str:
    """A name in ASCII without its prefix."""
    return name.rpartition(b":")[2].decode("ascii")
