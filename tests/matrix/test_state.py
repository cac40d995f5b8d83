"""What a submit hands in is given back by the retrieves that show it, for every row with state, through the courier."""

from pathlib import Path

import pytest
from lxml import etree

from caiso_desktop.model.answer import Outcome
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.model.simulation import Disturbance, FaultChoice, SimulatorControl
from caiso_desktop.simulator.flow import Flow, read_flows
from tests.matrix.conftest import Caller
from tests.matrix.handing import BEFORE, NAME, acted_on, handed_in, payload_of
from tests.matrix.row import ACTIONS, RETRIEVES, SUBMITS, name_of

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
        if each.variant is Variant.AP
        and (each.application, each.service)
        in {(one.application or flow.application, one.service) for one in flow.shown}
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
        "alfs",
        "baaop",
    }
    assert len(STATEFUL) == len(SUBMITS) - len(ACTIONS), "whatever is handed in is given back somewhere"
    assert {target.variant for target in STATEFUL} == {Variant.AP, Variant.DOCATTACH}


def rows_called(caller: Caller, service: str, application: str) -> list[etree._Element]:
    """What a retrieve of the newest version gives back of what the matrix handed in."""
    target = next(row for row in RETRIEVES if (row.application, row.service) == (application, service))
    rows = [etree.fromstring(row) for row in rows_of(caller, target)]
    return [row for row in rows if row.findtext("{*}mRID") == NAME]


EFFECTS: dict[str, dict[str, str | None]] = {
    "SubmitBidAction": {"RetrieveCurrentBidResults": "CANCELLED", "RetrieveCleanBidSet": None},
    "SubmitCBBidAction": {"RetrieveCBCCurrentBidResults": "CANCELLED", "RetrieveCBCCleanBidSet": None},
    "SubmitTradeAction": {"RetrieveTradeResults": "ACCEPTED", "RetrieveFinalTradeSet": "FINAL"},
    "AcknowledgeOutageWarning": {"RetrieveTransmissionOutage": "APPROVED"},
    "WithdrawOutageChangeRequest": {"RetrieveTransmissionOutageChangeRequest": None},
    "WithdrawCSPOffers": {"RetrieveCSPOffers": None},
}
"""What a retrieve says, when all is done, of a thing that was acted on; None: it does not show it."""


def test_the_effect_of_every_action_is_known() -> None:
    assert {target.service for target in ACTIONS} == EFFECTS.keys() == BEFORE.keys()


@pytest.mark.parametrize("target", ACTIONS, ids=name_of)
def test_an_action_changes_what_is_shown(caller: Caller, control: SimulatorControl, target: Target) -> None:
    document = payload_of(caller, target)
    control.disturb(LATER)
    before = {service: rows_called(caller, service, target.application) for service in EFFECTS[target.service]}
    assert all(before.values()), before
    control.calm()
    assert caller.carry(target, document).succeeded
    control.disturb(LATER)
    for service, status in EFFECTS[target.service].items():
        after = rows_called(caller, service, target.application)
        assert [row.findtext("{*}status") for row in after] == ([] if status is None else [status])
        if target.service == "AcknowledgeOutageWarning":
            assert [row.findtext("{*}OutageWarning/{*}acknowledged") for row in (*before[service], *after)] == [
                "false",
                "true",
            ]


@pytest.mark.parametrize("target", ACTIONS, ids=name_of)
def test_an_action_on_what_nobody_knows_is_refused_in_words(
    caller: Caller, control: SimulatorControl, target: Target
) -> None:
    document = payload_of(caller, target).replace(NAME, "NOBODY-KNOWS")
    exchange = caller.carry(target, document)
    answer = exchange.answer
    assert answer is not None
    assert answer.outcome is Outcome.ERROR
    assert answer.fault is not None
    assert answer.fault.text == "The given mRID does not exist."
    assert "Nothing there is called so" in [note.title for note in answer.notes]
    assert {each.findtext("{*}mRID") for each in rows_called_in_first(caller, target)} == {NAME}


def rows_called_in_first(caller: Caller, target: Target) -> list[etree._Element]:
    """What the first retrieve of an action's flow shows."""
    flow = flow_of(acted_on(target))
    assert flow is not None
    return rows_called(caller, flow.shown[0].service, target.application)
