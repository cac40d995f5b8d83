"""The certificate in use, as a chip: whose it is and how long it lasts; its menu chooses another."""

from datetime import UTC, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from caiso_desktop.model.answer import Severity
from caiso_desktop.model.choice import missing_words
from caiso_desktop.model.concern import concerns
from caiso_desktop.model.identity import Certificate, Identity
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.icon import Symbol, Tone, icon
from caiso_desktop.ui.identity_list import IdentityList
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.phrase import SOON_DAYS, days_left, expiry_words
from caiso_desktop.ui.stripe import SIMULATOR

_LONGEST = 28


class CertificateChip(QToolButton):
    """Follows a desk; ``chosen`` is emitted when the user has chosen (None: nobody), ``page_asked`` for all of them.

    A ``brief`` one belongs to one draft: it names the day of expiry only when that is near (it is always in the tool
    tip and the menu), and what is chosen there is for the draft alone.
    """

    chosen = Signal(object)
    page_asked = Signal()

    def __init__(
        self,
        object_name: str,
        desk: Desk,
        identities: IdentityList,
        parent: QWidget | None = None,
        *,
        brief: bool = False,
    ) -> None:
        super().__init__(parent)
        named(self, object_name, "Certificate")
        styled(self, chip=True)
        self._brief = brief
        self._desk = desk
        self._identities = identities
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)
        self._menu.aboutToShow.connect(self._fill)
        self.setMenu(self._menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        desk.identity_changed.connect(self._show)
        desk.environment_changed.connect(self._begin)
        self._settled = False
        identities.changed.connect(self._read)
        identities.chosen.connect(self._follow)
        self._begin()

    def choose(self, identity: Identity | None) -> None:
        """Take an identity (or none) for the desk. In the bar, or where none was chosen yet, it is the choice too."""
        environment = self._desk.environment.id
        first = identity is not None and not self._identities.choices.made(environment)
        if first or not self._brief:
            self._identities.remember(environment, identity)
        self._take(identity)
        self._settled = True
        self.chosen.emit(identity)

    def _begin(self) -> None:
        self._settled = self._desk.identity is not None
        if self._desk.identity is None and self._identities.known(self._desk.environment.id) is not None:
            self._take_choice()
        self._show()

    def _read(self, environment: str) -> None:
        """Another thing is known: the bar goes by the choice; a draft keeps what it has, had, or was denied."""
        if environment != self._desk.environment.id:
            return
        if not (self._brief and self._settled):
            self._take_choice()
        self._show()

    def _take_choice(self) -> None:
        """Take whom one begins with here; the bar remembers the only one there is as the choice."""
        environment = self._desk.environment.id
        choice = self._identities.choice(environment)
        if choice is not None and not self._brief and environment != SIMULATOR:
            self._identities.settle(environment, choice)
        self._take(choice)

    def _follow(self, environment: str) -> None:
        """The user chose elsewhere: new drafts begin with that, a draft keeps what it has."""
        if environment == self._desk.environment.id and not self._brief:
            self._take(self._identities.choice(environment))
            self._show()

    def _take(self, identity: Identity | None) -> None:
        if identity is None:
            self._desk.set_identity(None, None)
        else:
            self._desk.set_identity(identity.ref, identity.certificate)

    def _show(self) -> None:
        self._settled = self._settled or self._desk.identity is not None
        certificate = self._desk.certificate
        now = datetime.now(UTC)
        picture = icon(Symbol.CERTIFICATE)
        if certificate is None:
            gone = self._desk.identity is None and self._identities.standing(self._desk.environment.id).missing
            self.setText("Certificate missing" if gone else "No certificate")
            self.setToolTip(self._why_none())
            if gone:
                picture = icon(Symbol.WARNING, Tone.WARNING)
        else:
            # The simulator makes its certificates anew at each start, so theirs never runs out.
            lasting = self._desk.environment.id == SIMULATOR
            soon = days_left(certificate, now) < SOON_DAYS and not lasting
            brief = lasting or (self._brief and not soon)
            name = _short(certificate.common_name)
            self.setText(name if brief else f"{name} · {expiry_words(certificate, now)}")
            environment = self._desk.environment.id
            notes = concerns(certificate, now, environment=environment, worked={environment: now}, caiso=not lasting)
            said = "".join(f"\n\n{note.title}. {note.meaning}" for note in notes)
            self.setToolTip(f"{_story(certificate, now)}{said}")
            if notes and not lasting:
                grave = notes[0].severity is Severity.ERROR
                picture = icon(Symbol.ERROR, Tone.ERROR) if grave else icon(Symbol.WARNING, Tone.WARNING)
        self.setIcon(picture)
        self.setAccessibleName(f"Certificate: {self.text()}")

    def _why_none(self) -> str:
        environment = self._desk.environment
        error = self._identities.error(environment.id)
        if error is not None:
            return str(error)
        found = self._identities.known(environment.id)
        if found is None:
            return f"Looking for certificates for {environment.name}…"
        missing = self._identities.standing(environment.id).missing
        if missing is not None:
            return missing_words(missing, environment.name)
        if found:
            return f"Choose the certificate to show to {environment.name}."
        return f"There is no certificate for {environment.name} on this computer yet."

    def _fill(self) -> None:
        self._menu.clear()
        environment = self._desk.environment
        now = datetime.now(UTC)
        apart: QMenu | None = None
        for identity in self._identities.known(environment.id) or ():
            menu = self._menu
            if identity.certificate.log_on_use:
                menu = apart = apart or self._menu.addMenu("For logging on with a smart card")
            self._add(menu, identity, now)
        if self._menu.isEmpty():
            self._menu.addAction(self._why_none()).setEnabled(False)
        self._menu.addSeparator()
        nobody = self._menu.addAction("Without a certificate")
        self._checkable(nobody, checked=self._desk.identity is None)
        nobody.triggered.connect(lambda: self.choose(None))
        self._menu.addSeparator()
        every = self._menu.addAction("All certificates…")
        every.triggered.connect(self.page_asked)
        again = self._menu.addAction("Look again")
        again.triggered.connect(lambda: self._identities.read(environment.id))

    def _add(self, menu: QMenu, identity: Identity, now: datetime) -> None:
        certificate = identity.certificate
        action = menu.addAction(f"{certificate.common_name} · {expiry_words(certificate, now)}")
        action.setToolTip(_story(certificate, now))
        self._checkable(action, checked=identity.ref == self._desk.identity)
        action.triggered.connect(lambda checked=False, chosen=identity: self.choose(chosen))

    def _checkable(self, action: QAction, *, checked: bool) -> None:
        action.setCheckable(True)
        action.setChecked(checked)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"


def _story(certificate: Certificate, now: datetime) -> str:
    return (
        f"{certificate.subject}\nIssued by {certificate.issuer}\n"
        f"Valid from {certificate.not_before:%Y-%m-%d}, {expiry_words(certificate, now)}\n"
        f"SHA-256 {certificate.thumbprint}"
    )
