"""Elements of a document: those that are kept, and those that are only known by the byte at which they begin."""

from array import array
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

VALUE_SHOWN = 4096
"""Characters of a value that are kept."""


@dataclass(slots=True, eq=False)
class Element:
    """An element: its name as written (with prefix), attributes, text, and the byte where its tag begins.

    Its children are either ``children``, or ``records`` when there are too many to keep: each is read from the file
    again when it is asked for. ``hollow`` says that its text was not kept, and must be read too.
    """

    name: str
    start: int
    attributes: tuple[tuple[str, str], ...] = ()
    parent: "Element | None" = None
    value: str = ""
    children: list["Element"] = field(default_factory=list)
    records: "Records | None" = None
    closed: bool = False
    hollow: bool = False
    cut: bool = False

    @property
    def local_name(self) -> str:
        """The name without its prefix."""
        return self.name.rpartition(":")[2]

    @property
    def namespace(self) -> str:
        """The namespace of the name; empty where there is none, or where it cannot be known."""
        prefix = self.name.rpartition(":")[0]
        declaration = f"xmlns:{prefix}" if prefix else "xmlns"
        for element in self.lineage():
            for name, value in element.attributes:
                if name == declaration:
                    return value
        return ""

    @property
    def plain_attributes(self) -> Iterator[tuple[str, str]]:
        """The attributes that declare no namespace."""
        return (pair for pair in self.attributes if pair[0] != "xmlns" and not pair[0].startswith("xmlns:"))

    @property
    def leaf(self) -> bool:
        """Whether nothing can be opened in it."""
        return not self.children and self.records is None

    def lineage(self) -> Iterator["Element"]:
        """The element, its parent, and so on up to the root."""
        element: Element | None = self
        while element is not None:
            yield element
            element = element.parent

    def add_text(self, text: str) -> None:
        """More of its text was read."""
        room = VALUE_SHOWN - len(self.value)
        if room > 0:
            self.value += text[:room]
        if len(text) > room:
            self.cut = True

    def close(self) -> None:
        """Its end was read; the white space between children is no value."""
        self.closed = True
        if self.children:
            self.value = self.value.strip()

    def child_before(self, offset: int) -> "Element | None":
        """The last kept child that begins at or before a byte."""
        index = bisect_right(self.children, offset, key=lambda child: child.start)
        return self.children[index - 1] if index else None


class Records:
    """Many children: the byte where each begins, whether anything is in it, and its name as a number."""

    def __init__(self, names: list[str]) -> None:
        self._names = names
        self.starts = array("Q")
        self.deep = bytearray()
        self.name_numbers = array("H")

    def __len__(self) -> int:
        # Appended to last, so that whoever reads while it grows finds the others too.
        return len(self.name_numbers)

    def name(self, index: int) -> str:
        """The name of a record."""
        return self._names[self.name_numbers[index]]

    def before(self, offset: int) -> int | None:
        """The last record that begins at or before a byte."""
        index = bisect_right(self.starts, offset) - 1
        return index if index >= 0 else None
