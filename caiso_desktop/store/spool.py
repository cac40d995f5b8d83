"""Where the files of each exchange lie until they are old: request, response, parts and report."""

import itertools
import os
import re
import shutil
import time
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path

from caiso_desktop.model.error import StorageError

AT_WORK = timedelta(hours=1)
"""Folders touched within this time are never removed: this or another process may be writing to them."""

_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{12}")
_NUMBERS = 1 << 48
_DOOMED = "removing-"
_SPARE = "spare-"


class Spool:
    """One private folder for each exchange; several processes may use the same spool at once.

    Nothing is made ahead for a call: ext4 takes longer to write into an empty file that was there (it puts what is
    written over on the disk when the file is closed) than to make a new one, and a thread that made them would have to
    be woken.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # No two processes begin at the same number, and none gives one twice.
        self._numbers = itertools.count(int.from_bytes(os.urandom(6)))

    def new(self) -> Path:
        """A new private folder; its name is the exchange's id and sorts by time. `StorageError` when there is none."""
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        folder = self._folder / f"{stamp}-{next(self._numbers) % _NUMBERS:012x}"
        try:
            _make(folder)
        except OSError as error:
            raise StorageError(
                f"the folder for the call's files could not be made in {self._folder} ({error.strerror}).",
                advice="Check that the folder can be written to and that the disk has free space.",
            ) from error
        return folder

    def folder(self, id: str) -> Path | None:
        """The folder of an exchange, None when it has been removed (or the id is not one of ours)."""
        folder = self._folder / id
        return folder if _ID.fullmatch(id) and folder.is_dir() else None

    def forget(self, id: str) -> None:
        """Remove what lies there of an exchange; the record of the call stays in the journal."""
        folder = self.folder(id)
        if folder is not None:
            self._remove(folder)

    def prune(self, max_age: timedelta, max_bytes: int, keep: Collection[str] = ()) -> int:
        """Remove what is older than ``max_age``, then the oldest until ``max_bytes`` are left; how many went.

        Exchanges named in ``keep``, and those at work, stay whatever their age and size. Never raises: what cannot
        be removed now (on Windows, what another program has open) is tried again the next time.
        """
        self._finish()
        now = time.time()
        found = sorted(self._exchanges(), key=lambda each: each[1], reverse=True)
        total = removed = 0
        for folder, touched, size in found:
            age = now - touched
            total += size
            if folder.name in keep or age < AT_WORK.total_seconds():
                continue
            if (age > max_age.total_seconds() or total > max_bytes) and self._remove(folder):
                total -= size
                removed += 1
        return removed

    def _exchanges(self) -> list[tuple[Path, float, int]]:
        """Folder, time of the last change, and size in bytes of each exchange."""
        try:
            folders = [each for each in self._folder.iterdir() if _ID.fullmatch(each.name) and each.is_dir()]
        except OSError:
            return []
        return [(folder, *measure) for folder in folders if (measure := _measure(folder)) is not None]

    def _remove(self, folder: Path) -> bool:
        """Remove under another name, so that nobody finds half an exchange, and of two processes only one does it."""
        doomed = folder.with_name(_DOOMED + folder.name)
        try:
            folder.rename(doomed)
        except OSError:
            return False
        shutil.rmtree(doomed, ignore_errors=True)
        return True

    def _finish(self) -> None:
        """Remove what an earlier process had begun to remove, or an earlier version made ahead and never used."""
        for doomed in self._folder.glob(f"{_DOOMED}*"):
            shutil.rmtree(doomed, ignore_errors=True)
        for spare in self._folder.glob(f"{_SPARE}*"):
            measure = _measure(spare)
            if measure is not None and time.time() - measure[0] > AT_WORK.total_seconds():
                shutil.rmtree(spare, ignore_errors=True)


def _make(folder: Path) -> None:
    """Make a private folder, and the spool where it is missing."""
    try:
        folder.mkdir(0o700)
    except FileNotFoundError:
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(0o700)


def _measure(folder: Path) -> tuple[float, int] | None:
    """When a folder was changed last and how many bytes it holds; None when it is gone meanwhile."""
    try:
        touched = folder.stat().st_mtime
        size = 0
        for path in folder.rglob("*"):
            facts = path.lstat()
            touched = max(touched, facts.st_mtime)
            size += facts.st_size
    except OSError:
        return None
    return touched, size
