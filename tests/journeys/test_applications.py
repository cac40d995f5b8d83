"""Each application once, as its users work with it: handed in, followed, and seen what became of it.

The table is held against the catalogue: an application with services of SOAP or ADS that has no journey fails here.
"""

import csv
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from lxml import etree
from PySide6.QtWidgets import QPushButton

from caiso_desktop.model.answer import RECEIVED
from caiso_desktop.model.moment import PACIFIC, utc_now
from caiso_desktop.model.service import Kind, Target, Variant
from caiso_desktop.model.simulation import Disturbance, FaultChoice
from caiso_desktop.ui.answer_views import View
from caiso_desktop.ui.draft_panel import DraftPanel
from caiso_desktop.ui.file_choice import Destination
from tests.journeys.conftest import Desk
from tests.journeys.test_ads import answer, call
from tests.journeys.test_follow_up import follow
from tests.matrix.row import CATALOGUE, ROWS

NAME = "JOURNEY"
LATER = Disturbance((FaultChoice("clock", 3.0),))
"""By then everything has become what it becomes."""


@dataclass(frozen=True)
class Step:
    """What is looked at next; ``status`` is what it says of the thing that was handed in, empty where it tells none."""

    service: str
    status: str = ""


@dataclass(frozen=True)
class Journey:
    """What is handed in (by DocAttach where ``variant`` says so), the steps that follow, and an action in the end."""

    submit: str
    version: str
    steps: tuple[Step, ...]
    variant: Variant = Variant.AP
    action: tuple[str, str, str] = ("", "", "")
    acted: Step = Step("")


JOURNEYS = {
    "alfs": Journey("SubmitDailyFSPVERForecast", "v1", (Step("RetrieveEIRForecast", "ACCEPTED"),)),
    "baaop": Journey(
        "SubmitEIMRTInterchangeScheduleData", "v2", (Step("RetrieveEIMInterchangeScheduleData", "ACCEPTED"),)
    ),
    "bsap": Journey(
        "SubmitBaseSchedule",
        "v1",
        (Step("RetrieveBalancingTestResults", "PASSED"), Step("RetrieveBaseScheduleResults", "ACCEPTED")),
        Variant.DOCATTACH,
    ),
    "cira": Journey("SubmitCSPOffers", "v1", (Step("RetrieveCSPOffers", "ACCEPTED"),)),
    "drrs": Journey(
        "SubmitDRRegistrations",
        "v1",
        (Step("RetrieveBatchValidationStatus"), Step("RetrieveDRRegistrations", "Confirmed")),
    ),
    "drs": Journey("SubmitPDRMeterData", "v20111001", (Step("RetrievePDRMeterData", "ACCEPTED"),), Variant.DOCATTACH),
    "master-file": Journey(
        "SubmitGeneratorRDT",
        "v4",
        (Step("RetrieveRDTSubmissionStatus", "APPROVED"), Step("RetrieveApprovedResourceChanges", "APPROVED")),
    ),
    "oms": Journey(
        "SubmitResourceOutage",
        "v2",
        (Step("RetrieveResourceOutage", "APPROVED"),),
        action=("AcknowledgeOutageWarning", "v1", ""),
        acted=Step("RetrieveResourceOutage", "APPROVED"),
    ),
    "settlements": Journey(
        "SubmitMeterData", "v1", (Step("RetrieveBatchValidationStatus"), Step("RetrieveMeterData", "ACCEPTED"))
    ),
    "sibr": Journey(
        "SubmitRawBidSet",
        "v4",
        (Step("RetrieveCurrentBidResults", "CLEAN"), Step("RetrieveCleanBidSet", "CLEAN")),
        action=("SubmitBidAction", "", "CANCEL"),
        acted=Step("RetrieveCurrentBidResults", "CANCELLED"),
    ),
}
LOOKED_AT = {"cmri", "ads"}
"""Those in which nothing is handed in that a retrieve of theirs gives back: each has a test of its own below."""


def test_every_application_of_the_catalogue_has_a_journey() -> None:
    assert {target.application for target in ROWS} == JOURNEYS.keys() | LOOKED_AT
    handing_in = {
        target.application
        for target in ROWS
        if target.variant is not Variant.RPC and CATALOGUE.kind(target) is Kind.SUBMIT
    }
    assert handing_in == JOURNEYS.keys()


def named(panel: DraftPanel, word: str = "") -> str:
    """What the draft begins with, under a name of the test's own; a record of that name where it has none."""
    text = panel.desk.draft.text
    payload = etree.fromstring(text.encode()).find("{*}MessagePayload")
    assert payload is not None
    if payload.find("{*}*") is not None:
        return text.replace(">X<", f">{NAME}<")
    today = utc_now().astimezone(PACIFIC).date()
    who = f"<SchedulingCoordinator><mRID>{NAME}</mRID></SchedulingCoordinator>"
    what = f"<RegisteredResource><mRID>{NAME}</mRID></RegisteredResource>"
    inside = f"<action>{word}</action>{what}" if word else f"{who}{what}<tradeDate>{today}</tradeDate>"
    record = f"<Record><mRID>{NAME}</mRID>{inside}</Record>"
    return text.replace("</MessagePayload>", f"{record}</MessagePayload>")


def submitted(desk: Desk, panel: DraftPanel) -> None:
    """Send what is handed in, in spite of what is noticed in it, and be told that it was received."""
    desk.send(panel)
    despite = panel.answer.findChild(QPushButton, "sendDespiteButton")
    if despite is not None:
        despite.click()
        desk.until(lambda: not panel.call.under_way)
    assert RECEIVED in panel.answer.summary.text, panel.answer.summary.text


def looked(desk: Desk, panel: DraftPanel, step: Step, name: str) -> etree._Element | None:
    """Send a retrieve and find what was handed in; None where the step tells nothing of it."""
    target = panel.desk.target
    assert target is not None
    assert target.service == step.service
    if step.service == "RetrieveBatchValidationStatus":
        desk.until(lambda: panel.desk.exchange is not None)
        desk.rest.over()
        desk.until(lambda: not panel.watch.under_way)
        assert "The batch was taken" in panel.answer.summary.text
        return None
    desk.send(panel)
    exchange = panel.desk.exchange
    assert exchange is not None
    assert exchange.succeeded, panel.answer.summary.text
    assert exchange.answer is not None
    assert exchange.answer.report is not None
    if not step.status:
        return None
    rows = etree.parse(exchange.answer.report).getroot().findall("{*}MessagePayload/{*}*")
    found = [row for row in rows if name in [each.text for each in row.iter("{*}mRID")]]
    assert [row.findtext("{*}status/{*}value") or row.findtext("{*}status") for row in found] == [step.status]
    return found[0]


@pytest.mark.parametrize("application", JOURNEYS)
def test_what_is_handed_in_is_followed_to_what_became_of_it(own_desk: Desk, application: str) -> None:
    desk, journey = own_desk, JOURNEYS[application]
    panel = desk.draft(journey.submit, journey.version, journey.variant, application)
    name = NAME
    if application == "drrs":
        panel.payload.fill()
        desk.until(lambda: "<MessagePayload>" in panel.desk.draft.text and "<mRID>" in panel.desk.draft.text)
        name = "text"
    else:
        panel.payload.editor.replace_all(named(panel))
    submitted(desk, panel)
    desk.simulator.control.disturb(LATER)
    shown = None
    for step in journey.steps:
        panel = follow(desk, panel)
        shown = looked(desk, panel, step, name)
    service, version, word = journey.action
    if not service:
        return
    if service == "AcknowledgeOutageWarning":
        assert shown is not None
        assert shown.findtext("{*}OutageWarning/{*}acknowledged") == "false"
    act = desk.draft(service, version, Variant.AP, application)
    act.payload.editor.replace_all(
        named(act, word or "ACKNOWLEDGE").replace(f"<mRID>{NAME}</mRID>{'<action>'}", "<action>")
    )
    submitted(desk, act)
    changed = looked(desk, follow(desk, act), journey.acted, name)
    if service == "AcknowledgeOutageWarning":
        assert changed is not None
        assert changed.findtext("{*}OutageWarning/{*}acknowledged") == "true"


def test_results_of_the_market_are_read_hour_by_hour(own_desk: Desk, tmp_path: Path) -> None:
    """A day of 25 hours, as a table, narrowed to the hour that comes twice, and saved for a spreadsheet."""
    panel = own_desk.draft("RetrieveSchedulePrices", "v4", Variant.DOCATTACH, "cmri")
    text = re.sub(r"(?<=<dateTimeStart>)[^<]*", "2026-11-01T07:00:00Z", panel.desk.draft.text)
    panel.payload.editor.replace_all(re.sub(r"(?<=<dateTimeEnd>)[^<]*", "2026-11-02T08:00:00Z", text))
    own_desk.send(panel)
    exchange = panel.desk.exchange
    assert exchange is not None
    assert exchange.succeeded, panel.answer.summary.text
    assert exchange.answer is not None
    assert exchange.answer.report is not None
    assert dict(exchange.answer.counts) == {"SchedulePrice": 5}
    assert "SchedulePrice" in panel.answer.summary.text

    panel.answer.views.setCurrentIndex(View.TABLE)
    table = panel.answer.views.table
    own_desk.until(lambda: table.model.rowCount() == 5 * 25)
    table.filter.setText("HE 25")
    own_desk.until(lambda: table.model.rowCount() == 5)
    place = tmp_path / "prices.csv"
    own_desk.files.destination = Destination(place, replace=False)
    table.save()
    own_desk.until(place.exists)
    hours = etree.parse(exchange.answer.report).getroot().iterfind(".//{*}PriceInterval[@hourEnding='25']")
    prices = [hour.findtext("{*}LMP") for hour in hours]
    with place.open(encoding="utf-8-sig", newline="") as file:
        assert [row["LMP"] for row in csv.DictReader(file)] == prices
    assert len(set(prices)) > 1


def test_dispatch_is_answered_and_looked_at_again(own_desk: Desk) -> None:
    space = "{http://ads.caiso.com}"
    listed = answer(call(own_desk, "getDispatchBatchesSinceUID", batchUID="-1"))
    batches = list(listed.iter(f"{space}DispatchBatch"))
    hourly = [each.get("batchUID", "") for each in batches if each.findtext(f"{space}batchType") == "1"][-1]
    batch = call(own_desk, "getDispatchBatch", batchUID=hourly)
    [instruction] = answer(batch).iter(f"{space}instruction")
    uid = instruction.get("instructionUID", "")
    decline = call(
        own_desk, "declineInstruction", "APIResponseWebService", batchUID=hourly, instructionUID=uid, reasonCode="10"
    )
    assert "Received and accepted" in decline.answer.summary.text
    again = follow(own_desk, decline)
    assert again.desk.target == Target("ads", "APIWebService", "v7", Variant.RPC, None, "getDispatchBatch")
    own_desk.send(again)
    assert next(answer(again).iter(f"{space}acceptStatus")).text == "DECLINED"
