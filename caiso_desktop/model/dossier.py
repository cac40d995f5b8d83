"""The port to exchanges that leave the house: saved as a redacted zip, opened read-only elsewhere."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import UsageError
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.package import ignore_words

SUFFIX = ".caiso.zip"
FORMAT = "caiso-exchange"
VERSION = 1
MOST_BYTES = 4 << 30
"""Bytes of an exchange, unpacked; a larger one is neither saved nor opened nor played."""


class DossierError(UsageError):
    """A file is no saved exchange, or one that cannot be read."""

    title = "This exchange cannot be opened"
    advice = "Ask whoever sent it to save the exchange again."


@dataclass(frozen=True, slots=True)
class Hidden:
    """What a dossier has stand-ins for: always tokens and user names; ``market`` coordinators, resources, prices."""

    market: bool = False


@dataclass(frozen=True, slots=True)
class Dossier:
    """A saved exchange, opened: its files lie in ``folder``, which is also what a simulator plays back.

    ``catalogue`` is the version of the catalogue that it was made by, ``program`` that of the program, ``replaced``
    says of each kind of thing how many were replaced by stand-ins. ``verdict`` is how the answer was understood there,
    ``conformity`` how the payload stood to its schema.
    """

    exchange: Exchange
    folder: Path
    environment: str
    catalogue: str
    program: str
    replaced: tuple[tuple[str, int], ...]
    verdict: str = ""
    conformity: str = ""


class Dossiers(Protocol):
    """Both ways; for a worker. The same value has the same stand-in everywhere in a zip, and another in the next."""

    def suggest_name(self, exchange: Exchange) -> str:
        """A file name (no folder)."""
        ...

    def save(
        self,
        exchange: Exchange,
        destination: Path,
        hidden: Hidden,
        *,
        overwrite: bool,
        token: CancelToken | None = None,
        tell: Callable[[str], None] = ignore_words,
    ) -> tuple[str, ...]:
        """Save an exchange whole or not at all; what was replaced, in words. `StorageError`, `UsageError`, `Cancelled`.

        Nothing is held, however large it is; ``tell`` is told how far it is.
        """
        ...

    def open(self, source: Path) -> Dossier:
        """Open a saved exchange into a folder of ours. `DossierError` in a sentence; then nothing is left behind."""
        ...
