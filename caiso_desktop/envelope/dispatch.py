"""The heads of batches out of a list that ADS answers (``APIDispatchResponse``), read by local name."""

from collections.abc import Mapping
from pathlib import Path
from xml.parsers import expat

from caiso_desktop.envelope.report import Refused, open_parser
from caiso_desktop.model.error import FileUnreadable

_BATCH = "DispatchBatch"
_UID = "batchUID"
MOST = 10_000
"""Batches that are read of one list; a day has some hundred."""


def read_batches(report: Path) -> list[Mapping[str, str]]:
    """What each batch of a list says, under the names of its elements, with its ``batchUID``, in the list's order.

    What cannot be read as XML holds none. `StorageError` where the file cannot be read.
    """
    reading = _Batches()
    try:
        with report.open("rb") as stream:
            reading.parser.ParseFile(stream)
    except (expat.ExpatError, Refused, LookupError, ValueError):
        return []
    except OSError as error:
        raise FileUnreadable(f"{report} cannot be read ({error.strerror}).") from error
    return [batch for batch in reading.found if batch.get(_UID)]


class _Batches:
    def __init__(self) -> None:
        self.found: list[Mapping[str, str]] = []
        self._batch: dict[str, str] | None = None
        self._depth = 0
        self._text: list[str] = []
        self.parser = open_parser()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text.append

    def _start(self, name: str, attributes: list[str]) -> None:
        self._text.clear()
        if self._batch is not None:
            self._depth += 1
        elif _local(name) == _BATCH and len(self.found) < MOST:
            said = {_local(key): value for key, value in zip(attributes[::2], attributes[1::2], strict=True)}
            self._batch, self._depth = {_UID: said.get(_UID, "")}, 0

    def _end(self, name: str) -> None:
        if self._batch is None:
            return
        if self._depth == 0:
            self.found.append(self._batch)
            self._batch = None
            return
        if self._depth == 1:
            self._batch.setdefault(_local(name), "".join(self._text).strip())
        self._depth -= 1


def _local(name: str) -> str:
    return name.rpartition("}")[2]
