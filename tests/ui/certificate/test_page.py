"""The page of certificates: what it lists and tells, and what is done from it."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from caiso_desktop.model.error import IdentityError, Way
from caiso_desktop.model.fake import FakeSettings
from caiso_desktop.model.fake_credential import FakeCredentials
from caiso_desktop.model.service import Target
from caiso_desktop.ui.certificate.page import CertificatesPage
from caiso_desktop.ui.fake import FakeFiles
from caiso_desktop.ui.rows_table import RowsTable
from caiso_desktop.ui.window import Window
from tests.ui.certificate.conftest import make, press

JANE, APP = make("Jane Doe x1234", 90), make("App x9", -3, caiso=False)
CARD = make("Jane Doe (card)", log_on=True, caiso=False)
Have: TypeAlias = Callable[..., None]
Show: TypeAlias = Callable[[], CertificatesPage]


class Damaged(IdentityError):
    ways = (Way.IMPORT,)


def rows(page: CertificatesPage, name: str) -> list[tuple[str, ...]]:
    table = page.findChild(RowsTable, name)
    return [table.rows.row(row) for row in range(table.rows.rowCount())] if table is not None else []


def test_it_lists_caisos_first_and_those_for_logging_on_apart(window: Window, have: Have, page: Show) -> None:
    have(APP, CARD, JANE)
    shown = page()
    first, second = rows(shown, "certificatesTable")
    assert first[:2] == ("Jane Doe x1234", "CAISO Issuing CA")
    assert (first[4], second[0], second[4]) == ("90", "App x9", "expired")
    [card] = rows(shown, "logOnTable")
    assert card[0] == "Jane Doe (card)"
    assert "smart card" in shown.text


def test_all_of_one_is_shown_and_its_thumbprint_copied(window: Window, have: Have, page: Show) -> None:
    have(APP, JANE)
    shown = page()
    assert shown.details is not None
    assert shown.details.identity.ref == JANE.ref
    copies = shown.details.findChildren(QToolButton, "copyRowButton")
    next(each for each in copies if JANE.ref.thumbprint in each.accessibleName()).click()
    assert QGuiApplication.clipboard().text() == JANE.ref.thumbprint
    table = shown.findChild(RowsTable, "certificatesTable")
    assert table is not None
    table.selectRow(1)
    assert shown.details.identity.ref == APP.ref
    assert "has expired" in shown.text
    assert "user access administrator" in shown.text


def test_one_that_comes_later_is_shown_when_it_is_there(qtbot: QtBot, window: Window, have: Have, page: Show) -> None:
    have(APP)
    shown = page()
    shown.show_one(JANE.ref)
    qtbot.waitUntil(lambda: not shown._soon.isActive())
    assert shown.details is not None
    assert shown.details.identity.ref == APP.ref
    have(APP, JANE)
    qtbot.waitUntil(lambda: shown.details is not None and shown.details.identity.ref == JANE.ref)


def test_it_is_reached_by_menu_chip_and_keyboard(window: Window, have: Have) -> None:
    action = window.findChild(QAction, "showCertificates")
    assert action is not None
    assert [keys.toString() for keys in action.shortcuts()] == ["Ctrl+Shift+K"]
    action.trigger()
    page = window.findChild(CertificatesPage)
    assert page is not None
    window.drafts.close_current()
    menu = window.certificate.menu()
    menu.aboutToShow.emit()
    next(each for each in menu.actions() if each.text() == "All certificates…").trigger()
    assert window.drafts.tabs.currentWidget().objectName() == "certificatesPage"


def test_without_any_it_says_what_to_do(qtbot: QtBot, window: Window, page: Show) -> None:
    shown = page()
    qtbot.waitUntil(lambda: "There is no certificate yet" in shown.text)
    assert "user access administrator" in shown.text
    focus = window.focusWidget()
    assert isinstance(focus, QPushButton)
    assert focus.objectName() == "importCertificate"


def test_what_cannot_be_read_is_told_with_a_way_on(
    qtbot: QtBot, window: Window, credentials: FakeCredentials, have: Have, page: Show
) -> None:
    credentials.cabinet.troubles = [Damaged("the vault's file AB.pem is damaged.")]
    have(JANE)
    shown = page()
    assert "The vault's file AB.pem is damaged." in shown.text
    assert rows(shown, "certificatesTable")
    credentials.cabinet.troubles = []
    press(shown, "readAgain")
    qtbot.waitUntil(lambda: "damaged" not in shown.text)
    assert not [each for each in shown.findChildren(QPushButton) if each.objectName() == "importInstead"]


def test_it_is_used_in_an_environment_and_drafts_keep_what_they_have(
    qtbot: QtBot, window: Window, have: Have, page: Show, retrieve: Target
) -> None:
    have(APP, JANE)
    environment = window._ports.catalogue.environment("map-stage")
    first, second = (window.opening.panel(environment, retrieve) for _ in range(2))
    first.desk.set_identity(APP.ref, APP.certificate)
    shown = page()
    use = shown.findChild(QPushButton, "useCertificate")
    assert use is not None
    next(each for each in use.menu().actions() if each.text() == "MAP Stage").trigger()
    assert first.desk.identity == APP.ref
    assert second.desk.identity == JANE.ref
    qtbot.waitUntil(lambda: "Chosen for" in shown.text and "MAP Stage" in shown.text)
    assert window._ports.identities.choice("map-stage") is JANE


def test_deleting_is_one_decision_that_says_what_and_who(
    qtbot: QtBot, window: Window, have: Have, page: Show, retrieve: Target
) -> None:
    have(APP, JANE)
    window._ports.identities.remember("map-stage", JANE)
    panel = window.opening.panel(window._ports.catalogue.environment("map-stage"), retrieve)
    panel.desk.set_identity(JANE.ref, JANE.certificate)
    shown = page()
    press(shown, "removeCertificate")
    qtbot.waitUntil(lambda: shown.details is not None and shown.details.question is not None)
    for words in ("Delete Jane Doe x1234", "its file in the fake", "cannot be undone", "MAP Stage", "One open draft"):
        assert words in shown.text
    press(shown, "keepCertificate")
    assert len(rows(shown, "certificatesTable")) == 2
    press(shown, "removeCertificate")
    qtbot.waitUntil(lambda: shown.details is not None and shown.details.question is not None)
    press(shown, "deleteForGood")
    qtbot.waitUntil(lambda: len(rows(shown, "certificatesTable")) == 1)
    # The draft keeps its certificate, and says before it is sent that it is not there.
    qtbot.waitUntil(lambda: "not here now" in panel.bar.certificate_said)
    assert panel.desk.identity == JANE.ref
    qtbot.waitUntil(lambda: "A certificate is missing in MAP Stage" in shown.text)
    assert window._ports.identities.choice("map-stage") is None


def test_what_others_keep_is_not_deleted_from_here(qtbot: QtBot, window: Window, have: Have, page: Show) -> None:
    have(make("Jane Doe x1234", store="windows"))
    shown = page()
    press(shown, "removeCertificate")
    qtbot.waitUntil(lambda: "Delete it where it is kept." in shown.text)
    assert not [each for each in shown.findChildren(QPushButton) if each.objectName() == "deleteForGood"]


def test_trouble_with_a_key_is_told_where_its_certificate_is(
    qtbot: QtBot, window: Window, have: Have, page: Show
) -> None:
    have(JANE)

    class Locked(IdentityError):
        title = "The keystore of this computer cannot be used"
        ways = (Way.AGAIN, Way.OTHER_PLACE)

    window.certificates.shelf.note_trouble(JANE.ref, Locked("the system keyring is locked.", advice="Unlock it."))
    shown = page()
    assert "The system keyring is locked." in shown.text
    assert {"tryAgain", "importElsewhere"} <= {each.objectName() for each in shown.findChildren(QPushButton)}
    window.certificates.shelf.note_trouble(JANE.ref, None)
    qtbot.waitUntil(lambda: "locked" not in shown.text)


def test_the_module_of_a_card_is_chosen_where_it_is_missed(
    qtbot: QtBot,
    window: Window,
    credentials: FakeCredentials,
    have: Have,
    page: Show,
    files: FakeFiles,
    settings: FakeSettings,
) -> None:
    class Module(IdentityError):
        ways = (Way.MODULE,)

    credentials.cabinet.troubles = [Module("the PKCS#11 module gone.so does not work.")]
    have(JANE)
    shown = page()
    press(shown, "chooseModule")
    assert settings.get("pkcs11.module") is None
    files.library = Path("/opt/maker/card.so")
    press(shown, "chooseModule")
    assert settings.get("pkcs11.module") == str(files.library)
    assert "read by card.so from the next start on" in window.certificates.strip.text
