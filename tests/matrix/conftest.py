"""One house, one simulator and one connection for every row of the catalogue."""

from collections.abc import Iterator

import pytest

from caiso_desktop.assembly.house import House
from caiso_desktop.assembly.place import Places
from caiso_desktop.model.call import Call
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.identity import IdentityRef
from caiso_desktop.model.service import Target
from caiso_desktop.model.transport import ignore_progress

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


@pytest.fixture(scope="session")
def caller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    folder = tmp_path_factory.mktemp("matrix")
    # Nobody waits here before a call is tried again: a row that fails once should be seen to fail.
    house = House(Places(data=folder / "data", config=folder / "config"), pause=lambda seconds, token: None)
    yield Caller(house)
    house.close()
