"""One file of the vault: what stands in it, and how it is written.

Text: one line of what it is, an encrypted PKCS#8 key, the certificate, its chain.
"""

import base64
import hashlib
import os
import tempfile
import time
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from caiso_desktop.model.error import IdentityError, Way

FORMAT = "CAISO Desktop vault 1"


class Kept(StrEnum):
    """Who keeps the passphrase of a file."""

    SYSTEM = "system"
    PERSON = "person"


class VaultError(IdentityError):
    """A certificate of the vault cannot be used."""

    title = "The certificate cannot be used"
    advice = "Import the certificate's file again."
    ways = (Way.IMPORT,)


class PassphraseMissing(VaultError):
    """The person was asked for the passphrase of a certificate, and did not give it."""

    advice = "Try again and type it; it is asked for once a session."
    ways = (Way.AGAIN,)


@dataclass(frozen=True, slots=True)
class Head:
    """The first line of a file: who keeps the passphrase, and its name there, or its salt."""

    kept: Kept
    name: str

    @classmethod
    def read(cls, text: bytes, path: Path) -> "Head":
        """The head of a file. `VaultError` when it has none that we know."""
        first = text.partition(b"\n")[0].decode("ascii", "replace").strip()
        title, _, rest = first.partition("; passphrase ")
        kept, _, name = rest.partition(" ")
        if title != FORMAT or kept not in tuple(Kept) or not name:
            raise VaultError(f"the vault's file {path.name} is damaged, or of a newer version of this program.")
        return cls(Kept(kept), name)

    def __str__(self) -> str:
        return f"{FORMAT}; passphrase {self.kept} {self.name}"


def stretch(typed: str, salt: str) -> bytes:
    """A person's passphrase made as costly to guess as half a second and 64 MB allow."""
    made = hashlib.scrypt(typed.encode(), salt=bytes.fromhex(salt), n=2**16, r=8, p=1, maxmem=2**27, dklen=32)
    return base64.b64encode(made)


def certificate_pem(der: bytes) -> bytes:
    """A certificate as PEM."""
    body = base64.encodebytes(der)
    return b"-----BEGIN CERTIFICATE-----\n" + body + b"-----END CERTIFICATE-----\n"


def read_file(path: Path) -> bytes:
    """A file of the vault. `VaultError` when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise VaultError(
            f"the vault's file {path} cannot be read ({error.strerror}).", advice="Check the permissions of its folder."
        ) from error


def write_file(path: Path, text: bytes) -> None:
    """Write a file that only the user may read, whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".new-", dir=path.parent)  # made for the user alone
    new = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        _replace(new, path)
    finally:
        new.unlink(missing_ok=True)


def _replace(new: Path, path: Path) -> None:
    """Put a file in place; on Windows a virus scanner may hold either of them for a moment."""
    for pause in (0.05, 0.1, 0.2, 0.4, 0.8):
        try:
            new.replace(path)
        except PermissionError:
            time.sleep(pause)
        else:
            return
    new.replace(path)
