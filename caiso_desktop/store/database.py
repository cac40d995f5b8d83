"""The one database: opened, checked, brought up to date, and shared by several processes at once.

It keeps a rollback journal (truncated, never deleted) instead of a write-ahead log. A write-ahead log needs memory that
all processes share, which a network drive does not give, and whether a folder lies on one cannot be told for sure on
every system. What it would win is little here: a commit is a few milliseconds before a call that takes hundreds.
"""

import os
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeAlias

from caiso_desktop.model.error import DataBusy, DataTooNew, StorageError
from caiso_desktop.store.lock import FileLock

Step: TypeAlias = Callable[[sqlite3.Connection], None]

APPLICATION_ID = 0x43414953  # "CAIS"
_BROKEN = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_WAIT = 15.0


class Database:
    """A file of SQLite; safe to use from several threads and processes.

    ``steps`` bring a database from each format to the next, so their number is the format that this program writes.
    ``prepare`` is run on each connection once its format is right. ``wait`` is how many seconds another process may
    hold it before `DataBusy`. ``notice`` is a sentence for the user when a damaged file had to be put aside.
    """

    def __init__(self, path: Path, steps: Sequence[Step], *, prepare: Step | None = None, wait: float = _WAIT) -> None:
        self.path = path
        self.notice = ""
        self.set_aside: Path | None = None
        self._steps = steps
        self._prepare_more = prepare
        self._wait = wait
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] = (0, 0)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One view of the data, whatever others write meanwhile. Keep it short: nobody can write until it ends."""
        with self._told(), self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """All of what is written within, on the disk when it ends; or, after an error, nothing of it."""
        with self._told(), self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    def close(self) -> None:
        """Let go of the file; the next use opens it again."""
        with self._lock:
            connection, self._connection = self._connection, None
            if connection is not None:
                connection.close()

    def shrink(self) -> None:
        """Give what deletions have left free back to the disk."""
        with self._told(), self._lock:
            # execute() would take one step of it, and each step frees one page.
            self._open().executescript("PRAGMA incremental_vacuum")

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        with self._lock:
            connection = self._open()
            connection.execute(begin)
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def _open(self) -> sqlite3.Connection:
        if self._connection is not None and self._file == _identity(self.path):
            return self._connection
        # The file was replaced (a backup brought back, a damaged one put aside by another process).
        self.close()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(f"the folder {self.path.parent} cannot be made ({error.strerror}).") from error
        lock = FileLock(self.path.with_suffix(".lock"))
        try:
            taken = lock.take(self._wait)
        except StorageError:
            if not self.path.exists():
                raise
            taken = True  # A disk that cannot be written can still be read.
        if not taken:
            raise DataBusy(f"another process is opening {self.path}.")
        with lock:
            self._connection = self._opened()
        self._file = _identity(self.path)
        return self._connection

    def _opened(self) -> sqlite3.Connection:
        suspect = self._suspect.exists()
        for _ in range(2):
            connection = self._connect()
            try:
                self._prepare(connection, thorough=suspect)
            except sqlite3.DatabaseError as error:
                connection.close()
                if not _is_broken(error):
                    raise
                self._put_aside()
            except BaseException:
                connection.close()
                raise
            else:
                self._suspect.unlink(missing_ok=True)
                return connection
        raise StorageError(f"{self.path} cannot be opened, nor a new one beside it.")

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, timeout=self._wait, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        connection.row_factory = sqlite3.Row
        return connection

    def _prepare(self, connection: sqlite3.Connection, *, thorough: bool) -> None:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        # What is deleted by retention is overwritten; a view of it in memory never reaches the disk.
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA temp_store = MEMORY")
        if sys.platform == "darwin":
            connection.execute("PRAGMA fullfsync = ON")
        if thorough:
            problem = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            if problem != "ok":
                broken = sqlite3.DatabaseError(problem)
                broken.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
                raise broken
        version = self._format(connection)
        if version == 0:
            # What retention deletes can be given back to the disk, a bit at a time.
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute("PRAGMA journal_mode = TRUNCATE").fetchone()
        if version < len(self._steps):
            self._migrate(connection)
        if self._prepare_more is not None:
            self._prepare_more(connection)

    def _format(self, connection: sqlite3.Connection) -> int:
        """The format of the file, 0 of a new one; refuses what is newer and what is not ours."""
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        owner = int(connection.execute("PRAGMA application_id").fetchone()[0])
        tables = int(connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0])
        if owner != APPLICATION_ID and (owner or tables or version):
            raise StorageError(
                f"{self.path} belongs to another program.", advice="Move it away, or choose another data folder."
            )
        if version > len(self._steps):
            raise DataTooNew(
                f"{self.path.name} has format {version}, and this version of the program knows formats up to "
                f"{len(self._steps)}. Nothing was changed."
            )
        return version

    def _migrate(self, connection: sqlite3.Connection) -> None:
        connection.execute("BEGIN IMMEDIATE")
        try:
            version = self._format(connection)
            if version:
                self._back_up(version)
            for number in range(version, len(self._steps)):
                self._steps[number](connection)
                connection.execute(f"PRAGMA user_version = {number + 1:d}")
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID:d}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    def _back_up(self, version: int) -> None:
        """A whole copy beside the file, on the disk before anything changes; an older one of this format goes."""
        copy = self.path.with_name(f"{self.path.stem}.format-{version}{self.path.suffix}")
        part = copy.with_suffix(".part")
        part.unlink(missing_ok=True)
        with closing(self._connect()) as source, closing(sqlite3.connect(part)) as target:
            source.backup(target)
        try:
            with part.open("rb+") as file:
                os.fsync(file.fileno())
            part.replace(copy)
        except OSError as error:
            raise StorageError(
                f"the backup {copy} could not be written ({error.strerror}), so the data was left in its old format."
            ) from error

    @property
    def _suspect(self) -> Path:
        return self.path.with_suffix(".suspect")

    def _put_aside(self) -> None:
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        kept = self.path.with_name(f"{self.path.stem}.damaged-{stamp}{self.path.suffix}")
        number = 1
        while kept.exists():
            number += 1
            kept = kept.with_name(f"{self.path.stem}.damaged-{stamp}-{number}{self.path.suffix}")
        try:
            self.path.rename(kept)
            undo = self.path.with_name(f"{self.path.name}-journal")
            if undo.exists():
                undo.rename(kept.with_name(f"{kept.name}-journal"))
        except OSError as error:
            raise StorageError(
                f"{self.path} is damaged and could not be put aside ({error.strerror}).",
                advice="Close the program's other windows, then start again.",
            ) from error
        self.set_aside = kept
        self.notice = (
            f"The file with your drafts and the journal was damaged. It was put aside as {kept}, and a new one begun: "
            "keep it, support may be able to read it."
        )

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what SQLite says into words."""
        try:
            yield
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if _is_broken(error):
                self._doubt()
                raise StorageError(
                    f"{self.path} is damaged.",
                    advice="Start the program again: it will put the file aside, not lose it.",
                ) from error
            if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise DataBusy(f"another process has held {self.path} for {self._wait:g} seconds.") from error
            raise StorageError(f"{self.path}: {_REASONS.get(code, str(error))}.") from error

    def _doubt(self) -> None:
        """Let the next opening look through the whole file."""
        self.close()
        try:
            self._suspect.touch()
        except OSError:
            return


_REASONS = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_READONLY: "it may only be read",
    sqlite3.SQLITE_PERM: "it may not be opened",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened",
    sqlite3.SQLITE_IOERR: "the disk did not take or give what was asked",
}


def _is_broken(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _BROKEN


def _identity(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return (found.st_dev, found.st_ino)
