"""Every retrieve with state gives back what was asked for, and nothing else: through the courier, by each narrowing."""

from typing import NamedTuple

import pytest
from lxml import etree

from caiso_desktop.model.answer import Outcome
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.model.simulation import SimulatorControl
from caiso_desktop.simulator.flow import Narrowing, Shown
from tests.matrix.conftest import Caller
from tests.matrix.handing import NAME, by_rule, handed_in
from tests.matrix.row import RETRIEVES, STATUSES, SUBMITS, name_of
from tests.matrix.test_state import FLOWS, LATER, rows_of

RANGE = "<dateTimeStart>2026-12-01T18:00:00Z</dateTimeStart><dateTimeEnd>2026-12-01T19:00:00Z</dateTimeEnd>"
OWN = {
    Narrowing.TRADE_DATE: "<tradeDate>2026-12-01</tradeDate>",
    Narrowing.PERIOD: RANGE,
    Narrowing.HOURS: RANGE,
    Narrowing.COORDINATOR: "<SchedulingCoordinator><mRID>MINE</mRID></SchedulingCoordinator>",
    Narrowing.RESOURCE: "<RegisteredResource><mRID>G-MINE</mRID></RegisteredResource>",
    Narrowing.MRID: f"<Record><mRID>{NAME}</mRID></Record>",
}
"""What narrows a retrieve to the record below."""
RECORD = (
    f"<Record><mRID>{NAME}</mRID>{OWN[Narrowing.COORDINATOR]}{OWN[Narrowing.RESOURCE]}"
    "<startTime>2026-12-01T18:00:00Z</startTime><endTime>2026-12-01T19:00:00Z</endTime></Record>"
)
OTHERS = {
    Narrowing.TRADE_DATE: "<tradeDate>2026-12-05</tradeDate>",
    Narrowing.PERIOD: RANGE.replace("T19", "T22").replace("T18", "T21"),
    Narrowing.HOURS: RANGE.replace("T19", "T22").replace("T18", "T21"),
    Narrowing.COORDINATOR: OWN[Narrowing.COORDINATOR].replace("MINE", "OTHERS"),
    Narrowing.RESOURCE: OWN[Narrowing.RESOURCE].replace("MINE", "OTHERS"),
    Narrowing.MRID: f"<Record><mRID>NOT-{NAME}</mRID></Record>",
}


class Row(NamedTuple):
    """What a submit hands in, and a retrieve that gives it back."""

    submit: Target
    shown: Shown
    retrieve: Target

    def __str__(self) -> str:
        return f"{name_of(self.submit)}-{self.shown.service}"


def _row(application: str, submit: str, shown: Shown) -> Row:
    """The oldest version of a submit, which has no schema of the simulator's own where there are several."""
    last = [r for r in SUBMITS if (r.application, r.service, r.variant) == (application, submit, Variant.AP)][-1]
    where = (shown.application or application, shown.service)
    return Row(last, shown, next(r for r in RETRIEVES if (r.application, r.service) == where))


ROWS = [
    _row(flow.application, submit, shown)
    for flow in FLOWS
    for submit in sorted(flow.submits)
    for shown in flow.shown
    if flow.application != "drrs"  # whose schema says what may be in it: see below
]


def named_in(caller: Caller, retrieve: Target, inside: str) -> list[str]:
    """The records of the test's own that are given back."""
    answer = caller.carry(retrieve, by_rule(caller, retrieve, inside)).answer
    assert answer is not None
    if answer.outcome is Outcome.NO_DATA:
        return []
    assert answer.report is not None, answer.notes
    rows = etree.parse(answer.report).getroot().findall("{*}MessagePayload/{*}*")
    return [name for row in rows if (name := row.findtext("{*}mRID")) == NAME]


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_retrieve_is_narrowed_by_what_it_asks_for(caller: Caller, control: SimulatorControl, row: Row) -> None:
    handing = caller.carry(row.submit, by_rule(caller, row.submit, RECORD))
    assert handing.succeeded, handing.answer
    control.disturb(LATER)
    assert row.shown.narrowed_by
    for narrowing in row.shown.narrowed_by:
        assert named_in(caller, row.retrieve, OWN[narrowing]) == [NAME], narrowing
        assert named_in(caller, row.retrieve, OTHERS[narrowing]) == [], narrowing


@pytest.mark.parametrize(
    ("service", "asking", "thing"),
    [
        ("DRLocations", "LocationRequest", "DistributedEnergyResourceContainer"),
        ("DRRegistrations", "RegistrationRequest", "DemandResponseRegistration"),
    ],
)
def test_a_location_and_a_registration_are_asked_for_by_name(
    caller: Caller, control: SimulatorControl, service: str, asking: str, thing: str
) -> None:
    submit = next(row for row in SUBMITS if row.service == f"Submit{service}")
    retrieve = next(row for row in RETRIEVES if row.service == f"Retrieve{service}")
    assert caller.carry(submit, handed_in(caller, submit)).succeeded
    control.disturb(LATER)
    wanted, *others = rows_of(caller, retrieve)
    assert others
    row = etree.fromstring(wanted)
    own = "mRID" if row.find("{*}mRID") is not None else "name"
    by = f"<{own}>{row.findtext(f'{{*}}{own}')}</{own}>"
    document = by_rule(caller, retrieve, f"<{asking}><{thing}>{by}</{thing}></{asking}>")
    answer = caller.carry(retrieve, document).answer
    assert answer is not None
    assert answer.report is not None, answer.notes
    rows = etree.parse(answer.report).getroot().findall("{*}MessagePayload/{*}*")
    assert [etree.tostring(each, with_tail=False) for each in rows] == [wanted.strip()]


@pytest.mark.parametrize("status", [row for row in STATUSES if row.variant is Variant.AP], ids=name_of)
def test_the_status_of_a_batch_is_that_of_the_one_asked_for(
    caller: Caller, control: SimulatorControl, status: Target
) -> None:
    submit = next(row for row in SUBMITS if row.application == status.application)
    batches = []
    for _ in range(2):
        answer = caller.carry(submit, caller.skeleton(submit)).answer
        assert answer is not None
        assert answer.result is not None
        assert answer.result.batch
        batches.append(answer.result.batch)
    assert len(set(batches)) == 2
    for batch in batches:
        asked = by_rule(caller, status, f"<BatchStatus><mRID>{batch}</mRID></BatchStatus>")
        answer = caller.carry(status, asked).answer
        assert answer is not None
        assert answer.report is not None
        rows = etree.parse(answer.report).getroot().findall(".//{*}BatchStatus/{*}mRID")
        assert [row.text for row in rows] == [batch]
    answer = caller.carry(status, by_rule(caller, status, "<BatchStatus><mRID>NONE</mRID></BatchStatus>")).answer
    assert answer is not None
    assert answer.outcome is Outcome.NO_DATA
