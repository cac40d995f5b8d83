"""One pass over a payload without a tree, names without namespaces: each element as it ends, with its text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from lxml import etree

from caiso_desktop.model.error import PayloadError
from caiso_desktop.model.source import Payload, pieces_of

_CHUNK = 1 << 16
_LONGEST = 1000
"""Characters kept of a text; no name, number or time is longer."""


@dataclass(slots=True)
class Node:
    """An element that is open or has just ended. ``leaves`` are its attributes and its children without children.

    Attributes with a namespace (``xsi:nil``) speak about the document, not the market, and are left out.
    """

    name: str
    depth: int
    text: str = ""
    parent: "Node | None" = None
    attributes: dict[str, str] = field(default_factory=dict)
    leaves: dict[str, str] = field(default_factory=dict)
    is_leaf: bool = True


class _Target:
    """What lxml calls; ends with a list of what has ended since the last look."""

    def __init__(self) -> None:
        self.ended: list[Node] = []
        self._open: list[Node] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        parent = self._open[-1] if self._open else None
        if parent is not None:
            parent.is_leaf = False
        own = {}
        if attributes:
            own = {name: value[:_LONGEST] for name, value in attributes.items() if not name.startswith("{")}
        self._open.append(Node(local(tag), len(self._open), "", parent, own, own.copy()))

    def data(self, text: str) -> None:
        node = self._open[-1]
        if not node.text:
            node.text = text[:_LONGEST]
        elif len(node.text) < _LONGEST:
            node.text += text[:_LONGEST]

    def end(self, tag: str) -> None:
        node = self._open.pop()
        node.text = node.text.strip()
        if node.is_leaf and node.parent is not None:
            node.parent.leaves[node.name] = node.text
        self.ended.append(node)

    def doctype(self, name: str | None, public: str | None, system: str | None) -> None:
        raise PayloadError("it has a DOCTYPE, which is not allowed in a payload.", advice="Remove it.")

    def close(self) -> None:
        """Nothing is built."""


def scan(payload: Payload) -> Iterator[Node]:
    """Every element as it ends, children before parents. `PayloadError` for what is not well-formed XML."""
    target = _Target()
    # The type stubs want every method of a target; lxml calls those that are there.
    parser = etree.XMLParser(  # type: ignore[call-overload]
        target=target, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        for piece in pieces_of(payload):
            for start in range(0, max(len(piece), 1), _CHUNK):
                parser.feed(piece[start : start + _CHUNK])
                ended, target.ended = target.ended, []
                yield from ended
        parser.close()
    except etree.XMLSyntaxError as error:
        raise PayloadError(f"it is not well-formed XML: {error.msg}.") from error
    yield from target.ended


@lru_cache(maxsize=4096)
def local(tag: str) -> str:
    """A name without its namespace."""
    return tag.rpartition("}")[2]


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """A name as it is compared: lower case, without hyphens and underscores."""
    return name.replace("_", "").replace("-", "").lower()
