"""What may be added to an element of a form, and where among its children it goes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from caiso_desktop.model.form.row import names_of
from caiso_desktop.model.outline import Node, NodePath
from caiso_desktop.model.shape import Contents, Field, Group, Order, Particle, Wildcard, particles
from caiso_desktop.model.spelling import Written
from caiso_desktop.model.splice import Add, Splice


@dataclass(frozen=True, slots=True)
class Addable:
    """What may be added to an element: its name for a person, what the schema says of it, and the edit that does it.

    ``wild`` is set where any element may stand there.
    """

    label: str
    documentation: str
    required: bool
    splices: tuple[Splice, ...]
    wild: bool = False


@dataclass(frozen=True, slots=True)
class OpenPlace:
    """A place where any element may stand, for what a person writes: a child of an element, at a revision.

    ``owner`` is that element for a person, ``tag`` its name as it is written; ``scope`` are the prefixes that are known
    there, with their namespaces.
    """

    wildcard: Wildcard
    revision: int
    path: NodePath
    index: int
    owner: str
    tag: str
    scope: Mapping[str, str]

    def add(self, elements: Sequence[str]) -> Add:
        """The edit that puts there what was written."""
        return Add(self.revision, self.path, self.index, tuple(map(Written, elements)))


def behind(node: Node, inside: Contents, new: Field | Wildcard) -> int:
    """Where something new goes among the children: behind everything that the shape puts before it, or with it.

    What the shape does not name stands where any element may, if there is such a place.
    """
    order: dict[str, int] = {}
    last = wild = -1
    mine: int | None = None
    for last, each in enumerate(particles(inside.group)):
        names = tuple(names_of(each)) if isinstance(each, Field) else ()
        for name in names:
            order.setdefault(name, last)
        if isinstance(each, Wildcard) and wild < 0:
            wild = last
        if mine is None and (each is new or (isinstance(new, Field) and new.name in names)):
            mine = last
    mine = last + 1 if mine is None else mine
    places = ((number, order.get(child.name, wild)) for number, child in enumerate(node.children))
    return max((number + 1 for number, place in places if 0 <= place <= mine), default=0)


def addable_fields(inside: Contents, counts: dict[str, int]) -> Iterator[tuple[Field, bool]]:
    """The fields that may be added, and whether their own bound counts no more as their group may be repeated.

    Of a choice that was made only what was chosen may be added.
    """
    stack: list[tuple[Particle, bool]] = [(inside.group, False)] if inside.group is not None else []
    while stack:
        each, free = stack.pop(0)
        if isinstance(each, Field):
            yield each, free
        elif isinstance(each, Group):
            free = free or each.occurrence.repeats
            members = each.members
            if each.order is Order.CHOICE and not free:
                members = tuple(one for one in members if any(counts.get(name) for name in names_of(one))) or members
            stack[:0] = [(member, free) for member in members]
