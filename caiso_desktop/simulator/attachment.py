"""Packs a report the way CAISO does: gzip, then base64 text in lines of 76 characters, and the hash of that text.

A small report is packed in memory; a large one goes through a temporary file, so its size costs disk, not memory.
"""

import base64
import hashlib
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile

from caiso_desktop.simulator.message import HASH, INCLUDE, ISO_ATTACHMENT
from caiso_desktop.simulator.plan import SOA, Plan
from caiso_desktop.simulator.reply import Content, Reply, Spool, Stored, Whole
from caiso_desktop.simulator.result import envelope

IN_MEMORY = 4 * 1024 * 1024
_LINE = 57  # bytes that make 76 characters
_BOUNDARY = "----=_CAISO_Desktop_Simulator_Part"
_ROOT_ID, _PART_ID = "envelope@simulator.caiso.desktop", "attachment@simulator.caiso.desktop"


@dataclass(frozen=True, slots=True)
class Packed:
    """Base64 text of a gzip, in memory (``text``) or in a temporary file; hashes are base64(SHA-1) as CAISO's.

    ``unwrapped`` is the hash of the same text without its line ends.
    """

    size: int
    hash: str
    unwrapped: str
    text: bytes | None = None
    spool: Spool | None = None

    def content(self, before: bytes, after: bytes) -> Content:
        """A body of this text between two others."""
        if self.text is not None:
            return Whole(before + self.text + after)
        if self.spool is None:
            raise AssertionError("neither text nor file")
        return Stored(before, self.spool, self.size, after)


@dataclass(frozen=True, slots=True)
class Dress:
    """How an attachment is answered: as MTOM with ``xop:Include``, and with which hash (None: the right one)."""

    xop: bool = False
    hash: str | None = None


def compressed(pieces: Iterable[bytes], level: int = 6) -> Iterator[bytes]:
    """The gzip of a report; the same bytes every time."""
    deflater = zlib.compressobj(level, zlib.DEFLATED, 31)
    for piece in pieces:
        if squeezed := deflater.compress(piece):
            yield squeezed
    yield deflater.flush()


def broken(gzip: bytes, *, truncated: bool) -> bytes:
    """A gzip that ends in the middle, or whose checksum has a damaged byte."""
    return gzip[: len(gzip) // 2] if truncated else gzip[:-8] + bytes([gzip[-8] ^ 0xFF]) + gzip[-7:]


def pack(gzip: Iterable[bytes]) -> Packed:
    """Turn gzip bytes into base64 text and hash it, whatever their size."""
    wrapped, unwrapped = hashlib.sha1(usedforsecurity=False), hashlib.sha1(usedforsecurity=False)
    spool = SpooledTemporaryFile[bytes](max_size=IN_MEMORY)  # closed with the body that it becomes
    size = 0
    try:
        for plain, lines in _encoded(gzip):
            unwrapped.update(plain)
            wrapped.update(lines)
            size += spool.write(lines)
    except BaseException:
        spool.close()
        raise
    hashes = base64.b64encode(wrapped.digest()).decode(), base64.b64encode(unwrapped.digest()).decode()
    if size > IN_MEMORY:
        return Packed(size, *hashes, spool=spool)
    spool.seek(0)
    text = spool.read()
    spool.close()
    return Packed(size, *hashes, text=text)


def _encoded(gzip: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """(base64 text, the same in lines) of whole lines at a time; no line end after the last."""
    rest = b""
    separator = b""
    for piece in gzip:
        rest += piece
        ready = len(rest) // _LINE * _LINE
        if ready:
            plain = base64.b64encode(rest[:ready])
            rest = rest[ready:]
            yield plain, separator + _lines(plain)
            separator = b"\r\n"
    if rest:
        plain = base64.b64encode(rest)
        yield plain, separator + _lines(plain)


def _lines(text: bytes) -> bytes:
    return b"\r\n".join(text[at : at + 76] for at in range(0, len(text), 76))


def attached(plan: Plan, packed: Packed, dress: Dress) -> Reply:
    """The answer of an ``_AP`` retrieve: ``multipart/related``, the envelope first, then the base64 text."""
    envelope_type = "application/xop+xml" if dress.xop else "text/xml"
    part_type = "application/octet-stream" if dress.xop else "text/plain; charset=us-ascii"
    encoding = "binary" if dress.xop else "7bit"
    start_info = ' start-info="text/xml";' if dress.xop else ""
    root_type = 'application/xop+xml; charset=UTF-8; type="text/xml"' if dress.xop else "text/xml; charset=UTF-8"
    before = (
        f"--{_BOUNDARY}\r\nContent-Type: {root_type}\r\nContent-Transfer-Encoding: 8bit\r\n"
        f"Content-ID: <{_ROOT_ID}>\r\n\r\n{_attached_envelope(plan, packed, dress)}\r\n--{_BOUNDARY}\r\n"
        f"Content-Type: {part_type}\r\nContent-Transfer-Encoding: {encoding}\r\nContent-ID: <{_PART_ID}>\r\n\r\n"
    ).encode()
    after = f"\r\n--{_BOUNDARY}--\r\n".encode()
    kind = f'multipart/related; boundary="{_BOUNDARY}"; type="{envelope_type}";{start_info} start="<{_ROOT_ID}>"'
    return Reply(200, kind, packed.content(before, after), len(before) + packed.size + len(after))


def _attached_envelope(plan: Plan, packed: Packed, dress: Dress) -> str:
    told = packed.hash if dress.hash is None else dress.hash
    header = f'<h:attachmentHash xmlns:h="{_namespace(HASH)}"><h:hashValue>{told}</h:hashValue></h:attachmentHash>'
    name = plan.noun
    inside, reference = "", f' href="cid:{_PART_ID}"'
    if dress.xop:
        inside, reference = f'<xop:Include xmlns:xop="{_namespace(INCLUDE)}" href="cid:{_PART_ID}"/>', ""
    body = (
        f'<{name}_attachmentResponse xmlns="{SOA}{name}_v1.xsd">'
        f"<{name}_attachment{reference}>{inside}</{name}_attachment></{name}_attachmentResponse>"
    )
    return envelope(body, header)


def documented(packed: Packed) -> Reply:
    """The answer of a ``_DocAttach_AP`` retrieve: one envelope, the base64 text in its Body, no hash."""
    opening = f'<ISOAttachment xmlns="{_namespace(ISO_ATTACHMENT)}"><AttachmentValue>'
    before, _, after = envelope(f"{opening}\0</AttachmentValue></ISOAttachment>").partition("\0")
    content = packed.content(before.encode(), after.encode())
    return Reply(200, "text/xml; charset=utf-8", content, len(before) + packed.size + len(after))


def _namespace(tag: str) -> str:
    return tag[1:].partition("}")[0]
