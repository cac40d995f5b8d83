"""What packages say of the catalogue's rows, and what the rules say where no package does."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import pytest

from caiso_desktop.catalogue.load import load
from caiso_desktop.catalogue.overlay import lay_over
from caiso_desktop.contract.operation import ImportedSchemas, Operations
from caiso_desktop.contract.package.contents import read_contents
from caiso_desktop.contract.package.match import Matching, stock_of
from caiso_desktop.model.call import Basis
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.package import Contents, Described, Owner, Package, Style
from caiso_desktop.model.provenance import Ground
from caiso_desktop.model.service import Target, Variant
from tests.package_maker import SOA, lay, payload_xsd, retrieve, rpc

CLEAN = Target("sibr", "RetrieveCleanBidSet", "v4", Variant.AP)


@pytest.fixture(scope="module")
def catalogue(resources: Path) -> Catalogue:
    return load(resources / "catalogue")


def package(folder: Path, files: dict[str, str], **by_hand: Target) -> Package:
    contents = read_contents(lay(folder, files))
    return made(folder, contents, **by_hand)


def made(folder: Path, contents: Contents, **by_hand: Target) -> Package:
    when = datetime(2026, 11, 20, tzinfo=UTC)
    return Package("SIBR", Owner.USER, "x.zip", when, folder, contents, MappingProxyType(by_hand))


def described(name: str, address: str = "", action: str = "urn:action", namespace: str = "") -> Described:
    return Described(name, action, Style.DOCUMENT, "{urn:a}Ask", "{urn:a}Told", "a.wsdl", namespace, address)


def holding(*operations: Described) -> Package:
    return made(Path("nowhere"), Contents(operations))


def test_a_wsdl_overrides_the_rules(tmp_path: Path, catalogue: Catalogue) -> None:
    shelf = Matching([package(tmp_path, retrieve("CleanBidSet", "v4", action="urn:given"))], catalogue)
    operation = Operations(catalogue, shelf).operation(CLEAN)
    assert operation.soap_action == "urn:given"
    assert operation.basis is Basis.WSDL
    assert operation.request_root == f"{{{SOA}RequestCleanBidSet_v4.xsd#}}RequestCleanBidSet"
    other = Operations(catalogue, shelf).operation(replace(CLEAN, version="v3"))
    assert other.basis is Basis.RULE


def named(catalogue: Catalogue, user: Path, application: str, row: str) -> Catalogue:
    """The catalogue with names that a user's file gives a row, agreed to."""
    text = f"format = 1\n[[application]]\nid = '{application}'\n[[application.service]]\n{row}\n"
    (user / "names.toml").write_text(text, encoding="utf-8")
    [pending] = lay_over(catalogue, None, user).pending
    return lay_over(catalogue, None, user, {pending.fingerprint}).catalogue


def test_a_file_of_the_catalogue_overrides_wsdl_and_rule(tmp_path: Path, catalogue: Catalogue) -> None:
    row = "name = 'RetrieveCleanBidSet'\nversions = [{version='v4', names={ap={action='urn:ours', answer='{urn:a}X'}}}]"
    shelf = Matching([package(tmp_path / "p", retrieve("CleanBidSet", "v4", action="urn:given"))], catalogue)
    for contracts, request in ((shelf, "_v4.xsd#}RequestCleanBidSet"), (None, "_v4.xsd#}RequestCleanBidSet")):
        operations = Operations(named(catalogue, tmp_path, "sibr", row), contracts)
        operation = operations.operation(CLEAN)
        assert (operation.soap_action, operation.answer_root, operation.basis) == (
            "urn:ours",
            "{urn:a}X",
            Basis.OVERLAY,
        )
        assert operation.request_root.endswith(request), "what it does not say stays as it is known"
        assert operations.operation(replace(CLEAN, variant=Variant.DOCATTACH)).basis is not Basis.OVERLAY


def test_a_file_of_the_catalogue_gives_a_version_of_ads_its_namespace(tmp_path: Path, catalogue: Catalogue) -> None:
    row = "name = 'APIWebService'\nversions = [{version='v8', names={rpc={namespace='urn:ads8', action='go'}}}]"
    target = Target("ads", "APIWebService", "v8", Variant.RPC, procedure="getBatchStatus")
    operation = Operations(named(catalogue, tmp_path, "ads", row)).operation(target)
    assert operation.request_root == "{urn:ads8}getBatchStatus"
    assert operation.answer_root == "{urn:ads8}getBatchStatusResponse"
    assert (operation.soap_action, operation.basis) == ("go", Basis.OVERLAY)


def test_the_other_variant_keeps_its_action_by_rule_but_is_asked_alike(catalogue: Catalogue) -> None:
    shelf = Matching([holding(described("retrieveCleanBidSet_v4"))], catalogue)
    operation = Operations(catalogue, shelf).operation(replace(CLEAN, variant=Variant.DOCATTACH))
    assert operation.soap_action == f"{SOA}retrieveCleanBidSet_v4_DocAttach"
    assert operation.basis is Basis.RULE
    assert operation.request_root == "{urn:a}Ask"


def test_a_wrapper_is_not_taken_for_the_payload(catalogue: Catalogue) -> None:
    wrapped = replace(
        described("submitRawBidSet_v4_DocAttach"),
        request_root="{http://www.caiso.com/soa/2006-10-26/ISOAttachment.xsd}ISOAttachment",
        answer_root="{urn:a}X_attachmentResponse",
    )
    target = Target("sibr", "SubmitRawBidSet", "v4", Variant.DOCATTACH)
    ruled = Operations(catalogue).operation(target)
    operation = Operations(catalogue, Matching([holding(wrapped)], catalogue)).operation(target)
    assert operation.basis is Basis.WSDL
    assert (operation.request_root, operation.answer_root) == (ruled.request_root, ruled.answer_root)


def test_by_hand_where_the_name_leads_nowhere(catalogue: Catalogue) -> None:
    odd = described("getCleanBids")
    alone = holding(odd)
    assert stock_of(alone, catalogue).new == (odd,)
    helped = made(Path("nowhere"), Contents((odd,)), getCleanBids=CLEAN)
    [matched] = stock_of(helped, catalogue).matched
    assert (matched.targets, matched.by_hand) == ((CLEAN,), True)
    assert Matching([helped], catalogue).described(CLEAN) is odd


def test_a_match_by_hand_takes_the_operation_away_from_its_name(catalogue: Catalogue) -> None:
    named = described("retrieveCleanBidSet_v4")
    elsewhere = replace(CLEAN, version="v3")
    helped = made(Path("nowhere"), Contents((named,)), retrieveCleanBidSet_v4=elsewhere)
    shelf = Matching([helped], catalogue)
    assert shelf.described(CLEAN) is None
    assert shelf.described(elsewhere) is named


def test_one_name_in_two_applications_goes_by_its_address(catalogue: Catalogue) -> None:
    name, end = "retrieveBatchValidationStatus_v1", "RetrieveBatchValidationStatus"
    drrs = described(name, f"https://ws.caiso.com/sst/drrs/{end}_DRRSv1_AP", action="drrs")
    mris = described(name, f"https://ws.caiso.com/sst/mris/{end}_MRISv1_AP", action="mris")
    shelf = Matching([holding(mris, drrs)], catalogue)
    found = shelf.described(Target("drrs", end, "v1", Variant.AP))
    assert found is not None
    assert found.action == "drrs"
    theirs = Matching([holding(mris)], catalogue)
    assert theirs.described(Target("drrs", end, "v1", Variant.AP)) is None, "it says that it is another application's"
    unknown = described(name, "http://localhost:8080/service", action="anywhere")
    both = Matching([holding(unknown)], catalogue)
    assert both.described(Target("drrs", end, "v1", Variant.AP)) is unknown


def test_a_dated_version_is_known_by_the_folder_of_its_action(catalogue: Catalogue) -> None:
    target = next(
        Target(application.id, service.name, version.version, Variant.AP)
        for application in catalogue.applications
        for service in application.services
        for version in service.versions
        if len(version.version) == 9 and Variant.AP in version.paths
    )
    date = f"{target.version[1:5]}-{target.version[5:7]}-{target.version[7:]}"
    name = target.service[0].lower() + target.service[1:]
    operation = described(name, action=f"{SOA}{date}/{name}")
    assert Matching([holding(operation)], catalogue).described(target) is operation
    assert Matching([holding(described(f"{name}_{target.version}"))], catalogue).described(target) is not None


@pytest.mark.parametrize(
    "operation",
    [
        described("retrieveCleanBidSet", action=f"{SOA}retrieveCleanBidSet_v4_DocAttach"),
        described("retrieveCleanBidSet_v4", namespace=f"{SOA}retrieveCleanBidSet_v4_DocAttach.wsdl"),
        described("RetrieveCleanBidSet_v4", "https://ws.caiso.com/sst/sibr/RetrieveCleanBidSet_SIBRv4_DocAttach_AP"),
        described("retrieveCleanBidSet_DocAttach", namespace=f"{SOA}retrieveCleanBidSet_v4.wsdl"),
    ],
)
def test_what_the_name_does_not_say_its_surroundings_may(catalogue: Catalogue, operation: Described) -> None:
    shelf = Matching([holding(operation)], catalogue)
    assert shelf.described(replace(CLEAN, variant=Variant.DOCATTACH)) is operation
    assert shelf.described(CLEAN) is None


def test_every_row_is_found_by_the_name_that_the_rule_gives_it(catalogue: Catalogue) -> None:
    from caiso_desktop.contract.package.match import rows
    from caiso_desktop.contract.rule import operation_by_rule

    checked = 0
    for _, service, version, target in rows(catalogue):
        if target.variant in (Variant.AP, Variant.DOCATTACH):
            operation = described(operation_by_rule(service, version, target.variant).name)
            assert Matching([holding(operation)], catalogue).described(target) is operation, target
            checked += 1
    assert checked > 250


def test_a_procedure_is_matched_in_its_version_only(tmp_path: Path, catalogue: Catalogue) -> None:
    [matched] = stock_of(package(tmp_path, {"ads.wsdl": rpc()}), catalogue).matched
    assert {(each.application, each.version) for each in matched.targets} == {("ads", "v7")}


def test_a_procedure_is_called_as_its_wsdl_says(tmp_path: Path, catalogue: Catalogue) -> None:
    text = rpc().replace('soapAction=""', 'soapAction="urn:get"')
    shelf = Matching(
        [package(tmp_path, {"ads.wsdl": text.replace('namespace="http', 'namespace="urn:other:http')})], catalogue
    )
    target = Target("ads", "APIWebService", "v7", Variant.RPC, procedure="getDispatchBatchesSinceUID")
    operation = Operations(catalogue, shelf).operation(target)
    assert (operation.soap_action, operation.basis) == ("urn:get", Basis.WSDL)
    wrapper = "{urn:other:http://ads.caiso.com/api/webservices/dispatch/v7}getDispatchBatchesSinceUID"
    assert (operation.request_root, operation.answer_root) == (wrapper, f"{wrapper}Response")
    ruled = Operations(catalogue, shelf).operation(replace(target, version="v6"))
    assert ruled.basis is Basis.RULE


def test_xsds_alone_give_a_row_its_schema(tmp_path: Path, catalogue: Catalogue) -> None:
    files = {
        "a.xsd": payload_xsd("RequestCleanBidSet", "v4", "h.xsd").replace('<xsd:include schemaLocation="h.xsd"/>', "")
    }
    files["a.xsd"] = files["a.xsd"].replace('type="MessageHeader"', 'type="xsd:string"')
    held = package(tmp_path, files)
    assert CLEAN in stock_of(held, catalogue).documents
    shelf = Matching([held], catalogue)
    schemas = ImportedSchemas(Operations(catalogue, shelf), shelf)
    place = schemas.place(CLEAN, "production")
    assert place is not None
    assert (place.folder, place.entry) == (tmp_path, "a.xsd")
    assert place.provenance.ground is Ground.IMPORTED
    assert "SIBR, imported 2026-11-20" in str(place.provenance)
    assert Operations(catalogue, shelf).operation(CLEAN).basis is Basis.RULE
    assert schemas.place(replace(CLEAN, version="v3"), "production") is None


def test_request_and_answer_are_told_from_the_wsdl_that_describes_them(tmp_path: Path, catalogue: Catalogue) -> None:
    shelf = Matching([package(tmp_path, retrieve("CleanBidSet", "v4"))], catalogue)
    known = ImportedSchemas(Operations(catalogue, shelf), shelf).documents(CLEAN, "simulator")
    assert [(each.role, each.place.entry) for each in known] == [
        ("request", "retrieveCleanBidSet_v4.wsdl"),
        ("answer", "retrieveCleanBidSet_v4.wsdl"),
    ]
    ads = Target("ads", "APIWebService", "v7", Variant.RPC)
    assert ImportedSchemas(Operations(catalogue, shelf), shelf).place(ads, "production") is None


def test_the_package_that_comes_first_counts(catalogue: Catalogue) -> None:
    mine, theirs = (holding(described("retrieveCleanBidSet_v4", action=whose)) for whose in ("mine", "theirs"))
    found = Matching([mine, theirs], catalogue).described(CLEAN)
    assert found is not None
    assert found.action == "mine"
