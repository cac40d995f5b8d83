"""Each kind of follow-up is offered, runs by itself, or never comes up, as is chosen on its page."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QPushButton
from pytestqt.qtbot import QtBot

from caiso_desktop.model.error import CatalogueFileError
from caiso_desktop.model.fake import FakeSettings
from caiso_desktop.model.fake_watch import FakeWatching
from caiso_desktop.model.follow_up import Chain, FollowUp, Origin
from caiso_desktop.model.service import Source, Target, Variant
from caiso_desktop.ui.draft_panel import DraftPanel
from caiso_desktop.ui.jobs import Jobs
from caiso_desktop.ui.watch.choosing import FollowChoice, Wish
from caiso_desktop.ui.watch.follow_page import FollowPage
from caiso_desktop.ui.window import Window

BIDS = Target("sibr", "SubmitBids", "v1", Variant.DOCATTACH)
RESULTS = Target("sibr", "RetrieveCleanBidSet", "v4", Variant.DOCATTACH)
KINDS = (
    Chain("bids", "Bids", ("sibr/SubmitBids",), ("sibr/RetrieveCleanBidSet",), Source("its document"), "SIBR decides."),
    Chain("loads", "Loads", ("alfs/SubmitLoad",), ("cmri/RetrieveLoad",), Source("a guess", proven=False)),
    Chain("other", "Other submits", (), (), Source("words"), "By name."),
    Chain("none", "Load following", ("ads/X/submit",), (), Source("ADS"), none="ADS answers at once."),
)


@pytest.fixture
def page(window: Window, qtbot: QtBot, watching: FakeWatching) -> FollowPage:
    watching.follow_ups.chains = KINDS
    action = window.findChild(QAction, "showFollowChoice")
    assert action is not None
    action.trigger()
    page = window.drafts.page("followPage")
    assert isinstance(page, FollowPage)
    qtbot.waitUntil(lambda: bool(page.choices))
    return page


def submitted(window: Window, qtbot: QtBot, watching: FakeWatching) -> DraftPanel:
    watching.follow_ups.next = FollowUp("bids", "Bids", RESULTS, "simulator", Origin("bids", b"<a/>"), "SIBR decides.")
    panel = window.open_draft(BIDS)
    qtbot.waitUntil(lambda: bool(panel.desk.draft.text))
    send(panel, qtbot, watching)
    return panel


def send(panel: DraftPanel, qtbot: QtBot, watching: FakeWatching) -> None:
    asked = len(watching.follow_ups.asked)
    panel.send()
    qtbot.waitUntil(lambda: len(watching.follow_ups.asked) > asked and not panel.call.under_way)


def settle(jobs: Jobs, qtbot: QtBot) -> None:
    """Let everything come to the window that was on its way: some errands, each of which comes after the one before."""
    for _ in range(20):
        done: list[None] = []
        jobs.run(lambda token: None, owner=jobs, done=done.append, failed=lambda error: None)
        qtbot.waitUntil(lambda done=done: bool(done))  # type: ignore[misc]  # a lambda with a default


def choose(page: FollowPage, kind: str, wish: Wish) -> None:
    box = page.choices[kind]
    QTest.keyClick(box, Qt.Key.Key_Home)
    for _ in range(box.findData(wish)):
        QTest.keyClick(box, Qt.Key.Key_Down)
    assert box.currentData() == wish


def test_every_kind_says_what_follows_and_why_nothing_does(page: FollowPage) -> None:
    assert list(page.choices) == ["bids", "loads", "other"]
    for words in ("SIBR: after SubmitBids", "RetrieveCleanBidSet", "SIBR decides.", "ADS answers at once."):
        assert words in page.text
    assert "Not tried with CAISO: a guess." in page.text
    assert "its document" not in page.text


def test_what_is_chosen_counts_at_the_next_answer(
    page: FollowPage, window: Window, qtbot: QtBot, watching: FakeWatching, window_jobs: Jobs
) -> None:
    choose(page, "bids", Wish.NEVER)
    panel = submitted(window, qtbot, watching)
    settle(window_jobs, qtbot)
    assert panel.answer.findChild(QPushButton, "followUpButton") is None
    choose(page, "bids", Wish.OFFER)
    send(panel, qtbot, watching)
    qtbot.waitUntil(lambda: panel.answer.findChild(QPushButton, "followUpButton") is not None)
    assert len(window.drafts.panels) == 1
    choose(page, "bids", Wish.ALONE)
    send(panel, qtbot, watching)
    qtbot.waitUntil(lambda: len(window.drafts.panels) == 2)


def test_a_doubt_is_shown_whatever_was_chosen(
    window: Window, qtbot: QtBot, watching: FakeWatching, settings: FakeSettings
) -> None:
    for wish in (Wish.NEVER, Wish.ALONE):
        FollowChoice(settings).choose("bids", wish)
        watching.follow_ups.next = FollowUp("bids", "Bids", RESULTS, "simulator", Origin("bids", b"<a/>"), doubt=True)
        panel = window.open_draft(BIDS)
        qtbot.waitUntil(lambda panel=panel: bool(panel.desk.draft.text))  # type: ignore[misc]  # a lambda's default
        send(panel, qtbot, watching)
        qtbot.waitUntil(lambda panel=panel: panel.answer.findChild(QPushButton, "lookButton") is not None)  # type: ignore[misc]
        assert "Whether it arrived shows in RetrieveCleanBidSet" in panel.answer.summary.text
        assert panel.answer.findChild(QCheckBox, "followByItselfBox") is None
    assert len(window.drafts.panels) == 2, "it never runs by itself"


def test_the_page_and_the_box_beside_an_answer_say_the_same(
    page: FollowPage, window: Window, qtbot: QtBot, watching: FakeWatching
) -> None:
    panel = submitted(window, qtbot, watching)
    qtbot.waitUntil(lambda: panel.answer.findChild(QCheckBox, "followByItselfBox") is not None)
    box = panel.answer.findChild(QCheckBox, "followByItselfBox")
    assert box is not None
    box.click()
    button = panel.answer.findChild(QPushButton, "followChoiceButton")
    assert button is not None
    button.click()
    assert window.drafts.tabs.currentWidget() is page
    qtbot.waitUntil(lambda: page.choices["bids"].currentData() == Wish.ALONE)


def test_batches_of_before_are_not_offered_where_that_was_never_wanted(
    window: Window, qtbot: QtBot, watching: FakeWatching, settings: FakeSettings
) -> None:
    def batch(kind: str) -> FollowUp:
        return FollowUp(kind, kind, RESULTS, "simulator", Origin(kind, b"", f"B-{kind}"))

    FollowChoice(settings).choose("never", Wish.NEVER)
    watching.follow_ups.batches = (batch("never"), batch("offered"))
    window.watches.begin()
    qtbot.waitUntil(lambda: "Batch B-offered" in window.watches.strip.text)
    assert "B-never" not in window.watches.strip.text


def test_a_file_that_is_wrong_is_told(page: FollowPage, qtbot: QtBot, watching: FakeWatching) -> None:
    watching.follow_ups.failure = CatalogueFileError(Path("mine.toml"), 3, "then", "it is missing.")
    page.read()
    qtbot.waitUntil(lambda: "mine.toml, line 3" in page.text)


def test_a_setting_that_cannot_be_read_is_an_offer(settings: FakeSettings) -> None:
    settings.set("follow.bids", "perhaps")
    assert FollowChoice(settings).of("bids") is Wish.OFFER
