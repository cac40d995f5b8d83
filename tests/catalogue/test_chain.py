from pathlib import Path

import pytest

from caiso_desktop.catalogue.chain import FOLDER, chain_of, chain_with, next_step, read_chains
from caiso_desktop.model.error import CatalogueFileError
from caiso_desktop.model.follow_up import Chain
from caiso_desktop.model.service import Catalogue, Kind, Target, Variant

BIDS = Target("sibr", "SubmitRawBidSet", "v4", Variant.AP)
MINE = """
format = 1
[[chains]]
id = "bids"
name = "Our bids"
services = ["sibr/SubmitRawBidSet"]
then = ["sibr/RetrieveCleanBidSet"]
source = { document = "our desk's handbook" }
[[chains]]
id = "trades"
dropped = true
"""


@pytest.fixture(scope="module")
def chains(resources: Path) -> tuple[Chain, ...]:
    return read_chains([resources / FOLDER])


def test_every_submit_of_soap_has_a_chain_of_retrieves(chains: tuple[Chain, ...], printed: Catalogue) -> None:
    followed = {name for chain in chains for name in chain.services}
    for chain in chains:
        assert chain.source.document
        assert all(printed.service(*name.split("/")).kind is not Kind.RETRIEVE for name in chain.services)
        assert all(printed.service(*name.split("/")).kind is Kind.RETRIEVE for name in chain.then)
    handed_in = {
        f"{application.id}/{service.name}"
        for application in printed.applications
        for service in application.services
        if service.kind is Kind.SUBMIT and any(version.callable for version in service.versions)
    }
    # BAAOP has nothing to retrieve; the rule by words finds nothing there either.
    assert {name for name in handed_in - followed if not name.startswith("baaop/")} == set()


def test_the_steps_in_their_order_and_of_the_submits_own_version(chains: tuple[Chain, ...], printed: Catalogue) -> None:
    chain = chain_of(chains, BIDS)
    assert chain is not None
    first = next_step(printed, chain, BIDS, "map-stage")
    assert first == Target("sibr", "RetrieveCurrentBidResults", "v4", Variant.AP)
    second = next_step(printed, chain, first, "map-stage")
    assert second == Target("sibr", "RetrieveCleanBidSet", "v4", Variant.AP)
    assert next_step(printed, chain, second, "map-stage") is None
    assert chain_with(chains, second) is chain
    older = next_step(printed, chain, Target("sibr", "SubmitRawBidSet", "v3", Variant.DOCATTACH), "map-stage")
    assert older == Target("sibr", "RetrieveCurrentBidResults", "v3", Variant.DOCATTACH)


def test_a_retrieve_of_several_chains_is_of_none(chains: tuple[Chain, ...]) -> None:
    assert chain_with(chains, Target("drrs", "RetrieveBatchValidationStatus", "v1", Variant.AP)) is None


def test_a_step_that_an_environment_lacks_is_passed_over(chains: tuple[Chain, ...], printed: Catalogue) -> None:
    chain = chain_of(chains, BIDS)
    assert chain is not None
    assert next_step(printed, chain, BIDS, "nowhere") is None


def test_an_own_file_replaces_and_drops(resources: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(MINE, encoding="utf-8")
    found = {chain.id: chain for chain in read_chains([resources / FOLDER, None, tmp_path])}
    assert found["bids"].then == ("sibr/RetrieveCleanBidSet",)
    assert "trades" not in found


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ('source = { document = "our desk\'s handbook" }', "", "source"),
        ('then = ["sibr/RetrieveCleanBidSet"]', "", "then"),
        ('"sibr/RetrieveCleanBidSet"', '"RetrieveCleanBidSet"', "application/service"),
        ("format = 1", "format = 2", "format"),
        ('id = "trades"', 'id = "bids"', "twice"),
        ("dropped", "drop", "drop"),
    ],
)
def test_a_file_that_is_wrong_is_refused_whole(tmp_path: Path, was: str, becomes: str, said: str) -> None:
    assert was in MINE
    (tmp_path / "mine.toml").write_text(MINE.replace(was, becomes), encoding="utf-8")
    with pytest.raises(CatalogueFileError, match=said):
        read_chains([tmp_path])
