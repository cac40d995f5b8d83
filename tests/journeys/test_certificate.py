"""A person's certificates, from the file to the call and to the bin: real window, vault, keyring and simulator."""

import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from caiso_desktop.assembly.house import House
from caiso_desktop.assembly.place import Places
from caiso_desktop.keystore.system import PKCS11_SETTING
from caiso_desktop.model.answer import Outcome
from caiso_desktop.model.error import IdentityError
from caiso_desktop.model.identity import IdentityRef
from caiso_desktop.model.service import Variant
from caiso_desktop.model.transport_error import ClientCertificateExpired, ClientCertificateRefused
from caiso_desktop.simulator.authority import ClientIdentity
from caiso_desktop.store.setting import FileSettings
from caiso_desktop.ui.certificate.asking import WindowAsking
from caiso_desktop.ui.certificate.import_dialog import ImportDialog
from caiso_desktop.ui.certificate.page import CertificatesPage
from caiso_desktop.ui.certificate.passphrase_dialog import PassphraseDialog
from caiso_desktop.ui.certificate.trial_dialog import TrialDialog
from caiso_desktop.ui.draft_panel import DraftPanel
from tests.journeys.conftest import Desk
from tests.keystore.conftest import KEYS, issue, session_bus
from tests.keystore.soft_token import MODULE, soft_token

__all__ = ["session_bus"]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is Linux's")

W = TypeVar("W", bound=QWidget)
PASSWORD = "Größe <73> of a file ✓"  # of a file of this run


class Office(Desk):
    """Somebody whose certificates are in a vault, before a window in MAP Stage."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.folder = folder
        asking = WindowAsking()
        house = House(Places(data=folder / "data", config=folder / "config"), asking=asking)
        # MAP Stage is the simulator: its hosts, and its authority alone.
        house.road.authorities.add("map-stage", house.simulator.trust().authorities)
        house.road.authorities.pin("map-stage", exactly=True)
        file = house.catalogues.save_address("map-stage", "sibr", house.simulator.bases["sibr"])
        house.catalogues.adopt(house.catalogues.read(agreeing=file))
        super().__init__(qtbot, house, folder, asking)
        self.go_to("map-stage")

    def go_to(self, environment: str) -> None:
        selector = self.window.bar.selector
        selector.setCurrentIndex(selector.findData(environment))
        selector.activated.emit(selector.currentIndex())

    def issue(self, name: str, file: str, *, password: str = PASSWORD, days: float = 400) -> Path:
        """A certificate that the simulator issued, as a file."""
        now = datetime.now(UTC)
        made = self.simulator.issue(name, not_before=now - timedelta(days=900), not_after=now + timedelta(days=days))
        return save(made, self.folder / file, password)

    def take(self, name: str, days: float = 400) -> IdentityRef:
        """A certificate that lies in the vault already."""
        path = self.issue(name, f"{name}.p12", days=days)
        return self.house.cabinet.import_files([path.read_bytes()], PASSWORD, "vault").ref

    def look(self) -> None:
        """Look into the stores again, and wait."""
        self.window.certificates.read()
        self.until(lambda: not self.window.certificates.shelf.reading)

    @property
    def page(self) -> CertificatesPage:
        if self.window.drafts.page("certificatesPage") is None:
            self.window.certificates.show_page()
        return self.one(CertificatesPage)

    def one(self, kind: type[W]) -> W:
        """The window's widget of a kind that is to be seen, as soon as there is one."""
        found: list[W] = []

        def seen() -> bool:
            found[:] = [each for each in self.window.findChildren(kind) if each.isVisible()]
            return len(found) == 1

        self.until(seen)
        return found[0]

    def press(self, name: str, within: QWidget | None = None) -> None:
        """Press a button as soon as it is there."""
        found: list[QPushButton] = []

        def there() -> bool:
            every = (within or self.window).findChildren(QPushButton)
            found[:] = [each for each in every if each.objectName().startswith(name) and each.isVisible()]
            return bool(found) and found[-1].isEnabled()

        self.until(there)
        found[-1].click()

    def leave_card(self) -> None:
        """Let go of the card before it is taken out."""
        self.house.close()

    def bids(self) -> DraftPanel:
        return self.draft("RetrieveCleanBidSet", "v4", Variant.DOCATTACH)

    def leave(self) -> None:
        """Close the window and put everything away; what was open is not there the next time."""
        while self.window.drafts.tabs.count():
            self.window.drafts.close_current()
        self.close()
        self.house.close()


def save(made: ClientIdentity, path: Path, password: str) -> Path:
    key = serialization.load_pem_private_key(made.key, None)
    assert isinstance(key, rsa.RSAPrivateKey)
    certificate, *chain = x509.load_pem_x509_certificates(made.certificate)
    protection = serialization.BestAvailableEncryption(password.encode())
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"x", key, certificate, chain, protection))
    return path


@pytest.fixture
def open_office(qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[[], Office]]:
    """Opens the window; a second time as its user finds it at the next start."""
    offices: list[Office] = []

    def open_() -> Office:
        if offices:
            offices.pop().leave()
        offices.append(Office(qtbot, tmp_path))
        return offices[0]

    yield open_
    for office in offices:
        office.leave()


def gone(dialog: PassphraseDialog) -> bool:
    return not isValid(dialog)


def outcome(panel: DraftPanel) -> Outcome:
    exchange = panel.desk.exchange
    assert exchange is not None
    assert exchange.answer is not None, exchange.failure
    return exchange.answer.outcome


def test_from_a_file_to_a_call_and_to_the_bin(
    session_bus: Callable[..., None], open_office: Callable[[], Office]
) -> None:
    session_bus()
    office = open_office()
    vault = office.folder / "data" / "vault"
    office.files.imported = [office.issue("Jane Doe x77", "jane.p12")]
    office.press("importCertificate", office.page)
    dialog = office.one(ImportDialog)
    office.press("importBrowse", dialog)
    office.press("importDialogDo", dialog)
    office.until(lambda: dialog.password.isVisible())
    QTest.keyClicks(dialog.password, "wrong")
    QTest.keyClick(dialog.password, Qt.Key.Key_Return)
    office.until(lambda: "does not open with this password" in dialog.said)
    assert not vault.exists()
    dialog.password.setText(PASSWORD)  # as pasted: no keyboard of this run has all of its letters
    QTest.keyClick(dialog.password, Qt.Key.Key_Return)
    office.until(lambda: "Jane Doe x77 is in: This program's vault." in dialog.said)
    assert dialog.verb.text() == "Use it in MAP Stage"
    dialog.verb.click()
    office.until(lambda: office.window.certificate.text().startswith("Jane Doe x77"))
    office.until(lambda: "Jane Doe x77" in office.page.text)

    panel = office.bids()
    assert "has not been used in MAP Stage" in panel.bar.certificate_said
    office.send(panel)
    assert outcome(panel) is Outcome.SUCCESS
    assert "new here" not in panel.bar.certificate_said
    assert office.simulator.requests[-1].path.startswith("/sst/sibr/")

    office.window.certificates.show_page()
    office.press("testCertificate", office.page)
    trial = office.one(TrialDialog)
    office.until(trial.verb.isEnabled)
    assert trial.door.currentText() == "SIBR"  # that of the draft last in front
    trial.verb.click()
    office.until(lambda: not trial.under_way)
    assert "was accepted" in trial.said
    trial.close()

    office.window.certificates.show_page()
    office.press("removeCertificate", office.page)
    office.until(lambda: "its passphrase in the system keyring" in office.page.text)
    for words in ("cannot be undone", "chosen for MAP Stage", "One open draft uses it"):
        assert words in office.page.text
    office.press("deleteForGood", office.page)
    office.until(lambda: "There is no certificate yet" in office.page.text)
    assert list(vault.iterdir()) == []
    office.until(lambda: "not here now" in panel.bar.certificate_said)
    office.send(panel)
    assert "is not in the vault" in panel.answer.summary.text


def test_without_a_keyring_a_passphrase_of_ones_own_is_asked_for_once_a_session(
    session_bus: Callable[..., None], open_office: Callable[[], Office]
) -> None:
    session_bus(keyring=False)
    office = open_office()
    office.window.certificates.import_files([office.issue("Jane Doe x77", "jane.p12")])
    dialog = office.one(ImportDialog)
    office.press("importDialogDo", dialog)
    for _ in range(2):  # the second time into the other place
        office.until(lambda: dialog.password.isVisible() and dialog.verb.text() == "Import")
        dialog.password.setText(PASSWORD)
        dialog.verb.click()
        office.until(lambda: dialog.password.text() == "" and dialog.said != "Importing…")
        if dialog.place.currentData() == "vault-with-passphrase":
            break
    assert "no system keyring in this session" in dialog.said
    assert dialog.place.currentData() == "vault-with-passphrase"
    dialog.password.setText(PASSWORD)
    dialog.verb.click()
    question = office.one(PassphraseDialog)
    for field in (question.field, question.twin):
        QTest.keyClicks(field, "correct horse")
    question.go.click()
    office.until(lambda: "Jane Doe x77 is in" in dialog.said)
    dialog.verb.click()

    office = open_office()
    panel = office.bids()
    office.until(lambda: panel.desk.identity is not None)
    panel.bar.send.click()
    question = office.one(PassphraseDialog)
    assert "Jane Doe x77" in question.accessibleName()
    question.reject()
    office.until(lambda: not panel.call.under_way)
    assert "was not given" in panel.answer.summary.text
    office.press("showCertificatesButton", panel)
    office.until(lambda: "was not given" in office.page.text)

    office.window.drafts.tabs.setCurrentWidget(panel)
    panel.bar.send.click()
    for typed in ("battery staple", "correct horse"):
        question = office.one(PassphraseDialog)
        QTest.keyClicks(question.field, typed)
        QTest.keyClick(question.field, Qt.Key.Key_Return)
        office.until(partial(gone, question))
    office.until(lambda: not panel.call.under_way)
    for _ in range(2):  # signed; only the simulator of this start does not know the authority of the last one
        assert panel.desk.exchange is not None
        assert isinstance(panel.desk.exchange.failure, ClientCertificateRefused)
        office.send(panel)  # nobody is asked again
    office.window.certificates.show_page()
    office.until(lambda: "was not given" not in office.page.text)


def test_a_call_that_is_cancelled_takes_its_question_back(
    session_bus: Callable[..., None], open_office: Callable[[], Office]
) -> None:
    session_bus(keyring=False)
    office = open_office()
    office.window.certificates.import_files([office.issue("Jane Doe x77", "jane.p12")])
    dialog = office.one(ImportDialog)
    dialog.prefer("vault-with-passphrase")
    office.press("importDialogDo", dialog)
    office.until(lambda: dialog.password.isVisible())
    dialog.password.setText(PASSWORD)
    dialog.verb.click()
    question = office.one(PassphraseDialog)
    for field in (question.field, question.twin):
        QTest.keyClicks(field, "correct horse")
    question.go.click()
    office.until(lambda: "Jane Doe x77 is in" in dialog.said)
    office = open_office()
    panel = office.bids()
    office.until(lambda: panel.desk.identity is not None)
    panel.bar.send.click()
    office.one(PassphraseDialog)
    panel.bar.cancel.click()
    office.until(lambda: not panel.call.under_way)
    office.until(lambda: not office.window.findChildren(PassphraseDialog))
    assert office.simulator.requests == ()
    office.press("testCertificate", office.page)
    trial = office.one(TrialDialog)
    office.until(trial.verb.isEnabled)
    trial.verb.click()
    office.one(PassphraseDialog)
    trial.verb.click()
    office.until(lambda: trial.said.startswith("Stopped"))
    office.until(lambda: not office.window.findChildren(PassphraseDialog))


@pytest.mark.skipif(MODULE is None, reason="SoftHSM2 is not installed (Debian: softhsm2)")
def test_the_pin_of_a_card_is_asked_for_in_the_window(open_office: Callable[[], Office], tmp_path: Path) -> None:
    own_authority = issue("CAISO Root of this run", KEYS[1], None, authority=True)
    with soft_token(tmp_path, "card of this run", "4711", own_authority):
        FileSettings(tmp_path / "config" / "settings.json").set(PKCS11_SETTING, str(MODULE))
        office = open_office()
        shelf = office.window.certificates.shelf
        office.until(lambda: [each.ref.store for each in shelf.identities] == ["pkcs11"])
        assert "card of this run" in office.page.text
        office.press("testCertificate", office.page)
        trial = office.one(TrialDialog)
        office.until(trial.verb.isEnabled)
        trial.door.setCurrentIndex(trial.door.findData("sibr"))
        trial.verb.click()
        for typed in ("1234", "4711"):
            question = office.one(PassphraseDialog)
            assert "PIN of card of this run" in question.windowTitle()
            assert bool(question.said) is (typed == "4711")
            QTest.keyClicks(question.field, typed)
            QTest.keyClick(question.field, Qt.Key.Key_Return)
            office.until(partial(gone, question))
        office.until(lambda: not trial.under_way)
        assert "Your certificate was refused" in trial.said  # signed with; of an authority that the host does not know
        trial.close()
        office.leave_card()


def test_a_locked_keyring_is_told_with_a_way_on(
    session_bus: Callable[..., None], open_office: Callable[[], Office]
) -> None:
    import secretstorage

    session_bus()
    office = open_office()
    ref = office.take("Jane Doe x77")
    office = open_office()  # the key was opened in that session
    with closing(secretstorage.dbus_init()) as connection:
        secretstorage.get_default_collection(connection).lock()
    panel = office.bids()
    office.until(lambda: panel.desk.identity == ref)
    office.send(panel)
    assert "is locked" in panel.answer.summary.text
    assert "Unlock it" in panel.answer.summary.text
    office.press("showCertificatesButton", panel)
    office.until(lambda: "is locked" in office.page.text)
    office.press("tryAgain", office.page)
    trial = office.one(TrialDialog)
    office.until(trial.verb.isEnabled)
    trial.verb.click()
    office.until(lambda: "is locked" in trial.said)
    assert isinstance(office.window.certificates.shelf.troubles[ref], IdentityError)


def test_a_moved_profile_and_a_damaged_file_are_told_with_a_way_on(
    session_bus: Callable[..., None], open_office: Callable[[], Office]
) -> None:
    import secretstorage

    session_bus()
    office = open_office()
    office.take("Jane Doe x77")
    (office.folder / "data" / "vault" / f"{'AB' * 32}.pem").write_text("spoilt")
    with closing(secretstorage.dbus_init()) as connection:  # as on another computer: its keyring knows nothing of it
        for item in list(secretstorage.get_default_collection(connection).get_all_items()):
            item.delete()
    office = open_office()
    office.look()
    assert "is damaged" in office.page.text
    panel = office.bids()
    office.until(lambda: panel.desk.identity is not None)
    office.send(panel)
    assert "copied here from another computer" in panel.answer.summary.text
    office.press("showCertificatesButton", panel)
    office.press("importAgain", office.page)
    office.one(ImportDialog).close()
    office.press("deleteSpoilt", office.page)
    office.press("deleteSpoiltForGood", office.page)
    office.until(lambda: "is damaged" not in office.page.text)
    assert len(list((office.folder / "data" / "vault").iterdir())) == 1


def test_a_keyring_that_may_not_be_written_is_told_and_another_place_offered(
    session_bus: Callable[..., None], open_office: Callable[[], Office]
) -> None:
    session_bus(rule='<deny send_interface="org.freedesktop.Secret.Collection" send_member="CreateItem"/>')
    office = open_office()
    office.window.certificates.import_files([office.issue("Jane Doe x77", "jane.p12")])
    dialog = office.one(ImportDialog)
    office.press("importDialogDo", dialog)
    office.until(lambda: dialog.password.isVisible())
    dialog.password.setText(PASSWORD)
    dialog.verb.click()
    office.until(lambda: "refused" in dialog.said)
    assert "administrators" in dialog.said
    assert dialog.place.currentData() == "vault-with-passphrase"
    assert office.house.cabinet.identities() == ()


def test_a_renewed_one_is_offered_and_the_old_used_until_then(
    session_bus: Callable[..., None], open_office: Callable[[], Office]
) -> None:
    session_bus()
    office = open_office()
    old = office.take("Jane Doe x77", days=90)
    office.look()
    office.until(lambda: office.window.desk.identity == old)
    new = office.take("Jane Doe x77", days=800)
    office.look()
    strip = office.window.certificates.strip
    office.until(lambda: "A newer certificate of Jane Doe x77 is here" in strip.text)
    assert "→" in strip.text
    panel = office.bids()
    office.send(panel)
    assert outcome(panel) is Outcome.SUCCESS
    assert panel.desk.identity == old
    assert "has been renewed" in panel.bar.certificate_said
    office.press("useRenewal-")
    assert office.window.desk.identity == new
    assert panel.desk.identity == old
    other = office.bids()
    assert other.desk.identity == new
    office.send(other)
    assert outcome(other) is Outcome.SUCCESS


def test_an_expired_one_is_said_before_it_is_sent(
    session_bus: Callable[..., None], open_office: Callable[[], Office]
) -> None:
    session_bus()
    office = open_office()
    office.take("Jane Doe x77", days=-2)
    office.look()
    office.until(lambda: "has expired" in office.window.certificates.strip.text)
    assert "user access administrator" in office.window.certificates.strip.text
    panel = office.bids()
    office.until(lambda: panel.bar.certificate_said.startswith("The certificate has expired."))
    assert "expired" in panel.head.certificate.text()
    office.send(panel)
    assert panel.desk.exchange is not None
    assert isinstance(panel.desk.exchange.failure, ClientCertificateExpired)
    office = open_office()
    office.look()
    assert office.window.certificates.strip.text == ""  # told once
