"""The page of schema packages: imported by dialog or drop, fetched, matched by hand, replaced, removed, stopped."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from caiso_desktop.model.error import HostNotApproved
from caiso_desktop.model.fake import FakeIdentities, fake_identity
from caiso_desktop.model.fake_package import FakeCollector
from caiso_desktop.model.package import Fetch, Owner
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.model.workshop import Workshop
from caiso_desktop.ui.elided_label import ElidedLabel
from caiso_desktop.ui.fake import FakeFiles
from caiso_desktop.ui.package.fetch_dialog import FetchDialog
from caiso_desktop.ui.package.match_dialog import MatchDialog
from caiso_desktop.ui.package.page import SchemasPage
from caiso_desktop.ui.window import Window
from tests.package_maker import lay, retrieve, zipped

CLEAN = Target("sibr", "RetrieveCleanBidSet", "v4", Variant.AP)


class Shelf:
    """The page, and what a person does with it."""

    def __init__(self, qtbot: QtBot, window: Window, workshop: Workshop, files: FakeFiles, folder: Path) -> None:
        self.qtbot = qtbot
        self.window = window
        self.workshop = workshop
        self.files = files
        self.folder = folder

    @property
    def page(self) -> SchemasPage:
        page = self.window.drafts.page("schemasPage")
        assert isinstance(page, SchemasPage)
        return page

    def open(self) -> None:
        action = self.window.findChild(QAction, "showSchemas")
        assert isinstance(action, QAction)
        action.trigger()
        self.until(lambda: self.window.packages.work.stock is not None)
        self.until_says("")

    def press(self, name: str) -> None:
        button = self.page.findChild(QPushButton, name)
        assert isinstance(button, QPushButton), name
        assert button.isEnabled()
        button.click()

    def until(self, ready: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(ready)

    def until_says(self, words: str) -> None:
        """Wait until nothing is going on, and the page says this."""
        self.until(lambda: not self.window.packages.work.doing and words in self.page.text)

    def package(self, name: str = "SIBR.zip", **files: str) -> Path:
        return zipped(self.folder / name, retrieve("CleanBidSet", "v4", action="urn:given") | files)

    def take(self, source: Path, says: str = "Imported") -> None:
        self.files.package = source
        self.press("importPackage")
        self.until_says(says)


def odd_files() -> dict[str, str]:
    """A package whose operation no rule leads to."""
    files = retrieve("CleanBidSet", "v4")
    return {name.replace("Clean", "Odd"): text.replace("Clean", "Odd") for name, text in files.items()}


@pytest.fixture
def shelf(qtbot: QtBot, window: Window, workshop: Workshop, files: FakeFiles, tmp_path: Path) -> Shelf:
    shelf = Shelf(qtbot, window, workshop, files, tmp_path)
    shelf.open()
    return shelf


def drop(widget: QWidget, *paths: Path) -> bool:
    """Drag files over a widget and let go; whether it took them."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    button, modifier = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPointF(5, 5).toPoint(), Qt.DropAction.CopyAction, data, button, modifier)
    enter.ignore()
    widget.dragEnterEvent(enter)
    if enter.isAccepted():
        widget.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, button, modifier))
    return enter.isAccepted()


def test_an_empty_shelf_says_what_to_do(shelf: Shelf) -> None:
    assert "No schema package yet" in shelf.page.text
    assert shelf.page.details is None


def test_an_import_shows_what_matched_what_is_new_and_what_is_not_readable(shelf: Shelf) -> None:
    odd = {
        name.replace("Clean", "Odd"): text.replace("Clean", "Odd")
        for name, text in retrieve("CleanBidSet", "v4").items()
    }
    shelf.take(shelf.package(**odd, **{"bad.xsd": "<a>\n<b></a>"}))
    assert shelf.files.asked == ["package"]
    assert "1 operation matched; schemas of 1 row more; 1 new; 7 files; 1 thing not readable." in shelf.page.text
    table, details = shelf.page.table, shelf.page.details
    assert table is not None
    assert details is not None
    assert table.rows.row(0)[0] == "SIBR"
    assert table.rows.row(0)[3:6] == ("1", "1", "1")
    assert [details.operations.rows.row(n)[0] for n in range(3)] == [
        "retrieveOddBidSet_v4",
        "retrieveCleanBidSet_v4",
        "– no WSDL",
    ]
    assert "bad.xsd 2 it is not well-formed XML" in shelf.page.text.replace("\n", " ")
    shelf.press("hidePackageNews")
    shelf.until(lambda: "Imported: SIBR" not in shelf.page.text)


def test_a_second_of_the_same_name_is_replaced_only_with_a_yes(shelf: Shelf) -> None:
    shelf.take(shelf.package())
    shelf.take(shelf.package(), "There is such a package already")
    shelf.press("packageRemedy")
    shelf.until_says("Imported: SIBR")
    stock = shelf.window.packages.work.stock
    assert stock is not None
    assert len(stock) == 1


def test_another_file_takes_the_place_of_a_package(shelf: Shelf) -> None:
    shelf.take(shelf.package())
    shelf.press("hidePackageNews")
    shelf.until(lambda: "Imported:" not in shelf.page.text)
    shelf.files.package = shelf.package("SIBR Spring 2027.zip")
    shelf.press("replacePackage")
    shelf.until_says("Imported: SIBR")
    assert "SIBR Spring 2027.zip" in shelf.page.text
    assert shelf.page.table is not None
    assert shelf.page.table.rows.rowCount() == 1


def owner_box(shelf: Shelf) -> QComboBox:
    box = shelf.page.findChild(QComboBox, "packageOwner")
    assert isinstance(box, QComboBox)
    return box


def folder_words(shelf: Shelf) -> str:
    label = shelf.page.findChild(ElidedLabel, "packageFolder")
    assert isinstance(label, ElidedLabel)
    return label.words


def pick(box: QComboBox, owner: Owner) -> None:
    """Choose as the keyboard does."""
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down if box.findData(owner) > box.currentIndex() else Qt.Key.Key_Up)
    assert box.currentData() == owner


def test_a_package_is_imported_for_everybody_where_the_company_s_folder_may_be_written_to(shelf: Shelf) -> None:
    box = owner_box(shelf)
    assert box.currentData() == Owner.USER
    assert folder_words(shelf) == str(shelf.folder / "packages")
    pick(box, Owner.COMPANY)
    assert folder_words(shelf) == str(shelf.folder / "company" / "packages")
    shelf.take(shelf.package())
    assert "For everybody in the company." in shelf.page.text
    (stock,) = shelf.workshop.packages.stock()
    assert stock.package.owner is Owner.COMPANY
    assert stock.package.folder.is_relative_to(shelf.folder / "company" / "packages")
    assert shelf.page.table is not None
    assert shelf.page.table.rows.row(0)[1] == "by the company"
    pick(owner_box(shelf), Owner.USER)
    shelf.take(shelf.package("B.zip"), "Imported: B")
    assert [each.package.owner for each in shelf.workshop.packages.stock()] == [Owner.USER, Owner.COMPANY]


def test_a_folder_of_the_company_that_may_not_be_written_to_is_not_offered(
    qtbot: QtBot, window: Window, workshop: Workshop, files: FakeFiles, tmp_path: Path
) -> None:
    (tmp_path / "company").write_text("no folder", "utf-8")
    shelf = Shelf(qtbot, window, workshop, files, tmp_path)
    shelf.open()
    box = owner_box(shelf)
    assert f"Not into the company's folder: {tmp_path / 'company'} is not a folder." in shelf.page.text
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert box.currentData() == Owner.USER
    shelf.take(shelf.package())
    assert shelf.workshop.packages.stock()[0].package.owner is Owner.USER


def test_a_bad_package_is_told_and_nothing_is_there(shelf: Shelf) -> None:
    shelf.take(zipped(shelf.folder / "bad.zip", {"../out.xsd": "<a/>"}), "leads out of the package")
    assert "Nothing was changed" in shelf.page.text
    assert "No schema package yet" in shelf.page.text


def test_a_zip_is_dropped_anywhere_a_folder_on_the_page(shelf: Shelf) -> None:
    folder = lay(shelf.folder / "Loose files", retrieve("CleanBidSet", "v4"))
    other = shelf.folder / "notes.txt"
    other.write_text("x", "utf-8")
    assert not drop(shelf.window, other)
    assert not drop(shelf.window, folder), "a folder may be anything"
    assert not drop(shelf.window, shelf.package(), shelf.package("B.zip")), "one at a time"
    assert drop(shelf.window, shelf.package())
    shelf.until_says("Imported: SIBR")
    assert drop(shelf.page, folder)
    shelf.until_says("Imported: Loose files")


def test_an_operation_is_matched_by_hand_and_back_by_keyboard(shelf: Shelf) -> None:
    odd = {
        name.replace("Clean", "Odd"): text.replace("Clean", "Odd")
        for name, text in retrieve("CleanBidSet", "v4").items()
    }
    shelf.take(zipped(shelf.folder / "Odd.zip", odd))
    details = shelf.page.details
    assert details is not None
    assert not details.unmatch.isEnabled()
    details.operations.setFocus()
    QTest.keyClick(details.operations, Qt.Key.Key_Return)
    dialog = shelf.window.findChild(MatchDialog)
    assert dialog is not None
    assert not dialog.verb.isEnabled()
    dialog.row.service.setEditText("sibr retrievecleanbidset")
    dialog.row.version.setCurrentIndex(dialog.row.version.findData("v4"))
    dialog.row.variant.setCurrentIndex(dialog.row.variant.findData(Variant.AP))
    assert "Calls of sibr/RetrieveCleanBidSet v4 AP will go by" in dialog.said
    dialog.verb.click()
    shelf.until_says("Matched: Odd")
    assert shelf.workshop.packages.stock()[0].matched[0].by_hand
    details = shelf.page.details
    assert details is not None
    details.unmatch.click()
    shelf.until_says("Taken back: Odd")
    assert shelf.workshop.packages.stock()[0].new


def test_a_package_is_removed_after_a_question(shelf: Shelf) -> None:
    shelf.take(shelf.package())
    shelf.press("removePackage")
    shelf.until_says("Remove SIBR?")
    shelf.press("removePackageNo")
    shelf.until(lambda: "Remove SIBR?" not in shelf.page.text)
    shelf.press("removePackage")
    shelf.until_says("Remove SIBR?")
    shelf.press("removePackageYes")
    shelf.until_says("SIBR was removed.")
    assert "No schema package yet" in shelf.page.text


def test_a_fetch_names_address_and_certificate_first(
    shelf: Shelf, retrieve: Target, identities: FakeIdentities
) -> None:
    collector = shelf.workshop.collector
    assert isinstance(collector, FakeCollector)
    collector.source = shelf.package("Fetched.zip")
    jane = fake_identity("Jane Doe x1234")
    identities.by_environment["map-stage"] = [jane]
    shelf.press("fetchPackage")
    dialog = shelf.window.findChild(FetchDialog)
    assert dialog is not None
    assert dialog.said == "Choose a service."
    dialog.row.choose(retrieve)
    assert "The simulator shows no WSDL" in dialog.said
    dialog.environment.setCurrentIndex(dialog.environment.findData("production"))
    shelf.until(lambda: "Choose a certificate for this environment" in dialog.said)
    assert not dialog.verb.isEnabled()
    dialog.environment.setCurrentIndex(dialog.environment.findData("map-stage"))
    shelf.until(lambda: dialog.verb.isEnabled())
    assert "map-stage.example/sst/sibr/RetrieveCleanBidSet_SIBRv4_DocAttach_AP?WSDL is asked for" in dialog.said
    assert "CN=Jane Doe x1234" in dialog.certificate.text()
    dialog.verb.click()
    shelf.until_says("Fetched: Fetched")
    assert collector.asked == [Fetch(retrieve, "map-stage", jane.ref)]


def test_a_host_nobody_has_approved_is_approved_by_name(shelf: Shelf, retrieve: Target) -> None:
    collector = shelf.workshop.collector
    assert isinstance(collector, FakeCollector)
    collector.source = shelf.package("Fetched.zip")
    collector.failure = HostNotApproved("host.example", "ABCD", "Jane")
    shelf.window.packages.work.fetch(Fetch(retrieve, "map-stage", None))
    shelf.until_says("does not belong to CAISO's domains")
    shelf.press("packageRemedy")
    shelf.until_says("Fetched: Fetched")
    assert len(collector.asked) == 2


def test_what_goes_on_is_told_and_can_be_stopped(shelf: Shelf, retrieve: Target) -> None:
    collector = shelf.workshop.collector
    assert isinstance(collector, FakeCollector)
    collector.go.clear()
    shelf.window.packages.work.fetch(Fetch(retrieve, "map-stage", None))
    shelf.until(lambda: "Fetching" in shelf.page.text)
    take = shelf.page.findChild(QPushButton, "importPackage")
    assert take is not None
    assert not take.isEnabled()
    shelf.press("stopPackage")
    shelf.until_says("Nothing was changed.")
