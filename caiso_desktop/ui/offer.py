"""The catalogue that the window goes by: read and changed off this thread, told to everybody at once."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from caiso_desktop.model.calendar import Availability, Calendar
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.error import CaisoError
from caiso_desktop.model.offer import Catalogues
from caiso_desktop.model.overlay import Layered
from caiso_desktop.ui.jobs import Jobs

_MINUTE_MS = 60_000


class Offer(QObject):
    """``changed`` when another catalogue counts; ``minute_passed`` when what is known of hours may be another."""

    changed = Signal()
    minute_passed = Signal()

    def __init__(self, catalogues: Catalogues, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.catalogues = catalogues
        self._jobs = jobs
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._tick)
        self._wait()

    @property
    def catalogue(self) -> Catalogue:
        """What everything goes by now."""
        return self.catalogues.catalogue

    @property
    def layers(self) -> Layered:
        """What became of each file over the program's own catalogue."""
        return self.catalogues.layers

    def availability(self, environment: str) -> Availability:
        """What is known of an environment at this moment."""
        return self.catalogues.availability(self._calendar(environment), datetime.now(UTC))

    def trade_date(self, environment: str) -> date:
        """The trade date that an environment is at."""
        return self.catalogues.trade_date(self._calendar(environment), datetime.now(UTC))

    def change(
        self,
        save: Callable[[Catalogues], Path | None],
        *,
        owner: QObject,
        done: Callable[[Path | None], object],
        failed: Callable[[CaisoError], None],
        agreed: bool = False,
    ) -> None:
        """Save something and go by it; ``agreed`` when the user was shown what it changes and said yes."""

        def work() -> tuple[Path | None, Layered]:
            file = save(self.catalogues)
            return file, self.catalogues.read(agreeing=file if agreed else None)

        def adopt(outcome: tuple[Path | None, Layered]) -> None:
            file, layers = outcome
            # One event: what is shown and what is sent are never of two catalogues.
            self.catalogues.adopt(layers)
            self.changed.emit()
            done(file)

        self._jobs.run(lambda token: work(), owner=owner, done=adopt, failed=failed)

    def _calendar(self, environment: str) -> Calendar:
        """Empty for an environment whose file is gone, while a draft of it is still open."""
        known = (each.calendar for each in self.catalogue.environments if each.id == environment)
        return next(known, Calendar())

    def _tick(self) -> None:
        self.minute_passed.emit()
        self._wait()

    def _wait(self) -> None:
        now = datetime.now(UTC)
        self._timer.start(_MINUTE_MS - (now.second * 1000 + now.microsecond // 1000) % _MINUTE_MS + 1)
