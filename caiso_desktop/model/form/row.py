"""A row of a form: an element, an attribute or a choice, there or missing, as a person reads it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from caiso_desktop.model.form.when import brief, ends
from caiso_desktop.model.outline import Node, NodePath
from caiso_desktop.model.reading import Unit
from caiso_desktop.model.shape import Attribute, Field, Group, Order, Particle, Zone
from caiso_desktop.model.spelling import XSI
from caiso_desktop.model.value import Value

NIL = f"{{{XSI}}}nil"
TYPE = f"{{{XSI}}}type"
_SUMMARY = 4


class Kind(StrEnum):
    """What a row is."""

    SECTION = "section"
    VALUE = "value"
    ATTRIBUTE = "attribute"
    CHOICE = "choice"
    TYPE = "type"


CHOSEN = frozenset({Kind.CHOICE, Kind.TYPE})
"""What is chosen from a list that is the form's own, and has no text of its own."""


@dataclass(slots=True, eq=False)
class Row:
    """A row of a form.

    ``path`` is that of its element, of its parent's element where it is ``missing`` (required, and not there), of the
    element that it belongs to for an attribute, a choice or a type. ``text`` is what it says, None for a section and
    for what is missing. ``number`` is which it is among ``count`` of its like, 0 where there is one only. ``unknown``:
    the shape does not have it. A choice has its ``alternatives``; its text is the name of the one that was chosen. A
    type has its ``types`` (Clark names), with an empty one first where the element's own may stand; its text is that
    of the one that counts, empty where one has to be named.
    """

    kind: Kind
    name: str
    path: NodePath
    node: Node | None = None
    field: Field | None = None
    attribute: Attribute | None = None
    value: Value | None = None
    text: str | None = None
    required: bool = False
    unknown: bool = False
    nil: bool = False
    number: int = 0
    count: int = 1
    alternatives: tuple[Particle, ...] = ()
    choice: Group | None = None
    types: tuple[str, ...] = ()
    children: "list[Row] | None" = None

    @property
    def missing(self) -> bool:
        """Whether it has to be there and is not."""
        return self.text is None and self.node is None if self.kind not in CHOSEN else not self.text

    @property
    def label(self) -> str:
        """Its name for a person, with its number among its like."""
        if self.kind in CHOSEN:
            return "One of" if self.kind is Kind.CHOICE else "Type"
        local = self.name.rpartition("}")[2]
        return f"{local} {self.number}" if self.number else local

    @property
    def editable(self) -> bool:
        """Whether it has a value of its own that can be edited."""
        return self.kind in CHOSEN or self.kind is Kind.ATTRIBUTE or self.value is not None

    @property
    def options(self) -> tuple[str, ...]:
        """What a choice or a type is chosen from, for a person."""
        if self.kind is Kind.CHOICE:
            return tuple(title_of(each) for each in self.alternatives)
        return type_titles(self.types, self.field) if self.field is not None else ()

    @property
    def documentation(self) -> str:
        """What the schema says about it."""
        found = (self.attribute or self.field or self.value, self.value)
        return next((each.documentation for each in found if each is not None and each.documentation), "")

    @property
    def unit(self) -> Unit | None:
        """What its number counts."""
        of = self.attribute or self.field
        return of.unit if of is not None else None

    @property
    def zone(self) -> Zone | None:
        """The clock that its instant is written in."""
        of = self.attribute or self.field
        return of.zone if of is not None else None

    @property
    def opens(self) -> bool:
        """Whether there may be rows in it."""
        if self.kind not in (Kind.SECTION, Kind.VALUE) or self.node is None:
            return False
        return bool(self.node.children or self.node.attributes) or bool(self.field is not None and self.field.contents)

    def become(self, other: "Row") -> bool:
        """Take over what another row of the same kind and name says; whether anything is different then."""
        names = [name for name in self.__slots__ if name != "children"]
        changed = any(getattr(self, name) != getattr(other, name) for name in names)
        for name in names:
            setattr(self, name, getattr(other, name))
        return changed


def summary(node: Node) -> str:
    """What an element says in a few words: the first values in it, and how many elements there are of what repeats."""
    said: list[str] = []
    for child in node.children[:40]:
        if child.is_leaf and child.value:
            said.append(brief(child.value, as_end=ends(child.name)))
        elif child.children:
            first = next((each for each in child.children[:2] if each.is_leaf and each.value), None)
            said += [brief(first.value, as_end=ends(first.name))] if first is not None else []
        if len(said) >= _SUMMARY:
            break
    return " · ".join(each.replace("\n", " ")[:40] for each in said[:_SUMMARY])


def names_of(particle: Particle) -> Iterator[str]:
    """Every element that a part of a shape is about."""
    if isinstance(particle, Field):
        yield particle.name
        for each in particle.substitutes:
            yield each.name
    elif isinstance(particle, Group):
        for member in particle.members:
            yield from names_of(member)


def type_titles(types: Sequence[str], field: Field) -> tuple[str, ...]:
    """Types for a person: by their local names, with the namespace where two have the same."""
    own = field.contents or (field.value.name if field.value is not None else "")
    named = [each or own for each in types]
    local = [each.rpartition("}")[2] for each in named]
    titles = [
        short if local.count(short) == 1 else f"{short} ({each.rpartition('}')[0].removeprefix('{')})"
        for each, short in zip(named, local, strict=True)
    ]
    return tuple(f"{title} (as declared)" if not each else title for each, title in zip(types, titles, strict=True))


def title_of(particle: Particle) -> str:
    """An alternative of a choice for a person."""
    if isinstance(particle, Field):
        return particle.local
    if isinstance(particle, Group):
        joint = " or " if particle.order is Order.CHOICE else " + "
        return joint.join(title_of(each) for each in particle.members)
    return "any element"
