"""The next deadlines of a draft's service, and which hours of its payload have closed already."""

from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QObject, QTimer, Signal

from caiso_desktop.model.deadline import Closed, Coming, Deadline, Deadlines, closed, coming
from caiso_desktop.model.error import CaisoError, CatalogueError
from caiso_desktop.model.moment import PACIFIC
from caiso_desktop.model.reading import Reading
from caiso_desktop.model.service import Kind
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.macro.wording import Wording
from caiso_desktop.ui.pause import pause
from caiso_desktop.ui.port import Ports

READ_AFTER_MS = 400
_TICK_MS = 10_000
_SHOWN = 5
_HOUR = 3600


class DeadlineWatch(QObject):
    """``counted`` has words for what comes next and a tip with its sources, ``marked`` what of the payload has closed,
    and for a service with deadlines why some of them may not be known.

    Empty words take back what was said.
    """

    counted = Signal(str, str)
    marked = Signal(str)

    def __init__(self, desk: Desk, wording: Wording, ports: Ports, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._wording = wording
        self._ports = ports
        self._all = Deadlines()
        self._reading = Reading()
        self._reads = 0
        self._pause = pause(self, READ_AFTER_MS, self._read)
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self.look)
        desk.draft_changed.connect(lambda draft: self._pause.start())
        desk.target_changed.connect(self._begin)
        ports.jobs.run(lambda token: ports.safety.deadlines(), owner=self, done=self._know, failed=self._know_none)

    @property
    def _mine(self) -> list[Deadline]:
        target = self._desk.target
        return [each for each in self._all.rows if target is not None and each.closes(target)]

    def look(self) -> None:
        """Look at the clock."""
        now, mine, target = datetime.now(UTC), self._mine, self._desk.target
        next_ = coming(mine, now, most=_SHOWN)
        self.counted.emit(_words(next_[0], now) if next_ else "", "\n".join(_tip(each) for each in next_))
        past: Sequence[Closed] = closed(mine, target, self._reading, now) if target is not None else ()
        self.marked.emit(" ".join([*(str(each) for each in past), *self._doubts()]))

    def _doubts(self) -> list[str]:
        """Why deadlines of this service may not be known; a retrieve has none that could be missed."""
        target = self._desk.target
        try:
            if target is None or self._ports.catalogue.kind(target) is Kind.RETRIEVE:
                return []
        except CatalogueError:  # a file of the catalogue that is gone takes its rows along
            return []
        return [f"A file of deadlines is left out, so some may be missing here: {each}" for each in self._all.problems]

    def _know(self, deadlines: Deadlines) -> None:
        self._all = deadlines
        self._begin()

    def _know_none(self, error: CaisoError) -> None:
        self._know(Deadlines(problems=(f"{error.detail} {error.advice}".strip(),)))

    def _begin(self) -> None:
        """Watch where there is something to watch."""
        if self._mine:
            self._tick.start()
            self._pause.start()
        else:
            self._tick.stop()
            self._reading = Reading()
        self.look()

    def _read(self) -> None:
        """Read the payload's hours, off this thread; only the last answer counts."""
        self._reads += 1
        mine, word = self._reads, self._wording.worder()
        if not self._mine:
            return

        def done(reading: Reading) -> None:
            if mine == self._reads:
                self._reading = reading
                self.look()

        def failed(error: CaisoError) -> None:
            done(Reading())

        self._ports.jobs.run(
            lambda token: self._ports.safety.read(word().payload), owner=self, done=done, failed=failed
        )


def _words(each: Coming, now: datetime) -> str:
    seconds = int((each.when - now).total_seconds())
    hours, minutes = seconds // _HOUR, seconds % _HOUR // 60
    left = f"{hours} h {minutes:02d} min" if hours else f"{max(1, minutes)} min"
    return f"{each.deadline.name} in {left} ({each.what})"


def _tip(each: Coming) -> str:
    local = each.when.astimezone(PACIFIC)
    note = f"\n{each.deadline.note}" if each.deadline.note else ""
    doubt = "" if each.deadline.source.proven else " (not proven)"
    return f"{each.deadline.name} for {each.what}: {local:%Y-%m-%d %H:%M} Pacific. {each.deadline.source}{doubt}{note}"
