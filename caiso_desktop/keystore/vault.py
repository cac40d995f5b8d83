"""The vault: certificates imported from files, each one file, its key encrypted and its passphrase elsewhere.

A file of the vault is text: one line of what it is, an encrypted PKCS#8 key, the certificate, its chain. The passphrase
is 256 random bits in the operating system's keystore; where there is none, the person chooses one and is asked for it
once a session. Listing reads certificates only: no key is touched, and no keystore opened.
"""

import contextlib
import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from caiso_desktop.keystore.certificate import belongs, read_certificate
from caiso_desktop.keystore.memory import SoftwareSigner, key_file
from caiso_desktop.keystore.parcel import Parcel
from caiso_desktop.keystore.secret import Secrets, SecretsError
from caiso_desktop.keystore.vault_file import (
    Head,
    Kept,
    PassphraseMissing,
    VaultError,
    certificate_pem,
    read_file,
    stretch,
    write_file,
)
from caiso_desktop.model.error import IdentityError, StorageError
from caiso_desktop.model.identity import (
    SHORTEST_PASSPHRASE,
    Asking,
    Certificate,
    Hash,
    Identity,
    IdentityRef,
    KeyFacts,
    KeyFile,
    Padding,
    Signer,
)

REMEMBERED = 32
"""Of how many files the certificate is remembered: to read it and prove its chain takes longer than to dress a call."""


class Vault:
    """Certificates in a folder of this user and machine; safe for several threads."""

    name = "vault"

    def __init__(self, folder: Path, secrets: Secrets, asking: Asking) -> None:
        self._folder = folder
        self._secrets = secrets
        self._asking = asking
        self._lock = threading.RLock()
        self._open: dict[str, rsa.RSAPrivateKey] = {}
        # A file is looked at each time, for another process may have replaced it; the same bytes say the same.
        self._certificate = lru_cache(maxsize=REMEMBERED)(read_certificate)

    def identities(self) -> Sequence[Identity]:
        """Every identity whose file can be read, by name; see `damaged` for the others."""
        found = [entry for entry in self._entries() if not isinstance(entry, IdentityError)]
        return tuple(sorted(found, key=_order))

    def damaged(self) -> Sequence[IdentityError]:
        """What is wrong with each file that cannot be read."""
        return tuple(entry for entry in self._entries() if isinstance(entry, IdentityError))

    def open(self, ref: IdentityRef) -> Identity:
        """The identity of this reference."""
        path = self._path(ref.thumbprint)
        if ref.store != self.name or not path.is_file():
            raise IdentityError(f"the certificate {ref.thumbprint[:12]} is not in the vault.")
        return self._entry(path)

    def add(self, parcel: Parcel, kept: Kept = Kept.SYSTEM) -> Identity:
        """Take a certificate and its key in, whole or not at all; one that is here already is replaced.

        Raises `SecretsError` where the system's keystore does not take the passphrase, `StorageError` where the file
        cannot be written, `IdentityError` where the person gives no passphrase.
        """
        certificate = parcel.certificate
        path = self._path(certificate.thumbprint)
        with self._lock:
            former = self._former(path)
            head, passphrase = self._new_passphrase(kept, certificate)
            encryption = serialization.BestAvailableEncryption(passphrase)
            key = parcel.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
            text = (
                f"{head}\n".encode()
                + key
                + b"".join(certificate_pem(der) for der in (certificate.der, *certificate.chain))
            )
            try:
                write_file(path, text)
            except OSError as error:
                if head.kept is Kept.SYSTEM:
                    self._forget(head)
                raise StorageError(f"{path} could not be written ({error.strerror}).") from error
            self._forget(former)
            self._open[certificate.thumbprint] = parcel.key
        return self._entry(path)

    def removal(self, ref: IdentityRef) -> str:
        """What `remove` deletes, in words."""
        former = self._former(self._path(ref.thumbprint))
        file = "its file in this program's vault, with the key in it"
        kept = former is not None and former.kept is Kept.SYSTEM
        return f"{file}, and its passphrase in the {self._secrets.place}" if kept else file

    def remove(self, ref: IdentityRef) -> None:
        """Delete a certificate with its key and its passphrase."""
        path = self._path(ref.thumbprint)
        with self._lock:
            if ref.store != self.name or not path.is_file():
                raise IdentityError(f"the certificate {ref.thumbprint[:12]} is not in the vault.")
            former = self._former(path)
            try:
                path.unlink()
            except OSError as error:
                raise StorageError(f"{path} could not be deleted ({error.strerror}).") from error
            self._open.pop(ref.thumbprint, None)
            self._forget(former)

    def key(self, certificate: Certificate) -> rsa.RSAPrivateKey:
        """The private key, decrypted once a session. Raises `SecretsError`, `VaultError`."""
        with self._lock:
            known = self._open.get(certificate.thumbprint)
            if known is None:
                known = self._open[certificate.thumbprint] = self._decrypt(certificate)
            return known

    def _decrypt(self, certificate: Certificate) -> rsa.RSAPrivateKey:
        path = self._path(certificate.thumbprint)
        text = read_file(path)
        head = Head.read(text, path)
        for attempt in range(3):
            passphrase = self._passphrase(head, certificate, again=attempt > 0)
            try:
                key = serialization.load_pem_private_key(text, passphrase)
            except ValueError as error:
                if head.kept is Kept.PERSON and attempt < 2:
                    continue
                raise VaultError(
                    f"the key of {certificate.common_name} does not open: the vault's file {path.name} is damaged, "
                    "or the passphrase is not the one it was made with."
                ) from error
            if isinstance(key, rsa.RSAPrivateKey) and belongs(key, certificate):
                return key
            break
        raise VaultError(f"the key in the vault's file {path.name} is not that of {certificate.common_name}.")

    def _passphrase(self, head: Head, certificate: Certificate, *, again: bool) -> bytes:
        if head.kept is Kept.SYSTEM:
            found = self._secrets.get(head.name)
            if found is None:
                raise VaultError(
                    f"the {self._secrets.place} does not have the passphrase of {certificate.common_name}: the vault "
                    "was copied here from another computer or user, or the passphrase was deleted."
                )
            return found.encode()
        question = f"The vault's passphrase for {certificate.common_name}"
        typed = self._asking.passphrase(f"That was not it. {question}" if again else question, new=False)
        if typed is None:
            raise PassphraseMissing(
                f"{certificate.common_name} is protected by a passphrase of yours, and it was not given."
            )
        return stretch(typed, head.name)

    def _new_passphrase(self, kept: Kept, certificate: Certificate) -> tuple[Head, bytes]:
        if kept is Kept.SYSTEM:
            secret, head = secrets.token_hex(32), Head(kept, secrets.token_hex(8))
            self._secrets.set(head.name, secret)
            return head, secret.encode()
        typed = self._asking.passphrase(f"A new passphrase for {certificate.common_name}", new=True)
        if typed is None or len(typed) < SHORTEST_PASSPHRASE:
            raise IdentityError(
                f"the vault needs a passphrase of at least {SHORTEST_PASSPHRASE} characters for "
                f"{certificate.common_name}.",
                advice="Choose one that you will remember: without it the certificate must be imported again.",
            )
        head = Head(kept, secrets.token_hex(16))
        return head, stretch(typed, head.name)

    def _former(self, path: Path) -> Head | None:
        with contextlib.suppress(OSError, IdentityError, StorageError):
            return Head.read(path.read_bytes(), path)
        return None

    def _forget(self, head: Head | None) -> None:
        if head is not None and head.kept is Kept.SYSTEM:
            # A passphrase without its file opens nothing: a keystore that will not forget it does no harm.
            with contextlib.suppress(SecretsError):
                self._secrets.delete(head.name)

    def _path(self, thumbprint: str) -> Path:
        return self._folder / f"{thumbprint}.pem"

    def _entries(self) -> list["VaultIdentity | IdentityError"]:
        try:
            paths = sorted(self._folder.glob("*.pem"))
        except OSError:
            return []
        return [self._try(path) for path in paths]

    def _try(self, path: Path) -> "VaultIdentity | IdentityError":
        try:
            return self._entry(path)
        except IdentityError as error:
            error.spoilt = path.stem
            return error

    def _entry(self, path: Path) -> "VaultIdentity":
        text = read_file(path)
        head = Head.read(text, path)
        try:
            certificate = self._certificate(text)
        except IdentityError as error:
            raise VaultError(f"the vault's file {path.name} is damaged.") from error
        if certificate.thumbprint != path.stem:
            raise VaultError(f"the vault's file {path.name} is damaged: it holds another certificate.")
        return VaultIdentity(self, certificate, self._where(head))

    def _where(self, head: Head) -> str:
        keeper = f"the {self._secrets.place} keeps" if head.kept is Kept.SYSTEM else "you type once a session"
        return f"in this program's vault, encrypted with a passphrase that {keeper}"


@dataclass(frozen=True, slots=True)
class VaultIdentity:
    """A certificate of the vault; its key is decrypted when something is signed."""

    vault: Vault
    certificate: Certificate
    place: str

    @property
    def ref(self) -> IdentityRef:
        """How settings name it."""
        return IdentityRef(self.vault.name, self.certificate.thumbprint)

    @property
    def signer(self) -> Signer:
        """Itself."""
        return self

    @property
    def key_facts(self) -> KeyFacts:
        """In the vault, which gives no key away."""
        return KeyFacts(self.place, exportable=False)

    def sign(self, digest: bytes, hash: Hash, padding: Padding) -> bytes:
        """The signature of a digest."""
        return SoftwareSigner(self.vault.key(self.certificate)).sign(digest, hash, padding)

    def supports(self, hash: Hash, padding: Padding) -> bool:
        """Everything."""
        return True

    def key_file(self) -> KeyFile:
        """A copy, for a Python that cannot use the signer."""
        return key_file(self.vault.key(self.certificate))


def _order(entry: VaultIdentity) -> tuple[str, float]:
    return entry.certificate.subject, -entry.certificate.not_after.timestamp()
