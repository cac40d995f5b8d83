"""The shape of a payload: which elements and attributes it may have, in which order, and what their values may be.

A shape is finite although a schema may be recursive: `Field.contents` names an entry of `Shape.contents`, so what an
element holds is looked up when it is opened, never before. Whoever walks a shape down to its leaves bounds the depth.

    shape.root                              the root element's Field
    shape.inside(field)                     its Contents: attributes, then a Group of elements; None for a plain value
    shape.inside(field).group.members       Fields, further Groups (sequence, choice, all), Wildcards
    field.value                             the Value of an element without children: base type and facets

Names are in Clark notation (``{namespace}local``). Values are in XML's own notation, as they stand in a document.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

from caiso_desktop.model.provenance import Ground, Provenance
from caiso_desktop.model.reading import Unit
from caiso_desktop.model.step import Step
from caiso_desktop.model.value import Value


@dataclass(frozen=True, slots=True)
class Occurrence:
    """How often something stands: at least ``least`` times, at most ``most`` times (None: without bound)."""

    least: int = 1
    most: int | None = 1

    @property
    def required(self) -> bool:
        """Whether it must be there."""
        return self.least > 0

    @property
    def repeats(self) -> bool:
        """Whether it may be there more than once."""
        return self.most is None or self.most > 1

    def __str__(self) -> str:
        if self.most is None:
            return f"{self.least} or more"
        return str(self.least) if self.least == self.most else f"{self.least} to {self.most}"


ONCE = Occurrence()
OPTIONAL = Occurrence(0, 1)
MANY = Occurrence(0, None)


class Zone(StrEnum):
    """Which clock an instant is written in, where its documentation or name says so."""

    GMT = "GMT"
    PACIFIC = "Pacific"


class Order(StrEnum):
    """How the members of a group stand."""

    SEQUENCE = "sequence"
    CHOICE = "choice"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of an element. ``fixed`` is its only value, ``default`` what it is where it is absent."""

    name: str
    value: Value
    required: bool = False
    fixed: str | None = None
    default: str | None = None
    documentation: str = ""
    unit: Unit | None = None
    zone: Zone | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """An element. Exactly one is set: ``value`` for a text without attributes, else ``contents``, a key of the shape.

    ``substitutes`` are elements that may stand in its place (a substitution group), each with its own contents; of an
    ``abstract`` one only these. ``variants`` are keys of contents that may be named by ``xsi:type``: of the types that
    are derived from its own.
    """

    name: str
    occurrence: Occurrence = ONCE
    value: Value | None = None
    contents: str = ""
    nillable: bool = False
    fixed: str | None = None
    default: str | None = None
    abstract: bool = False
    documentation: str = ""
    unit: Unit | None = None
    zone: Zone | None = None
    substitutes: "tuple[Field, ...]" = ()
    variants: tuple[str, ...] = ()

    @property
    def local(self) -> str:
        """Its name without the namespace."""
        return self.name.rpartition("}")[2]

    @property
    def namespace(self) -> str:
        """The namespace alone, empty where it has none."""
        return self.name.rpartition("}")[0].removeprefix("{")


@dataclass(frozen=True, slots=True)
class Wildcard:
    """A place where any element may stand; ``namespaces`` in the schema's words (``##any``, ``##other``, or names,
    an empty one for elements without), ``barred`` those that are not allowed. ``candidates`` are elements that the
    schemas at hand declare and that may stand there.
    """

    occurrence: Occurrence = ONCE
    namespaces: tuple[str, ...] = ("##any",)
    barred: tuple[str, ...] = ()
    candidates: "tuple[Field, ...]" = ()

    def allows(self, namespace: str) -> bool:
        """Whether an element of a namespace may stand there."""
        if namespace in self.barred:
            return False
        return namespace in self.namespaces or bool({"##any", "##other"}.intersection(self.namespaces))


@dataclass(frozen=True, slots=True)
class Group:
    """Elements in an order: all of a sequence one after the other, one of a choice, all of an ``all`` in any order."""

    order: Order
    members: "tuple[Particle, ...]"
    occurrence: Occurrence = ONCE


Particle: TypeAlias = Field | Group | Wildcard


@dataclass(frozen=True, slots=True)
class Contents:
    """What an element holds: attributes, then child elements (``group``) or a text (``value``), with ``mixed`` both.

    ``name`` is the type's own, empty for one without. An ``abstract`` one needs one of the field's variants.
    ``open`` says that the schema leaves what stands inside to the writer (``xs:anyType``, ``xs:anyAttribute``).
    """

    key: str
    name: str = ""
    attributes: tuple[Attribute, ...] = ()
    group: Group | None = None
    value: Value | None = None
    mixed: bool = False
    abstract: bool = False
    open: bool = False
    documentation: str = ""

    def fields(self) -> Iterator[Field]:
        """Every element that may stand directly inside, in the schema's order, whatever its groups."""
        return _fields(self.group) if self.group is not None else iter(())

    def wildcards(self) -> "Iterator[Wildcard]":
        """Every place where any element may stand, in the schema's order."""
        return (each for each in particles(self.group) if isinstance(each, Wildcard))

    def repeats(self, name: str) -> bool:
        """Whether an element of this name may stand directly inside more than once: by itself, or with its group."""
        return self.group is not None and _repeats(self.group, name)

    def element(self, name: str) -> Field | None:
        """The element of this name directly inside: a declared one, a substitute, or what a wildcard lets stand."""
        for found in self.fields():
            for each in (found, *found.substitutes):
                if each.name == name:
                    return each
        return next((each for wild in self.wildcards() for each in wild.candidates if each.name == name), None)


@dataclass(frozen=True, slots=True)
class Shape:
    """The shape of a document with this root, and what it rests on."""

    root: Field
    contents: Mapping[str, Contents] = field(default_factory=lambda: MappingProxyType({}))
    provenance: Provenance = field(default_factory=lambda: Provenance(Ground.SAMPLE))

    def inside(self, field: Field, type_name: str = "") -> Contents | None:
        """What an element holds, where it names one of its variants what that does; None where it is a plain value."""
        if type_name in field.variants:
            return self.contents[type_name]
        return self.contents[field.contents] if field.contents else None

    def child(self, parent: Field, name: str, type_name: str = "") -> Field | None:
        """The element of this name directly inside another, substitutes among them; None where the shape has none.

        Without the name of a type whatever a variant holds counts too: a path does not tell which one it is.
        """
        ways = [self.inside(parent, type_name)]
        if not type_name:
            ways += [self.contents[each] for each in parent.variants]
        return next(filter(None, (each.element(name) for each in ways if each is not None)), None)

    def at(self, path: tuple[Step, ...]) -> Field | None:
        """The field at a path from the root (the root's own step first); None where the shape has none."""
        if not path or path[0].name != self.root.name:
            return None
        found: Field | None = self.root
        for step in path[1:]:
            if found is None:
                return None
            found = self.child(found, step.name)
        return found


def particles(particle: Particle | None) -> "Iterator[Particle]":
    """A part of a shape and everything in it but the contents of its elements, in the schema's order."""
    if particle is not None:
        yield particle
    if isinstance(particle, Group):
        for member in particle.members:
            yield from particles(member)


def _repeats(particle: Particle, name: str) -> bool:
    if isinstance(particle, Field):
        named = particle.name == name or any(each.name == name for each in particle.substitutes)
        return named and particle.occurrence.repeats
    if isinstance(particle, Wildcard):
        return False
    inner = (name == each.name for each in _fields(particle))
    return (particle.occurrence.repeats and any(inner)) or any(_repeats(each, name) for each in particle.members)


def _fields(group: Group) -> Iterator[Field]:
    for member in group.members:
        if isinstance(member, Field):
            yield member
        elif isinstance(member, Group):
            yield from _fields(member)
