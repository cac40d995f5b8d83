"""Where an application's services are now: makes a catalogue file, so that nobody has to write one."""

from pathlib import Path
from urllib.parse import urlsplit

from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from caiso_desktop.model.error import CatalogueError
from caiso_desktop.model.service import Target
from caiso_desktop.ui.named import named
from caiso_desktop.ui.offer import Offer
from caiso_desktop.ui.side_dialog import SideDialog
from caiso_desktop.ui.stripe import SIMULATOR, swatch


class AddressDialog(SideDialog):
    """Shows what changes before it does: to which host a certificate would be shown from then on."""

    def __init__(
        self, offer: Offer, application: str, target: Target | None, environment: str, parent: QWidget
    ) -> None:
        about = offer.catalogue.application(application)
        super().__init__("addressDialog", f"Edit an address of {about.acronym}", "Use this address", parent)
        self._offer = offer
        self._application = about.id
        self._target = target
        self.environment = named(QComboBox(), "addressEnvironment", "Environment")
        places = [each for each in offer.catalogue.environments if each.id != SIMULATOR]
        for place in places:
            self.environment.addItem(swatch(place.id, self.palette()), place.name, place.id)
        self.environment.setCurrentIndex(max(0, self.environment.findData(environment)))
        self.address = named(QLineEdit(), "addressEdit", "Base address")
        self.address.setPlaceholderText("https://host/path/  – or the whole address of one of its services")
        self.form.addRow("&Environment", self.environment)
        self.form.addRow("&Address", self.address)
        self.environment.currentIndexChanged.connect(self._begin)
        self.address.textChanged.connect(self._judge)
        self._begin()

    @property
    def base(self) -> str:
        """What stands before each service's path, by what is in the field: a whole address loses its path."""
        text = self.address.text().strip()
        for path in sorted(self._paths(), key=len, reverse=True):
            if text.endswith(path):
                return text.removesuffix(path)
        return text if not text or text.endswith("/") or "?" in text else f"{text}/"

    def do(self) -> None:
        """Save it and go by it: what it changes has just been shown."""
        base, environment, target = self.base, self._place, self._row()
        self.verb.setEnabled(False)  # Qt takes it so
        self._offer.change(
            lambda catalogues: catalogues.save_address(environment, self._application, base, target),
            owner=self,
            done=self._saved,
            failed=self.tell,
            agreed=True,
        )

    @property
    def _place(self) -> str:
        return str(self.environment.currentData())

    def _row(self) -> Target | None:
        """The target, where its row has bases of its own."""
        if self._target is None:
            return None
        _, _, version = self._offer.catalogue.row(self._target)
        return self._target if version.bases else None

    def _known(self) -> str:
        """The base that counts now, empty where there is none."""
        about = self._offer.catalogue.application(self._application)
        target = self._row()
        if target is not None:
            return self._offer.catalogue.row(target)[2].bases.get(self._place, "")
        reach = about.reach.get(self._place)
        return (reach.base or "") if reach is not None else ""

    def _paths(self) -> set[str]:
        about = self._offer.catalogue.application(self._application)
        return {path for service in about.services for version in service.versions for path in version.paths.values()}

    def _begin(self) -> None:
        self.address.setText(self._known())
        self.address.selectAll()
        self._judge()

    def _judge(self) -> None:
        base, known = self.base, self._known()
        parts = urlsplit(base) if base.startswith("https://") else None
        self.verb.setEnabled(parts is not None and bool(parts.hostname) and base != known)
        if base == known:
            self.say(f"It is {known} now." if known else "There is no address there now: write one.")
        elif parts is None or not parts.hostname:
            self.say("Write an address that begins with https://", "warning")
        else:
            about = self._offer.catalogue.application(self._application)
            row = self._row()
            what = f"{row.service} of {about.acronym}" if row is not None else f"All services of {about.acronym}"
            old = urlsplit(known).netloc or "no host"
            words = f"{what} in {self.environment.currentText()} go to {parts.netloc} instead of {old}"
            if parts.netloc != urlsplit(known).netloc:
                words += ", and your certificate is shown to that host. Be sure that it is CAISO's"
            self.say(f"{words}.{self._example(base)}", "warning" if parts.netloc != urlsplit(known).netloc else "info")

    def _example(self, base: str) -> str:
        """What the address of one service becomes."""
        if self._target is None:
            return ""
        try:
            _, _, version = self._offer.catalogue.row(self._target)
        except CatalogueError:
            return ""
        return f"\n{self._target.service}: {base}{version.paths[self._target.variant]}"

    def _saved(self, file: Path | None) -> None:
        self._judge()
        self.say(f"Saved in {file}. It counts from now on; open drafts say so where they go elsewhere.", "success")
