"""Lets a request in, or turns it away as CAISO would: the order of the checks is the order of its answers."""

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote

from cryptography import x509
from lxml import etree

from caiso_desktop.model.service import Kind, Variant
from caiso_desktop.simulator.authority import subject_of
from caiso_desktop.simulator.header import Nonces, check_header
from caiso_desktop.simulator.message import (
    BODY,
    CAISO_HEADER,
    HASH,
    INCLUDE,
    INFO,
    ISO_ATTACHMENT,
    decode_attachment,
    parse,
    read_request,
)
from caiso_desktop.simulator.plan import Plan
from caiso_desktop.simulator.refusal import ACTION, ATTACHMENT, MALFORMED, PAYLOAD, Refused
from caiso_desktop.simulator.schema import Schemas
from caiso_desktop.simulator.signature import signed_elements
from caiso_desktop.simulator.tape import Tape


@dataclass(frozen=True, slots=True)
class Peer:
    """Who is at the other end of a connection: the certificate, and its subject as CAISO spells it."""

    certificate: x509.Certificate
    der: bytes
    subject: str

    @classmethod
    def from_der(cls, der: bytes) -> "Peer":
        """The peer of this certificate."""
        certificate = x509.load_der_x509_certificate(der)
        return cls(certificate, der, subject_of(certificate))


@dataclass(frozen=True, slots=True)
class Order:
    """A request that was let in: its plan, its payload as it was signed, its MessageID and its sender."""

    plan: Plan
    payload: etree._Element
    message_id: str
    sender: str


class Gate:
    """Checks every request; remembers the nonces it has seen. Without ``schemas`` a payload's root alone is judged.

    A call that is on ``tape`` was taken by CAISO once: its action, its root and its schema are not judged here.
    """

    def __init__(self, clock: Callable[[], datetime], schemas: Schemas | None = None, tape: Tape | None = None) -> None:
        self._clock = clock
        self._schemas = schemas
        self._tape = tape
        self._nonces = Nonces()

    def check(self, plan: Plan, peer: Peer, content_type: str, action: str, body: bytes) -> Order:
        """What the request asks for; `Refused` in CAISO's words when it would not take it."""
        request = read_request(content_type, body)
        signed = signed_elements(request.envelope, peer.certificate, peer.der)
        message_id = check_header(signed[CAISO_HEADER], peer.subject, self._clock(), self._nonces)
        bare = action.strip()
        if len(bare) >= 2 and bare.startswith('"') and bare.endswith('"'):
            bare = bare[1:-1]
        if bare not in plan.actions and not (self._tape is not None and self._tape.has(plan.path)):
            raise _no_action(plan, bare)
        envelope_body = signed[BODY]
        if plan.kind is Kind.RETRIEVE:
            payload = _inline(envelope_body, request.parts)
        elif plan.variant is Variant.DOCATTACH:
            payload = _document(envelope_body, signed.get(INFO))
        elif request.parts or plan.attachable:
            payload = _attached(envelope_body, signed.get(INFO), signed.get(HASH), request.parts)
        else:
            payload = _inline(envelope_body, request.parts)
        if self._tape is not None and self._tape.find(plan.path, payload) is not None:
            return Order(plan, payload, message_id, peer.subject)
        if bare not in plan.actions:
            raise _no_action(plan, bare)
        root = str(payload.tag)
        own = self._schemas is not None and self._schemas.takes(plan, root)
        if root not in plan.request_roots and not own:
            raise Refused(PAYLOAD, f"the payload's root is {root!r}, expected is {_listed(plan.request_roots)}")
        if self._schemas is not None:
            self._schemas.check(payload)
        return Order(plan, payload, message_id, peer.subject)


def _no_action(plan: Plan, action: str) -> Refused:
    return Refused(ACTION, f"the SOAPAction is '{action}', expected is {_listed(plan.actions)}")


def _listed(names: frozenset[str]) -> str:
    return " or ".join(sorted(names))


def _inline(body: etree._Element, parts: Mapping[str, bytes]) -> etree._Element:
    if parts:
        raise Refused(MALFORMED, "this service takes its payload in the Body, not as an attachment")
    children = [child for child in body if isinstance(child.tag, str)]
    if len(children) != 1:
        raise Refused(MALFORMED, f"the Body has {len(children)} elements, not one")
    return children[0]


def _document(body: etree._Element, info: etree._Element | None) -> etree._Element:
    """The payload of a DocAttach submit: base64 text inside the signed Body."""
    values = body.findall(f"{ISO_ATTACHMENT}/{{*}}AttachmentValue")
    if len(values) != 1:
        raise Refused(ATTACHMENT, "the Body has no ISOAttachment with one AttachmentValue")
    return _payload((values[0].text or "").encode(), info)


def _attached(
    body: etree._Element,
    info: etree._Element | None,
    header: etree._Element | None,
    parts: Mapping[str, bytes],
) -> etree._Element:
    """The payload of a submit with an attachment: not signed itself, so its signed hash must match."""
    if not parts:
        raise Refused(ATTACHMENT, "the message has no attachment")
    includes = [element.get("href", "") for element in body.iter(INCLUDE)]
    wanted = [unquote(href.removeprefix("cid:")) for href in includes] or list(parts)
    if len(wanted) != 1 or wanted[0] not in parts:
        raise Refused(ATTACHMENT, "the message must have exactly one attachment, the one that the Body refers to")
    content = parts[wanted[0]]
    if header is None:
        raise Refused(ATTACHMENT, "the header has no attachmentHash")
    told = header.findtext("{*}hashValue") or ""
    found = base64.b64encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode()
    if told.strip() != found:
        raise Refused(ATTACHMENT, f"the attachmentHash is '{told.strip()}', that of the attachment is '{found}'")
    return _payload(content, info)


def _payload(text: bytes, info: etree._Element | None) -> etree._Element:
    if info is None:
        raise Refused(ATTACHMENT, "the header has no standardAttachmentInfor")
    compressed = (info.findtext("{*}Attachment/{*}compressFlag") or "no").strip().lower() == "yes"
    return parse(decode_attachment(text, compressed=compressed))
