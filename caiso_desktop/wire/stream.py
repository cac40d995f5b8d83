"""One TCP connection and TLS over it, as a carrier of HTTP whose every wait obeys the call that uses it.

TLS runs over memory BIOs, so the socket itself is never blocking: a cancel ends a wait for bytes, for room and for the
handshake alike, and an alert that the server sent before it closed is still read when our own writing failed.
"""

import socket
import ssl
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from caiso_desktop.model.error import IdentityError
from caiso_desktop.model.identity import Certificate
from caiso_desktop.model.transport import Phase, TlsFacts
from caiso_desktop.model.transport_error import CutOff, TlsFailed, TransportError
from caiso_desktop.wire.call import Call, ready_sockets
from caiso_desktop.wire.conversation import NotTaken
from caiso_desktop.wire.provider.patience import patience
from caiso_desktop.wire.refusal import Scene, explain, has_broken_off
from caiso_desktop.wire.tls import shown_chain

CHUNK = 128 * 1024
"""Bytes moved at once, in either direction."""

PERSON = 120.0
"""Seconds a person has for the PIN or the consent that a key's store may ask for."""


class Stream:
    """A connection, lent to one call at a time; only the thread of that call touches it meanwhile."""

    def __init__(self, sock: socket.socket, host: str, port: int, certificate: Certificate | None, call: Call) -> None:
        self._socket = sock
        self._host = host
        self._port = port
        self._certificate = certificate
        self._tls: ssl.SSLObject | None = None
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._buffer = bytearray(CHUNK)
        self._used_before = False
        self._said_bye = False
        self.facts: TlsFacts | None = None
        self._begin(call)

    def _begin(self, call: Call) -> None:
        self._call = call
        self._held: list[bytes] = []
        self._held_size = 0
        self._head_size: int | None = None
        self._ahead: deque[bytes] = deque()
        self._error: ssl.SSLError | None = None
        self.ended = False

    def lend(self, call: Call) -> None:
        """Give a kept connection to another call."""
        self._used_before = True
        self._begin(call)

    # The handshake

    def secure(self, context: ssl.SSLContext) -> None:
        """Make the TLS connection; raises what a person reads when that fails."""
        call = self._call
        until = time.monotonic() + call.limits.connect
        late = f"{self._host}, port {self._port}, did not finish the TLS handshake in {call.limits.connect:g} seconds."
        tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=self._host)
        try:
            while True:
                begun = time.monotonic()
                try:
                    with patience(self._sign):
                        tls.do_handshake()
                    break
                except ssl.SSLWantReadError:
                    until += time.monotonic() - begun  # a signature's time is not the network's
                    self._flush(until, late)
                    self._fill(until, late)
            self._flush(until, late)
        except ssl.SSLError as error:
            self._say_why()
            raise explain(error, self._scene(tls), call.fate) from error
        except OSError as error:
            raise TlsFailed(f"{self._host}, port {self._port}, dropped the connection during the handshake.") from error
        cipher = tls.cipher()
        peer = tls.getpeercert(binary_form=True)
        self._tls = tls
        chain, as_sent = shown_chain(tls)
        self.facts = TlsFacts(tls.version() or "", cipher[0] if cipher else "", peer or b"", chain, as_sent)

    def _sign(self, task: Callable[[], bytes]) -> bytes:
        """Let the certificate's store sign while this call waits: a store may ask a person first."""
        late = f"The store of the certificate's key did not sign within {PERSON:g} seconds."
        return self._call.aside("signature", task, time.monotonic() + PERSON, late)

    def _say_why(self) -> None:
        """Let our own alert leave, so that the server's log can tell why we went."""
        with suppress(OSError):
            self._socket.send(self._outgoing.read())

    def _scene(self, tls: ssl.SSLObject) -> Scene:
        return Scene(self._host, self._port, self._certificate, agreed=tls.cipher() is not None)

    # What carries HTTP (`caiso_desktop.wire.conversation.Carrier`)

    def write(self, data: bytes) -> None:
        """Send; small pieces are held back until there is enough, or until the answer is awaited.

        So the head and a small body leave in one TLS record.
        """
        if self._head_size is None:
            self._head_size = len(data)
        if data:
            self._held.append(data)
            self._held_size += len(data)
        if self._held_size >= CHUNK:
            self._send_held()

    def read(self) -> bytes:
        """What has come of the answer, b"" at its proper end."""
        call = self._call
        if self._held:
            with suppress(NotTaken):  # the server closed early; what it said before that is the answer
                self._send_held()
        if not call.answered:
            call.enter(Phase.WAITING)
        if self._ahead:
            return self._ahead.popleft()
        until = time.monotonic() + call.limits.read
        late = f"{self._host} sent nothing for {call.limits.read:g} seconds."
        try:
            data = self._take()
            while data is None:
                self._flush(until, late)
                self._fill(until, late)
                data = self._take()
        except ssl.SSLError as error:
            raise self._broken(error) from error
        except OSError as error:
            raise self._cut_off() from error
        if data:
            call.heard()
        else:
            self.ended = True
        return data

    def close(self) -> None:
        """Say goodbye where that needs no waiting, and close."""
        if self._socket.fileno() < 0:
            return
        with suppress(ssl.SSLError, ValueError):  # the peer's own goodbye is not waited for
            if self._tls is not None:
                self._tls.unwrap()
        self._say_why()
        self._socket.close()

    @property
    def quiet(self) -> bool:
        """Whether the server has said nothing since the answer, not even goodbye."""
        ended = self.ended or self._said_bye or self._error is not None
        unread = self._ahead or self._incoming.pending or (self._tls is not None and self._tls.pending())
        return not (ended or unread or ready_sockets([self._socket], [], 0))

    # Sending

    def _send_held(self) -> None:
        call = self._call
        call.check()
        data = b"".join(self._held)
        body_size = len(data)
        if call.begin_writing():
            body_size -= self._head_size or 0
        self._held, self._held_size = [], 0
        limit = call.limits.read
        until, late = time.monotonic() + limit, f"{self._host} took nothing more of the request for {limit:g} seconds."
        try:
            if self._tls is None:
                self._drain(memoryview(data), until, late)
            else:
                self._encrypt(self._tls, data, until, late)
                self._flush(until, late)
        except ssl.SSLError as error:
            raise self._broken(error) from error
        except OSError as error:
            raise NotTaken from error
        call.wrote(body_size)

    def _encrypt(self, tls: ssl.SSLObject, data: bytes, until: float, late: str) -> None:
        while True:
            try:
                with patience(self._sign):
                    tls.write(data)
            except IdentityError as error:
                raise self._unsigned(error) from error
            except ssl.SSLWantReadError:  # TLS 1.2: the server wants to negotiate anew first
                self._flush(until, late)
                self._fill(until, late)
            else:
                return

    def _flush(self, until: float, late: str) -> None:
        if self._outgoing.pending:
            self._drain(memoryview(self._outgoing.read()), until, late)

    def _drain(self, data: memoryview, until: float, late: str) -> None:
        """Give bytes to the network; while it has no room, hear what the server says."""
        limit = until - time.monotonic()
        while data:
            try:
                size = self._socket.send(data)
            except BlockingIOError:
                watched = [] if self.ended or self._tls is None else [self._socket]
                self._call.wait(until, late, readable=watched, writable=[self._socket])
                if watched:
                    self._look_ahead()
            else:
                data = data[size:]
                until = time.monotonic() + limit

    def _look_ahead(self) -> None:
        """Read what has come although the request has not left yet: an alert ends the sending, an answer is kept."""
        if self._receive():
            data = self._take()
            if data:
                self._ahead.append(data)
                self._call.heard()

    # Receiving

    def _fill(self, until: float, late: str) -> None:
        """Take in what the network has, waiting for it."""
        if not self._call.answered:
            self._call.wait(until, late, readable=[self._socket])  # it has just been asked: nothing can be there yet
        while not self._receive():
            self._call.wait(until, late, readable=[self._socket])

    def _receive(self) -> bool:
        """Take in what the network has; whether there was anything, be it the end."""
        try:
            size = self._socket.recv_into(self._buffer)
        except BlockingIOError:
            return False
        if size:
            self._incoming.write(memoryview(self._buffer)[:size])
        else:
            self._incoming.write_eof()
            self.ended = True
        return True

    def _take(self) -> bytes | None:
        """Bytes at hand, b"" at the proper end, None when the network must be asked first."""
        if self._error is not None:
            raise self._error
        if self._tls is None:
            data = self._incoming.read(CHUNK)
            return data if data or self._incoming.eof else None
        parts = self._decrypt(self._tls)
        return b"".join(parts) if parts or self._said_bye else None

    def _decrypt(self, tls: ssl.SSLObject) -> list[bytes]:
        """What is in the records at hand, which hold 16 KB at most each."""
        parts: list[bytes] = []
        room = CHUNK
        try:
            with patience(self._sign):
                while room and (self._incoming.pending or self._incoming.eof or tls.pending()) and not self._said_bye:
                    part = tls.read(room)
                    self._said_bye = not part
                    parts.append(part)
                    room -= len(part)
        except IdentityError as error:
            raise self._unsigned(error) from error
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError as error:
            if not parts:
                raise
            self._error = error  # told when what came before it has been handed on
        return parts

    def _unsigned(self, error: IdentityError) -> TlsFailed:
        """A server may ask for the certificate once it has read the request: what fails then is the call's failure."""
        return TlsFailed(error.detail, fate=self._call.fate, advice=error.advice)

    # What went wrong

    def _broken(self, error: ssl.SSLError) -> TransportError:
        if has_broken_off(error):
            return self._cut_off()
        told = explain(error, Scene(self._host, self._port, self._certificate, agreed=True), self._call.fate)
        if self._used_before or self._call.answered:
            # Not the handshake's late end: the server had read requests on this connection.
            told.fate = self._call.fate
        return told

    def _cut_off(self) -> CutOff:
        when = "in the middle of the answer" if self._call.answered else "before it answered"
        return CutOff(f"{self._host} dropped the connection {when}.", fate=self._call.fate)
