"""What a submit hands in is given back by the retrieves that show it, for every row with state, through the courier."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from caiso_desktop.model.service import Target, Variant
from caiso_desktop.model.simulation import Disturbance, FaultChoice, SimulatorControl
from caiso_desktop.simulator.flow import Flow, read_flows
from tests.matrix.conftest import ENVIRONMENT, Caller
from tests.matrix.row import RETRIEVES, SUBMITS, name_of

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
FLOWS = read_flows(RESOURCES)
DRRS = Path("contracts", "drrs-v1", "DRRegistrationData_v1.xsd")
SCHEMAS = {
    "{http://www.caiso.com/soa/DRRegistrationData_v1.xsd#}DRRegistrationData": etree.XMLSchema(file=RESOURCES / DRRS)
}
LATER = Disturbance((FaultChoice("clock", 3.0),))
"""By then everything has become what it becomes."""


def flow_of(target: Target) -> Flow | None:
    for flow in FLOWS:
        if flow.application == target.application and target.service in flow.submits:
            return flow
    return None


STATEFUL = [target for target in SUBMITS if flow_of(target) is not None]


@pytest.fixture
def control(caller: Caller) -> Iterator[SimulatorControl]:
    control = caller.house.simulator.control
    control.forget()
    yield control
    control.calm()
    control.forget()


def handed_in(caller: Caller, target: Target) -> str:
    """A full sample where the schema is known, else the skeleton with a record that has a name."""
    if target.application == "drrs":
        return caller.house.payloads.sample(target, ENVIRONMENT, full=True)
    root = etree.fromstring(caller.skeleton(target).encode())
    payload = root.find("{*}MessagePayload")
    assert payload is not None
    if payload.find("{*}*") is None:
        namespace = etree.QName(root).namespace
        record = etree.SubElement(payload, f"{{{namespace}}}Record")
        etree.SubElement(record, f"{{{namespace}}}mRID").text = "HANDED-IN"
    return etree.tostring(root).decode()


def asked_for_all(caller: Caller, target: Target) -> str:
    """A retrieve that names neither dates nor resources, where the row's schema lets it."""
    text = caller.skeleton(target)
    root = etree.fromstring(text.encode())
    payload = root.find("{*}MessagePayload")
    assert payload is not None
    if target.application == "drrs":
        for part in list(payload.iter("{*}rangePeriod")):
            part.getparent().remove(part)  # type: ignore[union-attr]
    else:
        for part in list(payload):
            payload.remove(part)
    return etree.tostring(root).decode()


def rows_of(caller: Caller, target: Target) -> list[bytes]:
    exchange = caller.carry(target, asked_for_all(caller, target))
    assert exchange.answer is not None, exchange.failure
    assert exchange.answer.report is not None, exchange.answer.notes
    root = etree.parse(exchange.answer.report).getroot()
    assert root.tag == exchange.operation.answer_root
    if root.tag in SCHEMAS:
        SCHEMAS[root.tag].assertValid(root)
    return [etree.tostring(row) for row in root[1]]


@pytest.mark.parametrize("target", STATEFUL, ids=name_of)
def test_what_is_handed_in_is_given_back(caller: Caller, control: SimulatorControl, target: Target) -> None:
    flow = flow_of(target)
    assert flow is not None
    control.disturb(LATER)
    shown = [
        each
        for each in RETRIEVES
        if each.application == target.application
        and each.variant is Variant.AP
        and each.service in {one.service for one in flow.shown}
    ]
    assert {each.service for each in shown} == {one.service for one in flow.shown}
    before = {each: rows_of(caller, each) for each in shown}
    control.calm()
    exchange = caller.carry(target, handed_in(caller, target))
    assert exchange.succeeded, exchange.answer
    control.disturb(LATER)
    for each, rows in before.items():
        new = [row for row in rows_of(caller, each) if row not in rows]
        assert new, f"{name_of(each)} gives nothing back"


def test_every_application_with_state_is_tried() -> None:
    assert {target.application for target in STATEFUL} == {
        "sibr",
        "oms",
        "master-file",
        "bsap",
        "drrs",
        "cira",
        "drs",
        "settlements",
    }
    assert {target.variant for target in STATEFUL} == {Variant.AP, Variant.DOCATTACH}
