"""The port `caiso_desktop.model.dossier.Dossiers`."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from caiso_desktop.dossier.archive import FACTS, README, discard, unpack
from caiso_desktop.dossier.facts import (
    ANSWER,
    PAYLOAD,
    REPORT,
    REQUEST,
    read_exchange,
    redact_headers,
    verdict_of,
    write_facts,
)
from caiso_desktop.dossier.readme import readme
from caiso_desktop.dossier.redact import MOST, Redaction, TooLarge
from caiso_desktop.dossier.stand_in import StandIns
from caiso_desktop.envelope.undress import undress
from caiso_desktop.model import playback
from caiso_desktop.model.dossier import FORMAT, SUFFIX, VERSION, Dossier, DossierError, Hidden
from caiso_desktop.model.error import CaisoError, CatalogueError, FileUnreadable
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.failure import Failures
from caiso_desktop.model.journal import Entry
from caiso_desktop.model.kept_header import NOT_KEPT, kept_reason
from caiso_desktop.model.saving import Saving
from caiso_desktop.model.service import Catalogue
from caiso_desktop.model.source import PayloadFile, bytes_of
from caiso_desktop.store.save import suggest_name

_WHEN = (1980, 1, 1, 0, 0, 0)


class Shelf(Protocol):
    """Where files of opened exchanges lie until they are old."""

    def new(self) -> Path:
        """A new private folder."""
        ...


class Archive(Protocol):
    """What the journal has of an exchange."""

    def find(self, exchange: str) -> Entry | None:
        """The call of an exchange (its id)."""
        ...

    def payload(self, call: int) -> bytes:
        """What was sent."""
        ...


class ZipDossiers:
    """``private`` are names of the user and folders of this computer, ``program`` is the program's version."""

    def __init__(
        self,
        saving: Saving,
        shelf: Shelf,
        catalogue: Callable[[], Catalogue],
        failures: Callable[[], Failures],
        private: Callable[[], Sequence[str]],
        program: str,
        archive: Callable[[], Archive],
    ) -> None:
        self._saving = saving
        self._shelf = shelf
        self._catalogue = catalogue
        self._failures = failures
        self._private = private
        self._program = program
        self._archive = archive

    def suggest_name(self, exchange: Exchange) -> str:
        """A file name that tells service, version, environment and time."""
        target = exchange.call.target
        return suggest_name(exchange.call.environment, target.service, target.version, exchange.started, SUFFIX)

    def save(self, exchange: Exchange, destination: Path, hidden: Hidden, *, overwrite: bool) -> tuple[str, ...]:
        """Save an exchange, redacted."""
        stand_ins = StandIns()
        redaction = Redaction(stand_ins, market=hidden.market)
        entry = self._entry(exchange)
        found = _documents(exchange, self._payload(exchange, entry))
        for subject in _subjects(exchange, entry):
            stand_ins.learn_person(subject)
        for name in self._private():
            stand_ins.learn_person(name)
        for data in found.values():
            redaction.learn(data)
        files = {name: redaction.apply(data) for name, data in found.items()}
        files[playback.FILE] = self._played(exchange, stand_ins)
        facts = self._facts(exchange, entry, stand_ins, hidden, files, found)
        files[FACTS] = (json.dumps(facts, indent=2) + "\n").encode()
        files[README] = readme(facts).encode()
        self._saving.save_bytes(_zip(files), destination, overwrite=overwrite)
        return tuple(f"{what} ({count:,})" for what, count in stand_ins.counts)

    def open(self, source: Path) -> Dossier:
        """Open a saved exchange."""
        folder = self._shelf.new()
        try:
            for blank in folder.iterdir():
                blank.unlink()  # made ahead for a call
            return self._open(unpack(source, folder), folder)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            discard(folder)
            raise DossierError(f"{source.name} is damaged: its {FACTS} makes no sense.") from error
        except BaseException:
            discard(folder)
            raise

    def _entry(self, exchange: Exchange) -> Entry | None:
        """What the journal has of an exchange; one that cannot be asked has nothing."""
        try:
            return self._archive().find(exchange.id)
        except CaisoError:
            return None

    def _payload(self, exchange: Exchange, entry: Entry | None) -> bytes:
        """What was sent; of a user's file the journal's copy, for that file may be another by now."""
        payload = exchange.call.payload
        if len(payload) > MOST:
            raise TooLarge(f"{PAYLOAD} is larger than {MOST >> 20} MB.")
        if isinstance(payload, PayloadFile) and entry is not None:
            return self._archive().payload(entry.id)
        return bytes_of(payload)

    def _open(self, facts: dict[str, object], folder: Path) -> Dossier:
        told = facts["exchange"]
        if not isinstance(told, dict):
            raise TypeError("no exchange")
        try:
            exchange = read_exchange(told, folder)
        except FileNotFoundError as error:
            raise DossierError("it lacks files of the exchange.") from error
        if exchange.response is not None and exchange.failure is None:
            answer = undress(exchange.response, exchange.operation, folder / "again", self._failures())
            exchange = replace(exchange, answer=answer)
        replaced = facts["replaced"]
        if not isinstance(replaced, dict):
            raise TypeError("nothing is said of stand-ins")
        return Dossier(
            exchange=exchange,
            folder=folder,
            environment=str(facts["environment"]),
            catalogue=str(facts["catalogue"]),
            program=str(facts["program"]),
            replaced=tuple((str(what), int(count)) for what, count in replaced.items()),
            verdict=str(facts.get("verdict") or verdict_of(told)),
            conformity=str(facts["conformity"]),
        )

    def _facts(
        self,
        exchange: Exchange,
        entry: Entry | None,
        stand_ins: StandIns,
        hidden: Hidden,
        files: Mapping[str, bytes],
        found: Mapping[str, bytes],
    ) -> dict[str, object]:
        catalogue = self._catalogue()
        try:
            place = catalogue.environment(exchange.call.environment).name
        except CatalogueError:
            place = exchange.call.environment
        return {
            "format": FORMAT,
            "version": VERSION,
            "program": self._program,
            "catalogue": _edition(entry) or ("" if exchange.lacks else catalogue.edition),
            "environment": place,
            "market_hidden": hidden.market,
            "replaced": dict(stand_ins.counts),
            "conformity": entry.record.conformity if entry is not None else "",
            "verdict": _verdict(exchange, entry),
            # Whoever knows a hash could try out what a stand-in stands for, where it is one of a few.
            "originals": {} if hidden.market else {name: _sha256(data) for name, data in found.items()},
            "files": {name: _sha256(data) for name, data in files.items()},
            "exchange": write_facts(exchange, stand_ins),
        }

    def _played(self, exchange: Exchange, stand_ins: StandIns) -> bytes:
        """What a simulator plays back; nothing where no answer came."""
        response, procedure = exchange.response, exchange.operation.procedure
        calls = []
        if response is not None:
            headers = redact_headers(playback.served(response.headers), stand_ins)
            calls.append(
                playback.Recorded(
                    path=urlsplit(exchange.request.url).path,
                    payload=Path(PAYLOAD),
                    status=response.status,
                    reason=kept_reason(response.reason),
                    headers=tuple((name, value) for name, value in headers if value != NOT_KEPT),
                    body=Path(ANSWER),
                    action=exchange.operation.soap_action,
                    procedure=procedure.name if procedure is not None else "",
                )
            )
        return playback.write_playback(calls).encode()


def _subjects(exchange: Exchange, entry: Entry | None) -> Iterator[str]:
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


def _documents(exchange: Exchange, payload: bytes) -> dict[str, bytes]:
    """Every document of an exchange; `StorageError` where one is gone, `TooLarge`."""
    paths = {REQUEST: exchange.request.body}
    if exchange.response is not None:
        paths[ANSWER] = exchange.response.body
    if exchange.answer is not None and exchange.answer.report is not None:
        paths[REPORT] = exchange.answer.report
    found = {PAYLOAD: payload}
    for name, path in paths.items():
        try:
            if path.stat().st_size > MOST:
                raise TooLarge(f"{name} is larger than {MOST >> 20} MB.")
            found[name] = path.read_bytes()
        except OSError as error:
            raise FileUnreadable(
                f"{path} cannot be read ({error.strerror}).",
                advice="The files of old calls are deleted after a while; make the call again to save it.",
            ) from error
    return found


def _zip(files: Mapping[str, bytes]) -> bytes:
    """The readme first; the same files always make the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files, key=lambda each: (each != README, each)):
            entry = zipfile.ZipInfo(name, _WHEN)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name])
    return made.getvalue()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
