"""What a door remembers from one start to the next: short texts under dotted names, nothing secret."""

from typing import Protocol


class Settings(Protocol):
    """Remembers at once and never fails: what cannot be kept is forgotten at the next start."""

    def get(self, name: str) -> str | None:
        """What was set under a name such as ``window.geometry``, None when nothing was."""
        ...

    def set(self, name: str, value: str) -> None:
        """Remember a text under a name."""
        ...
