"""From a call that failed to what is wrong, as the user meets it: real window, real doctor, real simulator."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from caiso_desktop.model.journal import Filter
from caiso_desktop.model.service import Variant
from caiso_desktop.simulator import fault
from caiso_desktop.ui.doctor.page import DoctorPage
from caiso_desktop.ui.draft_panel import DraftPanel
from caiso_desktop.ui.file_choice import Destination
from tests.journeys.conftest import Desk


def page_of(desk: Desk) -> DoctorPage:
    found = desk.window.drafts.page("doctorPage")
    assert isinstance(found, DoctorPage)
    desk.until(found.start.isEnabled)
    return found


def button(panel: DraftPanel) -> QPushButton | None:
    return panel.answer.summary.findChild(QPushButton, "examineButton")


def examine(desk: Desk, page: DoctorPage) -> str:
    QTest.keyClick(page.start, Qt.Key.Key_Space)
    desk.until(lambda: not page.under_way)
    return page.text


def test_from_a_failed_call_to_the_text_for_the_help_desk(desk: Desk, tmp_path: Path) -> None:
    panel = desk.draft("RetrieveCleanBidSet", "v4", Variant.DOCATTACH)
    desk.simulator.arrange(fault.CutOff(after=None), times=3)
    desk.send(panel)
    offered = button(panel)
    assert offered is not None
    offered.click()
    page = page_of(desk)
    assert page.subject.scope.currentText() == "RetrieveCleanBidSet v4"
    assert "As Simulator User x0001: one signed retrieve, RetrieveCleanBidSet v4." in page.text
    before = len(list(desk.house.journal.all(Filter())))
    desk.simulator.forget()
    text = examine(desk, page)
    assert "Nothing is wrong between here and there" in text
    assert [request.method for request in desk.simulator.requests] == ["GET", "POST"]
    assert len(list(desk.house.journal.all(Filter()))) == before + 1
    # The retrieve stands in the history as every call does.
    newest = next(iter(desk.house.journal.search(Filter(), limit=1)))
    desk.until(lambda: bool(desk.window.history.entries) and desk.window.history.entries[0].id == newest.id)
    page.copy_button.click()
    words = QGuiApplication.clipboard().text()
    assert words.startswith("Connection to Simulator: ok")
    assert "Simulator User" not in words
    page.include.click()
    desk.files.destination = Destination(tmp_path / "report.txt", replace=False)
    page.save_button.click()
    desk.until(lambda: "Saved as" in page.text)
    assert desk.simulator.identity.subject in (tmp_path / "report.txt").read_text(encoding="utf-8")


def test_a_call_that_succeeds_offers_no_examination(desk: Desk) -> None:
    panel = desk.draft("RetrieveCleanBidSet", "v4", Variant.DOCATTACH)
    desk.send(panel)
    assert button(panel) is None
    desk.simulator.arrange(fault.NotEntitled())  # the service itself said so: nothing is wrong with the way
    desk.send(panel)
    assert button(panel) is None
    desk.simulator.arrange(fault.Status(503), times=None)
    desk.send(panel)
    assert button(panel) is not None


@pytest.mark.parametrize("wrong", ["expired", "stranger", "no access"])
def test_what_is_wrong_with_a_certificate_is_found(own_desk: Desk, wrong: str) -> None:
    past = datetime.now(UTC) - timedelta(days=1)
    simulator = own_desk.simulator
    issued = {
        "expired": lambda: simulator.issue("Jane Doe x7", not_before=past - timedelta(days=9), not_after=past),
        "stranger": lambda: simulator.issue("Jane Doe x7", stranger=True),
        "no access": lambda: simulator.issue("Jane Doe x7", access=False),
    }[wrong]()
    identity = own_desk.add_identity(issued)
    panel = own_desk.draft("RetrieveCleanBidSet", "v4", Variant.AP)
    panel.desk.set_identity(identity.ref, identity.certificate)
    own_desk.send(panel)
    offered = button(panel)
    assert offered is not None
    offered.click()
    text = examine(own_desk, page_of(own_desk))
    assert "Secure connection (TLS): ok" in text
    said = {
        "expired": "Client certificate: failed Your certificate has expired",
        "stranger": "Client certificate: failed Your certificate was refused",
        "no access": "Answer (HTTP): failed No access with this certificate",
    }[wrong]
    assert said in text
    assert "Something is wrong" in text


def test_it_is_stopped_at_once_while_the_service_thinks(desk: Desk) -> None:
    desk.simulator.arrange(fault.Delay(600))
    QTest.keyClick(desk.window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    page = page_of(desk)
    QTest.keyClick(page.start, Qt.Key.Key_Space)
    desk.until(lambda: "Client certificate: under way" in page.text)
    begun = datetime.now(UTC)
    QTest.keyClick(page.stop, Qt.Key.Key_Space)
    desk.until(lambda: not page.under_way)
    assert datetime.now(UTC) - begun < timedelta(seconds=3)
    assert "Stopped before the end" in page.text
    assert "Secure connection (TLS): ok" in page.text


def test_another_environment_is_examined_without_the_first_ones_certificate(desk: Desk) -> None:
    desk.window.doctor.open()
    page = page_of(desk)
    box = page.subject.environment
    box.setCurrentIndex(box.findData("production-ecn"))
    box.activated.emit(box.currentIndex())
    desk.until(lambda: "ws.ecn.wepex.net, port 443" in page.text)
    desk.until(page.start.isEnabled)
    assert page.subject.order.identity is None
    # Not started: these hosts are real.
    assert "no certificate is chosen" in page.text
