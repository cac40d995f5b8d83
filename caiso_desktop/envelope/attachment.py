"""What CAISO calls an attachment: a document, zipped with gzip, as base64 text."""

import base64
import binascii
import gzip
import hashlib
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from caiso_desktop.envelope.deflate import GZIP, deflater
from caiso_desktop.model.source import FileSource


@dataclass(frozen=True, slots=True)
class Attachment:
    """An attachment whose text lies in a file: CAISO's hash of it, and the word that stands for it in a message."""

    text: FileSource
    hash: bytes
    word: bytes


def pack(document: bytes) -> bytes:
    """The attachment of a document: base64 text on one line. The same document always gives the same bytes."""
    return base64.b64encode(gzip.compress(document, mtime=0))


def packed(document: Iterable[bytes]) -> Iterator[bytes]:
    """The attachment of a document that comes in pieces, in pieces. Together they are one line."""
    stream, rest = deflater(GZIP), b""
    for piece in document:
        ready = rest + stream.compress(piece)
        whole = len(ready) - len(ready) % 3
        rest = ready[whole:]
        if whole:
            yield binascii.b2a_base64(ready[:whole], newline=False)
    yield base64.b64encode(rest + stream.flush())


def pack_file(document: Iterable[bytes], path: Path) -> Attachment:
    """Pack a document that comes in pieces into a new file. `OSError` where that cannot be written."""
    digest, size = hashlib.sha1(), 0  # noqa: S324  CAISO's protocol, not ours to choose
    with path.open("xb") as file:
        for piece in packed(document):
            digest.update(piece)
            size += file.write(piece)
    # No base64 has a hyphen, and nobody knows the word beforehand.
    word = f"attachment-{secrets.token_hex(16)}".encode("ascii")
    return Attachment(FileSource(path, size), base64.b64encode(digest.digest()), word)


def attachment_hash(text: bytes) -> bytes:
    """CAISO's hash of an attachment: base64 of the SHA-1 of the base64 text, not of the zip or the document."""
    return base64.b64encode(hashlib.sha1(text).digest())  # noqa: S324  CAISO's protocol, not ours to choose
