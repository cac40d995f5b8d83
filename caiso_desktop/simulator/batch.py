"""The batches of the services that take what is handed in and judge it later."""

import threading
import zlib
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from xml.sax.saxutils import escape

from caiso_desktop.simulator.report import gmt

TAKES = timedelta(seconds=10)
"""So long a batch is pending by the simulator's clock, for whoever has not asked for it before."""
_MOST = 10_000


@dataclass(slots=True)
class Batch:
    """``errors`` are what is wrong with it, in words; ``asked`` how often it was asked for."""

    opened: datetime
    errors: tuple[str, ...] = ()
    asked: int = 0


@dataclass(slots=True)
class Batches:
    """The last batches; safe on any thread."""

    _batches: OrderedDict[str, Batch] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def open(self, message_id: str, now: datetime, errors: tuple[str, ...] = ()) -> str:
        """Open a batch for a message; its mRID."""
        name = f"{zlib.crc32(message_id.encode()):010d}"
        with self._lock:
            self._batches[name] = Batch(now, errors)
            while len(self._batches) > _MOST:
                self._batches.popitem(last=False)
        return name

    def taken(self, name: str, now: datetime) -> bool:
        """Whether a batch is done, and nothing was wrong with it."""
        with self._lock:
            batch = self._batches.get(name)
            return batch is not None and not batch.errors and _done(batch, now)

    def ask(self, name: str, now: datetime) -> str | None:
        """The rows that tell how a batch stands; None where there is none of this name.

        It is done after `TAKES`, or when it is asked for again: whoever asks twice has waited already.
        """
        with self._lock:
            batch = self._batches.get(name)
            if batch is None:
                return None
            done = _done(batch, now)
            batch.asked += 1
            errors = batch.errors if done else ()
        status = "PENDING" if not done else "ERROR" if errors else "SUCCESS"
        log = "".join(
            f"    <ErrorLog><errMessage>{escape(error)}</errMessage><errPriority>1</errPriority>"
            f"<logTimeStamp>{gmt(now)}</logTimeStamp></ErrorLog>\n"
            for error in errors
        )
        return (
            f"    <BatchStatus><mRID>{escape(name)}</mRID><description>{status}</description>"
            f"<creationTime>{gmt(now)}</creationTime></BatchStatus>\n{log}"
        )

    def clear(self) -> None:
        """Forget them."""
        with self._lock:
            self._batches.clear()


def _done(batch: Batch, now: datetime) -> bool:
    return batch.asked > 0 or now - batch.opened >= TAKES
