"""What an examination is about: environment, its hosts or one of its services, certificate, with a retrieve or not."""

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QWidget

from caiso_desktop.model.doctor import Order
from caiso_desktop.model.identity import Certificate, IdentityRef
from caiso_desktop.model.service import Environment, Target
from caiso_desktop.ui.certificate_chip import CertificateChip
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.named import named
from caiso_desktop.ui.port import Ports
from caiso_desktop.ui.stripe import swatch


class Subject(QWidget):
    """``changed`` when something else is chosen."""

    changed = Signal()

    def __init__(self, ports: Ports, environment: Environment, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ports = ports
        self._desk = Desk(environment, parent=self)
        self._target: Target | None = None
        self._quiet = False
        self.environment = named(QComboBox(), "doctorEnvironment", "Environment to examine")
        self.environment.setIconSize(QSize(12, 12))
        self.scope = named(QComboBox(), "doctorScope", "What to examine")
        self.scope.setMinimumContentsLength(28)
        self.scope.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.certificate = CertificateChip("doctorCertificate", self._desk, ports.identities)
        self.retrieve = named(QCheckBox("Signed retrieve"), "doctorRetrieve", "With one signed retrieve for each host")
        self.retrieve.setToolTip("One harmless retrieve for each host; it stands in the history as every call does.")
        self.retrieve.setChecked(True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for widget in (self.environment, self.scope, self.certificate, self.retrieve):
            layout.addWidget(widget)
        layout.addStretch(1)
        self._fill_environments()
        self._fill_scopes()
        self.environment.activated.connect(self._choose_environment)
        self.scope.activated.connect(self._tell)
        self.retrieve.toggled.connect(self._tell)
        self._desk.identity_changed.connect(self._tell)
        ports.offer.changed.connect(self._renew)

    @property
    def order(self) -> Order:
        """What is chosen."""
        chosen = self.scope.currentData()
        return Order(
            environment=self._desk.environment.id,
            identity=self._desk.identity,
            application=chosen if isinstance(chosen, str) else "",
            target=chosen if isinstance(chosen, Target) else None,
            retrieve=self.retrieve.isChecked(),
        )

    def choose(
        self,
        environment: Environment,
        identity: IdentityRef | None,
        certificate: Certificate | None,
        target: Target | None,
    ) -> None:
        """Choose a service as a call goes to it, or all of an environment."""
        self._quiet = True
        self._target = target
        self._desk.set_environment(environment)
        if identity is not None:
            self._desk.set_identity(identity, certificate)
        self.environment.setCurrentIndex(self.environment.findData(environment.id))
        self._fill_scopes()
        self._quiet = False
        self._tell()

    def changeEvent(self, event: QEvent) -> None:
        """Called by Qt: the swatches are in the scheme's colours."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and hasattr(self, "environment"):
            for row in range(self.environment.count()):
                self.environment.setItemIcon(row, swatch(str(self.environment.itemData(row)), self.palette()))

    def _choose_environment(self) -> None:
        environment = self._ports.catalogue.environment(str(self.environment.currentData()))
        if environment != self._desk.environment:
            self.choose(environment, None, None, None)

    def _renew(self) -> None:
        self._fill_environments()
        self._fill_scopes()
        self._tell()

    def _tell(self) -> None:
        if not self._quiet:
            self.changed.emit()

    def _fill_environments(self) -> None:
        self.environment.clear()
        for each in self._ports.catalogue.environments:
            self.environment.addItem(swatch(each.id, self.palette()), each.name, each.id)
        self.environment.setCurrentIndex(max(0, self.environment.findData(self._desk.environment.id)))

    def _fill_scopes(self) -> None:
        environment = self._desk.environment
        self.scope.clear()
        if self._target is not None:
            self.scope.addItem(f"{self._target.service} {self._target.version}".strip(), self._target)
        self.scope.addItem(f"Every host of {environment.name}", "")
        for application in self._ports.catalogue.applications:
            reach = application.reach.get(environment.id)
            if reach is not None and reach.base is not None:
                self.scope.addItem(f"{application.acronym} – {application.name}", application.id)
        self.scope.setCurrentIndex(0)
