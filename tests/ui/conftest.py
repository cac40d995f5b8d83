"""A small CAISO for the window: three environments, two applications, fakes beside every port."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from types import MappingProxyType

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from caiso_desktop.catalogue.offer import OverlaidCatalogues
from caiso_desktop.contract.day_shift.plan import PayloadShift
from caiso_desktop.contract.day_shift.stretch import PayloadStretches
from caiso_desktop.contract.foreign.reader import ForeignReader
from caiso_desktop.contract.report_table import ReportTableReader
from caiso_desktop.contract.spreadsheet import SheetFiles
from caiso_desktop.contract.table import OutlineGrids
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.fake import FakeCourier, FakeIdentities, FakePayloads, FakeSaving, FakeSettings, fake_identity
from caiso_desktop.model.fake_credential import FakeCredentials
from caiso_desktop.model.fake_doctor import FakeDoctor
from caiso_desktop.model.fake_package import FakeCollector
from caiso_desktop.model.fake_route import fake_network
from caiso_desktop.model.fake_safety import FakeSafety
from caiso_desktop.model.fake_simulation import FakeSimulation
from caiso_desktop.model.fake_watch import FakeWatching
from caiso_desktop.model.service import Application, Environment, Kind, Reach, Service, Source, Target, Variant, Version
from caiso_desktop.model.template import Owner
from caiso_desktop.model.workshop import Workshop
from caiso_desktop.runner.run import ListRunner
from caiso_desktop.store.mapping import MappingFolders
from caiso_desktop.store.package.shelf import PackageShelf
from caiso_desktop.store.template import TemplateFolders
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.fake import FakeFiles
from caiso_desktop.ui.jobs import Jobs
from caiso_desktop.ui.offer import Offer
from caiso_desktop.ui.palette import Appearance, Scheme
from caiso_desktop.ui.payload_panel import PayloadPanel
from caiso_desktop.ui.window import Window


def version(service: str, name: str, *, callable: bool = True, both: bool = True) -> Version:
    paths = {Variant.DOCATTACH: f"{service}_SIBR{name}_DocAttach_AP"}
    if both:
        paths[Variant.AP] = f"{service}_SIBR{name}_AP"
    return Version(name, "Fall 2015", MappingProxyType(paths), Source("the document"), callable=callable)


@pytest.fixture
def catalogue() -> Catalogue:
    retrieve = Service(
        "RetrieveCleanBidSet",
        Kind.RETRIEVE,
        (
            version("RetrieveCleanBidSet", "v5", callable=False),
            version("RetrieveCleanBidSet", "v4"),
            version("RetrieveCleanBidSet", "v3"),
        ),
    )
    submit = Service("SubmitBids", Kind.SUBMIT, (version("SubmitBids", "v1", both=False),))
    rare = Service("RetrieveRare", Kind.RETRIEVE, (version("RetrieveRare", "v1"),))
    sibr_reach = {e: Reach(base=f"https://{e}.example/sst/sibr/") for e in ("simulator", "map-stage", "production")}
    return Catalogue(
        title="Access",
        version="10.1",
        effective=date(2018, 1, 1),
        environments=(
            Environment("simulator", "Simulator", "A CAISO on this computer.", guarded=False),
            Environment("map-stage", "MAP Stage", "Market simulation.", guarded=False, source=Source("the document")),
            Environment("production", "Production", "The market.", guarded=True, source=Source("the document")),
        ),
        applications=(
            Application("sibr", "SIBR", "Bids", "Bidding.", ("bids",), (), sibr_reach, (retrieve, submit)),
            Application(
                "rare", "RARE", "Rare", "", (), (), {"map-stage": Reach(base="https://map-stage.example/r/")}, (rare,)
            ),
        ),
    )


@pytest.fixture
def retrieve() -> Target:
    return Target("sibr", "RetrieveCleanBidSet", "v4", Variant.DOCATTACH)


@pytest.fixture
def submit() -> Target:
    return Target("sibr", "SubmitBids", "v1", Variant.DOCATTACH)


@pytest.fixture
def courier(tmp_path: Path, catalogue: Catalogue) -> FakeCourier:
    return FakeCourier(tmp_path / "answers", catalogue)


@pytest.fixture
def safety(catalogue: Catalogue, courier: FakeCourier) -> FakeSafety:
    """What is kept, in memory; every call of the courier is recorded there."""
    safety = FakeSafety(catalogue)
    courier.recorded = safety.memory.history.add
    return safety


@pytest.fixture
def payloads() -> FakePayloads:
    return FakePayloads()


@pytest.fixture
def settings() -> FakeSettings:
    return FakeSettings()


@pytest.fixture
def files(settings: FakeSettings) -> FakeFiles:
    return FakeFiles(settings)


@pytest.fixture
def identities() -> FakeIdentities:
    return FakeIdentities({"simulator": [fake_identity("Jane Doe x1234")]})


@pytest.fixture
def credentials(identities: FakeIdentities) -> FakeCredentials:
    """The same certificates, to be listed, imported, tried and removed."""
    return FakeCredentials(identities)


@pytest.fixture
def window_jobs(qapp: QApplication) -> Iterator[Jobs]:
    jobs = Jobs()
    yield jobs
    assert jobs.close(), "a task did not end when it was cancelled"


@pytest.fixture(scope="session")
def session_appearance(qapp: QApplication) -> Appearance:
    return Appearance(qapp, Scheme.LIGHT)


@pytest.fixture
def appearance(session_appearance: Appearance) -> Iterator[Appearance]:
    session_appearance.choose(Scheme.LIGHT)
    yield session_appearance
    session_appearance.choose(Scheme.LIGHT)


@pytest.fixture
def catalogues(catalogue: Catalogue, settings: FakeSettings, tmp_path: Path) -> OverlaidCatalogues:
    """The small CAISO, with a folder that the user's files may lie in."""
    return OverlaidCatalogues(catalogue, None, tmp_path / "catalogue", settings)


@pytest.fixture
def offer(qapp: QApplication, catalogues: OverlaidCatalogues, window_jobs: Jobs) -> Offer:
    return Offer(catalogues, window_jobs)


@pytest.fixture
def doctor() -> Iterator[FakeDoctor]:
    """Finds that all is well, unless a test says otherwise."""
    fake = FakeDoctor()
    yield fake
    fake.go.set()


@pytest.fixture
def watching() -> FakeWatching:
    return FakeWatching()


@pytest.fixture
def workshop(tmp_path: Path, catalogue: Catalogue, courier: FakeCourier, payloads: FakePayloads) -> Workshop:
    """The real thing, in folders of the test's; only endpoints are not asked."""
    folders = {Owner.USER: tmp_path / "templates", Owner.COMPANY: tmp_path / "company" / "templates"}
    shelf = PackageShelf(tmp_path / "packages", tmp_path / "company" / "packages", lambda: catalogue)
    templates = TemplateFolders(folders, user="jane")
    mappings = MappingFolders({Owner.USER: tmp_path / "mappings", Owner.COMPANY: tmp_path / "company" / "mappings"})
    return Workshop(
        shifting=PayloadShift(),
        stretches=PayloadStretches(),
        grids=OutlineGrids(),
        sheets=SheetFiles(),
        mappings=lambda: mappings,
        templates=lambda: templates,
        packages=shelf,
        collector=FakeCollector(shelf),
        foreign=ForeignReader(catalogue),
        runs=ListRunner(
            courier, lambda: catalogue, payloads.skeleton, lambda payload, place: payload, lambda seconds, token: None
        ),
        reports=ReportTableReader,
    )


NewWindow = Callable[..., Window]


@pytest.fixture
def new_window(
    qtbot: QtBot,
    catalogues: OverlaidCatalogues,
    courier: FakeCourier,
    identities: FakeIdentities,
    payloads: FakePayloads,
    settings: FakeSettings,
    files: FakeFiles,
    window_jobs: Jobs,
    appearance: Appearance,
    safety: FakeSafety,
    doctor: FakeDoctor,
    credentials: FakeCredentials,
    workshop: Workshop,
    watching: FakeWatching,
) -> NewWindow:
    """Makes the window of one more start, with everything as the last one left it; with other catalogues if wanted."""

    def make(others: OverlaidCatalogues | None = None) -> Window:
        window = Window(
            others or catalogues,
            courier,
            identities,
            payloads,
            FakeSaving(),
            settings,
            window_jobs,
            appearance,
            files,
            safety=safety.ports,
            doctor=doctor,
            simulation=FakeSimulation(),
            credentials=credentials.ports,
            workshop=workshop,
            watching=watching.ports,
            network=fake_network(),
        )
        qtbot.addWidget(window)
        return window

    return make


@pytest.fixture
def window(qtbot: QtBot, new_window: NewWindow, courier: FakeCourier, files: FakeFiles) -> Iterator[Window]:
    window = new_window()
    files.quits = True
    window.show()
    window.begin()
    qtbot.waitUntil(lambda: window.desk.certificate is not None)
    yield window
    courier.hold.set()


@pytest.fixture
def payload_panel(
    qtbot: QtBot, catalogue: Catalogue, retrieve: Target, payloads: FakePayloads, files: FakeFiles, window_jobs: Jobs
) -> Iterator[PayloadPanel]:
    """A payload by itself, begun and checked."""
    desk = Desk(catalogue.environments[0], retrieve)
    panel = PayloadPanel(desk, payloads, window_jobs, files)
    qtbot.addWidget(panel)
    panel.resize(700, 500)
    panel.show()
    panel.begin()
    qtbot.waitUntil(lambda: panel.problem.text.startswith("Well-formed"))
    yield panel
    desk.deleteLater()
