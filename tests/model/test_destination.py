"""Where calls go, as a catalogue says it."""

from dataclasses import replace
from pathlib import Path

import pytest

from caiso_desktop.catalogue.load import load
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.destination import Destination
from caiso_desktop.model.error import CatalogueError
from caiso_desktop.model.service import Environment, Packaging, Target, Variant

HERE = Environment("here", "Here", "", guarded=False, packaging=Packaging.MTOM)
CLEAN = Target("sibr", "RetrieveCleanBidSet", "v4", Variant.AP)


@pytest.fixture(scope="module")
def catalogue(resources: Path) -> Catalogue:
    return load(resources / "catalogue").with_environment(HERE, {"sibr": "https://Here.Example:8443/"})


def test_it_tells_what_the_catalogue_says_of_the_row(catalogue: Catalogue) -> None:
    to = Destination.of(catalogue, "here", CLEAN)
    assert to == Destination(HERE, catalogue.url("here", CLEAN), "here.example", Packaging.MTOM)
    assert to.url.startswith("https://Here.Example:8443/")
    plain = catalogue.with_environment(replace(HERE, packaging=None), {"sibr": "https://here.example/"})
    assert Destination.of(plain, "here", CLEAN).packaging is Packaging.SWA


@pytest.mark.parametrize(
    ("environment", "target"),
    [
        ("nowhere", CLEAN),
        ("here", replace(CLEAN, version="v99")),
        ("here", Target("drrs", "RetrieveDRLocations", "v1", Variant.AP)),
    ],
    ids=["environment", "row", "address"],
)
def test_where_nothing_is_called_there_is_none(catalogue: Catalogue, environment: str, target: Target) -> None:
    with pytest.raises(CatalogueError):
        Destination.of(catalogue, environment, target)
