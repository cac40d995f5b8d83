"""The elements of an XML document of any size, read once by expat.

A small document is kept whole. When there are more than `KEPT` elements, one depth is chosen at which records lie
(the first with very many elements): from there down only the byte where each record begins is kept, some ten bytes a
record, and a record is read again when somebody opens it. A document that declares a document type is refused.
"""

import time
from collections.abc import Callable
from pathlib import Path
from pyexpat import ErrorString, ExpatError, errors

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.ui.document.element import Element, Records
from caiso_desktop.ui.document.element_reading import read_element
from caiso_desktop.ui.document.expat import DoctypeRefused, new_parser, pairs
from caiso_desktop.ui.document.source import FileBytes, Kind, kind_of

KEPT = 20_000
"""Elements that are kept before records are only counted; so many are read in some tens of milliseconds."""
MANY = 1_000
"""A depth with more elements than this is one of records."""

_HEAD = 1 << 16
# The worker lets go of the interpreter when it reads: often, so that the window never waits for long.
_PIECE = 1 << 13
_REPORT_SECONDS = 0.05
_MOST_NAMES = 1 << 16
DOCTYPE = (
    "The document declares a document type (DOCTYPE), which no service of CAISO does; it could make this computer "
    "read other files, so it is not taken apart. It is shown as text."
)


_ENDED = [
    errors.codes[message]
    for message in (
        errors.XML_ERROR_NO_ELEMENTS,
        errors.XML_ERROR_UNCLOSED_TOKEN,
        errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
        errors.XML_ERROR_PARTIAL_CHAR,
    )
]


class TreeIndex:
    """Reads a document in a worker (`build`) while others look at what is there already."""

    def __init__(self, path: Path) -> None:
        self._source = FileBytes.open(path)
        self._kind = kind_of(self._source.read(0, _HEAD))
        self.root: Element | None = None
        self.problem = ""
        self.complete = False
        self.generation = 0
        self._open: list[Element] = []
        self._records_at: int | None = None
        self._here: Records | None = None
        self._counts: list[int] = []
        self._kept = 0
        self._names: list[str] = []
        self._numbers: dict[str, int] = {}
        self._parser = new_parser(self._begin, self._end, self._text)

    @property
    def settled(self) -> bool:
        """Whether what is there will only grow: not so while it is still open which depth holds the records."""
        return self.complete or self._records_at is not None

    @property
    def source(self) -> FileBytes:
        """The document's bytes."""
        return self._source

    @property
    def kind(self) -> Kind:
        """What its first bytes said."""
        return self._kind

    def build(self, token: CancelToken, grown: Callable[[float], None]) -> None:
        """Read the document; ``grown`` hears how far it is, 0 to 1. What is wrong with it becomes `problem`."""
        parser, position, reported = self._parser, 0, time.monotonic()
        try:
            while not token.cancelled:
                data = self._source.read(position, _PIECE)
                parser.Parse(data, not data)
                position += len(data)
                if not data:
                    break
                if time.monotonic() - reported > _REPORT_SECONDS:
                    grown(position / max(1, self._source.size))
                    reported = time.monotonic()
        except DoctypeRefused:
            self.root, self.problem = None, DOCTYPE
        except ExpatError as error:
            self.problem = _sentence(error)
        except (LookupError, ValueError):
            self.problem = "The document's encoding is not known here; it is shown as text."
        for element in self._open:
            element.closed = True
        self._open.clear()
        self._here = None
        self.complete = True
        grown(1.0)

    def record(self, parent: Element, index: int) -> Element:
        """A record, read from the file."""
        assert parent.records is not None  # noqa: S101 - only who has seen records asks for one
        return read_element(self._source, self._kind, parent.records.name(index), parent.records.starts[index], parent)

    def filled(self, element: Element) -> Element:
        """The same element with all that was not kept of it, read from the file."""
        if not element.hollow:
            return element
        return read_element(self._source, self._kind, element.name, element.start, element.parent)

    def close(self) -> None:
        """Let go of the file."""
        self._source.close()

    # Reading the whole.

    def _begin(self, name: str, attributes: list[str]) -> None:
        parent = self._open[-1] if self._open else None
        element = Element(name, self._parser.CurrentByteIndex, pairs(attributes), parent)
        if parent is None:
            self.root = element
        else:
            parent.children.append(element)
        self._open.append(element)
        depth = len(self._open) - 1
        if depth == len(self._counts):
            self._counts.append(0)
        self._counts[depth] += 1
        self._kept += 1
        if self._kept > KEPT:
            self._choose_depth()

    def _end(self, name: str) -> None:
        self._open.pop().close()

    def _text(self, text: str) -> None:
        self._open[-1].add_text(text)

    # Reading on, when there are too many to keep.

    def _choose_depth(self) -> None:
        """Find the depth of the records, and keep only where they begin from now on."""
        deepest = self._records_at or len(self._counts)
        many = (depth for depth in range(1, deepest) if self._counts[depth] > MANY)
        total = 0
        chosen = next(many, None)
        if chosen is None:
            for depth in range(deepest):
                total += self._counts[depth]
                if total > KEPT // 4 and depth:
                    chosen = depth
                    break
        if chosen is None:
            return
        first_time, depth = self._records_at is None, len(self._open)
        self._records_at = chosen
        if self.root is not None:
            self._collapse(self.root, chosen)
        del self._open[chosen:]
        # Text is not read from now on, so what is open may have got a part of its own only.
        for element in self._open:
            element.hollow = True
        self._here = self._open[-1].records
        self._kept = sum(self._counts[:chosen])
        self.generation += 1
        if first_time:
            self._parser.StartElementHandler, self._parser.EndElementHandler = self._lean_handlers(depth)
            self._parser.CharacterDataHandler = None

    def _collapse(self, root: Element, depth: int) -> None:
        level = [root]
        for _ in range(depth - 1):
            level = [child for element in level for child in element.children]
        for element in level:
            records = Records(self._names)
            for child in element.children:
                self._append(records, child.name, child.start, deep=not child.leaf)
            element.children = []
            element.records = records if len(records) or not element.closed else None

    def _append(self, records: Records, name: str, start: int, *, deep: bool = False) -> None:
        number = self._numbers.get(name)
        if number is None:
            number = self._numbers[name] = min(len(self._names), _MOST_NAMES - 1)
            if number == len(self._names):
                self._names.append(name)
        records.starts.append(start)
        records.deep.append(deep)
        records.name_numbers.append(number)

    def _lean_handlers(self, depth: int) -> tuple[Callable[[str, list[str]], None], Callable[[str], None]]:
        """What expat calls millions of times: ``depth`` elements are open, and most that come are only counted.

        Written as closures because their variables are found faster than attributes.
        """
        limit = self._records_at or 0
        parser = self._parser

        def begin(name: str, attributes: list[str]) -> None:
            nonlocal depth, limit
            depth += 1
            if depth > limit + 1:
                if depth == limit + 2 and self._here is not None:
                    self._here.deep[-1] = 1
            elif depth == limit + 1:
                if self._here is None:
                    self._here = self._open[-1].records = Records(self._names)
                self._append(self._here, name, parser.CurrentByteIndex)
            else:
                self._begin(name, attributes)
                # It may just have become a record itself, when that was one element too many.
                if self._records_at == limit:
                    self._open[-1].hollow = True
                    self._here = None
                limit = self._records_at or 0

        def end(name: str) -> None:
            nonlocal depth
            if depth <= limit:
                self._close_kept()
            depth -= 1

        return begin, end

    def _close_kept(self) -> None:
        element = self._open.pop()
        element.closed = True
        if element.records is not None and not element.records:
            element.records = None
        # It has children of its own, so only its text was not kept, and that is white space or little more.
        if element.children or element.records is not None:
            element.hollow = False
        self._here = None


def _sentence(error: ExpatError) -> str:
    if error.code in _ENDED:
        return "The document ends before its last element does, or holds none. What was readable is shown."
    place = f"line {error.lineno:,}, column {error.offset + 1:,}"
    return f"Not well-formed XML at {place}: {ErrorString(error.code)}. What was readable is shown."
