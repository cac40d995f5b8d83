"""The transport: one verb, over connections that are kept between calls.

It is built on h11, the protocol alone, and not on an HTTP client: redirects, cookies, proxies from the environment,
credentials from a URL and decoding of bodies, which those add, must never happen to a signed message. Sockets are our
own (`caiso_desktop.wire.stream`), so that a call can be stopped in every phase and the moment the first byte leaves is
known.

A request is sent once. A kept connection is looked at before it is used, and one that the server has closed is left
for a fresh one before a byte was written; when the server closes in the very moment in which the request leaves, the
call ends with `CutOff` and an unknown fate: nobody but the user may decide to send a submit again.
"""

import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import h11

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import Cancelled, Fate, StorageError, UsageError
from caiso_desktop.model.route import ProxyLogOns, Routes
from caiso_desktop.model.source import FileSource
from caiso_desktop.model.transport import Phase, Request, Response
from caiso_desktop.model.transport_error import CutOff, ProtocolBroken
from caiso_desktop.wire.address import Target, checked_target
from caiso_desktop.wire.call import Call, Waker
from caiso_desktop.wire.conversation import Head
from caiso_desktop.wire.keep import Keep
from caiso_desktop.wire.pool import Connection, Key, Pool
from caiso_desktop.wire.stream import CHUNK, PERSON, Stream
from caiso_desktop.wire.tls import Contexts
from caiso_desktop.wire.way import Straight, find_routes, open_way

OURS = {"host", "content-length", "transfer-encoding", "connection"}
"""Headers that the transport alone sets."""


class HttpTransport:
    """HTTP/1.1 over TLS with a client certificate; safe for many threads, each of which waits for its own answer.

    ``routes`` decides which way each host is reached, ``log_ons`` who one is to a proxy; without them every host is
    reached straight, and no proxy is told anything.
    """

    def __init__(
        self, routes: Routes | None = None, log_ons: ProxyLogOns | None = None, user_agent: str = "caiso-desktop"
    ) -> None:
        self._routes = routes or Straight()
        self._log_ons = log_ons
        self._user_agent = user_agent
        self._contexts = Contexts()
        self._pool = Pool()
        self._lock = threading.Lock()
        self._wakers: list[Waker] = []
        self._calls: set[Call] = set()
        self._closed = False

    def send(self, request: Request, token: CancelToken) -> Response:
        """Send once and write the answer's body to ``request.keep``; see `caiso_desktop.model.transport.Transport`.

        The body is kept as it came: a ``Content-Encoding`` that the server uses although we ask for none is left in
        place, and its header says so.
        """
        target = checked_target(request)
        headers = self._headers(request, target)
        call = self._begin(request, token)
        try:
            with call, Keep(request.keep) as keep:
                return self._carry(request, target, headers, call, keep)
        finally:
            self._end(call)

    def _carry(
        self, request: Request, target: Target, headers: list[tuple[bytes, bytes]], call: Call, keep: Keep
    ) -> Response:
        started = datetime.now(UTC)
        call.check()
        connection = self._connection(request, target, call)
        try:
            head = _exchange(connection, request, target, headers, call, keep)
        except BaseException:
            connection.close()
            raise
        facts = connection.stream.facts
        self._pool.give(connection)
        return Response(
            status=head.status,
            reason=head.reason,
            headers=head.headers,
            body=request.keep,
            size=keep.size,
            started=started,
            timings=call.finish(),
            tls=facts,
            route=connection.route,
            hash=keep.hash,
            held=keep.held,
        )

    def close(self) -> None:
        """Stop what is under way, and let go of connections and keys."""
        with self._lock:
            self._closed = True
            calls = list(self._calls)
            wakers, self._wakers = self._wakers, []
        for call in calls:
            call.stop()
        for waker in wakers:
            waker.close()
        self._pool.close()
        self._contexts.clear()

    def _begin(self, request: Request, token: CancelToken) -> Call:
        with self._lock:
            if self._closed:
                raise Cancelled("The program has let go of its connections.", fate=Fate.NOT_SENT)
            call = Call(request, token, self._wakers.pop() if self._wakers else Waker())
            self._calls.add(call)
            return call

    def _end(self, call: Call) -> None:
        call.waker.drain()
        with self._lock:
            self._calls.discard(call)
            if not self._closed:
                self._wakers.append(call.waker)
                return
        call.waker.close()

    def _connection(self, request: Request, target: Target, call: Call) -> Connection:
        certificate = request.identity.certificate if request.identity else None
        thumbprint = certificate.thumbprint if certificate else ""
        routes = find_routes(call, self._routes, target.host, target.port)
        keys = [
            Key(thumbprint, request.trust, target.scheme, target.host, target.port, route.proxy) for route in routes
        ]
        for key in keys:
            connection = self._pool.take(key)
            if connection is not None:
                connection.stream.lend(call)
                return connection
        context = self._context(request, call) if target.scheme == "https" else None
        sock, route = open_way(call, routes, target.host, target.port, self._log_ons, self._user_agent)
        stream = Stream(sock, target.host, target.port, certificate, call)
        if context is not None:
            try:
                call.enter(Phase.SECURING)
                with call.timed("tls"):
                    stream.secure(context)
            except BaseException:
                stream.close()
                raise
        return Connection(keys[routes.index(route)], stream, route)

    def _context(self, request: Request, call: Call) -> ssl.SSLContext:
        context = self._contexts.known(request.identity, request.trust)
        if context is not None:
            return context
        until = time.monotonic() + PERSON
        late = f"The store of the certificate's key did not answer within {PERSON:g} seconds."
        return call.aside("context", lambda: self._contexts.make(request.identity, request.trust), until, late)

    def _headers(self, request: Request, target: Target) -> list[tuple[bytes, bytes]]:
        """The headers of the request and ours; one of ours that the request gives is left out or takes its place."""
        given = {name.lower() for name, _ in request.headers}
        headers = [("Host", target.place)]
        headers += [pair for pair in request.headers if pair[0].lower() not in OURS]
        if "user-agent" not in given:
            headers.append(("User-Agent", self._user_agent))
        if "accept-encoding" not in given:
            headers.append(("Accept-Encoding", "identity"))
        if request.body or request.method not in {"GET", "HEAD"}:
            headers.append(("Content-Length", str(len(request.body))))
        try:
            return [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers]
        except UnicodeEncodeError as error:
            raise UsageError("A header of the request holds a letter that HTTP cannot carry.") from error


def _exchange(
    connection: Connection,
    request: Request,
    target: Target,
    headers: list[tuple[bytes, bytes]],
    call: Call,
    keep: Keep,
) -> Head:
    """Send on a connection that is open, and keep the answer."""
    call.enter(Phase.SENDING)
    try:
        head = connection.ask(request.method, target.path, headers, _pieces(request.body, call))
        keep.fate = Fate.ANSWERED
        call.total = _announced(head)
        call.enter(Phase.RECEIVING)
        for piece in connection.pieces():
            keep.write(piece)
            call.got(len(piece))
    except h11.LocalProtocolError as error:
        raise UsageError(f"The request cannot be sent: {error}.") from error
    except h11.RemoteProtocolError as error:
        raise _not_http(error, connection.stream, target, call) from error
    return head


def _not_http(error: Exception, stream: Stream, target: Target, call: Call) -> CutOff | ProtocolBroken:
    if not stream.ended:
        return ProtocolBroken(f"{target.host}, port {target.port}, answered something else: {error}.", fate=call.fate)
    if not call.answered:
        return CutOff(f"{target.host} closed the connection before it answered.", fate=call.fate)
    announced = f" of {call.total:,} bytes" if call.total is not None else ""
    return CutOff(
        f"{target.host} closed the connection after {call.received:,}{announced} of the answer.", fate=call.fate
    )


def _pieces(body: bytes | FileSource, call: Call) -> Iterator[bytes]:
    if isinstance(body, FileSource):
        try:
            yield from body.pieces()
        except StorageError as error:
            error.fate = call.fate
            raise
        return
    if len(body) <= CHUNK:
        yield body
        return
    for start in range(0, len(body), CHUNK):
        yield body[start : start + CHUNK]


def _announced(head: Head) -> int | None:
    for name, value in head.headers:
        if name.lower() == "content-length":
            return int(value)  # h11 lets nothing else through
    return None
