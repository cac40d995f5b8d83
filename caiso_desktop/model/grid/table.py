"""Nested repeats of a payload, flattened: a row for each innermost element, with what the elements around it say.

A row knows only the path of its element; what a cell says is looked up in the outline when it is shown. So ten
thousand rows are ten thousand short tuples, and a value that many rows share stands once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

from caiso_desktop.model.outline import Node, NodePath, Outline
from caiso_desktop.model.shape import Shape
from caiso_desktop.model.step import Step
from caiso_desktop.model.value import Value, ValueKind


@dataclass(frozen=True, slots=True)
class RowKind:
    """Which elements are rows: ``names`` lead to them from the root (Clark); there are ``count`` of them."""

    names: tuple[str, ...]
    count: int

    @property
    def title(self) -> str:
        """For a person, without root and payload: ``Bid / Hour / Segment``."""
        names = [name.rpartition("}")[2] for name in self.names]
        return " / ".join(name for name in names[1:] if name != "MessagePayload") or names[-1]


@dataclass(frozen=True, slots=True)
class Column:
    """What stands at one place of each row. ``level`` is how deep the element is that has it (the root is 0).

    ``names`` lead from that element to the one with the value (empty: itself), ``attribute`` is set where it is an
    attribute of it (all Clark). ``as_end``: an instant that ends something. ``value`` are the schema's facets,
    ``behind`` the elements that it puts before this one.
    """

    level: int
    names: tuple[str, ...]
    attribute: str | None = None
    title: str = ""
    kind: ValueKind = ValueKind.TEXT
    as_end: bool = False
    hour: bool = False
    unit: str = ""
    value: Value | None = None
    required: bool = False
    behind: tuple[str, ...] | None = None

    @property
    def id(self) -> str:
        """What it is called in a file: local names from its element, after the level."""
        names = [name.rpartition("}")[2] for name in self.names]
        if self.attribute is not None:
            names.append(f"@{self.attribute.rpartition('}')[2]}")
        return f"{self.level}:{'/'.join(names)}"


class Place(NamedTuple):
    """Where a cell is written: an element, and its attribute where it is one. ``owner`` is the element of the level.

    ``path`` is None where the element is not there.
    """

    owner: NodePath | None
    path: NodePath | None
    attribute: str | None
    text: str | None


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one kind, in the order of the payload. ``kinds`` are all that there are to choose from.

    ``depth`` is the level of the row's own element; a row that ends before it is an element without any such in it.
    """

    kinds: tuple[RowKind, ...] = ()
    kind: RowKind | None = None
    columns: tuple[Column, ...] = ()
    rows: tuple[NodePath, ...] = ()

    @property
    def depth(self) -> int:
        """The level of a whole row's element."""
        return len(self.kind.names) - 1 if self.kind else 0

    def place(self, outline: Outline, row: int, column: Column) -> Place:
        """Where a cell stands and what it says; its text is None where it is not there."""
        path = self.rows[row]
        if len(path) < column.level:
            return Place(None, None, column.attribute, None)
        owner = path[: column.level]
        return place_in(outline.root, owner, column)

    def widened(self, columns: tuple[Column, ...]) -> "Table":
        """The same with these columns, where they are all that it has and more."""
        # An element whose attributes are all gone seems to have a text.
        mine = {(each.level, each.names, each.attribute) for each in self.columns if each.names or each.attribute}
        fits = mine <= {(each.level, each.names, each.attribute) for each in columns}
        return replace(self, columns=columns) if self.kind is not None and fits else self


@dataclass(frozen=True, slots=True)
class Begun:
    """A payload with one row that says nothing yet, and the columns that its rows may have."""

    text: str
    columns: tuple[Column, ...]


def place_in(root: Node, owner: NodePath, column: Column) -> Place:
    """Where a column's value stands in the element of its level."""
    node = root
    for index in owner:
        node = node.children[index]
    path = owner
    for name in column.names:
        for index, child in enumerate(node.children):
            if child.name == name:
                node, path = child, (*path, index)
                break
        else:
            return Place(owner, None, column.attribute, None)
    if column.attribute is not None:
        return Place(owner, path, column.attribute, node.attribute(column.attribute))
    return Place(owner, path, None, node.value)


def texts_of(table: Table, outline: Outline, column: Column) -> list[str | None]:
    """What a column says in every row; neighbours are looked up together, as most share the element around them."""
    found: list[str | None] = []
    last: NodePath | None = None
    holder: Node | None = None
    said: str | None = None
    for path in table.rows:
        if len(path) < column.level:
            found.append(None)
            continue
        owner = path[: column.level]
        if owner != last:
            if holder is None or last is None or owner[:-1] != last[:-1]:
                holder = outline.node(owner[:-1]) if owner else None
            node = holder.children[owner[-1]] if holder is not None else outline.root
            said, last = place_in(node, (), column).text, owner
        found.append(said)
    return found


def path_of(outline: Outline, steps: Sequence[Step]) -> NodePath | None:
    """The element that steps lead to, the root's own first; None where it is not there."""
    node = outline.root
    path: NodePath = ()
    for step in steps[1:]:
        like = [index for index, child in enumerate(node.children) if child.name == step.name]
        if step.index >= len(like):
            return None
        node, path = node.children[like[step.index]], (*path, like[step.index])
    return path


def rows_of(root: Node, names: Sequence[str]) -> tuple[NodePath, ...]:
    """The paths of the elements to which names lead; an element in which the way ends early stands for itself."""
    if root.name != names[0]:
        return ()
    return tuple(_rows(root, (), names, 1))


def _rows(node: Node, path: NodePath, names: Sequence[str], depth: int) -> Iterator[NodePath]:
    if depth == len(names):
        yield path
        return
    wanted, found = names[depth], False
    for index, child in enumerate(node.children):
        if child.name == wanted:
            found = True
            yield from _rows(child, (*path, index), names, depth + 1)
    if not found and depth > 1:
        yield path


class Grids(Protocol):
    """Reads tables; for a worker, as a big payload takes a second."""

    def table(self, outline: Outline, shape: Shape | None, kind: Sequence[str] | None = None) -> Table:
        """The table of a payload. ``kind`` are the names of the rows wanted; where there are none, the usual ones."""
        ...
