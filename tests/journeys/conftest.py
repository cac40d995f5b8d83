"""The real window over the real house: courier, sockets and simulator; only the folders are the test's."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from caiso_desktop.assembly.house import House
from caiso_desktop.assembly.place import Places
from caiso_desktop.keystore.memory import MemoryIdentity, MemoryKeystore
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.simulator.authority import ClientIdentity
from caiso_desktop.simulator.server import Simulator
from caiso_desktop.store.setting import FileSettings
from caiso_desktop.ui.certificate.asking import WindowAsking
from caiso_desktop.ui.draft_panel import DraftPanel
from caiso_desktop.ui.fake import FakeFiles
from caiso_desktop.ui.jobs import Jobs
from caiso_desktop.ui.palette import Appearance, Scheme
from caiso_desktop.ui.window import Window
from caiso_desktop.ui.window_memory import ENVIRONMENT


class Rest:
    """Waits before the next look of a watch: until a test lets it look, or the watch is stopped."""

    def __init__(self) -> None:
        self._turn = threading.Condition()
        self._turns = 0

    def __call__(self, seconds: float, token: CancelToken) -> None:
        token.on_cancel(self._wake)
        with self._turn:
            self._turn.wait_for(lambda: token.cancelled or self._turns > 0, timeout=60)
            if not token.cancelled:
                self._turns -= 1

    def over(self) -> None:
        """The time has gone by."""
        with self._turn:
            self._turns += 1
            self._turn.notify_all()

    def _wake(self) -> None:
        with self._turn:
            self._turn.notify_all()


class Desk:
    """Somebody before the window, and what lies behind it."""

    def __init__(
        self,
        qtbot: QtBot,
        house: House,
        folder: Path,
        asking: WindowAsking | None = None,
        *,
        settings: FileSettings | None = None,
    ) -> None:
        from PySide6.QtWidgets import QApplication

        application = QApplication.instance()
        assert isinstance(application, QApplication)
        self.qtbot = qtbot
        self.house = house
        # A house that another test built rests as it will.
        self.rest = house.lookout.rest if isinstance(house.lookout.rest, Rest) else Rest()
        self.folder = folder
        self.settings = settings = settings or FileSettings(folder / "settings.json")
        settings.set(ENVIRONMENT, "simulator")
        self.files = FakeFiles(settings)
        self.jobs = Jobs()
        self.window = Window(
            self.house.catalogues,
            self.house.courier,
            self.house.identities,
            self.house.payloads,
            self.house.saving,
            settings,
            self.jobs,
            Appearance(application, Scheme.LIGHT),
            self.files,
            safety=house.safety(),
            doctor=house.doctor,
            simulation=house.simulator.control,
            credentials=house.credentials(),
            asking=asking,
            workshop=house.workshop,
            watching=house.watching,
            network=house.reaching,
        )
        # What is open when the window closes comes back at the next start, which would be the next test's.
        qtbot.addWidget(self.window, before_close_func=lambda window: self.clear())
        self.window.show()
        self.until(lambda: self.window.desk.certificate is not None)

    @property
    def simulator(self) -> Simulator:
        """The simulator behind the window."""
        server = self.house.simulator.running().server
        assert isinstance(server, Simulator)
        return server

    def add_identity(self, identity: ClientIdentity) -> MemoryIdentity:
        """Give the user another certificate."""
        keystore = self.house.simulator.running().keystore
        assert isinstance(keystore, MemoryKeystore)
        return keystore.add(identity.certificate, identity.key)

    def draft(self, service: str, version: str, variant: Variant, application: str = "sibr") -> DraftPanel:
        """Open a draft and wait for its skeleton."""
        panel = self.window.open_draft(Target(application, service, version, variant))
        self.until(lambda: bool(panel.desk.draft.text))
        return panel

    def send(self, panel: DraftPanel) -> None:
        """Press Send and wait for the end."""
        panel.bar.send.click()
        self.until(lambda: not panel.call.under_way)

    def until(self, ready: Callable[[], bool]) -> None:
        """Let the window work until something is so."""
        self.qtbot.waitUntil(ready)

    def clear(self) -> None:
        """Close every draft; what is under way may be stopped."""
        self.files.quits = True
        while self.window.drafts.tabs.count():
            self.window.drafts.close_current()

    def close(self) -> None:
        """Put everything away."""
        self.window.close()
        assert self.jobs.close(10)


def _house(folder: Path) -> House:
    # Before a call is tried again nobody waits.
    return House(Places(data=folder / "data", config=folder / "config"), pause=lambda seconds, token: None, rest=Rest())


@pytest.fixture(scope="session")
def shared_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house for all journeys that add nothing to it: making the simulator's keys takes its time."""
    house = _house(tmp_path_factory.mktemp("house"))
    yield house
    house.close()


@pytest.fixture
def desk(qtbot: QtBot, shared_house: House, tmp_path: Path) -> Iterator[Desk]:
    """A window of the test's own, over the shared house; the simulator has no memory of other tests."""
    desk = Desk(qtbot, shared_house, tmp_path)
    desk.simulator.calm()
    desk.simulator.forget()
    yield desk
    desk.close()


@pytest.fixture
def own_desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    """A window over a house of the test's own."""
    house = _house(tmp_path)
    desk = Desk(qtbot, house, tmp_path)
    yield desk
    desk.close()
    house.close()
