"""The page of a run list over the real runner and the courier's fake: before, while and after it runs."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton
from pytestqt.qtbot import QtBot

from caiso_desktop.model.error import Fate
from caiso_desktop.model.fake import FakeCourier, FakeIdentities, fake_identity
from caiso_desktop.model.journal import Standing
from caiso_desktop.model.run_list import RunList, Step
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.model.transport_error import TransportError
from caiso_desktop.ui.fake import FakeFiles
from caiso_desktop.ui.file_choice import Destination
from caiso_desktop.ui.run.page import HEADERS, RunPage
from caiso_desktop.ui.window import Window

RETRIEVE = Target("sibr", "RetrieveCleanBidSet", "v4", Variant.AP)
SUBMIT = Target("sibr", "SubmitBids", "v1", Variant.DOCATTACH)
VERDICT, FOUND, SAYS = HEADERS.index("Verdict"), HEADERS.index("Found"), HEADERS.index("What it says")
Open = Callable[..., RunPage]


@pytest.fixture
def open_list(window: Window, qtbot: QtBot) -> Open:
    """Opens a list of steps in the bar's environment, and waits for what it says of itself."""

    def open_(*steps: Step) -> RunPage:
        window.runs._show_list(RunList("Day 1", steps), window.desk.environment)
        page = window.drafts.tabs.currentWidget()
        assert isinstance(page, RunPage)
        qtbot.waitUntil(lambda: bool(page.said))
        return page

    return open_


def step(target: Target = RETRIEVE, **more: object) -> Step:
    return Step(target, b"<a/>", **more)  # type: ignore[arg-type]  # what a test says


def texts(page: RunPage, column: int) -> list[str]:
    return [page.table.rows.row(row)[column] for row in range(page.table.rows.rowCount())]


def is_bold(page: RunPage, row: int) -> bool:
    font = page.table.rows.data(page.table.rows.index(row, VERDICT), Qt.ItemDataRole.FontRole)
    return isinstance(font, QFont) and font.bold()


def test_nothing_is_sent_before_start_and_what_will_be_is_said(open_list: Open, courier: FakeCourier) -> None:
    page = open_list(step(scenario="MS1-04"), step(SUBMIT))
    assert "1 retrieve and 1 submit or other change will be sent to Simulator." in page.said
    assert courier.calls == []
    assert page.start.text() == "Start in Simulator"
    assert not page.stop.isEnabled()
    assert not page.csv.isEnabled()
    assert page.table.rows.row(0)[:4] == ("1", "MS1-04", "SIBR · RetrieveCleanBidSet v4", "success")
    assert page.table.rows.row(1)[1] == "–"


def test_results_come_with_a_verdict_and_what_is_not_expected_stands_out(
    open_list: Open, courier: FakeCourier, qtbot: QtBot
) -> None:
    page = open_list(step(), step(expected=(Standing.ERROR,)), step(expected=(Standing.NO_DATA, Standing.SUCCESS)))
    page.start.click()
    qtbot.waitUntil(lambda: "3 calls" in page.said)
    assert "2 as expected, 1 not" in page.said
    assert texts(page, VERDICT) == ["As expected", "Not expected", "As expected"]
    assert [is_bold(page, row) for row in range(3)] == [False, True, False]
    assert [call.target for call in courier.calls] == [RETRIEVE] * 3
    page.start.click()
    assert not any(is_bold(page, row) for row in range(3)), "a new run begins with no verdict"
    qtbot.waitUntil(lambda: "3 calls" in page.said)


def test_retrieves_that_were_not_as_expected_are_made_again_and_nothing_else_is(
    open_list: Open, courier: FakeCourier, qtbot: QtBot
) -> None:
    wrong = (Standing.ERROR,)
    page = open_list(step(), step(expected=wrong), step(SUBMIT, expected=wrong), step(expected=wrong))
    assert not page.again.isVisible()
    page.start.click()
    qtbot.waitUntil(lambda: "1 as expected, 3 not" in page.said)
    assert page.again.isVisible()
    assert page.again.text() == "Repeat 2"
    before = page.results
    courier.hold.clear()
    page.again.click()
    qtbot.waitUntil(lambda: len(courier.calls) == 5)
    assert "2 retrieves will be sent to Simulator." in page.said
    assert texts(page, VERDICT) == ["As expected", "–", "Not expected", "–"]
    count = page.findChild(QLabel, "runCount")
    assert count is not None
    assert count.text() == "2 of 4 calls"
    courier.hold.set()
    qtbot.waitUntil(lambda: not page.under_way)
    assert [call.target for call in courier.calls[4:]] == [RETRIEVE, RETRIEVE]
    assert texts(page, VERDICT) == ["As expected", "Not expected", "Not expected", "Not expected"]
    assert [result.number for result in page.results] == [1, 2, 3, 4]
    assert [result.exchange is before[n].exchange for n, result in enumerate(page.results)] == [
        True,
        False,
        True,
        False,
    ]


def test_how_far_it_is_stands_in_words_and_it_can_be_stopped(
    open_list: Open, courier: FakeCourier, qtbot: QtBot
) -> None:
    page = open_list(step(), step(), step())
    courier.hold.clear()
    page.start.click()
    qtbot.waitUntil(lambda: len(courier.calls) == 1)
    count, bar = page.findChild(QLabel, "runCount"), page.findChild(QProgressBar, "runProgress")
    assert count is not None
    assert bar is not None
    assert count.isVisible()
    assert count.text() == "0 of 3 calls"
    assert not bar.isTextVisible(), "the bar is too thin for words"
    qtbot.waitUntil(lambda: texts(page, FOUND)[0].endswith("…"))
    assert (page.under_way, page.stop.isEnabled(), page.start.isEnabled()) == (1, True, False)
    assert not page.may_close()
    assert "Stop it first" in page.said
    page.stop.click()
    qtbot.waitUntil(page.start.isEnabled)
    assert texts(page, FOUND) == ["not known", "cancelled", "cancelled"]
    assert "was not begun" in texts(page, SAYS)[2]
    assert len(courier.calls) == 1
    assert page.may_close()
    assert not count.isVisible()


def test_some_at_a_time_keep_their_rows(open_list: Open, courier: FakeCourier, qtbot: QtBot) -> None:
    page = open_list(*[step() for _ in range(5)])
    page.at_once.setValue(3)
    courier.hold.clear()
    page.start.click()
    qtbot.waitUntil(lambda: len(courier.calls) == 3)
    assert page.under_way == 3
    courier.hold.set()
    qtbot.waitUntil(lambda: not page.under_way)
    assert [result.number for result in page.results] == [1, 2, 3, 4, 5]
    assert texts(page, VERDICT) == ["As expected"] * 5


def test_a_call_of_unknown_fate_is_said_to_be_so(open_list: Open, courier: FakeCourier, qtbot: QtBot) -> None:
    page = open_list(step(SUBMIT))
    courier.failure = TransportError("the line broke.", fate=Fate.UNKNOWN)
    page.start.click()
    qtbot.waitUntil(lambda: "1 call" in page.said and not page.under_way)
    assert texts(page, FOUND) == ["not known"]
    assert "the line broke" in texts(page, SAYS)[0]


def test_without_a_certificate_it_does_not_start_and_says_what_to_do(
    open_list: Open, window: Window, identities: FakeIdentities, courier: FakeCourier, qtbot: QtBot
) -> None:
    page = open_list(step())
    page.environment.setCurrentIndex(page.environment.findData("map-stage"))
    qtbot.waitUntil(lambda: "No certificate is chosen for MAP Stage" in page.said)
    assert not page.start.isEnabled()
    page.begin()
    assert courier.calls == []
    identities.by_environment["map-stage"] = [fake_identity("Jane Doe x1234")]
    window._ports.identities.read("map-stage")
    qtbot.waitUntil(page.start.isEnabled)
    assert "1 retrieve will be sent to MAP Stage." in page.said


def test_a_submit_keeps_it_out_of_the_real_market(
    open_list: Open, identities: FakeIdentities, courier: FakeCourier, qtbot: QtBot
) -> None:
    identities.by_environment["production"] = [fake_identity("Jane Doe x1234")]
    page = open_list(step(), step(SUBMIT))
    page.environment.setCurrentIndex(page.environment.findData("production"))
    qtbot.waitUntil(lambda: "The list cannot run in Production" in page.said)
    assert "call 2" in page.said.lower()
    assert not page.start.isEnabled()
    assert courier.calls == []


def test_results_are_exported_as_they_were_found(
    open_list: Open, files: FakeFiles, tmp_path: Path, qtbot: QtBot
) -> None:
    page = open_list(step(scenario="=A1"), step(expected=(Standing.ERROR,)))
    page.start.click()
    qtbot.waitUntil(page.csv.isEnabled)
    for button, form in ((page.csv, "csv"), (page.json, "json")):
        files.destination = Destination(tmp_path / f"results.{form}", replace=False)
        button.click()
        assert files.asked[-1] == f"Day 1.{form}"
        qtbot.waitUntil(lambda form=form: str(tmp_path / f"results.{form}") in page.said)  # type: ignore[misc]
    told = json.loads((tmp_path / "results.json").read_text())
    assert (told["environment"], told["passed"], told["calls"]) == ("simulator", 1, 2)
    assert "'=A1" in (tmp_path / "results.csv").read_text(encoding="utf-8-sig")
    page.json.click()
    qtbot.waitUntil(lambda: "is there already" in page.said)


def test_a_call_that_is_over_is_looked_at_by_the_keyboard(open_list: Open, qtbot: QtBot) -> None:
    page = open_list(step())
    with qtbot.assertNotEmitted(page.show_asked, wait=10):
        page.table.selectRow(0)
        QTest.keyClick(page.table, Qt.Key.Key_Return)
    page.start.click()
    qtbot.waitUntil(lambda: bool(page.results) and not page.under_way)
    page.table.selectRow(0)
    with qtbot.waitSignal(page.show_asked) as asked:
        QTest.keyClick(page.table, Qt.Key.Key_Return)
    assert asked.args == [page.results[0].exchange]


def test_every_widget_has_a_name_for_who_cannot_see_it(open_list: Open) -> None:
    page = open_list(step())
    for widget in (
        page,
        page.environment,
        page.at_once,
        page.start,
        page.again,
        page.stop,
        page.csv,
        page.json,
        page.table,
    ):
        assert widget.objectName()
        assert widget.accessibleName()


def test_open_drafts_are_saved_as_a_list_that_can_be_run(
    window: Window, files: FakeFiles, courier: FakeCourier, tmp_path: Path, qtbot: QtBot
) -> None:
    for target in (RETRIEVE, SUBMIT):
        panel = window.open_draft(target)
        qtbot.waitUntil(lambda panel=panel: bool(panel.desk.draft.text))  # type: ignore[misc]
    files.destination = Destination(tmp_path / "Simulation.json", replace=False)
    window.drafts.panels[0].payload.editor.insertPlainText("<!-- typed just now -->")
    window.runs.save_drafts()
    qtbot.waitUntil(lambda: "2 calls were saved" in window.runs.strip.text)
    told = json.loads((tmp_path / "Simulation.json").read_text(encoding="utf-8"))
    assert [call["service"] for call in told["calls"]] == ["sibr/RetrieveCleanBidSet", "sibr/SubmitBids"]
    assert told["calls"][0]["payload"] == window.drafts.panels[0].desk.draft.text
    assert "<!-- typed just now -->" in told["calls"][0]["payload"]
    assert {"scenario": "", "expected": ["success"], "pause": 0.0}.items() <= told["calls"][0].items()
    assert courier.calls == []
    button = window.runs.strip.findChild(QPushButton, "openSavedRunList")
    assert button is not None
    button.click()
    qtbot.waitUntil(lambda: isinstance(window.drafts.tabs.currentWidget(), RunPage))
    page = window.drafts.tabs.currentWidget()
    assert isinstance(page, RunPage)
    qtbot.waitUntil(page.start.isEnabled)
    page.start.click()
    qtbot.waitUntil(lambda: "2 calls: 2 as expected" in page.said)
    assert [call.target.service for call in courier.calls] == ["RetrieveCleanBidSet", "SubmitBids"]


def test_without_a_draft_there_is_nothing_to_save(window: Window, files: FakeFiles, qtbot: QtBot) -> None:
    window.runs.save_drafts()
    assert "No draft is open" in window.runs.strip.text
    assert files.asked == []


def test_calls_side_by_side_in_drafts_and_in_a_list_are_counted_before_the_window_goes(
    open_list: Open, window: Window, courier: FakeCourier, files: FakeFiles, qtbot: QtBot
) -> None:
    panel = window.open_draft(RETRIEVE)
    qtbot.waitUntil(lambda: bool(panel.desk.draft.text))
    courier.hold.clear()
    panel.bar.send.click()
    page = open_list(step(), step())
    page.at_once.setValue(2)
    page.start.click()
    qtbot.waitUntil(lambda: len(courier.calls) == 3)
    files.quits = False
    window.close()
    assert files.asked[-1] == "quit 3"
    assert window.isVisible()
    page.stop.click()
    qtbot.waitUntil(lambda: not page.under_way)
    assert panel.call.under_way
    courier.hold.set()
    qtbot.waitUntil(lambda: not panel.call.under_way)
    files.quits = True
