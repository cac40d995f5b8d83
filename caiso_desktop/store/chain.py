"""The chain of records: each link's hash covers its contents and the link before it.

A link whose contents retention has deleted keeps the hash of its contents, so the chain still holds; a link about the
deletion says which calls it was. What the chain cannot show is a forgery by someone who rewrites all of it and the note
of its head: against that, note the head's hash elsewhere and ask for it when verifying.
"""

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

START = bytes(32)
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False).encode


class What(StrEnum):
    """What a link is about."""

    BEGIN = "begin"
    END = "end"
    SETTLE = "settle"
    REPEAT = "repeat"
    REMOVED = "removed"
    ANEW = "anew"


@dataclass(frozen=True, slots=True)
class Link:
    """One link as it is stored; ``body`` is None where retention has deleted it."""

    link: int
    call: int
    what: str
    body: bytes | None
    body_hash: bytes
    hash: bytes

    def contents(self) -> dict[str, Any]:
        """What it says; empty where that is deleted or cannot be read."""
        try:
            found = json.loads(self.body or b"{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


def link_of(row: sqlite3.Row) -> Link:
    """A link from its row."""
    body = row["body"]
    # Whoever tampered with it may have left text where bytes were.
    return Link(
        row["link"],
        row["call"],
        row["what"],
        body.encode() if isinstance(body, str) else body,
        row["body_hash"],
        row["hash"],
    )


def hash_of(before: bytes, link: int, call: int, what: str, body_hash: bytes) -> bytes:
    """The hash of a link."""
    return hashlib.sha256(before + f"{link}:{call}:{what}:".encode() + body_hash).digest()


def body_of(contents: Mapping[str, Any]) -> bytes:
    """What a link says, as it is stored."""
    return _encode(contents).encode()


class Chain:
    """The end of the chain within one transaction, in which nobody else adds to it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        last = connection.execute("SELECT link, hash FROM chain ORDER BY link DESC LIMIT 1").fetchone()
        self._last: tuple[int, bytes] = (last["link"], last["hash"]) if last else (0, START)

    def append(self, call: int, what: What, body: bytes) -> tuple[int, bytes]:
        """Add a link; its number and hash."""
        number, before = self._last[0] + 1, self._last[1]
        body_hash = hashlib.sha256(body).digest()
        digest = hash_of(before, number, call, what, body_hash)
        self._connection.execute(
            "INSERT INTO chain (link, call, what, body, body_hash, hash) VALUES (?, ?, ?, ?, ?, ?)",
            (number, call, str(what), body, body_hash, digest),
        )
        self._last = number, digest
        return self._last


def append(connection: sqlite3.Connection, call: int, what: What, contents: Mapping[str, Any]) -> tuple[int, bytes]:
    """Add a single link within the open transaction; its number and hash."""
    return Chain(connection).append(call, what, body_of(contents))


class HeadNote:
    """A note of the chain's head in a file of its own, so that records cut off the end are missed.

    It may lag behind the chain (it is written after each commit, and not waited for), but is never ahead of it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> tuple[int, str] | None:
        """The link and hash (hex) noted, None where there is no note."""
        try:
            number, digest = self._path.read_text("ascii").split()
            return int(number), digest
        except (OSError, ValueError):
            return None

    def write(self, link: int, hash: bytes) -> None:
        """Note a head; where that fails the old note stays, which still holds."""
        part = self._path.with_suffix(f".{id(self):x}.part")
        try:
            part.write_text(f"{link} {hash.hex()}\n", "ascii")
            part.replace(self._path)
        except OSError:
            part.unlink(missing_ok=True)
