"""One pass over a payload without a tree, names without namespaces: each element as it ends, with its text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from lxml import etree

from caiso_desktop.model.error import PayloadError
from caiso_desktop.model.source import Payload, pieces_of

CHUNK = 1 << 16
"""Bytes that are fed at once; more would only be held."""

LONGEST = 1000
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


class Scanner:
    """Fed with a document in pieces; tells each element as it ends. `PayloadError` for what is not well-formed XML.

    ``depth`` counts the elements that are open, ``ended`` those that have ended so far.
    """

    def __init__(self) -> None:
        self._target = _Target()
        self.ended = 0
        # The type stubs want every method of a target; lxml calls those that are there.
        self._parser = etree.XMLParser(  # type: ignore[call-overload]
            target=self._target, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )

    def feed(self, piece: bytes) -> list[Node]:
        """What ends in the next bytes, children before parents."""
        try:
            self._parser.feed(piece)
        except etree.XMLSyntaxError as error:
            raise _broken(error) from error
        return self._taken()

    def close(self) -> list[Node]:
        """What ends at the document's end."""
        try:
            self._parser.close()
        except etree.XMLSyntaxError as error:
            raise _broken(error) from error
        return self._taken()

    @property
    def depth(self) -> int:
        """How many elements are open."""
        return len(self._target.open)

    def pass_child(self) -> None:
        """Say that the innermost open element has a child that is not fed."""
        self._target.open[-1].is_leaf = False

    def _taken(self) -> list[Node]:
        ended, self._target.ended = self._target.ended, []
        self.ended += len(ended)
        return ended


class _Target:
    """What lxml calls; ends with a list of what has ended since the last look."""

    def __init__(self) -> None:
        self.ended: list[Node] = []
        self.open: list[Node] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        parent = self.open[-1] if self.open else None
        if parent is not None:
            parent.is_leaf = False
        own = {}
        if attributes:
            own = {name: value[:LONGEST] for name, value in attributes.items() if not name.startswith("{")}
        self.open.append(Node(local(tag), len(self.open), "", parent, own, own.copy()))

    def data(self, text: str) -> None:
        node = self.open[-1]
        if not node.text:
            node.text = text[:LONGEST]
        elif (left := LONGEST - len(node.text)) > 0:
            node.text += text[:left]

    def end(self, tag: str) -> None:
        node = self.open.pop()
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
    scanner = Scanner()
    for piece in pieces_of(payload):
        for start in range(0, max(len(piece), 1), CHUNK):
            yield from scanner.feed(piece[start : start + CHUNK])
    yield from scanner.close()


def _broken(error: etree.XMLSyntaxError) -> PayloadError:
    return PayloadError(f"it is not well-formed XML: {error.msg}.")


@lru_cache(maxsize=4096)
def local(tag: str) -> str:
    """A name without its namespace."""
    return tag.rpartition("}")[2]


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """A name as it is compared: lower case, without hyphens and underscores."""
    return name.replace("_", "").replace("-", "").lower()
