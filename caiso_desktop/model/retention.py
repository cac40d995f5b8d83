"""How long things are kept, how much room they may take, and where everything lies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol

FOREVER = 0


@dataclass(frozen=True, slots=True)
class Retention:
    """Days and bytes; 0 days is for ever. Answers go by age, then the oldest until they fit in ``answer_bytes``.

    ``record_days`` is how long the journal keeps what a call said; the chain of its hashes stays for ever.
    """

    answer_days: int = 90
    answer_bytes: int = 5_000_000_000
    record_days: int = FOREVER
    bin_days: int = 30

    @property
    def answer_age(self) -> timedelta:
        """How old an answer may become."""
        return timedelta(days=self.answer_days) if self.answer_days else timedelta.max


@dataclass(frozen=True, slots=True)
class Lies:
    """Something of the program's on the disk: what it is in words, where, how many bytes."""

    what: str
    where: Path
    size: int


@dataclass(frozen=True, slots=True)
class Deleted:
    """How much was deleted."""

    answers: int = 0
    records: int = 0
    drafts: int = 0

    def __str__(self) -> str:
        counts = ((self.answers, "answers"), (self.records, "records"), (self.drafts, "drafts in the bin"))
        said = ", ".join(f"{count:,} {what}" for count, what in counts if count)
        return f"Deleted: {said}." if said else "There was nothing to delete."


class Keeper(Protocol):
    """Deletes what is old. Each verb may take a while; `StorageError` where the database cannot be written."""

    @property
    def retention(self) -> Retention:
        """How long things are kept now."""
        ...

    def set_retention(self, retention: Retention) -> None:
        """Keep things for another time from now on; deletes nothing yet."""
        ...

    def tidy(self) -> Deleted:
        """Delete what is older or more than it may be."""
        ...

    def delete_now(self, *, answers: bool = False, records: bool = False, drafts: bool = False) -> Deleted:
        """Delete at once, whatever its age: answers, what records say, the bin. What is under way stays."""
        ...

    def where(self) -> Sequence[Lies]:
        """Where everything lies, and how much room it takes."""
        ...
