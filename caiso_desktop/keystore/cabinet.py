"""All keystores together: a store that cannot be read hides no other, and files are imported to where they belong."""

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from caiso_desktop.keystore.parcel import unpack
from caiso_desktop.keystore.vault import Vault
from caiso_desktop.keystore.vault_file import Kept, certificate_pem
from caiso_desktop.model.cabinet import ImportPlace
from caiso_desktop.model.error import CaisoError, IdentityError, UsageError
from caiso_desktop.model.identity import Identity, IdentityRef, Keystore

VAULT = ImportPlace(
    "vault", "This program's vault", "Encrypted here; its passphrase is kept by the keystore of this computer."
)
OWN_PASSPHRASE = ImportPlace(
    "vault-with-passphrase",
    "This program's vault, with a passphrase of yours",
    "Encrypted here; you type the passphrase once a session. For computers whose keystore cannot be used.",
)
WINDOWS = ImportPlace(
    "windows",
    "Windows certificate store, not exportable",
    "Windows keeps the key for your account, and nobody can take it out again. Keep the file in a safe place.",
)


class Importer(Protocol):
    """A keystore that takes .p12 and .pfx files itself."""

    def import_pfx(self, data: bytes, password: str | None) -> Identity:
        """Take a file in."""
        ...


class KeystoreCabinet:
    """Keystores in the order in which they are shown; ``importer`` is the Windows store where there is one.

    ``authorities`` gives those that the user trusts (PEM): they complete the chains of what is imported.
    """

    def __init__(
        self,
        stores: Sequence[Keystore],
        vault: Vault,
        importer: Importer | None = None,
        authorities: Callable[[], Sequence[bytes]] = tuple,
    ) -> None:
        self._stores = tuple(stores)
        self._vault = vault
        self._importer = importer
        self._authorities = authorities
        self._lock = threading.Lock()
        self._problems: tuple[CaisoError, ...] = ()

    @property
    def name(self) -> str:
        """It is itself a keystore to whoever only wants to list and to open."""
        return "all"

    def identities(self) -> Sequence[Identity]:
        """Every identity of every store that can be read."""
        found: list[Identity] = []
        problems: list[CaisoError] = []
        for store in self._stores:
            try:
                found.extend(store.identities())
            except IdentityError as error:
                problems.append(error)
        problems.extend(self._vault.damaged())
        with self._lock:
            self._problems = tuple(problems)
        return tuple(found)

    def problems(self) -> Sequence[CaisoError]:
        """What kept the last listing from reading the rest."""
        with self._lock:
            return self._problems

    def open(self, ref: IdentityRef) -> Identity:
        """The identity of this reference."""
        for store in self._stores:
            if store.name == ref.store:
                return store.open(ref)
        known = ", ".join(store.name for store in self._stores) or "none"
        raise IdentityError(f"there is no keystore '{ref.store}' on this computer.", advice=f"There are: {known}.")

    def import_places(self) -> Sequence[ImportPlace]:
        """Where files can be imported to, the best first."""
        return (WINDOWS, VAULT, OWN_PASSPHRASE) if self._importer is not None else (VAULT, OWN_PASSPHRASE)

    def import_files(self, files: Sequence[bytes], password: str | None, place: str) -> Identity:
        """Take a certificate and its key in."""
        places = {each.id for each in self.import_places()}
        if place not in places:
            raise UsageError(f"nothing can be imported to '{place}' here.", advice=f"There are: {', '.join(places)}.")
        parcel = unpack(files, password, list(self._links()))
        if place == WINDOWS.id and self._importer is not None:
            if len(files) != 1 or b"-----BEGIN " in files[0]:
                raise UsageError(
                    "Windows takes .p12 and .pfx files only.", advice="Import these files into the vault instead."
                )
            return self._importer.import_pfx(files[0], password)
        return self._vault.add(parcel, Kept.PERSON if place == OWN_PASSPHRASE.id else Kept.SYSTEM)

    def removal(self, ref: IdentityRef) -> str:
        """What is deleted with a certificate of the vault."""
        self._own(ref)
        return self._vault.removal(ref)

    def remove(self, ref: IdentityRef) -> None:
        """Delete a certificate of the vault; what others keep is theirs to delete."""
        self._own(ref)
        self._vault.remove(ref)

    def _own(self, ref: IdentityRef) -> None:
        if ref.store != self._vault.name:
            raise UsageError(
                f"a certificate of the store '{ref.store}' is not deleted from here.",
                advice="Delete it where it is kept: in Windows with certmgr.msc, on a card with its maker's program.",
            )

    def _links(self) -> Iterator[bytes]:
        """Every certificate (PEM) that may complete a chain: authorities that are trusted, and other chains'."""
        yield from self._authorities()
        for identity in self.identities():
            yield from map(certificate_pem, identity.certificate.chain)
