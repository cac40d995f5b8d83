"""Files that appear whole or not at all: written beside, renamed when they are done; small ones written in one go."""

import io
import os
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Protocol, Self

SMALL = 256 << 10
"""Bytes that are held in memory until a file is done; a larger file is written as it comes."""

_TRIES = 5


class Sink(Protocol):
    """Something that takes bytes."""

    def write(self, data: bytes, /) -> int:
        """Take these bytes."""
        ...


class Kept:
    """A new file of an exchange's own folder, which nobody reads before the exchange is given out.

    ``wanted`` false drops it at the end; ``target`` may be changed until then. What holds no more than ``most`` bytes
    is given to ``done`` at the end, and written only if that wants it.
    """

    def __init__(self, target: Path, most: int, done: Callable[[Path, bytes], bool]) -> None:
        self.target = target
        self.wanted = True
        self.size = 0
        self._most = most
        self._done = done
        self._held: list[bytes] = []
        self._temporary: Path | None = None
        self._file: BinaryIO | None = None

    def write(self, data: bytes, /) -> int:
        """Take these bytes."""
        self.size += len(data)
        if self._file is not None:
            return self._file.write(data)
        self._held.append(data)
        if self.size > self._most:
            self._temporary = self.target.with_name(f"{self.target.name}.writing")
            self._file = open(self._temporary, "wb", opener=_private)  # noqa: SIM115  closed by `__exit__`
            self._file.writelines(self._held)
            self._held = []
        return len(data)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        wanted = kind is None and self.wanted
        if self._file is None or self._temporary is None:
            if wanted:
                data = b"".join(self._held)
                if self._done(self.target, data):
                    write_whole(self.target, data)
            self._held = []
            return
        try:
            self._file.close()
        finally:
            if wanted:
                rename(self._temporary, self.target)
            else:
                self._temporary.unlink(missing_ok=True)


class Files:
    """The files of one exchange while it is read: what is small is held in memory as well, and not read again."""

    def __init__(self, most: int = SMALL) -> None:
        self._most = most
        self._small: dict[Path, bytes] = {}
        self._unwritten: set[Path] = set()

    def new(self, target: Path) -> Kept:
        """A file under way."""
        return Kept(target, self._most, self._hold)

    def new_part(self, target: Path) -> Kept:
        """A file that few look at: where it is small it is not written, but held (`data`).

        To make a file costs more than to read all of a small answer.
        """
        return Kept(target, self._most, self._hold_back)

    def take(self, path: Path, size: int, held: bytes | None = None) -> None:
        """A file that another has written, and may still hold."""
        if held is not None and size <= self._most:
            self._small[path] = held
        elif size <= self._most:
            file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
            try:
                data = os.read(file, size)
            finally:
                os.close(file)
            if len(data) == size:  # else it is read from its file, as every other
                self._small[path] = data

    def data(self, path: Path) -> bytes | None:
        """What a file would hold that was not written."""
        return self._small[path] if path in self._unwritten else None

    def open(self, path: Path) -> BinaryIO:
        """A file, from its beginning."""
        held = self._small.get(path)
        return path.open("rb") if held is None else io.BytesIO(held)

    def size(self, path: Path) -> int:
        """The size of a file in bytes."""
        held = self._small.get(path)
        return path.stat().st_size if held is None else len(held)

    def _hold(self, path: Path, data: bytes) -> bool:
        self._small[path] = data
        return True

    def _hold_back(self, path: Path, data: bytes) -> bool:
        self._unwritten.add(path)
        return not self._hold(path, data)


def write_whole(target: Path, data: bytes) -> None:
    """Write a file that is in memory, in one step; when that fails nothing of it is left."""
    number = _private(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0))
    try:
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(number, rest) :]
        finally:
            os.close(number)
    except OSError:
        target.unlink(missing_ok=True)
        raise


def _private(path: str | Path, flags: int) -> int:
    """Open a file that nobody else may read."""
    return os.open(path, flags, 0o600)


def rename(source: Path, target: Path) -> None:
    """Rename; on Windows a virus scanner may hold a new file for a moment, so a few times."""
    for attempt in range(_TRIES):
        try:
            os.replace(source, target)  # noqa: PTH105
        except PermissionError:
            if attempt == _TRIES - 1:
                raise
            time.sleep(0.05 * 2**attempt)
        else:
            return
