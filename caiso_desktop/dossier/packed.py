"""A document inside another, as base64 text, zipped or both: taken out of a stream, and packed again like before."""

import base64
import binascii
import hashlib
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

from caiso_desktop.dossier.segment import GZIP, Source, TooLarge, runs_on
from caiso_desktop.model.dossier import MOST_BYTES

SHORTEST = 40
"""Bytes of a run of base64 that may be a document."""

_PIECE = 1 << 18
_ZIPPED = b"H4sI"
"""How a zip begins in base64: a word may stand right before it."""
_BEFORE = 256
_STEP = 16
_LEVEL = 6
_CUT_OFF = 9

NewFile = Callable[[], BinaryIO]


@dataclass(frozen=True, slots=True)
class Packed:
    """What was taken out: ``raw`` is how it travelled, ``before`` a word right before it, ``document`` what it holds.

    ``document`` is None where it holds none that can be read. ``whole``: it did not end in its middle.
    """

    raw: BinaryIO
    before: bytes
    document: BinaryIO | None
    text: bool
    zipped: bool
    whole: bool = True


def take_zipped(source: Source, new: NewFile) -> Packed:
    """Take a member of gzip out; one that is damaged takes all that comes after it along."""
    raw, document = new(), new()
    inflater = _Inflater(document)
    source.fill(_PIECE)
    used = inflater.feed(source.ahead[:_PIECE])
    if inflater.broken and not document.tell():
        raw.write(source.take(len(GZIP)))  # it only looked like one
        return Packed(raw, b"", None, text=False, zipped=False)
    while used:
        raw.write(source.take(used))
        source.fill(_PIECE)
        used = 0 if inflater.whole else inflater.feed(source.ahead[:_PIECE])
    return Packed(raw, b"", document, text=False, zipped=True, whole=inflater.whole)


def take_run(source: Source, new: NewFile) -> Packed:
    """Take a run of base64 out."""
    raw = new()
    going_on = True
    while going_on:
        source.fill(_PIECE)
        size = runs_on(source.ahead[:_PIECE])
        size_without_end = len(source.ahead[:size].rstrip(b"\r\n"))  # that belongs to it only where a line follows
        raw.write(source.take(size_without_end))
        going_on = size == _PIECE and size_without_end > 0
    source.fill(2)
    raw.write(source.take(len(source.ahead[:2]) - len(source.ahead[:2].lstrip(b"="))))
    return unpack_run(raw, new)


def unpack_run(raw: BinaryIO, new: NewFile) -> Packed:
    """What a run of base64 holds: a zipped document, a document, or nothing that can be read."""
    raw.seek(0)
    head = raw.read(_BEFORE)
    at = max(0, head.find(_ZIPPED))
    for begin in dict.fromkeys((at, 0)):
        raw.seek(begin)
        decoded = new()
        if not _decode(raw, decoded):
            continue
        decoded.seek(0)
        zipped = decoded.read(len(GZIP)) == GZIP
        decoded.seek(0)
        if zipped:
            document = new()
            inflater = _Inflater(document)
            while not inflater.ended and (piece := decoded.read(_PIECE)):
                inflater.feed(piece)
            rest = _rest(raw, begin, new)
            return Packed(rest, head[:begin], document, text=True, zipped=True, whole=inflater.whole)
        if not begin:
            return Packed(raw, b"", decoded, text=True, zipped=False)
    return Packed(raw, b"", None, text=True, zipped=False)


def pack(packed: Packed, document: BinaryIO, new: NewFile) -> BinaryIO:
    """Another document, packed as the one before was; one that was cut off is so again."""
    data = document
    if packed.zipped:
        data = new()
        deflater = zlib.compressobj(_LEVEL, zlib.DEFLATED, 31)
        for piece in pieces(document):
            data.write(deflater.compress(piece))
        data.write(deflater.flush())
        if not packed.whole:
            data.truncate(max(0, data.tell() - _CUT_OFF))
    if not packed.text:
        return data
    made = new()
    for line in _lines(data, packed.raw):
        made.write(line)
    return made


def hashes(raw: BinaryIO) -> tuple[bytes, ...]:
    """CAISO's hash of the texts of an attachment that one may be of: as it stands, without its line ends, with one."""
    whole, tight = hashlib.sha1(), hashlib.sha1()  # noqa: S324  CAISO's protocol, not ours to choose
    for piece in pieces(raw):
        whole.update(piece)
        tight.update(piece.translate(None, b"\r\n"))
    ended = [whole, tight, whole.copy(), whole.copy()]
    ended[2].update(b"\r\n")
    ended[3].update(b"\n")
    return tuple(base64.b64encode(each.digest()) for each in ended)


def pieces(file: BinaryIO) -> Iterator[bytes]:
    """All of a file, from its begin."""
    file.seek(0)
    while piece := file.read(_PIECE):
        yield piece


class _Inflater:
    """Unpacks a member of gzip into a file, as far as it can be read."""

    def __init__(self, document: BinaryIO) -> None:
        self._member = zlib.decompressobj(wbits=31)
        self._document = document
        self._size = 0
        self.broken = False

    @property
    def whole(self) -> bool:
        """Whether its end was reached."""
        return self._member.eof

    @property
    def ended(self) -> bool:
        """Whether nothing more can be read."""
        return self.broken or self._member.eof

    def feed(self, data: bytes) -> int:
        """Unpack more; how many bytes of it belong to the member. All that comes after a damage does."""
        rest = data
        while rest and not self.ended:
            before = self._member.copy()
            try:
                self._write(self._member.decompress(rest, _PIECE))
            except zlib.error:
                self.broken = True
                self._read_on(before, rest)
                return len(data)
            rest = self._member.unconsumed_tail
        return len(data) - len(self._member.unused_data)

    def _read_on(self, member: "zlib._Decompress", rest: bytes) -> None:
        """Read up to the damage, for whoever else may read it: what is readable is redacted."""
        with suppress(zlib.error):
            while rest:
                self._write(member.decompress(rest, _STEP))
                rest = member.unconsumed_tail

    def _write(self, data: bytes) -> None:
        self._size += self._document.write(data)
        if self._size > MOST_BYTES:
            raise TooLarge(f"it holds a document of more than {MOST_BYTES >> 20:,} MB.")


def _decode(text: BinaryIO, target: BinaryIO) -> bool:
    """What base64 text says from where it stands, as far as whole groups go; whether it says anything."""
    left = b""
    try:
        while piece := text.read(_PIECE):
            left += piece.translate(None, b"\r\n")
            size = len(left) & ~3
            target.write(binascii.a2b_base64(left[:size]))
            left = left[size:]
    except binascii.Error:
        return False
    return target.tell() > 0


def _rest(raw: BinaryIO, begin: int, new: NewFile) -> BinaryIO:
    """A run without the word before it."""
    if not begin:
        return raw
    rest = new()
    raw.seek(begin)
    while piece := raw.read(_PIECE):
        rest.write(piece)
    return rest


def _lines(data: BinaryIO, raw: BinaryIO) -> Iterator[bytes]:
    """Data as base64, in lines as long as those of a run."""
    raw.seek(0)
    found = re.search(rb"\r?\n", raw.read(_PIECE))
    width, end = (found.start(), found[0]) if found is not None else (0, b"")
    left, first = b"", True
    data.seek(0)
    while True:
        piece = data.read(_PIECE * 3)
        left += base64.b64encode(piece)
        size = len(left) if not (width and piece) else len(left) // width * width
        for at in range(0, size, width or max(size, 1)):
            yield (b"" if first else end) + left[at : min(at + (width or size), size)]
            first = False
        left = left[size:]
        if not piece:
            return
