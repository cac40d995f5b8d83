"""Who one is towards CAISO, and whom one trusts: certificates, signers, keystores, authorities."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

SHORTEST_PASSPHRASE = 8
"""Characters of a passphrase that a person chooses."""


class Hash(StrEnum):
    """A hash that is signed: CAISO's services use the first two (rsa-sha1 by default, protocol of the SOAP services),
    TLS all but the first.
    """

    SHA1 = "sha1"
    SHA256 = "sha256"
    SHA384 = "sha384"
    SHA512 = "sha512"


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
    ``client_use`` says whether its extensions let it be shown to a server as a client's; ``key_bits`` is the length
    of its RSA key, 0 where it is not known; ``log_on_use`` that it is for logging on to Windows with a smart card.
    """

    der: bytes
    subject: str
    issuer: str
    serial: int
    thumbprint: str
    not_before: datetime
    not_after: datetime
    chain: tuple[bytes, ...] = ()
    client_use: bool = True
    key_bits: int = 0
    log_on_use: bool = False

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
class KeyFacts:
    """What a person is told of a private key: where it lives, in words that go on after "Its key lies", and whether
    it can be taken out of there (None: nobody says).
    """

    place: str
    exportable: bool | None = None


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A software key as a file for TLS: an encrypted PKCS#8 key in PEM, and its passphrase."""

    pem: bytes
    passphrase: bytes

    def __repr__(self) -> str:
        return "KeyFile(<redacted>)"


class Signer(Protocol):
    """A key that can only be used, never read."""

    def sign(self, digest: bytes, hash: Hash, padding: Padding) -> bytes:
        """The signature of a digest of the given hash; PSS with a salt as long as the digest.

        May take as long as a person takes to type a PIN. `IdentityError` when it cannot be made.
        """
        ...

    def supports(self, hash: Hash, padding: Padding) -> bool:
        """Whether the key's store can sign so: old Windows providers and some cards know PKCS#1 only."""
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

    @property
    def key_facts(self) -> KeyFacts:
        """Where the private half lives."""
        ...

    def key_file(self) -> KeyFile | None:
        """A copy of a software key, for a Python whose OpenSSL has no room for a signer; None where the key stays.

        Only `caiso_desktop.wire.tls` asks, and only where the OpenSSL is linked into Python itself: everywhere else
        TLS uses the signer.
        """
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


class Asking(Protocol):
    """Asks the person for something secret: a dialog in the window, a prompt in a terminal. Works on any thread."""

    def passphrase(self, question: str, *, new: bool) -> str | None:
        """What the person types; None where they decline, or where nobody can be asked.

        ``question`` names what it is for, without a mark at its end. A ``new`` one is typed twice.
        """
        ...


class Identities(Protocol):
    """Which identities a user has for each environment."""

    def for_environment(self, environment: str) -> Sequence[Identity]:
        """The identities that may be shown in this environment (its id); may take a while; touches no key."""
        ...


@dataclass(frozen=True, slots=True)
class Trust:
    """Which authorities may vouch for a server: the operating system's, or exactly these (PEM) when any are given.

    With ``beside_system`` these count beside the operating system's.
    """

    authorities: tuple[bytes, ...] = ()
    beside_system: bool = False
