"""The history of a draft's text, so that its edits can be taken back also after a restart."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from caiso_desktop.model.draft import Draft, common_end, common_start

MOST_EDITS = 1000
MOST_CHARACTERS = 2_000_000


@dataclass(frozen=True, slots=True)
class Edit:
    """One splice: at a position of the text, ``removed`` gave way to ``inserted``."""

    at: int
    removed: str
    inserted: str

    @classmethod
    def between(cls, before: str, after: str) -> "Edit":
        """The splice that makes one text of another."""
        start = common_start(before, after)
        end = common_end(before, after, start)
        return cls(start, before[start : len(before) - end], after[start : len(after) - end])

    @property
    def size(self) -> int:
        """How many characters it keeps."""
        return len(self.removed) + len(self.inserted)

    def apply(self, text: str) -> str:
        """The text after it."""
        return text[: self.at] + self.inserted + text[self.at + len(self.removed) :]

    def revert(self, text: str) -> str:
        """The text before it."""
        return text[: self.at] + self.removed + text[self.at + len(self.inserted) :]

    def joined(self, later: "Edit") -> "Edit | None":
        """Both as one, where ``later`` goes on typing or deleting where this one stopped, within a line."""
        if "\n" in later.inserted or "\r" in later.inserted or later.size != 1:
            return None
        if later.inserted and not self.removed and later.at == self.at + len(self.inserted):
            return replace(self, inserted=self.inserted + later.inserted)
        if later.removed and not self.inserted and later.at + 1 == self.at:
            return Edit(later.at, later.removed + self.removed, "")
        if later.removed and not self.inserted and later.at == self.at:
            return replace(self, removed=self.removed + later.removed)
        return None


@dataclass(frozen=True, slots=True)
class Undo:
    """What was done, oldest first, and what was taken back, last taken back last. Both bounded."""

    done: tuple[Edit, ...] = ()
    undone: tuple[Edit, ...] = ()

    def recorded(self, before: Draft, after: Draft, *, goes_on: bool = False) -> "Undo":
        """The history after an edit; what had been taken back cannot be done again.

        One that ``goes_on`` with the last one is taken back together with it.
        """
        if before.text == after.text:
            return self
        if goes_on and self.done and not self.undone:
            whole = Edit.between(self.done[-1].revert(before.text), after.text)
            return Undo(tuple(_bounded((*self.done[:-1], whole) if whole.size else self.done[:-1])))
        edit = Edit.between(before.text, after.text)
        joined = self.done[-1].joined(edit) if self.done and not self.undone else None
        done = (*self.done[:-1], joined) if joined else (*self.done, edit)
        return Undo(tuple(_bounded(done)))

    def back(self, draft: Draft) -> "tuple[Draft, Undo] | None":
        """The draft before the last edit, None when nothing is left to take back."""
        if not self.done:
            return None
        edit = self.done[-1]
        earlier = replace(draft, text=edit.revert(draft.text), revision=draft.revision + 1)
        return earlier, Undo(self.done[:-1], (*self.undone, edit))

    def forth(self, draft: Draft) -> "tuple[Draft, Undo] | None":
        """The draft with the edit last taken back done again, None when there is none."""
        if not self.undone:
            return None
        edit = self.undone[-1]
        later = replace(draft, text=edit.apply(draft.text), revision=draft.revision + 1)
        return later, Undo((*self.done, edit), self.undone[:-1])


def _bounded(done: tuple[Edit, ...]) -> Iterator[Edit]:
    """The newest that fit, oldest first; the very last one always does."""
    kept = total = 0
    for edit in reversed(done[-MOST_EDITS:]):
        total += edit.size
        if kept and total > MOST_CHARACTERS:
            break
        kept += 1
    yield from done[len(done) - kept :]
