"""Drafts from the files of other programs: requests and where they went; never passwords, certificates or scripts."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from caiso_desktop.model.error import UsageError
from caiso_desktop.model.service import Target


class ForeignError(UsageError):
    """A file of another program cannot be read as drafts; the detail says why, with the line where one is known."""

    title = "No drafts were found"
    advice = "Choose a SoapUI project (XML) or the main configuration file of caisopy (YAML)."


@dataclass(frozen=True, slots=True)
class ForeignDraft:
    """A request of another program. ``target`` is None where the catalogue has no such row, ``environment`` empty
    where its address is nowhere of the catalogue's; ``note`` says what was changed or is doubtful.
    """

    name: str
    payload: bytes
    target: Target | None
    environment: str = ""
    address: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ForeignFile:
    """What a file held: its kind in words, its drafts, and what of it could not be taken, each in a sentence."""

    kind: str
    drafts: tuple[ForeignDraft, ...]
    left: tuple[str, ...] = ()


class ForeignDrafts(Protocol):
    """Reads such files; parses XML and YAML, so never on a thread that must answer."""

    def read(self, path: Path) -> ForeignFile:
        """The drafts in a file. `ForeignError` where it holds none, or is none of those that are known."""
        ...
