"""A 404 or an unknown host on a row of the document is told as a row that is probably retired."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from caiso_desktop.catalogue.load import load
from caiso_desktop.model.call import Call, Operation
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.error import CaisoError
from caiso_desktop.model.exchange import Exchange, SentRequest
from caiso_desktop.model.gone import newer_row, probably_gone
from caiso_desktop.model.service import Environment, Kind, Target, Variant
from caiso_desktop.model.transport import Response, Timings
from caiso_desktop.model.transport_error import NameNotFound, Unreachable

NOW = datetime(2026, 3, 1, tzinfo=UTC)
OLD = Target("cmri", "RetrieveConvergenceBidAwards", "v1", Variant.AP)
ALONE = Target("cmri", "RetrieveContractUsage", "v2", Variant.AP)


@pytest.fixture(scope="module")
def printed(resources: Path) -> Catalogue:
    return load(resources / "catalogue")


def exchange(
    target: Target, environment: str = "map-stage", status: int | None = None, failure: CaisoError | None = None
) -> Exchange:
    operation = Operation("o", target.variant, Kind.RETRIEVE, "o", "{n}a", "{n}b")
    response = Response(status, "", (), Path("x"), 0, NOW, Timings()) if status is not None else None
    sent = SentRequest("POST", "https://example", (), Path("x"))
    return Exchange("1", Call(environment, target, b""), operation, None, NOW, sent, response, failure=failure)


def test_a_404_names_the_newer_row(printed: Catalogue) -> None:
    gone = probably_gone(exchange(OLD, status=404), printed)
    assert gone is not None
    assert gone.note.title == "Probably retired"
    assert "access document 10.1, 2017-10-01" in gone.note.meaning
    assert gone.newer == replace(OLD, version="v2")
    assert "v2" in gone.note.advice


def test_an_unknown_host_without_a_newer_row_asks_for_the_address(printed: Catalogue) -> None:
    gone = probably_gone(exchange(ALONE, failure=NameNotFound("no address")), printed)
    assert gone is not None
    assert gone.newer is None
    assert "edit the address" in gone.note.advice


def test_in_a_network_of_its_own_the_host_may_only_be_out_of_reach(printed: Catalogue) -> None:
    gone = probably_gone(exchange(ALONE, "production-ecn", failure=NameNotFound("no address")), printed)
    assert gone is not None
    assert "not in the network of Production ECN" in gone.note.meaning


@pytest.mark.parametrize(
    "met", [exchange(OLD, status=200), exchange(OLD, status=403), exchange(OLD, failure=Unreachable("refused"))]
)
def test_other_endings_say_nothing_of_the_kind(printed: Catalogue, met: Exchange) -> None:
    assert probably_gone(met, printed) is None


def test_the_simulator_and_later_rows_are_not_called_retired(printed: Catalogue) -> None:
    place = Environment("simulator", "Simulator", "", guarded=False)
    with_simulator = printed.with_environment(place, {"cmri": "https://127.0.0.1/"})
    assert probably_gone(exchange(OLD, "simulator", 404), with_simulator) is None
    later = Target("ads", "APIWebService", "v8", Variant.RPC)
    assert probably_gone(exchange(later, "production", 404), printed) is None


def test_what_a_source_retired_leads_to_its_successor(printed: Catalogue) -> None:
    v6 = Target("ads", "APIWebService", "v6", Variant.RPC)
    gone = probably_gone(exchange(v6, "production", 404), printed)
    assert gone is not None
    assert "CAISO deck of July 2020 says that it is retired" in gone.note.meaning
    assert gone.newer is not None
    assert gone.newer.version == "v8"
    elsewhere = newer_row(printed, "map-stage", v6)
    assert elsewhere is not None
    assert elsewhere.version == "v7", "v8 is known in Production only"


def test_a_row_that_the_catalogue_has_no_more_is_not_guessed_about(printed: Catalogue) -> None:
    assert probably_gone(exchange(replace(OLD, service="Nothing"), status=404), printed) is None
