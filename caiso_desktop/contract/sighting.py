"""What was seen of the elements of documents: which stood in which, how often, in which order, with which texts."""

from dataclasses import dataclass, field
from xml.parsers import expat

from caiso_desktop.contract.scan import local
from caiso_desktop.contract.stream import Stream
from caiso_desktop.model.error import PayloadError

XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
MOST_VALUES = 200
"""How many different values of a field are remembered."""
DEEPEST = 100


@dataclass(slots=True)
class Child:
    """How often a child stood in those parents that had it: the least and the most; and how many parents that were."""

    key: str
    least: int
    most: int = 0
    within: int = 0


@dataclass(slots=True)
class Texts:
    """The texts of a field: the first different ones, and how many there were."""

    count: int = 0
    values: dict[str, None] = field(default_factory=dict)
    complete: bool = True

    def add(self, text: str) -> None:
        """Remember one more."""
        self.count += 1
        if text not in self.values:
            if len(self.values) < MOST_VALUES:
                self.values[text] = None
            else:
                self.complete = False


@dataclass(slots=True)
class Seen:
    """What was seen of the elements of one kind."""

    name: str
    key: str
    count: int = 0
    nil: bool = False
    with_text: int = 0
    texts: Texts = field(default_factory=Texts)
    attributes: dict[str, Texts] = field(default_factory=dict)
    children: dict[str, Child] = field(default_factory=dict)
    before: dict[str, set[str]] = field(default_factory=dict)
    mixed_order: bool = False


@dataclass(slots=True)
class _Open:
    """An element that is open: what is known of its kind, its text, and its children in their order."""

    kind: Seen
    text: list[str] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    size: int = 0


class Gathering:
    """Reads documents and remembers what stands where."""

    def __init__(self) -> None:
        self.kinds: dict[str, Seen] = {}
        self.root: Seen | None = None
        self._stack: list[_Open] = []

    def read(self, stream: Stream) -> None:
        """Read one document."""
        self._stack = []
        parser = expat.ParserCreate("utf-8", "}")
        parser.buffer_text = True
        parser.StartElementHandler = self._opened
        parser.EndElementHandler = self._closed
        parser.CharacterDataHandler = self._said
        parser.StartDoctypeDeclHandler = _refuse
        try:
            for chunk in stream.chunks():
                parser.Parse(chunk)
            parser.Parse(b"", True)  # noqa: FBT003  expat takes it by position
        except expat.ExpatError as error:
            raise PayloadError(
                f"the sample is not XML: line {error.lineno}, {expat.ErrorString(error.code)}."
            ) from error

    def _opened(self, name: str, attributes: dict[str, str]) -> None:
        space, brace, bare = name.rpartition("}")
        clark = f"{{{space}}}{bare}" if brace else name
        kind = self._kind(clark)
        kind.count += 1
        for written, text in attributes.items():
            own = f"{{{written}" if "}" in written else written
            if own.startswith(XSI):
                kind.nil = kind.nil or (local(own) == "nil" and text in ("true", "1"))
            else:
                kind.attributes.setdefault(own, Texts()).add(text)
        if self._stack:
            parent = self._stack[-1]
            if not parent.order or parent.order[-1] != clark:
                parent.kind.mixed_order = parent.kind.mixed_order or clark in parent.counts
                parent.order.append(clark)
            parent.counts[clark] = parent.counts.get(clark, 0) + 1
        self._stack.append(_Open(kind))
        if len(self._stack) > DEEPEST:
            raise PayloadError(f"its elements lie more than {DEEPEST} deep.")

    def _kind(self, clark: str) -> Seen:
        """What is known of an element here: one inside another of its name is of that one's kind."""
        for open_element in self._stack:
            if open_element.kind.name == clark:
                return open_element.kind
        above = self._stack[-1].kind.key if self._stack else ""
        key = f"{above}/{clark}"
        kind = self.kinds.get(key)
        if kind is None:
            kind = self.kinds[key] = Seen(clark, key)
        if not self._stack:
            if self.root is not None and self.root is not kind:
                raise PayloadError(
                    f"the samples have different roots, <{local(self.root.name)}> and <{local(clark)}>.",
                    advice="Take samples of one service.",
                )
            self.root = kind
        return kind

    def _said(self, text: str) -> None:
        if self._stack:
            element = self._stack[-1]
            if element.size < 1000:
                element.text.append(text)
                element.size += len(text)

    def _closed(self, name: str) -> None:
        element = self._stack.pop()
        kind, text = element.kind, "".join(element.text).strip()
        if element.counts:
            kind.with_text += bool(text)
        else:
            kind.texts.add(text)
        for first, second in zip(element.order, element.order[1:], strict=False):
            kind.before.setdefault(second, set()).add(first)
        for clark, count in element.counts.items():
            child = kind.children.get(clark)
            if child is None:
                child = kind.children[clark] = Child(self._key_below(element, clark), count)
            child.least = min(child.least, count)
            child.most = max(child.most, count)
            child.within += 1

    def _key_below(self, parent: _Open, clark: str) -> str:
        for element in (*self._stack, parent):
            if element.kind.name == clark:
                return element.kind.key
        return f"{parent.kind.key}/{clark}"


def _refuse(*declared: object) -> None:
    raise PayloadError("it has a DOCTYPE, which is not allowed in a payload.", advice="Remove it.")
