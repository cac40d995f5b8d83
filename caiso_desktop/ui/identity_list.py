"""Whom one can be in each environment: read once, off the GUI thread, and shared by every chip that shows it."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from caiso_desktop.model.choice import Choices, Standing, in_order
from caiso_desktop.model.error import CaisoError
from caiso_desktop.model.identity import Identities, Identity
from caiso_desktop.model.settings import Settings
from caiso_desktop.ui.jobs import Jobs
from caiso_desktop.ui.stripe import SIMULATOR


class IdentityList(QObject):
    """The identities of each environment (by id) as far as they have been read, and the choice among them.

    ``changed`` names an environment of which another thing is known; ``chosen`` one for which the user chose.
    """

    changed = Signal(str)
    chosen = Signal(str)

    def __init__(self, identities: Identities, settings: Settings, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._identities = identities
        self.choices = Choices(settings)
        self._jobs = jobs
        self._known: dict[str, tuple[Identity, ...]] = {}
        self._errors: dict[str, CaisoError] = {}
        self._reading: set[str] = set()
        self._stale: set[str] = set()

    def known(self, environment: str) -> tuple[Identity, ...] | None:
        """The identities of an environment; None, and on their way, when they have not been read yet."""
        if environment not in self._known and environment not in self._errors:
            self.read(environment)
            return None
        return self._known.get(environment, ())

    def error(self, environment: str) -> CaisoError | None:
        """Why the identities of an environment could not be read."""
        return self._errors.get(environment)

    def read(self, environment: str) -> None:
        """Read the identities of an environment, also again."""
        if environment in self._reading:
            self._stale.add(environment)
            return
        self._reading.add(environment)

        def ended() -> None:
            self.changed.emit(environment)
            if environment in self._stale:  # something changed while it was read
                self._stale.discard(environment)
                self.read(environment)

        def done(found: Sequence[Identity]) -> None:
            self._reading.discard(environment)
            self._errors.pop(environment, None)
            self._known[environment] = in_order(found)
            ended()

        def failed(error: CaisoError) -> None:
            self._reading.discard(environment)
            self._errors[environment] = error
            self._known.pop(environment, None)
            ended()

        self._jobs.run(
            lambda token: self._identities.for_environment(environment), owner=self, done=done, failed=failed
        )

    def renew(self) -> None:
        """Read everything again that has been read: a certificate came, or went."""
        for environment in {*self._known, *self._errors}:
            self.read(environment)

    def standing(self, environment: str) -> Standing:
        """How the choice stands: whom to begin with, who is missing, who was renewed; nothing before it was read."""
        found = self._known.get(environment)
        if found is None:
            return Standing()
        return self.choices.standing(environment, found, lasting=environment != SIMULATOR)

    def choice(self, environment: str) -> Identity | None:
        """The identity to begin with."""
        return self.standing(environment).identity

    def settle(self, environment: str, identity: Identity) -> None:
        """Remember the identity that is used here, where none was chosen."""
        if not self.choices.made(environment):
            self.choices.remember(environment, identity)

    def remember(self, environment: str, identity: Identity | None) -> None:
        """Begin with this identity from now on."""
        self.choices.remember(environment, identity)
        self.chosen.emit(environment)

    def decline(self, environment: str, renewal: Identity) -> None:
        """Stay with the old certificate here."""
        self.choices.decline(environment, renewal)
        self.chosen.emit(environment)
