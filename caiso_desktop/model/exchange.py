"""One call and all that became of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from caiso_desktop.model.answer import Answer, Outcome
from caiso_desktop.model.call import Call, Headers, Operation
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import CaisoError, CallError, Fate
from caiso_desktop.model.guard import Sheet
from caiso_desktop.model.identity import Certificate
from caiso_desktop.model.transport import Progress, Response


@dataclass(frozen=True, slots=True)
class SentRequest:
    """The request exactly as it was given to the transport; ``body`` is the file that holds it."""

    method: str
    url: str
    headers: Headers
    body: Path


@dataclass(frozen=True, slots=True)
class Exchange:
    """A call, its request, and its response and answer, or the failure that ended it.

    ``earlier`` are the tries before this one, oldest first; each is a call of its own in the journal. ``key_place``
    says where the certificate's key lives, in words that go on after "Its key lies". Of a call of the past, ``way``
    says how its bytes went where its response does not, and ``lacks`` what nobody has kept of it, in words.
    """

    id: str
    call: Call
    operation: Operation
    certificate: Certificate | None
    started: datetime
    request: SentRequest
    response: Response | None = None
    answer: Answer | None = None
    failure: CaisoError | None = None
    earlier: "tuple[Exchange, ...]" = ()
    key_place: str = ""
    way: str = ""
    lacks: tuple[str, ...] = ()

    @property
    def fate(self) -> Fate:
        """What is known of the request; an answer that leaves open whether a submit was taken leaves it unknown."""
        if self.response is not None:
            return Fate.UNKNOWN if self.answer is not None and self.answer.in_doubt else Fate.ANSWERED
        if isinstance(self.failure, CallError):
            return self.failure.fate
        return Fate.NOT_SENT

    @property
    def trouble(self) -> str:
        """What went wrong on the way, in a few words; empty where an answer came that was no error of HTTP."""
        if self.failure is not None:
            return self.failure.title
        response = self.response
        return f"HTTP {response.status} {response.reason}".strip() if response and response.status >= 400 else ""

    @property
    def succeeded(self) -> bool:
        """Whether the service did what was asked (no data is an answer too)."""
        return self.answer is not None and self.answer.outcome in (Outcome.SUCCESS, Outcome.NO_DATA)


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be sent, and where; nothing has been."""

    url: str
    headers: Headers
    body: bytes
    operation: Operation


class Courier(Protocol):
    """Carries a call: dresses, records, sends, undresses, records."""

    def carry(self, call: Call, token: CancelToken, on_progress: Callable[[Progress], None]) -> Exchange:
        """Carry a call out, once. Raises `UsageError`, `IdentityError` or `StorageError` before anything is sent;
        whatever goes wrong after that is the exchange's ``failure``.
        """
        ...

    def preview(self, call: Call) -> Preview:
        """Dress a call without sending it."""
        ...

    def operation(self, call: Call) -> Operation:
        """The operation a call names."""
        ...


class Guard(Protocol):
    """What stands before the real market; whoever carries calls is one too, and asks for the permit itself."""

    def sheet(self, call: Call) -> Sheet | None:
        """What to show before a call that the guard stands before; None for one that may just leave."""
        ...
