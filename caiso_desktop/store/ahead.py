"""A log that calls are written to ahead of the database: one write and one flush before a call leaves, instead of many.

Frames stand one behind the other; each has a checksum, and the generation of the log when it was written. The log is
begun anew as soon as everything in it is in the database, so it is read only after a crash: then up to the first frame
that is not whole or of another generation. What had been flushed is whole.
"""

import os
import struct
import sys
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from caiso_desktop.model.error import StorageError

if sys.platform == "darwin":
    import fcntl

_FACTS = struct.Struct(">4sII")
_HEAD = struct.Struct(">4sIII")
_MAGIC = b"call"
_ROOM = 256 << 10
_FLAGS = os.O_RDWR | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


class AheadLog:
    """The log of one run; to be used by one thread at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: int | None = None
        self._at = 0
        self._generation = 1

    @property
    def size(self) -> int:
        """Bytes that are in use."""
        return self._at

    def append(self, data: bytes, *, flush: bool) -> None:
        """Add a frame; with ``flush`` it is on the disk when this returns, else it survives all but a power cut.

        `StorageError` when it cannot be written; then it is as if it had not been.
        """
        try:
            file = self._opened()
            frame = _HEAD.pack(_MAGIC, self._generation, len(data), _checksum(self._generation, data)) + data
            try:
                _write(file, self._at, frame)
                if flush:
                    _flush(file)
            except OSError:
                with suppress(OSError):
                    _write(file, self._at, bytes(_HEAD.size))
                raise
        except OSError as error:
            raise StorageError(f"{self.path} could not be written ({error.strerror}).") from error
        self._at += len(frame)

    def restart(self) -> None:
        """Begin anew: what stood in it is in the database."""
        large = self._at > _ROOM
        self._at = 0
        self._generation += 1
        if self._file is not None:
            with suppress(OSError):  # what is read twice is written once: see who reads it
                _write(self._file, 0, bytes(_HEAD.size))
                if large:
                    os.ftruncate(self._file, _ROOM)

    def close(self) -> None:
        """Remove it; only when it may be begun anew."""
        file, self._file = self._file, None
        if file is not None:
            os.close(file)
            with suppress(OSError):
                self.path.unlink()

    def _opened(self) -> int:
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(self.path, _FLAGS, 0o600)
            try:
                # Written over later, so that a flush has nothing to do but to write: no growth, no other place.
                _write(file, 0, bytes(_ROOM))
                _flush(file)
                _flush_folder(self.path.parent)
            except OSError:
                os.close(file)
                raise
            self._file = file
        return self._file


def frames(path: Path) -> Iterator[bytes]:
    """What stands in a log that a crash has left."""
    data = path.read_bytes()
    at, generation = 0, None
    while at + _HEAD.size <= len(data):
        magic, own, size, checksum = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        found = data[at : at + size]
        if magic != _MAGIC or generation not in (None, own) or checksum != _checksum(own, found) or len(found) < size:
            return
        generation = own
        at += size
        yield found


def _checksum(generation: int, data: bytes) -> int:
    """Of a frame's head too: no frame of another generation can be taken for one of this."""
    return zlib.crc32(data, zlib.crc32(_FACTS.pack(_MAGIC, generation, len(data))))


def _write(file: int, at: int, data: bytes) -> None:
    os.lseek(file, at, os.SEEK_SET)
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(file, rest) :]


def _flush(file: int) -> None:
    """Down to the disk itself, as the database does it."""
    if sys.platform == "darwin":
        fcntl.fcntl(file, fcntl.F_FULLFSYNC)
    elif sys.platform == "linux":
        os.fdatasync(file)
    else:
        os.fsync(file)


def _flush_folder(folder: Path) -> None:
    """Let the name of a new file be on the disk too; Windows does that by itself."""
    if sys.platform != "win32":
        file = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(file)
        finally:
            os.close(file)
