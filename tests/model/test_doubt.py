"""What is to be said of a row before one trusts it, by the program's own catalogue."""

from pathlib import Path

import pytest

from caiso_desktop.catalogue.load import load
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.doubt import corrections_of, minor_versions, source_words, spellings
from caiso_desktop.model.service import Target, Variant


@pytest.fixture(scope="module")
def printed(resources: Path) -> Catalogue:
    return load(resources / "catalogue")


def test_a_service_printed_otherwise_has_two_spellings(printed: Catalogue) -> None:
    ours = Target("master-file", "SubmitIntertieRDT", "v1", Variant.AP)
    theirs = Target("master-file", "SubmitIntertierRDT", "v1", Variant.AP)
    assert spellings(printed, ours) == spellings(printed, theirs) == ("SubmitIntertieRDT", "SubmitIntertierRDT")
    assert spellings(printed, Target("sibr", "SubmitBids", "v1", Variant.AP)) == ("SubmitBids",)
    for target in (ours, theirs):
        assert "SubmitIntertierRDT" in [each.printed for each in corrections_of(printed, target, "production")]


def test_one_address_may_have_two_minor_versions(printed: Catalogue) -> None:
    target = Target("master-file", "RetrieveGeneratorRDT", "v4", Variant.AP)
    assert minor_versions(printed, target) == ("20180201", "20161001")
    assert len(minor_versions(printed, Target("master-file", "RetrieveGeneratorRDT", "v3", Variant.AP))) == 1


def test_a_correction_concerns_its_own_rows_only(printed: Catalogue) -> None:
    def printed_for(version: str, environment: str, service: str = "APIResponseWebService") -> list[str]:
        target = Target("ads", service, version, Variant.RPC)
        return [each.printed for each in corrections_of(printed, target, environment)]

    assert printed_for("v6", "production") == ["APIWebService/v6"]
    assert printed_for("v7", "production") == ["APIWebService/v7"]
    assert "https://adsmap.caiso.com:447/" in printed_for("v7", "map-stage")
    assert "APIWebService/v7" not in printed_for("v7", "production", "APIWebService"), "that is the other service's"
    assert "no getBatchHeader" in printed_for("v6", "production", "APIWebService")
    segment = Target("baaop", "SubmitEIMDynamicLimitData", "v2", Variant.AP)
    assert [each.printed for each in corrections_of(printed, segment, "production")] == ["RTmv2"]
    plain = Target("cmri", "RetrieveConformedDispatchNotice", "v1", Variant.AP)
    assert corrections_of(printed, plain, "production") == ()


def test_a_source_says_whether_it_was_tried(printed: Catalogue) -> None:
    rows = {row.version: row for row in printed.service("ads", "APIWebService").versions}
    assert source_words(rows["v7"].source) == "Access document 10.1, 2017-10-01"
    assert source_words(rows["v8"].source).endswith("(not proven)")
