"""Which troubles pass by themselves: of the connection, and of a service that says it is busy or away for now."""

from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.transport_error import CutOff, NameNotFound, TimedOut, Unreachable

_CONNECTION = (NameNotFound, Unreachable, TimedOut, CutOff)
_STATUSES = frozenset({429, 502, 503, 504})


def passing(exchange: Exchange) -> str:
    """The trouble in a few words, where it is one that passes; else empty."""
    if isinstance(exchange.failure, _CONNECTION):
        return exchange.failure.title
    response = exchange.response
    if response is not None and exchange.failure is None and response.status in _STATUSES:
        return f"HTTP {response.status} {response.reason}".strip()
    return ""
