"""Asks an endpoint for its WSDL: which service, where, with which certificate."""

from PySide6.QtWidgets import QComboBox, QLabel, QWidget

from caiso_desktop.model.error import CatalogueError
from caiso_desktop.model.package import Fetch
from caiso_desktop.model.sentence import begun
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.ui.named import named
from caiso_desktop.ui.package.row_choice import RowChoice
from caiso_desktop.ui.package.work import PackageWork
from caiso_desktop.ui.port import Ports
from caiso_desktop.ui.side_dialog import SideDialog
from caiso_desktop.ui.stripe import SIMULATOR


class FetchDialog(SideDialog):
    """The address and the certificate are shown before anything is asked."""

    def __init__(
        self, ports: Ports, work: PackageWork, environment: str, target: Target | None, parent: QWidget
    ) -> None:
        super().__init__("fetchDialog", "Fetch a WSDL", "Fetch", parent)
        self._ports = ports
        self._work = work
        self.environment = named(QComboBox(), "fetchEnvironment", "Environment")
        for each in ports.catalogue.environments:
            self.environment.addItem(each.name, each.id)
        self.environment.setCurrentIndex(max(0, self.environment.findData(environment)))
        self.certificate = named(QLabel(), "fetchCertificate", "Certificate")
        self.certificate.setWordWrap(True)
        self.form.addRow("&Environment", self.environment)
        self.row = RowChoice("fetch", ports.catalogue, (Variant.AP, Variant.DOCATTACH, Variant.RPC))
        self.row.setParent(self)
        self.row.add_to(self.form)
        self.form.addRow("Certificate", self.certificate)
        self.row.chosen.connect(self._judge)
        self.environment.currentIndexChanged.connect(self._go)
        ports.identities.changed.connect(self._judge)
        if target is not None:
            self.row.choose(target)
        self._go()

    def do(self) -> None:
        """Ask, and close: the page tells what came of it."""
        target = self.row.target
        if target is not None:
            identity = self._ports.identities.choice(self._place)
            self._work.fetch(
                Fetch(target, self._place, identity.ref if identity is not None else None, self._work.owner)
            )
            self.close()

    @property
    def _place(self) -> str:
        return str(self.environment.currentData())

    def _go(self) -> None:
        self._ports.identities.read(self._place)
        self._judge()

    def _judge(self) -> None:
        identity = self._ports.identities.choice(self._place)
        self.certificate.setText(identity.certificate.subject if identity is not None else "None is chosen there.")
        target, url, hindrance = self.row.target, "", ""
        if target is None:
            hindrance = "Choose a service."
        else:
            try:
                url = self._ports.catalogue.url(self._place, target)
            except CatalogueError as error:
                hindrance = begun(error.detail)
        if not hindrance and self._place == SIMULATOR:
            hindrance = "The simulator shows no WSDL. Choose an environment of CAISO's."
        elif not hindrance and identity is None:
            hindrance = "Choose a certificate for this environment first, in the bar above."
        self.verb.setEnabled(not hindrance)
        self.say(
            hindrance or f"{url}?WSDL is asked for, and what it names beside it on the same host. Nothing is sent."
        )
