"""Schema packages: WSDL and XSD files as CAISO publishes them, taken in by a user or a company.

A package keeps its files as they came. What its WSDLs describe overrides what is known by rule: an operation's
action, roots and style; its XSDs are where the schemas of payloads lie.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import UsageError
from caiso_desktop.model.identity import IdentityRef
from caiso_desktop.model.service import Target, Variant


class Owner(StrEnum):
    """Whose folder a package lies in."""

    USER = "yours"
    COMPANY = "the company's"


class Style(StrEnum):
    """How an operation's message stands in the Body: a document, or a procedure with its parameters (ADS)."""

    DOCUMENT = "document"
    RPC = "rpc"


@dataclass(frozen=True, slots=True)
class Described:
    """An operation as a WSDL describes it.

    ``request_root`` and ``answer_root`` are the elements in the Body in Clark notation, empty where the message has
    none; for RPC the wrapper, with the names of the request's ``parts``. ``file`` is the WSDL, relative to the
    package's folder with slashes; ``namespace`` its target namespace; ``address`` where it says the service is.
    ``request_file`` and ``answer_file`` are where the schemas of these begin; empty where they cannot be used.
    """

    name: str
    action: str
    style: Style
    request_root: str
    answer_root: str
    file: str
    namespace: str = ""
    address: str = ""
    parts: tuple[str, ...] = ()
    request_file: str = ""
    answer_file: str = ""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file (or a part of it) that could not be used: where (``line`` from 1, 0 where none is known), and why."""

    file: str
    line: int
    why: str

    def __str__(self) -> str:
        place = f"{self.file}, line {self.line}" if self.line else self.file
        return f"{place}: {self.why}"


@dataclass(frozen=True, slots=True)
class Contents:
    """What was found in the files of a package. ``roots`` tells, for each element that a document may begin with
    (Clark notation), the XSD that declares it; ``left_out`` counts files that are neither WSDL nor XSD.
    """

    operations: tuple[Described, ...] = ()
    roots: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    unreadable: tuple[Unreadable, ...] = ()
    files: int = 0
    size: int = 0
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Package:
    """One package on the shelf. ``source`` is the file, folder or address it came from, ``folder`` where its files
    lie, ``by_hand`` the rows that a person has given to operations (by name).
    """

    name: str
    owner: Owner
    source: str
    imported: datetime
    folder: Path
    contents: Contents
    by_hand: Mapping[str, Target] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Matched:
    """An operation, and the rows of the catalogue it is about: by its name and version, or by hand."""

    operation: Described
    targets: tuple[Target, ...]
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Stock:
    """A package, compared with the catalogue: what is known there, and what is new.

    ``documents`` are rows whose payload has a schema in the package although no WSDL there describes the operation.
    """

    package: Package
    matched: tuple[Matched, ...]
    new: tuple[Described, ...]
    documents: tuple[Target, ...] = ()


def ignore_words(words: str) -> None:
    """For callers that do not watch."""


class PackageError(UsageError):
    """A package is refused whole, and nothing was changed; the detail names the file."""

    title = "The package was not imported"
    advice = "Nothing was changed. Use the package as CAISO publishes it."


class PackageExists(PackageError):
    """There is a package of this name; the user may replace it."""

    title = "There is such a package already"
    advice = "Replace it, or give this one another name."

    def __init__(self, name: str) -> None:
        super().__init__(f"a package named '{name}' was imported before.")
        self.name = name


@dataclass(frozen=True, slots=True)
class ShelfPlace:
    """Where packages of an owner lie, and why none can be put there; empty where one can."""

    owner: Owner
    folder: Path
    hindrance: str = ""


@dataclass(frozen=True, slots=True)
class Fetch:
    """Whose WSDL is to be asked for (a row, in an environment, with a certificate), and for whom it is kept."""

    target: Target
    environment: str
    identity: IdentityRef | None
    owner: Owner = Owner.USER


class Packages(Protocol):
    """The shelf of packages. Every verb reads or writes files, so none is for a thread that must answer."""

    def stock(self) -> Sequence[Stock]:
        """Every package, the user's first, the last imported first."""
        ...

    def places(self) -> Sequence[ShelfPlace]:
        """Where packages lie, the user's first; tries whether they may be put there."""
        ...

    def add(
        self,
        source: Path,
        token: CancelToken,
        *,
        name: str = "",
        owner: Owner = Owner.USER,
        replace: bool = False,
        origin: str = "",
        tell: Callable[[str], None] = ignore_words,
    ) -> Stock:
        """Take in a zip, a folder, or a single WSDL or XSD file, whole or not at all.

        ``name`` is that of the source when left out; ``origin`` is told as its source instead of its path; ``tell``
        hears what is done. `PackageError` where nothing of it can be used or it must not be unpacked, `PackageExists`
        without ``replace``, `StorageError`, `Cancelled`; nothing is changed then.
        """
        ...

    def remove(self, name: str, owner: Owner = Owner.USER) -> None:
        """Forget a package, and delete its files. `PackageError` where there is none, `StorageError`."""
        ...

    def match(self, name: str, operation: str, target: Target | None, owner: Owner = Owner.USER) -> Stock:
        """Say by hand which row an operation is about; None takes that back."""
        ...


class Collector(Protocol):
    """Asks endpoints for what they are described by."""

    def fetch(
        self, wanted: Fetch, token: CancelToken, *, replace: bool = False, tell: Callable[[str], None] = ignore_words
    ) -> Stock:
        """Ask an endpoint for its WSDL and what that names beside it, and take it in.

        Besides the errors of `Packages.add`: `IdentityError`, `HostNotApproved`, `TransportError`.
        """
        ...


class Contracts(Protocol):
    """What packages say of a row. Answers from memory, unless a package has changed."""

    def now(self) -> "Contracts":
        """What they say at this moment: the same object for as long as they say the same."""
        ...

    def described(self, target: Target) -> Described | None:
        """The operation of a row as a WSDL describes it, None where none does."""
        ...

    def declared(self, target: Target, root: str) -> "Declared | None":
        """Where a document of a row, with this root in Clark notation, has its schema; None where nowhere."""
        ...


@dataclass(frozen=True, slots=True)
class Declared:
    """The schema of a document: its package, the file it begins with, its root."""

    package: Package
    file: str
    root: str


class NoContracts:
    """No package at all: the fake, and what counts before any is there."""

    def now(self) -> Contracts:
        """Itself."""
        return self

    def described(self, target: Target) -> Described | None:
        """None."""
        return None

    def declared(self, target: Target, root: str) -> Declared | None:
        """None."""
        return None


SOAP_VARIANTS = (Variant.AP, Variant.DOCATTACH)
