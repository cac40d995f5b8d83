"""Connections kept for the next call to the same host the same way by the same certificate under the same trust."""

import threading
from typing import NamedTuple

from caiso_desktop.model.identity import Trust
from caiso_desktop.model.route import Proxy, Route
from caiso_desktop.wire.conversation import Conversation
from caiso_desktop.wire.stream import Stream

KEEP_SECONDS = 30.0
"""How long an unused connection is kept. Short: a server that forgot one in silence would leave a submit in doubt."""

KEEP_EACH = 8
"""How many unused connections of one key are kept."""


class Key(NamedTuple):
    """Who talks to whom, trusting whom, through which proxy: a request never rides on a connection of another key."""

    thumbprint: str
    trust: Trust
    scheme: str
    host: str
    port: int
    proxy: Proxy | None = None


class Connection(Conversation):
    """HTTP/1.1 over one stream, and whose it is."""

    def __init__(self, key: Key, stream: Stream, route: Route) -> None:
        super().__init__(stream, KEEP_SECONDS)
        self.key = key
        self.stream = stream
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
            if connection is None or connection.usable:
                return connection
            connection.close()

    def give(self, connection: Connection) -> None:
        """Keep a connection whose answer has been read; close it when it cannot be used again."""
        surplus: list[Connection] = []
        with self._lock:
            if self._closed or not connection.idle:
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
