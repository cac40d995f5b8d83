"""What is told unasked: a certificate that ends, one that was renewed, and what speaks against a draft's own."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from pytestqt.qtbot import QtBot

from caiso_desktop.model.fake_credential import FakeCredentials
from caiso_desktop.model.service import Target
from caiso_desktop.ui.window import Window
from tests.ui.certificate.conftest import make, press
from tests.ui.certificate.test_dialogs import go_to

OLD, NEW, OTHER = make("Jane Doe x1234", 90), make("Jane Doe x1234", 500), make("App x9", 400, caiso=False)
CARD = make("Jane Doe (card)", log_on=True, caiso=False)
Have = Callable[..., None]


def standing(moment: datetime) -> Callable[[], datetime]:
    """A clock that stands."""
    return lambda: moment


def test_the_end_is_told_once_on_each_step_also_while_the_window_stays_open(
    qtbot: QtBot, window: Window, have: Have, credentials: FakeCredentials
) -> None:
    have(OLD)
    door, now = window.certificates, datetime.now(UTC)
    assert door.strip.text == ""
    for days, title in ((40, "expires in 50 days"), (61, "expires in 29 days"), (91, "has expired")):
        later = now + timedelta(days=days)
        door.watch.clock = standing(later)
        door.watch.look()  # midnight has passed: the stores are read again first
        qtbot.waitUntil(lambda: not door.shelf.reading)
        assert title in door.strip.text
        assert "user access administrator" in door.strip.text
        press(window, "hideEnding-")
        door.watch.look()
        assert door.strip.text == ""


def test_the_stores_are_read_again_after_midnight(qtbot: QtBot, window: Window, have: Have) -> None:
    have(OLD)
    door = window.certificates
    now = datetime.now().astimezone().replace(hour=23, minute=58, second=59).astimezone(UTC)
    began: list[bool] = []
    door.shelf.changed.connect(lambda: began.append(door.shelf.reading))
    for seconds, reads in ((0, 0), (30, 0), (62, 1), (90, 1)):
        door.watch.clock = standing(now + timedelta(seconds=seconds))
        door.watch.look()
        qtbot.waitUntil(lambda: not door.shelf.reading)
        assert began.count(True) == reads, seconds


def test_a_renewed_one_is_offered_with_the_difference_and_the_old_stays(
    qtbot: QtBot, window: Window, have: Have, retrieve: Target
) -> None:
    go_to(window, "map-stage")
    have(OLD)
    identities = window._ports.identities
    identities.remember("map-stage", OLD)
    identities.remember("production", OLD)
    panel = window.open_draft(retrieve)
    have(OLD, NEW)
    qtbot.waitUntil(lambda: "A newer certificate of Jane Doe x1234" in window.certificates.strip.text)
    said = window.certificates.strip.text
    assert "MAP Stage and Production go on with the old one" in said
    assert "Valid until" in said
    assert "→" in said
    assert window.desk.identity == OLD.ref
    assert "has been renewed" in panel.bar.certificate_said
    press(window, "useRenewal-")
    assert window.desk.identity == NEW.ref
    assert identities.choice("production") is NEW
    assert panel.desk.identity == OLD.ref
    assert window.certificates.strip.text == ""
    # The draft's own certificate is changed in the draft, and only there.
    identities.remember("map-stage", OLD)
    panel.head.certificate.choose(NEW)
    assert panel.desk.identity == NEW.ref
    assert window.desk.identity == OLD.ref


def test_the_end_of_one_is_settled_when_its_renewal_is_used(qtbot: QtBot, window: Window, have: Have) -> None:
    ending = make("Jane Doe x1234", 5)
    have(ending)
    window._ports.identities.remember("production", ending)
    assert "expires in 5 days" in window.certificates.strip.text
    have(ending, NEW)
    qtbot.waitUntil(lambda: "newer certificate" in window.certificates.strip.text)
    assert "expires in 5 days" in window.certificates.strip.text
    press(window, "useRenewal-")
    assert window.certificates.strip.text == ""


def test_no_is_remembered(qtbot: QtBot, window: Window, have: Have) -> None:
    have(OLD)
    window._ports.identities.remember("production", OLD)
    have(OLD, NEW)
    qtbot.waitUntil(lambda: "newer certificate" in window.certificates.strip.text)
    press(window, "keepOld-")
    assert window.certificates.strip.text == ""
    have(OLD, NEW)
    assert window.certificates.strip.text == ""


def test_one_that_is_gone_is_missed_and_no_other_taken(
    qtbot: QtBot, window: Window, have: Have, retrieve: Target
) -> None:
    go_to(window, "map-stage")
    have(OLD)
    qtbot.waitUntil(lambda: window.desk.identity == OLD.ref)
    have(OTHER)
    again = window.open_draft(retrieve)
    go_to(window, "production")
    go_to(window, "map-stage")
    assert window.certificate.text() == "Certificate missing"
    assert "Jane Doe x1234, is not on this computer now" in window.certificate.toolTip()
    again.desk.set_identity(None, None)
    assert "The chosen certificate is missing" in again.bar.certificate_said
    have(OTHER, NEW)
    qtbot.waitUntil(lambda: "not used unasked" in window.certificates.strip.text)
    assert window.desk.identity is None


def test_what_speaks_against_it_is_said_before_sending(
    qtbot: QtBot, window: Window, have: Have, credentials: FakeCredentials, retrieve: Target
) -> None:
    ended = make("App x9", -3, caiso=False)
    have(OLD, ended)
    go_to(window, "map-stage")
    panel = window.open_draft(retrieve)
    qtbot.waitUntil(lambda: "No certificate is chosen" in panel.bar.certificate_said)
    panel.desk.set_identity(ended.ref, ended.certificate)
    for words in ("has expired", "not CAISO's", "has not been used in MAP Stage"):
        assert words in panel.bar.certificate_said
    panel.desk.set_identity(OLD.ref, OLD.certificate)
    assert panel.bar.certificate_said.startswith("The certificate is new here")
    credentials.record.note(OLD.ref, "map-stage", datetime.now(UTC))
    panel.certificates.look()
    assert panel.bar.certificate_said == ""


def test_those_for_logging_on_are_apart_in_the_chip(qtbot: QtBot, window: Window, have: Have) -> None:
    have(OLD, OTHER, CARD)
    go_to(window, "map-stage")
    menu = window.certificate.menu()
    menu.aboutToShow.emit()
    top = [action.text() for action in menu.actions()]
    assert "For logging on with a smart card" in top
    assert not any(text.startswith("Jane Doe (card)") for text in top)


def test_a_draft_gets_no_other_certificate_unasked(qtbot: QtBot, window: Window, have: Have, retrieve: Target) -> None:
    have(OLD, OTHER)
    go_to(window, "map-stage")
    window._ports.identities.remember("map-stage", OTHER)
    lost, without = window.open_draft(retrieve), window.open_draft(retrieve)
    lost.desk.set_identity(OLD.ref, OLD.certificate)
    lost.desk.set_identity(None, None)  # as when the certificate that it was left with is not found
    without.head.certificate.choose(None)
    have(OTHER)
    assert lost.desk.identity is None
    assert without.desk.identity is None
    assert window.desk.identity == OTHER.ref


def test_the_bar_misses_its_certificate_as_soon_as_it_is_gone(
    qtbot: QtBot, window: Window, have: Have, retrieve: Target
) -> None:
    go_to(window, "map-stage")
    have(OLD)
    assert window.desk.identity == OLD.ref
    have(OTHER)
    assert window.certificate.text() == "Certificate missing"
    assert window.open_draft(retrieve).desk.identity is None
    have(OTHER, OLD)
    assert window.desk.identity == OLD.ref


def test_the_only_one_is_chosen_where_it_is_used_and_nowhere_else(qtbot: QtBot, window: Window, have: Have) -> None:
    have(OLD)
    window.certificates.show_page()
    choices = window._ports.identities.choices
    assert not choices.made("map-stage")
    go_to(window, "map-stage")
    assert window.desk.identity == OLD.ref
    assert choices.made("map-stage")
    assert not choices.made("production")
