"""Which environments and applications a firewall sheet is for, and where it is saved."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.ui.named import named
from caiso_desktop.ui.port import Ports
from caiso_desktop.ui.side_dialog import SideDialog
from caiso_desktop.ui.stripe import SIMULATOR

_NAME = "caiso-firewall.csv"


class FirewallDialog(SideDialog):
    """Hosts, ports and IPs as CSV, one line for each IP; whole or not at all."""

    def __init__(self, ports: Ports, environment: str, parent: QWidget) -> None:
        super().__init__("firewallDialog", "Export firewall sheet", "Save as CSV…", parent)
        self._ports = ports
        catalogue = ports.catalogue
        places = [(each.id, each.name) for each in catalogue.environments if each.id != SIMULATOR]
        chosen = {environment} if environment != SIMULATOR else {identifier for identifier, _ in places}
        self.environments = _list("firewallEnvironments", "Environments", places, chosen)
        self.environments.setFixedHeight(112)
        applications = [(each.id, f"{each.acronym} – {each.name}") for each in catalogue.applications]
        self.applications = _list(
            "firewallApplications", "Applications", applications, {identifier for identifier, _ in applications}
        )
        self.applications.setMinimumHeight(280)
        self.form.addRow("&Environments", self.environments)
        self.form.addRow("&Applications", self.applications)
        self.environments.itemChanged.connect(self._judge)
        self.applications.itemChanged.connect(self._judge)
        self.setMinimumWidth(560)
        self._judge()

    def do(self) -> None:
        """Ask where to, and save it there."""
        destination = self._ports.files.to_save(self, _NAME)
        if destination is None:
            return
        environments, applications = _checked(self.environments), _checked(self.applications)
        catalogues, saving = self._ports.offer.catalogues, self._ports.saving

        def work(token: CancelToken) -> int:
            sheet = catalogues.firewall_sheet(environments, applications)
            saving.save_text(sheet, destination.path, overwrite=destination.replace)
            return sheet.count("\n") - 1

        self._ports.jobs.run(
            work,
            owner=self,
            done=lambda lines: self.say(f"Saved {lines:,} lines as {destination.path}", "success"),
            failed=self.tell,
        )

    def _judge(self) -> None:
        enough = bool(_checked(self.environments) and _checked(self.applications))
        self.verb.setEnabled(enough)
        warning = self._ports.catalogue.guide.address_warning
        self.say(warning if enough else "Choose at least one environment and one application.")


def _list(name: str, title: str, items: Iterable[tuple[str, str]], chosen: set[str]) -> QListWidget:
    widget = named(QListWidget(), name, title)
    widget.setSpacing(2)
    for identifier, words in items:
        item = QListWidgetItem(words)
        item.setData(Qt.ItemDataRole.UserRole, identifier)
        item.setCheckState(Qt.CheckState.Checked if identifier in chosen else Qt.CheckState.Unchecked)
        widget.addItem(item)
    return widget


def _checked(widget: QListWidget) -> frozenset[str]:
    items = (widget.item(row) for row in range(widget.count()))
    return frozenset(
        str(item.data(Qt.ItemDataRole.UserRole)) for item in items if item.checkState() is Qt.CheckState.Checked
    )
