"""A courier with everything that it works with in one folder, for a simulator in another process."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from caiso_desktop.assembly.place import find_resources
from caiso_desktop.catalogue.load import load
from caiso_desktop.contract.payload import RulePayloads
from caiso_desktop.courier import CallCourier
from caiso_desktop.keystore.memory import MemoryKeystore
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.identity import IdentityRef, Trust
from caiso_desktop.model.service import Environment
from caiso_desktop.store.chain import HeadNote
from caiso_desktop.store.database import Database
from caiso_desktop.store.format import STEPS
from caiso_desktop.store.journal import prepare
from caiso_desktop.store.known_host import ApprovedHosts
from caiso_desktop.store.run import Runs
from caiso_desktop.store.setting import FileSettings
from caiso_desktop.store.spool import Spool
from caiso_desktop.store.swift import SwiftJournal
from caiso_desktop.wire.transport import HttpTransport

SIMULATOR = Environment("simulator", "Simulator", "", guarded=False)


@dataclass(frozen=True)
class Simulated:
    """What a simulator tells of itself: where its applications are, whom to trust, and a user's certificate (PEM)."""

    bases: Mapping[str, str]
    authority: bytes
    certificate: bytes
    key: bytes


class Workplace:
    """Makes couriers over one transport, keystore and spool; ``journal`` is what they usually write to."""

    def __init__(
        self,
        folder: Path,
        simulated: Simulated,
        transport: HttpTransport,
        runs: Runs,
        database: Database,
        note: HeadNote,
        spool: Spool,
    ) -> None:
        self.catalogue: Catalogue = load(find_resources() / "catalogue").with_environment(SIMULATOR, simulated.bases)
        self.runs = runs
        self.database = database
        self.note = note
        self.journal = SwiftJournal(database, runs, note)
        self._folder = folder
        self._keystore = MemoryKeystore("simulator")
        self._spool = spool
        self._transport = transport
        self._trust = Trust((simulated.authority,))
        self.identity: IdentityRef = self._keystore.add(simulated.certificate, simulated.key).ref

    def courier(self, journal: SwiftJournal | None = None, *, judged: bool = False) -> CallCourier:
        """A courier; with ``judged`` each payload is judged, and read for whose it is and what for."""
        return CallCourier(
            self.catalogue,
            self._transport,
            [self._keystore],
            self._spool,
            lambda environment: self._trust,
            journal or self.journal,
            hosts=ApprovedHosts(FileSettings(self._folder / "settings.json")),
            judge=RulePayloads(self.catalogue) if judged else None,
        )


@contextmanager
def workplace(folder: Path, simulated: Simulated) -> Iterator[Workplace]:
    """A workplace in a folder; at the end everything is written and closed."""
    note, runs = HeadNote(folder / "journal.head"), Runs(folder / "run")
    with (
        closing(HttpTransport()) as transport,
        closing(runs),
        closing(Database(folder / "journal.sqlite", STEPS, prepare=partial(prepare, note=note))) as database,
    ):
        place = Workplace(folder, simulated, transport, runs, database, note, Spool(folder / "answers"))
        with closing(place.journal):
            yield place
