"""One element of a document and all in it, up to a bound, read from the byte where it begins."""

from pyexpat import ExpatError

from caiso_desktop.ui.document.element import Element
from caiso_desktop.ui.document.expat import DoctypeRefused, new_parser, pairs
from caiso_desktop.ui.document.source import FileBytes, Kind

_PIECE = 1 << 13
_MOST_ELEMENTS = 20_000


def read_element(source: FileBytes, kind: Kind, name: str, start: int, parent: Element | None) -> Element:
    """The element that begins at a byte; ``cut`` where it holds too much, or could not be read to its end."""
    top = Element(name, start, parent=parent)
    _Reading(top, kind).run(source)
    return top


class _Enough(Exception):
    """All that was wanted has been read."""


class _Reading:
    """Fills an element."""

    def __init__(self, top: Element, kind: Kind) -> None:
        self._top = top
        self._open: list[Element] = []
        self._count = 0
        self._parser = new_parser(self._begin, self._end, self._text, kind.encoding.replace("utf-16-", "utf-16"))

    def run(self, source: FileBytes) -> None:
        position = self._top.start
        try:
            while True:
                data = source.read(position, _PIECE)
                self._parser.Parse(data, not data)
                position += len(data)
                if not data:
                    break
        except _Enough:
            pass
        except (DoctypeRefused, ExpatError, LookupError, ValueError):
            self._top.cut = True
        for element in (self._top, *self._open):
            element.closed = True
        del self._parser  # else each holds the other

    def _begin(self, name: str, attributes: list[str]) -> None:
        self._count += 1
        if not self._open:
            element = self._top
            element.name, element.attributes = name, pairs(attributes)
        else:
            if self._count > _MOST_ELEMENTS:
                self._top.cut = True
                raise _Enough
            start = self._top.start + self._parser.CurrentByteIndex
            element = Element(name, start, pairs(attributes), self._open[-1])
            self._open[-1].children.append(element)
        self._open.append(element)

    def _end(self, name: str) -> None:
        self._open.pop().close()
        if not self._open:
            raise _Enough

    def _text(self, text: str) -> None:
        self._open[-1].add_text(text)
