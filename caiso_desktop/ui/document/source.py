"""A file that is read in pieces from several threads, and what its first bytes say of it."""

import codecs
import re
import threading
import weakref
from array import array
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import FileUnreadable, StorageError

CHUNK = 1 << 20
"""Bytes looked at in one go by a search: small enough to stop at once, big enough to be fast."""

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r\f\x1b")


class ReadableBytes(Protocol):
    """Bytes that any thread may read in any order."""

    @property
    def size(self) -> int:
        """How many there are."""
        ...

    def read(self, start: int, size: int) -> bytes:
        """Up to ``size`` bytes from ``start``; fewer at the end."""
        ...


class FileBytes:
    """A file held open; reading is one seek and one read under a lock (there is no ``pread`` on Windows)."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._size = file.seek(0, 2)
        # A view that is thrown away unclosed must not keep the file from being moved or deleted.
        weakref.finalize(self, file.close)

    @classmethod
    def open(cls, path: Path) -> "FileBytes":
        """Open a file for reading. Raises `StorageError`."""
        try:
            return cls(path.open("rb", buffering=0))
        except OSError as error:
            raise _unreadable(path, error) from error

    @property
    def size(self) -> int:
        """The size when it was opened, or after the last append."""
        return self._size

    def read(self, start: int, size: int) -> bytes:
        """Up to ``size`` bytes from ``start``; none once it is closed, or where the file has become shorter."""
        with self._lock:
            if self._file.closed:
                return b""
            self._file.seek(start)
            return self._file.read(size)

    def append(self, data: bytes) -> None:
        """Write at the end (of a temporary file)."""
        with self._lock:
            if not self._file.closed:
                self._file.seek(self._size)
                self._file.write(data)
                self._size += len(data)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._file.close()


@dataclass(frozen=True, slots=True)
class Kind:
    """What a document's first bytes say: its encoding, the length of its byte-order mark, or that it is no text."""

    encoding: str
    mark: int = 0
    binary: bool = False

    @property
    def wide(self) -> bool:
        """Whether characters are two bytes, so that lines cannot be found by counting bytes."""
        return self.encoding.startswith("utf-16")


def kind_of(head: bytes) -> Kind:
    """What the first bytes say. An XML declaration is believed where Python knows the encoding and it is plausible."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return Kind(encoding, len(mark))
    if head.startswith(b"<\0"):
        return Kind("utf-16-le")
    if head.startswith(b"\0<"):
        return Kind("utf-16-be")
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if b"\0" in head or controls * 20 > len(head):
        return Kind("latin-1", binary=True)
    declared = _DECLARED.match(head)
    if declared is not None:
        try:
            found = codecs.lookup(declared[1].decode("ascii"))
        except LookupError:
            return Kind("utf-8")
        # An encoding in which "<" is another byte cannot be the one in which the declaration was just read.
        if "<\n".encode(found.name) == b"<\n":
            return Kind(found.name)
    return Kind("utf-8")


def find_forward(source: ReadableBytes, wanted: bytes, start: int, token: CancelToken) -> int | None:
    """Where ``wanted`` begins next at or after ``start``, whatever the case of ASCII letters; None at the end."""
    wanted = wanted.lower()
    position = max(0, start)
    while position < source.size and not token.cancelled:
        chunk = source.read(position, CHUNK + len(wanted) - 1)
        found = chunk.lower().find(wanted)
        if found >= 0:
            return position + found
        position += CHUNK
    return None


def find_backward(source: ReadableBytes, wanted: bytes, end: int, token: CancelToken) -> int | None:
    """Where the last ``wanted`` that begins before ``end`` begins; None when there is none."""
    wanted = wanted.lower()
    end = min(end, source.size)
    while end > 0 and not token.cancelled:
        start = max(0, end - CHUNK)
        chunk = source.read(start, end - start + len(wanted) - 1)
        found = chunk.lower().rfind(wanted)
        if found >= 0:
            return start + found
        end = start
    return None


def find_all(source: ReadableBytes, wanted: bytes, limit: int, token: CancelToken) -> "array[int]":
    """Where ``wanted`` begins, everywhere, whatever the case of ASCII letters: the first ``limit`` places."""
    places = array("Q")
    pattern = re.compile(re.escape(wanted.lower()))
    position = 0
    while wanted and position < source.size and not token.cancelled:
        chunk = source.read(position, CHUNK + len(wanted) - 1).lower()
        for found in pattern.finditer(chunk):
            if len(places) == limit:
                return places
            if not places or position + found.start() >= places[-1] + len(wanted):
                places.append(position + found.start())
        position += CHUNK
    return places


def file_size(size: int) -> str:
    """A size in words: ``912 bytes``, ``1.2 MB``."""
    if size < 1000:
        return f"{size} bytes" if size != 1 else "1 byte"
    for unit, factor in (("kB", 1e3), ("MB", 1e6)):
        if size < 999.95 * factor:
            return f"{size / factor:.1f} {unit}"
    return f"{size / 1e9:.1f} GB"


def _unreadable(path: Path, error: OSError) -> StorageError:
    failure = FileUnreadable(
        f"{path.name} could not be read ({error.strerror or error}).",
        advice="It may have been moved or deleted. Save the answer again, or repeat the call.",
    )
    failure.title = "The file could not be read"
    return failure
