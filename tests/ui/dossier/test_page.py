"""The page of a saved exchange: what it shows of one, that it sends nothing, what it says of a file that is none."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from caiso_desktop.model.call import Call
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.dossier import Dossier
from caiso_desktop.model.error import Fate
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.fake import FakeCourier
from caiso_desktop.model.fake_safety import FakeSafety
from caiso_desktop.model.fake_simulation import FakeSimulation
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.model.transport import ignore_progress
from caiso_desktop.model.transport_error import CutOff
from caiso_desktop.ui.dossier.page import DossierPage
from caiso_desktop.ui.fake import FakeFiles
from caiso_desktop.ui.notice import Notice
from caiso_desktop.ui.window import Window

TARGET = Target("sibr", "RetrieveCleanBidSet", "v4", Variant.AP)
PAYLOAD = b"<Request>granite</Request>"


@pytest.fixture
def exchange(courier: FakeCourier) -> Exchange:
    return courier.carry(Call("simulator", TARGET, PAYLOAD), CancelToken(), ignore_progress)


@pytest.fixture
def dossier(exchange: Exchange, tmp_path: Path) -> Dossier:
    folder = tmp_path / "dossier"
    folder.mkdir()
    (folder / "payload.xml").write_bytes(PAYLOAD)
    replaced = (("user names", 2), ("tokens", 1_234))
    return Dossier(exchange, folder, "MAP Stage", "Access 10.1", "0.1.0", replaced, "success")


def opened(window: Window, files: FakeFiles, path: Path) -> DossierPage:
    files.exchange = path
    window.dossiers.choose()
    page = window.drafts.tabs.currentWidget()
    assert isinstance(page, DossierPage)
    return page


@pytest.fixture
def page(
    window: Window, files: FakeFiles, safety: FakeSafety, dossier: Dossier, tmp_path: Path, qtbot: QtBot
) -> DossierPage:
    path = tmp_path / "exchange.zip"
    safety.dossiers.known[path] = dossier
    page = opened(window, files, path)
    qtbot.waitUntil(lambda: page.dossier is not None)
    return page


def button(page: DossierPage, name: str) -> QPushButton:
    found = page.findChild(QPushButton, name)
    assert found is not None
    return found


def test_it_says_what_it_is_of_and_what_was_replaced(page: DossierPage, exchange: Exchange) -> None:
    assert "A saved exchange: it can be looked at, not sent" in page.text
    assert "SIBR · RetrieveCleanBidSet v4 in MAP Stage" in page.text
    assert "Replaced by stand-ins: user names (2), tokens (1,234)." in page.text
    assert "There it was understood as: success." in page.text
    assert "Made with CAISO Desktop 0.1.0 and Access 10.1." in page.text
    assert exchange.request.url in page.text
    assert "Success" in page.answer.summary.text


def test_the_payload_is_shown_and_becomes_a_draft_only_when_asked(
    page: DossierPage, window: Window, courier: FakeCourier
) -> None:
    calls = len(courier.calls)
    QTest.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert len(courier.calls) == calls, "nothing can be sent from here"
    assert page.findChild(QPushButton, "sendButton") is None
    button(page, "openDossierAsDraft").click()
    panel = window.drafts.current
    assert panel is not None
    assert panel.desk.draft.text == PAYLOAD.decode()
    assert panel.desk.target == TARGET
    assert panel.desk.environment == window.desk.environment
    assert len(courier.calls) == calls


def test_what_the_catalogue_has_no_more_is_told_and_opens_no_draft(
    window: Window, files: FakeFiles, safety: FakeSafety, dossier: Dossier, tmp_path: Path, qtbot: QtBot
) -> None:
    gone = replace(dossier.exchange, call=replace(dossier.exchange.call, target=replace(TARGET, version="v99")))
    safety.dossiers.known[tmp_path / "old.zip"] = replace(dossier, exchange=gone)
    page = opened(window, files, tmp_path / "old.zip")
    qtbot.waitUntil(lambda: page.dossier is not None)
    button(page, "openDossierAsDraft").click()
    assert "v99" in page.text
    assert window.drafts.tabs.currentWidget() is page


def test_it_is_played_once_and_says_so(page: DossierPage, qtbot: QtBot) -> None:
    button(page, "playDossier").click()
    qtbot.waitUntil(lambda: "The simulator plays it back" in page.text)
    assert not page.play.isEnabled()
    assert isinstance(page._simulation, FakeSimulation)
    assert [tape.service for tape in page._simulation.now.playing] == ["exchange"]


def test_a_call_without_an_answer_shows_its_failure_and_cannot_be_played(
    window: Window, files: FakeFiles, safety: FakeSafety, dossier: Dossier, tmp_path: Path, qtbot: QtBot
) -> None:
    failure = CutOff("the connection ended.", fate=Fate.UNKNOWN)
    lost = replace(dossier.exchange, response=None, answer=None, failure=failure)
    safety.dossiers.known[tmp_path / "lost.zip"] = replace(dossier, exchange=lost, verdict="", replaced=())
    page = opened(window, files, tmp_path / "lost.zip")
    qtbot.waitUntil(lambda: page.dossier is not None)
    assert "Nothing in it had to be replaced." in page.text
    assert "The connection ended" in page.answer.summary.text
    assert not page.play.isEnabled()


def test_a_file_that_is_none_is_told_where_the_eye_is(
    window: Window, files: FakeFiles, tmp_path: Path, qtbot: QtBot
) -> None:
    page = opened(window, files, tmp_path / "holiday.zip")
    qtbot.waitUntil(lambda: "holiday.zip is damaged" in page.text)
    assert page.dossier is None
    assert "save the exchange again" in page.text
    assert page.findChild(QPushButton, "openDossierAsDraft") is None


def test_to_choose_no_file_opens_nothing(window: Window, files: FakeFiles) -> None:
    files.exchange = None
    before = window.drafts.tabs.count()
    window.dossiers.choose()
    assert window.drafts.tabs.count() == before


def test_its_widgets_have_names_and_its_notices_can_be_read_aloud(page: DossierPage) -> None:
    for name in ("playDossier", "openDossierAsDraft"):
        assert button(page, name).accessibleName()
    assert page.accessibleName() == "Saved exchange exchange.zip"
    assert page.payload.accessibleName() == "The payload that was sent"
    assert all(notice.accessibleName() for notice in page.findChildren(Notice))
