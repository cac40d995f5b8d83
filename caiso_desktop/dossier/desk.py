"""The port `caiso_desktop.model.dossier.Dossiers`."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from caiso_desktop.dossier.archive import FACTS, discard, unpack
from caiso_desktop.dossier.binding import Archive, Binding, Pace, documents_of, people_of
from caiso_desktop.dossier.facts import read_exchange, verdict_of
from caiso_desktop.dossier.stand_in import StandIns
from caiso_desktop.envelope.undress import undress
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.dossier import SUFFIX, Dossier, DossierError, Hidden
from caiso_desktop.model.error import CaisoError, CatalogueError, StorageError
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.failure import Failures
from caiso_desktop.model.journal import Entry
from caiso_desktop.model.package import ignore_words
from caiso_desktop.model.saving import Saving
from caiso_desktop.store.save import suggest_name


class Shelf(Protocol):
    """Where files of opened exchanges lie until they are old."""

    def new(self) -> Path:
        """A new private folder."""
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

    def save(
        self,
        exchange: Exchange,
        destination: Path,
        hidden: Hidden,
        *,
        overwrite: bool,
        token: CancelToken | None = None,
        tell: Callable[[str], None] = ignore_words,
    ) -> tuple[str, ...]:
        """Save an exchange, redacted."""
        folder, stand_ins, pace = self._shelf.new(), StandIns(), Pace(token, tell)
        try:
            entry = self._entry(exchange)
            documents = documents_of(exchange, entry, self._archive(), folder)
            for name in (*people_of(exchange, entry), *self._private()):
                stand_ins.learn_person(name)
            binding = Binding(exchange, entry, stand_ins, hidden, folder, pace)
            binding.redact(documents)
            binding.describe(documents, self._catalogue(), self._place(exchange), self._program)
            with self._saving.writing(destination, overwrite=overwrite) as file:
                binding.write(file)
        except OSError as error:
            raise StorageError(f"the exchange could not be made ready in {folder} ({error.strerror}).") from error
        finally:
            discard(folder)
        return tuple(f"{what} ({count:,})" for what, count in stand_ins.counts)

    def open(self, source: Path) -> Dossier:
        """Open a saved exchange."""
        folder = self._shelf.new()
        try:
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

    def _place(self, exchange: Exchange) -> str:
        """The name of its environment; its id where the catalogue has that no more."""
        try:
            return self._catalogue().environment(exchange.call.environment).name
        except CatalogueError:
            return exchange.call.environment

    def _open(self, facts: dict[str, object], folder: Path) -> Dossier:
        told = facts["exchange"]
        if not isinstance(told, dict):
            raise TypeError("no exchange")
        try:
            exchange = read_exchange(told, folder)
        except FileNotFoundError as error:
            raise DossierError("it lacks files of the exchange.") from error
        if exchange.response is not None and exchange.failure is None:
            (again := folder / "again").mkdir()
            answer = undress(exchange.response, exchange.operation, again, self._failures())
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
