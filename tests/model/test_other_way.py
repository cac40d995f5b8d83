"""The other ways that the real catalogue knows."""

from pathlib import Path

import pytest

from caiso_desktop.catalogue.load import load
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.other_way import known_ways
from caiso_desktop.model.service import Target, Variant

RESOURCES = Path(__file__).parents[2] / "resources"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load(RESOURCES / "catalogue")


def of(catalogue: Catalogue, application: str, environment: str) -> str:
    found = next(each for each in catalogue.applications if each.id == application)
    service = found.services[0]
    version = next(each for each in service.versions if each.callable)
    target = Target(application, service.name, version.version, next(iter(version.paths)), version.minor_version)
    ways = known_ways(catalogue, target, environment)
    return ways.words if ways is not None else ""


def test_secondary_connections_of_ads(catalogue: Catalogue) -> None:
    assert "ads1.caiso.com:447, ads2.caiso.com:447" in of(catalogue, "ads", "production")
    assert "adsmap1.caiso.com:447" in of(catalogue, "ads", "map-stage")


def test_the_ecn_beside_production_and_the_other_way_round(catalogue: Catalogue) -> None:
    assert of(catalogue, "sibr", "production").startswith("Production ECN leads to the same market by https://")
    assert of(catalogue, "sibr", "production-ecn").startswith("Production leads to the same market by https://")
    assert of(catalogue, "sibr", "map-stage") == ""


def test_a_row_that_is_gone_has_none(catalogue: Catalogue) -> None:
    assert known_ways(catalogue, Target("nothing", "X", "v1", Variant.AP), "production") is None
