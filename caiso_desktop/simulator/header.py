"""Checks CAISO's own header: who asks, when, and whether the same message came before."""

import base64
import binascii
import hashlib
import threading
from collections import OrderedDict
from datetime import UTC, datetime, timedelta

from lxml import etree

from caiso_desktop.simulator.message import CAISO_HEADER
from caiso_desktop.simulator.refusal import USERNAME_TOKEN, Refused

LIFETIME = timedelta(minutes=15)
SKEW = timedelta(minutes=5)
_TIDINESS = timedelta(seconds=1)  # for a sender that rounds
_NAMESPACE = CAISO_HEADER.rpartition("}")[0] + "}"


class Nonces:
    """The nonces seen lately, so that a message is accepted once.

    They are forgotten when their message has become too old to be accepted anyway, or when there are ``most``.
    """

    def __init__(self, most: int = 200_000) -> None:
        self._lock = threading.Lock()
        self._seen: OrderedDict[bytes, datetime] = OrderedDict()
        self._most = most

    def __len__(self) -> int:
        return len(self._seen)

    def spend(self, nonce: bytes, now: datetime) -> bool:
        """Whether this nonce is new; it no longer is from now on."""
        key = hashlib.blake2b(nonce, digest_size=16).digest()
        with self._lock:
            while self._seen:
                oldest = next(iter(self._seen))
                if self._seen[oldest] > now - LIFETIME - 2 * SKEW and len(self._seen) < self._most:
                    break
                del self._seen[oldest]
            if key in self._seen:
                return False
            self._seen[key] = now
            return True


def check_header(header: etree._Element, subject: str, now: datetime, nonces: Nonces) -> str:
    """Check a signed CAISOWSHeader against the certificate's subject and the clock; gives its MessageID."""
    username = _text(header, "CAISOUsernameToken/Username")
    if username != subject:
        raise _refused(f"the Username is '{username}', the certificate's subject is '{subject}'")
    _check_fresh(_instant(header, "CAISOUsernameToken/Created"), now, "CAISOUsernameToken/Created")
    created = _instant(header, "CAISOMessageInfo/Timestamp/Created")
    expires = _instant(header, "CAISOMessageInfo/Timestamp/Expires")
    _check_fresh(created, now, "CAISOMessageInfo/Timestamp/Created")
    if not created < expires <= created + LIFETIME + _TIDINESS:
        raise _refused("Expires is not within 15 minutes after Created")
    if expires < now - SKEW:
        raise _refused("the message has expired")
    message_id = _text(header, "CAISOMessageInfo/MessageID")
    try:
        nonce = base64.b64decode(_text(header, "CAISOUsernameToken/Nonce"), validate=True)
    except (binascii.Error, ValueError) as error:
        raise _refused("the Nonce is not base64") from error
    if not nonces.spend(nonce, now):
        raise _refused("the Nonce has been used before")
    return message_id


def _refused(reason: str) -> Refused:
    return Refused(USERNAME_TOKEN, reason)


def _text(header: etree._Element, path: str) -> str:
    found = header.findall("/".join(_NAMESPACE + step for step in path.split("/")))
    if len(found) != 1 or not (found[0].text or "").strip():
        raise _refused(f"CAISOWSHeader has no {path}, or more than one")
    return found[0].text or ""


def _instant(header: etree._Element, path: str) -> datetime:
    text = _text(header, path).strip()
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise _refused(f"{path} is no date and time: '{text}'") from error
    if instant.tzinfo is None:
        raise _refused(f"{path} has no time zone: '{text}'")
    return instant.astimezone(UTC)


def _check_fresh(created: datetime, now: datetime, where: str) -> None:
    if created > now + SKEW:
        raise _refused(f"{where} lies in the future; the clock of this computer may be wrong")
    if created < now - LIFETIME:
        raise _refused(f"{where} is more than 15 minutes ago; the clock of this computer may be wrong")
