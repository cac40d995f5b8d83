"""The page that compares two versions of a service."""

import pytest
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from caiso_desktop.model.error import PayloadError
from caiso_desktop.model.fake import FakePayloads
from caiso_desktop.model.service import Target
from caiso_desktop.ui.judgement.version_page import VersionPage
from caiso_desktop.ui.window import Window


@pytest.fixture
def page(qtbot: QtBot, window: Window, retrieve: Target) -> VersionPage:
    panel = window.open_draft(retrieve)
    qtbot.waitUntil(lambda: bool(panel.desk.draft.text))
    action = window.findChild(QAction, "compareVersions")
    assert action is not None
    action.trigger()
    page = window.findChild(VersionPage)
    assert page is not None
    return page


def test_it_begins_with_the_draft_s_version_and_the_one_before(qtbot: QtBot, page: VersionPage) -> None:
    assert (page.before.currentText(), page.after.currentText()) == ("v3", "v4")
    qtbot.waitUntil(page.table.isVisible)
    assert page.table.rows.row(0) == ("added", "BidSet / Bid / storage", "", "number, optional", "request")
    assert page.text == "2 differences: 1 added, 1 retyped. CAISO's schema, imported (a fake)."


def test_other_versions_are_compared_when_they_are_chosen(qtbot: QtBot, page: VersionPage) -> None:
    page.before.setCurrentIndex(page.after.currentIndex())
    assert "Twice the same version" in page.text
    page.after.setCurrentIndex(2)
    qtbot.waitUntil(page.table.isVisible)


def test_what_cannot_be_compared_says_why(qtbot: QtBot, page: VersionPage, payloads: FakePayloads) -> None:
    payloads.failure = PayloadError("no schema of it is known.", advice="Import its package.")
    page.compare()
    qtbot.waitUntil(lambda: "They cannot be compared no schema of it is known. Import its package." in page.text)
