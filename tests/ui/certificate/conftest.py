"""Certificates for the window of the small CAISO."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from caiso_desktop.model.choice import in_order
from caiso_desktop.model.fake import FakeIdentities, FakeIdentity, fake_identity
from caiso_desktop.model.identity import IdentityRef
from caiso_desktop.ui.certificate.page import CertificatesPage
from caiso_desktop.ui.window import Window


def make(name: str, days: int = 400, *, store: str = "fake", log_on: bool = False, caiso: bool = True) -> FakeIdentity:
    """A certificate that is told apart by its name and its end."""
    made = fake_identity(name, days)
    thumbprint = f"{name}{days}".encode().hex().upper().ljust(64, "0")[:64]
    issuer = "CN=CAISO Issuing CA,O=CAISO,C=US" if caiso else "CN=Log-on CA,O=Company"
    own = replace(made.certificate, thumbprint=thumbprint, issuer=issuer, key_bits=2048, log_on_use=log_on)
    return FakeIdentity(IdentityRef(store, thumbprint), own)


@pytest.fixture
def have(window: Window, identities: FakeIdentities, qtbot: QtBot) -> Callable[..., None]:
    """Let the user have these certificates in every environment but the simulator."""

    def give(*held: FakeIdentity) -> None:
        for environment in ("map-stage", "production"):
            identities.by_environment[environment] = held
        shelf = window.certificates.shelf
        window.certificates.read()
        for environment in ("map-stage", "production"):
            window._ports.identities.read(environment)
        qtbot.waitUntil(lambda: not shelf.reading and len(shelf.entries) == len(held))
        known = window._ports.identities.known
        qtbot.waitUntil(lambda: all(known(place) == in_order(held) for place in ("map-stage", "production")))

    return give


@pytest.fixture
def page(window: Window, qtbot: QtBot) -> Callable[[], CertificatesPage]:
    """The page, written to the end."""

    def show() -> CertificatesPage:
        window.certificates.show_page()
        found = window.findChild(CertificatesPage)
        assert found is not None
        qtbot.waitUntil(lambda: not window.certificates.shelf.reading and not found._soon.isActive())
        return found

    return show


def press(parent: Window | CertificatesPage, name: str) -> None:
    """Press a button, by its name or the beginning of it."""
    found = [each for each in parent.findChildren(QPushButton) if each.objectName().startswith(name)]
    assert found, name
    found[-1].click()
