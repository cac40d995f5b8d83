"""A payload as a stream of UTF-8, from memory or from a file, so that its size does not matter."""

import codecs
from collections.abc import Iterator
from pathlib import Path

from caiso_desktop.contract.document import encoding_of
from caiso_desktop.model.error import FileUnreadable, PayloadError, StorageError

CHUNK = 1 << 16


class Stream:
    """A payload that can be read again and again. `PayloadError` for bytes that are not in their encoding."""

    def __init__(self, payload: str | bytes | Path) -> None:
        self._payload = payload.removeprefix("\ufeff").encode() if isinstance(payload, str) else payload
        self._is_text = isinstance(payload, str)

    @property
    def size(self) -> int:
        """How many bytes it has. `StorageError` for a file that cannot be read."""
        if not isinstance(self._payload, Path):
            return len(self._payload)
        try:
            return self._payload.stat().st_size
        except OSError as error:
            raise _unreadable(self._payload, error) from error

    def chunks(self) -> Iterator[bytes]:
        """Its text in UTF-8, without a byte-order mark, in pieces."""
        pieces = self._pieces()
        first = next(pieces, b"")
        encoding, start = ("utf-8", 0) if self._is_text else encoding_of(first)
        if encoding in ("utf-8", "us-ascii", "ascii"):
            yield first[start:]
            yield from pieces
            return
        try:
            decoder = codecs.getincrementaldecoder(encoding)()
            yield decoder.decode(first[start:]).encode()
            for piece in pieces:
                yield decoder.decode(piece).encode()
            yield decoder.decode(b"", final=True).encode()
        except LookupError:
            raise PayloadError(f"its encoding '{encoding}' is not known here.") from None
        except UnicodeDecodeError as error:
            raise PayloadError(f"it is not {encoding.upper()}, as it says it is ({error.reason}).") from None

    def _pieces(self) -> Iterator[bytes]:
        if not isinstance(self._payload, Path):
            view = self._payload
            yield from (view[at : at + CHUNK] for at in range(0, len(view), CHUNK))
            return
        try:
            with self._payload.open("rb") as file:
                while piece := file.read(CHUNK):
                    yield piece
        except OSError as error:
            raise _unreadable(self._payload, error) from error


def _unreadable(path: Path, error: OSError) -> StorageError:
    return FileUnreadable(f"{path} could not be read ({error.strerror}).")
