"""What a report says, as one hash: the same for two answers that differ in nothing but when they were made."""

import hashlib
from pathlib import Path
from xml.parsers import expat

from caiso_desktop.envelope.report import Refused, open_parser
from caiso_desktop.model.error import FileUnreadable

_HEADER = "MessageHeader"
_CHUNK = 1 << 18


def fingerprint(report: Path) -> str:
    """The SHA-256 (hex) of a report's elements and texts without its MessageHeader, which bears the time.

    Layout, prefixes and comments do not count. A report that is no XML is taken byte by byte. `StorageError` where it
    cannot be read.
    """
    try:
        said = _Said()
        with report.open("rb") as stream:
            while piece := stream.read(_CHUNK):
                said.parser.Parse(piece, False)  # noqa: FBT003  expat takes it by position
        said.parser.Parse(b"", True)  # noqa: FBT003
        return said.hash.hexdigest()
    except (expat.ExpatError, Refused, LookupError, ValueError):
        with report.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise FileUnreadable(f"{report} cannot be read ({error.strerror}).") from error


class _Said:
    def __init__(self) -> None:
        self.hash = hashlib.sha256()
        self._header = 0
        self._text: list[str] = []
        self.parser = open_parser()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text.append

    def _start(self, name: str, attributes: list[str]) -> None:
        self._flush()
        if self._header or name.rpartition("}")[2] == _HEADER:
            self._header += 1
            return
        pairs = sorted(zip(attributes[::2], attributes[1::2], strict=True))
        self.hash.update(repr((name, pairs)).encode())

    def _end(self, name: str) -> None:
        self._flush()
        if self._header:
            self._header -= 1
        else:
            self.hash.update(b"/")

    def _flush(self) -> None:
        said = "".join(self._text).strip()
        self._text.clear()
        if said and not self._header:
            self.hash.update(repr(said).encode())
