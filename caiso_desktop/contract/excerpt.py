"""The beginning of a big document as a document of its own: whole elements, and the ends of those around them."""

from pathlib import Path
from xml.parsers import expat

from caiso_desktop.contract.document import encoding_of
from caiso_desktop.model.error import FileUnreadable

_FEW = 3
"""So many elements in a row make a list, which may be cut between two of them."""


def beginning(path: Path, most: int) -> tuple[bytes, int]:
    """A document that is no longer than about ``most`` bytes, and how many bytes of the file are in it.

    A shorter file is given as it is, well-formed or not. A longer one ends between two elements of its outermost
    list; where it has none within ``most`` bytes, or is no XML so far, it is cut as it comes and so is not
    well-formed. `FileUnreadable`.
    """
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise FileUnreadable(f"{path} could not be read ({error.strerror}).") from error
    if len(data) <= most:
        return data, len(data)
    at, ends = _Cut(data[:most]).found()
    if not ends:
        return data[:at], at  # in whatever encoding it claims
    encoding, _ = encoding_of(data)
    return data[:at] + ends.encode(encoding), at


class _Refused(Exception):
    """Stops the parser at a DTD, which could define entities: whoever reads on refuses the document."""


def _refuse(*declared: object) -> None:
    raise _Refused


class _Cut:
    """Finds where a document may be cut: before the last element of the outermost list."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._open: list[str] = []
        self._counts = [0]
        self._cuts: dict[int, tuple[int, tuple[str, ...]]] = {}
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = _refuse

    def found(self) -> tuple[int, str]:
        """How many bytes to keep, and the end tags that belong behind them."""
        try:
            self._parser.Parse(self._data, False)  # noqa: FBT003  # expat takes it so
        except (_Refused, expat.ExpatError, LookupError, ValueError):
            return len(self._data), ""
        if not self._cuts:
            return len(self._data), ""
        at, names = self._cuts[min(self._cuts)]
        return at, "".join(f"</{name}>" for name in reversed(names))

    def _start(self, name: str, attributes: object) -> None:
        self._counts[-1] += 1
        if self._counts[-1] >= _FEW:
            self._cuts[len(self._open)] = (self._parser.CurrentByteIndex, tuple(self._open))
        self._open.append(name)
        self._counts.append(0)

    def _end(self, name: str) -> None:
        self._open.pop()
        self._counts.pop()
