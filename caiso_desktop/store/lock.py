"""A lock between processes, on a file: the operating system lets go of it when its process ends, however it ends."""

import os
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from caiso_desktop.model.error import StorageError

# Windows forbids others to read what is locked: so one byte far behind the number of the process is.
_LOCKED_BYTE = 1 << 30
_PAUSE = 0.02

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        # flock belongs to the open file, so two locks within one process exclude each other too (lockf's would not).
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class FileLock:
    """Held by one process at a time; the file stays, for deleting it would let two hold it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        """Whether this object holds it."""
        return self._descriptor is not None

    def take(self, wait: float = 0.0) -> bool:
        """Take it, waiting up to ``wait`` seconds; whether it was taken. `StorageError` where no file can be made."""
        if self._descriptor is not None:
            return True
        until = time.monotonic() + wait
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
        except OSError as error:
            raise StorageError(f"{self.path} cannot be made ({error.strerror}).") from error
        while True:
            try:
                _lock(descriptor)
            except OSError:
                if time.monotonic() >= until:
                    os.close(descriptor)
                    return False
                time.sleep(_PAUSE)
            else:
                self._descriptor = descriptor
                self._sign(descriptor)
                return True

    def release(self) -> None:
        """Let go of it."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def holder(self) -> int | None:
        """The number of the process that took it last, None where that is not known."""
        try:
            return int(self.path.read_bytes().split(b"\n", 1)[0])
        except (OSError, ValueError):
            return None

    def _sign(self, descriptor: int) -> None:
        try:
            os.lseek(descriptor, 0, os.SEEK_SET)
            os.write(descriptor, b"%-20d\n" % os.getpid())
        except OSError:
            return  # On a full disk the number is missing; the lock holds all the same.

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.release()
