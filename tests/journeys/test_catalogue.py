"""The catalogue as its users meet it: found under an old name, corrected at nine in the morning, honest about hours."""

from datetime import UTC, date, datetime, timedelta

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from caiso_desktop.model.service import Target, Variant
from caiso_desktop.ui.address_dialog import AddressDialog
from caiso_desktop.ui.address_row import AddressRow
from caiso_desktop.ui.calendar_page import CalendarPage
from caiso_desktop.ui.version_dialog import VersionDialog
from tests.journeys.conftest import Desk


def choose(desk: Desk, environment: str) -> None:
    selector = desk.window.bar.selector
    selector.setCurrentIndex(selector.findData(environment))
    selector.activated.emit(selector.currentIndex())


def test_an_old_name_leads_to_a_sent_call_by_keyboard(desk: Desk) -> None:
    window = desk.window
    window.services.focus_filter()
    QTest.keyClicks(window.services.filter, "slic retrievetransmissionoutage_")
    QTest.keyClick(window.services.filter, Qt.Key.Key_Down)
    QTest.keyClick(window.services.view, Qt.Key.Key_Return)
    panel = window.drafts.current
    assert panel is not None
    assert panel.desk.target is not None
    assert panel.desk.target.application == "oms"
    desk.until(lambda: bool(panel.desk.draft.text) and panel.bar.send.isEnabled())
    desk.send(panel)
    assert panel.desk.exchange is not None
    window.services.filter.clear()
    assert window.services.view.model().index(0, 0).data() == "Recently used"


def test_a_portal_without_services_opens_its_page(desk: Desk) -> None:
    choose(desk, "production")
    for word, portal in (
        ("AIM", "https://portal.caiso.com/aim"),
        ("CRR", "https://portal.caiso.com/crr"),
        ("MPP", "https://mpp.caiso.com"),
        ("RIMS", "https://portal.caiso.com/rims"),
        ("TR", "https://portal.caiso.com/tr"),
    ):
        desk.window.services.filter.setText(word)
        model = desk.window.services.view.model()
        rows = [model.index(row, 0) for row in range(model.rowCount())]
        [index] = [row for row in rows if row.data() == word]
        desk.window.services.view.setCurrentIndex(index)
        QTest.keyClick(desk.window.services.view, Qt.Key.Key_Return)
        page = desk.window.drafts.tabs.currentWidget()
        assert page is not None
        shown = [row.text for row in page.findChildren(AddressRow) if row.role == "Portal"]
        assert shown[0].casefold().startswith(portal), word


def test_a_version_of_this_morning_is_added_and_called_for_what_it_is(own_desk: Desk) -> None:
    own_desk.window.catalogue.add_version("cmri", "RetrieveContractUsage")
    dialog = own_desk.window.findChild(VersionDialog)
    assert dialog is not None
    dialog.version.setText("v9")
    dialog.release.setText("Fall 2026")
    assert "RetrieveContractUsage_CMRIv9_AP" in dialog.said
    dialog.verb.click()
    own_desk.until(lambda: "in the catalogue now" in dialog.said)
    assert not dialog.verb.isEnabled(), "it is there already"
    dialog.close()
    own_desk.window.services.filter.setText("Fall 2026")
    assert own_desk.window.services.said.startswith("1 of ")
    panel = own_desk.window.open_draft(Target("cmri", "RetrieveContractUsage", "v9", Variant.AP))
    assert panel.head.address.url.endswith("/sst/cmri/RetrieveContractUsage_CMRIv9_AP")
    assert "User file version-cmri-retrievecontractusage-v9.toml" in panel.head.story


def test_an_address_of_this_morning_reaches_open_drafts_and_the_next_start(own_desk: Desk) -> None:
    choose(own_desk, "map-stage")
    panel = own_desk.window.open_draft(Target("cmri", "RetrieveContractUsage", "v2", Variant.AP))
    own_desk.until(lambda: bool(panel.desk.draft.text))
    text = panel.desk.draft.text
    own_desk.window.catalogue.edit_address("cmri", panel.desk.target, "map-stage")
    dialog = own_desk.window.findChild(AddressDialog)
    assert dialog is not None
    dialog.address.setText("https://wsnew.caiso.com/sst/cmri/RetrieveContractUsage_CMRIv2_AP")
    dialog.verb.click()
    own_desk.until(lambda: "Saved in" in dialog.said)
    dialog.close()
    assert panel.head.address.url == "https://wsnew.caiso.com/sst/cmri/RetrieveContractUsage_CMRIv2_AP"
    assert "wsmap.caiso.com" in panel.bar.news
    assert panel.desk.draft.text == text
    assert ("wsnew.caiso.com", 443) in own_desk.house.catalogue.hosts("map-stage")
    assert ("wsmap.caiso.com", 443) in own_desk.house.catalogue.hosts("map-stage"), "other applications stay there"
    again = own_desk.house.catalogues.read()
    assert again.pending == ()
    assert again.catalogue.application("cmri").reach["map-stage"].base == "https://wsnew.caiso.com/sst/cmri/"


def test_maintenance_is_warned_of_and_the_trade_date_used(own_desk: Desk) -> None:
    own_desk.window.catalogue.edit_hours("simulator")
    page = own_desk.window.drafts.tabs.currentWidget()
    assert isinstance(page, CalendarPage)
    page._maintenance.set_rows([("always", "daily", "00:00", "00:00", "1")])
    page._fixed.setChecked(True)
    page._day.setText("2026-04-01")
    page.save()
    own_desk.until(lambda: "Saved in" in page.verdict)
    panel = own_desk.draft("RetrieveContractUsage", "v2", Variant.DOCATTACH, "cmri")
    assert "<dateTimeStart>2026-04-01T07:00:00Z<" in panel.desk.draft.text
    assert panel.bar.warning.startswith("In maintenance until")
    own_desk.send(panel)
    assert panel.desk.exchange is not None
    assert panel.desk.exchange.succeeded


def test_map_stages_trade_date_is_pacifics(desk: Desk) -> None:
    today = datetime.now(UTC).date()
    assert desk.window._ports.offer.trade_date("map-stage") in (today, today - timedelta(days=1))
    assert isinstance(desk.window._ports.offer.trade_date("production"), date)


def test_the_chip_says_what_the_document_says(desk: Desk) -> None:
    choose(desk, "map-stage")
    assert desk.window.bar.availability.words.startswith("By document 10.1: ")
    assert "maintenance" in desk.window.bar.availability.words
    choose(desk, "production")
    assert desk.window.bar.availability.words == "By document 10.1: maintenance comes by CAISO's notice"


def test_the_printed_spelling_and_both_minor_versions_can_be_chosen(desk: Desk) -> None:
    choose(desk, "map-stage")
    panel = desk.draft("SubmitIntertieRDT", "v1", Variant.AP, "master-file")
    assert panel.head.doubts.text == "Printed SubmitIntertierRDT, used SubmitIntertieRDT"
    spelling = panel.head.spelling
    assert spelling.isVisible()
    spelling.setCurrentIndex(spelling.findData("SubmitIntertierRDT"))
    spelling.activated.emit(spelling.currentIndex())
    assert panel.head.address.url.endswith("/SubmitIntertierRDT_MFRDv1_AP")
    generator = desk.draft("RetrieveGeneratorRDT", "v4", Variant.AP, "master-file")
    assert not generator.head.spelling.isVisible()
    minor = generator.head.minor
    assert [minor.itemText(row) for row in range(minor.count())] == ["20180201", "20161001"]
    before = generator.head.address.url
    assert "<Version>20180201<" in generator.desk.draft.text
    minor.setCurrentIndex(1)
    minor.activated.emit(1)
    desk.until(lambda: "<Version>20161001<" in generator.desk.draft.text)
    assert generator.head.address.url == before


def test_the_help_desks_words_are_of_what_is_in_front(desk: Desk) -> None:
    desk.draft("RetrieveContractUsage", "v2", Variant.DOCATTACH, "cmri")
    copy = desk.window.findChild(QAction, "copyHelp")
    assert copy is not None
    copy.trigger()
    assert "Application: CMRI – Customer Market Results Interface" in QApplication.clipboard().text()
    desk.window.catalogue.show_application("aim")
    page = desk.window.drafts.tabs.currentWidget()
    assert page is not None
    button = page.findChild(QPushButton, "pageCopyForHelp")
    assert button is not None
    button.click()
    assert "Application: AIM – Access and Identity Management" in QApplication.clipboard().text()
