"""Which processes of this program are running: each holds a lock on a file of its own.

So what a process left unfinished can be told from what it is still doing, also after a crash or a power cut.
"""

import threading
import time
import uuid
from pathlib import Path

from caiso_desktop.store.lock import FileLock

_OLD = 24 * 3600.0


class Runs:
    """The runs of one profile. ``id`` names this one; it begins when first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock: FileLock | None = None
        self._id = ""
        self._beginning = threading.Lock()

    @property
    def folder(self) -> Path:
        """Where each run has its files."""
        return self._folder

    @property
    def id(self) -> str:
        """The name of this run; `StorageError` where its file cannot be made."""
        with self._beginning:
            if self._lock is None:
                self._sweep()
                name = uuid.uuid4().hex
                lock = FileLock(self._folder / f"{name}.run")
                lock.take()
                self._lock, self._id = lock, name
            return self._id

    def alive(self, id: str) -> bool:
        """Whether a run is still running."""
        if id == self._id and self._lock is not None:
            return True
        path = self._folder / f"{id}.run"
        if not path.exists():
            return False
        with FileLock(path) as lock:
            if not lock.take():
                return True
        path.unlink(missing_ok=True)
        return False

    def close(self) -> None:
        """End this run in good order."""
        lock, self._lock = self._lock, None
        if lock is not None:
            lock.release()
            lock.path.unlink(missing_ok=True)

    def _sweep(self) -> None:
        """Remove what long-gone runs left; young files are let alone, for one may be about to lock its own."""
        for path in self._folder.glob("*.run"):
            try:
                old = time.time() - path.stat().st_mtime > _OLD
            except OSError:
                continue
            if old:
                self.alive(path.stem)
