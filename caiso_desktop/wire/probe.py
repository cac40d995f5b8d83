"""The network, one layer at a time: the port `caiso_desktop.model.probe.Probe`, made of the parts that carry calls.

Nothing here is kept or shared: each verb makes its own connection and lets go of it.
"""

import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import ClientCertificateMissing, TransportError
from caiso_desktop.model.identity import Trust
from caiso_desktop.model.probe import Handshake
from caiso_desktop.model.transport import Limits, Request, Response
from caiso_desktop.wire.call import Call, Waker
from caiso_desktop.wire.connect import connect, resolve
from caiso_desktop.wire.stream import Stream
from caiso_desktop.wire.tls import client_context
from caiso_desktop.wire.transport import HttpTransport
from caiso_desktop.wire.watch import Watch

_VERSIONS = {"TLSv1.2": ssl.TLSVersion.TLSv1_2, "TLSv1.3": ssl.TLSVersion.TLSv1_3}


class NetworkProbe:
    """Safe for many threads, each of which waits for its own answer; ``limits`` are those of each verb but `ask`."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits(connect=10, read=15, total=30)

    def look_up(self, host: str, port: int, token: CancelToken) -> Sequence[str]:
        """The addresses of a name, each once."""
        with self._call(host, port, token) as call:
            limit = self._limits.connect
            late = f"Nobody said within {limit:g} seconds where {host} is."
            addresses = resolve(call, host, port, time.monotonic() + limit, late)
        return tuple(dict.fromkeys(str(address.place[0]) for address in addresses))

    def reach(self, host: str, port: int, token: CancelToken) -> str:
        """The address that answered first."""
        with self._call(host, port, token) as call, connect(call, host, port) as sock:
            return str(sock.getpeername()[0])

    def shake_hands(
        self, host: str, port: int, trust: Trust, token: CancelToken, version: str | None = None
    ) -> Handshake:
        """One handshake with nobody's certificate."""
        context = client_context(None, trust)
        if version is not None:
            context.minimum_version = context.maximum_version = _VERSIONS[version]
        watch = Watch(context)
        failure: TransportError | None = None
        with self._call(host, port, token) as call:
            stream = Stream(connect(call, host, port), host, port, None, call)
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
        transport = HttpTransport()
        try:
            return transport.send(request, token)
        finally:
            transport.close()

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
