"""Connections kept for the next call to the same host the same way by the same certificate under the same trust."""

import threading
from dataclasses import dataclass

import httpcore2

from caiso_desktop.model.identity import Trust
from caiso_desktop.model.route import Proxy, Route
from caiso_desktop.wire.stream import CHUNK, Stream

KEEP_SECONDS = 30.0
"""How long an unused connection is kept. Short: a server that forgot one in silence would leave a submit in doubt."""

KEEP_EACH = 8
"""How many unused connections of one key are kept."""


@dataclass(frozen=True, slots=True)
class Key:
    """Who talks to whom, trusting whom, through which proxy: a request never rides on a connection of another key."""

    thumbprint: str
    trust: Trust
    scheme: str
    host: str
    port: int
    proxy: Proxy | None = None


class Connection(httpcore2.HTTP11Connection):
    """HTTP/1.1 over one stream, read in larger pieces than httpcore2's own."""

    READ_NUM_BYTES = CHUNK

    def __init__(self, key: Key, stream: Stream, route: Route) -> None:
        origin = httpcore2.Origin(key.scheme.encode("ascii"), key.host.encode("ascii"), key.port)
        super().__init__(origin, stream, keepalive_expiry=KEEP_SECONDS)
        self.key = key
        self.wire = stream
        self.route = route


class Pool:
    """Unused connections by key; safe for many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[Key, list[Connection]] = {}
        self._closed = False

    def take(self, key: Key) -> Connection | None:
        """The connection of this key that was used last and that the server has not closed."""
        while True:
            with self._lock:
                kept = self._kept.get(key)
                connection = kept.pop() if kept else None
            if connection is None or not connection.has_expired():
                return connection
            connection.close()

    def give(self, connection: Connection) -> None:
        """Keep a connection whose answer has been read; close it when it cannot be used again."""
        surplus: list[Connection] = []
        with self._lock:
            if self._closed or not connection.is_idle():
                surplus.append(connection)
            else:
                kept = self._kept.setdefault(connection.key, [])
                kept.append(connection)
                surplus.extend(kept[:-KEEP_EACH])
                del kept[:-KEEP_EACH]
        for each in surplus:
            each.close()

    def close(self) -> None:
        """Close what is kept, and what comes back later."""
        with self._lock:
            self._closed = True
            connections = [each for kept in self._kept.values() for each in kept]
            self._kept.clear()
        for each in connections:
            each.close()
