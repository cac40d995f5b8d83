"""The journal: what of each call was on the disk before it left, and what became of it."""

import hashlib
import os
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from caiso_desktop.model.error import Fate, StorageError, UsageError
from caiso_desktop.model.journal import Ending, Entry, Filter, Record, Repeats, Standing, Verdict
from caiso_desktop.model.moment import utc_now
from caiso_desktop.model.service import Kind, Target
from caiso_desktop.model.source import PIECE, Payload, PayloadFile
from caiso_desktop.store import index
from caiso_desktop.store.chain import HeadNote, What, append, link_of
from caiso_desktop.store.database import Database
from caiso_desktop.store.evidence import Written
from caiso_desktop.store.record import read_ending, read_record, read_repeats, write_repeats, write_time
from caiso_desktop.store.run import Runs
from caiso_desktop.store.search import search
from caiso_desktop.store.step import Beginning, End
from caiso_desktop.store.verify import verify
from caiso_desktop.store.writing import Writing

_PAGE = 500
CRASHED = "The program ended before it knew what became of the call."
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


def prepare(connection: sqlite3.Connection, note: HeadNote, clock: Callable[[], datetime] = utc_now) -> None:
    """Make a connection fit for the journal, and say so in the chain where a former one is gone."""
    index.prepare(connection)
    noted = note.read()
    if noted is None or connection.execute("SELECT 1 FROM chain LIMIT 1").fetchone():
        return
    connection.execute("BEGIN IMMEDIATE")
    if not connection.execute("SELECT 1 FROM chain LIMIT 1").fetchone():
        contents = {"at": write_time(clock()), "after_link": noted[0], "after_hash": noted[1]}
        append(connection, 0, What.ANEW, contents)
    connection.execute("COMMIT")


class CallJournal:
    """Both ports of the journal, over the database; safe to use from several threads and processes."""

    def __init__(
        self, database: Database, runs: Runs, note: HeadNote, *, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._database = database
        self._runs = runs
        self._note = note
        self._clock = clock

    def begin(self, record: Record, payload: Payload) -> int:
        """Write a call down; on the disk when this returns."""
        beginning = Beginning.of(record, payload)
        try:
            run = self._runs.id
            with self._database.writing() as connection:
                writing = Writing(connection)
                call = writing.begin(beginning, run)
        except StorageError as error:
            not_recorded(error)
            raise
        self._noted(writing)
        return call

    def end(self, call: int, ending: Ending) -> None:
        """Write down how a call ended."""
        with self._database.writing() as connection:
            writing = Writing(connection)
            if not writing.is_open(call):
                raise UsageError(f"call {call} is not under way.")
            writing.end(call, End.of(ending))
        self._noted(writing)

    def search(self, filter: Filter, *, limit: int = 100, before: int | None = None) -> Sequence[Entry]:
        """The newest calls that fit, older than the call ``before``."""
        with self._database.reading() as connection:
            return _entries(connection, search(connection, filter, before=before, limit=limit))

    def all(self, filter: Filter) -> Iterator[Entry]:
        """Every call that fits, newest first; between its pages others can write."""
        before: int | None = None
        while page := self.search(filter, limit=_PAGE, before=before):
            yield from page
            before = page[-1].id

    def entry(self, call: int) -> Entry:
        """One call."""
        with self._database.reading() as connection:
            found = _entries(connection, [call])
        if not found:
            raise UsageError(f"the journal has no call {call}, or retention has deleted it.")
        return found[0]

    def payload(self, call: int) -> bytes:
        """The payload exactly as it was sent."""
        try:
            return zlib.decompress(self._packed(call))
        except zlib.error as error:
            raise _damaged(call) from error

    def payload_into(self, call: int, path: Path) -> PayloadFile:
        """Write the payload exactly as it was sent into a new file, a piece at a time; all of it or no file."""
        packed = self._packed(call)
        try:
            with os.fdopen(os.open(path, _NEW, 0o600), "wb") as file:
                size, digest = _unpack(packed, file)
        except FileExistsError as error:
            raise _not_put(call, path, error) from error
        except (OSError, zlib.error) as error:
            with suppress(OSError):
                path.unlink(missing_ok=True)
            raise (_not_put(call, path, error) if isinstance(error, OSError) else _damaged(call)) from error
        return PayloadFile(path, size, digest)

    def find(self, exchange: str) -> Entry | None:
        """The call of an exchange."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT id FROM call WHERE exchange = ? ORDER BY id LIMIT 1", (exchange,)
            ).fetchone()
            found = _entries(connection, [row["id"]]) if row and exchange else []
        return found[0] if found else None

    def unknown(self) -> Sequence[Entry]:
        """Every call of unknown fate that nobody has looked into; first those a crash has left are found out."""
        self._find_crashed()
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT id FROM call WHERE standing = ? AND settled = 0 ORDER BY id DESC", (str(Standing.UNKNOWN),)
            )
            return _entries(connection, [row["id"] for row in rows])

    def settle(self, call: int, note: str) -> None:
        """Write down what came of looking into a call."""
        with self._database.writing() as connection:
            row = connection.execute("SELECT standing FROM call WHERE id = ?", (call,)).fetchone()
            if row is None or row["standing"] != Standing.UNKNOWN:
                raise UsageError(f"call {call} is not of unknown fate.")
            head = append(connection, call, What.SETTLE, {"at": write_time(self._clock()), "note": note})
            connection.execute("UPDATE call SET settled = 1 WHERE id = ?", (call,))
        self._note.write(*head)

    def repeat(self, call: int, repeats: Repeats) -> None:
        """Write down that a retrieve was asked again since; `UsageError` for a call that has not ended as one."""
        with self._database.writing() as connection:
            row = connection.execute("SELECT standing, kind FROM call WHERE id = ?", (call,)).fetchone()
            if row is None or row["standing"] == Standing.UNDER_WAY or row["kind"] != Kind.RETRIEVE:
                raise UsageError(f"call {call} is no retrieve that has ended.")
            head = append(connection, call, What.REPEAT, write_repeats(repeats))
        self._note.write(*head)

    def last_submit(self, target: Target, environment: str) -> Entry | None:
        """The last call of a service that succeeded there and was no retrieve."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT id FROM call WHERE service = ? AND environment = ? AND application = ? AND standing = ?"
                " AND kind <> ? ORDER BY id DESC LIMIT 1",
                (target.service, environment, target.application, str(Standing.SUCCESS), str(Kind.RETRIEVE)),
            ).fetchone()
            found = _entries(connection, [row["id"]]) if row else []
        return found[0] if found else None

    def verify(self, noted: str = "") -> Verdict:
        """Check the chain."""
        return verify(self._database, self._note, noted)

    def forget(self, calls: Iterable[int], reason: str) -> int:
        """Delete what the records of these calls say, and their payloads; how many there were. The hashes stay."""
        gone = []
        with self._database.writing() as connection:
            for call in sorted(calls):
                row = connection.execute("SELECT standing FROM call WHERE id = ?", (call,)).fetchone()
                if row is None or row["standing"] == Standing.UNDER_WAY:
                    continue
                index.remove(connection, call)
                for statement in _FORGET:
                    connection.execute(statement, (call,))
                gone.append(call)
            if not gone:
                return 0
            connection.execute(
                "DELETE FROM certificate WHERE NOT EXISTS"
                " (SELECT 1 FROM call WHERE call.thumbprint = certificate.thumbprint)"
            )
            connection.execute(
                "DELETE FROM circumstances WHERE NOT EXISTS"
                " (SELECT 1 FROM call WHERE call.circumstances = circumstances.hash)"
            )
            head = append(
                connection, 0, What.REMOVED, {"at": write_time(self._clock()), "reason": reason, "calls": _ranges(gone)}
            )
        self._note.write(*head)
        return len(gone)

    def purge(self) -> None:
        """Leave no word of what was deleted in the index; takes as long as the index is big."""
        with self._database.writing() as connection:
            index.purge(connection)

    def _packed(self, call: int) -> bytes:
        """A payload as it is stored."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT data FROM payload WHERE call = ?", (call,)).fetchone()
        if row is None:
            raise UsageError(f"the journal has no payload of call {call}, or retention has deleted it.")
        packed: bytes = row["data"]
        return packed

    def _noted(self, writing: Writing) -> None:
        """Note the chain's head once what was written is on the disk."""
        if writing.head is not None:
            self._note.write(*writing.head)

    def _find_crashed(self) -> None:
        with self._database.reading() as connection:
            rows = connection.execute("SELECT id, run FROM call WHERE standing = ?", (str(Standing.UNDER_WAY),))
            waiting = [(row["id"], row["run"]) for row in rows]
        dead = {run for run in {run for _, run in waiting} if not self._runs.alive(run)}
        end = End.of(Ending(ended=self._clock(), fate=Fate.UNKNOWN, failure=CRASHED))
        for call, run in waiting:
            if run in dead:
                with self._database.writing() as connection:
                    row = connection.execute("SELECT standing FROM call WHERE id = ?", (call,)).fetchone()
                    if row is None or row["standing"] != Standing.UNDER_WAY:
                        continue  # Another start was faster.
                    writing = Writing(connection)
                    writing.end(call, end)
                self._noted(writing)


_FORGET = (
    "UPDATE chain SET body = NULL WHERE call = ?",
    "DELETE FROM payload WHERE call = ?",
    "DELETE FROM trade_date WHERE call = ?",
    "DELETE FROM call WHERE id = ?",
)


def not_recorded(error: StorageError) -> None:
    """Let an error say what follows from it."""
    error.detail = f"{error.detail} The call could not be recorded, so it was not sent."
    error.args = (error.detail,)


def _entries(connection: sqlite3.Connection, numbers: Sequence[int]) -> list[Entry]:
    found: dict[int, Entry] = {}
    for start in range(0, len(numbers), _PAGE):
        page = numbers[start : start + _PAGE]
        marks = ",".join("?" * len(page))
        rows = connection.execute(
            f"SELECT * FROM chain WHERE call IN ({marks}) AND body IS NOT NULL ORDER BY link",  # noqa: S608  marks only
            page,
        )
        circumstances = _circumstances(connection, page)
        for link in map(link_of, rows):
            contents = link.contents()
            if link.what == What.BEGIN:
                found[link.call] = Entry(
                    link.call, read_record(contents), contents["payload_hash"], contents["payload_size"]
                )
            elif link.call in found and link.what == What.END:
                found[link.call] = replace(found[link.call], ending=read_ending(contents, circumstances))
            elif link.call in found and link.what == What.SETTLE:
                found[link.call] = replace(found[link.call], settled=contents["note"])
            elif link.call in found and link.what == What.REPEAT:
                more, before = read_repeats(contents), found[link.call].repeats
                found[link.call] = replace(found[link.call], repeats=before.and_then(more) if before else more)
    return [found[number] for number in numbers if number in found]


def _circumstances(connection: sqlite3.Connection, calls: Sequence[int]) -> dict[str, Written]:
    """The circumstances of some calls, by their names."""
    marks = ",".join("?" * len(calls))
    named = f"SELECT circumstances FROM call WHERE id IN ({marks})"  # noqa: S608  marks only
    rows = connection.execute(f"SELECT hash, body FROM circumstances WHERE hash IN ({named})", calls)  # noqa: S608  as above
    return {row["hash"]: Written(row["hash"], bytes(row["body"])) for row in rows}


def _ranges(numbers: Sequence[int]) -> list[list[int]]:
    """Ascending numbers as ranges of first and last."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ranges


def _unpack(packed: bytes, file: BinaryIO) -> tuple[int, str]:
    """Write a payload a piece at a time; its size and its hash. `zlib.error` where it is not whole."""
    inflater, digest, size = zlib.decompressobj(), hashlib.sha256(), 0
    while piece := inflater.decompress(packed, PIECE):
        packed = inflater.unconsumed_tail
        digest.update(piece)
        size += file.write(piece)
    if not inflater.eof:
        raise zlib.error("it ends too early")
    return size, digest.hexdigest()


def _not_put(call: int, path: Path, error: OSError) -> StorageError:
    return StorageError(f"the payload of call {call} could not be put into {path} ({error.strerror}).")


def _damaged(call: int) -> StorageError:
    return StorageError(
        f"the payload of call {call} is damaged in the journal.", advice="`caiso journal verify` says what else is."
    )
