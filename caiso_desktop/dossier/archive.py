"""Takes a zip of somebody else's apart: nothing in it is trusted, and nothing of a bad one is left behind."""

import hashlib
import json
import shutil
import zipfile
import zlib
from pathlib import Path
from typing import Any

from caiso_desktop.dossier.facts import ANSWER, PAYLOAD, REPORT, REQUEST
from caiso_desktop.model import playback
from caiso_desktop.model.dossier import FORMAT, MOST_BYTES, VERSION, DossierError
from caiso_desktop.model.error import StorageError

README, FACTS = "README.txt", "exchange.json"
KNOWN = frozenset({README, FACTS, PAYLOAD, REQUEST, ANSWER, REPORT, playback.FILE})
MOST_FILES = 16
MOST_RATIO = 400
"""How many times its packed size a zip may hold, once it holds more than `GRACE`."""
GRACE = 64 << 20
LARGEST_FACTS = 8 << 20
_CHUNK = 1 << 18
_ENCRYPTED = 0x1


def unpack(source: Path, folder: Path) -> dict[str, Any]:
    """Unpack a dossier into a folder that is there and empty; what it tells. `DossierError` or `StorageError`."""
    try:
        with zipfile.ZipFile(source) as archive:
            entries = _entries(archive)
            facts = _facts(archive, entries)
            _extract(archive, entries, folder, max(source.stat().st_size, 1))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeDecodeError, RuntimeError) as error:
        raise DossierError(f"{source.name} is damaged, or no zip at all.") from error
    except FileNotFoundError as error:
        raise DossierError(f"{source} is not there.", advice="") from error
    except OSError as error:
        raise StorageError(f"{source.name} could not be unpacked ({error.strerror or error}).") from error
    _verify(facts, folder)
    return facts


def discard(folder: Path) -> None:
    """Leave nothing of a bad dossier."""
    shutil.rmtree(folder, ignore_errors=True)


def _entries(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    found: dict[str, zipfile.ZipInfo] = {}
    listed = archive.infolist()
    if len(listed) > MOST_FILES:
        raise DossierError(f"it holds {len(listed):,} files, and a saved exchange has at most {len(KNOWN)}.")
    for entry in listed:
        if entry.orig_filename not in KNOWN:
            raise DossierError(f"it holds {entry.orig_filename[:80]!r}, which is no part of a saved exchange.")
        if entry.orig_filename in found:
            raise DossierError(f"it holds {entry.orig_filename} twice.")
        if entry.flag_bits & _ENCRYPTED:
            raise DossierError("it is protected by a password.", advice="Ask for a zip without one.")
        found[entry.orig_filename] = entry
    if FACTS not in found:
        raise DossierError(f"it has no {FACTS}, so it is no saved exchange.")
    return found


def _facts(archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo]) -> dict[str, Any]:
    with archive.open(entries[FACTS]) as stream:
        text = stream.read(LARGEST_FACTS + 1)
    if len(text) > LARGEST_FACTS:
        raise DossierError(f"its {FACTS} is larger than {LARGEST_FACTS >> 20} MB.")
    try:
        facts = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DossierError(f"its {FACTS} is damaged.") from error
    if not isinstance(facts, dict) or facts.get("format") != FORMAT:
        raise DossierError("it is no saved exchange.")
    version = facts.get("version")
    if version != VERSION:
        newer = isinstance(version, int) and version > VERSION
        raise DossierError(
            f"it was saved by a {'newer' if newer else 'different'} version of the program (its form is {version}, "
            f"and this one reads {VERSION}).",
            advice="Install the newest version of the program." if newer else None,
        )
    return facts


def _extract(archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo], folder: Path, packed: int) -> None:
    taken = 0
    for name, entry in entries.items():
        with archive.open(entry) as stream, (folder / name).open("xb") as copy:
            while chunk := stream.read(_CHUNK):
                taken += len(chunk)
                if taken > MOST_BYTES:
                    raise DossierError(f"it is larger than {MOST_BYTES >> 20:,} MB when unpacked.")
                if taken > max(GRACE, packed * MOST_RATIO):
                    raise DossierError(f"it unpacks to more than {MOST_RATIO} times its size, which no exchange does.")
                copy.write(chunk)


def _verify(facts: dict[str, Any], folder: Path) -> None:
    """Every file is the one that was saved."""
    stated = facts.get("files")
    if not isinstance(stated, dict) or not {PAYLOAD, REQUEST} <= stated.keys():
        raise DossierError("it lacks files of the exchange.")
    for name, digest in stated.items():
        path = folder / name
        if name not in KNOWN or not path.is_file():
            raise DossierError(f"it lacks {str(name)[:80]}.")
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != digest:
                raise DossierError(f"{name} in it was changed after it was saved.")
