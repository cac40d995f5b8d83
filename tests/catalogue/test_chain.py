from collections.abc import Iterator
from pathlib import Path

import pytest

from caiso_desktop.catalogue.chain import FOLDER, chain_of, chain_with, counterpart, next_step, read_chains
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.error import CatalogueFileError
from caiso_desktop.model.follow_up import Chain
from caiso_desktop.model.service import Kind, Target, Variant

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


def changing(catalogue: Catalogue) -> Iterator[tuple[str, Target]]:
    """Every row that hands in or changes something, in each environment that has it."""
    for application in catalogue.applications:
        for service in application.services:
            for version in service.versions:
                for variant in version.paths if version.callable else ():
                    names = [each.name for each in version.procedures] if variant is Variant.RPC else [""]
                    for name in names:
                        target = Target(
                            application.id, service.name, version.version, variant, version.minor_version, name
                        )
                        if catalogue.kind(target) is not Kind.RETRIEVE:
                            yield from ((environment, target) for environment in catalogue.bases(application, version))


def test_no_submit_is_without_a_follow_up_or_a_reason_why_there_is_none(
    chains: tuple[Chain, ...], printed: Catalogue
) -> None:
    rows = list(changing(printed))
    assert {target.application for _, target in rows} >= {"alfs", "baaop", "drs", "ads", "oms", "sibr"}
    for environment, target in rows:
        chain = chain_of(chains, target)
        assert chain is not None, target
        assert bool(chain.then) != bool(chain.none), chain.id
        if chain.then:
            step = next_step(printed, chain, target, environment)
            assert step is not None, (target, environment)
            assert printed.kind(step) is Kind.RETRIEVE
            assert printed.url(environment, step)


def test_every_chain_is_of_submits_and_retrieves_that_there_are(chains: tuple[Chain, ...], printed: Catalogue) -> None:
    submits = {(t.application, t.service, name) for _, t in changing(printed) for name in ("", t.procedure)}
    for chain in chains:
        assert chain.source.document
        for name in chain.services:
            application, service, *procedure = name.split("/")
            assert (application, service, "".join(procedure)) in submits, name
        for name in chain.then:
            application, service, *procedure = name.split("/")
            versions = printed.service(application, service).versions
            if procedure:
                kinds = {each.kind for version in versions for each in version.procedures if each.name == procedure[0]}
                assert kinds == {Kind.RETRIEVE}
            else:
                assert printed.service(application, service).kind is Kind.RETRIEVE


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("sibr/SubmitRawBidSet", "RetrieveCurrentBidResults"),
        ("sibr/SubmitBidAction", "RetrieveCurrentBidResults"),
        ("drrs/SubmitDRRegistrations", "RetrieveDRRegistrations"),
        ("settlements/SubmitMeterData", "RetrieveMeterData"),
        ("baaop/SubmitEIMDynamicLimitData", "RetrieveEIMTransferLimit"),
        ("alfs/SubmitDailyFSPVERForecast", "RetrieveEIRForecast"),
        ("ads/APIResponseWebService", "getDispatchBatch"),
    ],
)
def test_beside_an_unknown_outcome_stands_the_first_step_that_needs_no_batch(
    chains: tuple[Chain, ...], printed: Catalogue, name: str, expected: str
) -> None:
    found = [each for each in changing(printed) if f"{each[1].application}/{each[1].service}" == name]
    assert found
    for environment, target in found:
        step = counterpart(printed, chains, target, environment)
        assert step is not None
        assert expected in (step.service, step.procedure)
        assert printed.url(environment, step)
        assert counterpart(printed, chains, step, environment) == step, "a retrieve is its own"


def test_where_nothing_follows_nothing_stands_beside(chains: tuple[Chain, ...], printed: Catalogue) -> None:
    target = Target("ads", "APIWebService", "v7", Variant.RPC, None, "submitMSSLFRequest")
    assert counterpart(printed, chains, target, "simulator") is None
    gone = Target("sibr", "Gone", "v1", Variant.AP)
    assert counterpart(printed, chains, gone, "production") is None


def test_a_submit_that_no_chain_names_is_looked_for_by_its_name(printed: Catalogue) -> None:
    found = counterpart(printed, (), BIDS, "map-stage")
    assert found == Target("sibr", "RetrieveCleanBidSet", "v4", Variant.AP)


def test_the_steps_in_their_order_and_of_the_submits_own_version(chains: tuple[Chain, ...], printed: Catalogue) -> None:
    chain = chain_of(chains, BIDS)
    assert chain is not None
    first = next_step(printed, chain, BIDS, "map-stage")
    assert first == Target("sibr", "RetrieveCurrentBidResults", "v4", Variant.AP)
    second = next_step(printed, chain, first, "map-stage")
    assert second == Target("sibr", "RetrieveCleanBidSet", "v4", Variant.AP)
    assert next_step(printed, chain, second, "map-stage") is None
    assert chain_with(printed, chains, second) is chain
    older = next_step(printed, chain, Target("sibr", "SubmitRawBidSet", "v3", Variant.DOCATTACH), "map-stage")
    assert older == Target("sibr", "RetrieveCurrentBidResults", "v3", Variant.DOCATTACH)


def test_a_retrieve_of_several_chains_is_of_none(chains: tuple[Chain, ...], printed: Catalogue) -> None:
    assert chain_with(printed, chains, Target("drrs", "RetrieveBatchValidationStatus", "v1", Variant.AP)) is None


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
        ('id = "bids"', 'id = "bids"\nnone = "nothing follows"', "says why nothing follows"),
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
