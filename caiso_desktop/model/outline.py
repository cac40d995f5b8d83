"""The elements of a payload's text, each with its place: what a form and a grid show, and what a splice is about.

A node knows its own lengths only, not where it stands in the text. So an edit changes the nodes that it lies in and no
other; nodes that are equal say the same, wherever they stand; and an outline is shared and handed to other threads
without a copy. Positions count characters of `caiso_desktop.model.draft.Draft.text`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from caiso_desktop.model.error import EditRefused
from caiso_desktop.model.markup import XML, split, value_of

NodePath: TypeAlias = tuple[int, ...]
"""Which element, from the root: the number of a child among its siblings, and so on; the root's is empty."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of a start tag: ``at`` and ``value_at`` count from the element's ``<``, ``length`` is the value's.

    ``name`` is in Clark notation, ``tag`` as it is written. Declarations of namespaces are not among attributes.
    """

    name: str
    tag: str
    value: str
    at: int
    value_at: int
    length: int


@dataclass(frozen=True, slots=True)
class Node:
    """An element. Its text is ``gap``, start tag, children with what lies between them, ``tail``, end tag.

    ``name`` is in Clark notation, ``tag`` as it is written. ``gap`` counts the characters between what comes before
    (the parent's start tag, or the end of the sibling before) and its ``<``; ``head`` is the length of its start tag,
    ``tail`` of what stands between its last child (or its start tag) and its end tag, ``foot`` of its end tag:
    0 where it is written ``<a/>``. ``length`` is that of all but the gap.

    ``text`` is what a leaf says, exactly; ``mixed`` says that there is text beside child elements.
    ``namespaces`` are the prefixes that its start tag declares (an empty one: the default), with their namespaces.
    """

    name: str
    tag: str
    gap: int
    head: int
    tail: int
    foot: int
    length: int
    text: str = ""
    mixed: bool = False
    attributes: tuple[Attribute, ...] = ()
    namespaces: tuple[tuple[str, str], ...] = ()
    children: tuple["Node", ...] = ()

    @property
    def local(self) -> str:
        """Its name without the namespace."""
        return split(self.name)[1]

    @property
    def namespace(self) -> str:
        """The namespace of its name."""
        return split(self.name)[0]

    @property
    def is_leaf(self) -> bool:
        """Whether it has no child elements."""
        return not self.children

    @property
    def value(self) -> str:
        """What a leaf says, without the white space of a layout around it."""
        return value_of(self.text)

    def attribute(self, name: str) -> str | None:
        """The value of an attribute (Clark), None where it has none."""
        return next((each.value for each in self.attributes if each.name == name), None)

    def measured(self) -> "Node":
        """The same with the length that its parts have."""
        inner = sum(child.gap + child.length for child in self.children)
        return replace(self, length=self.head + inner + self.tail + self.foot)


@dataclass(frozen=True, slots=True)
class Extent:
    """A stretch of the text, the last character not included."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Outline:
    """The elements of a draft's text at a revision; ``start`` is where the root element begins.

    ``unsure`` names the elements in which the text was edited since it was read: what they hold is not known until it
    is read again, while everything else is where it says it is.
    """

    revision: int
    start: int
    root: Node
    unsure: frozenset[NodePath] = frozenset()

    def node(self, path: NodePath) -> Node:
        """The element at a path; `EditRefused` where there is none."""
        node = self.root
        for index in path:
            if not 0 <= index < len(node.children):
                raise EditRefused("The element is not there any more.", advice="Look at the payload again.")
            node = node.children[index]
        return node

    def extent(self, path: NodePath) -> Extent:
        """Where an element stands, from its ``<`` to behind its end tag."""
        start = self.start
        node = self.root
        for index in path:
            if not 0 <= index < len(node.children):
                raise EditRefused("The element is not there any more.", advice="Look at the payload again.")
            before = sum(child.gap + child.length for child in node.children[:index])
            start += node.head + before + node.children[index].gap
            node = node.children[index]
        return Extent(start, start + node.length)

    def content(self, path: NodePath) -> Extent:
        """Where the content of an element stands: between its tags, nothing where it is written ``<a/>``."""
        node, extent = self.node(path), self.extent(path)
        return Extent(extent.start + node.head, extent.end - node.foot)

    def value_extent(self, path: NodePath, attribute: str) -> Extent | None:
        """Where the value of an attribute (Clark) stands, between its quotes."""
        start = self.extent(path).start
        for each in self.node(path).attributes:
            if each.name == attribute:
                return Extent(start + each.value_at, start + each.value_at + each.length)
        return None

    def starts(self, path: NodePath) -> tuple[int, ...]:
        """Where each child of an element begins; for many at once."""
        at = self.extent(path).start + self.node(path).head
        found = []
        for child in self.node(path).children:
            found.append(at + child.gap)
            at += child.gap + child.length
        return tuple(found)

    def scope(self, path: NodePath) -> dict[str, str]:
        """The prefixes that are known inside of an element, with their namespaces."""
        known = {"xml": XML}
        node = self.root
        known.update(node.namespaces)
        for index in path:
            node = node.children[index]
            known.update(node.namespaces)
        return known

    def path_at(self, position: int) -> NodePath | None:
        """The innermost element that a position lies in, its tags included; None outside of the root."""
        start, node, path = self.start, self.root, []
        if not start <= position < start + node.length:
            return None
        while True:
            at = start + node.head
            for index, child in enumerate(node.children):
                begin = at + child.gap
                if begin <= position < begin + child.length:
                    start, node = begin, child
                    path.append(index)
                    break
                at = begin + child.length
            else:
                return tuple(path)

    def walk(self) -> Iterator[tuple[NodePath, Node, int]]:
        """Every element in the order of the text, with its path and where it begins."""
        stack: list[tuple[NodePath, Node, int]] = [((), self.root, self.start)]
        while stack:
            path, node, start = stack.pop()
            yield path, node, start
            at, children = start + node.head, []
            for index, child in enumerate(node.children):
                children.append(((*path, index), child, at + child.gap))
                at += child.gap + child.length
            stack.extend(reversed(children))
