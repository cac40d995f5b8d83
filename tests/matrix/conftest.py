"""One house, one simulator and one connection for every row of the catalogue."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from caiso_desktop.assembly.house import House
from caiso_desktop.assembly.place import Places
from caiso_desktop.model.call import Call
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.identity import IdentityRef
from caiso_desktop.model.service import Target
from caiso_desktop.model.simulation import SimulatorControl
from caiso_desktop.model.transport import ignore_progress
from tests.matrix.row import SUBMITS

ENVIRONMENT = "simulator"


class Caller:
    """Calls one row after the other through the courier, as the window does."""

    def __init__(self, house: House) -> None:
        self.house = house
        house.simulator.running()
        [identity] = house.identities.for_environment(ENVIRONMENT)
        self._identity: IdentityRef = identity.ref

    def skeleton(self, target: Target) -> str:
        """What a draft of a row begins with."""
        return self.house.payloads.skeleton(target, ENVIRONMENT)

    def carry(self, target: Target, payload: str) -> Exchange:
        """Call a row."""
        call = Call(ENVIRONMENT, target, payload.encode(), self._identity)
        return self.house.courier.carry(call, CancelToken(), ignore_progress)


def _house(folder: Path, company: Path | None = None) -> House:
    # Nobody waits here before a call is tried again: a row that fails once should be seen to fail.
    return House(Places(folder / "data", folder / "config", company), pause=lambda seconds, token: None)


@pytest.fixture(scope="session")
def caller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    house = _house(tmp_path_factory.mktemp("matrix"))
    yield Caller(house)
    house.close()


@pytest.fixture
def control(caller: Caller) -> Iterator[SimulatorControl]:
    """The simulator, which remembers nothing of other tests."""
    control = caller.house.simulator.control
    control.forget()
    yield control
    control.calm()
    control.forget()


@pytest.fixture(scope="session")
def mtom_caller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    """A house whose company says that every application's attachments travel as MTOM."""
    folder = tmp_path_factory.mktemp("mtom")
    applications = sorted({target.application for target in SUBMITS})
    (folder / "company").mkdir()
    (folder / "company" / "packaging.toml").write_text(
        "format = 1\n" + "".join(f"[[application]]\nid = '{each}'\npackaging = 'mtom'\n" for each in applications)
    )
    house = _house(folder, folder / "company")
    yield Caller(house)
    house.close()
