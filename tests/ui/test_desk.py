"""The desk: a signal for each change, and none where nothing changed."""

from PySide6.QtWidgets import QApplication

from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.fake import fake_identity
from caiso_desktop.model.service import Target
from caiso_desktop.ui.desk import Desk


def test_one_signal_for_each_change(qapp: QApplication, catalogue: Catalogue, retrieve: Target) -> None:
    desk = Desk(catalogue.environments[0])
    told: list[object] = []
    for signal in (desk.environment_changed, desk.target_changed, desk.identity_changed, desk.draft_changed):
        signal.connect(told.append)
    jane = fake_identity("Jane")
    for _ in range(2):
        desk.set_target(retrieve)
        desk.set_identity(jane.ref, jane.certificate)
        desk.set_draft(Draft("<a/>"))
    assert told == [retrieve, jane.certificate, Draft("<a/>")]


def test_an_identity_stays_in_its_environment(qapp: QApplication, catalogue: Catalogue) -> None:
    desk = Desk(catalogue.environments[0])
    jane = fake_identity("Jane")
    desk.set_identity(jane.ref, jane.certificate)
    desk.set_environment(catalogue.environments[0])
    kept = desk.identity
    desk.set_environment(catalogue.environments[1])
    assert kept == jane.ref
    assert (desk.identity, desk.certificate) == (None, None)
