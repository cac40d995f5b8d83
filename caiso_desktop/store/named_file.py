"""Plain files with a name, of the user and of the company: a few lines of ``key: value``, an empty line, and the rest.

The first line says what the file is and the version of its format. What stands below the empty line belongs to
whoever keeps the files and is not looked at here.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from caiso_desktop.model.error import StorageError, UsageError
from caiso_desktop.model.template import BadFile, Owner
from caiso_desktop.store.save import Copies, file_name, patiently

_HEAD = 16_384
LARGEST = 64_000_000
"""Bytes; what is bigger is not read."""

_END = re.compile(rb"\r?\n\r?\n")
_LINE = re.compile(r"([a-z][a-z-]*):[ \t]?(.*)")


class FileWrong(Exception):
    """A file is not what it should be: ``line`` counts from 1."""

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(sentence)
        self.line = line
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Head:
    """The lines above the empty one: values by key, and the line of each. A key that stands again adds a line."""

    values: Mapping[str, str]
    lines: Mapping[str, int]

    def need(self, key: str) -> str:
        """A value that must be there."""
        value = self.values.get(key, "")
        if not value:
            raise FileWrong(self.lines.get(key, 1), f"'{key}:' is missing or empty.")
        return value


class Named(Protocol):
    """What a file holds."""

    @property
    def name(self) -> str:
        """What it is called; upper and lower case make no difference."""
        ...

    @property
    def owner(self) -> Owner:
        """In whose folder it lies."""
        ...


T = TypeVar("T", bound=Named)


class NamedFiles:
    """Files of one ``kind``. ``title`` is their first line without the version, ``suffix`` ends their names."""

    def __init__(self, folders: Mapping[Owner, Path], *, kind: str, title: str, version: int, suffix: str) -> None:
        self._folders = dict(folders)
        self._kind = kind
        self._title = title
        self._version = version
        self._suffix = suffix

    @property
    def owners(self) -> Sequence[Owner]:
        """Whose folders there are."""
        return tuple(self._folders)

    def list(self, make: Callable[[Owner, Path, Head], T]) -> tuple[Sequence[T], Sequence[BadFile]]:
        """What the files hold, made of each one's head, by owner and name; and the files that are wrong.

        ``make`` raises `FileWrong` where something is wrong with one.
        """
        good: list[T] = []
        bad: list[BadFile] = []
        for owner, file in self._files():
            try:
                with file.open("rb") as stream:
                    head, _ = self._split(stream.read(_HEAD))
                good.append(make(owner, file, head))
            except FileWrong as wrong:
                bad.append(BadFile(file, wrong.line, wrong.sentence))
            except OSError as error:
                bad.append(BadFile(file, 0, f"it could not be read ({error.strerror})."))
        return sorted(good, key=lambda each: (self.owners.index(each.owner), each.name.casefold())), bad

    def wanted_name(self, name: str) -> str:
        """A name as it is kept; `UsageError` where there is none."""
        plain = " ".join(name.split())
        if not plain:
            raise UsageError(f"a {self._kind} needs a name.")
        return plain

    def _files(self) -> Iterator[tuple[Owner, Path]]:
        for owner, folder in self._folders.items():
            try:
                files = sorted(each for each in folder.iterdir() if each.name.endswith(self._suffix))
            except FileNotFoundError:
                continue
            except OSError as error:
                raise StorageError(f"{folder} could not be read ({error.strerror}).") from error
            yield from ((owner, file) for file in files)

    def read(self, file: Path) -> bytes:
        """What stands below a file's head; `UsageError` where it is gone or wrong."""
        try:
            return self.rest(file)
        except FileNotFoundError:
            raise UsageError(f"{file} is gone.", advice="Look at the list again.") from None
        except OSError as error:
            raise StorageError(f"{file} could not be read ({error.strerror}).") from error
        except FileWrong as wrong:
            raise UsageError(str(BadFile(file, wrong.line, wrong.sentence)), advice="Correct the file.") from None

    def rest(self, file: Path) -> bytes:
        """What stands below a file's head; `FileWrong` and `OSError`."""
        if file.stat().st_size > LARGEST:
            raise FileWrong(0, f"it has more than {LARGEST:,} bytes.")
        return self._split(file.read_bytes())[1]

    def _split(self, data: bytes) -> tuple[Head, bytes]:
        end = _END.search(data[:_HEAD])
        head = self._parsed(data[: end.start()] if end else data[:_HEAD])
        if end is None:
            raise FileWrong(len(head.lines) + 2, "the empty line that ends its head is missing.")
        return head, data[end.end() :]

    def write(
        self, owner: Owner, name: str, head: Sequence[tuple[str, str]], rest: bytes, *, replace: Path | None
    ) -> Path:
        """Write a file whole or not at all, over ``replace`` where that is given."""
        folder = self._folders.get(owner)
        if folder is None:
            raise UsageError("your company has no folder for the program on this computer.")
        lines = [f"{self._title} {self._version}"]
        for key, value in head:
            lines += [f"{key}: {line}" for line in value.splitlines() or [""]]
        data = "\n".join(lines).encode() + b"\n\n" + rest
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(f"{folder} could not be made ({error.strerror}).") from error
        file = replace or self._free(folder, name)
        Copies().save_bytes(data, file, overwrite=replace is not None)
        return file

    def remove(self, file: Path) -> None:
        """Delete a file of ours."""
        try:
            patiently(file.unlink)
        except FileNotFoundError:
            raise UsageError(f"{file} is gone already.") from None
        except OSError as error:
            raise StorageError(f"{file} could not be deleted ({error.strerror}).") from error

    def _free(self, folder: Path, name: str) -> Path:
        """A file name for a new name: two names may be the same for the file system."""
        for number in range(1, 1000):
            file = folder / file_name(name, f"{'' if number == 1 else f'-{number}'}{self._suffix}")
            if not file.exists():
                return file
        raise UsageError(f"{folder} has too many files of this name.", advice="Choose another name.")

    def _parsed(self, data: bytes) -> Head:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise FileWrong(data[: error.start].count(b"\n") + 1, "this is not UTF-8.") from None
        first, *lines = text.replace("\r\n", "\n").split("\n")
        title, _, version = first.rpartition(" ")
        if title != self._title or not version.isdigit():
            raise FileWrong(1, f"it should begin with '{self._title} {self._version}'.")
        if int(version) > self._version:
            raise FileWrong(1, "it was written by a newer version of the program.")
        values: dict[str, str] = {}
        places: dict[str, int] = {}
        for number, line in enumerate(lines, 2):
            found = _LINE.fullmatch(line)
            if found is None:
                raise FileWrong(number, "here should stand 'key: value', or an empty line before what follows.")
            key, value = found.groups()
            values[key] = f"{values[key]}\n{value}" if key in values else value
            places.setdefault(key, number)
        return Head(values, places)


def of_name(name: str, owner: Owner, known: Sequence[T]) -> T | None:
    """The one in an owner's folder that has this name already."""
    mine = (each for each in known if each.owner is owner)
    return next((each for each in mine if each.name.casefold() == name.casefold()), None)
