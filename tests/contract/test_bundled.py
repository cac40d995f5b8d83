"""The contracts that come with the program."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from lxml import etree

from caiso_desktop.catalogue.load import load
from caiso_desktop.contract.bundled import BundledSchemas
from caiso_desktop.contract.grammar import Grammar, roots
from caiso_desktop.contract.operation import Operations
from caiso_desktop.contract.payload import RulePayloads
from caiso_desktop.contract.rule import operation_by_rule
from caiso_desktop.contract.sample import sample
from caiso_desktop.contract.schema_folder import SchemaFolder
from caiso_desktop.contract.shape import shape_of
from caiso_desktop.model.error import SchemaError
from caiso_desktop.model.provenance import Ground, Provenance
from caiso_desktop.model.reading import Unit
from caiso_desktop.model.schema import for_the_simulator
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.model.shape import Field, Shape, Zone
from caiso_desktop.model.value import ValueKind

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
CONTRACTS = RESOURCES / "contracts"
DOCUMENTS = [
    (path, root)
    for path in sorted(CONTRACTS.rglob("*.xsd"))
    for root in roots(SchemaFolder(path.parent).documents(path.name))
]


@pytest.fixture(scope="module")
def bundled() -> BundledSchemas:
    return BundledSchemas(CONTRACTS, "simulator")


@pytest.mark.parametrize(("path", "root"), DOCUMENTS, ids=lambda each: str(each)[-60:])
@pytest.mark.parametrize("full", [False, True])
def test_every_document_has_valid_samples(path: Path, root: str, full: bool) -> None:
    grammar = Grammar(path.parent, path.name, root)
    shape = shape_of(grammar.declaration, Provenance(Ground.BUNDLED))
    text = sample(shape, date(2026, 3, 8), datetime(2026, 3, 7, 12, tzinfo=UTC), full=full)
    grammar.checker.assertValid(etree.fromstring(text.encode()))


def test_every_entry_names_a_row_of_the_catalogue_and_a_document_that_is_there() -> None:
    catalogue = load(RESOURCES / "catalogue")
    known = {(path, root) for path, root in DOCUMENTS}
    entries = BundledSchemas(CONTRACTS, "simulator")._entries
    assert len(entries) > 20
    for entry in entries:
        for name in entry.services:
            service = catalogue.service(entry.application, name)
            assert entry.versions <= {version.version for version in service.versions}, name
        for document in entry.documents:
            assert (document.place.folder / document.place.entry, document.place.root) in known
            assert document.place.provenance.source


def test_bundled_roots_are_those_of_the_rules(bundled: BundledSchemas) -> None:
    catalogue = load(RESOURCES / "catalogue")
    seen = 0
    for application in catalogue.applications:
        for service in application.services:
            for version in service.versions:
                for variant in {Variant.AP, Variant.DOCATTACH} & set(version.paths):
                    place = bundled.place(Target(application.id, service.name, version.version, variant), "production")
                    if place is not None:
                        assert place.root == operation_by_rule(service, version, variant).request_root
                        assert not for_the_simulator(place.root)
                        seen += 1
    assert seen >= 8


@pytest.mark.parametrize(
    ("application", "service", "version"),
    [
        ("sibr", "SubmitRawBidSet", "v4"),
        ("sibr", "SubmitRawTradeSet", ""),
        ("cmri", "RetrieveMarketAwards", "v4"),
        ("cmri", "RetrieveSchedulePrices", "v4"),
        ("oms", "SubmitResourceOutage", "v2"),
        ("master-file", "SubmitGeneratorRDT", "v4"),
        ("bsap", "SubmitBaseSchedule", "v1"),
        ("cira", "RetrieveResourceAdequacyCapacityData", "v1"),
    ],
)
def test_the_simulator_s_shapes_are_for_the_simulator_alone(
    bundled: BundledSchemas, application: str, service: str, version: str
) -> None:
    target = Target(application, service, version, Variant.AP)
    place = bundled.place(target, "simulator")
    assert place is not None
    assert place.provenance.simulator_only
    assert for_the_simulator(place.root)
    for environment in ("production", "map-stage", "sandbox"):
        assert bundled.place(target, environment) is None
        assert not bundled.documents(target, environment)


def test_ads_documents_are_known_by_procedure_in_both_versions(bundled: BundledSchemas) -> None:
    found = {
        version: {
            each.role for each in bundled.documents(Target("ads", "APIWebService", version, Variant.RPC), "production")
        }
        for version in ("v6", "v7")
    }
    assert found["v7"] - found["v6"] == {"request of getBatchHeader", "answer of getBatchHeader"}
    assert "answer of getDispatchBatch" in found["v6"]


def test_what_is_sent_to_a_remote_procedure_is_known_under_its_rule_s_root(bundled: BundledSchemas) -> None:
    catalogue = load(RESOURCES / "catalogue")
    seen = 0
    for name in ("APIWebService", "APIResponseWebService"):
        for version in catalogue.service("ads", name).versions:
            if version.version not in ("v6", "v7"):
                continue  # of v8 nothing but its address is published
            for number, procedure in enumerate(version.procedures):
                target = Target("ads", name, version.version, Variant.RPC, procedure=procedure.name)
                root = Operations(catalogue).operation(target).request_root
                place = bundled.place(target, "production")
                assert place is not None, target
                assert place.root == root
                if number == 0:
                    assert bundled.place(replace(target, procedure=""), "production") == place
                seen += 1
    assert seen == 21


def test_a_decline_is_begun_without_a_reason_and_told_that_it_lacks_one(bundled: BundledSchemas) -> None:
    payloads = RulePayloads(load(RESOURCES / "catalogue"), schemas=bundled)
    target = Target("ads", "APIResponseWebService", "v7", Variant.RPC, procedure="declineInstruction")
    text = payloads.skeleton(target, "production")
    assert "<reasonCode></reasonCode>" in text
    judgement = payloads.validate(text, target, "production")
    assert [problem.sentence for problem in judgement.problems] == [
        "<reasonCode>: It is empty; a whole number is wanted."
    ]
    filled = payloads.validate(text.replace("<reasonCode>", "<reasonCode>17"), target, "production")
    assert "“17” is not one of the allowed values: 10, 11, 12, 13, 14, 15, 16." in filled.problems[0].sentence


def find(shape: Shape, field: Field, name: str, seen: frozenset[str] = frozenset()) -> Field | None:
    contents = shape.inside(field)
    if contents is None or contents.key in seen:
        return field if field.local == name else None
    if field.local == name:
        return field
    for child in contents.fields():
        found = find(shape, child, name, seen | {contents.key})
        if found is not None:
            return found
    return None


def test_a_bid_set_goes_from_resource_to_product_hour_and_segment() -> None:
    path = CONTRACTS / "simulator" / "RawBidSet_v4.xsd"
    shape = shape_of(
        Grammar(path.parent, path.name, "{urn:caiso-desktop:simulator:RawBidSet_v4}RawBidSet").declaration,
        Provenance(Ground.SIMULATOR),
    )
    quantity, price, start = (find(shape, shape.root, name) for name in ("xAxisData", "y1AxisData", "startTime"))
    product, resource = find(shape, shape.root, "productType"), find(shape, shape.root, "RegisteredResource")
    assert quantity is not None
    assert price is not None
    assert start is not None
    assert product is not None
    assert product.value is not None
    assert resource is not None
    assert (quantity.unit, price.unit, start.zone) == (Unit.POWER, Unit.PRICE, Zone.GMT)
    assert product.value.kind is ValueKind.CHOICE
    assert product.value.choices[0].documentation == "Energy"


@pytest.mark.parametrize(
    "text", ["format = 2\nground = 'bundled'\nsource = 'x'", "format = 1", "format = 1\nground = 'nobody'\nsource = ''"]
)
def test_a_broken_contract_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "contract.toml").write_text(text)
    with pytest.raises(SchemaError, match=r"one/contract\.toml"):
        BundledSchemas(tmp_path, "simulator").place(Target("sibr", "X", "v1", Variant.AP), "simulator")
