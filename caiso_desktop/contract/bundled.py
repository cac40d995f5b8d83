"""The contracts that come with the program: which documents of which services they are about, and what they rest on."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from caiso_desktop.model.error import SchemaError
from caiso_desktop.model.provenance import Ground, Provenance
from caiso_desktop.model.schema import KnownDocument, SchemaPlace
from caiso_desktop.model.service import Target, Variant

FORMAT = 1


@dataclass(frozen=True, slots=True)
class _Entry:
    application: str
    services: frozenset[str]
    versions: frozenset[str]
    documents: tuple[KnownDocument, ...]

    def is_about(self, target: Target) -> bool:
        return (
            self.application == target.application
            and target.service in self.services
            and target.version in self.versions
        )


class BundledSchemas:
    """Reads ``contract.toml`` of every folder when first asked; ``simulator`` is the id of its environment."""

    def __init__(self, folder: Path, simulator: str) -> None:
        self._folder = folder
        self._simulator = simulator

    def place(self, target: Target, environment: str) -> SchemaPlace | None:
        """Where the schema of what is sent to a target lies; None where none is known."""
        wanted: tuple[str, ...] = (_role("request", target.procedure), "request")
        if target.variant is Variant.RPC and not target.procedure:
            wanted = tuple(each.role for each in self.documents(target, environment) if each.role.startswith("request"))
        return next((each.place for each in self.documents(target, environment) if each.role in wanted), None)

    def documents(self, target: Target, environment: str) -> Sequence[KnownDocument]:
        """Every document of a target whose schema comes with the program."""
        return [
            document
            for entry in self._entries
            if entry.is_about(target)
            for document in entry.documents
            if environment == self._simulator or not document.place.provenance.simulator_only
        ]

    @cached_property
    def _entries(self) -> list[_Entry]:
        return [entry for path in sorted(self._folder.glob("*/contract.toml")) for entry in _entries(path)]


def _entries(path: Path) -> list[_Entry]:
    try:
        table = tomllib.loads(path.read_text("utf-8"))
        if table["format"] != FORMAT:
            raise SchemaError(f"{path.parent.name}/{path.name} has the format {table['format']}, known is {FORMAT}.")
        provenance = Provenance(Ground(table["ground"]), table["source"], table.get("note", ""))
        return [_entry(row, path.parent, provenance) for row in table.get("document", ())]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SchemaError(
            f"{path.parent.name}/{path.name} cannot be read ({error}).", advice="Install the program again."
        ) from error


def _entry(row: Mapping[str, object], folder: Path, provenance: Provenance) -> _Entry:
    procedure = row.get("procedure")
    documents = []
    for role in ("request", "answer"):
        found = row.get(role)
        if isinstance(found, dict):
            place = SchemaPlace(folder, found["file"], found["root"], provenance)
            documents.append(KnownDocument(_role(role, procedure), place))
    return _Entry(str(row["application"]), _names(row["services"]), _names(row["versions"]), tuple(documents))


def _role(role: str, procedure: object) -> str:
    return f"{role} of {procedure}" if procedure else role


def _names(found: object) -> frozenset[str]:
    if not isinstance(found, list):
        raise TypeError(f"{found!r} is no list of names")
    return frozenset(map(str, found))
