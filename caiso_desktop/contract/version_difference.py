"""Compares the shapes of two versions of a service, name by name: namespaces change with every version.

A pair of types is compared once, at the first place where it stands: so a recursive schema ends, and one change of a
type is told once, not at each of its uses.
"""

from collections.abc import Iterator, Mapping

from caiso_desktop.model.shape import Attribute, Contents, Field, Shape
from caiso_desktop.model.value_words import value_in_words
from caiso_desktop.model.version_difference import Change, Difference


def differences(before: Mapping[str, Shape], after: Mapping[str, Shape]) -> Iterator[Difference]:
    """What differs between the documents of two versions, each by its role."""
    for role in dict.fromkeys((*before, *after)):
        if role not in before:
            yield Difference(Change.ADDED, role, after[role].root.local)
        elif role not in after:
            yield Difference(Change.REMOVED, role, before[role].root.local)
        else:
            yield from _Comparing(role, before[role], after[role]).differences()


class _Comparing:
    """Walks two shapes at once."""

    def __init__(self, role: str, before: Shape, after: Shape) -> None:
        self._role = role
        self._before = before
        self._after = after
        self._seen: set[tuple[str, str]] = set()

    def differences(self) -> Iterator[Difference]:
        """Everything that differs from the roots down."""
        one, other = self._before.root, self._after.root
        yield from self._elements(one, other, other.local)

    def _elements(self, one: Field, other: Field, place: str) -> Iterator[Difference]:
        yield from self._occurrence(one, other, place)
        inside, beside = self._before.inside(one), self._after.inside(other)
        was, is_now = _type(one, inside), _type(other, beside)
        if was != is_now:
            yield self._told(Change.RETYPED, place, was, is_now)
        elif one.nillable != other.nillable:
            words = ("may be nil", "may not be nil")
            yield self._told(Change.RETYPED, place, words[not one.nillable], words[not other.nillable])
        if inside is None or beside is None or (inside.key, beside.key) in self._seen:
            return
        self._seen.add((inside.key, beside.key))
        yield from self._attributes(inside, beside, place)
        yield from self._children(inside, beside, place)

    def _occurrence(self, one: Field, other: Field, place: str) -> Iterator[Difference]:
        was, is_now = one.occurrence, other.occurrence
        if was.required != is_now.required:
            change = Change.REQUIRED if is_now.required else Change.OPTIONAL
            yield self._told(change, place, str(was), str(is_now))
        elif was != is_now:
            yield self._told(Change.REPEATED, place, str(was), str(is_now))

    def _attributes(self, inside: Contents, beside: Contents, place: str) -> Iterator[Difference]:
        was = {each.name.rpartition("}")[2]: each for each in inside.attributes}
        is_now = {each.name.rpartition("}")[2]: each for each in beside.attributes}
        for name in dict.fromkeys((*was, *is_now)):
            yield from self._attribute(was.get(name), is_now.get(name), f"{place} / @{name}")

    def _attribute(self, one: Attribute | None, other: Attribute | None, place: str) -> Iterator[Difference]:
        if one is None or other is None:
            was, is_now = (value_in_words(each.value) if each is not None else None for each in (one, other))
            yield self._side(place, was, is_now)
            return
        if one.required != other.required:
            yield self._told(Change.REQUIRED if other.required else Change.OPTIONAL, place)
        was, is_now = value_in_words(one.value), value_in_words(other.value)
        if was != is_now:
            yield self._told(Change.RETYPED, place, was, is_now)

    def _children(self, inside: Contents, beside: Contents, place: str) -> Iterator[Difference]:
        was = {each.local: each for each in _unfolded(inside)}
        is_now = {each.local: each for each in _unfolded(beside)}
        common = [name for name in was if name in is_now]
        if common != [name for name in is_now if name in was]:
            order = ", ".join(name for name in is_now if name in was)
            yield self._told(Change.MOVED, place, ", ".join(common), order)
        for name in dict.fromkeys((*was, *is_now)):
            one, other = was.get(name), is_now.get(name)
            below = f"{place} / {name}"
            if one is not None and other is not None:
                yield from self._elements(one, other, below)
            else:
                sides = (self._whole(each) if each is not None else None for each in (one, other))
                yield self._side(below, *sides)

    def _whole(self, field: Field) -> str:
        """An element that only one version has."""
        inside = self._before.contents.get(field.contents) or self._after.contents.get(field.contents)
        kind = _type(field, inside)
        return kind if field.occurrence.required else f"{kind}, optional"

    def _side(self, place: str, was: str | None, is_now: str | None) -> Difference:
        change = Change.ADDED if was is None else Change.REMOVED
        return self._told(change, place, was or "", is_now or "")

    def _told(self, change: Change, place: str, was: str = "", is_now: str = "") -> Difference:
        return Difference(change, self._role, place, was, is_now)


def _unfolded(contents: Contents) -> Iterator[Field]:
    for field in contents.fields():
        yield field
        yield from field.substitutes


def _type(field: Field, contents: Contents | None) -> str:
    """What an element holds, in words; what stands inside is compared by itself."""
    value = field.value if contents is None else contents.value
    if value is not None:
        words = value_in_words(value)
        return f"{words}, always {field.fixed}" if field.fixed is not None else words
    return "anything" if contents is not None and contents.open else "elements"
