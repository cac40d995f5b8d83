"""Trees of elements: where many of them begin, and the same tree with other branches."""

from collections.abc import Mapping
from dataclasses import replace

from caiso_desktop.model.outline import Node, NodePath, Outline


class Starts:
    """Where elements begin, asked for in the order of the text; each parent is measured once."""

    def __init__(self, outline: Outline) -> None:
        self._outline = outline
        self._known: dict[NodePath, tuple[int, ...]] = {}

    def of(self, path: NodePath) -> int:
        """Where the element of a path begins."""
        if not path:
            return self._outline.start
        parent = path[:-1]
        if parent not in self._known:
            at = self.of(parent) + self._outline.node(parent).head
            found = []
            for child in self._outline.node(parent).children:
                found.append(at + child.gap)
                at += child.gap + child.length
            self._known[parent] = tuple(found)
        return self._known[parent][path[-1]]


def replaced(node: Node, changed: Mapping[NodePath, Node]) -> Node:
    """A tree with other elements at some paths, none of which lies within another."""
    if () in changed:
        return changed[()]
    if not changed:
        return node
    below: dict[int, dict[NodePath, Node]] = {}
    for path, new in changed.items():
        below.setdefault(path[0], {})[path[1:]] = new
    children = list(node.children)
    longer = 0
    for index, within in below.items():
        was = children[index]
        children[index] = replaced(was, within)
        longer += children[index].gap + children[index].length - was.gap - was.length
    return replace(node, children=tuple(children), length=node.length + longer)


def without(node: Node, gone: Mapping[int, int]) -> Node:
    """An element without some of its children; ``gone`` says how many characters went with each."""
    children, carried = [], 0
    for index, child in enumerate(node.children):
        if index in gone:
            carried += child.gap + child.length - gone[index]
        else:
            children.append(replace(child, gap=child.gap + carried) if carried else child)
            carried = 0
    return replace(node, children=tuple(children), tail=node.tail + carried).measured()
