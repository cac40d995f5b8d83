"""The pages of the catalogue over the program's own: what is printed is on them, and what was corrected."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QLineEdit, QToolButton
from pytestqt.qtbot import QtBot

from caiso_desktop.catalogue.load import load
from caiso_desktop.catalogue.offer import OverlaidCatalogues
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.fake import FakeSettings
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.ui.acronym import acronym_tip
from caiso_desktop.ui.address_row import AddressRow
from caiso_desktop.ui.application_page import ApplicationPage
from caiso_desktop.ui.doubt_line import DoubtLine
from caiso_desktop.ui.environments_page import EnvironmentsPage
from caiso_desktop.ui.guide_page import GuidePage
from caiso_desktop.ui.jobs import Jobs
from caiso_desktop.ui.offer import Offer
from caiso_desktop.ui.rows_table import RowsTable


@pytest.fixture(scope="module")
def printed(resources: Path) -> Catalogue:
    return load(resources / "catalogue")


@pytest.fixture
def full(printed: Catalogue, window_jobs: Jobs, tmp_path: Path) -> Offer:
    return Offer(OverlaidCatalogues(printed, None, tmp_path / "catalogue", FakeSettings()), window_jobs)


def page_of(full: Offer, application: str, qtbot: QtBot) -> ApplicationPage:
    page = ApplicationPage(full, application)
    qtbot.addWidget(page)
    return page


def addresses(page: ApplicationPage | GuidePage) -> list[tuple[str, str]]:
    return [(row.role, row.text) for row in page.findChildren(AddressRow)]


def test_every_application_has_its_page(full: Offer, qtbot: QtBot, printed: Catalogue) -> None:
    for application in printed.applications:
        page = page_of(full, application.id, qtbot)
        assert application.purpose in page.text
        shown = {text for _, text in addresses(page)}
        for reach in application.reach.values():
            assert {address.url for address in reach.addresses} <= shown
            assert set(reach.secondary) <= shown
            assert reach.base is None or reach.base in shown
            assert not reach.ips or ", ".join(reach.ips) in shown
        ips = any(r.ips or any(a.ips for a in r.addresses) for r in application.reach.values())
        assert (printed.guide.address_warning in page.text) == ips
        for reference in application.references:
            assert reference.url in shown
        for correction in printed.corrections:
            if correction.application == application.id:
                assert correction.why in page.text
                assert correction.printed in page.text


def test_addresses_are_told_apart_and_opened_and_copied(
    full: Offer, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = page_of(full, "ads", qtbot)
    assert ("Installer", "https://mpp.caiso.com/ads_install") in addresses(page)
    assert ("Secondary", "https://ads4.caiso.com:447") in addresses(page)
    assert "only where access to DNS is restricted" in page.text
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    rows = {row.role: row for row in page.findChildren(AddressRow)}
    rows["Manual"].open()
    assert [url.toString() for url in opened] == [rows["Manual"].text]
    rows["Web services"].copy()
    assert QApplication.clipboard().text() == rows["Web services"].text
    assert rows["Secondary"].findChild(QToolButton, "openAddressButton") is None
    assert rows["Manual"].findChild(QToolButton, "openAddressButton") is not None


def test_a_row_of_the_releases_opens_a_draft_unless_it_is_not_released(full: Offer, qtbot: QtBot) -> None:
    page = page_of(full, "master-file", qtbot)
    table = page.findChild(RowsTable, "releasesTable")
    assert table is not None
    rows = [table.rows.row(number) for number in range(table.rows.rowCount())]
    assert ("RetrieveGeneratorRDT", "v4", "Winter 2017", "20180201", "GRDT 11.0") in [row[:5] for row in rows]
    asked: list[Target] = []
    page.draft_asked.connect(asked.append)
    for number, row in enumerate(rows):
        if row[0] == "RetrieveGeneratorRDT" and row[1] in ("vX", "v4"):
            table.activated.emit(table.rows.index(number, 0))
    assert [(target.version, target.minor_version) for target in asked] == [("v4", "20180201"), ("v4", "20161001")]
    assert "not released" in next(row for row in rows if row[1] == "vX")[6]


def test_what_later_sources_show_says_that_nobody_tried_it(full: Offer, qtbot: QtBot) -> None:
    ads = page_of(full, "ads", qtbot)
    assert "Public configuration notes of 2023 (not proven)" in ads.text
    assert "probably retired in production" in ads.text
    oasis = page_of(full, "oasis", qtbot)
    assert ("Web services too", "https://oasis.caiso.com/oasisapi/") in addresses(oasis)
    assert "(not proven)" in oasis.text


def test_the_gateways_page_has_the_ips_of_each_host(full: Offer, qtbot: QtBot) -> None:
    page = page_of(full, "web-services", qtbot)
    assert ("Server", "https://ws.caiso.com") in addresses(page)
    assert ("IPs of it", "12.200.60.50, 12.200.60.51, 12.231.58.50, 12.231.58.51") in addresses(page)
    table = page.findChild(RowsTable, "callersTable")
    assert table is not None
    rows = [table.rows.row(number) for number in range(table.rows.rowCount())]
    [sandbox] = [row for row in rows if row[0] == "Sandbox"]
    assert sandbox == ("Sandbox", "wssandbox.caiso.com:4445", "BSAP, SIBR")


def test_environments_say_what_they_are_for_and_never_that_they_are_available(full: Offer, qtbot: QtBot) -> None:
    page = EnvironmentsPage(full)
    qtbot.addWidget(page)
    for environment in full.catalogue.environments:
        assert environment.purpose in page.text
    assert "maintenance comes by CAISO's notice" in page.text
    assert page.text.count("nothing is printed about its hours") == 2
    assert "available" not in page.text.replace("availability", "")


def test_the_guide_has_acronyms_help_desk_and_history(full: Offer, qtbot: QtBot) -> None:
    page = GuidePage(full)
    qtbot.addWidget(page)
    guide = full.catalogue.guide
    assert guide.access in page.text
    assert ("Telephone", guide.help_desk.voice[0]) in addresses(page)
    tables = {table.objectName(): table for table in page.findChildren(RowsTable)}
    assert tables["revisionsTable"].rows.rowCount() == len(guide.revisions)
    acronyms = tables["acronymsTable"].rows
    assert acronyms.rowCount() == len(guide.acronyms)
    search = page.findChild(QLineEdit, "acronymFilter")
    assert search is not None
    search.setText("siug")
    assert [acronyms.row(n) for n in range(acronyms.rowCount())] == [("SIUG", "Systems Interface User Group")]
    assert "10.01/17" in page.text


def test_acronyms_explain_themselves_on_hover() -> None:
    tip = acronym_tip("Provisions SIBR, CMRI (XYZ).", {"SIBR": "Rules", "CMRI": "Results", "ADS": "Dispatch"})
    assert tip == "SIBR: Rules\nCMRI: Results"


@pytest.fixture
def doubts(qtbot: QtBot) -> Iterator[DoubtLine]:
    line = DoubtLine()
    qtbot.addWidget(line)
    yield line


def test_a_draft_is_told_what_is_doubtful_about_its_row(doubts: DoubtLine, printed: Catalogue) -> None:
    doubts.show_row(printed, Target("ads", "APIResponseWebService", "v7", Variant.RPC), "production")
    assert doubts.text == "Printed APIWebService/v7, used APIResponseWebService/v7"
    doubts.show_row(printed, Target("ads", "APIWebService", "v8", Variant.RPC), "production")
    assert doubts.text == "Nobody has tried it: Public configuration notes of 2023 (not proven)"
    doubts.show_row(printed, Target("ads", "APIWebService", "v6", Variant.RPC), "production")
    assert doubts.text.startswith("Probably retired, v8 follows it (CAISO deck of July 2020)")
    doubts.show_row(printed, Target("cmri", "RetrieveConformedDispatchNotice", "v1", Variant.AP), "production")
    assert doubts.text == ""
    assert doubts.isHidden()


def test_todays_trade_date_is_on_the_page(full: Offer, qtbot: QtBot) -> None:
    page = EnvironmentsPage(full)
    qtbot.addWidget(page)
    day = full.trade_date("map-stage")
    assert isinstance(day, date)
    assert f"Current trade date: {day.isoformat()}" in page.text
