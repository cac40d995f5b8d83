"""The file an answer is written to while it arrives."""

import hashlib
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from caiso_desktop.model.error import Fate, StorageError
from caiso_desktop.model.transport_error import TransportError

HELD = 64 << 10
"""Bytes of an answer that are held as well as written."""

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


class Keep:
    """A new private file for an answer.

    It is made before anything is sent, so that nothing is sent that cannot be kept.
    Leaving the block with an error removes the file unless something had arrived; then the error says where it is.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = 0
        self.fate = Fate.NOT_SENT
        self._hash = hashlib.sha256()
        self._held: list[bytes] = []

    @property
    def hash(self) -> str:
        """The SHA-256 (hex) of what has been written."""
        return self._hash.hexdigest()

    @property
    def held(self) -> bytes | None:
        """What has been written, where that is little."""
        return b"".join(self._held) if self.size <= HELD else None

    def __enter__(self) -> Self:
        try:
            # Unbuffered: what arrives comes in large pieces, and a full disk shows where it happens.
            self._file = os.open(self.path, _NEW, 0o600)
        except OSError as error:
            raise self._failed(error) from error
        return self

    def write(self, data: bytes) -> None:
        """Append. Raises `StorageError`."""
        rest = memoryview(data)
        try:
            while rest:
                size = os.write(self._file, rest)
                self._hash.update(rest[:size])
                self.size += size
                rest = rest[size:]
        except OSError as error:
            raise self._failed(error) from error
        if self.size <= HELD:
            self._held.append(data)
        else:
            self._held.clear()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            os.close(self._file)
        except OSError as failure:
            if error is None:
                raise self._failed(failure) from failure
        if error is None:
            return
        if isinstance(error, TransportError | StorageError) and self.size:
            error.kept = self.path
        else:
            self.path.unlink(missing_ok=True)

    def _failed(self, error: OSError) -> StorageError:
        return StorageError(
            f"The answer could not be written to {self.path}: {os.strerror(error.errno or 0)}.", fate=self.fate
        )
