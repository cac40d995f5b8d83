"""A package on disk: its deed (``package.json``) and the index of its files, as JSON.

``packages/NAME/package.json``: ``{"format": 1, "name", "source", "imported", "files", "matched"}``, where ``files``
names the folder beside it that counts and ``matched`` gives a row to an operation by hand.
``packages/NAME/index-....json``: what was found in the files. It can be made again at any time, so one that is
missing, damaged or of another format is.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from caiso_desktop.model.package import Contents, Described, Style, Unreadable
from caiso_desktop.model.service import Target, Variant

FORMAT = 1
INDEX_FORMAT = 1
DEED = "package.json"


class Damaged(ValueError):
    """A deed that cannot be read; the words say why."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What a package is, apart from its files."""

    name: str
    source: str
    imported: datetime
    files: str
    by_hand: Mapping[str, Target] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def index(self) -> str:
        """The name of the index of its files."""
        return f"{self.files.replace('files-', 'index-', 1)}.json"


def deed_bytes(deed: Deed) -> bytes:
    """A deed as it is written."""
    matched = {name: _row(target) for name, target in deed.by_hand.items()}
    return _json(
        {
            "format": FORMAT,
            "name": deed.name,
            "source": deed.source,
            "imported": deed.imported.isoformat(),
            "files": deed.files,
            "matched": matched,
        }
    )


def read_deed(data: bytes) -> Deed:
    """The deed in a file; `Damaged`."""
    try:
        table = json.loads(data)
        if table["format"] > FORMAT:
            raise Damaged("it was written by a newer version of the program.")
        files = str(table["files"])
        if not files.startswith("files-") or not files.removeprefix("files-").isalnum():
            raise Damaged("it names a folder that is not its own.")
        by_hand = {str(name): _target(row) for name, row in table["matched"].items()}
        imported = datetime.fromisoformat(table["imported"])
        return Deed(str(table["name"]), str(table["source"]), imported, files, MappingProxyType(by_hand))
    except Damaged:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Damaged("it is damaged.") from error


def index_bytes(contents: Contents) -> bytes:
    """An index as it is written."""
    return _json(
        {
            "format": INDEX_FORMAT,
            "operations": [{**asdict(each), "style": str(each.style)} for each in contents.operations],
            "roots": dict(contents.roots),
            "unreadable": [asdict(each) for each in contents.unreadable],
            "files": contents.files,
            "size": contents.size,
            "left_out": contents.left_out,
        }
    )


def read_index(data: bytes) -> Contents | None:
    """The contents in an index; None where it is to be made again."""
    try:
        table = json.loads(data)
        if table["format"] != INDEX_FORMAT:
            return None
        return Contents(
            operations=tuple(_described(row) for row in table["operations"]),
            roots=MappingProxyType({str(root): str(file) for root, file in table["roots"].items()}),
            unreadable=tuple(Unreadable(row["file"], row["line"], row["why"]) for row in table["unreadable"]),
            files=table["files"],
            size=table["size"],
            left_out=table["left_out"],
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _described(row: Mapping[str, Any]) -> Described:
    return Described(**{**row, "style": Style(row["style"]), "parts": tuple(row["parts"])})


def _row(target: Target) -> dict[str, str]:
    return {
        "application": target.application,
        "service": target.service,
        "version": target.version,
        "variant": str(target.variant),
    }


def _target(row: Mapping[str, Any]) -> Target:
    return Target(row["application"], row["service"], row["version"], Variant(row["variant"]))


def _json(table: Mapping[str, object]) -> bytes:
    return json.dumps(table, indent=1, ensure_ascii=False).encode() + b"\n"
