"""The fake beside the port of the drafts: it keeps them as long as it lives, and fails when a test says so."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from caiso_desktop.model.draft_store import BIN_DAYS, Binned, Restored, SavedDraft
from caiso_desktop.model.error import CaisoError, UsageError


class FakeDrafts:
    """Drafts in memory, in the order of the tabs; ``log`` lists the verbs, ``failure`` is raised by each."""

    def __init__(self) -> None:
        self.saved: dict[str, SavedDraft] = {}
        self.binned: list[Binned] = []
        self.held_back: tuple[SavedDraft, ...] = ()
        self.log: list[str] = []
        self.failure: CaisoError | None = None
        self.closed = False

    def save(self, draft: SavedDraft) -> None:
        """Keep it, also where it lies in the bin."""
        self._tell(f"save {draft.id}")
        for row, each in enumerate(self.binned):
            if each.draft.id == draft.id:
                self.binned[row] = replace(each, draft=draft)
                return
        self.saved[draft.id] = draft

    def arrange(self, ids: Sequence[str]) -> None:
        """Keep the order."""
        self._tell(f"arrange {' '.join(ids)}")
        self.saved = {each: self.saved[each] for each in ids if each in self.saved}

    def restore(self) -> Restored:
        """All that is open."""
        self._tell("restore")
        return Restored(tuple(self.saved.values()), self.held_back)

    def work_on(self, id: str | None, *, answer: bool = False) -> None:
        """Note it."""
        self._tell(f"work on {id}{' answer' if answer else ''}")

    def throw_away(self, id: str) -> None:
        """Into the bin."""
        self._tell(f"throw away {id}")
        if id in self.saved:
            self.binned.insert(0, Binned(self.saved.pop(id), datetime.now(UTC)))

    def bin(self) -> Sequence[Binned]:
        """What lies there."""
        self._tell("bin")
        return list(self.binned)

    def take_back(self, id: str) -> SavedDraft:
        """Out of the bin, or of what was held back."""
        self._tell(f"take back {id}")
        for each in self.binned:
            if each.draft.id == id:
                self.binned.remove(each)
                self.saved[id] = each.draft
                return each.draft
        for draft in self.held_back:
            if draft.id == id:
                return draft
        raise UsageError("the draft is no longer in the bin.")

    def files(self) -> Sequence[Path]:
        """Of all of them."""
        kept = [*self.saved.values(), *(each.draft for each in self.binned)]
        return [draft.file for draft in kept if draft.file is not None]

    def empty_bin(self, days: int = BIN_DAYS) -> int:
        """All of it."""
        count = len(self.binned)
        self.binned = []
        return count

    def close(self) -> None:
        """In good order."""
        self._tell("close")
        self.closed = True

    def _tell(self, verb: str) -> None:
        self.log.append(verb)
        if self.failure is not None:
            raise self.failure
