"""A request taken apart: its MIME parts, its envelope, and what stands where in it.

Nothing is expanded and nothing fetched: a document type is refused before any parser sees it.
"""

import base64
import binascii
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.message import Message as Headers
from email.parser import BytesHeaderParser
from itertools import pairwise
from types import MappingProxyType

from lxml import etree

from caiso_desktop.simulator.refusal import ATTACHMENT, MALFORMED, Refused

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
CAISO_HEADER = "{http://www.caiso.com/soa/2006-09-30/CAISOWSHeader.xsd}CAISOWSHeader"
HASH = "{http://www.caiso.com/mrtu/soa/schemas/2005/09/attachmenthash}attachmentHash"
INFO = "{http://www.caiso.com/soa/2006-06-13/StandardAttachmentInfor.xsd}standardAttachmentInfor"
ISO_ATTACHMENT = "{http://www.caiso.com/soa/2006-10-26/ISOAttachment.xsd}ISOAttachment"
INCLUDE = "{http://www.w3.org/2004/08/xop/include}Include"
ENVELOPE, HEADER, BODY = f"{{{SOAP}}}Envelope", f"{{{SOAP}}}Header", f"{{{SOAP}}}Body"

LARGEST_PAYLOAD = 64 * 1024 * 1024
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=\s]")


@dataclass(frozen=True, slots=True)
class Envelope:
    """A SOAP envelope: its bytes, and its tree. Act on nothing in the tree that no signature covers."""

    raw: bytes
    root: etree._Element
    header: etree._Element
    body: etree._Element


@dataclass(frozen=True, slots=True)
class Request:
    """An envelope and the parts that came with it, by Content-ID without its angle brackets."""

    envelope: Envelope
    parts: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))


def parser() -> etree.XMLParser:
    """A parser that expands and fetches nothing, and takes UTF-8 only, so that `parse` can see a DOCTYPE coming.

    Long text is allowed: a request is no larger than the server's limit, and has no entities.
    """
    return etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, remove_pis=False
    )


def parse(document: bytes) -> etree._Element:
    """The root of a document; `Refused` when it is not well formed or has a document type."""
    if b"<!DOCTYPE" in document:
        raise Refused(MALFORMED, "a document type (DOCTYPE) is not allowed")
    try:
        return etree.fromstring(document, parser())
    except etree.XMLSyntaxError as error:
        raise Refused(MALFORMED, str(error)) from error


def read_request(content_type: str, body: bytes) -> Request:
    """Take a request apart: one ``text/xml`` envelope, or ``multipart/related`` (with attachments, or MTOM)."""
    kind = Headers()
    kind["Content-Type"] = content_type
    if kind.get_content_type() == "text/xml":
        return Request(_envelope(body))
    if kind.get_content_type() != "multipart/related":
        raise Refused(MALFORMED, f"the content type is '{content_type}', not text/xml or multipart/related")
    boundary = kind.get_param("boundary")
    if not isinstance(boundary, str) or not boundary:
        raise Refused(MALFORMED, "the multipart message has no boundary")
    parts = _split(body, boundary.encode("latin-1", "replace"))
    start = kind.get_param("start")
    root = parts[0]
    if isinstance(start, str):
        named = [p for p in parts if p[0] == start.strip("<>")]
        if len(named) != 1:
            raise Refused(MALFORMED, f"no part has the Content-ID of 'start', {start}")
        root = named[0]
    if root[1] not in ("text/xml", "application/xop+xml"):
        raise Refused(MALFORMED, f"the root part is {root[1]}, not text/xml or application/xop+xml")
    others = [p for p in parts if p is not root]
    if len({p[0] for p in others}) != len(others):
        raise Refused(MALFORMED, "two parts have the same Content-ID")
    return Request(_envelope(root[2]), MappingProxyType({name: content for name, _, content in others}))


def _split(body: bytes, boundary: bytes) -> list[tuple[str, str, bytes]]:
    """(Content-ID, media type, content) of each part; the content exactly as it came."""
    # What only begins like the boundary is data; what comes after the last one is no part.
    mark = re.compile(rb"\r\n--" + re.escape(boundary) + rb"(--)?[ \t]*(?=\r\n|\Z)")
    body = b"\r\n" + body
    marks = list(_marks(mark, body))
    if len(marks) < 2 or not marks[-1][1]:
        raise Refused(MALFORMED, "the multipart message has no parts, or is not closed")
    sections = [body[one.end() : other.start()] for one, other in pairwise(marks)]
    parts = []
    for section in sections:
        head, blank, content = section.partition(b"\r\n\r\n")
        if not blank:
            raise Refused(MALFORMED, "a part has no empty line after its header")
        headers = BytesHeaderParser().parsebytes(head.removeprefix(b"\r\n") + b"\r\n\r\n")
        parts.append((str(headers.get("Content-ID", "")).strip().strip("<>"), headers.get_content_type(), content))
    return parts


def _marks(mark: re.Pattern[bytes], body: bytes) -> Iterator[re.Match[bytes]]:
    """The boundaries up to the one that closes."""
    for found in mark.finditer(body):
        yield found
        if found[1]:
            return


def _envelope(document: bytes) -> Envelope:
    root = parse(document)
    if root.tag != ENVELOPE:
        raise Refused(MALFORMED, f"the root is {str(root.tag)!r}, not a SOAP 1.1 Envelope")
    header, body = root.find(HEADER), root.find(BODY)
    if header is None or body is None:
        raise Refused(MALFORMED, "the envelope has no Header, or no Body")
    return Envelope(document, root, header, body)


def decode_attachment(text: bytes, *, compressed: bool) -> bytes:
    """The payload of an attachment's base64 text; `Refused` when it is no base64, no gzip, or too large."""
    if _NOT_BASE64.search(text):
        raise Refused(ATTACHMENT, "the attachment is not base64 text")
    try:
        raw = base64.b64decode(b"".join(text.split()), validate=True)
    except binascii.Error as error:
        raise Refused(ATTACHMENT, f"the attachment is not base64 text: {error}") from error
    if not compressed:
        return raw
    unpacked = bytearray()
    while raw:
        inflater = zlib.decompressobj(31)
        try:
            unpacked += inflater.decompress(raw, LARGEST_PAYLOAD - len(unpacked) + 1)
        except zlib.error as error:
            raise Refused(ATTACHMENT, f"the attachment is not gzip: {error}") from error
        if len(unpacked) > LARGEST_PAYLOAD:
            raise Refused(ATTACHMENT, f"the attachment unpacks to more than {LARGEST_PAYLOAD} bytes")
        if not inflater.eof:
            raise Refused(ATTACHMENT, "the gzip in the attachment is not complete")
        raw = inflater.unused_data
    return bytes(unpacked)
