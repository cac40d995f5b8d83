"""Which troubles pass by themselves, and when: of the connection, and of a service that is busy or away for now."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.transport import Response
from caiso_desktop.model.transport_error import CutOff, NameNotFound, TimedOut, Unreachable

_CONNECTION = (NameNotFound, Unreachable, TimedOut, CutOff)
_STATUSES = frozenset({429, 502, 503, 504})
_LONGEST = 3600.0
"""Seconds beyond which a service is not believed how long to stay away."""


def passing(exchange: Exchange) -> str:
    """The trouble in a few words, where it is one that passes; else empty."""
    if isinstance(exchange.failure, _CONNECTION):
        return exchange.failure.title
    response = exchange.response
    if response is not None and exchange.failure is None and response.status in _STATUSES:
        return f"HTTP {response.status} {response.reason}".strip()
    return ""


def patience(exchange: Exchange) -> float:
    """The seconds that a service in a passing trouble asks us to stay away: an hour at most, 0 where it asks none."""
    if not passing(exchange) or exchange.response is None:
        return 0.0
    return min(retry_after(exchange.response) or 0.0, _LONGEST)


def retry_after(response: Response) -> float | None:
    """The seconds that an answer asks us to wait (RFC 9110, section 10.2.3: seconds, or a date); None without."""
    asked = (response.header("Retry-After") or "").strip()
    if asked.isascii() and asked.isdigit():
        return float(asked)
    try:
        until = parsedate_to_datetime(asked)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    # By the service's own clock where it tells it: ours may be wrong.
    stated = response.header("Date")
    try:
        now = parsedate_to_datetime(stated) if stated else datetime.now(UTC)
    except ValueError:
        now = datetime.now(UTC)
    return max(0.0, (until - now).total_seconds())
