"""The port to everything a person does with certificates besides using them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from caiso_desktop.model.error import CaisoError
from caiso_desktop.model.identity import Identities, Identity, IdentityRef, Keystore

CARD_MODULE = "pkcs11.module"
"""The setting that names the PKCS#11 module of a card or token; p11-kit's is used where it names none."""


@dataclass(frozen=True, slots=True)
class ImportPlace:
    """Somewhere a certificate file can be imported to, in words."""

    id: str
    title: str
    meaning: str


class TrackRecord(Protocol):
    """Where each certificate was accepted, and when last."""

    def note(self, ref: IdentityRef, environment: str, moment: datetime) -> None:
        """Remember that an environment (its id) accepted a certificate."""
        ...

    def worked(self, ref: IdentityRef) -> Mapping[str, datetime]:
        """The environments that accepted a certificate, with the moment of the last time."""
        ...


class Cabinet(Protocol):
    """All keystores together. Every verb may take a while, and works on any thread."""

    def identities(self) -> Sequence[Identity]:
        """Every identity of every store that can be read; touches no key."""
        ...

    def problems(self) -> Sequence[CaisoError]:
        """What kept `identities` from reading the rest."""
        ...

    def open(self, ref: IdentityRef) -> Identity:
        """The identity of this reference. `IdentityError` when it is not there."""
        ...

    def import_places(self) -> Sequence[ImportPlace]:
        """Where files can be imported to on this computer, the best first."""
        ...

    def import_files(self, files: Sequence[bytes], password: str | None, place: str) -> Identity:
        """Take a certificate and its key in. `IdentityError`, `StorageError` or `UsageError` in words."""
        ...

    def removal(self, ref: IdentityRef) -> str:
        """What `remove` deletes, in words that follow "this deletes". `UsageError` where it is not ours to delete."""
        ...

    def remove(self, ref: IdentityRef) -> None:
        """Delete a certificate and its key. `UsageError` where the store is not ours to delete from."""
        ...


class KeyRing(Protocol):
    """Everything by which the user can be somebody: the cabinet, and the simulator's identity beside it."""

    @property
    def stores(self) -> Sequence[Keystore]:
        """Every store, for whoever opens an identity by its reference."""
        ...

    @property
    def cabinet(self) -> Cabinet:
        """The user's certificates, without the simulator's."""
        ...

    @property
    def identities(self) -> Identities:
        """Which identities may be shown in which environment."""
        ...

    def close(self) -> None:
        """Let go of cards and of the system's stores."""
        ...
