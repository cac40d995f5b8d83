"""Whether a draft is armed: for what, and for how long yet. It shows nothing itself."""

from datetime import UTC, datetime

from PySide6.QtCore import QObject, QTimer, Signal

from caiso_desktop.model.guard import ARMED_FOR, Permit

_TICK_MS = 250


class Arming(QObject):
    """``ticked`` comes while it is armed, with the seconds left; ``disarmed`` says why it no longer is (empty: used).

    Courier and guard look at the permit again when it is used; this only keeps the window honest.
    """

    ticked = Signal(int)
    disarmed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._permit: Permit | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self.tick)

    @property
    def permit(self) -> Permit | None:
        """What lets the next call through."""
        return self._permit

    def arm(self, permit: Permit) -> None:
        """Armed from now on, until it is used, something changes, or the time is over."""
        self._permit = permit
        self._timer.start()
        self.tick()

    def take(self) -> Permit | None:
        """Use it, once."""
        permit = self._permit
        self._end("")
        return permit

    def disarm(self, why: str) -> None:
        """No longer armed; nothing where it was not."""
        self._end(why)

    def tick(self) -> None:
        """Look at the clock."""
        if self._permit is None:
            return
        gone = datetime.now(UTC) - self._permit.given
        left = ARMED_FOR - gone
        if left.total_seconds() <= 0 or gone.total_seconds() < 0:
            self._end(f"It was armed for {ARMED_FOR.seconds // 60} minutes, which are over.")
        else:
            self.ticked.emit(-int(-left.total_seconds() // 1))

    def _end(self, why: str) -> None:
        if self._permit is not None:
            self._permit = None
            self._timer.stop()
            self.disarmed.emit(why)
