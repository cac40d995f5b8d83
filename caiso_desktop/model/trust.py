"""Whom one trusts to vouch for CAISO's servers, environment by environment."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from caiso_desktop.model.answer import Note
from caiso_desktop.model.identity import Certificate, Trust


@dataclass(frozen=True, slots=True)
class Trusting:
    """What counts in an environment.

    ``added`` are the authorities that the user added, ``given`` those of catalogue files, which the user cannot take
    away. ``exactly`` is whether these alone count and the system's do not; ``fixed`` that a catalogue file wants it so.
    """

    added: tuple[Certificate, ...] = ()
    given: tuple[Certificate, ...] = ()
    exactly: bool = False
    fixed: bool = False


class Authorities(Protocol):
    """The authorities of each environment (by its id). Every verb works on any thread."""

    def trusting(self, environment: str) -> Trusting:
        """What counts, in words for a person."""
        ...

    def trust(self, environment: str) -> Trust:
        """What counts, for a transport."""
        ...

    def add(self, environment: str, files: Sequence[bytes]) -> Sequence[Certificate]:
        """Add the authorities in files (PEM, DER, P7B), and tell which are new.

        `UsageError` in words when one file cannot be used; then nothing was added.
        """
        ...

    def remove(self, environment: str, thumbprint: str) -> None:
        """Take one that the user added away again, by its SHA-256. `UsageError` when it is not there."""
        ...

    def pin(self, environment: str, *, exactly: bool) -> None:
        """Trust these alone, or the system's too. `UsageError` where nothing would be left, or a file wants it so."""
        ...


class Witness(Protocol):
    """Watches who vouches for the servers that calls go to."""

    def observe(self, host: str, certificate: bytes) -> Note | None:
        """Remember who issued a server's certificate (DER); what is to be told when it was somebody else before."""
        ...
