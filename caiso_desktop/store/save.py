"""Files written whole or not at all, and copies for the user under names that every system accepts."""

import contextlib
import errno
import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from caiso_desktop.model.error import StorageError
from caiso_desktop.model.exchange import Exchange

TRIES = 8
"""How often a file that another program has open (a virus scanner, Excel) is tried on Windows."""

PAUSE = 0.1
"""Seconds between two tries; doubled each time, up to one second."""

LONGEST_NAME = 120
"""Bytes of a suggested name in UTF-8; Windows counts the whole path, and 260 are soon reached."""

_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\s]+')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])(\..*)?")
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV, errno.EACCES}

_SUFFIXES = {
    "text/xml": ".xml",
    "application/xml": ".xml",
    "application/soap+xml": ".xml",
    "text/html": ".html",
    "text/plain": ".txt",
    "application/zip": ".zip",
    "application/x-zip-compressed": ".zip",
    "multipart/related": ".mime",
}


class Copies:
    """Writes copies of an exchange's files for the user: the port `caiso_desktop.model.saving.Saving`."""

    def suggest_name(self, exchange: Exchange, source: Path) -> str:
        """A file name (no folder) that tells service, version, environment, time, and which file it was."""
        call = exchange.call
        suffix = source.suffix
        if not suffix:
            response = exchange.response
            kind = response.header("content-type") if response and response.body == source else None
            suffix = _SUFFIXES.get((kind or "").partition(";")[0].strip().lower(), ".xml" if not kind else ".bin")
        if exchange.answer is None or source != exchange.answer.report:
            suffix = f"-{source.stem}{suffix}"
        target = call.target
        return suggest_name(call.environment, target.service, target.version, exchange.started, suffix)

    def save_copy(self, source: Path, destination: Path, *, overwrite: bool) -> None:
        """Copy whole or not at all; see `save_copy`."""
        save_copy(source, destination, overwrite=overwrite)

    def save_text(self, text: str, destination: Path, *, overwrite: bool) -> None:
        """Write a text as UTF-8, whole or not at all; see `save_copy`."""
        self.save_bytes(text.encode(), destination, overwrite=overwrite)

    def save_bytes(self, data: bytes, destination: Path, *, overwrite: bool) -> None:
        """Write bytes, whole or not at all; see `save_copy`."""
        with self.writing(destination, overwrite=overwrite) as file:
            file.write(data)

    @contextmanager
    def writing(self, destination: Path, *, overwrite: bool) -> Iterator[BinaryIO]:
        """A file that gets its name when the block ends well; see `save_copy`."""
        try:
            with _whole(destination, overwrite=overwrite) as file:
                yield file
        except FileExistsError as error:
            raise StorageError(f"{destination} is there already.", advice="Choose another name.") from error
        except OSError as error:
            raise StorageError(_failed(destination, error)) from error


def suggest_name(environment: str, service: str, version: str, started: datetime, suffix: str) -> str:
    """A file name that Windows, macOS and Linux accept: ``Service_v4_environment_20260401T070000Z.xml``.

    ``started`` has a zone and is written in GMT; ``suffix`` begins with what tells the file (``-request.xml``) or
    with its dot.
    """
    stamp = f"{started.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    parts = [cleaned for each in (service, version, environment) if (cleaned := _clean(each))]
    tail = _FORBIDDEN.sub("-", suffix).rstrip(". ")
    ending = _cut(f"_{stamp}{tail}", LONGEST_NAME)
    begin = _cut("_".join(parts), LONGEST_NAME - len(ending.encode()))
    name = (begin.rstrip("-. ") or "answer") + ending
    return f"_{name}" if _RESERVED.fullmatch(name) else name


def file_name(words: str, suffix: str) -> str:
    """A file name that every system accepts, for a name that a person gave; ``suffix`` is kept whole."""
    name = (_cut(_clean(words), LONGEST_NAME - len(suffix.encode())).rstrip("-. ") or "unnamed") + suffix
    return f"_{name}" if _RESERVED.fullmatch(name) else name


def save_copy(source: Path, destination: Path, *, overwrite: bool) -> Path:
    """Copy a file whole or not at all, and give its new place.

    `StorageError` when the destination exists and ``overwrite`` is false, when the disk is full, and when either file
    cannot be used; nothing half-written is left behind.
    """
    try:
        with source.open("rb") as original, _whole(destination, overwrite=overwrite) as copy:
            shutil.copyfileobj(original, copy, 1 << 20)
    except FileExistsError as error:
        raise StorageError(f"{destination} is there already.", advice="Choose another name.") from error
    except OSError as error:
        raise StorageError(_failed(destination, error)) from error
    return destination


def write_whole(path: Path, data: bytes) -> None:
    """Write a file of our own whole or not at all, over what was there; private to the user. `StorageError`."""
    try:
        with _whole(path, overwrite=True, mode=0o600) as file:
            file.write(data)
    except OSError as error:
        raise StorageError(_failed(path, error)) from error


def patiently(action: Callable[[], object], *, tries: int = TRIES, pause: float = PAUSE) -> None:
    """Do something that another program's open file may hinder for a moment; the last `PermissionError` is raised."""
    for turn in range(1, tries + 1):
        try:
            action()
        except PermissionError:
            if turn == tries:
                raise
            time.sleep(min(pause * 2 ** (turn - 1), 1.0))
        else:
            return


@contextmanager
def _whole(destination: Path, *, overwrite: bool, mode: int = 0o666) -> Iterator[BinaryIO]:
    """A file that gets its name when the block ends well: a reader finds the old one or the new one, all of it."""
    if not overwrite and os.path.lexists(destination):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(destination))
    if destination.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(destination))
    destination = destination.resolve()  # over a link's target, not over the link
    import secrets  # imported late: the window's first paint does not need it

    temporary = destination.with_name(f".caiso-{secrets.token_hex(6)}.part")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(temporary, flags, mode), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _name(temporary, destination, overwrite=overwrite)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
    _settle(destination.parent)


def _name(temporary: Path, destination: Path, *, overwrite: bool) -> None:
    """Give the finished file its name in one step; without ``overwrite`` never over another, even one made just now."""
    if sys.platform == "win32":
        patiently(lambda: temporary.replace(destination) if overwrite else temporary.rename(destination))
        return
    if overwrite:
        temporary.replace(destination)
        return
    try:
        os.link(temporary, destination)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # A file system without links: take the name first, then put the file in its place.
        os.close(os.open(destination, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            temporary.replace(destination)
        except OSError:
            destination.unlink()
            raise


def _settle(folder: Path) -> None:
    """Bring the new name onto the disk; Windows does that by itself."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def _failed(path: Path, error: OSError) -> str:
    if isinstance(error, PermissionError) and sys.platform == "win32":
        return f"{path} is open in another program, or its folder is protected."
    where = f" ({error.filename})" if error.filename and str(path) not in str(error.filename) else ""
    return f"{path}: {os.strerror(error.errno) if error.errno else error}{where}."


def _clean(part: str) -> str:
    return _FORBIDDEN.sub("-", part).strip("-. ")


def _cut(text: str, size: int) -> str:
    """At most so many bytes of UTF-8, no half characters."""
    return text.encode()[: max(0, size)].decode(errors="ignore")
