"""What is known of the bar's environment at this moment, and from where; never just "available"."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from caiso_desktop.model.calendar import Availability
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.service import Environment
from caiso_desktop.model.simulation import SimulatorState
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.phrase import clock_words
from caiso_desktop.ui.stripe import SIMULATOR

_WIDEST = 560
_PADDING = 24


class AvailabilityChip(QPushButton):
    """Elided where there is no room for all of it; the whole story is in its tool tip. A click opens it as a page."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        styled(named(self, "availabilityChip", "What is known of the environment"), chip=True)
        self._words = ""
        self._disturbed = False
        self._shown: tuple[Environment, Availability, Exchange | None] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    @property
    def words(self) -> str:
        """All that it says."""
        return self._words

    def show_known(self, environment: Environment, known: Availability, last: Exchange | None) -> None:
        """Say what is known, by the calendar and by the last call."""
        self._shown = environment, known, last
        local = environment.id == SIMULATOR
        simulator = "Something is arranged to go wrong" if self._disturbed else "Runs on this computer"
        self._words = simulator if local else known.brief
        styled(self, tone="warning" if (self._disturbed if local else known.warning) else "")
        story = (
            "" if local else known.sentence,
            _last_words(last),
            environment.purpose,
            environment.availability,
            environment.access,
        )
        self.setToolTip("\n".join(filter(None, story)))
        self.setAccessibleName(f"{environment.name}: {self._words if local else known.sentence}")
        self.updateGeometry()
        self._elide()

    def show_simulator(self, state: SimulatorState) -> None:
        """Say of the simulator whether something is arranged to go wrong there."""
        disturbed = bool(state.arranged or state.skew)
        if disturbed != self._disturbed:
            self._disturbed = disturbed
            if self._shown is not None:
                self.show_known(*self._shown)

    def sizeHint(self) -> QSize:
        """Called by Qt: as wide as its words, up to a measure."""
        wanted = self.fontMetrics().horizontalAdvance(self._words) + _PADDING
        return QSize(min(wanted, _WIDEST), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Called by Qt."""
        return QSize(min(120, self.sizeHint().width()), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Called by Qt."""
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        room = max(self.width(), self.minimumSizeHint().width()) - _PADDING + 2
        words = self._words
        source, colon, fact = words.partition(": ")
        # With little room what is known counts more than from where, which the tool tip says too.
        if colon and source.startswith("By ") and self.fontMetrics().horizontalAdvance(words) > room:
            words = fact[:1].upper() + fact[1:]
        words = self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room)
        self.setText(words.replace("&", "&&"))


def _last_words(last: Exchange | None) -> str:
    """What the last call from here met."""
    if last is None:
        return "No call went there since the program was started."
    when = clock_words(last.started)
    if last.response is not None:
        return f"The last call from here was answered at {when}."
    return f"At {when} a call from here failed. {last.failure or ''}".rstrip()
