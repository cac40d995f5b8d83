"""All certificates of all stores, as far as they have been read: off the GUI thread, touching no key."""

from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from caiso_desktop.model.cabinet import Cabinet
from caiso_desktop.model.choice import in_order
from caiso_desktop.model.error import CaisoError, IdentityError
from caiso_desktop.model.identity import Identity, IdentityRef, KeyFacts
from caiso_desktop.ui.jobs import Jobs


class Entry(NamedTuple):
    """A certificate, and what is known of its key."""

    identity: Identity
    key: KeyFacts


class CertificateShelf(QObject):
    """``entries`` are in the order in which a person looks for them, ``problems`` what kept others from being read.

    ``troubles`` are what went wrong when one was used in this session, by its reference, until it goes well.
    """

    changed = Signal()

    def __init__(self, cabinet: Cabinet, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cabinet = cabinet
        self._jobs = jobs
        self._stale = False
        self.reading = False
        self.known = False
        self.entries: tuple[Entry, ...] = ()
        self.problems: tuple[CaisoError, ...] = ()
        self.troubles: dict[IdentityRef, IdentityError] = {}

    @property
    def identities(self) -> tuple[Identity, ...]:
        """The certificates alone."""
        return tuple(entry.identity for entry in self.entries)

    def read(self) -> None:
        """Read all stores, also again."""
        if self.reading:
            self._stale = True
            return
        self.reading = True
        self._jobs.run(lambda token: self._list(), owner=self, done=self._take, failed=self._fail)
        self.changed.emit()

    def note_trouble(self, ref: IdentityRef, error: IdentityError | None) -> None:
        """Remember what went wrong when a certificate was used (None: nothing did)."""
        if error is not None:
            self.troubles[ref] = error
        elif self.troubles.pop(ref, None) is None:
            return
        self.changed.emit()

    def _list(self) -> tuple[list[Entry], tuple[CaisoError, ...]]:
        found = in_order(self._cabinet.identities())
        # What Windows says of a key may take it a while, so it is asked here.
        return [Entry(identity, identity.key_facts) for identity in found], tuple(self._cabinet.problems())

    def _take(self, listed: tuple[list[Entry], tuple[CaisoError, ...]]) -> None:
        self.entries, self.problems = tuple(listed[0]), listed[1]
        there = {entry.identity.ref for entry in self.entries}
        self.troubles = {ref: error for ref, error in self.troubles.items() if ref in there}
        self._end()

    def _fail(self, error: CaisoError) -> None:
        self.entries, self.problems = (), (error,)
        self._end()

    def _end(self) -> None:
        self.reading, self.known = False, True
        self.changed.emit()
        if self._stale:
            self._stale = False
            self.read()
