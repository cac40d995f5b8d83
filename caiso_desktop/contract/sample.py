"""A sample document of a shape: the least that is valid, or one with everything that may stand in it.

Where a group offers a choice, its first branch that ends is taken; what is not repeated of necessity stands once. A
full sample goes down a recursion once, and leaves out the optional rest.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import partial
from xml.sax.saxutils import escape, quoteattr

from caiso_desktop.contract.sample_value import Moments, gmt, sample_value
from caiso_desktop.model.form.row import names_of
from caiso_desktop.model.shape import Attribute, Contents, Field, Group, Order, Particle, Shape, Wildcard
from caiso_desktop.model.value import Value

XSI = "http://www.w3.org/2001/XMLSchema-instance"
XML = "http://www.w3.org/XML/1998/namespace"
MOST_ELEMENTS = 5_000
"""A full sample of a shape that multiplies ends here: what is optional is left out after so many elements."""

HEADER = "MessageHeader"
UNKNOWN_VERSION = "v20171001"

_VERSION = re.compile(r"\bv20\d{6}\b")
_ENDLESS = 10**6


def sample(shape: Shape, trade_date: date, now: datetime, *, full: bool, minor_version: str = "") -> str:
    """A document of this shape, indented by two spaces, for a Pacific trade date.

    ``minor_version`` is what ``MessageHeader/Version`` says where the schema's documentation names none. The header
    stands in every sample: every client of CAISO's sends one.
    """
    return _Writing(shape, Moments(trade_date, now), minor_version, full=full).document()


def sample_of_way(shape: Shape, way: Sequence[str], trade_date: date, now: datetime, minor_version: str = "") -> str:
    """The least document in which a way leads to an element (Clark names from the root's on).

    The elements on the way have every text that they may have, so that one sees what there is to be said.
    """
    return _Writing(shape, Moments(trade_date, now), minor_version, full=False, way=way).document()


class _Writing:
    """Writes one document; ``way`` are the names that must lead to an element in it."""

    def __init__(
        self, shape: Shape, moments: Moments, minor_version: str, *, full: bool, way: Sequence[str] = ()
    ) -> None:
        self._shape = shape
        self._moments = moments
        self._minor_version = minor_version
        self._full = full
        self._way = tuple(way)
        self._trail: list[str] = []
        self._heights = _heights(shape)
        self._open: list[str] = []
        self._names: list[str] = []
        self._elements = 0
        self._spaces = _spaces(shape)
        self._dated = False

    def document(self) -> str:
        """The whole of it."""
        inner = list(self._element(self._shape.root, 0))
        notes = []
        if self._shape.provenance.simulator_only:
            notes.append("<!-- The simulator's own shape, not CAISO's: for the simulator only. -->")
        if self._dated:
            notes.append(f"<!-- Trade date {self._moments.trade_date} Pacific, in GMT. -->")
        return "\n".join(('<?xml version="1.0" encoding="UTF-8"?>', *notes, *inner, ""))

    def _element(self, field: Field, depth: int) -> Iterator[str]:
        """The lines of one element."""
        field, variant = self._stand_in(field)
        self._elements += 1
        indent, name = "  " * depth, self._name(field.name)
        contents = self._shape.contents.get(variant or field.contents)
        attributes = self._attributes(contents)
        if variant:
            attributes += f" xsi:type={quoteattr(self._name(variant))}"
        head = f"{name}{self._declarations() if depth == 0 else ''}{attributes}"
        if contents is None or contents.value is not None:
            text = self._text(field, contents.value if contents is not None else field.value)
            yield f"{indent}<{head}>{text}</{name}>"
            return
        self._open.append(contents.key)
        self._names.append(field.local)
        self._trail.append(field.name)
        children = list(self._group(contents.group, depth + 1)) if contents.group is not None else []
        self._trail.pop()
        self._names.pop()
        self._open.pop()
        if children:
            yield f"{indent}<{head}>"
            yield from children
            yield f"{indent}</{name}>"
        else:
            yield f"{indent}<{head}/>"

    def _stand_in(self, field: Field) -> tuple[Field, str]:
        """The element that really stands there, and the type that it must name; the one that ends first."""
        led = next((each for each in field.substitutes if each.name == self._next), None)
        if led is not None:
            field = led
        elif field.abstract and field.substitutes:
            field = min(field.substitutes, key=self._height)
        contents = self._shape.contents.get(field.contents)
        if contents is not None and contents.abstract and field.variants:
            return field, min(field.variants, key=lambda key: self._heights.get(key, _ENDLESS))
        return field, ""

    def _group(self, group: Group, depth: int) -> Iterator[str]:
        for _ in range(self._times(group)):
            led = next(filter(self._leads, group.members), None)
            if group.order is Order.CHOICE and led is not None:
                yield from self._particle(led, depth, least=1)
            elif group.order is not Order.CHOICE:
                for member in group.members:
                    yield from self._particle(member, depth)
            elif self._full and group.occurrence.most is None:
                # A choice that may come again and again shows all of its branches.
                for member in group.members:
                    if not self._endless(member):
                        yield from self._particle(member, depth, least=1)
            elif group.members:
                yield from self._particle(self._branch(group), depth, least=1 if self._full else 0)

    @property
    def _next(self) -> str | None:
        """The element that the way leads to from the one that is written now; None off the way and at its end."""
        depth = len(self._trail)
        return self._way[depth] if self._on_way and depth < len(self._way) else None

    def _leads(self, particle: Particle) -> bool:
        """Whether the way goes on there."""
        return self._next is not None and self._next in names_of(particle)

    @property
    def _on_way(self) -> bool:
        return bool(self._way) and tuple(self._trail) == self._way[: len(self._trail)]

    def _branch(self, group: Group) -> Particle:
        """The first branch that ends, else the one that ends soonest."""
        return next(
            (each for each in group.members if not self._endless(each)),
            min(group.members, key=partial(_height_of, self._heights)),
        )

    def _particle(self, particle: Particle, depth: int, least: int = 0) -> Iterator[str]:
        if isinstance(particle, Group):
            yield from self._group(particle, depth)
            return
        times = self._times(particle, least)
        if isinstance(particle, Wildcard):
            for _ in range(particle.occurrence.least):
                yield f'{"  " * depth}<any xmlns="urn:any"/>'
            return
        for _ in range(times):
            yield from self._element(particle, depth)

    def _times(self, particle: Field | Group | Wildcard, least: int = 0) -> int:
        """How often something stands: as often as it must, in a full sample once where it may."""
        wanted = max(least, particle.occurrence.least)
        header = isinstance(particle, Field) and particle.local == HEADER and len(self._open) == 1
        if header or self._leads(particle) or self._told(particle):
            wanted = max(wanted, 1)
        if not self._full or wanted or self._elements > MOST_ELEMENTS or isinstance(particle, Wildcard):
            return wanted if wanted <= 1 or particle.occurrence.least > 1 else 1
        return 0 if self._endless(particle) else 1

    def _told(self, particle: Particle) -> bool:
        """Whether it is a text that an element on the way may have once."""
        if not isinstance(particle, Field) or particle.occurrence.repeats or not self._on_way or len(self._trail) <= 1:
            return False
        inside = self._shape.inside(particle)
        return (inside.value if inside is not None else particle.value) is not None

    def _endless(self, particle: Particle) -> bool:
        """Whether it would not end, or goes down a recursion again."""
        if _height_of(self._heights, particle) >= _ENDLESS:
            return True
        if isinstance(particle, Field):
            return bool(particle.contents) and particle.contents in self._open
        return isinstance(particle, Group) and any(
            self._endless(each) for each in particle.members if not isinstance(each, Wildcard) and each.occurrence.least
        )

    def _height(self, field: Field) -> int:
        return _height_of(self._heights, field)

    def _attributes(self, contents: Contents | None) -> str:
        wanted = [] if contents is None else [each for each in contents.attributes if each.required or self._full]
        return "".join(f" {self._attribute_name(each.name)}={quoteattr(self._attribute(each))}" for each in wanted)

    def _attribute(self, attribute: Attribute) -> str:
        if attribute.fixed is not None:
            return attribute.fixed
        if attribute.default is not None:
            return attribute.default
        return self._sample(attribute.value, attribute.name.rpartition("}")[2])

    def _text(self, field: Field, value: Value | None) -> str:
        if field.fixed is not None:
            return escape(field.fixed)
        if field.default is not None:
            return escape(field.default)
        if value is None:
            return ""
        header = self._header(field, value)
        return escape(header if header is not None else self._sample(value, field.local))

    def _header(self, field: Field, value: Value) -> str | None:
        """What MessageHeader says, which every payload of CAISO's has."""
        if value.choices or HEADER not in self._names:
            return None
        documented = _VERSION.search(field.documentation)
        version = self._minor_version or (documented[0] if documented else UNKNOWN_VERSION)
        words = {"TimeDate": gmt(self._moments.now), "Source": "CAISO Desktop", "Version": version}
        return words.get(field.local) or None

    def _sample(self, value: Value, name: str) -> str:
        text = sample_value(value, name, self._moments, full=self._full)
        self._dated = self._dated or (value.base in ("dateTime", "date") and bool(text))
        return text

    def _declarations(self) -> str:
        found = "".join(
            f" xmlns{':' + prefix if prefix else ''}={quoteattr(space)}" for space, prefix in self._spaces.items()
        )
        needs_xsi = any(each.abstract for each in self._shape.contents.values())
        return f'{found} xmlns:xsi="{XSI}"' if needs_xsi else found

    def _name(self, clark: str) -> str:
        space, _, local = clark.rpartition("}")
        prefix = self._spaces.get(space.removeprefix("{"), "")
        return f"{prefix}:{local}" if prefix else local

    def _attribute_name(self, clark: str) -> str:
        space, _, local = clark.rpartition("}")
        if not space:
            return local
        return f"xml:{local}" if space[1:] == XML else f"{self._spaces[space[1:]] or 'own'}:{local}"


def _spaces(shape: Shape) -> dict[str, str]:
    """The prefix of each namespace; none for the root's, unless something has no namespace or an attribute has it."""
    fields = [shape.root, *(field for each in shape.contents.values() for field in _with_substitutes(each))]
    attributes = [found.name for each in shape.contents.values() for found in each.attributes if "}" in found.name]
    names = [field.name for field in fields] + attributes
    names += [each.name for each in shape.contents.values() if "}" in each.name]
    spaces = dict.fromkeys(name.rpartition("}")[0].removeprefix("{") for name in names)
    own = shape.root.namespace
    bare = any("}" not in field.name for field in fields) or any(name.startswith(f"{{{own}}}") for name in attributes)
    prefixes: dict[str, str] = {}
    for space in spaces:
        if space and space not in (XML, "http://www.w3.org/2001/XMLSchema"):
            prefixes[space] = "" if space == own and not bare else "own" if space == own else f"n{len(prefixes) + 1}"
    return prefixes


def _with_substitutes(contents: Contents) -> Iterator[Field]:
    for field in contents.fields():
        yield field
        yield from field.substitutes


def _heights(shape: Shape) -> dict[str, int]:
    """How deep the least document of each type is; missing for a type that can never end."""
    heights: dict[str, int] = {}
    changed = True
    while changed:
        changed = False
        for key, contents in shape.contents.items():
            if key in heights:
                continue
            found = _height_of(heights, contents.group) if contents.group is not None else 0
            if found < _ENDLESS:
                heights[key] = found + 1
                changed = True
    return heights


def _height_of(heights: dict[str, int], particle: Particle) -> int:
    """How deep the least of a particle is; `_ENDLESS` where it cannot end."""
    if isinstance(particle, Wildcard):
        return 0
    if isinstance(particle, Group):
        needed = [0 if _optional(each) else _height_of(heights, each) for each in particle.members]
        if particle.order is Order.CHOICE:
            return min(needed, default=0)
        return max(needed, default=0)
    if particle.abstract and particle.substitutes:
        return min(_height_of(heights, each) for each in particle.substitutes)
    if not particle.contents:
        return 0
    return min(heights.get(key, _ENDLESS) for key in (particle.contents, *particle.variants))


def _optional(particle: Particle) -> bool:
    return particle.occurrence.least == 0
