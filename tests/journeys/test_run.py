"""Many at once: drafts in flight side by side, and a list of calls run, watched, stopped, its results kept."""

import csv
import json
from pathlib import Path

from PySide6.QtWidgets import QPushButton

from caiso_desktop.model.answer import Outcome
from caiso_desktop.model.journal import Standing
from caiso_desktop.model.service import Variant
from caiso_desktop.simulator import fault
from caiso_desktop.ui.file_choice import Destination
from caiso_desktop.ui.run.page import RunPage
from tests.journeys.conftest import Desk

RETRIEVE = {"scenario": "MS-1", "service": "sibr/RetrieveCleanBidSet", "version": "v4", "variant": "ap"}
SUBMIT = {
    "scenario": "MS-2",
    "service": "sibr/SubmitRawBidSet",
    "version": "v4",
    "payload": '<RawBidSet xmlns="http://www.caiso.com/soa/RawBidSet_v4.xsd#"><MessagePayload/></RawBidSet>',
    "send_invalid": True,
    "expected": "error",
}


def opened(desk: Desk, folder: Path, *calls: object) -> RunPage:
    path = folder / "list.json"
    told = {"format": "caiso-run-list", "version": 1, "title": "Day 1", "calls": calls}
    path.write_text(json.dumps(told), encoding="utf-8")
    desk.files.run_list = path
    desk.window.runs.choose()
    desk.until(lambda: isinstance(desk.window.drafts.tabs.currentWidget(), RunPage))
    page = desk.window.drafts.tabs.currentWidget()
    assert isinstance(page, RunPage)
    desk.until(lambda: bool(page.said))
    return page


def finish(desk: Desk, page: RunPage) -> None:
    desk.until(lambda: not page.under_way)
    desk.window.drafts.close_tab(desk.window.drafts.tabs.indexOf(page))


def test_drafts_are_in_flight_side_by_side_each_cancelled_by_itself(desk: Desk) -> None:
    desk.simulator.arrange(fault.Delay(20), path="/sst/sibr/RetrieveCleanBidSet_SIBRv4_AP")
    slow = desk.draft("RetrieveCleanBidSet", "v4", Variant.AP)
    slow.bar.send.click()
    desk.until(lambda: len(desk.simulator.requests) == 1)
    quick = desk.draft("RetrieveCleanBidSet", "v4", Variant.DOCATTACH)
    desk.send(quick)
    assert slow.call.under_way
    assert quick.desk.exchange is not None
    assert quick.desk.exchange.answer is not None
    assert quick.desk.exchange.answer.outcome is Outcome.SUCCESS
    desk.files.quits = False
    desk.window.close()
    assert desk.files.asked[-1] == "quit 1"
    assert desk.window.isVisible()
    slow.bar.cancel.click()
    desk.until(lambda: not slow.call.under_way)


def test_a_list_is_run_looked_at_and_exported(desk: Desk, tmp_path: Path) -> None:
    page = opened(desk, tmp_path, RETRIEVE, SUBMIT)
    assert "1 retrieve and 1 submit or other change will be sent to Simulator." in page.said
    assert not desk.simulator.requests
    page.start.click()
    desk.until(lambda: "2 calls" in page.said)
    assert "1 as expected, 1 not" in page.said
    assert [result.found for result in page.results] == [Standing.SUCCESS, Standing.SUCCESS]
    assert page.table.rows.row(0)[5] == "As expected"
    assert page.table.rows.row(1)[5] == "Not expected"
    listed = {result.exchange.id for result in page.results if result.exchange is not None}
    desk.until(lambda: listed <= {entry.record.exchange for entry in desk.window.history.entries})
    for form in ("csv", "json"):
        place = tmp_path / f"results.{form}"
        desk.files.destination = Destination(place, replace=False)
        page.export(form)
        desk.until(lambda place=place: place.exists() and str(place) in page.said)  # type: ignore[misc]
    with (tmp_path / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["passed"] for row in csv.DictReader(file)] == ["yes", "no"]
    assert json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))["passed"] == 1
    page.table.activated.emit(page.table.rows.index(0, 0))
    draft = desk.window.drafts.current
    assert draft is not None
    assert draft.desk.exchange is page.results[0].exchange
    finish(desk, page)


def test_a_run_is_stopped_and_neither_its_page_nor_the_window_goes_unasked(desk: Desk, tmp_path: Path) -> None:
    page = opened(desk, tmp_path, RETRIEVE, RETRIEVE, RETRIEVE)
    desk.simulator.arrange(fault.Delay(30))
    page.start.click()
    desk.until(lambda: len(desk.simulator.requests) == 1)
    tabs = desk.window.drafts
    tabs.close_tab(tabs.tabs.indexOf(page))
    assert tabs.tabs.indexOf(page) >= 0
    assert "is under way" in page.said
    desk.files.quits = False
    desk.window.close()
    assert desk.files.asked[-1] == "quit 1"
    assert desk.window.isVisible()
    page.stop.click()
    desk.until(lambda: not page.under_way)
    assert page.results[1].found is Standing.CANCELLED
    assert "not begun" in page.results[1].words
    assert len(desk.simulator.requests) == 1
    finish(desk, page)


def test_a_submit_to_the_real_market_keeps_a_list_from_starting(desk: Desk, tmp_path: Path) -> None:
    page = opened(desk, tmp_path, RETRIEVE, SUBMIT)
    page.environment.setCurrentIndex(page.environment.findData("production"))
    desk.until(lambda: "cannot run in Production" in page.said)
    assert not page.start.isEnabled()
    page.begin()
    assert not page.under_way
    page.environment.setCurrentIndex(page.environment.findData("simulator"))
    desk.until(lambda: page.start.isEnabled())
    finish(desk, page)


def test_all_retrieves_of_an_application_once(desk: Desk) -> None:
    panel = desk.draft("RetrieveCleanBidSet", "v4", Variant.AP)
    assert panel.desk.target is not None
    desk.window.runs.all_of_application()
    desk.until(lambda: isinstance(desk.window.drafts.tabs.currentWidget(), RunPage))
    page = desk.window.drafts.tabs.currentWidget()
    assert isinstance(page, RunPage)
    page.at_once.setValue(4)
    start = page.findChild(QPushButton, "runStart")
    assert start is not None
    desk.until(start.isEnabled)
    start.click()
    desk.until(lambda: " calls: " in page.said)
    assert all(result.passed for result in page.results), page.said
    assert len(page.results) >= 8
    finish(desk, page)


def test_a_wrong_list_is_told(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{", encoding="utf-8")
    desk.files.run_list = tmp_path / "x.json"
    desk.window.runs.choose()
    desk.until(lambda: "it is not JSON" in desk.window.runs.strip.text)
