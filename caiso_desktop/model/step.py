"""The way to an element of a document, step by step from its root."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path through a document: an element's name, and which it is among its like (from 0)."""

    name: str
    index: int = 0

    @property
    def local(self) -> str:
        """Its name without the namespace."""
        return self.name.rpartition("}")[2]

    def __str__(self) -> str:
        return f"{self.local}[{self.index + 1}]" if self.index else self.local


def path_in_words(path: tuple[Step, ...]) -> str:
    """A path for a person: ``RawBidSet / MessagePayload / GeneratorBid[2]``; the first of its like has no number."""
    return " / ".join(map(str, path))
