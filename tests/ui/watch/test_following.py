from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QPushButton
from pytestqt.qtbot import QtBot

from caiso_desktop.model.error import CatalogueFileError
from caiso_desktop.model.fake_watch import FakeWatching
from caiso_desktop.model.follow_up import FollowUp, Origin
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.model.watch import RESULT_PLAN, Finish, Watched
from caiso_desktop.ui.draft_panel import DraftPanel
from caiso_desktop.ui.window import Window

BIDS = Target("sibr", "SubmitBids", "v1", Variant.DOCATTACH)
RESULTS = Target("sibr", "RetrieveCleanBidSet", "v4", Variant.DOCATTACH)


def found() -> FollowUp:
    return FollowUp("bids", "Bids", RESULTS, "simulator", Origin("bids", b"<a/>"), "SIBR decides later.")


def test_a_file_of_chains_that_is_wrong_is_told(window: Window, qtbot: QtBot, watching: FakeWatching) -> None:
    watching.follow_ups.failure = CatalogueFileError(Path("mine.toml"), 3, "then", "it is missing.")
    panel = window.open_draft(BIDS)
    qtbot.waitUntil(lambda: bool(panel.desk.draft.text))
    panel.send()
    qtbot.waitUntil(lambda: "mine.toml, line 3" in panel.answer.summary.text)


def sent(window: Window, qtbot: QtBot, watching: FakeWatching) -> DraftPanel:
    watching.follow_ups.next = found()
    panel = window.open_draft(BIDS)
    qtbot.waitUntil(lambda: bool(panel.desk.draft.text))
    panel.send()
    qtbot.waitUntil(lambda: panel.answer.findChild(QPushButton, "followUpButton") is not None)
    return panel


def test_the_next_step_is_opened_filled_in(window: Window, qtbot: QtBot, watching: FakeWatching) -> None:
    panel = sent(window, qtbot, watching)
    button = panel.answer.findChild(QPushButton, "followUpButton")
    assert button is not None
    assert "RetrieveCleanBidSet" in button.text()
    assert len(window.drafts.panels) == 1
    button.click()
    qtbot.waitUntil(lambda: len(window.drafts.panels) == 2)
    opened = window.drafts.current
    assert opened is not None
    assert opened.desk.draft.text == "<Filled>RetrieveCleanBidSet</Filled>"
    assert opened.following.origin == found().origin
    assert (opened.desk.identity, opened.desk.environment) == (panel.desk.identity, panel.desk.environment)
    assert "Taken over: trade date." in opened.bar.news
    assert opened.desk.exchange is None


def test_it_asks_by_itself_only_once_the_user_said_so(window: Window, qtbot: QtBot, watching: FakeWatching) -> None:
    panel = sent(window, qtbot, watching)
    box = panel.answer.findChild(QCheckBox, "followByItselfBox")
    assert box is not None
    assert not box.isChecked()
    box.click()
    assert len(window.drafts.panels) == 1
    panel.send()
    qtbot.waitUntil(lambda: len(window.drafts.panels) == 2)
    assert window.drafts.current is panel
    *_, opened = window.drafts.panels
    qtbot.waitUntil(lambda: bool(watching.watcher.plans))
    assert watching.watcher.plans == [RESULT_PLAN]
    assert window.drafts.current is panel
    watching.watcher.end(Watched(Finish.MET, 1, "There are data now."))
    qtbot.waitUntil(lambda: not opened.watch.under_way)
    assert "There are data now." in window.watches.strip.text
