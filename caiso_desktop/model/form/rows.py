"""Draws the rows of a form from the shape and the document together: what is there, and what still has to be.

Children of a row are made when it is opened, so a recursive shape has no end to come to, and a long document none to
wait for.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from caiso_desktop.model.form.row import NIL, TYPE, Kind, Row, names_of, title_of, type_titles
from caiso_desktop.model.markup import clark, split
from caiso_desktop.model.outline import Attribute as WrittenAttribute
from caiso_desktop.model.outline import Node, NodePath, Outline
from caiso_desktop.model.shape import Attribute, Contents, Field, Group, Order, Shape
from caiso_desktop.model.spelling import XSI
from caiso_desktop.model.value import Value

_PLAIN = Value("string", white_space="preserve")


@dataclass(slots=True)
class _Block:
    """Rows that stay together, and whether they come first."""

    rows: list[Row]
    required: bool


class Rows:
    """Makes rows from an outline and, where one is known, a shape."""

    def __init__(self, outline: Outline, shape: Shape | None) -> None:
        self.outline = outline
        self.shape = shape if shape is not None and shape.root.name == outline.root.name else None

    def root(self) -> Row:
        """The row of the root element."""
        return self._element(self.outline.root, (), self.shape.root if self.shape else None)

    def children(self, row: Row) -> list[Row]:
        """The rows in a row, what is required first; the row's path is that of this outline."""
        if row.node is None or row.kind not in (Kind.SECTION, Kind.VALUE):
            return []
        inside = self.inside(row)
        blocks = [*self._type(row, row.node), *self._attributes(row, row.node, inside)]
        left = _by_name(row.node)
        if inside is not None and inside.group is not None:
            blocks += self._group(row, inside.group, left, required=True)
        blocks.append(_Block(list(self._left(row, left, inside)), required=False))
        return [each for block in sorted(blocks, key=lambda block: not block.required) for each in block.rows]

    def inside(self, row: Row) -> Contents | None:
        """What the shape says may be in a row's element, by its ``xsi:type`` where it has one."""
        return self.contents(row.field, row.node, row.path) if row.field is not None else None

    def contents(self, known: Field, node: Node | None, path: NodePath) -> Contents | None:
        """What the shape says may be in an element, by the type that it names."""
        return self.shape.inside(known, self.type_of(node, path)) if self.shape is not None else None

    def type_of(self, node: Node | None, path: NodePath) -> str:
        """The type that an element names (Clark), empty where it names none."""
        said = node.attribute(TYPE) if node is not None and node.attributes else None
        if not said:
            return ""
        prefix, _, local = said.strip().rpartition(":")
        return clark(self.outline.scope(path).get(prefix, ""), local)

    def field_at(self, path: NodePath) -> Field | None:
        """The field of the element at a path, by the types that those above it name."""
        known = self.shape.root if self.shape is not None else None
        node = self.outline.root
        for depth, index in enumerate(path):
            if self.shape is None or known is None:
                return None
            known = self.shape.child(known, node.children[index].name, self.type_of(node, path[:depth]))
            node = node.children[index]
        return known

    def _type(self, row: Row, node: Node) -> Iterator[_Block]:
        """Which of the types that may stand here it is, where there are several."""
        known = row.field
        if known is None or not known.variants or self.shape is None:
            return
        own = self.shape.inside(known)
        must = own is not None and own.abstract
        types = known.variants if must else ("", *known.variants)
        named, said = self.type_of(node, row.path), node.attribute(TYPE) or ""
        named = "" if named == known.contents else named
        text = type_titles(types, known)[types.index(named)] if named in types else said
        yield _Block([Row(Kind.TYPE, TYPE, row.path, field=known, text=text, required=must, types=types)], must)

    def _attributes(self, row: Row, node: Node, inside: Contents | None) -> Iterator[_Block]:
        known = inside.attributes if inside is not None else ()
        own = {NIL, TYPE} if row.field is not None and row.field.variants else {NIL}
        written = {each.name: each for each in node.attributes if each.name not in own}
        for each in known:
            there = written.pop(each.name, None)
            if there is not None or each.required:
                yield _Block([self._attribute(row, each.name, there, each)], each.required)
        strict = inside is not None and not inside.open
        for name, there in written.items():
            unknown = strict and split(name)[0] != XSI
            yield _Block([self._attribute(row, name, there, None, unknown=unknown)], required=False)

    def _attribute(
        self, row: Row, name: str, there: WrittenAttribute | None, known: Attribute | None, *, unknown: bool = False
    ) -> Row:
        return Row(
            Kind.ATTRIBUTE,
            name,
            row.path,
            attribute=known,
            value=known.value if known else _PLAIN,
            text=there.value if there else None,
            required=bool(known and known.required),
            unknown=unknown,
        )

    def _group(self, row: Row, group: Group, left: dict[str, list[int]], *, required: bool) -> Iterator[_Block]:
        if group.order is Order.CHOICE and not group.occurrence.repeats:
            yield from self._choice(row, group, left, required=required and group.occurrence.required)
            return
        wanted = required and group.occurrence.required and group.order is not Order.CHOICE
        if group.order is not Order.CHOICE and not wanted:
            wanted = any(left.get(name) for each in group.members for name in names_of(each))
        for member in group.members:
            if isinstance(member, Group):
                yield from self._group(row, member, left, required=wanted)
            elif isinstance(member, Field):
                must = wanted and member.occurrence.required
                rows = self._field(row, member, left, required=must)
                if rows:
                    yield _Block(rows, must)

    def _choice(self, row: Row, group: Group, left: dict[str, list[int]], *, required: bool) -> Iterator[_Block]:
        chosen = next((each for each in group.members if any(left.get(name) for name in names_of(each))), None)
        if chosen is None and not required:
            return
        head = Row(
            Kind.CHOICE,
            "",
            row.path,
            field=row.field,
            text=title_of(chosen) if chosen is not None else "",
            required=required,
            alternatives=group.members,
            choice=group,
        )
        rows = [head]
        if isinstance(chosen, Field):
            rows += self._field(row, chosen, left, required=required)
        elif isinstance(chosen, Group):
            rows += [each for block in self._group(row, chosen, left, required=True) for each in block.rows]
        yield _Block(rows, required)

    def _field(self, row: Row, known: Field, left: dict[str, list[int]], *, required: bool) -> list[Row]:
        """The rows of an element as often as it is there; one that is missing where it has to be."""
        node = row.node
        found = sorted(
            ((index, each) for each in (known, *known.substitutes) for index in left.pop(each.name, ())),
            key=lambda pair: pair[0],
        )
        if node is not None and found:
            many = len(found)
            return [
                self._element(
                    node.children[index],
                    (*row.path, index),
                    each,
                    required=required and many <= known.occurrence.least,
                    number=place if many > 1 else 0,
                    count=many,
                )
                for place, (index, each) in enumerate(found, 1)
            ]
        if not required:
            return []
        value = self._value(known, None, ())
        kind = Kind.VALUE if value is not None else Kind.SECTION
        return [Row(kind, known.name, row.path, field=known, value=value, required=True)]

    def _left(self, row: Row, left: dict[str, list[int]], inside: Contents | None) -> Iterator[Row]:
        """What the shape did not ask for, in the document's order."""
        node = row.node
        if node is None:
            return
        wild = list(inside.wildcards()) if inside is not None else []
        unknown = inside is not None and not inside.open and not wild
        counts = {name: len(indexes) for name, indexes in left.items()}
        seen: dict[str, int] = {}
        for index in sorted(index for indexes in left.values() for index in indexes):
            child = node.children[index]
            seen[child.name] = seen.get(child.name, 0) + 1
            many = counts[child.name]
            yield self._element(
                child,
                (*row.path, index),
                inside.element(child.name) if inside is not None and wild else None,
                unknown=unknown or row.unknown,
                number=seen[child.name] if many > 1 else 0,
                count=many,
            )

    def _element(
        self,
        node: Node,
        path: NodePath,
        known: Field | None,
        *,
        required: bool = False,
        unknown: bool = False,
        number: int = 0,
        count: int = 1,
    ) -> Row:
        value = self._value(known, node, path) if known is not None else _PLAIN
        if node.children or node.mixed:
            value = None
        elif value is None and known is not None:
            inside = self.contents(known, node, path)
            if inside is not None and (inside.mixed or inside.open):
                value = _PLAIN
        return Row(
            Kind.VALUE if value is not None else Kind.SECTION,
            node.name,
            path,
            node=node,
            field=known,
            value=value,
            text=node.value if value is not None else None,
            required=required,
            unknown=unknown,
            nil=bool(node.attributes) and node.attribute(NIL) in ("true", "1"),
            number=number,
            count=count,
        )

    def _value(self, known: Field, node: Node | None, path: NodePath) -> Value | None:
        """What the text of an element may be; None where it has elements instead."""
        inside = self.contents(known, node, path)
        if inside is None and known.value is not None:
            return known.value
        return inside.value if inside is not None else _PLAIN


def _by_name(node: Node) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for index, child in enumerate(node.children):
        found.setdefault(child.name, []).append(index)
    return found
