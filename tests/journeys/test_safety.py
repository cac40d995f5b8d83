"""Nothing lost, nothing sent by accident, nothing sent unrecorded: as the user meets it, over the real house."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from caiso_desktop.assembly import house as house_module
from caiso_desktop.assembly.house import House
from caiso_desktop.assembly.place import Places
from caiso_desktop.assembly.simulator_host import SIMULATOR
from caiso_desktop.contract.reading import read
from caiso_desktop.model.draft import EDITABLE_BYTES
from caiso_desktop.model.journal import Filter, Standing
from caiso_desktop.model.service import Variant
from caiso_desktop.simulator import fault
from caiso_desktop.ui.closed_drafts import ClosedDrafts
from caiso_desktop.ui.draft_panel import DraftPanel
from caiso_desktop.ui.file_choice import Destination
from tests.journeys.conftest import Desk

BIDS = """<RawBidSet xmlns="http://www.caiso.com/soa/RawBidSet_v4.xsd#">
  <MessagePayload>
    <RawBid>
      <schedulingCoordinator>SC01</schedulingCoordinator>
      <resource>UNIT_1_GEN</resource>
      <tradeDate>2026-03-10</tradeDate>
      <startTime>2026-03-10T07:00:00Z</startTime>
      <stopTime>2026-03-10T09:00:00Z</stopTime>
      <price>21.50</price>
      <mw>40</mw>
    </RawBid>
  </MessagePayload>
</RawBidSet>
"""


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(data=tmp_path / "data", config=tmp_path / "config", company=tmp_path / "company")


@pytest.fixture
def real_market(monkeypatch: pytest.MonkeyPatch, places: Places) -> Iterator[House]:
    """A house whose simulator is the real market: the guard stands before it as before Production."""
    monkeypatch.setattr(house_module, "SIMULATOR", replace(SIMULATOR, guarded=True))
    house = House(places)
    yield house
    house.close()


@pytest.fixture
def guarded(qtbot: QtBot, real_market: House, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(qtbot, real_market, tmp_path)
    yield desk
    desk.close()


def action(desk: Desk, name: str) -> QAction:
    found = desk.window.findChild(QAction, name)
    assert found is not None
    return found


def button(parent: QWidget, name: str) -> QPushButton:
    found = parent.findChild(QPushButton, name)
    assert found is not None, name
    return found


def submit(desk: Desk, text: str = BIDS) -> DraftPanel:
    panel = desk.draft("SubmitRawBidSet", "v4", Variant.DOCATTACH)
    panel.payload.editor.replace_all(text)
    panel.payload.settle()
    return panel


def reviewed(desk: Desk, panel: DraftPanel) -> None:
    panel.bar.send.click()
    desk.until(lambda: panel.guard.reviewing)


def armed(desk: Desk, panel: DraftPanel) -> None:
    reviewed(desk, panel)
    QTest.keyClicks(panel.guard.sheet.word, "SC01")
    panel.guard.sheet.arm.click()
    assert panel.guard.arming.permit is not None


def calls(desk: Desk) -> int:
    return len(list(desk.house.memory.journal.all(Filter())))


def test_a_submit_to_the_real_market_passes_the_sheet_and_the_word(guarded: Desk) -> None:
    desk, panel = guarded, submit(guarded)
    assert panel.bar.send.text().startswith("Review and send to")
    reviewed(desk, panel)
    sheet = panel.guard.sheet
    shown = ("real market", "SC01", "2026-03-10", "UNIT_1_GEN", "21.50 $/MWh", "40 MW", "127.0.0.1", "not checked")
    for words in shown:
        assert words in sheet.text, words
    assert not sheet.arm.isEnabled()
    QTest.keyClicks(sheet.word, "SC0")
    assert not sheet.arm.isEnabled()
    QTest.keyClicks(sheet.word, "1")
    sheet.arm.click()
    assert not panel.guard.reviewing
    assert "Armed" in panel.bar.armed
    assert "Submit to" in panel.bar.send.text()
    assert desk.simulator.requests == ()
    desk.send(panel)
    assert "Received, not yet accepted" in panel.answer.summary.text
    assert panel.guard.arming.permit is None
    [entry] = desk.house.memory.journal.all(Filter())
    assert entry.record.typed == "SC01"
    reviewed(desk, panel)
    assert "same as the last one" in sheet.text


def test_an_armed_draft_disarms_when_anything_changes(guarded: Desk) -> None:
    desk, panel = guarded, submit(guarded)
    armed(desk, panel)
    QTest.keyClicks(panel.payload.editor, " ")
    assert panel.guard.arming.permit is None
    assert "payload changed" in panel.bar.guard_said
    assert panel.bar.armed == ""
    armed(desk, panel)
    panel.head.certificate.choose(None)
    assert "certificate changed" in panel.bar.guard_said
    panel.bar.send.click()
    desk.until(lambda: "No usable certificate" in panel.answer.summary.text)
    assert desk.simulator.requests == ()
    assert calls(desk) == 0


def test_a_retrieve_from_the_real_market_is_one_click(guarded: Desk) -> None:
    panel = guarded.draft("RetrieveCleanBidSet", "v4", Variant.DOCATTACH)
    guarded.send(panel)
    assert "Success" in panel.answer.summary.text


def test_a_policy_that_forbids_submits_is_told_in_words(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, places: Places, tmp_path: Path
) -> None:
    assert places.company is not None
    places.company.mkdir()
    (places.company / "policy.toml").write_text("format = 1\n[policy]\nproduction_submits = false\n")
    monkeypatch.setattr(house_module, "SIMULATOR", replace(SIMULATOR, guarded=True))
    house = House(places)
    desk = Desk(qtbot, house, tmp_path)
    panel = submit(desk)
    assert "policy does not allow" in panel.bar.hindrance
    assert not panel.bar.send.isEnabled()
    panel.send()
    assert not panel.guard.reviewing
    desk.close()
    house.close()


def test_a_closed_draft_lies_in_the_bin_over_a_restart(qtbot: QtBot, places: Places, tmp_path: Path) -> None:
    house = House(places)
    desk = Desk(qtbot, house, tmp_path)
    panel = submit(desk, BIDS + "<!-- mine -->")
    action(desk, "closeDraft").trigger()
    desk.close()
    house.close()
    house = House(places)
    desk = Desk(qtbot, house, tmp_path)
    assert not desk.window.drafts.panels
    action(desk, "showClosed").trigger()
    dialog = desk.window.findChild(ClosedDrafts)
    assert dialog is not None
    desk.until(lambda: dialog.table.rows.rowCount() == 1)
    assert dialog.table.rows.row(0)[2] == "SubmitRawBidSet"
    dialog.verb.click()
    desk.until(lambda: len(desk.window.drafts.panels) == 1)
    again = desk.window.drafts.panels[0]
    assert again.payload.editor.view() == BIDS + "<!-- mine -->"
    assert again.id == panel.id
    action(desk, "closeDraft").trigger()
    action(desk, "reopenDraft").trigger()
    assert desk.window.drafts.panels == (again,)
    desk.close()
    house.close()


TYPIST = """
import sys, time
from pathlib import Path
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from caiso_desktop.assembly.house import House
from caiso_desktop.assembly.place import Places
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.store.setting import FileSettings
from caiso_desktop.ui.jobs import Jobs
from caiso_desktop.ui.palette import Appearance, Scheme
from caiso_desktop.ui.window import Window

application = QApplication([])
folder = Path(sys.argv[1])
house = House(Places(data=folder / "data", config=folder / "config", company=folder / "company"))
window = Window(house.catalogues, house.courier, house.identities, house.payloads, house.saving, house.settings,
                Jobs(), Appearance(application, Scheme.LIGHT), safety=house.safety(), doctor=house.doctor,
                simulation=house.simulator.control, credentials=house.credentials(),
                workshop=house.workshop, watching=house.watching, network=house.reaching)
window.show()
for service in ("RetrieveCleanBidSet", "SubmitRawBidSet"):
    panel = window.open_draft(Target("sibr", service, "v4", Variant.AP))
    while not panel.desk.draft.text:
        application.processEvents()
number = 0
while True:
    QTest.keyClicks(panel.payload.editor, f"{number} ")
    print(number, time.time(), flush=True)
    number += 1
    application.processEvents()
    time.sleep(0.05)
"""


@pytest.mark.parametrize("after", [1.5, 3.0])
def test_drafts_come_back_after_a_kill_with_their_history(
    qtbot: QtBot, places: Places, tmp_path: Path, after: float
) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    with subprocess.Popen(
        [sys.executable, "-c", TYPIST, str(tmp_path)], stdout=subprocess.PIPE, text=True, env=environment
    ) as typist:
        assert typist.stdout is not None
        typed = [typist.stdout.readline().split()]
        while float(typed[-1][1]) - float(typed[0][1]) < after:
            typed.append(typist.stdout.readline().split())
        typist.send_signal(signal.SIGKILL)
        killed = time.time()
    house = House(places)
    desk = Desk(qtbot, house, tmp_path)
    desk.until(lambda: len(desk.window.drafts.panels) == 2)
    first, second = desk.window.drafts.panels
    assert first.desk.target is not None
    assert first.desk.target.service == "RetrieveCleanBidSet"
    words = second.payload.editor.view().split("<")[0].split()
    old_enough = [number for number, when in typed if killed - float(when) >= 2.0]
    assert words[: len(old_enough)] == old_enough
    assert words == [str(number) for number in range(len(words))]
    assert second.guard.arming.permit is None
    if words:
        caret, _ = second.payload.editor.caret()
        assert caret == len(" ".join(words)) + 1
        second.payload.undo()
        assert len(second.payload.editor.view().split("<")[0].split()) < len(words)
    desk.close()
    house.close()


def test_a_call_is_listed_while_it_is_on_its_way(desk: Desk) -> None:
    desk.simulator.arrange(fault.Delay(seconds=30.0))
    panel = desk.draft("RetrieveCleanBidSet", "v4", Variant.AP)
    panel.bar.send.click()
    desk.until(lambda: [each.standing for each in desk.window.history.entries][:1] == [Standing.UNDER_WAY])
    assert panel.call.under_way
    panel.bar.cancel.click()
    desk.until(lambda: not panel.call.under_way)
    desk.until(lambda: Standing.UNDER_WAY not in [each.standing for each in desk.window.history.entries])
    # It was a retrieve: nobody is asked to look into it.
    desk.until(lambda: not desk.house.memory.journal.unknown())
    assert not desk.window.history.unknown.isVisible()


@pytest.mark.parametrize("wrong", [fault.CutOff(after=None), fault.Status(504)])
def test_what_became_of_a_call_of_unknown_fate_is_one_click_away(
    qtbot: QtBot, places: Places, tmp_path: Path, wrong: fault.Fault
) -> None:
    house = House(places)
    desk = Desk(qtbot, house, tmp_path)
    desk.simulator.arrange(wrong)
    panel = submit(desk)
    desk.send(panel)
    entry = next(desk.house.memory.journal.all(Filter()))
    assert entry.standing is Standing.UNKNOWN
    desk.until(lambda: panel.answer.findChild(QPushButton, "lookButton") is not None)
    assert "Whether it arrived shows in RetrieveCurrentBidResults" in panel.answer.summary.text
    assert panel.answer.findChild(QPushButton, "followUpButton") is None
    before = len(desk.window.drafts.panels)
    button(panel.answer, "lookButton").click()
    desk.until(lambda: len(desk.window.drafts.panels) > before)
    beside = desk.window.drafts.current
    assert beside is not None
    assert read(beside.desk.draft.to_bytes()).trade_dates == read(BIDS.encode()).trade_dates
    desk.window.drafts.close_current()
    desk.close()
    house.close()
    house = House(places)
    desk = Desk(qtbot, house, tmp_path)
    history = desk.window.history
    desk.window.begin()
    desk.until(lambda: "not known what became" in history.unknown.text)
    assert "SubmitRawBidSet v4" in history.unknown.text
    names = [each.text() for each in history.unknown.findChildren(QPushButton)]
    assert names == ["Open RetrieveCurrentBidResults", "It arrived", "It did not arrive"]
    assert not any("send" in name.lower() for name in names)
    button(history.unknown, f"lookButton-{entry.id}").click()

    def looks() -> list[DraftPanel]:
        """Not those that come back from before: how many these are by now does not matter."""
        targets = [(panel, panel.desk.target) for panel in desk.window.drafts.panels]
        return [panel for panel, target in targets if target and target.service == "RetrieveCurrentBidResults"]

    desk.until(lambda: bool(looks()))
    [opened] = looks()
    asked, said = read(opened.desk.draft.to_bytes()), read(BIDS.encode())
    assert (asked.trade_dates, "Taken over" in opened.bar.news) == (said.trade_dates, True)
    assert desk.simulator.requests == ()
    button(history.unknown, f"arrivedButton-{entry.id}").click()
    desk.until(lambda: not history.unknown.isVisible())
    assert desk.house.memory.journal.entry(entry.id).settled == "looked into: it arrived"
    desk.close()
    house.close()


def test_the_whole_journal_is_searched_shown_compared_and_exported(
    qtbot: QtBot, places: Places, tmp_path: Path
) -> None:
    house = House(places)
    desk = Desk(qtbot, house, tmp_path)
    retrieve = desk.draft("RetrieveCleanBidSet", "v4", Variant.AP)
    desk.send(retrieve)
    panel = submit(desk)
    desk.send(panel)
    panel.payload.editor.replace_all(BIDS.replace("UNIT_1_GEN", "UNIT_2_GEN"))
    desk.send(panel)
    desk.close()
    house.close()
    house = House(places)
    desk = Desk(qtbot, house, tmp_path)
    desk.window.begin()
    history = desk.window.history
    rows = history.table.rows
    desk.until(lambda: rows.rowCount() == 3)
    QTest.keyClicks(history.filters.text, "UNIT_2_GEN")
    desk.until(lambda: rows.rowCount() == 1)
    assert rows.row(0)[2] == "SIBR · SubmitRawBidSet"
    assert rows.row(0)[4] == "Received, not yet accepted"
    assert rows.row(0)[7] == "2026-03-10"
    history.filters.text.clear()
    QTest.keyClicks(history.filters.trade_date, "2026-03-10")
    desk.until(lambda: rows.rowCount() == 2)
    history.table.selectAll()
    history.verbs.compare()
    desk.until(lambda: desk.window.drafts.page("comparison-2-3") is not None)
    desk.files.destination = Destination(tmp_path / "calls.csv", replace=False)
    history.verbs.export()
    desk.until(lambda: "2 calls were saved" in history.said)
    assert (tmp_path / "calls.csv").read_text(encoding="utf-8-sig").count("SubmitRawBidSet") >= 2
    history.filters.trade_date.clear()
    desk.until(lambda: rows.rowCount() == 3)
    for each in list(desk.window.drafts.panels):
        desk.window.drafts.tabs.setCurrentWidget(each)
        desk.window.drafts.close_current()
    history.table.selectRow(2)
    history.verbs.show_selected()
    desk.until(lambda: len(desk.window.drafts.panels) == 1)
    again = desk.window.drafts.panels[0]
    assert "Success" in again.answer.summary.text
    history.table.selectRow(0)
    history.verbs.open_as_draft()
    desk.until(lambda: len(desk.window.drafts.panels) == 2)
    assert "UNIT_2_GEN" in desk.window.drafts.panels[1].payload.editor.view()
    assert desk.simulator.requests == ()
    desk.close()
    house.close()


def test_a_large_payload_of_the_past_is_a_draft_that_is_sent_as_it_stood(
    qtbot: QtBot, places: Places, tmp_path: Path
) -> None:
    big = tmp_path / "big.xml"
    big.write_text(BIDS.replace("<MessagePayload>", f"<!--{' filling' * (EDITABLE_BYTES // 8)}\n--><MessagePayload>"))
    house = House(places)
    desk = Desk(qtbot, house, tmp_path)
    panel = desk.draft("SubmitRawBidSet", "v4", Variant.AP)
    panel.payload.open(big)
    desk.until(lambda: panel.payload.file == big)
    desk.send(panel)
    assert "Received, not yet accepted" in panel.answer.summary.text
    desk.window.drafts.close_current()
    sent = big.read_bytes()
    big.unlink()
    [entry] = house.journal.all(Filter())
    history = desk.window.history
    desk.window.begin()
    desk.until(lambda: history.table.rows.rowCount() == 1)
    history.table.selectRow(0)
    history.verbs.open_as_draft()
    desk.until(lambda: desk.window.drafts.current is not None and desk.window.drafts.current.payload.file is not None)
    again = desk.window.drafts.current
    assert again is not None
    assert again is not panel
    assert again.payload.file is not None
    assert again.payload.file.read_bytes() == sent
    desk.close()
    house.close()
    house = House(places)
    desk = Desk(qtbot, house, tmp_path)
    desk.until(lambda: any(each.payload.file is not None for each in desk.window.drafts.panels))
    [again] = desk.window.drafts.panels
    desk.send(again)
    hashes = [each.payload_hash for each in house.journal.all(Filter())]
    assert hashes == [entry.payload_hash, entry.payload_hash]
    desk.close()
    house.close()


@pytest.mark.skipif(sys.platform == "win32", reason="a file in the folder's place is enough there too")
def test_without_a_data_folder_no_call_leaves_and_it_is_said_why(qtbot: QtBot, places: Places, tmp_path: Path) -> None:
    places.data.write_text("not a folder")
    house = House(places)
    desk = Desk(qtbot, house, tmp_path)
    panel = submit(desk)
    desk.until(lambda: "Drafts are not kept" in desk.window.safety.strip.text)
    desk.send(panel)
    assert str(places.data) in panel.answer.summary.text
    assert "Nothing was sent" in panel.answer.summary.text or "could not be" in panel.answer.summary.text
    assert desk.simulator.requests == ()
    places.data.unlink()
    desk.send(panel)
    assert "Received, not yet accepted" in panel.answer.summary.text
    desk.until(lambda: "Drafts are not kept" not in desk.window.safety.strip.text)
    desk.close()
    house.close()
