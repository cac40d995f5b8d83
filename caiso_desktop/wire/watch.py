"""What a server says in a handshake, seen as it comes: its certificates and whether it asks for the client's.

CPython's ssl tells neither of a handshake that fails, so the messages themselves are looked at, by the hook that
OpenSSL has for it (`SSL_CTX_set_msg_callback`). Looking changes nothing: the server is verified as in every call. The
hook is CPython's own `SSLContext._msg_callback`, of 3.8 and later; where it is missing, nothing is seen, and said so.

Messages: RFC 5246, sections 7.4.2 and 7.4.4 (TLS 1.2); RFC 8446, sections 4.2.4, 4.3.2 and 4.4.2 (TLS 1.3).
"""

import ssl
from collections.abc import Iterator
from typing import Any

_HANDSHAKE = 22
_CERTIFICATE = 11
_CERTIFICATE_REQUEST = 13
_AUTHORITIES = 47
_HEAD = 4  # a message's type and length
_NAMES = {0x0303: "TLSv1.2", 0x0304: "TLSv1.3"}


class Watch:
    """Looks at one handshake over a context of its own."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self.version = ""
        self.chain: tuple[bytes, ...] = ()
        self.authorities: tuple[bytes, ...] = ()
        self._asked = False
        inner: Any = getattr(context, "_ctx", context)  # truststore keeps the real context inside its own
        self._seeing = hasattr(type(inner), "_msg_callback")
        if self._seeing:
            inner._msg_callback = self._look

    @property
    def asked(self) -> bool | None:
        """Whether the server asked for a certificate; None where nothing can be seen."""
        return self._asked if self._seeing else None

    def _look(self, conn: object, direction: str, version: int, content: int, kind: int, data: bytes) -> None:
        if direction != "read" or content != _HANDSHAKE:
            return
        if kind in (_CERTIFICATE, _CERTIFICATE_REQUEST):
            self.version = _NAMES.get(int(version), self.version)
            recent = int(version) >= ssl.TLSVersion.TLSv1_3
            try:
                if kind == _CERTIFICATE:
                    self.chain = tuple(_certificates(data[_HEAD:], recent=recent))
                else:
                    self._asked = True
                    self.authorities = tuple(_names(data[_HEAD:], recent=recent))
            except IndexError:
                return  # a message that OpenSSL refuses too


class _Reader:
    """Takes bytes and vectors off a message; `IndexError` at its end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def more(self) -> bool:
        return self._at < len(self._data)

    def take(self, size: int) -> bytes:
        if self._at + size > len(self._data):
            raise IndexError
        self._at += size
        return self._data[self._at - size : self._at]

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size))

    def vector(self, size: int) -> bytes:
        """Bytes behind their length, which has ``size`` bytes."""
        return self.take(self.number(size))


def _certificates(body: bytes, *, recent: bool) -> Iterator[bytes]:
    message = _Reader(body)
    if recent:
        message.vector(1)  # the context, empty in a handshake
    chain = _Reader(message.vector(3))
    while chain.more:
        yield chain.vector(3)
        if recent:
            chain.vector(2)  # extensions of the one certificate


def _names(body: bytes, *, recent: bool) -> Iterator[bytes]:
    message = _Reader(body)
    message.vector(1)  # TLS 1.3: the context; TLS 1.2: the kinds of certificate
    if not recent:
        message.vector(2)  # the kinds of signature
        yield from _vectors(message.vector(2))
        return
    extensions = _Reader(message.vector(2))
    while extensions.more:
        kind, value = extensions.number(2), extensions.vector(2)
        if kind == _AUTHORITIES:
            yield from _vectors(_Reader(value).vector(2))


def _vectors(data: bytes) -> Iterator[bytes]:
    reader = _Reader(data)
    while reader.more:
        yield reader.vector(2)
