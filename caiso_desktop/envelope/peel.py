"""Peel an attachment down to its document, as a stream: base64 text, gzip (in one or several members), XML.

Each layer is told by its first bytes, so a part is read rightly whether it carries base64 text of a zip (as CAISO's
specifications say), the bare zip (as MTOM stacks may send it) or the document itself.
"""

import binascii
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from caiso_desktop.envelope.keep import SMALL

_BLANKS = b" \t\r\n"
_GZIP = b"\x1f\x8b"
_XML = (b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\0<")
_BASE64 = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=" + _BLANKS)
_STEP = 1 << 18
_DEPTH = 4
_GRACE = 64 << 20


class Unpeelable(Exception):
    """An attachment that cannot be read to its end; the text says why, in words for the user."""


@dataclass(frozen=True, slots=True)
class Bound:
    """How far an attachment may grow: in bytes, and as a multiple of what went in (beyond the first 64 MB).

    ``room`` tells how many bytes the disk has for it; it is asked once the attachment turns out not to be a small one.
    """

    size: int
    ratio: int = 400
    room: Callable[[], int] = lambda: sys.maxsize


def peel(pieces: Iterable[bytes], bound: Bound) -> Iterator[bytes]:
    """The document inside an attachment, in pieces. Raises `Unpeelable`, after whatever could be read."""
    for _ in range(_DEPTH):
        head, pieces = _peek(pieces)
        if head.startswith(_GZIP):
            pieces = _unzip(pieces, bound)
        elif not head or head.startswith(_XML):
            return _bounded(pieces, bound)
        elif _BASE64.issuperset(head):
            pieces = _unbase64(pieces)
        else:
            raise Unpeelable("it is neither base64 text, nor a gzip, nor XML")
    raise Unpeelable("it is wrapped more often than any attachment should be")


def _peek(pieces: Iterable[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The first bytes that are not blank, and all of the pieces again."""
    pieces = iter(pieces)
    seen: list[bytes] = []
    head = b""
    while len(head) < 64 and (piece := next(pieces, None)) is not None:
        seen.append(piece)
        head = (head + piece[:1024]).lstrip(_BLANKS)
    return head[:64], chain(seen, pieces)


def _unbase64(pieces: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    try:
        for piece in pieces:
            text = rest + piece.translate(None, _BLANKS)
            whole = len(text) & ~3
            rest = text[whole:]
            if whole:
                yield binascii.a2b_base64(text[:whole], strict_mode=True)
    except binascii.Error as error:
        raise Unpeelable("its base64 text is damaged") from error
    if rest:
        raise Unpeelable("its base64 text is cut off")


def _unzip(pieces: Iterable[bytes], bound: Bound) -> Iterator[bytes]:
    """Every member of a gzip, one after the other; zeros after the last are padding, as gunzip takes them."""
    member = zlib.decompressobj(wbits=31)
    taken = given = 0
    try:
        for piece in pieces:
            taken += len(piece)
            left = piece
            # Output that a full step leaves inside zlib comes before the member's last bytes can be taken.
            while left:
                if member.eof:
                    left = left.lstrip(b"\0")
                    if not left:
                        break
                    member = zlib.decompressobj(wbits=31)
                out = member.decompress(left, _STEP)
                given += len(out)
                if given > _GRACE and given > taken * bound.ratio:
                    raise Unpeelable(f"it grows to more than {bound.ratio} times its size, which no report does")
                yield out
                left = member.unused_data if member.eof else member.unconsumed_tail
    except zlib.error as error:
        raise Unpeelable("its gzip is damaged") from error
    if not member.eof:
        raise Unpeelable("its gzip is cut off before its end")


def _bounded(pieces: Iterable[bytes], bound: Bound) -> Iterator[bytes]:
    size = 0
    room: int | None = None
    for piece in pieces:
        size += len(piece)
        if size > SMALL and room is None:
            room = bound.room()
        if size > bound.size:
            raise Unpeelable(f"it is larger than {bound.size >> 20:,} MB, the most that is unpacked")
        if room is not None and size > room:
            raise Unpeelable(f"it needs more than the {room >> 20:,} MB for which the disk has room")
        yield piece
