"""What a door remembers from one start to the next: short texts under dotted names, nothing secret."""

from collections.abc import Callable
from typing import Protocol


class Settings(Protocol):
    """Remembers at once and never fails: what cannot be kept is forgotten at the next start.

    `get` and `set` wait for no disk, so the window may call them; `change` does.
    """

    def get(self, name: str) -> str | None:
        """What was set under a name such as ``window.geometry``, None when nothing was."""
        ...

    def set(self, name: str, value: str) -> None:
        """Remember a text under a name."""
        ...

    def change(self, name: str, make: Callable[[str | None], str]) -> None:
        """Make a text of what stands there now, whichever process wrote it; done once it is kept.

        ``make`` gets None where nothing was set. It runs while others wait, and more than once where keeping fails;
        what it raises leaves all as it was.
        """
        ...
