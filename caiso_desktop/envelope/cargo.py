"""What a message carries beside CAISO's own header: a document, or an attachment and what is said of it.

A retrieve carries its payload in the Body, whichever variant is called; a submit carries it as an attachment, inside
the Body (DocAttach) or as a second MIME part. Facts: protocol of the SOAP services.
"""

from typing import NamedTuple
from xml.sax.saxutils import quoteattr

from caiso_desktop.envelope.canonical import canonical
from caiso_desktop.envelope.header import attachment_infor, hash_header
from caiso_desktop.envelope.namespace import ISO_ATTACHMENT, XOP
from caiso_desktop.model.call import Operation
from caiso_desktop.model.service import Packaging, Variant
from caiso_desktop.model.source import FileSource

ATTACHMENT_ID = "attachment@caiso.desktop"
_OPENING = f'<iso:ISOAttachment xmlns:iso="{ISO_ATTACHMENT}"><iso:AttachmentValue>'.encode()
_CLOSING = b"</iso:AttachmentValue></iso:ISOAttachment>"


class Cargo(NamedTuple):
    """The Body's content as it is written, and in its canonical form in pieces; headers (by their ids) in their
    canonical form; and the text of a MIME part.
    """

    body: bytes
    canonical: tuple[bytes | FileSource, ...]
    headers: tuple[tuple[str, bytes], ...] = ()
    part: bytes | None = None


class Enclosed(NamedTuple):
    """The text of an attachment: what stands for it in the message, what it is, and CAISO's hash of it."""

    word: bytes
    text: bytes | FileSource
    hash: bytes


def stow_document(element: bytes) -> Cargo:
    """A document in the Body. `PayloadError` where it cannot be signed."""
    return Cargo(element, (canonical(element),))


def stow_attachment(
    operation: Operation, enclosed: Enclosed, packaging: Packaging, infor_id: str, hash_id: str
) -> Cargo:
    """An attachment where the operation's variant has it; the ids are for the headers that tell of it."""
    infor = (infor_id, attachment_infor(infor_id))
    if operation.variant is Variant.DOCATTACH:
        # These tags and base64 text are their own canonical form.
        return Cargo(b"".join((_OPENING, enclosed.word, _CLOSING)), (_OPENING, enclosed.text, _CLOSING), (infor,))
    headers = (infor, (hash_id, hash_header(enclosed.hash, hash_id)))
    if packaging is not Packaging.MTOM:
        return Cargo(b"", (), headers, enclosed.word)
    include = _include(operation)
    return Cargo(include, (canonical(include),), headers, enclosed.word)


def _include(operation: Operation) -> bytes:
    """The element that stands for the MIME part, named as the wrappers of answers are; inferred for requests."""
    namespace, local = operation.request_root.removeprefix("{").split("}")
    return (
        f"<att:{local}_attachment xmlns:att={quoteattr(namespace.removesuffix('#'))}>"
        f'<xop:Include xmlns:xop="{XOP}" href="cid:{ATTACHMENT_ID}"></xop:Include>'
        f"</att:{local}_attachment>"
    ).encode()
