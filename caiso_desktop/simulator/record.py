"""What the simulator received lately, for whoever wants to look: bounded in number and in bytes."""

import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime

from caiso_desktop.model.call import Headers

ACCEPTED = "accepted"
PLAYED = "played back"


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it arrived; ``verdict`` is `ACCEPTED`, `PLAYED`, or why it was turned away. ``subject`` sent it.

    ``fault`` names what befell it on demand, empty where nothing did.
    """

    moment: datetime
    method: str
    path: str
    headers: Headers
    body: bytes
    subject: str
    verdict: str
    fault: str = ""

    def header(self, name: str) -> str | None:
        """The first header of this name, whatever its case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


class Record:
    """The last requests; safe on any thread. ``failures`` are handshakes that failed and errors of the simulator."""

    def __init__(self, most: int = 1000, most_bytes: int = 64 * 1024 * 1024) -> None:
        self._lock = threading.Lock()
        self._requests: deque[Received] = deque()
        self._failures: deque[str] = deque(maxlen=most)
        self._most = most
        self._most_bytes = most_bytes
        self._bytes = 0

    @property
    def requests(self) -> tuple[Received, ...]:
        """The requests, oldest first."""
        with self._lock:
            return tuple(self._requests)

    @property
    def failures(self) -> tuple[str, ...]:
        """What went wrong before a request could be read, oldest first."""
        with self._lock:
            return tuple(self._failures)

    def add(self, received: Received) -> None:
        """Keep a request, and let go of the oldest where there are too many."""
        with self._lock:
            self._requests.append(received)
            self._bytes += len(received.body)
            while len(self._requests) > self._most or (self._bytes > self._most_bytes and len(self._requests) > 1):
                self._bytes -= len(self._requests.popleft().body)

    def fail(self, words: str) -> None:
        """Keep a failure."""
        with self._lock:
            self._failures.append(words)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._requests.clear()
            self._failures.clear()
            self._bytes = 0
