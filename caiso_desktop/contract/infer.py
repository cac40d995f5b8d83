"""The shape that documents seem to have: last week's payload, an example of a specification. It proves nothing.

What is required is what every element of its kind had; what repeats is what was seen twice, and whatever may be listed
(a record of MessagePayload, an item of a list). Types are guessed with care: a number with leading zeros, or one under
the name of an identifier, stays a text, and the values that were seen of a short-worded field are suggestions, no more.
"""

import re
from collections.abc import Iterable, Sequence
from types import MappingProxyType

from caiso_desktop.contract.meaning import meaning
from caiso_desktop.contract.scan import local, plain
from caiso_desktop.contract.sighting import Child, Gathering, Seen, Texts
from caiso_desktop.contract.stream import Stream
from caiso_desktop.contract.unit import unit_of, zone_of
from caiso_desktop.model.error import PayloadError
from caiso_desktop.model.fit import complaint
from caiso_desktop.model.provenance import Ground, Provenance
from caiso_desktop.model.shape import MANY, Attribute, Contents, Field, Group, Occurrence, Order, Shape
from caiso_desktop.model.value import Choice, Value

MOST_CHOICES = 12
LEAST_SEEN = 6
"""How often a field must be seen before its few values are thought to be all there are."""

_ZERO = re.compile(r"[+-]?0\d")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_ /.+-]{0,24}")
_IDENTIFIER = re.compile(r".*(id|name|code|version|number|phone|source|comment|description)")
_TRIED = (Value("integer"), Value("decimal"), Value("dateTime"), Value("date"), Value("time"))


def infer(samples: Sequence[str | bytes], source: str) -> Shape:
    """The shape of documents of one kind. `PayloadError` where one is no XML, or they have different roots."""
    gathering = Gathering()
    for sample in samples:
        gathering.read(Stream(sample))
    if gathering.root is None:
        raise PayloadError("there is no sample to infer a shape from.", advice="Open a payload that was accepted.")
    return _Shaping(gathering.kinds).shape(gathering.root, Provenance(Ground.SAMPLE, source))


class _Shaping:
    """Makes a shape of what was seen."""

    def __init__(self, kinds: dict[str, Seen]) -> None:
        self._kinds = kinds
        self._contents: dict[str, Contents] = {}

    def shape(self, root: Seen, provenance: Provenance) -> Shape:
        """The whole shape."""
        for kind in self._kinds.values():
            if _has_contents(kind):
                self._contents[kind.key] = self._inside(kind)
        return Shape(self._field(root, Occurrence()), MappingProxyType(self._contents), provenance)

    def _field(self, kind: Seen, occurrence: Occurrence) -> Field:
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

    def _inside(self, kind: Seen) -> Contents:
        return Contents(
            key=kind.key,
            attributes=tuple(self._attribute(kind, name, texts) for name, texts in kind.attributes.items()),
            group=self._group(kind) if kind.children else None,
            value=None if kind.children else _value(kind.name, kind.texts),
            mixed=kind.with_text > 0,
        )

    def _attribute(self, kind: Seen, name: str, texts: Texts) -> Attribute:
        value = _value(name, texts)
        bare = local(name)
        return Attribute(
            name, value, required=texts.count == kind.count, unit=unit_of(bare, value), zone=zone_of(bare, value)
        )

    def _group(self, kind: Seen) -> Group:
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

    def _occurrence(self, kind: Seen, child: Child) -> Occurrence:
        least = child.least if child.within == kind.count else 0
        found = self._kinds[child.key]
        listed = local(kind.name).endswith("List") or (
            local(kind.name) == "MessagePayload" and bool(found.children) and len(kind.children) == 1
        )
        repeats = child.most > 1 or listed
        return Occurrence(min(least, 1), None if repeats else 1)


def _has_contents(kind: Seen) -> bool:
    return bool(kind.children or kind.attributes)


def _ordered(kind: Seen) -> list[str] | None:
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


def _value(name: str, texts: Texts) -> Value:
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


def _choices(name: str, texts: Texts, seen: list[str]) -> tuple[Choice, ...]:
    few = texts.complete and len(seen) <= MOST_CHOICES and texts.count >= max(LEAST_SEEN, 3 * len(seen))
    if not few or _names_something(name) or not all(_WORD.fullmatch(text) for text in seen):
        return ()
    return tuple(Choice(text) for text in sorted(seen))
