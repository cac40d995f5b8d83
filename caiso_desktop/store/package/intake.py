"""Unpacks a package into a folder of ours, within bounds; whatever would leave that folder is refused.

Only files that a package is made of are taken; the others are counted and left. Nothing is trusted: not the names,
not the sizes that an archive announces, not where a link leads.
"""

import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from caiso_desktop.contract.package.name import SUFFIXES
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import Cancelled, Fate, StorageError
from caiso_desktop.model.package import PackageError

MOST_ENTRIES = 5_000
MOST_FILES = 1_000
LARGEST_FILE = 16 << 20
MOST_BYTES = 64 << 20
MOST_RATIO = 200
"""How many times its packed size an archive may hold, once it holds more than `SMALL`."""
SMALL = 1 << 20
DEEPEST = 16
"""Folders inside one another."""

_CHUNK = 1 << 16
_NOT_ALLOWED = re.compile(r'[\x00-\x1f\x7f<>"|?*]')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")
_ENCRYPTED = 0x1


def take_in(source: Path, folder: Path, token: CancelToken) -> tuple[str, ...]:
    """Copy the files of a zip, a folder or a single file into a new folder; the names of the others, which were left.

    `PackageError` names the file that must not be taken, `StorageError` one that cannot be read or written.
    """
    if not source.is_dir() and not source.is_file():
        raise PackageError(f"{source} is not there.")
    if folder.resolve().is_relative_to(source.resolve()):
        raise PackageError(f"{source} holds the program's own packages.", advice="Choose the package's own folder.")
    intake = _Intake(folder, token)
    try:
        folder.mkdir()
        if source.is_dir():
            intake.folder(source)
        elif source.suffix.lower() in SUFFIXES:
            intake.file(PurePosixPath(source.name), source)
        else:
            intake.archive(source)
    except OSError as error:
        place = error.filename or source
        raise StorageError(f"{place} could not be copied ({error.strerror or error}).") from error
    if not intake.files:
        raise PackageError(f"{source.name} holds no WSDL and no XSD.", advice="Choose a package as CAISO publishes it.")
    return tuple(intake.left)


class _Intake:
    """Counts what is taken, and refuses what is too much."""

    def __init__(self, folder: Path, token: CancelToken) -> None:
        self._folder = folder
        self._token = token
        self._names: set[str] = set()
        self._bytes = 0
        self._entries = 0
        self.files = 0
        self.left: list[str] = []

    def folder(self, source: Path) -> None:
        """Every file of a folder and the folders in it."""
        for path in _walk(source):
            name = PurePosixPath(path.relative_to(source).as_posix())
            self._count(str(name))
            if _is_link(path):
                raise PackageError(f"{name} is a link, and links are not followed.")
            # What is neither (a pipe, a device) might never end.
            if not path.is_file() or self._skip(name):
                continue
            with path.open("rb") as stream:
                self._take(name, stream)

    def file(self, name: PurePosixPath, source: Path) -> None:
        """A single file."""
        with source.open("rb") as stream:
            self._take(name, stream)

    def archive(self, source: Path) -> None:
        """Every file of a zip."""
        try:
            with zipfile.ZipFile(source) as archive:
                packed = max(source.stat().st_size, 1)
                for entry in archive.infolist():
                    self._entry(archive, entry, packed)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeDecodeError) as error:
            raise PackageError(f"{source.name} is not a zip that can be read ({error}).") from error

    def _entry(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, packed: int) -> None:
        name = _safe(entry.orig_filename)
        self._count(entry.orig_filename)
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise PackageError(f"{name} is a link, and links are not followed.")
        if entry.is_dir() or entry.orig_filename.endswith(("/", "\\")) or self._skip(name):
            return
        if entry.flag_bits & _ENCRYPTED:
            raise PackageError(f"{name} is protected by a password.", advice="Unpack it first, then import the folder.")
        with archive.open(entry) as stream:
            self._take(name, stream, packed)

    def _count(self, name: str) -> None:
        self._entries += 1
        if self._token.cancelled:
            raise Cancelled("The import was stopped, and nothing was changed.", fate=Fate.NOT_SENT)
        if self._entries > MOST_ENTRIES:
            raise PackageError(f"it has more than {MOST_ENTRIES:,} files and folders (up to {name}).")

    def _skip(self, name: PurePosixPath) -> bool:
        if name.suffix.lower() in SUFFIXES:
            return False
        self.left.append(str(name))
        return True

    def _take(self, name: PurePosixPath, stream: object, packed: int = 0) -> None:
        name = _safe(str(name))
        plain = str(name).casefold()
        if plain in self._names:
            raise PackageError(f"{name} is there twice; names that differ only in case are the same on Windows.")
        self._names.add(plain)
        self.files += 1
        if self.files > MOST_FILES:
            raise PackageError(f"it has more than {MOST_FILES:,} WSDL and XSD files (up to {name}).")
        place = self._folder.joinpath(*name.parts)
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("xb") as copy:
            self._copy(name, stream, copy, packed)  # type: ignore[arg-type]  # zipfile's stream is one in all but name

    def _copy(self, name: PurePosixPath, stream: BinaryIO, copy: BinaryIO, packed: int) -> None:
        size = 0
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            self._bytes += len(chunk)
            if size > LARGEST_FILE:
                raise PackageError(f"{name} is larger than {LARGEST_FILE >> 20} MB.")
            if self._bytes > MOST_BYTES:
                raise PackageError(f"it is larger than {MOST_BYTES >> 20} MB when unpacked (up to {name}).")
            if packed and self._bytes > max(SMALL, packed * MOST_RATIO):
                raise PackageError(f"{name} unpacks to more than {MOST_RATIO} times the size of the archive.")
            if self._token.cancelled:
                raise Cancelled("The import was stopped, and nothing was changed.", fate=Fate.NOT_SENT)
            copy.write(chunk)


def _safe(written: str) -> PurePosixPath:
    """A name that stays inside and that every system can bear; `PackageError` for any other."""
    name = written.replace("\\", "/")
    shown = repr(written)
    if name.startswith("/") or re.match(r"[A-Za-z]:", name):
        raise PackageError(f"{shown} is an absolute path, and leads out of the package.")
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise PackageError(f"{shown} leads out of the package.")
    if len(parts) > DEEPEST:
        raise PackageError(f"{shown} lies more than {DEEPEST} folders deep.")
    for part in parts:
        if ":" in part or _NOT_ALLOWED.search(part) or _RESERVED.fullmatch(part) or part[-1] in ". ":
            raise PackageError(f"{shown} has a name that Windows does not allow.")
    return PurePosixPath(*parts)


def _walk(folder: Path) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        raise error

    for parent, folders, files in os.walk(folder, onerror=refuse):
        folders.sort()
        yield from (Path(parent, name) for name in [*folders, *sorted(files)])


def _is_link(path: Path) -> bool:
    """Whether a file or folder is a link, or a junction of Windows; a file that lies in a cloud is neither."""
    tag = getattr(path.lstat(), "st_reparse_tag", 0)
    return path.is_symlink() or tag == getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", -1)
