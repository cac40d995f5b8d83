"""A look that was cut off is not a call to look into: the next look is the answer, and a retrieve changes nothing."""

from collections.abc import Callable
from contextlib import suppress

from caiso_desktop.model.error import CaisoError, Fate
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.journal import Filter, History, Standing
from caiso_desktop.model.service import Kind

NOTE = "looked into: a watch asks again, and the call changes nothing"
_MOST = 50


class Settling:
    """Settles the looks of unknown fate in the journal, so that nobody is asked to look into them."""

    def __init__(self, history: Callable[[], History]) -> None:
        self._history = history

    def __call__(self, exchange: Exchange) -> None:
        """Settle a look and the tries before it; what cannot be settled now is listed at the next start."""
        lost = {each.id for each in (*exchange.earlier, exchange) if each.fate is Fate.UNKNOWN}
        if not lost or exchange.operation.kind is not Kind.RETRIEVE:
            return
        call = exchange.call
        wanted = Filter(call.environment, call.target.application, call.target.service, Kind.RETRIEVE, Standing.UNKNOWN)
        with suppress(CaisoError):
            history = self._history()
            for entry in history.search(wanted, limit=_MOST):
                if entry.record.exchange in lost:
                    history.settle(entry.id, NOTE)
