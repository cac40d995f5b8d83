"""Looks at the clock for certificates that end: at once, each minute, and into the stores again each day."""

from collections.abc import Callable
from datetime import date, datetime

from PySide6.QtCore import QObject, Signal

from caiso_desktop.model.expiry import ExpirySteps, matters
from caiso_desktop.model.identity import IdentityRef
from caiso_desktop.model.moment import utc_now
from caiso_desktop.ui.certificate.shelf import CertificateShelf
from caiso_desktop.ui.port import Ports
from caiso_desktop.ui.stripe import SIMULATOR


class ExpiryWatch(QObject):
    """``due`` carries an identity and a note, once on each step of its end. ``clock`` tells the time of day in UTC."""

    due = Signal(object, object)

    def __init__(
        self,
        shelf: CertificateShelf,
        ports: Ports,
        parent: QObject | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(parent)
        self.clock = clock
        self._shelf = shelf
        self._ports = ports
        self._steps = ExpirySteps(ports.settings)
        self._day: date | None = None
        shelf.changed.connect(self.look)
        ports.offer.minute_passed.connect(self.look)

    def look(self) -> None:
        """Look at the clock."""
        moment = self.clock()
        day = moment.astimezone().date()
        if self._day is not None and day != self._day:
            # The window stays open for days: what Windows has renewed meanwhile is seen after midnight.
            self._day = day
            self._shelf.read()
            self._ports.identities.renew()
        self._day = day
        if self._shelf.reading or not self._shelf.known:
            return
        for identity, note in self._steps.due(self._shelf.identities, self._chosen(), moment):
            self._steps.note(identity, moment)
            self.due.emit(identity, note)

    def still_matters(self, ref: IdentityRef) -> bool:
        """Whether what was told of a certificate is still worth telling: it is here, and used or not renewed yet."""
        found = self._shelf.identities
        return any(each.ref == ref and matters(each, found, self._chosen()) for each in found)

    def _chosen(self) -> set[IdentityRef]:
        choices, places = self._ports.identities.choices, self._ports.catalogue.environments
        ids = [each.id for each in places if each.id != SIMULATOR]
        return {each.ref for each in self._shelf.identities if choices.used_in(each.ref, ids)}
