"""Looks through the whole chain: is every link there, unaltered, and do the tables beside it say the same?"""

import hashlib
import sqlite3
import zlib
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from caiso_desktop.model.journal import Finding, Standing, Verdict
from caiso_desktop.store.chain import START, HeadNote, Link, What, hash_of, link_of
from caiso_desktop.store.database import Database
from caiso_desktop.store.evidence import Written
from caiso_desktop.store.record import read_ending

_PAGE = 500
_COLUMNS = ("started", "environment", "kind", "subject", "thumbprint")


def verify(database: Database, note: HeadNote, noted: str = "") -> Verdict:
    """Check everything, a page at a time so that calls can leave meanwhile."""
    # Read before the chain: the note may lag behind it, and must not run ahead of what is read.
    head_note = note.read()
    check = _Check(noted.strip().lower())
    while page := _page(database, check):
        check.take(page)
    return check.verdict(head_note, _strangers(database, check))


@dataclass(frozen=True, slots=True)
class _Page:
    """Some links, what the tables have of the calls that begin in them, and the circumstances that are right."""

    links: list[Link]
    rows: dict[int, sqlite3.Row]
    payloads: dict[int, bytes]
    circumstances: frozenset[str]


def _page(database: Database, check: "_Check") -> _Page | None:
    with database.reading() as connection:
        rows = connection.execute("SELECT * FROM chain WHERE link > ? ORDER BY link LIMIT ?", (check.last, _PAGE))
        links = [link_of(row) for row in rows]
        if not links:
            return None
        begun = [link.call for link in links if link.what == What.BEGIN]
        marks = ",".join("?" * len(begun))
        calls = connection.execute(f"SELECT * FROM call WHERE id IN ({marks})", begun)  # noqa: S608  marks only
        rows_by_call = {row["id"]: row for row in calls}
        payloads = connection.execute(f"SELECT * FROM payload WHERE call IN ({marks})", begun)  # noqa: S608  marks only
        packed = {row["call"]: row["data"] for row in payloads}
        known = connection.execute("SELECT hash, body FROM circumstances").fetchall()
        right = frozenset(row["hash"] for row in known if Written.of(_bytes(row["body"])).name == row["hash"])
        return _Page(links, rows_by_call, packed, right)


def _bytes(body: object) -> bytes:
    """A body as it stands there: whoever tampered with it may have left something else than bytes."""
    return body if isinstance(body, bytes) else str(body).encode()


def _strangers(database: Database, check: "_Check") -> list[int]:
    """Calls in the tables that are not in the chain, or stand there otherwise."""
    with database.reading() as connection:
        rows = connection.execute(
            "SELECT id, standing, (SELECT max(link) FROM chain WHERE chain.call = call.id) AS last FROM call"
        )
        return [
            row["id"]
            for row in rows
            # One that has a newer link than the last one read was written to meanwhile.
            if (row["last"] or 0) <= check.last and check.standings.get(row["id"]) != row["standing"]
        ]


class _Check:
    """What has been seen so far."""

    def __init__(self, noted: str) -> None:
        self.last = 0
        self.standings: dict[int, str] = {}
        self._noted = noted
        self._hash = START
        self._links = 0
        self._stubs: dict[int, int] = {}
        self._hashes: dict[int, str] = {}
        self._removed: list[tuple[int, int]] = []
        self._findings: list[Finding] = []
        self._calls: set[int] = set()
        self._seen_note = not noted

    def take(self, page: _Page) -> None:
        for link in page.links:
            self._links += 1
            self._follow(link)
            self._look(link, page)
            self.last, self._hash = link.link, link.hash
            self._seen_note = self._seen_note or link.hash.hex() == self._noted

    def _follow(self, link: Link) -> None:
        """Whether a link follows the one before."""
        if link.link != self.last + 1:
            missing = (
                f"link {self.last + 1}" if link.link == self.last + 2 else f"links {self.last + 1}-{link.link - 1}"
            )
            self._find(link, f"{missing} of the chain {'is' if link.link == self.last + 2 else 'are'} missing.")
        elif hash_of(self._hash, link.link, link.call, link.what, link.body_hash) != link.hash:
            self._find(link, f"link {link.link} does not follow the one before: it, or what it is about, was altered.")
        self._hashes[link.link] = link.hash.hex()

    def _look(self, link: Link, page: _Page) -> None:
        if link.call:
            self._calls.add(link.call)
        if link.body is None:
            self._stubs[link.call] = link.link
            return
        if hashlib.sha256(link.body).digest() != link.body_hash:
            self._find(link, f"what was written down ({link.what}) was altered.")
        contents = link.contents()
        if link.what == What.BEGIN:
            self.standings[link.call] = Standing.UNDER_WAY
            self._compare(link, contents, page.rows.get(link.call), page.payloads.get(link.call))
        elif link.what == What.END:
            with suppress(KeyError, ValueError, TypeError):
                self.standings[link.call] = read_ending(contents, {}).standing
            evidence = contents.get("evidence") or {}
            if evidence and evidence.get("circumstances") not in page.circumstances:
                self._find(link, "what was written down of its certificate and connection was altered, or is missing.")
        elif link.what == What.REMOVED:
            self._removed += [(first, last) for first, last in contents.get("calls", [])]
        elif link.what == What.ANEW:
            self._find(
                link,
                f"the chain began anew at {contents.get('at', '?')}, after link {contents.get('after_link', '?')} of a "
                "former one: its file was damaged and put aside, or removed.",
            )

    def _compare(self, link: Link, contents: dict[str, Any], row: sqlite3.Row | None, packed: bytes | None) -> None:
        """Whether the tables say what the chain says of a call."""
        if row is None:
            self._find(link, "its row in the list of calls is missing.")
            return
        said = {name: contents.get(name) for name in _COLUMNS}
        target = contents.get("target") or {}
        said |= {"application": target.get("application"), "service": target.get("service")}
        said["exchange"] = contents.get("exchange") or ""
        # Before format 2 nobody asked how a payload stood to its schema.
        said["conformity"] = contents.get("conformity", "")
        wrong = [name for name, value in said.items() if row[name] != value]
        if wrong:
            self._find(link, f"its row in the list of calls was altered ({', '.join(sorted(wrong))}).")
        if packed is None:
            self._find(link, "the copy of its payload is missing.")
            return
        try:
            payload = zlib.decompress(packed)
        except zlib.error:
            payload = b""
        if hashlib.sha256(payload).hexdigest() != contents.get("payload_hash"):
            self._find(link, "the copy of its payload was altered.")

    def verdict(self, head_note: tuple[int, str] | None, strangers: list[int]) -> Verdict:
        for call, number in self._stubs.items():
            if not any(first <= call <= last for first, last in self._removed):
                self._findings.append(Finding(number, call, "its contents were removed, and not by retention."))
        for call in strangers:
            what = "was altered" if call in self.standings else "is not in the chain"
            self._findings.append(Finding(0, call, f"its row in the list of calls {what}."))
        if head_note is not None and self._hashes.get(head_note[0]) != head_note[1]:
            what = "are missing" if head_note[0] > self.last else "were replaced"
            first = self.last + 1 if head_note[0] > self.last else head_note[0]
            self._findings.append(
                Finding(
                    first, 0, f"links from {first} on {what}: the chain once had a link {head_note[0]} that is gone."
                )
            )
        if not self._seen_note:
            self._findings.append(Finding(0, 0, f"the noted head {self._noted} is not in the chain."))
        return Verdict(
            links=self._links,
            calls=len(self._calls),
            stubs=len(self._stubs),
            head=self._hash.hex() if self._links else "",
            findings=tuple(self._findings),
        )

    def _find(self, link: Link, sentence: str) -> None:
        self._findings.append(Finding(link.link, link.call, sentence))
