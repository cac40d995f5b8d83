"""Who one is towards CAISO, and whom one trusts: certificates, signers, keystores, authorities."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Hash(StrEnum):
    """A hash of the signatures CAISO's services use (rsa-sha1 by default, protocol of the SOAP services)."""

    SHA1 = "sha1"
    SHA256 = "sha256"


class Padding(StrEnum):
    """An RSA padding: PKCS#1 v1.5 for XML signatures and TLS 1.2, PSS for TLS 1.3."""

    PKCS1 = "pkcs1"
    PSS = "pss"


@dataclass(frozen=True, slots=True)
class Certificate:
    """The public half of an identity.

    ``subject`` is the distinguished name as CAISO spells it (``CN=Jane Doe x1234,OU=people,O=CAISO,C=US``):
    most specific first, no space after the commas. ``thumbprint`` is the SHA-256 of ``der`` in upper-case hex.
    ``chain`` holds the DER of the issuing certificates, nearest first, without the root where it is not known.
    """

    der: bytes
    subject: str
    issuer: str
    serial: int
    thumbprint: str
    not_before: datetime
    not_after: datetime
    chain: tuple[bytes, ...] = ()

    @property
    def common_name(self) -> str:
        """The CN of the subject, for a chip or a list."""
        for part in self.subject.split(","):
            if part.startswith("CN="):
                return part.removeprefix("CN=")
        return self.subject


@dataclass(frozen=True, slots=True)
class IdentityRef:
    """How settings and drafts name a certificate: its store and thumbprint; nothing secret."""

    store: str
    thumbprint: str

    def __str__(self) -> str:
        return f"{self.store}:{self.thumbprint}"


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A software key for TLS: an encrypted PKCS#8 key in PEM, and its passphrase."""

    pem: bytes
    passphrase: bytes

    def __repr__(self) -> str:
        return "KeyFile(<redacted>)"


class Signer(Protocol):
    """A key that can only be used, never read."""

    def sign(self, digest: bytes, hash: Hash, padding: Padding) -> bytes:
        """The signature of a digest of the given hash."""
        ...


class Identity(Protocol):
    """A certificate together with something that signs for it."""

    @property
    def ref(self) -> IdentityRef:
        """How settings name it."""
        ...

    @property
    def certificate(self) -> Certificate:
        """The public half."""
        ...

    @property
    def signer(self) -> Signer:
        """The private half, to be used only."""
        ...

    def key_file(self) -> KeyFile:
        """The key as TLS wants it."""
        ...


class Keystore(Protocol):
    """A place where identities are kept."""

    @property
    def name(self) -> str:
        """The store's name, the first half of a reference."""
        ...

    def identities(self) -> Sequence[Identity]:
        """Every identity in this store; touches no key."""
        ...

    def open(self, ref: IdentityRef) -> Identity:
        """The identity of this reference; `IdentityError` when it is not there."""
        ...


class Identities(Protocol):
    """Which identities a user has for each environment."""

    def for_environment(self, environment: str) -> Sequence[Identity]:
        """The identities that may be shown in this environment (its id); may take a while; touches no key."""
        ...


@dataclass(frozen=True, slots=True)
class Trust:
    """Which authorities may vouch for a server: the operating system's, or exactly these (PEM) when any are given."""

    authorities: tuple[bytes, ...] = ()
