"""The ports to what keeps a user's work and calls safe, as the window is given them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from caiso_desktop.model.deadline import Deadlines
from caiso_desktop.model.dossier import Dossiers
from caiso_desktop.model.draft_store import Drafts
from caiso_desktop.model.exchange import Exchange, Guard
from caiso_desktop.model.guard import Approvals, KnownHosts
from caiso_desktop.model.journal import Entry, History
from caiso_desktop.model.reading import Reading
from caiso_desktop.model.retention import Keeper
from caiso_desktop.model.source import Payload


class Memory(Protocol):
    """What is remembered from one start to the next; to ask for a part opens it, so all are for a worker.

    Each raises `StorageError` where the data folder cannot be used.
    """

    @property
    def journal(self) -> History:
        """The record of every call."""
        ...

    @property
    def drafts(self) -> Drafts:
        """The tabs, as they were last saved."""
        ...

    @property
    def keeper(self) -> Keeper:
        """What deletes what is old."""
        ...

    @property
    def notice(self) -> str:
        """A sentence for the user where damaged data had to be put aside, else empty."""
        ...


class LookBack(Protocol):
    """Brings calls of the past back to the screen; for a worker."""

    def exchange(self, entry: Entry) -> Exchange:
        """A call with its answer, read again. `UsageError` or `StorageError` where its files are no longer kept."""
        ...

    def payload(self, entry: Entry) -> Payload:
        """What was sent, to begin a draft with; one too large to be edited is a file that stays while a draft is of it.

        `UsageError` where the journal has it no more, `StorageError`.
        """
        ...


@dataclass(frozen=True, slots=True)
class Safety:
    """One of each.

    ``approvals`` and ``deadlines`` read the disk when they are asked for; ``read`` says what a payload says, and raises
    `PayloadError` for what is not XML: for a worker.
    """

    guard: Guard
    memory: Memory
    look_back: LookBack
    dossiers: Dossiers
    known_hosts: KnownHosts
    approvals: Callable[[], Approvals | None]
    deadlines: Callable[[], Deadlines]
    read: Callable[[Payload], Reading]
