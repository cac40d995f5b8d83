"""The port to the user's own folders: copies and texts under good names, never over something silently."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, Protocol

from caiso_desktop.model.exchange import Exchange


class Saving(Protocol):
    """Writes for the user. Every verb works on any thread."""

    def suggest_name(self, exchange: Exchange, source: Path) -> str:
        """A file name (no folder) for a copy of ``source``, one of the files of this exchange."""
        ...

    def save_copy(self, source: Path, destination: Path, *, overwrite: bool) -> None:
        """Copy whole or not at all; `StorageError` when it cannot be, or is there and may not be replaced."""
        ...

    def save_text(self, text: str, destination: Path, *, overwrite: bool) -> None:
        """Write a text as UTF-8, whole or not at all; `StorageError` as above."""
        ...

    def writing(self, destination: Path, *, overwrite: bool) -> AbstractContextManager[BinaryIO]:
        """A file that gets its name when the block ends well; after an error nothing is left. `StorageError`."""
        ...

    def save_bytes(self, data: bytes, destination: Path, *, overwrite: bool) -> None:
        """Write bytes, whole or not at all; `StorageError` as above."""
        ...
