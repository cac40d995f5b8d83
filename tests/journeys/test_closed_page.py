"""A page that was closed hears nothing any more: whatever changes in the window afterwards, nothing breaks."""

import pytest
from PySide6.QtGui import QAction
from shiboken6 import isValid

from caiso_desktop.model.service import Variant
from caiso_desktop.ui import draft_tabs
from caiso_desktop.ui.offer import Offer
from tests.journeys.conftest import Desk

PAGES = (
    "Dispatch as it comes",
    "Simulator",
    "Environments and their hours",
    "Access document, acronyms, help desk",
    "Catalogue files",
    "Schemas",
    "All certificates",
    "Connection doctor",
    "Network: proxy and trust…",
    "Run all retrieves once…",
)


def trigger(desk: Desk, words: str) -> None:
    actions = [each for each in desk.window.findChildren(QAction) if each.text().replace("&", "") == words]
    assert len(actions) == 1
    actions[0].trigger()


def change_everything(desk: Desk) -> None:
    """Change what pages hear of: environment, certificates, catalogue, colours."""
    window = desk.window
    selector = window.bar.selector
    for row in (*range(selector.count()), 0):
        selector.setCurrentIndex(row)
        selector.activated.emit(row)
    trigger(desk, "Look into the stores again")
    desk.until(lambda: desk.window.desk.certificate is not None)
    offer = window.findChild(Offer)
    assert offer is not None
    offer.changed.emit()
    offer.minute_passed.emit()
    for scheme in ("Dark", "Light"):
        trigger(desk, scheme)


@pytest.mark.parametrize("words", PAGES)
def test_a_closed_page_hears_nothing(desk: Desk, words: str) -> None:
    drafts = desk.window.drafts
    trigger(desk, words)
    desk.until(lambda: drafts.tabs.count() == 1)
    page = drafts.tabs.widget(0)
    assert page is not None
    drafts.close_current()
    desk.until(lambda: not isValid(page))
    change_everything(desk)
    trigger(desk, words)
    desk.until(lambda: drafts.tabs.count() == 1)


def test_a_draft_that_left_the_bin_hears_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draft_tabs, "BIN_SIZE", 0)
    panel = desk.draft("SubmitRawBidSet", "v4", Variant.AP)
    desk.send(panel)
    desk.window.drafts.close_current()
    desk.until(lambda: not isValid(panel))
    change_everything(desk)
    desk.draft("RetrieveCleanBidSet", "v4", Variant.AP)
