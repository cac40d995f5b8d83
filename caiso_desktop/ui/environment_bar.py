"""The bar over everything: where a new draft goes, what is known of that place, as whom, and what time it is there."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.service import Environment
from caiso_desktop.ui.certificate_chip import CertificateChip
from caiso_desktop.ui.clock import Clock
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.phrase import clock_words
from caiso_desktop.ui.stripe import SIMULATOR, Stripe, swatch

REAL_MARKET = "PRODUCTION – real market"


def known_words(environment: Environment, last: Exchange | None) -> tuple[str, str]:
    """What is known of an environment right now, and the longer story; never just "available"."""
    if environment.id == SIMULATOR:
        return "Runs on this computer", environment.purpose
    story = "\n".join(filter(None, (environment.purpose, environment.availability, environment.access)))
    if last is None:
        return "Not called yet", f"No call went there since the program was started.\n{story}"
    when = clock_words(last.started)
    if last.response is not None:
        return f"Answered at {when}", story
    what = last.failure.title.lower() if last.failure is not None else "no answer"
    return f"At {when}: {what}", f"{last.failure or ''}\n{story}"


class EnvironmentBar(QWidget):
    """Shows and sets what the window's desk holds for new drafts."""

    chosen = Signal(Environment)

    def __init__(
        self,
        environments: Sequence[Environment],
        desk: Desk,
        certificates: CertificateChip,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._environments = tuple(environments)
        self._desk = desk
        self._last: dict[str, Exchange] = {}
        self._stripe = Stripe(desk.environment.id)
        self.selector = named(
            QComboBox(), "environmentSelector", "Environment of new drafts", "Where a new draft goes (Alt+E)"
        )
        for environment in self._environments:
            self.selector.addItem(swatch(environment.id, self.palette()), environment.name, environment.id)
        self.selector.setIconSize(QSize(12, 12))
        self.selector.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.selector.activated.connect(self._choose)
        label = styled(QLabel("&Environment"), tone="muted")
        label.setBuddy(self.selector)
        self._market = styled(named(QLabel(), "realMarketLabel", "Real market"), banner="error")
        font = self._market.font()
        font.setWeight(QFont.Weight.DemiBold)
        self._market.setFont(font)
        self.availability = styled(named(QLabel(), "availabilityChip", "What is known of the environment"), chip=True)
        self.certificate = certificates
        self.proxy = styled(named(QLabel("Direct"), "proxyChip", "Proxy: direct"), chip=True)
        self.proxy.setToolTip("Calls go straight to the host, through no proxy.")
        self.clock = Clock()
        row = QHBoxLayout()
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(8)
        for widget in (label, self.selector, self._market, self.availability, self.certificate, self.proxy):
            row.addWidget(widget)
        row.addWidget(self.clock, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._stripe)
        layout.addLayout(row)
        self.setFocusProxy(self.selector)
        desk.environment_changed.connect(self._show)
        self._show(desk.environment)

    def note(self, exchange: Exchange) -> None:
        """Remember what the last call to an environment met."""
        self._last[exchange.call.environment] = exchange
        self._show(self._desk.environment)

    def changeEvent(self, event: QEvent) -> None:
        """Called by Qt: another palette has other colours for the environments."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            for row, environment in enumerate(self._environments):
                self.selector.setItemIcon(row, swatch(environment.id, self.palette()))

    def _choose(self, row: int) -> None:
        self._desk.set_environment(self._environments[row])
        self.chosen.emit(self._environments[row])

    def _show(self, environment: Environment) -> None:
        self.selector.setCurrentIndex(self.selector.findData(environment.id))
        self._stripe.set_environment(environment.id)
        self._market.setVisible(environment.guarded)
        self._market.setText(REAL_MARKET if environment.id == "production" else f"{environment.name} – real market")
        words, story = known_words(environment, self._last.get(environment.id))
        self.availability.setText(words)
        self.availability.setAccessibleName(f"{environment.name}: {words}")
        self.availability.setToolTip(story.strip())
