"""What ADS answers about batches, read by local name: heads, instructions, and those of load following."""

from collections.abc import Mapping
from pathlib import Path
from xml.parsers import expat

from caiso_desktop.envelope.report import Refused, open_parser
from caiso_desktop.model.error import StorageError

MOST = 10_000
"""Rows that are read of one document; a day has some hundred batches."""

_OF_LISTS = 3
"""The depth of what a list holds, below the document's root and the list itself."""


def read_batches(report: Path) -> list[Mapping[str, str]]:
    """What each batch of a list says, under the names of its elements, with its ``batchUID``, in the list's order.

    What cannot be read as XML holds none. `StorageError` where the file cannot be read.
    """
    return _read(report, _Rows("DispatchBatch", "batchUID"))


def read_instructions(report: Path) -> list[Mapping[str, str]]:
    """What each instruction of a batch says, in the same way, with its ``instructionUID``."""
    return _read(report, _Rows("instruction", "instructionUID"))


def read_load_following(report: Path) -> list[Mapping[str, str]]:
    """What is answered to each instruction of load following, by the ``scMSSLFInstructionId`` that it was sent with."""
    return _read(report, _Rows("MSSLFInstructionResponse", "scMSSLFInstructionId"))


def count_rows(report: Path) -> tuple[tuple[str, int], ...]:
    """How many of each there are in the lists of a document: its batches, or the instructions of its batch.

    None where it holds no list, or is no XML. `StorageError` where the file cannot be read.
    """
    counts: dict[str, int] = {}
    depth = 0

    def start(name: str, attributes: list[str]) -> None:
        nonlocal depth
        depth += 1
        if depth == _OF_LISTS:
            counts[_local(name)] = counts.get(_local(name), 0) + 1

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1

    parser = open_parser()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    return tuple(counts.items()) if _parsed(parser, report) else ()


def _read(report: Path, rows: "_Rows") -> list[Mapping[str, str]]:
    return [row for row in rows.found if row.get(rows.uid)] if _parsed(rows.parser, report) else []


def _parsed(parser: expat.XMLParserType, report: Path) -> bool:
    """Let a parser see a document; whether it is XML."""
    try:
        with report.open("rb") as stream:
            parser.ParseFile(stream)
    except (expat.ExpatError, Refused, LookupError, ValueError):
        return False
    except OSError as error:
        raise StorageError(f"{report} cannot be read ({error.strerror}).") from error
    return True


class _Rows:
    """Takes the texts of the children of each ``element``, which is named by its attribute, or child, ``uid``."""

    def __init__(self, element: str, uid: str) -> None:
        self.uid = uid
        self.found: list[Mapping[str, str]] = []
        self._element = element
        self._row: dict[str, str] | None = None
        self._depth = 0
        self._text: list[str] = []
        self.parser = open_parser()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text.append

    def _start(self, name: str, attributes: list[str]) -> None:
        self._text.clear()
        if self._row is not None:
            self._depth += 1
        elif _local(name) == self._element and len(self.found) < MOST:
            said = {_local(key): value for key, value in zip(attributes[::2], attributes[1::2], strict=True)}
            self._row, self._depth = {self.uid: said[self.uid]} if self.uid in said else {}, 0

    def _end(self, name: str) -> None:
        if self._row is None:
            return
        if self._depth == 0:
            self.found.append(self._row)
            self._row = None
            return
        if self._depth == 1:
            self._row.setdefault(_local(name), "".join(self._text).strip())
        self._depth -= 1


def _local(name: str) -> str:
    return name.rpartition("}")[2]
