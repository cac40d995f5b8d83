"""The window while its catalogue changes: pages, files that wait for a yes, drafts that stay as they are."""

from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from caiso_desktop.catalogue.offer import OverlaidCatalogues
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.fake import FakeCourier, FakeSettings
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.model.transport_error import NameNotFound
from caiso_desktop.ui.address_dialog import AddressDialog
from caiso_desktop.ui.calendar_page import CalendarPage
from caiso_desktop.ui.draft_panel import DraftPanel
from caiso_desktop.ui.fake import FakeFiles
from caiso_desktop.ui.file_choice import Destination
from caiso_desktop.ui.files_page import FilesPage
from caiso_desktop.ui.firewall_dialog import FirewallDialog
from caiso_desktop.ui.version_dialog import VersionDialog
from caiso_desktop.ui.window import Window
from tests.ui.conftest import NewWindow

MOVED = """
format = 1
[[application]]
id = "sibr"
[application.reach.map-stage]
base = "https://elsewhere.example/sst/sibr/"
"""


def action(window: Window, name: str) -> QAction:
    found = window.findChild(QAction, name)
    assert found is not None
    return found


def button(parent: QWidget, name: str) -> QPushButton:
    found = parent.findChild(QPushButton, name)
    assert found is not None, name
    return found


def choose(window: Window, environment: str) -> None:
    selector = window.bar.selector
    selector.setCurrentIndex(selector.findData(environment))
    selector.activated.emit(selector.currentIndex())


def begun(qtbot: QtBot, window: Window, target: Target) -> DraftPanel:
    panel = window.open_draft(target)
    qtbot.waitUntil(lambda: "<Request>" in panel.payload.editor.view())
    return panel


def in_front(window: Window) -> QWidget:
    page = window.drafts.tabs.currentWidget()
    assert page is not None
    return page


def settled(qtbot: QtBot, window: Window, made: str) -> None:
    def counts() -> bool:
        return made in [overlay.file.name for overlay in window._ports.offer.layers.applied]

    qtbot.waitUntil(counts)


def test_an_application_without_services_opens_its_page(window: Window) -> None:
    window.services.page_asked.emit("rare")
    page = in_front(window)
    assert page.objectName() == "applicationPage-rare"
    window.services.page_asked.emit("rare")
    assert window.drafts.tabs.count() == 1, "a page is open once"
    assert window.drafts.current is None
    window.drafts.close_current()
    assert window.drafts.tabs.count() == 0


def test_every_page_of_the_menu_opens(window: Window) -> None:
    for name in ("showEnvironments", "showGuide", "showCatalogueFiles", "editHours"):
        action(window, name).trigger()
    titles = [window.drafts.tabs.tabText(row) for row in range(window.drafts.tabs.count())]
    assert titles == ["Environments", "Access document", "Catalogue files", "Hours of Simulator"]
    window.bar.availability.click()
    assert in_front(window).objectName() == "simulatorPage", "the simulator has no hours, but faults on demand"
    choose(window, "production")
    window.bar.availability.click()
    assert window.drafts.tabs.currentIndex() == 0, "what is known of hours leads to the environments"


def test_another_address_is_agreed_to_in_its_form_and_told_in_open_drafts(
    qtbot: QtBot, window: Window, retrieve: Target, settings: FakeSettings
) -> None:
    choose(window, "map-stage")
    panel = begun(qtbot, window, retrieve)
    panel.payload.editor.appendPlainText("typed")
    before = panel.head.address.url
    window.services.address_asked.emit("sibr", retrieve)
    dialog = window.findChild(AddressDialog)
    assert dialog is not None
    assert not dialog.verb.isEnabled(), "nothing is another yet"
    dialog.address.setText("https://elsewhere.example/sst/sibr/RetrieveCleanBidSet_SIBRv4_AP")
    assert dialog.base == "https://elsewhere.example/sst/sibr/", "a whole address loses its path"
    assert "your certificate is shown to that host" in dialog.said
    dialog.verb.click()
    settled(qtbot, window, "address-sibr-map-stage.toml")
    assert panel.head.address.url.startswith("https://elsewhere.example/")
    assert before in panel.bar.news
    assert "elsewhere.example" in panel.bar.send.text()
    assert "typed" in panel.payload.editor.view()
    assert settings.get("overlay.agreed")
    assert window.catalogue.strip.isHidden(), "nobody is asked twice"
    dialog.close()


def test_an_address_that_is_none_is_not_offered(qtbot: QtBot, window: Window) -> None:
    window.catalogue.edit_address("sibr", None, "map-stage")
    dialog = window.findChild(AddressDialog)
    assert dialog is not None
    for text in ("", "http://elsewhere.example/", "https://", "nonsense"):
        dialog.address.setText(text)
        assert not dialog.verb.isEnabled(), text
    dialog.address.setText("https://with a space/")
    dialog.verb.click()
    qtbot.waitUntil(lambda: "not the address of a host" in dialog.said)
    dialog.close()


def test_a_version_is_added_and_can_be_opened_at_once(qtbot: QtBot, window: Window) -> None:
    window.services.version_asked.emit("sibr", "RetrieveCleanBidSet")
    dialog = window.findChild(VersionDialog)
    assert dialog is not None
    assert "follow no rule" in dialog.said, "this small catalogue has no suffix"
    dialog.close()


@pytest.fixture
def waiting(new_window: NewWindow, catalogue: Catalogue, settings: FakeSettings, tmp_path: Path) -> Window:
    """A window that finds a file waiting for a yes, and one that is wrong."""
    folder = tmp_path / "catalogue"
    folder.mkdir()
    (folder / "moved.toml").write_text(MOVED, encoding="utf-8")
    (folder / "wrong.toml").write_text("format = 1\n[[application]]\nid = 'sibr'\nnme = 'x'\n", encoding="utf-8")
    made = new_window(OverlaidCatalogues(catalogue, None, folder, settings))
    made.show()
    return made


def test_a_file_that_moves_a_certificate_is_asked_about_where_the_eye_falls(qtbot: QtBot, waiting: Window) -> None:
    label = waiting.catalogue.strip.findChild(QLabel, "catalogueFilesLabel")
    assert label is not None
    assert "moved.toml waits for your yes" in label.text()
    assert "wrong.toml was refused" in label.text()
    button(waiting.catalogue.strip, "lookAtFilesButton").click()
    page = in_front(waiting)
    assert isinstance(page, FilesPage)
    assert "wrong.toml, line 4" in page.text
    assert "nobody knows this key" in page.text
    assert "https://map-stage.example/sst/sibr/ https://elsewhere.example/sst/sibr/" in page.text
    assert "elsewhere" not in (waiting._ports.catalogue.application("sibr").reach["map-stage"].base or "")
    button(page, "agreeTo-moved").click()
    settled(qtbot, waiting, "moved.toml")
    assert "elsewhere" in (waiting._ports.catalogue.application("sibr").reach["map-stage"].base or "")


def test_a_no_is_remembered_and_can_be_taken_back(qtbot: QtBot, waiting: Window, settings: FakeSettings) -> None:
    waiting.catalogue.show_files()
    page = in_front(waiting)
    assert isinstance(page, FilesPage)
    button(page, "decline-moved").click()
    qtbot.waitUntil(lambda: "you said no" in page.text)
    label = waiting.catalogue.strip.findChild(QLabel, "catalogueFilesLabel")
    assert settings.get("overlay.declined")
    assert label is None or "waits" not in label.text()
    button(page, "agreeTo-moved").click()
    settled(qtbot, waiting, "moved.toml")


def test_an_environment_whose_file_is_gone_takes_nothing_along(qtbot: QtBot, waiting: Window, tmp_path: Path) -> None:
    lab = tmp_path / "catalogue" / "lab.toml"
    lab.write_text(
        "format = 1\n[[environment]]\nid='lab'\nname='Lab'\npurpose='Ours'\nguarded=false\n"
        "[[application]]\nid='sibr'\n[application.reach.lab]\nbase='https://lab.example/sibr/'\n",
        encoding="utf-8",
    )
    waiting.catalogue.show_files()
    button(in_front(waiting), "readFilesButton").click()
    settled(qtbot, waiting, "lab.toml")
    choose(waiting, "lab")
    panel = begun(qtbot, waiting, Target("sibr", "RetrieveCleanBidSet", "v4", Variant.DOCATTACH))
    lab.unlink()
    waiting.catalogue.show_files()
    button(in_front(waiting), "readFilesButton").click()
    qtbot.waitUntil(lambda: waiting._ports.offer.layers.applied == ())
    assert waiting.desk.environment.id == "simulator"
    assert panel.desk.environment.id == "lab"
    assert panel.bar.hindrance
    assert "It has no address any more" in panel.bar.news
    assert "<Request>" in panel.payload.editor.view()


def test_hours_are_edited_saved_and_warned_of(qtbot: QtBot, window: Window, retrieve: Target) -> None:
    panel = begun(qtbot, window, retrieve)
    assert panel.bar.warning == ""
    window.catalogue.edit_hours("simulator")
    page = in_front(window)
    assert isinstance(page, CalendarPage)
    table = page._maintenance
    table.set_rows([("always", "daily", "00:00", "25:00", "1")])
    table.edited.emit()
    assert "Maintenance, row 1: '25:00' is no time" in page.verdict
    assert not button(page, "saveCalendarButton").isEnabled()
    table.set_rows([("always", "daily", "00:00", "00:00", "1")])
    table.edited.emit()
    assert page.verdict.startswith("With this (not saved yet): ")
    assert "In maintenance" not in panel.bar.warning
    page._fixed.setChecked(True)
    page._day.setText("2026-04-01")
    button(page, "saveCalendarButton").click()
    settled(qtbot, window, "calendar-simulator.toml")
    qtbot.waitUntil(lambda: panel.bar.warning.startswith("In maintenance until"))
    assert panel.bar.send.isEnabled(), "a call in maintenance is warned of, not forbidden"
    assert window._ports.offer.trade_date("simulator").isoformat() == "2026-04-01"
    assert panel.desk.identity is not None, "a change of hours leaves the certificate"
    assert panel.desk.environment == window.desk.environment == window._ports.catalogue.environment("simulator")
    assert panel.desk.environment.calendar.maintenance
    button(in_front(window), "printedCalendarButton").click()
    button(in_front(window), "saveCalendarButton").click()
    qtbot.waitUntil(lambda: panel.bar.warning == "")


def test_the_chip_says_what_the_hours_make_of_now(qtbot: QtBot, window: Window) -> None:
    choose(window, "map-stage")
    assert window.bar.availability.words == "Nothing is known of its hours"
    window.catalogue.edit_hours("map-stage")
    page = in_front(window)
    assert isinstance(page, CalendarPage)
    page._maintenance.set_rows([("always", "daily", "00:00", "00:00", "1")])
    page._maintenance.edited.emit()
    page.save()
    settled(qtbot, window, "calendar-map-stage.toml")
    assert window.bar.availability.words.startswith("By user file calendar-map-stage.toml: in maintenance until")


def test_a_row_that_is_gone_is_told_with_the_newer_one_and_edit_address_beside_it(
    qtbot: QtBot, window: Window, courier: FakeCourier
) -> None:
    choose(window, "map-stage")
    panel = begun(qtbot, window, Target("sibr", "RetrieveCleanBidSet", "v3", Variant.DOCATTACH))
    courier.failure = NameNotFound("map-stage.example has no address.")
    panel.bar.send.click()
    qtbot.waitUntil(lambda: not panel.call.under_way)
    assert "Probably retired" in panel.answer.summary.text
    button(panel.answer.summary, "editAddressButton").click()
    dialog = window.findChild(AddressDialog)
    assert dialog is not None
    assert dialog.environment.currentData() == "map-stage"
    dialog.close()
    button(panel.answer.summary, "openNewerButton").click()
    newer = window.drafts.current
    assert newer is not None
    assert newer.desk.target == Target("sibr", "RetrieveCleanBidSet", "v4", Variant.DOCATTACH)
    assert newer.desk.environment.id == "map-stage"
    assert newer.payload.editor.view() == panel.payload.editor.view()


def test_the_help_desk_gets_where_what_and_when(qtbot: QtBot, window: Window, retrieve: Target) -> None:
    panel = begun(qtbot, window, retrieve)
    panel.bar.send.click()
    qtbot.waitUntil(lambda: not panel.call.under_way)
    action(window, "copyHelp").trigger()
    lines = dict(line.split(": ", 1) for line in QApplication.clipboard().text().splitlines())
    assert lines["Environment"] == "Simulator"
    assert lines["Application"] == "SIBR – Bids"
    assert lines["Service"] == "RetrieveCleanBidSet v4 (docattach)"
    assert lines["Address"] == panel.head.address.url
    assert lines["Pacific time"].split()[-1] in ("PST", "PDT")
    assert "Local time" in lines
    assert "HTTP 200, Success" in lines["Last call"]


def test_the_firewall_sheet_is_saved_whole(qtbot: QtBot, window: Window, files: FakeFiles, tmp_path: Path) -> None:
    choose(window, "map-stage")
    action(window, "exportFirewall").trigger()
    dialog = window.findChild(FirewallDialog)
    assert dialog is not None
    there = tmp_path / "there.csv"
    there.write_text("precious")
    files.destination = Destination(there, replace=False)
    dialog.verb.click()
    qtbot.waitUntil(lambda: "is there already" in dialog.said)
    assert there.read_text() == "precious"
    files.destination = Destination(there, replace=True)
    dialog.verb.click()
    qtbot.waitUntil(lambda: "Saved 2 lines" in dialog.said)
    lines = there.read_text(encoding="utf-8").splitlines()
    assert lines[1].startswith("map-stage,sibr,web services,map-stage.example,443")
    assert files.asked == ["caiso-firewall.csv"] * 2
    dialog.close()


def test_the_keyboard_reaches_pages_too(window: Window) -> None:
    window.services.view.setCurrentIndex(window.services.view.model().index(0, 0))
    window.services.view.setFocus()
    action(window, "aboutApplication").trigger()
    assert in_front(window).objectName() == "applicationPage-sibr"
    assert isinstance(window.bar.selector, QComboBox)
