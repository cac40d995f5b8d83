"""The shape that documents seem to have: last week's payload, an example of a specification. It proves nothing.

What is required is what every element of its kind had; what repeats is what was seen twice, and whatever may be listed
(a record of MessagePayload, an item of a list). Types are guessed with care: a number with leading zeros, or one under
the name of an identifier, stays a text, and the values that were seen of a short-worded field are suggestions, no more.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from xml.parsers import expat

from caiso_desktop.contract.reading import meaning
from caiso_desktop.contract.scan import local, plain
from caiso_desktop.contract.stream import Stream
from caiso_desktop.contract.unit import unit_of, zone_of
from caiso_desktop.model.error import PayloadError
from caiso_desktop.model.fit import complaint
from caiso_desktop.model.shape import (
    MANY,
    Attribute,
    Choice,
    Contents,
    Field,
    Ground,
    Group,
    Occurrence,
    Order,
    Provenance,
    Shape,
    Value,
)

XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
MOST_VALUES = 200
"""How many different values of a field are remembered."""
MOST_CHOICES = 12
LEAST_SEEN = 6
"""How often a field must be seen before its few values are thought to be all there are."""
DEEPEST = 100

_ZERO = re.compile(r"[+-]?0\d")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_ /.+-]{0,24}")
_IDENTIFIER = re.compile(r".*(id|name|code|version|number|phone|source|comment|description)")
_TRIED = (Value("integer"), Value("decimal"), Value("dateTime"), Value("date"), Value("time"))


@dataclass(slots=True)
class _Child:
    """How often a child stood in those parents that had it: the least and the most; and how many parents that were."""

    key: str
    least: int
    most: int = 0
    within: int = 0


@dataclass(slots=True)
class _Texts:
    """The texts of a field: the first different ones, and how many there were."""

    count: int = 0
    values: dict[str, None] = field(default_factory=dict)
    complete: bool = True

    def add(self, text: str) -> None:
        self.count += 1
        if text not in self.values:
            if len(self.values) < MOST_VALUES:
                self.values[text] = None
            else:
                self.complete = False


@dataclass(slots=True)
class _Seen:
    """What was seen of the elements of one kind."""

    name: str
    key: str
    count: int = 0
    nil: bool = False
    with_text: int = 0
    texts: _Texts = field(default_factory=_Texts)
    attributes: dict[str, _Texts] = field(default_factory=dict)
    children: dict[str, _Child] = field(default_factory=dict)
    before: dict[str, set[str]] = field(default_factory=dict)
    mixed_order: bool = False


@dataclass(slots=True)
class _Open:
    """An element that is open: what is known of its kind, its text, and its children in their order."""

    kind: _Seen
    text: list[str] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    size: int = 0


def infer(samples: Sequence[str | bytes], source: str) -> Shape:
    """The shape of documents of one kind. `PayloadError` where one is no XML, or they have different roots."""
    gathering = _Gathering()
    for sample in samples:
        gathering.read(Stream(sample))
    if gathering.root is None:
        raise PayloadError("there is no sample to infer a shape from.", advice="Open a payload that was accepted.")
    return _Shaping(gathering.kinds).shape(gathering.root, Provenance(Ground.SAMPLE, source))


class _Gathering:
    """Reads documents and remembers what stands where."""

    def __init__(self) -> None:
        self.kinds: dict[str, _Seen] = {}
        self.root: _Seen | None = None
        self._stack: list[_Open] = []

    def read(self, stream: Stream) -> None:
        """Read one document."""
        self._stack = []
        parser = expat.ParserCreate("utf-8", "}")
        parser.buffer_text = True
        parser.StartElementHandler = self._opened
        parser.EndElementHandler = self._closed
        parser.CharacterDataHandler = self._said
        parser.StartDoctypeDeclHandler = _refuse
        try:
            for chunk in stream.chunks():
                parser.Parse(chunk)
            parser.Parse(b"", True)  # noqa: FBT003  expat takes it by position
        except expat.ExpatError as error:
            raise PayloadError(
                f"the sample is not XML: line {error.lineno}, {expat.ErrorString(error.code)}."
            ) from error

    def _opened(self, name: str, attributes: dict[str, str]) -> None:
        space, brace, bare = name.rpartition("}")
        clark = f"{{{space}}}{bare}" if brace else name
        kind = self._kind(clark)
        kind.count += 1
        for written, text in attributes.items():
            own = f"{{{written}" if "}" in written else written
            if own.startswith(XSI):
                kind.nil = kind.nil or (local(own) == "nil" and text in ("true", "1"))
            else:
                kind.attributes.setdefault(own, _Texts()).add(text)
        if self._stack:
            parent = self._stack[-1]
            if not parent.order or parent.order[-1] != clark:
                parent.kind.mixed_order = parent.kind.mixed_order or clark in parent.counts
                parent.order.append(clark)
            parent.counts[clark] = parent.counts.get(clark, 0) + 1
        self._stack.append(_Open(kind))
        if len(self._stack) > DEEPEST:
            raise PayloadError(f"its elements lie more than {DEEPEST} deep.")

    def _kind(self, clark: str) -> _Seen:
        """What is known of an element here: one inside another of its name is of that one's kind."""
        for open_element in self._stack:
            if open_element.kind.name == clark:
                return open_element.kind
        above = self._stack[-1].kind.key if self._stack else ""
        key = f"{above}/{clark}"
        kind = self.kinds.get(key)
        if kind is None:
            kind = self.kinds[key] = _Seen(clark, key)
        if not self._stack:
            if self.root is not None and self.root is not kind:
                raise PayloadError(
                    f"the samples have different roots, <{local(self.root.name)}> and <{local(clark)}>.",
                    advice="Take samples of one service.",
                )
            self.root = kind
        return kind

    def _said(self, text: str) -> None:
        if self._stack:
            element = self._stack[-1]
            if element.size < 1000:
                element.text.append(text)
                element.size += len(text)

    def _closed(self, name: str) -> None:
        element = self._stack.pop()
        kind, text = element.kind, "".join(element.text).strip()
        if element.counts:
            kind.with_text += bool(text)
        else:
            kind.texts.add(text)
        for first, second in zip(element.order, element.order[1:], strict=False):
            kind.before.setdefault(second, set()).add(first)
        for clark, count in element.counts.items():
            child = kind.children.get(clark)
            if child is None:
                child = kind.children[clark] = _Child(self._key_below(element, clark), count)
            child.least = min(child.least, count)
            child.most = max(child.most, count)
            child.within += 1

    def _key_below(self, parent: _Open, clark: str) -> str:
        for element in (*self._stack, parent):
            if element.kind.name == clark:
                return element.kind.key
        return f"{parent.kind.key}/{clark}"


def _refuse(*declared: object) -> None:
    raise PayloadError("it has a DOCTYPE, which is not allowed in a payload.", advice="Remove it.")


class _Shaping:
    """Makes a shape of what was seen."""

    def __init__(self, kinds: dict[str, _Seen]) -> None:
        self._kinds = kinds
        self._contents: dict[str, Contents] = {}

    def shape(self, root: _Seen, provenance: Provenance) -> Shape:
        """The whole shape."""
        for kind in self._kinds.values():
            if _has_contents(kind):
                self._contents[kind.key] = self._inside(kind)
        return Shape(self._field(root, Occurrence()), MappingProxyType(self._contents), provenance)

    def _field(self, kind: _Seen, occurrence: Occurrence) -> Field:
        value = _value(kind.name, kind.texts)
        name = local(kind.name)
        inside = _has_contents(kind)
        text = None if kind.children else value
        return Field(
            kind.name,
            occurrence,
            value=None if inside else value,
            contents=kind.key if inside else "",
            nillable=kind.nil,
            unit=unit_of(name, text),
            zone=zone_of(name, text),
        )

    def _inside(self, kind: _Seen) -> Contents:
        return Contents(
            key=kind.key,
            attributes=tuple(self._attribute(kind, name, texts) for name, texts in kind.attributes.items()),
            group=self._group(kind) if kind.children else None,
            value=None if kind.children else _value(kind.name, kind.texts),
            mixed=kind.with_text > 0,
        )

    def _attribute(self, kind: _Seen, name: str, texts: _Texts) -> Attribute:
        value = _value(name, texts)
        bare = local(name)
        return Attribute(
            name, value, required=texts.count == kind.count, unit=unit_of(bare, value), zone=zone_of(bare, value)
        )

    def _group(self, kind: _Seen) -> Group:
        order = None if kind.mixed_order else _ordered(kind)
        if order is None:
            # Nobody knows which order would be wrong.
            members = tuple(self._field(self._kinds[child.key], Occurrence()) for child in kind.children.values())
            return Group(Order.CHOICE, members, MANY)
        fields = tuple(
            self._field(self._kinds[kind.children[name].key], self._occurrence(kind, kind.children[name]))
            for name in order
        )
        return Group(Order.SEQUENCE, fields)

    def _occurrence(self, kind: _Seen, child: _Child) -> Occurrence:
        least = child.least if child.within == kind.count else 0
        found = self._kinds[child.key]
        listed = local(kind.name).endswith("List") or (
            local(kind.name) == "MessagePayload" and bool(found.children) and len(kind.children) == 1
        )
        repeats = child.most > 1 or listed
        return Occurrence(min(least, 1), None if repeats else 1)


def _has_contents(kind: _Seen) -> bool:
    return bool(kind.children or kind.attributes)


def _ordered(kind: _Seen) -> list[str] | None:
    """The children in an order that every element kept; None where there is none."""
    waiting = list(kind.children)
    order: list[str] = []
    while waiting:
        free = next((name for name in waiting if not kind.before.get(name, set()) & set(waiting) - {name}), None)
        if free is None:
            return None
        waiting.remove(free)
        order.append(free)
    return order


def _value(name: str, texts: _Texts) -> Value:
    """The type that texts seem to have."""
    seen = [text for text in texts.values if text]
    bare = local(name)
    if not seen:
        return Value("string")
    if len(seen) < len(texts.values):
        # An empty text was seen too: no number, time or flag would allow it.
        return Value("string", choices=_choices(bare, texts, seen), open=True)
    if all(text in ("true", "false") for text in seen):
        return Value("boolean")
    if not _names_something(bare):
        for value in _TRIED:
            if all(not complaint(value, text) for text in seen) and not _only_looks(value, seen):
                return value
    return Value("string", choices=_choices(bare, texts, seen), open=True)


def _only_looks(value: Value, seen: Iterable[str]) -> bool:
    """Whether something that reads as a number is rather an identifier: it begins with a zero, or is very long."""
    return value.base in ("integer", "decimal") and any(_ZERO.match(text) or len(text) > 18 for text in seen)


def _names_something(name: str) -> bool:
    found = meaning(name)
    return found.coordinator or found.resource or bool(_IDENTIFIER.fullmatch(plain(name)))


def _choices(name: str, texts: _Texts, seen: list[str]) -> tuple[Choice, ...]:
    few = texts.complete and len(seen) <= MOST_CHOICES and texts.count >= max(LEAST_SEEN, 3 * len(seen))
    if not few or _names_something(name) or not all(_WORD.fullmatch(text) for text in seen):
        return ()
    return tuple(Choice(text) for text in sorted(seen))
