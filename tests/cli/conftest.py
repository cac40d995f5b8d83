"""The command line over the real house, and a simulator that takes orders about what goes wrong."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from caiso_desktop.assembly.house import House
from caiso_desktop.assembly.place import Places
from caiso_desktop.cli.door import main
from caiso_desktop.simulator.server import Simulator


class KeptHouse(House):
    """A house that outlives the command which was run in it."""

    def close(self) -> None:
        """Stay open: `really_close` ends it."""

    def really_close(self) -> None:
        """Let go of everything."""
        super().close()


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeptHouse]:
    folder = tmp_path_factory.mktemp("house")
    house = KeptHouse(Places(data=folder / "data", config=folder / "config"), rest=lambda seconds, token: None)
    yield house
    house.really_close()


@pytest.fixture
def caiso(house: KeptHouse) -> Callable[..., int]:
    return lambda *arguments: main([str(argument) for argument in arguments], lambda: house)


@pytest.fixture
def simulator(house: KeptHouse) -> Simulator:
    server = house.simulator.running().server
    assert isinstance(server, Simulator)
    server.calm()
    server.forget()
    return server


@pytest.fixture
def payload(tmp_path: Path) -> Path:
    path = tmp_path / "payload.xml"
    path.write_text(
        '<RequestCleanBidSet xmlns="http://www.caiso.com/soa/RequestCleanBidSet_v4.xsd#"><MessagePayload>'
        "<MarketStartTime>2026-11-22T08:00:00Z</MarketStartTime><MarketEndTime>2026-11-22T09:00:00Z</MarketEndTime>"
        "</MessagePayload></RequestCleanBidSet>",
        encoding="utf-8",
    )
    return path


@contextmanager
def interrupted_when_asked(simulator: Simulator) -> Iterator[None]:
    """Somebody presses Ctrl-C once the simulator has got a request."""

    def interrupt() -> None:
        pause = threading.Event()
        while not simulator.requests:
            pause.wait(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    waiting = threading.Thread(target=interrupt)
    waiting.start()
    yield
    waiting.join()
