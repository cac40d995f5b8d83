"""The market's clock: Pacific Prevailing Time with its hour ending, and GMT."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel, QWidget

from caiso_desktop.ui.named import named

PACIFIC = ZoneInfo("America/Los_Angeles")


def hour_ending(moment: datetime) -> int:
    """The Pacific hour ending of a moment: 1 to 24, and 25 for the hour that is repeated when clocks go back.

    When clocks go forward there is no hour ending 3.
    """
    local = moment.astimezone(PACIFIC)
    return 25 if local.fold else local.hour + 1


def clock_words(moment: datetime) -> tuple[str, str]:
    """What the clock shows at a moment: Pacific with the hour ending, and GMT."""
    local = moment.astimezone(PACIFIC)
    pacific = f"{local:%a %Y-%m-%d}  {local:%H:%M:%S} {local.tzname()}  HE {hour_ending(moment):02d}"
    return pacific, f"{moment.astimezone(UTC):%H:%M} GMT"


class Clock(QLabel):
    """Shows the time, on the second."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "pacificClock", "Pacific time, hour ending and GMT")
        self.setToolTip(
            "Pacific Prevailing Time with the hour ending (HE), and GMT.\n"
            "HE 25 is the repeated hour in November; in March there is no HE 03."
        )
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._tick)
        self._tick()

    def _tick(self) -> None:
        now = datetime.now(UTC)
        pacific, gmt = clock_words(now)
        self.setText(f"{pacific}  ·  {gmt}")
        self._timer.start(1000 - now.microsecond // 1000)
