"""The port to the drafts that outlive the program: saved as one types, brought back at the next start."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from caiso_desktop.model.draft import Draft
from caiso_desktop.model.identity import IdentityRef
from caiso_desktop.model.service import Target
from caiso_desktop.model.undo import Undo

SAVE_WITHIN = 2.0
"""Seconds after an edit within which it is saved."""

BIN_DAYS = 30
MOST_CRASHES = 2
"""After so many crashes in a row a draft, or its answer, is not opened again by itself."""


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """A tab as it is saved. ``id`` is the tab's for as long as it exists.

    ``file`` is set where the payload is too big to be edited here and stays in the user's file; ``draft`` is empty
    then. ``caret`` and ``anchor`` are positions in the draft's view. ``exchange`` names the answer that was shown.
    """

    id: str
    environment: str
    target: Target
    draft: Draft
    identity: IdentityRef | None = None
    name: str = ""
    file: Path | None = None
    caret: int = 0
    anchor: int = 0
    macros: tuple[tuple[str, str], ...] = ()
    undo: Undo = field(default_factory=Undo)
    exchange: str = ""


@dataclass(frozen=True, slots=True)
class Restored:
    """What comes back at a start: tabs to open, in their order, and what was held back because it crashed.

    ``answers_held_back`` names the tabs (by id) that come back without their answer.
    """

    open: tuple[SavedDraft, ...] = ()
    held_back: tuple[SavedDraft, ...] = ()
    answers_held_back: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Binned:
    """A closed tab, kept for a while."""

    draft: SavedDraft
    when: datetime


class Drafts(Protocol):
    """Keeps drafts. Each verb is on the disk when it returns, and raises `StorageError` when it cannot be."""

    def save(self, draft: SavedDraft) -> None:
        """Keep a tab as it is now; a new one goes behind the others."""
        ...

    def arrange(self, ids: Sequence[str]) -> None:
        """Keep the order of the tabs."""
        ...

    def restore(self) -> Restored:
        """What to open at a start: every tab that no other window has open."""
        ...

    def work_on(self, id: str | None, *, answer: bool = False) -> None:
        """Note which tab (or its answer) is opened or worked on: a crash that follows counts as its own."""
        ...

    def throw_away(self, id: str) -> None:
        """Put a closed tab into the bin."""
        ...

    def bin(self) -> Sequence[Binned]:
        """What lies in the bin, last thrown away first."""
        ...

    def take_back(self, id: str) -> SavedDraft:
        """Take a tab out of the bin, or open one that was held back; `UsageError` when it is gone."""
        ...

    def files(self) -> Sequence[Path]:
        """The files in which drafts, those in the bin too, have a payload too big to be edited."""
        ...

    def empty_bin(self, days: int = BIN_DAYS) -> int:
        """Delete what has been in the bin for so many days (0: all); how many."""
        ...

    def close(self) -> None:
        """End in good order: nothing crashed."""
        ...
