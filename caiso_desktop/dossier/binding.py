"""Binds one exchange into a zip: its documents are looked through and redacted a piece at a time, none is held."""

import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import urlsplit

from caiso_desktop.dossier.archive import FACTS, README
from caiso_desktop.dossier.facts import ANSWER, PAYLOAD, REPORT, REQUEST, redact_headers, write_facts
from caiso_desktop.dossier.readme import readme
from caiso_desktop.dossier.redact import Redaction
from caiso_desktop.dossier.segment import TooLarge
from caiso_desktop.dossier.stand_in import StandIns
from caiso_desktop.model import playback
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.dossier import FORMAT, MOST_BYTES, VERSION, Hidden
from caiso_desktop.model.error import Cancelled, Fate, FileUnreadable, StorageError, UsageError
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.journal import Entry
from caiso_desktop.model.kept_header import NOT_KEPT, kept_reason
from caiso_desktop.model.source import PayloadFile

_WHEN = (1980, 1, 1, 0, 0, 0)
_PIECE = 1 << 18
_TOLD = 8 << 20
"""Bytes after which it is told again how far the work is."""


class Archive(Protocol):
    """What the journal has of an exchange."""

    def find(self, exchange: str) -> Entry | None:
        """The call of an exchange (its id)."""
        ...

    def payload_into(self, call: int, path: Path) -> PayloadFile:
        """Write what was sent into a new file."""
        ...


class Pace:
    """Says how far the work is, and stops it when that is asked for."""

    def __init__(self, token: CancelToken | None, tell: Callable[[str], None]) -> None:
        self._token = token
        self._tell = tell
        self._size = self._told = 0
        self._verb = "Looking through the exchange"

    def begin(self, verb: str) -> None:
        """Something else is done from now on."""
        self._verb = verb
        self._size = self._told = 0

    def check(self, size: int) -> None:
        """So many bytes more were worked on. `Cancelled` where somebody has asked to stop."""
        if self._token is not None and self._token.cancelled:
            raise Cancelled("The exchange was not saved.", fate=Fate.NOT_SENT)
        self._size += size
        if self._size - self._told >= _TOLD:
            self._told = self._size
            self._tell(f"{self._verb}: {self._size >> 20:,} MB so far")


class Binding:
    """One exchange on its way into a zip. ``entry`` is what the journal has of it; ``folder`` holds what is made."""

    def __init__(
        self, exchange: Exchange, entry: Entry | None, stand_ins: StandIns, hidden: Hidden, folder: Path, pace: Pace
    ) -> None:
        self._exchange = exchange
        self._entry = entry
        self._stand_ins = stand_ins
        self._hidden = hidden
        self._folder = folder
        self._pace = pace
        self._files: dict[str, Path] = {}

    def redact(self, documents: Mapping[str, Path]) -> None:
        """Make every document with stand-ins. `TooLarge` or `StorageError`."""
        redaction = Redaction(self._stand_ins, market=self._hidden.market, folder=self._folder, check=self._pace.check)
        with closing(redaction):
            for path in documents.values():
                with path.open("rb") as document:
                    redaction.learn(document)
            for name, path in documents.items():
                self._files[name] = self._folder / f"made-{name}"
                with path.open("rb") as document, self._files[name].open("w+b") as made:
                    redaction.apply(document, made)

    def describe(self, documents: Mapping[str, Path], catalogue: Catalogue, place: str, program: str) -> None:
        """Add what is told of the exchange; ``place`` is the environment's name, ``program`` our version."""
        self._add(playback.FILE, self._played())
        entry, exchange, hidden = self._entry, self._exchange, self._hidden
        facts = {
            "format": FORMAT,
            "version": VERSION,
            "program": program,
            "catalogue": _edition(entry) or ("" if exchange.lacks else catalogue.edition),
            "environment": place,
            "market_hidden": hidden.market,
            "replaced": dict(self._stand_ins.counts),
            "overflowed": self._stand_ins.overflowed,
            "conformity": entry.record.conformity if entry is not None else "",
            "verdict": _verdict(exchange, entry),
            # Whoever knows a hash could try out what a stand-in stands for, where it is one of a few.
            "originals": {} if hidden.market else {name: _sha256(path) for name, path in documents.items()},
            "files": {name: _sha256(path) for name, path in self._files.items()},
            "exchange": write_facts(exchange, self._stand_ins),
        }
        self._add(FACTS, json.dumps(facts, indent=2) + "\n")
        self._add(README, readme(facts))

    def write(self, file: BinaryIO) -> None:
        """Write the zip, the readme first; the same files always make the same bytes."""
        self._pace.begin("Packing the exchange")
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in sorted(self._files, key=lambda each: (each != README, each)):
                path = self._files[name]
                entry = zipfile.ZipInfo(name, _WHEN)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.file_size = path.stat().st_size
                with path.open("rb") as source, archive.open(entry, "w") as target:
                    while piece := source.read(_PIECE):
                        self._pace.check(len(piece))
                        target.write(piece)

    def _add(self, name: str, text: str) -> None:
        self._files[name] = self._folder / f"made-{name}"
        self._files[name].write_bytes(text.encode())

    def _played(self) -> str:
        """What a simulator plays back; nothing where no answer came."""
        exchange, response = self._exchange, self._exchange.response
        if response is None:
            return playback.write_playback([])
        procedure = exchange.operation.procedure
        headers = redact_headers(playback.served(response.headers), self._stand_ins)
        call = playback.Recorded(
            path=urlsplit(exchange.request.url).path,
            payload=Path(PAYLOAD),
            status=response.status,
            reason=kept_reason(response.reason),
            headers=tuple((name, value) for name, value in headers if value != NOT_KEPT),
            body=Path(ANSWER),
            action=exchange.operation.soap_action,
            procedure=procedure.name if procedure is not None else "",
        )
        return playback.write_playback([call])


def documents_of(exchange: Exchange, entry: Entry | None, archive: Archive, folder: Path) -> dict[str, Path]:
    """Every document of an exchange; `StorageError` where one is gone, `TooLarge`."""
    found = {PAYLOAD: _payload(exchange, entry, archive, folder / "payload"), REQUEST: exchange.request.body}
    if exchange.response is not None:
        found[ANSWER] = exchange.response.body
    if exchange.answer is not None and exchange.answer.report is not None:
        found[REPORT] = exchange.answer.report
    size = 0
    for path in found.values():
        try:
            size += path.stat().st_size
        except OSError as error:
            raise FileUnreadable(
                f"{path} cannot be read ({error.strerror}).",
                advice="The files of old calls are deleted after a while; make the call again to save it.",
            ) from error
    if size > MOST_BYTES:
        raise TooLarge(f"its documents are larger than {MOST_BYTES >> 20:,} MB.")
    if 3 * size > shutil.disk_usage(folder).free:
        raise StorageError(f"the disk of {folder} has no room for {3 * size >> 20:,} MB, which saving takes meanwhile.")
    return found


def _payload(exchange: Exchange, entry: Entry | None, archive: Archive, path: Path) -> Path:
    """What was sent; of a user's file the journal's copy, for that file may be another by now.

    Where retention has deleted the copy, that file, if it still is what was sent.
    """
    payload = exchange.call.payload
    if isinstance(payload, bytes):
        path.write_bytes(payload)
        return path
    if entry is not None:
        with suppress(UsageError):
            return archive.payload_into(entry.id, path).path
    try:
        with path.open("wb") as file:
            for piece in payload.pieces():
                file.write(piece)
    except StorageError as error:
        why = (
            error.detail.rstrip(".") if isinstance(error, FileUnreadable) else f"{payload.path} is another file by now"
        )
        raise FileUnreadable(
            f"what was sent is no longer kept: the journal has no copy of it, and {why}.",
            advice="Nothing was saved. File, Data and retention says how long records are kept.",
        ) from error
    return path


def people_of(exchange: Exchange, entry: Entry | None) -> Iterator[str]:
    """Whose call it was, also where only the journal knows: of old calls it has no certificate."""
    if exchange.certificate is not None:
        yield exchange.certificate.subject
    elif entry is not None and entry.record.subject:
        yield entry.record.subject


def _edition(entry: Entry | None) -> str:
    """The catalogue that a call was made by, as the journal has it."""
    evidence = entry.ending.evidence if entry is not None and entry.ending is not None else None
    return evidence.circumstances.catalogue if evidence is not None else ""


def _verdict(exchange: Exchange, entry: Entry | None) -> str:
    """How the answer was understood when it came, as the journal has it; else how it is understood now."""
    ending = entry.ending if entry is not None else None
    if ending is not None and ending.evidence is not None and ending.outcome is not None:
        return ". ".join((str(ending.outcome), *ending.evidence.notes))
    answer = exchange.answer
    return ". ".join((str(answer.outcome), *(note.title for note in answer.notes))) if answer is not None else ""


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
