"""How fast calls may follow one another to one host. Loopback is ours, and knows no pace.

CAISO publishes no number for its SOAP services, but answers a client that it finds too busy with a page about its
acceptable use policy, or with 429 (protocol of the SOAP services). So calls go a moment apart and only some at a time;
after such an answer retrieves slow down for a while. Submits never wait for that: a deadline may be near.
"""

import ipaddress
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

GAP = 0.25
"""Seconds between the beginnings of two calls to a host."""

AT_ONCE = 4
"""Calls that are under way to a host at a time."""

SLOW_GAP = 30.0
SLOW_FOR = 600.0
"""Seconds between two retrieves, and for how long, after a host found us too busy."""


@dataclass(slots=True)
class _Host:
    under_way: int = 0
    last: float = float("-inf")
    slow_until: float = float("-inf")


class Pace:
    """Safe for many threads. ``clock`` counts seconds and never goes back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._hosts: dict[str, _Host] = {}

    def enter(self, host: str, *, patient: bool) -> float:
        """Begin a call to a host: 0 when it may leave now, which then counts as under way until `leave`.

        Else the seconds after which to ask again, at least a fraction of one. ``patient`` calls (retrieves) wait
        longer where the host found us too busy.
        """
        if is_loopback(host):
            return 0.0
        with self._lock:
            known = self._hosts.setdefault(host, _Host())
            now = self._clock()
            gap = SLOW_GAP if patient and now < known.slow_until else GAP
            left = known.last + gap - now
            if left > 0:
                return left
            if known.under_way >= AT_ONCE and patient:
                return GAP
            known.under_way += 1
            known.last = now
            return 0.0

    def leave(self, host: str, *, too_busy: bool) -> None:
        """End a call; ``too_busy`` where the host said that it is too much."""
        if is_loopback(host):
            return
        with self._lock:
            known = self._hosts.setdefault(host, _Host())
            known.under_way = max(0, known.under_way - 1)
            if too_busy:
                known.slow_until = self._clock() + SLOW_FOR

    def is_full(self, host: str) -> bool:
        """Whether so many calls to a host are under way that a retrieve waits for one of them."""
        with self._lock:
            known = self._hosts.get(host)
            return known is not None and known.under_way >= AT_ONCE

    def is_slow(self, host: str) -> bool:
        """Whether a host found us too busy a while ago."""
        with self._lock:
            known = self._hosts.get(host)
            return known is not None and self._clock() < known.slow_until


def host_of(url: str) -> str:
    """The host of an address, empty where it has none."""
    return urlsplit(url).hostname or ""


@lru_cache(maxsize=256)
def is_loopback(host: str) -> bool:
    """Whether a host is this computer itself."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
