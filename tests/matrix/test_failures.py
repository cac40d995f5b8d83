"""Everything that can be made to go wrong, on a socket, through the courier: told in words, for SOAP and for ADS.

The names are those of the simulator's page and of the command line; one that is added has to be told here.
"""

import re
from typing import NamedTuple

import pytest

from caiso_desktop.model.answer import Outcome, Severity
from caiso_desktop.model.error import Fate
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.model.simulation import Disturbance, FaultChoice, SimulatorControl
from caiso_desktop.simulator.control import read_kinds
from tests.matrix.conftest import Caller
from tests.matrix.row import ADS, RETRIEVES, SUBMITS
from tests.matrix.test_state import RESOURCES

AP = next(row for row in RETRIEVES if row.service == "RetrieveCleanBidSet" and row.variant is Variant.AP)
DOCATTACH = next(row for row in RETRIEVES if row.service == "RetrieveCleanBidSet" and row.variant is Variant.DOCATTACH)
PACKED = next(row for row in ADS if row.procedure == "getTrajectoryData")
LISTED = next(row for row in ADS if row.procedure == "getDispatchBatchesSinceUID")
SUBMIT = next(row for row in SUBMITS if row.service == "SubmitRawBidSet" and row.variant is Variant.AP)
NAMES = [kind.name for kind in read_kinds(RESOURCES)]
IN_DOUBT = ("cut", "500", "502", "504", "empty", "html")
"""After these nobody knows whether a submit was taken: nothing that comes is the service's own word."""

AMOUNTS = {"slow": 0.05, "trickle": 0.0, "cut": 500.0, "huge": 1.0, "huge-inline": 1.0, "clock": 60.0}
FINE, EVERY = "", (AP, DOCATTACH, PACKED, LISTED)


class Told(NamedTuple):
    """The title of what is said, empty where all is well; how often a retrieve is tried; the calls that it befalls."""

    title: str
    tries: int = 1
    befalls: tuple[Target, ...] = EVERY


TOLD = {
    "slow": Told(FINE),
    "trickle": Told(FINE),
    "cut": Told("Connection cut off", 3),
    "403": Told("No access with this certificate"),
    "404": Told("Wrong address"),
    "429": Told("Too many calls", 3),
    "500": Told("The service failed"),
    "502": Told("The service is not reachable", 3),
    "503": Told("The service is not available", 3),
    "504": Told("The service took too long", 3),
    "maintenance": Told("The service is being maintained", 3),
    "html": Told("A web page instead of an answer"),
    "acceptable-use": Told("CAISO's gateway stopped the request"),
    "empty": Told("The answer is empty"),
    "no-data": Told("No data"),
    "not-entitled": Told("No right to this data"),
    "no-operation": Told("The service does not know this operation"),
    "hidden-error": Told("The service refused the request", befalls=(AP, DOCATTACH)),
    "wrong-hash": Told("The attachment is not what CAISO sent", befalls=(AP,)),
    "broken-gzip": Told("The (attachment|value) cannot be read", befalls=(AP, DOCATTACH, PACKED)),
    "damaged-gzip": Told("The (attachment|value) cannot be read", befalls=(AP, DOCATTACH, PACKED)),
    "huge": Told(FINE),
    "huge-inline": Told(FINE),
    "expired": Told("Your certificate has expired"),
    "server-expired": Told("Server not trusted"),
    "clock": Told("This computer's clock is wrong"),
}


def disturbed(caller: Caller, control: SimulatorControl, name: str, target: Target) -> Exchange:
    """A call that something befalls, however often it is tried."""
    payload = caller.skeleton(target)
    if target.variant is Variant.RPC:
        payload = re.sub(r"<batchUID></batchUID>|<batchUID/>", "<batchUID>-1</batchUID>", payload)
    control.disturb(Disturbance((FaultChoice(name, AMOUNTS.get(name)),)))
    return caller.carry(target, payload)


def said(exchange: Exchange) -> list[tuple[str, str]]:
    """The title and the advice of everything that is told of an exchange."""
    failure, answer = exchange.failure, exchange.answer
    found = [] if failure is None else [(failure.title, failure.advice)]
    return found + ([(note.title, note.advice) for note in answer.notes] if answer is not None else [])


def test_whatever_can_go_wrong_is_in_the_table() -> None:
    assert list(TOLD) == NAMES


@pytest.mark.parametrize("target", EVERY, ids=["ap", "docattach", "ads packed", "ads listed"])
@pytest.mark.parametrize("name", NAMES)
def test_what_goes_wrong_is_told_in_words(caller: Caller, control: SimulatorControl, name: str, target: Target) -> None:
    told = TOLD[name]
    exchange = disturbed(caller, control, name, target)
    assert len(exchange.earlier) + 1 == told.tries
    assert [bool(each.hits) for each in control.state().arranged] == [target in told.befalls] * (name != "clock")
    if not told.title or target not in told.befalls:
        assert exchange.succeeded, said(exchange)
        assert exchange.answer is not None
        assert [note for note in exchange.answer.notes if note.severity is Severity.ERROR] == []
        return
    found = [(title, advice) for title, advice in said(exchange) if re.fullmatch(told.title, title)]
    assert found, said(exchange)
    assert all(advice for _, advice in found), "whoever reads it wants to know what to do"
    if exchange.answer is not None and name not in ("clock", "wrong-hash"):
        [note] = [note for note in exchange.answer.notes if note.severity is Severity.ERROR] or exchange.answer.notes
        assert re.fullmatch(told.title, note.title), "what is wrong is told once"
    if name == "no-data":
        assert exchange.answer is not None
        assert exchange.answer.outcome is Outcome.NO_DATA
    else:
        # Over ADS a moved clock breaks nothing: no message there bears a time.
        assert exchange.succeeded == (name == "clock" and target.variant is Variant.RPC)


@pytest.mark.parametrize("target", EVERY, ids=["ap", "docattach", "ads packed", "ads listed"])
@pytest.mark.parametrize("name", ["huge", "huge-inline"])
def test_a_huge_report_is_read_whole(caller: Caller, control: SimulatorControl, name: str, target: Target) -> None:
    answer = disturbed(caller, control, name, target).answer
    assert answer is not None
    assert answer.report is not None
    assert answer.outcome is Outcome.SUCCESS
    assert 1_000_000 <= answer.report.stat().st_size < 2_500_000


@pytest.mark.parametrize("target", [AP, DOCATTACH], ids=["ap", "docattach"])
@pytest.mark.parametrize("name", ["404", "no-operation"])
def test_what_smells_of_a_wrong_name_advises_to_import_the_package(
    caller: Caller, control: SimulatorControl, name: str, target: Target
) -> None:
    exchange = disturbed(caller, control, name, target)
    assert any("import" in advice.lower() for _, advice in said(exchange)), said(exchange)


@pytest.mark.parametrize("name", NAMES)
def test_a_submit_is_sent_once_whatever_befalls_it(caller: Caller, control: SimulatorControl, name: str) -> None:
    before = len(control.state().received)
    exchange = disturbed(caller, control, name, SUBMIT)
    assert exchange.earlier == ()
    received = control.state().received[before:]
    assert len(received) == (0 if name in ("expired", "server-expired") else 1)
    fates = {"expired": Fate.NOT_SENT, "server-expired": Fate.NOT_SENT} | dict.fromkeys(IN_DOUBT, Fate.UNKNOWN)
    assert exchange.fate is fates.get(name, Fate.ANSWERED)


def test_several_befall_one_call_together(caller: Caller, control: SimulatorControl) -> None:
    control.disturb(Disturbance((FaultChoice("slow", 0.05), FaultChoice("503")), "ads", times=1))
    assert caller.carry(AP, caller.skeleton(AP)).succeeded
    exchange = caller.carry(LISTED, caller.skeleton(LISTED).replace("<batchUID></batchUID>", "<batchUID>-1</batchUID>"))
    assert exchange.succeeded, "the second try is not befallen"
    [first] = exchange.earlier
    assert "The service is not available" in [title for title, _ in said(first)]
    assert control.state().received[-2].fault == "slow=0.05 503"


@pytest.mark.parametrize("name", ["hidden-error", "wrong-hash", "broken-gzip", "damaged-gzip", "huge", "huge-inline"])
def test_what_cannot_befall_a_submit_waits_for_a_retrieve(caller: Caller, control: SimulatorControl, name: str) -> None:
    control.disturb(Disturbance((FaultChoice(name, AMOUNTS.get(name)),), times=1))
    assert caller.carry(SUBMIT, caller.skeleton(SUBMIT)).succeeded
    [waiting] = control.state().arranged
    assert waiting.left == 1
    assert control.state().received[-1].fault == ""
    caller.carry(AP, caller.skeleton(AP))
    assert control.state().arranged == ()
    assert control.state().received[-1].fault.partition("=")[0] == name
