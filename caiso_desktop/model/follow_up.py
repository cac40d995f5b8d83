"""What is looked at after a submit: chains of retrieves that show, step by step, what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from caiso_desktop.model.draft import Draft
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.journal import Entry
from caiso_desktop.model.service import Source, Target

BATCH_STATUS = "RetrieveBatchValidationStatus"
"""The retrieve that tells how far the check of a batch is (DRRS, MRI-S)."""

OTHER = "other"
"""The id of the kind of a submit that no chain names."""


@dataclass(frozen=True, slots=True)
class Chain:
    """``services`` are submits, ``then`` retrieves, each ``application/service`` or, of ADS, with its procedure.

    ``shows`` says what they show, ``none`` why nothing follows where ``then`` is empty.
    """

    id: str
    name: str
    services: tuple[str, ...]
    then: tuple[str, ...]
    source: Source
    shows: str = ""
    none: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """The submit that a draft follows: its payload, the batch that it opened, which chain it is in, and its exchange.

    ``batch`` is for ADS the UID of the batch that was answered. The payload is empty where it is not at hand, after a
    restart or of a large one: the journal has it, by the id of the ``exchange`` or by the batch.
    """

    chain: str
    payload: bytes
    batch: str = ""
    exchange: str = ""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A retrieve to open next. ``chain`` is the id of its kind, ``name`` its words; ``origin`` is what it follows.

    ``doubt``: it shows whether the submit arrived at all, of which that is not known.
    """

    chain: str
    name: str
    target: Target
    environment: str
    origin: Origin
    shows: str = ""
    doubt: bool = False

    @property
    def of_batch(self) -> bool:
        """Whether it asks how far the check of a batch is."""
        return self.target.service == BATCH_STATUS and bool(self.origin.batch)


@dataclass(frozen=True, slots=True)
class Filled:
    """A draft with what was taken over from the submit; ``taken`` and ``left`` are words such as ``trade date``."""

    draft: Draft
    taken: tuple[str, ...] = ()
    left: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """What was taken over and what was not, in a sentence or two."""
        taken = f"Taken over: {', '.join(self.taken)}." if self.taken else "Nothing could be taken over."
        left = f"Not asked for here: {', '.join(self.left)}; a comment in the payload names it." if self.left else ""
        return f"{taken} {left}".strip()


class FollowUps(Protocol):
    """Knows what comes after a call. Every verb may read the disk: for a worker."""

    def after(self, exchange: Exchange, origin: Origin | None = None) -> FollowUp | None:
        """What to look at after a call that was answered with success, or a submit of unknown fate; None: nothing.

        ``origin`` is what the call itself followed, where it did.
        """
        ...

    def beside(self, entry: Entry) -> FollowUp | None:
        """What to look at where it is not known what became of a call; None where nothing shows it."""
        ...

    def through(self, entry: Entry, target: Target) -> FollowUp:
        """A retrieve that somebody chose, to follow a submit of the journal."""
        ...

    def kinds(self) -> Sequence[Chain]:
        """Every kind of follow-up, in the order to show it; `CatalogueFileError` for a file of them that is wrong."""
        ...

    def left(self) -> Sequence[FollowUp]:
        """The batches of the last days whose check nobody has asked about, newest first."""
        ...

    def fill(self, follow_up: FollowUp) -> Filled:
        """The draft of a follow-up, with what the submit said in it."""
        ...
