"""A small catalogue, a simulator, and clients for it."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.service import Application, Environment, Kind, Reach, Service, Source, Variant, Version
from caiso_desktop.simulator.server import Simulator
from tests.simulator.client import CMRI, GATEWAY, SIBR, Client


def _service(name: str, acronym: str, version: str, kind: Kind, *variants: Variant) -> Service:
    suffix = {Variant.AP: "_AP", Variant.DOCATTACH: "_DocAttach_AP"}
    paths = {variant: f"{name}_{acronym}{version}{suffix[variant]}" for variant in variants}
    return Service(name, kind, (Version(version, "Fall 2017", paths, Source("made for the tests")),))


def _application(id: str, path: str, *services: Service) -> Application:
    return Application(
        id, id.upper(), id, "", (), (), {"production": Reach(base=f"https://ws.caiso.invalid{path}")}, services
    )


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    both = (Variant.AP, Variant.DOCATTACH)
    retrieve, submit = Kind.RETRIEVE, Kind.SUBMIT
    return Catalogue(
        title="made for the tests",
        version="1",
        effective=date(2017, 6, 1),
        environments=(Environment("production", "Production", "", guarded=True),),
        applications=(
            _application(
                "sibr",
                SIBR,
                _service("RetrieveCleanBidSet", "SIBR", "v4", retrieve, *both),
                _service("RetrieveTradeResults", "SIBR", "", retrieve, *both),
                _service("RetrieveCBCCleanBidSet", "SIBR", "v20100301", retrieve, *both),
                _service("SubmitRawBidSet", "SIBR", "v4", submit, *both),
                _service("SubmitRawTradeSet", "SIBR", "", submit, *both),
                _service("SubmitBidAction", "SIBR", "", submit, Variant.AP),
            ),
            _application(
                "cmri",
                CMRI,
                _service("RetrieveMarketAwards", "CMRI", "v4", retrieve, *both),
                _service("RetrieveSchedulePrices", "CMRI", "v4", retrieve, *both),
                _service("RetrieveMarketSchedules", "CMRI", "v3", retrieve, *both),
                _service("RetrieveGasBurnSummaryData", "CMRI", "v1", retrieve, *both),
                _service("RetrieveResourceMovementPoint", "CMRI", "v1", retrieve, *both),
            ),
            _application(
                "drrs",
                GATEWAY,
                _service("RetrieveDRRegistrations", "DRRS", "v1", retrieve, *both),
                _service("RetrieveBatchValidationStatus", "DRRS", "v1", retrieve, *both),
                _service("SubmitDRRegistrations", "DRRS", "v1", submit, *both),
            ),
            Application(
                "oasis", "OASIS", "oasis", "", (), (), {"production": Reach(base="https://o.invalid/api/")}, ()
            ),
        ),
    )


@pytest.fixture(scope="module")
def shared_simulator(resources: Path, catalogue: Catalogue) -> Iterator[Simulator]:
    with Simulator(resources, catalogue) as simulator:
        yield simulator


@pytest.fixture
def simulator(shared_simulator: Simulator) -> Simulator:
    """A simulator that remembers nothing of the test before."""
    shared_simulator.calm()
    shared_simulator.forget()
    return shared_simulator


@pytest.fixture
def client(simulator: Simulator) -> Iterator[Client]:
    client = Client(simulator)
    yield client
    client.close()


@pytest.fixture
def connect() -> Iterator[Callable[..., Client]]:
    """Makes further clients, with other identities or versions of TLS."""
    made: list[Client] = []

    def make(simulator: Simulator, *args: object, **kwargs: object) -> Client:
        made.append(Client(simulator, *args, **kwargs))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for client in made:
        client.close()
