"""A log that calls are written to ahead of the database: one write and one flush before a call leaves, instead of many.

First stands the format of what is in it, so that another version of the program does not take it for something else.
Then frames stand one behind the other; each has a checksum, and the generation of the log when it was written. The log
is begun anew as soon as everything in it is in the database, so it is read only after a crash: then up to the first
frame that is not whole or of another generation. What had been flushed is whole.
"""

import os
import struct
import sys
import threading
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from caiso_desktop.model.error import DataTooNew, StorageError

if sys.platform == "darwin":
    import fcntl

_START = struct.Struct(">8sII")
_NAME = b"CAISOlog"
_FACTS = struct.Struct(">4sII")
_HEAD = struct.Struct(">4sIII")
_MAGIC = b"call"
_ROOM = 256 << 10
_FLAGS = os.O_RDWR | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


@dataclass(slots=True, eq=False)
class _Frame:
    """A frame that is not known to be on the disk yet."""

    data: bytes
    flushed: bool = False
    error: OSError | None = None


class AheadLog:
    """The log of one run. Every method wants ``lock`` held; `append` lets go of it while the disk works.

    So whoever comes meanwhile writes as well, and the next flush is for all of them at once. Nobody waits for company.
    """

    def __init__(self, path: Path, lock: threading.Lock, format: int) -> None:
        self.path = path
        self._format = format
        self._lock = lock
        self._turn = threading.Condition(lock)
        self._flushing = False
        self._file: int | None = None
        self._at = _START.size
        self._room = 0
        self._generation = 1
        # What was written since a flush, and where it begins; and those frames that somebody is waiting for.
        self._tail: list[_Frame] = []
        self._tail_at = _START.size
        self._awaited: list[_Frame] = []

    @property
    def size(self) -> int:
        """Bytes that are in use."""
        return self._at

    def append(self, data: bytes, *, flush: bool) -> None:
        """Add a frame; with ``flush`` it is on the disk when this returns, else it survives all but a power cut.

        `StorageError` when it cannot be written; then it is as if it had not been.
        """
        frame = _Frame(data)
        try:
            file = self._opened()
            packed = _packed(self._generation, data)
            try:
                self._make_room(file, self._at + len(packed))
                _write(file, self._at, packed)
            except OSError:
                with suppress(OSError):
                    _write(file, self._at, bytes(_HEAD.size))
                raise
            self._at += len(packed)
            self._tail.append(frame)
            if flush:
                self._await(frame, file)
        except OSError as error:
            raise StorageError(f"{self.path} could not be written ({error.strerror}).") from error

    def restart(self) -> None:
        """Begin anew: what stood in it is in the database, but for what somebody waits for at this moment."""
        large = self._at > _ROOM
        self._generation += 1
        # One that has just been flushed is waited for until its writer has heard of it: it is flushed once more.
        for frame in self._awaited:
            frame.flushed = False
        self._tail = list(self._awaited)
        self._at = self._tail_at = _START.size
        if self._file is not None:
            self._write_tail(self._file, self._at)
            if large and self._at < _ROOM:
                with suppress(OSError):
                    os.ftruncate(self._file, _ROOM)
                    self._room = _ROOM

    def _await(self, frame: _Frame, file: int) -> None:
        """Wait until a frame is on the disk, and flush whenever nobody else does."""
        self._awaited.append(frame)
        try:
            while not frame.flushed:
                if frame.error is not None:
                    raise OSError(*frame.error.args)
                if self._flushing:
                    self._turn.wait()
                else:
                    self._flush_tail(file)
        finally:
            self._awaited.remove(frame)

    def _flush_tail(self, file: int) -> None:
        """Flush for everybody who has written up to now."""
        group, end, generation = tuple(self._tail), self._at, self._generation
        failure: OSError | None = None
        self._flushing = True
        self._lock.release()
        try:
            _flush(file)
        except OSError as error:
            failure = error
        finally:
            self._lock.acquire()
            self._flushing = False
            self._turn.notify_all()
        if failure is not None:
            self._take_out(file, [frame for frame in group if frame in self._awaited], failure)
        elif generation == self._generation:  # else they stand elsewhere by now
            for frame in group:
                frame.flushed = True
            self._tail, self._tail_at = self._tail[len(group) :], end

    def _take_out(self, file: int, frames: Sequence[_Frame], error: OSError) -> None:
        """Let frames be as if they had never been written, whatever was written behind them."""
        for frame in frames:
            frame.error = error
        self._tail = [frame for frame in self._tail if frame.error is None]
        old, self._at = self._at, self._tail_at
        self._write_tail(file, old)

    def _write_tail(self, file: int, old: int) -> None:
        """Write again what is not known to be on the disk, and clear what stood there up to ``old``.

        So no frame of this generation can come to stand behind a later one.
        """
        packed = b"".join(_packed(self._generation, frame.data) for frame in self._tail)
        end = self._at + len(packed)
        try:
            _write(file, self._at, packed + bytes(max(old - end, 0) + _HEAD.size))
            self._at = end
        except OSError as error:
            for frame in self._tail:
                frame.error = error
            self._tail = []
            with suppress(OSError):
                _write(file, self._at, bytes(_HEAD.size))

    def close(self) -> None:
        """Remove it; only when it may be begun anew. It stays for the next start while somebody waits for a frame."""
        if self._awaited:
            return
        file, self._file, self._room = self._file, None, 0
        if file is not None:
            os.close(file)
            with suppress(OSError):
                self.path.unlink()

    def _make_room(self, file: int, end: int) -> None:
        """Write ahead what is written over later, so that a flush has nothing to do but to write: no file grows."""
        if end > self._room:
            _write(file, self._room, bytes(_ROOM))
            self._room = max(self._room + _ROOM, end)

    def _opened(self) -> int:
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(self.path, _FLAGS, 0o600)
            try:
                self._make_room(file, 1)
                _write(file, 0, _head(self._format))
                _flush(file)
                _flush_folder(self.path.parent)
            except OSError:
                os.close(file)
                raise
            self._file = file
        return self._file


def frames(path: Path, format: int) -> Iterator[bytes]:
    """What stands in a log that a crash has left; `DataTooNew` where only a newer version of the program knows."""
    data = path.read_bytes()
    at, generation = _start_of(path, data, format), None
    while at + _HEAD.size <= len(data):
        magic, own, size, checksum = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        found = data[at : at + size]
        if magic != _MAGIC or generation not in (None, own) or checksum != _checksum(own, found) or len(found) < size:
            return
        generation = own
        at += size
        yield found


def _start_of(path: Path, data: bytes, known: int) -> int:
    """Where the frames begin: at once in the first logs, which had no number; behind it in all others."""
    if data.startswith(_MAGIC) or len(data) < _START.size:
        return 0
    _, format_, _ = _START.unpack_from(data)
    if format_ > known and data.startswith(_head(format_)):
        raise DataTooNew(
            f"{path} was left by a newer version of this program (format {format_}; this one knows {known}) and holds "
            "what is not in the journal yet.",
            advice="It is left as it is. Start the newer version once more: it brings that into the journal. To go on "
            "without it, move that file elsewhere.",
        )
    return _START.size


def _head(format: int) -> bytes:
    return _START.pack(_NAME, format, zlib.crc32(_NAME + format.to_bytes(4, "big")))


def _packed(generation: int, data: bytes) -> bytes:
    return _HEAD.pack(_MAGIC, generation, len(data), _checksum(generation, data)) + data


def _checksum(generation: int, data: bytes) -> int:
    """Of a frame's head too: no frame of another generation can be taken for one of this."""
    return zlib.crc32(data, zlib.crc32(_FACTS.pack(_MAGIC, generation, len(data))))


def _write(file: int, at: int, data: bytes) -> None:
    rest = memoryview(data)
    if sys.platform == "win32":
        os.lseek(file, at, os.SEEK_SET)
        while rest:
            rest = rest[os.write(file, rest) :]
    else:
        while rest:
            written = os.pwrite(file, rest, at)
            rest, at = rest[written:], at + written


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
