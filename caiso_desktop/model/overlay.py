"""The files of a company and a user that lie over the program's own catalogue, and what became of each."""

from dataclasses import dataclass
from pathlib import Path

from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.error import CatalogueFileError
from caiso_desktop.model.policy import Policy


@dataclass(frozen=True, slots=True)
class Change:
    """One thing an overlay changes that a person must agree to: where, what, and how it was and would be."""

    environment: str
    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Overlay:
    """A file that fits. ``owner`` is ``company`` or ``user``; ``fingerprint`` stands for exactly these changes."""

    file: Path
    owner: str
    changes: tuple[Change, ...]

    @property
    def fingerprint(self) -> str:
        """What is remembered when a person has agreed."""
        import hashlib  # imported late: the window's first paint does not need it

        words = [(change.environment, change.what, change.before, change.after) for change in self.changes]
        return hashlib.sha256(repr(words).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Layered:
    """The catalogue with all that lies over it.

    ``applied`` overlays count; ``pending`` ones wait for a yes; ``barred`` files are a user's where the company's
    policy allows none; ``refused`` says what is wrong with the others.
    """

    catalogue: Catalogue
    policy: Policy
    applied: tuple[Overlay, ...]
    pending: tuple[Overlay, ...]
    barred: tuple[Path, ...]
    refused: tuple[CatalogueFileError, ...]
