"""The bar over everything: where a new draft goes, what is known of that place, as whom, and what time it is there."""

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.service import Environment
from caiso_desktop.ui.availability_chip import AvailabilityChip
from caiso_desktop.ui.certificate_chip import CertificateChip
from caiso_desktop.ui.clock import Clock
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.network.chip import ProxyChip
from caiso_desktop.ui.offer import Offer
from caiso_desktop.ui.stripe import Stripe, swatch

REAL_MARKET = "PRODUCTION – real market"


class EnvironmentBar(QWidget):
    """Shows and sets what the window's desk holds for new drafts."""

    chosen = Signal(Environment)

    def __init__(
        self,
        offer: Offer,
        desk: Desk,
        certificates: CertificateChip,
        proxy: ProxyChip,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._offer = offer
        self._environments: tuple[Environment, ...] = ()
        self._desk = desk
        self._last: dict[str, Exchange] = {}
        self._stripe = Stripe(desk.environment.id)
        self.selector = named(
            QComboBox(), "environmentSelector", "Environment of new drafts", "Where a new draft goes (Alt+E)"
        )
        self.selector.setIconSize(QSize(12, 12))
        self.selector.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.selector.activated.connect(self._choose)
        label = styled(QLabel("&Environment"), tone="muted")
        label.setBuddy(self.selector)
        self._market = styled(named(QLabel(), "realMarketLabel", "Real market"), banner="error")
        font = self._market.font()
        font.setWeight(QFont.Weight.DemiBold)
        self._market.setFont(font)
        self.availability = AvailabilityChip()
        self.certificate = certificates
        self.proxy = proxy
        self.clock = Clock()
        # What is known of hours may be long: it gives way before the time of day does.
        self.clock.setMinimumWidth(self.clock.minimumSizeHint().width())
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
        offer.minute_passed.connect(self._show_known)
        offer.changed.connect(self._fill)
        self._fill()

    def note(self, exchange: Exchange) -> None:
        """Remember what the last call to an environment met."""
        self._last[exchange.call.environment] = exchange
        self._show_known()

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
        self._show_known()

    def _show_known(self) -> None:
        place = self._desk.environment
        self.availability.show_known(place, self._offer.availability(place.id), self._last.get(place.id))

    def _fill(self) -> None:
        """Offer the environments of the catalogue; the one that is chosen stays so."""
        self._environments = self._offer.catalogue.environments
        self.selector.clear()
        for environment in self._environments:
            self.selector.addItem(swatch(environment.id, self.palette()), environment.name, environment.id)
        self._show(self._desk.environment)
