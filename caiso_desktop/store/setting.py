"""What the program remembers from one start to the next: short texts in one JSON file, nothing secret.

The file: ``{"format": 1, "settings": {"window.theme": "dark", ...}}``. Several processes may use it at once: each
change is merged, under a lock, into what the others have written meanwhile.
"""

import json
import threading
from datetime import UTC, datetime
from pathlib import Path

from caiso_desktop.model.error import StorageError
from caiso_desktop.store.last_setting import FORMAT
from caiso_desktop.store.lock import FileLock
from caiso_desktop.store.save import write_whole

_LOCK_WAIT = 2.0


class FileSettings:
    """The port `caiso_desktop.model.settings.Settings`, in a file; safe for threads and processes.

    ``notice`` is a sentence for the user when the file could not be read or written; empty when all is well.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._file_lock = FileLock(path.with_name(path.name + ".lock"))
        self._read_only = False
        self.notice = ""
        self._texts: dict[str, str] = {}
        self._texts = self._read()

    def get(self, name: str) -> str | None:
        """What was set under a name such as ``window.geometry``, None when nothing was."""
        with self._lock:
            return self._texts.get(name)

    def set(self, name: str, value: str) -> None:
        """Remember a text under a name, at once; what cannot be written is remembered until the program ends."""
        with self._lock:
            if self._texts.get(name) == value:
                return
            self._texts[name] = value
            if self._read_only:
                return
            try:
                self._merge(name, value)
            except StorageError as error:
                self.notice = f"The settings could not be kept: {error.detail}"

    def _merge(self, name: str, value: str) -> None:
        if not self._file_lock.take(_LOCK_WAIT):
            raise StorageError(f"{self._path} is in use by another process.")
        try:
            texts = self._read()
            if self._read_only:
                return
            texts[name] = value
            document = {"format": FORMAT, "settings": texts}
            write_whole(self._path, json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False).encode() + b"\n")
            self._texts = texts
        finally:
            self._file_lock.release()

    def _read(self) -> dict[str, str]:
        """The file's texts. A damaged file is put aside, one of a newer program is left alone."""
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return {}
        except OSError as error:
            self.notice = f"The settings in {self._path} could not be read ({error.strerror}), so the usual ones hold."
            self._read_only = True
            return {}
        try:
            document = json.loads(data)
            format_ = document["format"]
            texts = document["settings"]
            sound = type(format_) is int and isinstance(texts, dict)
        except (ValueError, KeyError, TypeError, RecursionError):
            sound = False
        if not sound or format_ < 1:
            self._put_aside()
            return dict(self._texts)
        if format_ > FORMAT:
            self.notice = (
                f"The settings in {self._path} were written by a newer version of this program (format {format_}), "
                "so they are left alone and the usual ones hold."
            )
            self._read_only = True
            return dict(self._texts)
        return {name: value for name, value in texts.items() if isinstance(value, str)}

    def _put_aside(self) -> None:
        aside = self._path.with_name(f"{self._path.stem}.damaged-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}.json")
        try:
            self._path.replace(aside)
        except FileNotFoundError:
            return  # another process was quicker
        except OSError as error:
            self.notice = f"The settings in {self._path} are damaged and cannot be put aside ({error.strerror})."
            self._read_only = True
        else:
            self.notice = (
                f"The settings in {self._path} were damaged. They lie in {aside.name} now; the usual ones hold."
            )
