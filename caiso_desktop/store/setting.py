"""What the program remembers from one start to the next: short texts in one JSON file, nothing secret.

The file: ``{"format": 1, "settings": {"window.theme": "dark", ...}}``. Several processes may use it at once: each
change is merged, under a lock, into what the others have written meanwhile. Nobody who sets a text waits for the disk:
a thread that lives as long as there is something to write does it at once, and the program does not end before it.
"""

import json
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
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
        # Of the memory, never held while the disk is waited for; and of the file, between this program's threads.
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._file_lock = FileLock(path.with_name(path.name + ".lock"))
        self._read_only = False
        self.notice = ""
        self._unwritten: dict[str, str] = {}
        self._writer: threading.Thread | None = None
        self._texts: dict[str, str] = {}
        self._texts = self._read()

    def get(self, name: str) -> str | None:
        """What was set under a name such as ``window.geometry``, None when nothing was."""
        with self._lock:
            return self._texts.get(name)

    def set(self, name: str, value: str) -> None:
        """Remember a text under a name; it is written soon. What cannot be is remembered until the program ends."""
        with self._lock:
            if self._texts.get(name) == value:
                return
            self._texts[name] = value
            if self._read_only:
                return
            self._unwritten[name] = value
            if self._writer is not None:
                return
            with suppress(RuntimeError):  # No thread is to be had, as at the very end: `flush` writes it.
                writer = threading.Thread(target=self._write_all, name="settings")
                writer.start()
                self._writer = writer

    def change(self, name: str, make: Callable[[str | None], str]) -> None:
        """Make a text of the one that stands there now, whichever process wrote it, and wait until it is written."""
        with self._writing:
            if not self._merge({name: make}):
                with self._lock:
                    self._texts[name] = self._unwritten[name] = make(self._texts.get(name))

    def flush(self) -> None:
        """Wait until what was set is written, as far as it can be."""
        with self._writing:
            self._merge({})

    def _write_all(self) -> None:
        """The writer's work: what is set while it writes is written next."""
        while True:
            with self._writing:
                written = self._merge({})
            with self._lock:
                if not (written and self._unwritten):
                    self._writer = None
                    return

    def _merge(self, changes: Mapping[str, Callable[[str | None], str]]) -> bool:
        """Put what was set and these changes into the file, under both locks; whether that went well."""
        with self._lock:
            waiting = dict(self._unwritten)
        if not (waiting or changes):
            return True
        try:
            if not self._file_lock.take(_LOCK_WAIT):
                raise StorageError(f"{self._path} is in use by another process.")
            with self._file_lock:
                texts = {**self._read(), **waiting}
                if self._read_only:
                    return False
                texts |= {name: make(texts.get(name)) for name, make in changes.items()}
                self._write(texts)
        except StorageError as error:
            self.notice = f"The settings could not be kept: {error.detail}"
            return False
        with self._lock:
            since = {name: value for name, value in self._unwritten.items() if waiting.get(name) != value}
            self._texts, self._unwritten = {**texts, **since}, since
        return True

    def _write(self, texts: Mapping[str, str]) -> None:
        document = {"format": FORMAT, "settings": texts}
        text = json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False)
        # A name of a folder that is no Unicode has half characters in it, which come back by this too.
        write_whole(self._path, text.encode("utf-8", "surrogatepass") + b"\n")

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
