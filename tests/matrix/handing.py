"""What the matrix hands in: a payload that is taken for every submit, and for an action something to act on."""

from lxml import etree

from caiso_desktop.contract.rule import operation_by_rule
from caiso_desktop.model.service import Target, Variant
from tests.matrix.conftest import ENVIRONMENT, Caller
from tests.matrix.row import ACTIONS, SUBMITS

NAME = "HANDED-IN"
BEFORE = {
    "SubmitBidAction": ("SubmitRawBidSet", "CANCEL"),
    "SubmitCBBidAction": ("SubmitCBRawBidSet", "CANCEL"),
    "SubmitTradeAction": ("SubmitRawTradeSet", "ACCEPT"),
    "AcknowledgeOutageWarning": ("SubmitTransmissionOutage", ""),
    "WithdrawOutageChangeRequest": ("SubmitTransmissionOutageChangeRequest", ""),
    "WithdrawCSPOffers": ("SubmitCSPOffers", ""),
}
"""Of each action what hands in the thing that it acts on, and its word."""


def handed_in(caller: Caller, target: Target) -> str:
    """A full sample where the schema is known, else the skeleton with a record that has a name."""
    if target.application == "drrs":
        return caller.house.payloads.sample(target, ENVIRONMENT, full=True)
    skeleton = caller.skeleton(target)
    payload = etree.fromstring(skeleton.encode()).find("{*}MessagePayload")
    assert payload is not None
    return skeleton if payload.find("{*}*") is not None else named(caller, target, NAME)


def named(caller: Caller, target: Target, name: str, word: str = "") -> str:
    """The skeleton with one record of a name, and a word that says what is to be done with it."""
    root = etree.fromstring(caller.skeleton(target).encode())
    payload, space = root.find("{*}MessagePayload"), etree.QName(root).namespace
    assert payload is not None
    for other in list(payload):
        payload.remove(other)
    record = etree.SubElement(payload, f"{{{space}}}Record")
    etree.SubElement(record, f"{{{space}}}mRID").text = name
    if word:
        etree.SubElement(record, f"{{{space}}}action").text = word
    return etree.tostring(root).decode()


def acted_on(action: Target) -> Target:
    """The submit that hands in what an action acts on; not one with a schema of the simulator's own shape."""
    service = BEFORE[action.service][0]
    return [
        row
        for row in SUBMITS
        if row.application == action.application and row.service == service and row.variant is Variant.AP
    ][-1]


def payload_of(caller: Caller, target: Target) -> str:
    """What a submit hands in; before an action what it acts on is handed in."""
    if target not in ACTIONS:
        return caller.skeleton(target)
    before = acted_on(target)
    exchange = caller.carry(before, by_rule(caller, before, f"<Record><mRID>{NAME}</mRID></Record>"))
    assert exchange.succeeded, exchange.answer
    return named(caller, target, NAME, BEFORE[target.service][1])


def by_rule(caller: Caller, target: Target, inside: str) -> str:
    """A document of CAISO's name, not of the simulator's own shape: it is taken by its root, whatever is in it."""
    _, service, version = caller.house.catalogue.row(target)
    space, _, local = operation_by_rule(service, version, target.variant).request_root[1:].partition("}")
    return f'<{local} xmlns="{space}"><MessagePayload>{inside}</MessagePayload></{local}>'
