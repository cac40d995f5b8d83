"""The market's clock: Pacific Prevailing Time with its hour ending, and GMT."""

from datetime import UTC, datetime

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from caiso_desktop.model.moment import PACIFIC
from caiso_desktop.ui.elided_label import first_that_fits
from caiso_desktop.ui.named import named


def hour_ending(moment: datetime) -> int:
    """The Pacific hour ending of a moment: 1 to 24, and 25 for the hour that is repeated when clocks go back.

    When clocks go forward there is no hour ending 3.
    """
    local = moment.astimezone(PACIFIC)
    return 25 if local.fold else local.hour + 1


def clock_words(moment: datetime) -> tuple[str, ...]:
    """What the clock shows at a moment, from the most words to the fewest."""
    local = moment.astimezone(PACIFIC)
    zone, ending = local.tzname(), f"HE {hour_ending(moment):02d}"
    gmt = f"{moment.astimezone(UTC):%H:%M} GMT"
    return (
        f"{local:%a %Y-%m-%d}  {local:%H:%M:%S} {zone}  {ending}  ·  {gmt}",
        f"{local:%a %m-%d}  {local:%H:%M:%S} {zone}  {ending}  ·  {gmt}",
        f"{local:%H:%M:%S} {zone}  {ending}  ·  {gmt}",
        f"{local:%H:%M:%S} {zone}  {ending}",
    )


class Clock(QLabel):
    """Shows the time, on the second, in as many words as there is room for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "pacificClock", "Pacific time, hour ending and GMT")
        self.setToolTip(
            "Pacific Prevailing Time with the hour ending (HE), and GMT.\n"
            "HE 25 is the repeated hour in November; in March there is no HE 03."
        )
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._tick)
        self._tick()

    def _tick(self) -> None:
        now = datetime.now(UTC)
        self._show(now)
        self._timer.start(1000 - now.microsecond // 1000)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Called by Qt."""
        super().resizeEvent(event)
        self._show(datetime.now(UTC))

    def minimumSizeHint(self) -> QSize:
        """Called by Qt: room for the fewest words."""
        words = clock_words(datetime.now(UTC))[-1]
        return QSize(self.fontMetrics().horizontalAdvance(words) + 4, super().minimumSizeHint().height())

    def _show(self, now: datetime) -> None:
        choices = clock_words(now)
        self.setText(first_that_fits(choices, self.fontMetrics(), self.width()))
        self.setAccessibleDescription(choices[0])
