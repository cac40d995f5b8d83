"""What speaks against a draft's certificate, said before anything is sent."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QObject, Signal

from caiso_desktop.model.answer import Note, Severity
from caiso_desktop.model.choice import missing_words
from caiso_desktop.model.concern import concerns, renewals
from caiso_desktop.model.identity import Certificate, Identity
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.port import Ports
from caiso_desktop.ui.stripe import SIMULATOR


class CertificateWatch(QObject):
    """``told`` carries a sequence of notes, the gravest first; an empty one takes back what was said."""

    told = Signal(object)

    def __init__(self, desk: Desk, ports: Ports, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._ports = ports
        desk.identity_changed.connect(self.look)
        desk.environment_changed.connect(self.look)
        desk.exchange_changed.connect(self.look)  # where it was accepted it is not new any more
        ports.identities.changed.connect(self._changed)
        ports.identities.chosen.connect(self._changed)
        ports.offer.minute_passed.connect(self.look)

    def look(self) -> None:
        """Look at the certificate, at what is there, and at the clock."""
        self.told.emit(tuple(self._notes(datetime.now(UTC))))

    def _changed(self, environment: str) -> None:
        if environment == self._desk.environment.id:
            self.look()

    def _notes(self, now: datetime) -> Iterator[Note]:
        place, ref, own = self._desk.environment, self._desk.identity, self._desk.certificate
        known = self._ports.identities.known(place.id)
        if place.id == SIMULATOR or known is None:
            return
        if ref is None or own is None:
            yield from self._nobody(known)
            return
        if all(identity.ref != ref for identity in known):
            yield Note(
                Severity.ERROR,
                "The certificate of this draft is not here now",
                f"{own.common_name} is in none of this computer's stores at the moment.",
                "Put its card in, or choose another one in the draft's chip.",
            )
        worked = self._ports.credentials.record.worked(ref)
        yield from concerns(own, now, environment=place.id, worked=worked, name=self._name)
        yield from _renewal(own, known)

    def _name(self, environment: str) -> str:
        places = self._ports.catalogue.environments
        return next((each.name for each in places if each.id == environment), environment)

    def _nobody(self, known: Sequence[Identity]) -> Iterator[Note]:
        place = self._desk.environment
        missing = self._ports.identities.standing(place.id).missing
        if missing is not None:
            yield Note(
                Severity.ERROR,
                "The chosen certificate is missing",
                missing_words(missing, place.name),
                "Choose another one in the draft's chip, or import it again.",
            )
        elif known:
            yield Note(
                Severity.WARNING,
                "No certificate is chosen",
                f"The services of {place.name} ask for one.",
                "Choose one in the draft's chip.",
            )
        else:
            yield Note(
                Severity.WARNING,
                "There is no certificate for this draft",
                f"The services of {place.name} ask for one, and there is none on this computer yet.",
                "Import one (Ctrl+Shift+I).",
            )


def _renewal(own: Certificate, known: Sequence[Identity]) -> Iterator[Note]:
    newer = next((each.certificate for each in renewals(own, known) if not each.certificate.log_on_use), None)
    if newer is not None:
        yield Note(
            Severity.INFO,
            "It has been renewed",
            f"This draft goes on with the one that is valid until {own.not_after:%Y-%m-%d}; "
            f"the newer one is valid until {newer.not_after:%Y-%m-%d}.",
            "Choose it in the draft's chip when you want to use it.",
        )
