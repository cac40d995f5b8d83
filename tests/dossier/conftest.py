"""Exchanges with a simulator, over the real house."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from caiso_desktop.assembly.house import House
from caiso_desktop.assembly.place import Places
from caiso_desktop.keystore.memory import MemoryKeystore
from caiso_desktop.model.call import Call
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.guard import hash_of
from caiso_desktop.model.identity import IdentityRef
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.model.transport import ignore_progress
from caiso_desktop.simulator.server import Simulator

PERSON = "Rosalind Größe-Übel x4711"
SUBMIT = b"""<RawBidSet xmlns="http://www.caiso.com/soa/RawBidSet_v4.xsd#"><!-- SCQQ, please --><MessagePayload>
<GeneratingBid><SchedulingCoordinator><mRID>SCQQ</mRID></SchedulingCoordinator>
<RegisteredGenerator><mRID>ALAMEDA_9_UNIT 4</mRID></RegisteredGenerator>
<startTime>2026-11-22T08:00:00Z</startTime>
<CurveSchedData><xAxisData>40</xAxisData><y1AxisData>8374.5521</y1AxisData></CurveSchedData>
<CurveSchedData><xAxisData>50</xAxisData><y1AxisData>8374.5521</y1AxisData></CurveSchedData>
</GeneratingBid></MessagePayload></RawBidSet>"""
RETRIEVE = b"""<RequestCleanBidSet xmlns="http://www.caiso.com/soa/RequestCleanBidSet_v4.xsd#"><MessagePayload>
<MarketStartTime>2026-11-22T08:00:00Z</MarketStartTime><MarketEndTime>2026-11-22T09:00:00Z</MarketEndTime>
</MessagePayload></RequestCleanBidSet>"""

Carry = Callable[..., Exchange]


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    house = House(Places(data=folder / "data", config=folder / "config"), pause=lambda seconds, token: None)
    yield house
    house.close()


@pytest.fixture
def simulator(house: House) -> Simulator:
    server = house.simulator.running().server
    assert isinstance(server, Simulator)
    server.calm()
    return server


@pytest.fixture(scope="session")
def identity(house: House) -> IdentityRef:
    """Somebody whose name everybody would know again."""
    running = house.simulator.running()
    assert isinstance(running.keystore, MemoryKeystore)
    assert isinstance(running.server, Simulator)
    made = running.server.issue(PERSON)
    return running.keystore.add(made.certificate, made.key).ref


@pytest.fixture
def carry(house: House, simulator: Simulator, identity: IdentityRef) -> Carry:
    """Carries a call."""

    def carry(service: str, payload: bytes, variant: Variant = Variant.AP, version: str = "v4") -> Exchange:
        call = Call("simulator", Target("sibr", service, version, variant), payload, identity)
        call = replace(call, despite=hash_of(payload))
        return house.courier.carry(call, CancelToken(), ignore_progress)

    return carry


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "exchange.caiso.zip"
