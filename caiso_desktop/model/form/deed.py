"""What one does to a form, as splices of the draft: give a value, choose, add, take away."""

from collections.abc import Iterator

from caiso_desktop.model.error import EditRefused
from caiso_desktop.model.form.addition import Addable, OpenPlace, addable_fields, behind
from caiso_desktop.model.form.row import CHOSEN, NIL, TYPE, Kind, Row, names_of
from caiso_desktop.model.form.rows import Rows
from caiso_desktop.model.outline import Node, NodePath
from caiso_desktop.model.shape import (
    MANY,
    Attribute,
    Contents,
    Field,
    Group,
    Order,
    Particle,
    Wildcard,
)
from caiso_desktop.model.spelling import Element
from caiso_desktop.model.splice import Add, Duplicate, Move, Remove, SetAttribute, SetValue, Splice

DEEPEST = 12
"""How many elements in each other are made at once for what must be there; a recursive shape ends here."""


class Deeds:
    """Makes splices for the rows of an outline."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._outline = rows.outline
        self._shape = rows.shape

    def give(self, row: Row, text: str) -> tuple[Splice, ...]:
        """Let a row say something: also one that is missing, which is added then."""
        revision = self._outline.revision
        if row.kind is Kind.ATTRIBUTE:
            return (SetAttribute(revision, row.path, row.name, text),)
        if row.kind in CHOSEN:
            raise EditRefused("It is chosen from a list.")
        if row.node is None:
            assert row.field is not None  # noqa: S101  what is missing is known by the shape
            return (self._add(row.path, row.field, (Element(row.name, text),)),)
        lifted = (SetAttribute(revision, row.path, NIL, None),) if row.nil and text else ()
        return (*lifted, SetValue(revision, {row.path: text}))

    def set_nil(self, row: Row, *, nil: bool) -> tuple[Splice, ...]:
        """Let an element say that it has no value (``xsi:nil``), or take that back."""
        revision = self._outline.revision
        if not nil:
            return (SetAttribute(revision, row.path, NIL, None),)
        return (SetValue(revision, {row.path: ""}), SetAttribute(revision, row.path, NIL, "true"))

    def choose(self, row: Row, number: int) -> tuple[Splice, ...]:
        """Put another alternative in the place of what was chosen, or let an element be of another type."""
        if row.kind is Kind.TYPE:
            return self._retype(row, row.types[number])
        return self._choose(row, row.alternatives[number])

    def _retype(self, row: Row, name: str) -> tuple[Splice, ...]:
        """Let an element name one of its types, or none; what must be in it is put into one that is empty."""
        revision, node = self._outline.revision, self._outline.node(row.path)
        named = SetAttribute(revision, row.path, TYPE, name or None, is_name=True)
        inside = self._shape.inside(row.field, name) if self._shape is not None and row.field is not None else None
        if node.children or node.text.strip() or inside is None or inside.group is None:
            return (named,)
        added = tuple(self._minimal(inside.group, 1, frozenset({inside.key})))
        return (named, Add(revision, row.path, 0, added)) if added else (named,)

    def _choose(self, row: Row, alternative: Particle) -> tuple[Splice, ...]:
        node = self._outline.node(row.path)
        names = {name for each in row.alternatives for name in names_of(each)}
        there = [index for index, child in enumerate(node.children) if child.name in names]
        added = tuple(self._minimal(alternative, 1, frozenset()))
        first = next(iter(names_of(alternative)), "")
        inside = self._rows.inside(row)
        known = inside.element(first) if inside is not None else None
        revision = self._outline.revision
        index = there[0] if there else self._index(node, inside, known)
        splices: list[Splice] = [Add(revision, row.path, index, added)] if added else []
        if there:
            splices.append(Remove(revision, tuple((*row.path, each) for each in there)))
        return tuple(splices)

    def add(self, row: Row) -> tuple[Splice, ...]:
        """Add what is missing, with all that must be in it; or one more of what is there."""
        if row.field is None:
            return (Duplicate(self._outline.revision, row.path),)
        parent = row.path if row.node is None else row.path[:-1]
        if row.node is None:
            return (self._add(parent, row.field, (self._new(row.field, 1, frozenset()),)),)
        fresh = self._new(row.field, 1, frozenset())
        return (Add(self._outline.revision, parent, row.path[-1] + 1, (fresh,)),)

    def remove(self, row: Row) -> tuple[Splice, ...]:
        """Take a row's element or attribute away."""
        revision = self._outline.revision
        if row.kind is Kind.ATTRIBUTE:
            return (SetAttribute(revision, row.path, row.name, None),)
        return (Remove(revision, (row.path,)),)

    def duplicate(self, row: Row) -> tuple[Splice, ...]:
        """Put a copy behind it."""
        return (Duplicate(self._outline.revision, row.path),)

    def move(self, row: Row, by: int) -> tuple[Splice, ...]:
        """Put an element before or behind the next of its like."""
        siblings = self._outline.node(row.path[:-1]).children
        index = row.path[-1] + by
        while 0 <= index < len(siblings) and siblings[index].name != row.name:
            index += by
        if not 0 <= index < len(siblings):
            return ()
        return (Move(self._outline.revision, row.path, index),)

    def can_repeat(self, row: Row) -> bool:
        """Whether one more of a row's like may stand beside it; without a shape, whatever is there already."""
        if row.node is None or not row.path or row.kind is Kind.ATTRIBUTE:
            return False
        if row.field is None:
            return True
        most = row.field.occurrence.most
        return most is None or row.count < most or self._in_a_repeated_group(row)

    def can_go(self, row: Row) -> bool:
        """Whether a row can be taken away."""
        if row.kind is Kind.ATTRIBUTE:
            return row.text is not None
        return row.node is not None and bool(row.path)

    def addables(self, row: Row) -> list[Addable]:
        """What may be added to a row's element, in the schema's order."""
        inside = self._rows.inside(row)
        if inside is None or row.node is None:
            return []
        written = {each.name for each in row.node.attributes}
        revision = self._outline.revision
        found = [
            Addable(f"@{_local(each.name)}", each.documentation, each.required, (_given(revision, row, each),))
            for each in inside.attributes
            if each.name not in written
        ]
        counts: dict[str, int] = {}
        for child in row.node.children:
            counts[child.name] = counts.get(child.name, 0) + 1
        for known, free in addable_fields(inside, counts):
            there = sum(counts.get(name, 0) for name in names_of(known))
            most = known.occurrence.most
            if not free and most is not None and there >= most:
                continue
            for each in (known, *known.substitutes):
                if not each.abstract:
                    new = self._new(each, 1, frozenset())
                    must = known.occurrence.required and not there
                    found.append(Addable(each.local, each.documentation, must, (self._add(row.path, each, (new,)),)))
        return found + self._wild(row)

    def open_place(self, row: Row) -> OpenPlace | None:
        """Where a person may write any element into a row's; None where the schema lets nothing of the kind stand."""
        inside, node = self._rows.inside(row), row.node
        if inside is None or node is None or row.kind not in (Kind.SECTION, Kind.VALUE):
            return None
        wild = next(self._roomy(inside, node), None)
        if wild is None:
            return None
        index = behind(node, inside, wild)
        scope = self._outline.scope(row.path)
        return OpenPlace(wild, self._outline.revision, row.path, index, row.label, node.tag, scope)

    def _wild(self, row: Row) -> list[Addable]:
        """The elements that are known among those that any may be."""
        inside, node = self._rows.inside(row), row.node
        if inside is None or node is None:
            return []
        revision, found, seen = self._outline.revision, list[Addable](), {each.name for each in inside.fields()}
        for wild in self._roomy(inside, node):
            index = behind(node, inside, wild)
            for each in wild.candidates:
                if each.name not in seen:
                    seen.add(each.name)
                    new = self._new(each, 1, frozenset())
                    splices = (Add(revision, row.path, index, (new,)),)
                    found.append(Addable(each.local, each.documentation, required=False, splices=splices, wild=True))
        return found

    def _roomy(self, inside: Contents, node: Node) -> Iterator[Wildcard]:
        """The places for any element that have room for one more."""
        declared = {name for each in inside.fields() for name in names_of(each)}
        there = sum(child.name not in declared for child in node.children)
        if inside.open:
            yield Wildcard(MANY)
        for wild in inside.wildcards():
            most = wild.occurrence.most
            if most is None or there < most:
                yield wild

    def _in_a_repeated_group(self, row: Row) -> bool:
        """Whether a group that an element is in may be there more than once."""
        inside = self._contents_at(row.path[:-1])
        return inside is not None and any(
            known.name == row.name and free for known, free in addable_fields(inside, {row.name: 1})
        )

    def _contents_at(self, path: NodePath) -> Contents | None:
        """What the shape says may be in the element at a path."""
        known = self._rows.field_at(path)
        return self._rows.contents(known, self._outline.node(path), path) if known is not None else None

    def _add(self, parent: tuple[int, ...], known: Field, elements: tuple[Element, ...]) -> Add:
        node = self._outline.node(parent)
        index = self._index(node, self._contents_at(parent), known)
        return Add(self._outline.revision, parent, index, elements)

    def _index(self, node: Node, inside: Contents | None, known: Field | None) -> int:
        """Where a new element goes among the children: behind everything that the shape puts before it, or with it."""
        if inside is None or known is None:
            return len(node.children)
        return behind(node, inside, known)

    def _new(self, known: Field, depth: int, above: frozenset[str]) -> Element:
        """An element with what must be in it, and no more."""
        inside = self._shape.inside(known) if self._shape is not None else None
        text = known.fixed or known.default or ""
        if inside is None:
            return Element(known.name, text)
        if inside.abstract or inside.key in above or depth > DEEPEST:
            return Element(known.name)
        attributes = tuple((each.name, each.fixed or each.default or "") for each in inside.attributes if each.required)
        within = above | {inside.key}
        children = tuple(self._minimal(inside.group, depth + 1, within)) if inside.group is not None else ()
        return Element(known.name, "" if children else text, attributes, children)

    def _minimal(self, particle: Particle, depth: int, above: frozenset[str]) -> Iterator[Element]:
        """What must be there of a part of a shape; at least once, where it was asked for by itself."""
        if isinstance(particle, Field):
            real = particle
            if particle.abstract and particle.substitutes:
                real = particle.substitutes[0]
            for _ in range(max(1, particle.occurrence.least)):
                yield self._new(real, depth, above)
        elif isinstance(particle, Group):
            members = particle.members[:1] if particle.order is Order.CHOICE else particle.members
            for member in members:
                if particle.order is Order.CHOICE or member.occurrence.required:
                    yield from self._minimal(member, depth, above)


def _given(revision: int, row: Row, known: Attribute) -> SetAttribute:
    return SetAttribute(revision, row.path, known.name, known.fixed or known.default or "")


def _local(name: str) -> str:
    return name.rpartition("}")[2]
