"""The headers of CAISO's own that travel in a SOAP message, each with the ``wsu:Id`` by which it is signed.

Each is written in its exclusive canonical form: namespaces and attributes in their order, no element left open to be
closed in short, text escaped as canonical XML does. So it is digested as it stands.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from xml.sax.saxutils import escape

from caiso_desktop.envelope.namespace import ATTACHMENT_HASH, ATTACHMENT_INFOR, CAISO_HEADER, WSU
from caiso_desktop.model.error import IdentityError

# A reader of XML would take a carriage return for a line's end.
_AS_REFERENCE = {"\r": "&#xD;"}
_NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

LIFETIME = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who sends a message, and when: ``username`` is the certificate's subject, ``created`` an aware instant."""

    username: str
    message_id: str
    nonce: str
    created: datetime


def caiso_header(stamp: Stamp, id: str) -> bytes:
    """``CAISOWSHeader``: the user, a nonce, and a life of 15 minutes. `IdentityError` for a user XML cannot name."""
    moment = stamp.created.astimezone(UTC)
    created, expires = _instant(moment), _instant(moment + LIFETIME)
    return (
        f'<cws:CAISOWSHeader xmlns:cws="{CAISO_HEADER}" xmlns:wsu="{WSU}" wsu:Id="{id}">'
        "<cws:CAISOUsernameToken>"
        f"<cws:Username>{_text(stamp.username)}</cws:Username>"
        f"<cws:Nonce>{stamp.nonce}</cws:Nonce>"
        f"<cws:Created>{created}</cws:Created>"
        "</cws:CAISOUsernameToken>"
        "<cws:CAISOMessageInfo>"
        f"<cws:MessageID>{stamp.message_id}</cws:MessageID>"
        f"<cws:Timestamp><cws:Created>{created}</cws:Created><cws:Expires>{expires}</cws:Expires></cws:Timestamp>"
        "</cws:CAISOMessageInfo>"
        "</cws:CAISOWSHeader>"
    ).encode()


def attachment_infor(id: str) -> bytes:
    """``standardAttachmentInfor``: one attachment, zipped with gzip."""
    return (
        f'<sai:standardAttachmentInfor xmlns:sai="{ATTACHMENT_INFOR}" xmlns:wsu="{WSU}" wsu:Id="{id}">'
        "<sai:Attachment><sai:id>1</sai:id>"
        "<sai:compressFlag>yes</sai:compressFlag><sai:compressMethod>gzip</sai:compressMethod>"
        "</sai:Attachment></sai:standardAttachmentInfor>"
    ).encode()


def hash_header(value: bytes, id: str) -> bytes:
    """``attachmentHash`` with its value."""
    opening = f'<ath:attachmentHash xmlns:ath="{ATTACHMENT_HASH}" xmlns:wsu="{WSU}" wsu:Id="{id}">'.encode()
    return opening + b"<ath:hashValue>" + value + b"</ath:hashValue></ath:attachmentHash>"


@lru_cache(maxsize=64)
def _text(name: str) -> str:
    if _NOT_IN_XML.search(name):
        raise IdentityError("the certificate's subject has a control character, which no message can hold.")
    return escape(name, _AS_REFERENCE)


def _instant(when: datetime) -> str:
    """A moment in UTC with milliseconds, as ``xs:dateTime`` with Z."""
    return when.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
