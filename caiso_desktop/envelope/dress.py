"""Dress a payload for its service: SOAP 1.1, CAISO's header, the signature, and an attachment where one travels.

Facts: protocol of the SOAP services.
"""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from caiso_desktop.contract.document import read
from caiso_desktop.envelope.attachment import Attachment, attachment_hash, pack
from caiso_desktop.envelope.canonical import BODY_END, body_start
from caiso_desktop.envelope.cargo import ATTACHMENT_ID, Cargo, Enclosed, stow_attachment, stow_document
from caiso_desktop.envelope.header import Stamp, caiso_header
from caiso_desktop.envelope.namespace import BASE64_BINARY, SOAP, WSSE, WSU, X509V3
from caiso_desktop.envelope.procedure import prepare_procedure
from caiso_desktop.envelope.signature import Part, describe, sign
from caiso_desktop.model.call import Headers, Message, Operation, Problem
from caiso_desktop.model.error import PayloadError, UsageError
from caiso_desktop.model.identity import Certificate, Hash, Identity
from caiso_desktop.model.service import Kind, Packaging, Variant

ENVELOPE_ID = "envelope@caiso.desktop"

_OPENING = (
    f'<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="{SOAP}"><soapenv:Header>'
    f'<wsse:Security xmlns:wsse="{WSSE}">'
).encode()
_TOKEN = b"<wsse:BinarySecurityToken"
# Its canonical form has the namespace of its prefix, which is written around it.
_TOKEN_CANONICAL = f'{_TOKEN.decode()} xmlns:wsse="{WSSE}"'.encode()
_TOKEN_ATTRIBUTES = f' xmlns:wsu="{WSU}" EncodingType="{BASE64_BINARY}" ValueType="{X509V3}" wsu:Id="'

# An attachment is sent as it is written, but in UTF-8: nobody says that CAISO's services read another encoding.
_UTF8 = frozenset({"utf-8", "us-ascii", "ascii"})
_IN_UTF8 = b'<?xml version="1.0" encoding="UTF-8"?>\n'


class _Names(NamedTuple):
    """What is new in each message: its own name, its nonce, and the ids of what is signed."""

    message_id: str
    nonce: str
    body: str
    header: str
    token: str
    infor: str
    hash: str


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
        envelope = b"".join((before, signature, after))
        headers, body = _travel(self.operation, envelope, self.part, self.packaging)
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
    names = _draw()
    if operation.kind is Kind.RETRIEVE:
        return _prepared(operation, stow_document(document.element), identity, hash, now, packaging, names)
    text = pack(payload if document.encoding in _UTF8 else _IN_UTF8 + document.element)
    enclosed = Enclosed(text, text, attachment_hash(text))
    cargo = stow_attachment(operation, enclosed, packaging, names.infor, names.hash)
    return _prepared(operation, cargo, identity, hash, now, packaging, names)


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
    names = _draw()
    enclosed = Enclosed(attachment.word, attachment.text, attachment.hash)
    cargo = stow_attachment(operation, enclosed, packaging, names.infor, names.hash)
    return _prepared(operation, cargo, identity, hash, now, packaging, names)


def _draw() -> _Names:
    """New names, each of 16 random bytes; the system is asked for them once."""
    drawn = secrets.token_bytes(7 * 16)
    ids = drawn[32:].hex()
    return _Names(
        _uuid(drawn[:16]),
        base64.b64encode(drawn[16:32]).decode("ascii"),
        *(f"id-{ids[at : at + 32]}" for at in range(0, len(ids), 32)),
    )


def _uuid(drawn: bytes) -> str:
    """A random UUID (RFC 9562, version 4) as it is written; a `uuid.UUID` would make a number of it on the way."""
    digits = drawn.hex()
    variant = "89ab"[drawn[8] >> 4 & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


def _prepared(
    operation: Operation,
    cargo: Cargo,
    identity: Identity,
    hash: Hash,
    now: datetime,
    packaging: Packaging,
    names: _Names,
) -> Prepared:
    stamp = Stamp(identity.certificate.subject, names.message_id, names.nonce, now)
    token = _token(identity.certificate, names.token)
    header = caiso_header(stamp, names.header)
    parts = (
        Part(names.body, (body_start(names.body), *cargo.canonical, BODY_END)),
        Part(names.header, (header,)),
        Part(names.token, (_TOKEN_CANONICAL, token)),
        *(Part(own_id, (own,)) for own_id, own in cargo.headers),
    )
    before = b"".join((_OPENING, _TOKEN, token))
    after = b"".join(
        (
            b"</wsse:Security>",
            header,
            *(own for _, own in cargo.headers),
            f'</soapenv:Header><soapenv:Body xmlns:wsu="{WSU}" wsu:Id="{names.body}">'.encode(),
            cargo.body,
            b"</soapenv:Body></soapenv:Envelope>",
        )
    )
    info = describe(parts, hash)
    return Prepared(operation, identity, hash, packaging, stamp, (before, after), info, names.token, cargo.part)


def _token(certificate: Certificate, id: str) -> bytes:
    """``BinarySecurityToken`` from its own namespace on; what stands before that, see `_TOKEN`."""
    text = base64.b64encode(certificate.der).decode("ascii")
    return f'{_TOKEN_ATTRIBUTES}{id}">{text}</wsse:BinarySecurityToken>'.encode()


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
