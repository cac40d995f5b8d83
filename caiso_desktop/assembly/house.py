"""Everything the doors need, each built once."""

import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path

from caiso_desktop.assembly.late import Late, port
from caiso_desktop.assembly.look_back import SpoolLookBack
from caiso_desktop.assembly.lookout import Lookout
from caiso_desktop.assembly.memory import Memory
from caiso_desktop.assembly.place import Places, find_resources, user_name, user_places
from caiso_desktop.assembly.road import Road
from caiso_desktop.assembly.shelves import Shelves
from caiso_desktop.assembly.silence import Silence
from caiso_desktop.assembly.simulator_host import SIMULATOR, SimulatorHost
from caiso_desktop.assembly.workbench import Workbench, read
from caiso_desktop.catalogue.load import load
from caiso_desktop.catalogue.offer import OverlaidCatalogues
from caiso_desktop.manners.courier import GuardingCourier, Pause, PoliteCourier, wait
from caiso_desktop.manners.pace import Pace
from caiso_desktop.model.cabinet import Cabinet, KeyRing, TrackRecord
from caiso_desktop.model.call import Door
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.credential import Credentials
from caiso_desktop.model.day_shift import Shifting
from caiso_desktop.model.doctor import Doctor
from caiso_desktop.model.dossier import Dossiers
from caiso_desktop.model.error import IdentityError
from caiso_desktop.model.exchange import Courier, Guard
from caiso_desktop.model.guard import KnownHosts
from caiso_desktop.model.identity import Asking, Identities, Identity, IdentityRef
from caiso_desktop.model.journal import CallJournal, Chronicle
from caiso_desktop.model.moment import utc_now
from caiso_desktop.model.network import Network
from caiso_desktop.model.package import Collector
from caiso_desktop.model.payload import Payloads
from caiso_desktop.model.report import Recorder
from caiso_desktop.model.run_list import Runs
from caiso_desktop.model.safety import LookBack, Safety
from caiso_desktop.model.simulation import SimulatorServer
from caiso_desktop.model.trial import Trial
from caiso_desktop.model.trust import Witness
from caiso_desktop.model.watching import Watching
from caiso_desktop.model.workshop import Workshop
from caiso_desktop.store.known_host import ApprovedHosts
from caiso_desktop.store.package.shelf import PackageShelf
from caiso_desktop.store.save import Copies
from caiso_desktop.store.setting import FileSettings


class House:
    """The program's objects: those that are light at once, those that are heavy to import when first asked for.

    With ``after``, nothing heavy is imported before that has happened. ``asking`` asks the person for a passphrase or
    a PIN; without it nobody is asked. ``safe_mode`` leaves the user's catalogue files, tables and schema packages
    out, ``pause`` waits before a call is tried again, ``rest`` before what is watched is looked at again.
    """

    def __init__(
        self,
        places: Places | None = None,
        resources: Path | None = None,
        after: threading.Event | None = None,
        asking: Asking | None = None,
        *,
        safe_mode: bool = False,
        pause: Pause = wait,
        rest: Pause = wait,
    ) -> None:
        self.places = places or user_places()
        self.resources = resources or find_resources()
        self.settings = FileSettings(self.places.settings)
        self.shelves = Shelves(self.places, self.resources, safe_mode=safe_mode)
        self.catalogues = OverlaidCatalogues(
            # The simulator's environment is there already, so that files may speak of it: its trade date, for one.
            load(self.resources / "catalogue").with_environment(SIMULATOR, {}),
            self.places.company,
            None if safe_mode else self.places.overlays,
            self.settings,
            lambda catalogue: catalogue.with_environment(catalogue.environment(SIMULATOR.id), self.simulator.bases),
        )
        self.catalogues.adopted = self._renew
        self.simulator = SimulatorHost(self.resources, self.catalogues.layers.catalogue)
        self.saving = Copies()
        self.known_hosts: KnownHosts = ApprovedHosts(self.settings)
        self.memory = Memory(self.places, self.settings)
        self._close: list[Callable[[], None]] = [self.settings.flush, self.simulator.close, self.memory.close]
        self._asking = asking or Silence()
        self._pause = pause
        self.road = Road(self.settings, self._asking, lambda: self.catalogue, self.simulator.trust)
        self._close.append(self.road.close)
        self.reaching: Network = self.road.reaching
        self.bench = Workbench(self.places, self.resources, lambda: self.catalogue, after, safe_mode=safe_mode)
        self.packages: PackageShelf = self.bench.packages
        self.payloads: Payloads = self.bench.payloads
        self.shifting: Shifting = self.bench.shifting
        self._key_ring = Late(self._make_key_ring)
        self._collector = Late(self._make_collector)
        self._trial = Late(self._make_trial)
        self._courier = Late(lambda: self._make_courier(self.journal), after)
        self._quiet_courier = Late(lambda: self._make_courier(self.memory.questions), after)
        courier, pace = self._courier.port, Pace()
        polite, quiet = (
            PoliteCourier(each, lambda call: self.catalogue.url(call.environment, call.target), pace, pause=pause)
            for each in (courier, self._quiet_courier.port)
        )
        self.courier: Courier = polite
        self.guard: Guard = polite
        self.single_courier: Courier = courier
        self.identities: Identities = Late(self._make_identities, after).port
        self.doctor: Doctor = Late(self._make_doctor, after).port
        self.lookout = Lookout(
            polite, quiet, rest, self.memory, self.shelves, lambda: self.catalogue, self.payloads, self.resources
        )
        self.watching: Watching = self.lookout.watching

    @property
    def catalogue(self) -> Catalogue:
        """What CAISO and the simulator offer, with everything that lies over it."""
        return self.catalogues.catalogue

    def warm_up(self) -> None:
        """Make what the first draft and the first call need, so that they find it ready; for a worker."""
        self._courier.get()
        self.bench.warm_up()

    def new_simulator(self, port: int) -> SimulatorServer:
        """A simulator of its own on a port (0: a free one), not yet started; for running it alone."""
        from caiso_desktop.simulator.server import Simulator

        return Simulator(self.resources, self.catalogues.layers.catalogue, port=port)

    @property
    def cabinet(self) -> Cabinet:
        """The user's certificates."""
        return self._key_ring.get().cabinet

    @property
    def trial(self) -> Trial:
        """What tests a certificate."""
        return self._trial.get()

    @cached_property
    def workshop(self) -> Workshop:
        """What is done with a payload while it is written, for the window."""
        return Workshop(
            shifting=self.shifting,
            stretches=self.bench.stretches,
            grids=self.bench.grids,
            sheets=self.bench.sheets,
            mappings=lambda: self.shelves.mappings,
            templates=lambda: self.shelves.templates,
            packages=self.packages,
            collector=self.collector,
            foreign=self.bench.foreign,
            runs=self.runs(),
            reports=lambda: self.bench.reports,
        )

    @cached_property
    def track_record(self) -> TrackRecord:
        """Where each certificate was accepted."""
        from caiso_desktop.keystore.track_record import SettingsTrackRecord

        return SettingsTrackRecord(self.settings)

    @cached_property
    def diary(self) -> Recorder:
        """The log, and what is written down when the program breaks; for a worker, as its imports take a while."""
        from caiso_desktop import __version__

        return self.memory.diary(__version__)

    @property
    def journal(self) -> Chronicle:
        """The record of every call; reads and writes the disk, so never for the GUI thread."""
        return self.memory.journal

    def credentials(self) -> Credentials:
        """The user's certificates, for the window."""
        return Credentials(port(lambda: self.cabinet), self.track_record, self._trial.port)

    @cached_property
    def look_back(self) -> LookBack:
        """What brings calls of the past back."""
        return SpoolLookBack(
            self.memory.spool, lambda: self.memory.journal, self.courier, lambda: self.shelves.failures
        )

    def runs(self, door: Door = Door.WINDOW) -> Runs:
        """What runs lists of calls, for a door."""
        from caiso_desktop.model.macro import Moment, expand_bytes
        from caiso_desktop.runner.run import ListRunner

        def word(payload: bytes, environment: str) -> bytes:
            now = utc_now()
            calendar = self.catalogue.environment(environment).calendar
            return expand_bytes(payload, Moment(self.catalogues.trade_date(calendar, now), now))[0]

        return ListRunner(self.courier, lambda: self.catalogue, self.payloads.skeleton, word, self._pause, door=door)

    @cached_property
    def dossiers(self) -> Dossiers:
        """What lets exchanges leave the house, and opens those of others."""
        return Late(self._make_dossiers).port

    def safety(self) -> Safety:
        """What keeps a user's work and calls safe, for the window."""
        return Safety(
            guard=self.guard,
            memory=self.memory,
            look_back=self.look_back,
            dossiers=self.dossiers,
            known_hosts=self.known_hosts,
            approvals=lambda: self.shelves.approvals,
            deadlines=lambda: self.shelves.deadlines,
            read=read,
        )

    @property
    def collector(self) -> Collector:
        """What asks endpoints for their WSDL."""
        return self._collector.port

    def close(self) -> None:
        """Let go of connections, and stop the simulator."""
        while self._close:
            self._close.pop()()

    def _renew(self) -> None:
        """Another catalogue counts: what goes by it is made anew; a call that is under way ends with the old one."""
        self._courier.renew()
        self._quiet_courier.renew()
        self.bench.renew()

    def _make_courier(self, journal: CallJournal) -> GuardingCourier:
        from caiso_desktop.courier import CallCourier

        return CallCourier(
            self.catalogue,
            self.road.transport,
            self._key_ring.get().stores,
            self.memory.spool,
            self.road.trust,
            journal,
            hosts=self.known_hosts,
            operations=self.bench.operations,
            record=self.track_record,
            witness=self._witness(),
            judge=self.payloads,
            policy=self.catalogues.layers.policy,
            user=user_name(),
            failures=self.shelves.failures,
        )

    def _witness(self) -> Witness:
        from caiso_desktop.keystore.witness import IssuerWitness
        from caiso_desktop.store.issuer import SettingsIssuers

        return IssuerWitness(SettingsIssuers(self.settings))

    def _make_dossiers(self) -> Dossiers:
        from caiso_desktop import __version__
        from caiso_desktop.dossier.desk import ZipDossiers

        return ZipDossiers(
            self.saving,
            self.memory.spool,
            lambda: self.catalogue,
            lambda: self.shelves.failures,
            lambda: tuple(filter(None, (user_name(), str(Path.home()), self.road.network.choice().user))),
            __version__,
            lambda: self.journal,
        )

    def _make_collector(self) -> Collector:
        from caiso_desktop.collector import WsdlCollector

        return WsdlCollector(
            self.packages,
            lambda: self.catalogue,
            self._open_identity,
            self.road.trust,
            self.known_hosts,
            self.road.transport,
        )

    def _make_trial(self) -> Trial:
        from caiso_desktop.trial import CertificateTrial

        return CertificateTrial(self.doctor, lambda: self.catalogue, self.known_hosts)

    def _make_doctor(self) -> Doctor:
        from caiso_desktop.doctor.examination import ConnectionDoctor
        from caiso_desktop.doctor.tools import Tools
        from caiso_desktop.keystore.certificate import read_der
        from caiso_desktop.store.issuer import SettingsIssuers
        from caiso_desktop.wire.probe import NetworkProbe

        return ConnectionDoctor(
            Tools(
                catalogue=lambda: self.catalogue,
                probe=NetworkProbe(self.road.routes, self.road.log_ons),
                courier=self.single_courier,
                skeleton=self.payloads.skeleton,
                open=self._open_identity,
                trust=self.road.trust,
                hosts=self.known_hosts,
                record=self.track_record,
                issuers=SettingsIssuers(self.settings),
                read=read_der,
                private=lambda: (user_name(), str(Path.home()), self.road.network.choice().user),
                failures=lambda: self.shelves.failures,
            )
        )

    def _open_identity(self, ref: IdentityRef) -> Identity:
        for store in self._key_ring.get().stores:
            if store.name == ref.store:
                return store.open(ref)
        raise IdentityError(f"there is no keystore '{ref.store}'.")

    def _make_key_ring(self) -> KeyRing:
        from caiso_desktop.assembly.key_ring import SystemKeyRing
        from caiso_desktop.keystore.kept_password import TidySecrets
        from caiso_desktop.keystore.secret import KeyringSecrets

        ring = SystemKeyRing(
            self.places,
            self.settings,
            TidySecrets(KeyringSecrets(), self.road.kept),
            self._asking,
            self.simulator.keystore,
            self._authorities,
        )
        self._close.append(ring.close)
        return ring

    def _authorities(self) -> Sequence[bytes]:
        return [pem for environment in self.catalogue.environments for pem in environment.trust.authorities]

    def _make_identities(self) -> Identities:
        return self._key_ring.get().identities
