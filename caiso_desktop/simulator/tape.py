"""Saved exchanges that are served again, each as the answer to the same call, byte for byte.

The same call is one to the same service, version, variant and procedure with the same payload: elements, attributes and
texts count; prefixes, blanks between elements, comments and the MessageHeader (when it was made) do not.
"""

import hashlib
import re
import shutil
import tempfile
import threading
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from lxml import etree

from caiso_desktop.model.dossier import MOST_BYTES
from caiso_desktop.model.error import FileUnreadable
from caiso_desktop.model.playback import FILE, PlaybackError, Recorded, read_playback, served
from caiso_desktop.simulator.message import parse
from caiso_desktop.simulator.plan import Address
from caiso_desktop.simulator.refusal import Refused
from caiso_desktop.simulator.reply import Reply

_MOST_FILES = 10_000
_PIECE = 256 * 1024
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_WHAT = "Name a zip of one, a folder of one, or a folder of such folders."
_VERSION = re.compile(r"v\d+")


@dataclass(slots=True)
class Played:
    """A call that is played back: its address here, the print of its payload, and how often it was."""

    path: str
    print: bytes
    recorded: Recorded
    times: int = 0


class Filed:
    """A body that lies in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __iter__(self) -> Iterator[bytes]:
        with self._path.open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece

    def close(self) -> None:
        """Nothing is held open."""


class Tape:
    """What is played back; safe on any thread. Zips are unpacked into a folder of its own, gone with `eject`."""

    def __init__(self, addresses: Mapping[str, Address]) -> None:
        self._addresses = addresses
        self._lock = threading.Lock()
        self._played: list[Played] = []
        self._folders: list[Path] = []

    @property
    def calls(self) -> tuple[Played, ...]:
        """The calls, in the order in which they were loaded."""
        with self._lock:
            return tuple(self._played)

    def load(self, source: Path) -> int:
        """Take the exchanges of a folder, of the folders in it, or of a zip of one; how many calls they are.

        A call that was loaded before gives its place up. `PlaybackError` or `StorageError`; then nothing is taken.
        """
        folder = self._unpacked(source) if source.is_file() and source.name != FILE else None
        try:
            found = [self._take(call) for each in _folders(folder or source) for call in read_playback(each)]
        except BaseException:
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)
            raise
        with self._lock:
            if folder is not None:
                self._folders.append(folder)
            new = {(each.path, each.print) for each in found}
            self._played = [each for each in self._played if (each.path, each.print) not in new] + found
        return len(found)

    def eject(self) -> None:
        """Play nothing any more."""
        with self._lock:
            self._played.clear()
            folders, self._folders = self._folders, []
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)

    def has(self, path: str) -> bool:
        """Whether any call of an address is played back."""
        with self._lock:
            return any(each.path == path for each in self._played)

    def find(self, path: str, payload: etree._Element) -> Played | None:
        """The call that is this one."""
        if not self.has(path):
            return None
        own = print_of(payload)
        with self._lock:
            return next((each for each in self._played if each.path == path and each.print == own), None)

    def play(self, call: Played) -> Reply:
        """Its answer."""
        with self._lock:
            call.times += 1
        recorded = call.recorded
        kind = next((value for name, value in recorded.headers if name.lower() == "content-type"), "")
        others = tuple((name, value) for name, value in served(recorded.headers) if name.lower() != "content-type")
        try:
            size = recorded.body.stat().st_size
        except OSError as error:
            raise Refused("The recorded answer is gone.", str(error)) from error
        return Reply(recorded.status, kind, Filed(recorded.body), size, others, recorded.reason)

    def _take(self, recorded: Recorded) -> Played:
        _check(recorded)
        path = self._path(recorded.path)
        try:
            payload = parse(recorded.payload.read_bytes())
        except Refused as error:
            raise PlaybackError(f"the file {recorded.payload.name} is no XML ({error.reason}).") from error
        except OSError as error:
            raise FileUnreadable(f"the file {recorded.payload} cannot be read ({error.strerror or error}).") from error
        return Played(path, print_of(payload), recorded)

    def _path(self, path: str) -> str:
        """The address here: the same path, else the one that ends as it does."""
        if path in self._addresses:
            return path
        ending = _ending(path)
        found = [each for each in self._addresses if _ending(each) == ending]
        if len(found) != 1:
            raise PlaybackError(f"no service of the catalogue has the address {path}.", advice="")
        return found[0]

    def _unpacked(self, source: Path) -> Path:
        """The files of a zip in a new folder: no name in it leads elsewhere, and they are not endless."""
        folder = Path(tempfile.mkdtemp(prefix="caiso-playback-"))
        try:
            with zipfile.ZipFile(source) as archive:
                left = MOST_BYTES
                for entry in archive.infolist()[:_MOST_FILES]:
                    name = entry.filename
                    if name != Path(name).name or "\\" in name or ":" in name or name in ("", ".", ".."):
                        raise PlaybackError(f"the file {source.name} holds {name!r}, no part of a saved exchange.")
                    left = _extract(archive, entry, folder / name, left)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise PlaybackError(f"the file {source.name} is damaged, or no saved exchange at all.") from error
        except OSError as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise FileUnreadable(f"the file {source} cannot be read ({error.strerror or error}).") from error
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return folder


def print_of(payload: etree._Element) -> bytes:
    """The same for the same payload, however it is written."""
    digest = hashlib.sha256()
    header = payload.find("{*}MessageHeader")
    skipped = set() if header is None else set(header.iter())
    for event, element in etree.iterwalk(payload, events=("start", "end")):
        if not isinstance(element.tag, str) or element in skipped:
            continue
        if event == "start":
            attributes = sorted((etree.QName(name).localname, value) for name, value in element.attrib.items())
            kept = [each for each in attributes if each[0] not in ("Id", "schemaLocation")]
            digest.update(repr((etree.QName(element).localname, kept, _text(element))).encode())
        else:
            digest.update(b"/")
    return digest.digest()


def _text(element: etree._Element) -> str:
    """The text of an element itself, whatever comments and elements stand between."""
    return " ".join("".join([element.text or "", *(child.tail or "" for child in element)]).split())


def _folders(source: Path) -> list[Path]:
    """The folders with something to play: this one, or those in it."""
    if source.name == FILE:
        source = source.parent
    if not source.exists():
        raise PlaybackError(f"the file or folder {source} is not there.", advice="")
    found = [source] if (source / FILE).is_file() else sorted(each.parent for each in source.glob(f"*/{FILE}"))
    if not found:
        raise PlaybackError(f"the folder {source} holds no saved exchange.", advice=_WHAT)
    return found


def _ending(path: str) -> tuple[str, ...]:
    parts = tuple(part for part in path.split("/") if part)
    return parts[-2:] if parts and _VERSION.fullmatch(parts[-1]) else parts[-1:]


def _check(recorded: Recorded) -> None:
    """A status and headers that may be sent: nothing in them begins another line."""
    if not HTTPStatus.OK <= recorded.status <= 599:
        raise PlaybackError(f"{recorded.status} is no status of an answer.")
    for name, value in recorded.headers:
        if not _NAME.fullmatch(name) or not value.isprintable():
            raise PlaybackError(f"its header {name!r} cannot be sent.")
    if not recorded.reason.isprintable():
        raise PlaybackError(f"its reason {recorded.reason!r} cannot be sent.")


def _extract(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, left: int) -> int:
    """Write one file, as long as room is left; how much is left then."""
    with archive.open(entry) as source, target.open("xb") as copy:
        while piece := source.read(_PIECE):
            left -= len(piece)
            if left < 0:
                raise PlaybackError(f"it is larger than {MOST_BYTES:,} bytes when unpacked.")
            copy.write(piece)
    return left
