"""What the program writes down about itself: a rotating log without secrets, and a report of a crash.

Nothing of a payload, an answer, a key, a passphrase or a nonce is written; what looks like one is taken out on the way,
whoever logs it. A crash in C leaves its trace in a file that the next start finds.
"""

import faulthandler
import io
import logging
import platform
import re
import sys
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import TextIO

from caiso_desktop.model.error import StorageError
from caiso_desktop.store.run import Runs
from caiso_desktop.store.save import write_whole

LOGGER = "caiso_desktop"
LOG_BYTES = 1_000_000
LOG_FILES = 5
_TAIL = 200
_MOST_REPORTS = 20
"""Of one run: a fault that comes back with each painting must not fill the disk."""
_LONGEST = 4000
_MARK = "[left out]"

_SECRETS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"-----BEGIN [A-Z0-9 ]+-----.*?(-----END [A-Z0-9 ]+-----|\Z)", re.DOTALL), _MARK),
    (
        re.compile(
            r"(?i)\b(pass(?:word|phrase|wd)?|pin|secret|token|nonce|authorization|cookie|api[_-]?key)"
            r"(['\"]?\s*[=:]\s*)(\"[^\"]*\"|'[^']*'|(?:basic|bearer)\s+\S+|\[left out\]\S+|(?!\[left out\])\S+)"
        ),
        rf"\1\2{_MARK}",
    ),
    (re.compile(r"(?i)(https?://)[^/\s:@]+:[^/\s@]+@"), rf"\1{_MARK}@"),
    # A document or a piece of one: it may be a payload, an answer, a signature.
    (re.compile(r"<\?xml.*", re.DOTALL), _MARK),
    (re.compile(r"<([A-Za-z_][\w.:-]*)(\s[^<>]*)?>.*</\1\s*>", re.DOTALL), _MARK),
    (re.compile(r"<[A-Za-z_][\w.:-]*\s[^<>]*xmlns.*", re.DOTALL), _MARK),
    (re.compile(r"[A-Za-z0-9+/_-]{120,}={0,2}"), _MARK),
)


def redacted(text: str, home: Path | None = None) -> str:
    """A text without what looks like a secret or a document, and without the name in the user's home folder."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    if home is not None and len(home.parts) > 1:
        text = text.replace(str(home), "~")
    return text if len(text) <= _LONGEST * 8 else text[: _LONGEST * 8] + f" ... {_MARK}"


class RedactingFormatter(logging.Formatter):
    """Takes secrets out of the whole line, the traceback included."""

    def __init__(self, home: Path | None) -> None:
        super().__init__("%(asctime)sZ %(levelname)s %(process)d %(threadName)s %(name)s: %(message)s")
        self._home = home

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802  logging's
        """The time in UTC."""
        return datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")

    def format(self, record: logging.LogRecord) -> str:
        """One record, redacted."""
        return redacted(super().format(record), self._home)


class QuietRotatingFile(RotatingFileHandler):
    """A log that never gets in the way: what cannot be written or rotated (a full disk, another process) is not."""

    def doRollover(self) -> None:  # noqa: N802  logging's
        """Rotate, or go on in the same file where another process has it open (Windows)."""
        try:
            super().doRollover()
        except OSError:
            if self.stream is None:
                self.stream = self._open()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  logging's
        """Say nothing: `pythonw` has no standard error, and there a second error would end the program."""


class Diary:
    """The log of one process and what happens when it breaks; ``close`` it when the program ends in good order.

    ``facts`` (versions, places; nothing private) head each report.
    """

    def __init__(
        self, folder: Path, runs: Runs, facts: Mapping[str, str], *, home: Path | None = None, name: str = "window"
    ) -> None:
        self._folder = folder
        self._facts = dict(facts)
        self._home = home
        self._runs = runs
        self._file = folder / f"{name}.log"
        self._written = 0
        self._handler: logging.Handler | None = None
        self._fault: TextIO | None = None
        self._fault_path: Path | None = None
        self._before: tuple[Callable[..., object], Callable[..., object], Callable[..., object]] | None = None

    def open(self) -> None:
        """Begin: log, and catch what nobody caught. Where the folder cannot be written to, only the catching."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handler = QuietRotatingFile(
                self._file, maxBytes=LOG_BYTES, backupCount=LOG_FILES - 1, encoding="utf-8", delay=True
            )
            self._fault_path = self._folder / f"{self._runs.id}.fault"
            self._fault = self._fault_path.open("w", encoding="utf-8")
            faulthandler.enable(self._fault)
        except (OSError, StorageError):
            handler = None
        if handler is not None:
            handler.setFormatter(RedactingFormatter(self._home))
            logger = logging.getLogger(LOGGER)
            logger.addHandler(handler)
            logger.setLevel(logging.INFO)
            logger.propagate = False
            self._handler = handler
        self._before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        sys.excepthook = self._caught
        threading.excepthook = self._caught_in_thread
        sys.unraisablehook = self._caught_in_passing

    def close(self) -> None:
        """End in good order."""
        if self._before is not None:
            sys.excepthook, threading.excepthook, sys.unraisablehook = self._before
            self._before = None
        if self._fault is not None:
            faulthandler.disable()
            self._fault.close()
            self._fault = None
        if self._fault_path is not None:
            self._fault_path.unlink(missing_ok=True)
        if self._handler is not None:
            logging.getLogger(LOGGER).removeHandler(self._handler)
            self._handler.close()
            self._handler = None

    def report(self, error: BaseException) -> Path | None:
        """Write down a fault of the program; its file, None where it cannot be written."""
        text = "".join(traceback.format_exception(error))
        logging.getLogger(LOGGER).error("a fault in the program\n%s", text)
        return self._write(text)

    def pending(self) -> Sequence[Path]:
        """The reports that the user has not been offered yet, oldest first; crashes in C of ended runs among them."""
        for fault in self._folder.glob("*.fault"):
            self._take_fault(fault)
        return sorted(self._folder.glob("crash-*.txt"))

    def dismiss(self, report: Path) -> None:
        """Offer a report no more."""
        report.unlink(missing_ok=True)

    def _take_fault(self, fault: Path) -> None:
        if self._runs.alive(fault.stem):
            return
        try:
            text = fault.read_text(encoding="utf-8", errors="replace")
            if text.strip():
                self._write(text)
            fault.unlink()
        except OSError:
            return

    def _write(self, what: str) -> Path | None:
        self._written += 1
        if self._written > _MOST_REPORTS:
            return None
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
        path = self._folder / f"crash-{stamp}.txt"
        text = io.StringIO()
        for name, value in {**self._facts, "python": sys.version, "system": platform.platform(), "at": stamp}.items():
            text.write(f"{name}: {value}\n")
        text.write(f"\n{what}\n\nThe end of the log:\n{self._tail()}\n")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(path, redacted(text.getvalue(), self._home).encode("utf-8", "replace"))
        except Exception:  # noqa: BLE001  whatever it is, telling of one fault must not make another
            return None
        return path

    def _tail(self) -> str:
        try:
            lines = self._file.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return ""
        return "\n".join(lines[-_TAIL:])

    def _caught(self, kind: type[BaseException], error: BaseException, at: TracebackType | None) -> None:
        if not issubclass(kind, KeyboardInterrupt | SystemExit):
            self.report(error.with_traceback(at))

    def _caught_in_thread(self, caught: threading.ExceptHookArgs) -> None:
        if caught.exc_value is not None and not issubclass(caught.exc_type, SystemExit):
            self.report(caught.exc_value)

    def _caught_in_passing(self, caught: "sys.UnraisableHookArgs") -> None:
        if caught.exc_value is not None:
            self.report(caught.exc_value)
