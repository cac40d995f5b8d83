"""The page of the network: how hosts are reached, and who may vouch for them."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from caiso_desktop.model.network import Network
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.network.trust_list import TrustList
from caiso_desktop.ui.network.way_form import WayForm
from caiso_desktop.ui.port import Ports
from caiso_desktop.ui.stripe import SIMULATOR


class NetworkPage(QScrollArea):
    """``chosen`` when another way was chosen."""

    chosen = Signal()

    def __init__(self, ports: Ports, network: Network, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "networkPage", "Network")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.way = WayForm(network, ports.jobs)
        self.way.chosen.connect(self.chosen)
        environments = [each for each in ports.catalogue.environments if each.id != SIMULATOR]
        self.trust = TrustList(network, environments, ports.files, ports.jobs)
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        layout.addWidget(styled(QLabel("How hosts are reached"), title=True))
        layout.addWidget(self.way)
        layout.addSpacing(16)
        layout.addWidget(styled(QLabel("Who may vouch for CAISO's servers"), title=True))
        layout.addWidget(self.trust)
        layout.addStretch(1)
        inside.setMaximumWidth(960)
        self.setWidget(inside)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.setFocusProxy(self.way.mode)
