"""Where the schema of a payload lies, and the port that tells it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from caiso_desktop.model.provenance import Provenance
from caiso_desktop.model.service import Target


@dataclass(frozen=True, slots=True)
class SchemaPlace:
    """The schema of one document: a folder that nothing is read outside of, the file to begin with, and the root.

    ``entry`` is relative to the folder, with slashes: an XSD, or a WSDL whose types are used. ``root`` is the root
    element in Clark notation.
    """

    folder: Path
    entry: str
    root: str
    provenance: Provenance


SIMULATOR_NAMESPACE = "urn:caiso-desktop:simulator:"
"""How the namespaces of the simulator's own shapes begin; no document of these is ever sent to CAISO."""


def for_the_simulator(root: str) -> bool:
    """Whether a document with this root (Clark notation) has a shape of the simulator's own."""
    return root.startswith(f"{{{SIMULATOR_NAMESPACE}")


@dataclass(frozen=True, slots=True)
class KnownDocument:
    """A document of a service whose schema is known; ``role`` says which: ``request``, ``answer of getBatchHeader``."""

    role: str
    place: SchemaPlace


class Schemas(Protocol):
    """Who knows schemas: what is imported, what is bundled."""

    def place(self, target: Target, environment: str) -> SchemaPlace | None:
        """Where the schema of what is sent to a target lies; None where none is known.

        What is the simulator's own is told for the simulator's environment only.
        """
        ...

    def documents(self, target: Target, environment: str) -> Sequence[KnownDocument]:
        """Every document of a target whose schema is known: what is sent, what is answered."""
        ...


class NoSchemas:
    """Knows no schema: the fake, and what counts before any is there."""

    def place(self, target: Target, environment: str) -> SchemaPlace | None:
        """None."""
        return None

    def documents(self, target: Target, environment: str) -> Sequence[KnownDocument]:
        """None at all."""
        return ()


class EverySchema:
    """Several that know schemas, asked in turn: the first that knows one answers."""

    def __init__(self, schemas: Sequence[Schemas]) -> None:
        self._schemas = schemas

    def place(self, target: Target, environment: str) -> SchemaPlace | None:
        """The first one's answer."""
        for each in self._schemas:
            found = each.place(target, environment)
            if found is not None:
                return found
        return None

    def documents(self, target: Target, environment: str) -> Sequence[KnownDocument]:
        """Those of the first one that knows any."""
        return next(filter(None, (each.documents(target, environment) for each in self._schemas)), ())
