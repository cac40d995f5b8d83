"""What is written into the elements of a payload's text: values, attributes, elements added and taken away."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from caiso_desktop.model.day_shift import Piece
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import EditRefused
from caiso_desktop.model.grid.table import Column, Place
from caiso_desktop.model.markup import escaped, split
from caiso_desktop.model.outline import Node, NodePath, Outline
from caiso_desktop.model.spelling import Element
from caiso_desktop.model.splice import Add, Remove, SetAttribute, SetValue
from caiso_desktop.model.splicing import spliced

_LAYOUT = re.compile(r"(?:\r\n|\r|\n)[ \t]*\Z")
_BLANK = re.compile(r"[ \t\r\n]*\Z")


@dataclass(slots=True)
class Writes:
    """What is to be written into the elements of a text."""

    values: dict[NodePath, str] = field(default_factory=dict)
    attributes: list[tuple[NodePath, str, str | None]] = field(default_factory=list)
    removed: list[NodePath] = field(default_factory=list)
    added: list[tuple[NodePath, Column, str]] = field(default_factory=list)

    def put(self, place: Place, column: Column, text: str, *, keep_empty: bool = False) -> None:
        """Let a cell say something; without a text its element or attribute goes, unless it is needed."""
        if place.owner is None or (place.text is None and not text):
            return
        if place.path is None or (place.text is None and place.attribute is None):
            self.added.append((place.owner, column, text))
        elif place.attribute is not None:
            stays = text or keep_empty or column.required
            self.attributes.append((place.path, place.attribute, text if stays else None))
        elif text or keep_empty or column.required or not column.names:
            self.values[place.path] = text
        else:
            self.removed.append(place.path)

    @property
    def only_values(self) -> bool:
        """Whether only values of elements that are there change."""
        return not (self.attributes or self.removed or self.added)

    def pieces(self, draft: Draft, outline: Outline, columns: Sequence[Column]) -> list[Piece]:
        """What it takes; `EditRefused` where something cannot be written."""
        revision = outline.revision
        found = [Piece(*each) for each in spliced(draft, outline, SetValue(revision, self.values)).pieces]
        for path, name, value in self.attributes:
            made = spliced(draft, outline, SetAttribute(revision, path, name, value))
            found += [Piece(*each) for each in made.pieces]
        if self.removed:
            found += [Piece(*each) for each in spliced(draft, outline, Remove(revision, tuple(self.removed))).pieces]
        first: dict[NodePath, list[Element]] = {}
        for owner, column, text in self.added:
            path, names = _way(outline, owner, column)
            if names and not outline.node(path).children:
                first.setdefault(path, []).append(_element(names, column.attribute, text))
            else:
                found.append(_added(draft, outline, path, names, column, text, columns))
        for path, elements in first.items():
            made = spliced(draft, outline, Add(revision, path, 0, tuple(elements)))
            found += [Piece(*each) for each in made.pieces]
        return found


def lead_of(text: str, start: int, node: Node) -> str:
    """What stands before an element on its line: line end and indentation, or the blanks between two of one line."""
    gap = text[start - node.gap : start]
    found = _LAYOUT.search(gap) or _BLANK.search(gap)
    return found.group() if found else ""


def _way(outline: Outline, owner: NodePath, column: Column) -> tuple[NodePath, list[str]]:
    """How far the way of a column goes that is not there yet: the last element that is, and the names after it."""
    node, path, names = outline.node(owner), owner, list(column.names)
    while names:
        index = next((i for i, child in enumerate(node.children) if child.name == names[0]), None)
        if index is None:
            break
        node, path = node.children[index], (*path, index)
        names.pop(0)
    return path, names


def _element(names: Sequence[str], attribute: str | None, text: str) -> Element:
    """Elements in each other, the innermost with a value."""
    made = Element(names[-1], "" if attribute else text, ((attribute, text),) if attribute else ())
    for name in reversed(names[:-1]):
        made = Element(name, children=(made,))
    return made


def _added(
    draft: Draft,
    outline: Outline,
    path: NodePath,
    names: Sequence[str],
    column: Column,
    text: str,
    columns: Sequence[Column],
) -> Piece:
    """An element that is not there yet, put where it stands in other rows."""
    node = outline.node(path)
    if not names:
        made = spliced(draft, outline, SetAttribute(outline.revision, path, column.attribute or "", text))
        return Piece(*made.pieces[0])
    way = column.names[: len(column.names) - len(names)]
    near = [each.names for each in columns if each.level == column.level and each.names[: len(way)] == way]
    order = [each[len(way)] for each in near if len(each) > len(way)]
    known = column.behind if len(names) == 1 else None
    before = set(order[: order.index(names[0])] if known is None else known)
    starts = outline.starts(path)
    after = max((i for i, child in enumerate(node.children) if child.name in before), default=-1)
    raw = _written(node, names, column.attribute, text, draft.encoding)
    if after < 0:
        lead = lead_of(draft.text, starts[0], node.children[0])
        return Piece(starts[0], starts[0], raw + lead)
    end = starts[after] + node.children[after].length
    return Piece(end, end, lead_of(draft.text, starts[after], node.children[after]) + raw)


def _written(parent: Node, names: Sequence[str], attribute: str | None, text: str, encoding: str) -> str:
    """Elements in each other as text, with the prefix of their parent."""
    prefix = parent.tag.rpartition(":")[0]
    raw = "" if attribute else escaped(text, encoding)
    for number, name in enumerate(reversed(names)):
        namespace, local = split(name)
        if namespace != parent.namespace:
            raise EditRefused(f"<{local}> has another namespace than <{parent.tag}>.", advice="Add it in the form.")
        tag = f"{prefix}:{local}" if prefix else local
        said = ""
        if attribute and not number:
            said = f' {split(attribute)[1]}="{escaped(text, encoding).replace(chr(34), "&quot;")}"'
        raw = f"<{tag}{said}>{raw}</{tag}>"
    return raw
