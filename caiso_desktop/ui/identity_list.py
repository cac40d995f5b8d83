"""Whom one can be in each environment: read once, off the GUI thread, and shared by every chip that shows it."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from caiso_desktop.model.error import CaisoError
from caiso_desktop.model.identity import Identities, Identity
from caiso_desktop.model.settings import Settings
from caiso_desktop.ui.jobs import Jobs


class IdentityList(QObject):
    """The identities of each environment (by id) as far as they have been read, and the last choice among them."""

    changed = Signal(str)

    def __init__(self, identities: Identities, settings: Settings, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._identities = identities
        self._settings = settings
        self._jobs = jobs
        self._known: dict[str, tuple[Identity, ...]] = {}
        self._errors: dict[str, CaisoError] = {}
        self._reading: set[str] = set()

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
            return
        self._reading.add(environment)

        def done(found: Sequence[Identity]) -> None:
            self._reading.discard(environment)
            self._errors.pop(environment, None)
            self._known[environment] = tuple(found)
            self.changed.emit(environment)

        def failed(error: CaisoError) -> None:
            self._reading.discard(environment)
            self._errors[environment] = error
            self._known.pop(environment, None)
            self.changed.emit(environment)

        self._jobs.run(
            lambda token: self._identities.for_environment(environment), owner=self, done=done, failed=failed
        )

    def choice(self, environment: str) -> Identity | None:
        """The identity to begin with: the one chosen last, else the only one there is."""
        found = self._known.get(environment, ())
        remembered = self._settings.get(f"identity.{environment}")
        chosen = next((identity for identity in found if str(identity.ref) == remembered), None)
        if chosen is None and remembered is None and len(found) == 1:
            return found[0]
        return chosen

    def remember(self, environment: str, identity: Identity | None) -> None:
        """Begin with this identity from now on."""
        self._settings.set(f"identity.{environment}", str(identity.ref) if identity is not None else "")
