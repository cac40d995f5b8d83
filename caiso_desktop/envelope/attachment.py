"""What CAISO calls an attachment: a document, zipped with gzip, as base64 text."""

import base64
import gzip
import hashlib


def pack(document: bytes) -> bytes:
    """The attachment of a document: base64 text on one line. The same document always gives the same bytes."""
    return base64.b64encode(gzip.compress(document, mtime=0))


def attachment_hash(text: bytes) -> bytes:
    """CAISO's hash of an attachment: base64 of the SHA-1 of the base64 text, not of the zip or the document."""
    return base64.b64encode(hashlib.sha1(text).digest())  # noqa: S324  CAISO's protocol, not ours to choose
