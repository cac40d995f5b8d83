"""Bytes that are not held in memory: they lie in a file, have a length, and are read in pieces, as often as wanted."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from caiso_desktop.model.error import FileUnreadable, StorageError

PIECE = 1 << 18


@dataclass(frozen=True, slots=True)
class FileSource:
    """A file as it was when it was looked at: ``size`` in bytes."""

    path: Path
    size: int

    def __len__(self) -> int:
        return self.size

    def pieces(self) -> Iterator[bytes]:
        """Its bytes. `StorageError` where it cannot be read, or has another size than it had."""
        read = 0
        try:
            with self.path.open("rb") as file:
                while piece := file.read(PIECE):
                    read += len(piece)
                    yield piece
        except OSError as error:
            raise FileUnreadable(f"{self.path} could not be read ({error.strerror}).") from error
        if read != self.size:
            raise changed(self.path)


@dataclass(frozen=True, slots=True)
class PayloadFile(FileSource):
    """A payload too big to be held; ``hash`` is the SHA-256 (hex) of what is to be sent.

    Whoever reads it to its end has read what has this hash: what was looked at is what is recorded and what leaves.
    """

    hash: str

    @classmethod
    def of(cls, path: Path) -> "PayloadFile":
        """The payload that a file holds now. `StorageError` where it cannot be read."""
        import hashlib  # imported late: the window's first paint does not need it

        try:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
                return cls(path, file.tell(), digest)
        except OSError as error:
            raise FileUnreadable(f"{path} could not be read ({error.strerror}).") from error

    def pieces(self) -> Iterator[bytes]:
        """Its bytes. `StorageError` where it cannot be read, and at the end where they are not what they were."""
        import hashlib  # imported late, as above

        digest = hashlib.sha256()
        for piece in FileSource.pieces(self):
            digest.update(piece)
            yield piece
        if digest.hexdigest() != self.hash:
            raise changed(self.path)


Payload: TypeAlias = bytes | PayloadFile
"""What a call sends: small in memory, large in a file."""


def pieces_of(source: bytes | FileSource) -> Iterator[bytes]:
    """The bytes in pieces, wherever they are."""
    if isinstance(source, FileSource):
        yield from source.pieces()
    elif len(source) <= PIECE:
        yield source
    else:
        yield from (source[at : at + PIECE] for at in range(0, len(source), PIECE))


def bytes_of(source: bytes | FileSource) -> bytes:
    """All of it at once; for those who want it in memory whatever its size."""
    return source if isinstance(source, bytes) else b"".join(source.pieces())


def changed(path: Path) -> StorageError:
    """The error where a file is no longer what it was when the call began."""
    return StorageError(
        f"{path} changed while it was being sent, so nothing of it was.", advice="Send it again once it is finished."
    )
