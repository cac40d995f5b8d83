"""The page of the connection doctor over a fake one: plan, findings as they come, stopping, and the text of it."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QToolButton
from pytestqt.qtbot import QtBot

from caiso_desktop.model.call import Call
from caiso_desktop.model.doctor import STEPS, Finding, Place, Step, Verdict
from caiso_desktop.model.error import UsageError
from caiso_desktop.model.fake_doctor import FakeDoctor
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.ui.doctor.page import DoctorPage
from caiso_desktop.ui.doctor.place_card import PlaceCard
from caiso_desktop.ui.fake import FakeFiles
from caiso_desktop.ui.file_choice import Destination
from caiso_desktop.ui.window import Window

TARGET = Target("sibr", "RetrieveCleanBidSet", "v4", Variant.DOCATTACH)


@pytest.fixture
def page(window: Window, doctor: FakeDoctor, qtbot: QtBot) -> DoctorPage:
    """The page, opened by its keys, with its plan shown."""
    window.show()
    QTest.keyClick(window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    found = window.drafts.page("doctorPage")
    assert isinstance(found, DoctorPage)
    qtbot.waitUntil(found.start.isEnabled)
    return found


def card(page: DoctorPage) -> PlaceCard:
    found = page.findChild(PlaceCard, "placeCard-ws.example:443")
    assert isinstance(found, PlaceCard)
    return found


def test_the_plan_is_shown_and_nothing_done(page: DoctorPage, doctor: FakeDoctor) -> None:
    assert doctor.examined == []
    assert "ws.example, port 443" in page.text
    assert "Nothing is sent before Start" in page.text
    assert not page.copy_button.isEnabled()


def test_the_retrieve_is_shown_before_it_is_made(page: DoctorPage, doctor: FakeDoctor, qtbot: QtBot) -> None:
    call = Call("simulator", TARGET, b"<RequestCleanBidSet/>")
    doctor.places = (replace(doctor.places[0], retrieve=call),)
    page.subject.retrieve.toggle()
    qtbot.waitUntil(lambda: "one signed retrieve, RetrieveCleanBidSet v4" in page.text)
    show = page.findChild(QToolButton, "showPayloadButton")
    assert isinstance(show, QToolButton)
    qtbot.waitUntil(show.isVisible)
    show.click()
    payload = page.findChild(QPlainTextEdit, "retrievePayload")
    assert isinstance(payload, QPlainTextEdit)
    assert payload.isVisible()
    assert payload.toPlainText() == "<RequestCleanBidSet/>"


def test_findings_come_one_by_one_and_the_end_is_summed_up(page: DoctorPage, doctor: FakeDoctor, qtbot: QtBot) -> None:
    doctor.go.clear()
    failed = Finding(Step.TLS, Verdict.FAILED, "Nobody vouches.", "Ask them.", None, (("Agreed", "TLS 1.3"),))
    doctor.findings[Step.TLS] = failed
    page.start.click()
    qtbot.waitUntil(lambda: "Clock: ok" in page.text)
    assert page.under_way
    assert page.stop.isVisible()
    assert not page.start.isVisible()
    assert not page.subject.isEnabled()
    assert "Secure connection (TLS): failed Nobody vouches. Ask them." in page.text
    assert "Signed retrieve: under way" in page.text
    doctor.go.set()
    qtbot.waitUntil(lambda: not page.under_way)
    assert "Something is wrong" in page.text
    assert "7 ok, 1 failed" in page.text
    assert page.start.text() == "Again"
    more = page.findChild(QToolButton, "facts-tls")
    assert isinstance(more, QToolButton)
    qtbot.waitUntil(more.isVisible)
    more.click()
    assert "Agreed: TLS 1.3" in [each.text() for each in card(page).findChildren(QLabel) if each.isVisible()]


def test_a_stop_keeps_what_was_found(page: DoctorPage, doctor: FakeDoctor, qtbot: QtBot) -> None:
    doctor.go.clear()
    page.start.click()
    qtbot.waitUntil(lambda: "Clock: ok" in page.text)
    page.stop.click()
    qtbot.waitUntil(lambda: not page.under_way)
    assert "Stopped before the end" in page.text
    assert "Clock: ok" in page.text
    assert "Signed retrieve: not reached" in page.text


def test_another_choice_meanwhile_leaves_what_is_found_and_is_shown_before_it_is_done(
    page: DoctorPage, doctor: FakeDoctor, qtbot: QtBot
) -> None:
    doctor.go.clear()
    page.start.click()
    qtbot.waitUntil(lambda: "Clock: ok" in page.text)
    asked = len(doctor.plans)
    page.subject.changed.emit()
    assert len(doctor.plans) == asked
    doctor.go.set()
    qtbot.waitUntil(lambda: not page.under_way)
    assert "Clock: ok" in page.text
    page.start.click()
    qtbot.waitUntil(lambda: len(doctor.plans) == asked + 1 and page.start.isEnabled())
    assert len(doctor.examined) == 1
    page.start.click()
    qtbot.waitUntil(lambda: len(doctor.examined) == 2)
    qtbot.waitUntil(lambda: not page.under_way)


def test_closing_the_page_stops_it(page: DoctorPage, window: Window, doctor: FakeDoctor, qtbot: QtBot) -> None:
    doctor.go.clear()
    page.start.click()
    qtbot.waitUntil(lambda: "Clock: ok" in page.text)
    window.drafts.close_current()
    qtbot.waitUntil(doctor.go.is_set)


def test_the_text_is_copied_and_saved(
    page: DoctorPage, files: FakeFiles, qtbot: QtBot, tmp_path: Path, doctor: FakeDoctor
) -> None:
    page.start.click()
    qtbot.waitUntil(lambda: page.copy_button.isEnabled())
    page.copy_button.click()
    words = QGuiApplication.clipboard().text()
    assert words.startswith("Connection to ")
    assert all(step.heading in words for step in STEPS)
    files.destination = Destination(tmp_path / "connection.txt", replace=False)
    page.save_button.click()
    qtbot.waitUntil(lambda: "Saved as" in page.text)
    assert (tmp_path / "connection.txt").read_text(encoding="utf-8") == words


def test_what_cannot_be_planned_is_told(page: DoctorPage, doctor: FakeDoctor, qtbot: QtBot) -> None:
    doctor.failure = UsageError("SIBR has no web services in Simulator.", advice="Choose another.")
    page.subject.retrieve.toggle()
    qtbot.waitUntil(lambda: "no web services" in page.text)
    assert not page.start.isEnabled()


def test_another_environment_or_application_is_another_plan(page: DoctorPage, doctor: FakeDoctor, qtbot: QtBot) -> None:
    box = page.subject.environment
    box.setCurrentIndex(box.findData("production"))
    box.activated.emit(box.currentIndex())
    qtbot.waitUntil(lambda: doctor.plans[-1].environment == "production")
    scope = page.subject.scope
    scope.setCurrentIndex(scope.findData("sibr"))
    scope.activated.emit(scope.currentIndex())
    qtbot.waitUntil(lambda: doctor.plans[-1].application == "sibr")
    assert doctor.plans[-1].retrieve


def test_it_is_opened_for_the_draft_in_front(window: Window, doctor: FakeDoctor, qtbot: QtBot) -> None:
    window.show()
    panel = window.open_draft(TARGET)
    panel.doctor_asked.emit()
    qtbot.waitUntil(lambda: bool(doctor.plans) and doctor.plans[-1].target == TARGET)
    found = window.drafts.page("doctorPage")
    assert isinstance(found, DoctorPage)
    assert found.subject.scope.currentText() == "RetrieveCleanBidSet v4"


def test_two_hosts_have_a_card_each(page: DoctorPage, doctor: FakeDoctor, qtbot: QtBot) -> None:
    doctor.places = (*doctor.places, Place("ads.example", 447, "https://ads.example:447/ADS/", ("ADS",)))
    page.subject.retrieve.toggle()
    qtbot.waitUntil(lambda: "2 hosts will be examined" in page.text)
    page.start.click()
    qtbot.waitUntil(lambda: page.copy_button.isEnabled())
    assert "16 ok" in page.text
