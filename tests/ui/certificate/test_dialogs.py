"""Importing and testing a certificate, as the user meets them."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import Cancelled, HostNotApproved, IdentityError, Way
from caiso_desktop.model.fake_credential import FakeCredentials
from caiso_desktop.model.fake_safety import FakeSafety
from caiso_desktop.model.identity import Identity
from caiso_desktop.model.service import Target
from caiso_desktop.ui.certificate.import_dialog import ImportDialog
from caiso_desktop.ui.certificate.trial_dialog import TrialDialog
from caiso_desktop.ui.fake import FakeFiles
from caiso_desktop.ui.rows_table import RowsTable
from caiso_desktop.ui.window import Window
from tests.ui.certificate.conftest import make

JANE = make("Jane Doe x1234", 90)
Have = Callable[..., None]


def importing(qtbot: QtBot, window: Window) -> ImportDialog:
    [dialog] = window.findChildren(ImportDialog)
    qtbot.waitUntil(lambda: dialog.place.count() == 2)
    return dialog


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "jane.p12"
    path.write_text("Jane Doe x77:s3cret")
    return path


def go_to(window: Window, environment: str) -> None:
    selector = window.bar.selector
    selector.setCurrentIndex(selector.findData(environment))
    selector.activated.emit(selector.currentIndex())


def test_the_password_is_asked_only_where_there_is_one_and_again_when_wrong(
    qtbot: QtBot, window: Window, files: FakeFiles, credentials: FakeCredentials, file: Path, have: Have
) -> None:
    have(JANE)
    go_to(window, "map-stage")
    files.imported = [file]
    window.certificates.import_files()
    dialog = importing(qtbot, window)
    assert not dialog.verb.isEnabled()
    dialog.browse.click()
    assert dialog.password.isHidden()
    dialog.verb.click()
    qtbot.waitUntil(lambda: not dialog.password.isHidden())
    assert not dialog.verb.isEnabled()
    QTest.keyClicks(dialog.password, "wrong")
    QTest.keyClick(dialog.password, Qt.Key.Key_Return)
    assert dialog.password.text() == ""
    qtbot.waitUntil(lambda: "does not open" in dialog.said)
    QTest.keyClicks(dialog.password, "s3cret")
    QTest.keyClick(dialog.password, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Jane Doe x77 is in: This program's vault." in dialog.said)
    assert credentials.cabinet.imported == [("vault", "s3cret")]
    # Offered, not taken.
    assert dialog.verb.text() == "Use it in MAP Stage"
    qtbot.waitUntil(lambda: len(window.certificates.shelf.entries) == 2)
    assert window.desk.identity == JANE.ref
    dialog.verb.click()
    qtbot.waitUntil(lambda: window.certificate.text().startswith("Jane Doe x77"))


def test_a_file_without_a_password_is_taken_at_once(
    qtbot: QtBot, window: Window, credentials: FakeCredentials, tmp_path: Path
) -> None:
    (tmp_path / "jane.pem").write_text("Jane Doe x78")
    window.certificates.import_files([tmp_path / "jane.pem"])
    dialog = importing(qtbot, window)
    dialog.verb.click()
    qtbot.waitUntil(lambda: "Jane Doe x78 is in" in dialog.said)
    assert dialog.password.isHidden()
    assert "choose another environment" in dialog.said
    assert not dialog.verb.isEnabled()


def test_what_cannot_be_imported_is_told_and_another_place_offered(
    qtbot: QtBot, window: Window, credentials: FakeCredentials, tmp_path: Path
) -> None:
    (tmp_path / "jane.pem").write_text("Jane Doe x79")
    window.certificates.import_files([tmp_path / "gone.p12"])
    dialog = importing(qtbot, window)
    dialog.verb.click()
    qtbot.waitUntil(lambda: "cannot be read" in dialog.said)

    class Absent(IdentityError):
        ways = (Way.OTHER_PLACE,)

    credentials.cabinet.failure = Absent("there is no keyring.")
    dialog.take([tmp_path / "jane.pem"])
    dialog.verb.click()
    qtbot.waitUntil(lambda: "there is no keyring." in dialog.said)
    assert dialog.place.currentData() == "vault-with-passphrase"
    credentials.cabinet.failure = None
    dialog.verb.click()
    qtbot.waitUntil(lambda: "Jane Doe x79 is in" in dialog.said)
    assert credentials.cabinet.imported == [("vault-with-passphrase", None)]


def test_certificate_files_are_dropped_on_the_window_and_others_are_not(
    qtbot: QtBot, window: Window, retrieve: Target, file: Path, tmp_path: Path
) -> None:
    panel = window.open_draft(retrieve)
    qtbot.waitUntil(lambda: bool(panel.desk.draft.text))

    def drag(paths: list[Path]) -> QMimeData:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        return data

    both = Qt.DropAction.CopyAction
    for path, wanted in ((tmp_path / "notes.txt", False), (file, True)):
        data = drag([path])
        enter = QDragEnterEvent(QPoint(300, 300), both, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
        enter.ignore()
        QApplication.sendEvent(window, enter)
        assert enter.isAccepted() is wanted
    data = drag([file])
    assert not panel.payload.editor.canInsertFromMimeData(data)
    drop = QDropEvent(QPoint(300, 300), both, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(window, drop)
    dialog = importing(qtbot, window)
    assert dialog.verb.isEnabled()
    dialog.close()


def trying(qtbot: QtBot, window: Window, have: Have) -> TrialDialog:
    have(JANE)
    window.certificates.test(JANE)
    [dialog] = window.findChildren(TrialDialog)
    qtbot.waitUntil(dialog.verb.isEnabled)
    return dialog


def stages(dialog: TrialDialog) -> list[tuple[str, ...]]:
    table = dialog.findChild(RowsTable, "trialStages")
    assert table is not None
    return [table.rows.row(row) for row in range(table.rows.rowCount())]


def test_a_test_tells_each_stage_with_its_time(
    qtbot: QtBot, window: Window, have: Have, credentials: FakeCredentials
) -> None:
    dialog = trying(qtbot, window, have)
    assert "new here" in dialog.said
    assert "MAP Stage" in dialog.said
    dialog.verb.click()
    qtbot.waitUntil(lambda: "was accepted" in dialog.said)
    assert stages(dialog)[0] == ("Key signs", "The key signs.", "12 ms")
    assert credentials.trial.runs == [(JANE.ref, "map-stage", "sibr")]
    credentials.trial.accepts = False
    dialog.verb.click()
    qtbot.waitUntil(lambda: "was not accepted" in dialog.said)


def test_a_test_is_stopped(qtbot: QtBot, window: Window, have: Have, credentials: FakeCredentials) -> None:
    dialog = trying(qtbot, window, have)

    def hold(token: CancelToken) -> None:
        woken = threading.Event()
        token.on_cancel(woken.set)
        woken.wait(10)
        raise Cancelled

    credentials.trial.hold = hold
    dialog.verb.click()
    qtbot.waitUntil(lambda: stages(dialog)[0][1] == "The key signs.")
    assert dialog.verb.text() == "Stop"
    dialog.verb.click()
    qtbot.waitUntil(lambda: dialog.said.startswith("Stopped"))
    assert dialog.verb.text() == "Test"


def test_a_host_nobody_has_approved_is_approved_by_name(
    qtbot: QtBot, window: Window, have: Have, credentials: FakeCredentials, safety: FakeSafety
) -> None:
    dialog = trying(qtbot, window, have)
    credentials.trial.failure = HostNotApproved("elsewhere.example", JANE.ref.thumbprint, "Jane Doe x1234")
    dialog.verb.click()
    qtbot.waitUntil(lambda: dialog.verb.text() == "Approve elsewhere.example and test")
    credentials.trial.failure = None
    dialog.verb.click()
    qtbot.waitUntil(lambda: "was accepted" in dialog.said)
    assert window._ports.safety.known_hosts.approved("elsewhere.example", JANE.ref.thumbprint)


def test_a_key_that_does_not_sign_is_remembered_on_the_page(
    qtbot: QtBot, window: Window, have: Have, credentials: FakeCredentials
) -> None:
    dialog = trying(qtbot, window, have)
    credentials.trial.failure = IdentityError("the keyring is locked.")
    dialog.verb.click()
    qtbot.waitUntil(lambda: "is locked" in dialog.said)
    assert JANE.ref in window.certificates.shelf.troubles
    credentials.trial.failure = None
    dialog.verb.click()
    qtbot.waitUntil(lambda: "was accepted" in dialog.said)
    assert not window.certificates.shelf.troubles


def test_an_import_that_is_left_ends_out_of_sight(
    qtbot: QtBot, window: Window, credentials: FakeCredentials, tmp_path: Path
) -> None:
    (tmp_path / "jane.pem").write_text("Jane Doe x80")
    go = threading.Event()
    take_in = credentials.cabinet.import_files

    def slowly(files: Sequence[bytes], password: str | None, place: str) -> Identity:
        go.wait(10)
        return take_in(files, password, place)

    credentials.cabinet.import_files = slowly  # type: ignore[method-assign]
    window.certificates.import_files([tmp_path / "jane.pem"])
    dialog = importing(qtbot, window)
    dialog.verb.click()
    dialog.reject()
    assert not dialog.isVisible()
    go.set()
    qtbot.waitUntil(lambda: len(window.certificates.shelf.entries) == 1)
    qtbot.waitUntil(lambda: not window.findChildren(ImportDialog))
