"""A small piece of an answer as a plain tree: faults and result documents, read by local name."""

from collections.abc import Iterator
from dataclasses import dataclass, field

_MOST_NODES = 50_000
_MOST_TEXT = 64 << 10


@dataclass(slots=True)
class Node:
    """An element: local name, own text, children."""

    name: str
    text: str = ""
    children: list["Node"] = field(default_factory=list)

    def walk(self) -> Iterator["Node"]:
        """The node itself and all below it, in document order."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.children))

    def all(self, name: str) -> list["Node"]:
        """Every node of this name at or below this one."""
        return [node for node in self.walk() if node.name == name]

    def first(self, *names: str) -> str:
        """The text of the first child of one of these names that has any, else empty."""
        for name in names:
            for child in self.children:
                if child.name == name and child.text.strip():
                    return child.text.strip()
        return ""


class Builder:
    """Makes a tree from events; beyond a size that no fault has, further elements are counted but not kept."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self._open: list[Node] = []
        self._count = 0

    @property
    def open(self) -> bool:
        """Whether the tree's root is still open."""
        return bool(self._open)

    def start(self, name: str) -> None:
        """An element begins."""
        node = Node(name)
        self._count += 1
        if self._open and self._count <= _MOST_NODES:
            self._open[-1].children.append(node)
        elif not self._open:
            self.root = node
        self._open.append(node)

    def text(self, data: str) -> None:
        """Text within the element that is open."""
        if self._open and len(self._open[-1].text) < _MOST_TEXT:
            self._open[-1].text += data

    def end(self) -> None:
        """The open element ends."""
        self._open.pop()
