"""Dress a payload for its service: SOAP 1.1, CAISO's header, the signature, and an attachment where one travels.

Facts: protocol of the SOAP services. A retrieve carries its payload in the Body, whichever variant is called; a
submit carries it as an attachment, inside the Body (DocAttach) or as a second MIME part.
"""

import base64
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from caiso_desktop.contract.document import read
from caiso_desktop.envelope.attachment import Attachment, attachment_hash, pack
from caiso_desktop.envelope.header import Stamp, attachment_infor, caiso_header, hash_header
from caiso_desktop.envelope.namespace import BASE64_BINARY, ISO_ATTACHMENT, SOAP, WSSE, WSU, X509V3, XOP
from caiso_desktop.envelope.procedure import prepare_procedure
from caiso_desktop.envelope.signature import Filling, describe, sign
from caiso_desktop.model.call import Headers, Message, Operation, Problem
from caiso_desktop.model.error import PayloadError, UsageError
from caiso_desktop.model.identity import Certificate, Hash, Identity
from caiso_desktop.model.service import Kind, Packaging, Variant

ENVELOPE_ID = "envelope@caiso.desktop"
ATTACHMENT_ID = "attachment@caiso.desktop"

# An attachment is sent as it is written, but in UTF-8: nobody says that CAISO's services read another encoding.
_UTF8 = frozenset({"utf-8", "us-ascii", "ascii"})
_IN_UTF8 = b'<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True, slots=True)
class _Load:
    """What a message carries: the Body's content, headers beside CAISO's own, and the text of a MIME part."""

    body: bytes
    headers: tuple[tuple[str, bytes], ...] = ()
    part: bytes | None = None


class Preparation(Protocol):
    """A message that lacks nothing but its signature, where it wants one."""

    @property
    def message_id(self) -> str:
        """The message's own name."""
        ...

    def sign(self) -> Message:
        """The message, signed."""
        ...


@dataclass(frozen=True, slots=True)
class Prepared:
    """A message that lacks nothing but its signature. ``message_id`` is that of CAISOWSHeader."""

    operation: Operation
    identity: Identity
    hash: Hash
    packaging: Packaging
    stamp: Stamp
    envelope: tuple[bytes, bytes]
    info: bytes
    token_id: str
    part: bytes | None

    @property
    def message_id(self) -> str:
        """The message's own name."""
        return self.stamp.message_id

    def sign(self) -> Message:
        """The message, signed. `IdentityError` comes from the key; a card's may ask a person first."""
        before, after = self.envelope
        signature = sign(self.info, self.token_id, self.identity.signer, self.hash)
        headers, body = _travel(self.operation, before + signature + after, self.part, self.packaging)
        stamp = self.stamp
        return Message(headers, body, stamp.message_id, stamp.nonce, stamp.created)


def dress(
    operation: Operation,
    payload: bytes,
    identity: Identity,
    *,
    hash: Hash,
    now: datetime,
    packaging: Packaging = Packaging.SWA,
) -> Message:
    """The signed message of a payload; see `prepare` and `Prepared.sign`."""
    return prepare(operation, payload, identity, hash=hash, now=now, packaging=packaging).sign()


def prepare(
    operation: Operation,
    payload: bytes,
    identity: Identity,
    *,
    hash: Hash,
    now: datetime,
    packaging: Packaging = Packaging.SWA,
) -> Preparation:
    """The message of a payload, to be signed and sent within 15 minutes of ``now`` (an aware instant).

    `PayloadError` names the line of a payload that is not XML, or says why it cannot be signed.
    """
    document = read(payload)
    if isinstance(document, Problem):
        raise PayloadError(str(document), advice="Correct the payload, then send it again.")
    if operation.procedure is not None:
        return prepare_procedure(operation, document)
    if operation.variant not in (Variant.AP, Variant.DOCATTACH):
        raise UsageError(f"{operation.name} ({operation.variant}) does not travel as a signed SOAP message.")
    if operation.kind is Kind.RETRIEVE:
        return _prepared(operation, _Load(document.element), identity, hash, now, packaging)
    text = pack(payload if document.encoding in _UTF8 else _IN_UTF8 + document.element)
    load = _load(operation, text, attachment_hash(text), packaging)
    return _prepared(operation, load, identity, hash, now, packaging)


def prepare_packed(
    operation: Operation,
    attachment: Attachment,
    identity: Identity,
    *,
    hash: Hash,
    now: datetime,
    packaging: Packaging = Packaging.SWA,
) -> Prepared:
    """The message of a submit whose attachment lies in a file: signed with it, though only its word stands there."""
    load = _load(operation, attachment.word, attachment.hash, packaging)
    filling = Filling(attachment.word, attachment.text)
    return _prepared(operation, load, identity, hash, now, packaging, filling)


def _prepared(
    operation: Operation,
    load: _Load,
    identity: Identity,
    hash: Hash,
    now: datetime,
    packaging: Packaging,
    filling: Filling | None = None,
) -> Prepared:
    stamp = Stamp(
        username=identity.certificate.subject,
        message_id=str(uuid.uuid4()),
        nonce=base64.b64encode(secrets.token_bytes(16)).decode("ascii"),
        created=now,
    )
    token_id = _new_id()
    before, after, ids = _envelope(load, stamp, token_id, identity.certificate)
    info = describe(before + after, ids, hash, filling)
    return Prepared(operation, identity, hash, packaging, stamp, (before, after), info, token_id, load.part)


def _load(operation: Operation, text: bytes, text_hash: bytes, packaging: Packaging) -> _Load:
    infor_id = _new_id()
    infor = (infor_id, attachment_infor(infor_id))
    if operation.variant is Variant.DOCATTACH:
        opening = f'<iso:ISOAttachment xmlns:iso="{ISO_ATTACHMENT}"><iso:AttachmentValue>'.encode()
        return _Load(opening + text + b"</iso:AttachmentValue></iso:ISOAttachment>", (infor,))
    hash_id = _new_id()
    headers = (infor, (hash_id, hash_header(text_hash, hash_id)))
    body = _include(operation) if packaging is Packaging.MTOM else b""
    return _Load(body, headers, text)


def _include(operation: Operation) -> bytes:
    """The element that stands for the MIME part, named as the wrappers of answers are; inferred for requests."""
    namespace, local = operation.request_root.removeprefix("{").split("}")
    return (
        f'<att:{local}_attachment xmlns:att="{namespace.removesuffix("#")}">'
        f'<xop:Include xmlns:xop="{XOP}" href="cid:{ATTACHMENT_ID}"></xop:Include>'
        f"</att:{local}_attachment>"
    ).encode()


def _envelope(
    load: _Load, stamp: Stamp, token_id: str, certificate: Certificate
) -> tuple[bytes, bytes, tuple[str, ...]]:
    """What stands before and after the signature, and the ids of what it covers."""
    body_id, header_id = _new_id(), _new_id()
    before = (
        f'<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="{SOAP}"><soapenv:Header>'
        f'<wsse:Security xmlns:wsse="{WSSE}">'
    ).encode() + _token(certificate, token_id)
    after = b"".join(
        (
            b"</wsse:Security>",
            caiso_header(stamp, header_id),
            *(header for _, header in load.headers),
            f'</soapenv:Header><soapenv:Body xmlns:wsu="{WSU}" wsu:Id="{body_id}">'.encode(),
            load.body,
            b"</soapenv:Body></soapenv:Envelope>",
        )
    )
    ids = (body_id, header_id, token_id, *(own_id for own_id, _ in load.headers))
    return before, after, ids


def _token(certificate: Certificate, id: str) -> bytes:
    return (
        f'<wsse:BinarySecurityToken xmlns:wsu="{WSU}" EncodingType="{BASE64_BINARY}" ValueType="{X509V3}"'
        f' wsu:Id="{id}">{base64.b64encode(certificate.der).decode("ascii")}</wsse:BinarySecurityToken>'
    ).encode()


def _travel(operation: Operation, envelope: bytes, part: bytes | None, packaging: Packaging) -> tuple[Headers, bytes]:
    action = ("SOAPAction", f'"{operation.soap_action}"')
    if part is None:
        return (("Content-Type", "text/xml; charset=utf-8"), action), envelope
    boundary = f"caiso-{secrets.token_hex(16)}"
    if packaging is Packaging.MTOM:
        related = 'type="application/xop+xml"; start-info="text/xml"'
        kind = 'application/xop+xml; charset=utf-8; type="text/xml"'
    else:
        related, kind = 'type="text/xml"', "text/xml; charset=utf-8"
    body = b"".join(
        (
            _part_head(boundary, kind, ENVELOPE_ID),
            envelope,
            b"\r\n",
            _part_head(boundary, "application/octet-stream", ATTACHMENT_ID),
            part,
            f"\r\n--{boundary}--\r\n".encode("ascii"),
        )
    )
    content_type = f'multipart/related; {related}; start="<{ENVELOPE_ID}>"; boundary="{boundary}"'
    return (("Content-Type", content_type), ("MIME-Version", "1.0"), action), body


def _part_head(boundary: str, kind: str, id: str) -> bytes:
    return (
        f"--{boundary}\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <{id}>\r\n\r\n"
    ).encode("ascii")


def _new_id() -> str:
    return f"id-{secrets.token_hex(16)}"
