"""The network, one layer at a time: the port `caiso_desktop.model.probe.Probe`, made of the parts that carry calls.

Nothing here is kept or shared: each verb makes its own connection and lets go of it.
"""

import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.identity import Trust
from caiso_desktop.model.probe import Handshake, Reached
from caiso_desktop.model.route import DIRECT, ProxyLogOns, Route, Routes
from caiso_desktop.model.transport import Limits, Request, Response
from caiso_desktop.model.transport_error import ClientCertificateMissing, TransportError
from caiso_desktop.wire.call import Call, Waker
from caiso_desktop.wire.connect import resolve
from caiso_desktop.wire.stream import Stream
from caiso_desktop.wire.tls import client_context
from caiso_desktop.wire.transport import HttpTransport
from caiso_desktop.wire.tunnel import PERSON
from caiso_desktop.wire.watch import Watch
from caiso_desktop.wire.way import Straight, find_routes, open_way

_AGENT = "caiso-desktop"
_VERSIONS = {"TLSv1.2": ssl.TLSVersion.TLSv1_2, "TLSv1.3": ssl.TLSVersion.TLSv1_3}


class NetworkProbe:
    """Safe for many threads, each of which waits for its own answer.

    ``routes`` and ``log_ons`` are those by which calls travel; ``limits`` are those of each verb but `ask`.
    """

    def __init__(
        self, routes: Routes | None = None, log_ons: ProxyLogOns | None = None, limits: Limits | None = None
    ) -> None:
        self._routes = routes or Straight()
        self._log_ons = log_ons
        self._limits = limits or Limits(connect=10, read=15, total=PERSON)

    def look_up(self, host: str, port: int, token: CancelToken) -> Sequence[str]:
        """The addresses of a name, each once."""
        with self._call(host, port, token) as call:
            limit = self._limits.connect
            late = f"Nobody said within {limit:g} seconds where {host} is."
            addresses = resolve(call, host, port, time.monotonic() + limit, late)
        return tuple(dict.fromkeys(str(address.place[0]) for address in addresses))

    def find_ways(self, host: str, port: int, token: CancelToken) -> Sequence[Route]:
        """The ways to a host, as calls find them."""
        with self._call(host, port, token) as call:
            return find_routes(call, self._routes, host, port)

    def reach(self, host: str, port: int, token: CancelToken, routes: Sequence[Route] = ()) -> Reached:
        """The address that answered first, and the way it was."""
        with self._call(host, port, token) as call:
            sock, route = self._open(call, routes, host, port)
            with sock:
                return Reached(str(sock.getpeername()[0]), route)

    def shake_hands(
        self,
        host: str,
        port: int,
        trust: Trust,
        token: CancelToken,
        routes: Sequence[Route] = (),
        version: str | None = None,
    ) -> Handshake:
        """One handshake with nobody's certificate."""
        context = client_context(None, trust)
        if version is not None:
            context.minimum_version = context.maximum_version = _VERSIONS[version]
        watch = Watch(context)
        failure: TransportError | None = None
        with self._call(host, port, token) as call:
            stream = Stream(self._open(call, routes, host, port)[0], host, port, None, call)
            begun = time.monotonic()
            try:
                stream.secure(context)
            except ClientCertificateMissing:
                pass  # TLS 1.2: the server was verified by then, and wants to see one
            except TransportError as error:
                failure = error
            finally:
                stream.close()
            seconds = time.monotonic() - begun
        facts = stream.facts
        return Handshake(
            version=facts.version if facts else watch.version,
            cipher=facts.cipher if facts else "",
            chain=watch.chain or ((facts.peer_certificate,) if facts else ()),
            asked=watch.asked,
            authorities=watch.authorities,
            seconds=seconds,
            failure=failure,
        )

    def ask(self, request: Request, token: CancelToken) -> Response:
        """Send once, over a connection of its own."""
        transport = HttpTransport(self._routes, self._log_ons)
        try:
            return transport.send(request, token)
        finally:
            transport.close()

    def _open(self, call: Call, routes: Sequence[Route], host: str, port: int) -> tuple[socket.socket, Route]:
        return open_way(call, routes or (DIRECT,), host, port, self._log_ons, _AGENT)

    @contextmanager
    def _call(self, host: str, port: int, token: CancelToken) -> Iterator[Call]:
        waker = Waker()
        try:
            # No request leaves: it only carries the limits of the waits.
            nothing = Request(f"https://{host}:{port}/", (), b"", Path(), frozenset(), limits=self._limits)
            with Call(nothing, token, waker) as call:
                yield call
        finally:
            waker.close()
