"""The chip of the certificate: who one is, for how long, and why there may be nobody."""

from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.error import IdentityError
from caiso_desktop.model.fake import FakeIdentities, FakeSettings, fake_identity
from caiso_desktop.ui.certificate_chip import CertificateChip
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.identity_list import IdentityList
from caiso_desktop.ui.jobs import Jobs

JANE, APP = fake_identity("Jane Doe x1"), fake_identity("App x2", days=3)


def chip(
    qtbot: QtBot, catalogue: Catalogue, identities: FakeIdentities, settings: FakeSettings, jobs: Jobs
) -> CertificateChip:
    desk = Desk(catalogue.environment("map-stage"))
    made = CertificateChip("certificateChip", desk, IdentityList(identities, settings, jobs, desk))
    desk.setParent(made)
    qtbot.addWidget(made)
    return made


def lines(made: CertificateChip) -> list[QAction]:
    menu = made.menu()
    menu.aboutToShow.emit()
    return [action for action in menu.actions() if not action.isSeparator()]


def test_the_only_certificate_is_taken(
    qtbot: QtBot, catalogue: Catalogue, settings: FakeSettings, window_jobs: Jobs
) -> None:
    made = chip(qtbot, catalogue, FakeIdentities({"map-stage": [JANE]}), settings, window_jobs)
    qtbot.waitUntil(lambda: made.text().startswith("Jane Doe x1 · expires 20"))
    assert "Jane Doe x1" in made.accessibleName()


def test_among_several_the_user_chooses_and_is_remembered(
    qtbot: QtBot, catalogue: Catalogue, settings: FakeSettings, window_jobs: Jobs
) -> None:
    both = FakeIdentities({"map-stage": [JANE, APP]})
    made = chip(qtbot, catalogue, both, settings, window_jobs)
    qtbot.waitUntil(lambda: made.toolTip().startswith("Choose the certificate"))
    assert made.text() == "No certificate"
    next(line for line in lines(made) if line.text().startswith("App x2")).trigger()
    assert made.text().startswith("App x2 · expires in 3 days")
    again = chip(qtbot, catalogue, both, settings, window_jobs)
    qtbot.waitUntil(lambda: again.text().startswith("App x2"))
    next(line for line in lines(again) if line.text() == "Without a certificate").trigger()
    assert again.text() == "No certificate"
    nobody = chip(qtbot, catalogue, FakeIdentities({"map-stage": [APP]}), settings, window_jobs)
    qtbot.waitUntil(lambda: nobody.toolTip().startswith("Choose the certificate"))
    assert nobody.text() == "No certificate"


def test_why_there_is_none_is_told(
    qtbot: QtBot, catalogue: Catalogue, settings: FakeSettings, window_jobs: Jobs
) -> None:
    empty = FakeIdentities()
    made = chip(qtbot, catalogue, empty, settings, window_jobs)
    qtbot.waitUntil(lambda: "no certificate for MAP Stage" in made.toolTip())
    empty.failure = IdentityError("the store is locked.")
    next(line for line in lines(made) if line.text() == "Look again").trigger()
    qtbot.waitUntil(lambda: "the store is locked." in made.toolTip())
