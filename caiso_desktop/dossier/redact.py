"""Replaces what is nobody else's business in messages as they travelled, attachments in them included.

Two passes: every document is looked through first, then each is written anew, so that a name which one tells is gone
from all. An attachment is unpacked, redacted and packed again, and a hash of it that was right is right again.
"""

import base64
import binascii
import codecs
import gzip
import hashlib
import re
import zlib
from collections.abc import Iterator

from caiso_desktop.dossier.element import find
from caiso_desktop.dossier.stand_in import StandIns, What
from caiso_desktop.model.error import UsageError

MOST = 256 << 20
"""Bytes of a document, unpacked; larger ones are not put into a dossier."""

DEPTH = 4
_GZIP = b"\x1f\x8b\x08"
_PACKED = re.compile(rb"[A-Za-z0-9+/]{20,}(?:\r?\n[A-Za-z0-9+/]+)*={0,2}|\x1f\x8b\x08")
_SHORTEST = 40
_MARKS = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


class TooLarge(UsageError):
    """A document is too large to be looked through."""

    title = "The exchange is too large to be saved for somebody else"
    advice = "Ask the service for less at once, and save that exchange."


class Redaction:
    """One dossier's: `learn` from every document first, then `apply` to each."""

    def __init__(self, stand_ins: StandIns, *, market: bool) -> None:
        self._stand_ins = stand_ins
        self._market = market
        self._hashes: dict[bytes, bytes] = {}

    def learn(self, data: bytes) -> None:
        """Find what is to be replaced in a document, and in what is packed in it."""
        self._learn(_narrow(data)[0], DEPTH)

    def apply(self, data: bytes) -> bytes:
        """The document with stand-ins."""
        text, encoding = _narrow(data)
        done = self._mend(self._apply(text, DEPTH))
        if not encoding:
            return done
        mark = next(mark for mark, name in _MARKS if name == encoding)
        return mark + done.decode("utf-8", "replace").encode(encoding)

    def _learn(self, data: bytes, depth: int) -> None:
        for found in find(data, market=self._market):
            if found.what is What.USER:
                self._stand_ins.learn_person(found.value)
            else:
                self._stand_ins.learn(found.what, found.value)
        if depth:
            for _, inner in _packed(data):
                self._learn(inner.document, depth - 1)

    def _apply(self, data: bytes, depth: int) -> bytes:
        data = self._in_place(data)
        if not depth:
            return self._stand_ins.replace(data)
        done: list[bytes] = []
        end = 0
        for (start, after), inner in _packed(data):
            redacted = self._apply(inner.document, depth - 1)
            if redacted == inner.document and not inner.zipped:
                continue  # a text that only looks like base64
            done.append(self._stand_ins.replace(data[end:start]))
            done.append(data[start:after] if redacted == inner.document else self._packed_anew(inner, redacted))
            end = after
        done.append(self._stand_ins.replace(data[end:]))
        return b"".join(done)

    def _in_place(self, data: bytes) -> bytes:
        """Tokens and prices, and what is too short to be looked for elsewhere, replaced where they stand."""
        done: list[bytes] = []
        end = 0
        for found in find(data, market=self._market):
            if found.what is not What.USER and found.start >= end:
                stand_in = self._stand_ins.of(found.what, found.value)
                done += (data[end : found.start], stand_in.encode())
                end = found.end
        done.append(data[end:])
        return b"".join(done)

    def _packed_anew(self, inner: "_Packed", document: bytes) -> bytes:
        made = inner.pack(document)
        for before, after in zip(_dresses(inner.raw), _dresses(made), strict=True):
            self._hashes[_hash(before)] = _hash(after)
        return made

    def _mend(self, data: bytes) -> bytes:
        """Let the hashes of attachments be those of the new ones."""
        for before, after in self._hashes.items():
            data = data.replace(before, after)
        return data


class _Packed:
    """A document inside another: as base64 text, zipped, or both."""

    def __init__(self, raw: bytes, document: bytes, *, text: bool, zipped: bool, whole: bool) -> None:
        self.raw = raw
        self.document = document
        self.zipped = zipped
        self._text = text
        self._whole = whole

    def pack(self, document: bytes) -> bytes:
        """Another document, packed in the same way; one that was cut off is so again."""
        data = document
        if self.zipped:
            data = gzip.compress(data, mtime=0)
            if not self._whole:
                data = data[:-9]
        if not self._text:
            return data
        line = self.raw.find(b"\n")
        made = base64.b64encode(data)
        if line < 0:
            return made
        end = b"\r\n" if self.raw[line - 1 : line] == b"\r" else b"\n"
        width = line + 1 - len(end)
        return end.join(made[start : start + width] for start in range(0, len(made), width))


def _packed(data: bytes) -> Iterator[tuple[tuple[int, int], _Packed]]:
    """What is packed in some bytes, and where."""
    end = 0
    while found := _PACKED.search(data, end):
        start, end = found.span()
        if found[0] == _GZIP:
            document, used, whole = _inflate(data[start:])
            if used:
                end = start + used
                yield (start, end), _Packed(data[start:end], document, text=False, zipped=True, whole=whole)
            continue
        if len(found[0]) < _SHORTEST:
            continue
        raw = found[0]
        at = max(0, raw.find(b"H4sI"))  # how a zip begins in base64: a word may stand right before it
        decoded = _decode(raw[at:])
        if decoded.startswith(_GZIP):
            document, _, whole = _inflate(decoded)
            yield (start + at, end), _Packed(raw[at:], document, text=True, zipped=True, whole=whole)
        elif decoded and not at:
            yield (start, end), _Packed(raw, decoded, text=True, zipped=False, whole=True)


def _decode(text: bytes) -> bytes:
    """What base64 text says, as far as it can be read."""
    tight = text.translate(None, b"\r\n")
    try:
        return binascii.a2b_base64(tight[: len(tight) & ~3])
    except binascii.Error:
        return b""


def _inflate(data: bytes) -> tuple[bytes, int, bool]:
    """What a zip holds as far as it can be read, how many bytes it takes, and whether it is whole."""
    member = zlib.decompressobj(wbits=31)
    out = bytearray()
    step = 1 << 16
    for at in range(0, len(data), step):
        try:
            out += member.decompress(data[at : at + step])
        except zlib.error:
            return bytes(out), len(data), False
        if len(out) > MOST:
            raise TooLarge(f"it holds a document of more than {MOST >> 20} MB.")
        if member.eof:
            return bytes(out), min(at + step, len(data)) - len(member.unused_data), True
    return bytes(out), len(data), False


def _dresses(raw: bytes) -> tuple[bytes, ...]:
    """The texts of an attachment that a hash may be of: as it stands, and without its line ends."""
    return raw, raw.translate(None, b"\r\n"), raw + b"\r\n", raw + b"\n"


def _hash(text: bytes) -> bytes:
    return base64.b64encode(hashlib.sha1(text).digest())  # noqa: S324  CAISO's protocol, not ours to choose


def _narrow(data: bytes) -> tuple[bytes, str]:
    """The document in an encoding that holds ASCII as it is, and what it was in where that was UTF-16."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace").encode("utf-8", "replace"), encoding
    return data, ""
