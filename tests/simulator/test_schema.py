"""What the simulator thinks of payloads whose schema it has."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from lxml import etree

from caiso_desktop.catalogue.load import load
from caiso_desktop.contract.bundled import BundledSchemas
from caiso_desktop.contract.grammar import Grammar
from caiso_desktop.contract.sample import sample
from caiso_desktop.contract.shape import shape_of
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.simulator.plan import Plan, make_plans, paths_of, read_exceptions
from caiso_desktop.simulator.refusal import PAYLOAD, Refused
from caiso_desktop.simulator.schema import Schemas

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
BIDS = Target("sibr", "SubmitRawBidSet", "v4", Variant.DOCATTACH)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load(RESOURCES / "catalogue")


@pytest.fixture(scope="module")
def schemas() -> Schemas:
    return Schemas(RESOURCES)


def plan(catalogue: Catalogue, target: Target) -> Plan:
    _, _, version = catalogue.row(target)
    plans = make_plans(catalogue, read_exceptions(RESOURCES))
    return plans[paths_of(catalogue)[target.application] + version.paths[target.variant]]


def written(target: Target) -> str:
    place = BundledSchemas(RESOURCES / "contracts", "simulator").place(target, "simulator")
    assert place is not None
    shape = shape_of(Grammar(place.folder, place.entry, place.root).declaration, place.provenance)
    return sample(shape, date(2026, 3, 10), datetime(2026, 3, 9, tzinfo=UTC), full=True)


def test_it_takes_its_own_shape_for_the_service_it_is_about(catalogue: Catalogue, schemas: Schemas) -> None:
    root = etree.fromstring(written(BIDS).encode())
    assert schemas.takes(plan(catalogue, BIDS), str(root.tag))
    assert not schemas.takes(plan(catalogue, Target("sibr", "SubmitRawBidSet", "v3", Variant.AP)), str(root.tag))
    schemas.check(root)


def test_it_says_where_a_payload_leaves_its_schema(schemas: Schemas) -> None:
    text = written(BIDS).replace("<productType>EN</productType>", "<productType>XX</productType>", 1)
    with pytest.raises(Refused) as raised:
        schemas.check(etree.fromstring(text.encode()))
    assert raised.value.text == PAYLOAD
    line = text[: text.index("XX")].count("\n") + 1
    assert f"line {line}:" in raised.value.reason


def test_what_it_has_no_schema_of_passes(schemas: Schemas) -> None:
    schemas.check(etree.fromstring("<RawBidSet xmlns='http://www.caiso.com/soa/RawBidSet_v4.xsd#'><x/></RawBidSet>"))


def test_a_payload_inside_an_envelope_is_judged_alone(schemas: Schemas) -> None:
    envelope = etree.fromstring(f"<e><b>{written(BIDS).partition('-->')[2].partition('-->')[2]}</b></e>")
    schemas.check(envelope[0][0])
