"""Chooses a row of the catalogue: service (written or picked), version, variant."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QCompleter, QFormLayout, QWidget

from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.service import Service, Target, Variant
from caiso_desktop.ui.named import named

_WAYS = {Variant.AP: "AP (attachment)", Variant.DOCATTACH: "DocAttach (in the Body)", Variant.RPC: "RPC"}


class RowChoice(QWidget):
    """Three fields for a form; ``chosen`` whenever they name another row, or none."""

    chosen = Signal()

    def __init__(self, name: str, catalogue: Catalogue, variants: tuple[Variant, ...]) -> None:
        super().__init__()
        self._catalogue = catalogue
        self._variants = variants
        self._services = {
            f"{application.acronym} {service.name}": (application.id, service)
            for application in catalogue.applications
            for service in application.services
            if any(variant in version.paths for version in service.versions for variant in variants)
        }
        self.service = named(QComboBox(), f"{name}Service", "Service; write a part of its name")
        self.service.setEditable(True)  # Qt takes it so
        self.service.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.service.addItems(list(self._services))
        self.service.setCurrentIndex(-1)
        edit, completer = self.service.lineEdit(), QCompleter(list(self._services), self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.service.setCompleter(completer)
        if edit is not None:
            named(edit, f"{name}ServiceName", "Name of the service")
            edit.setPlaceholderText("SIBR RetrieveCleanBidSet")
        self.version = named(QComboBox(), f"{name}Version", "Version")
        self.variant = named(QComboBox(), f"{name}Variant", "How the payload travels")
        self.service.editTextChanged.connect(self._follow_service)
        self.version.currentIndexChanged.connect(self._follow_version)
        self.variant.currentIndexChanged.connect(lambda row: self.chosen.emit())

    @property
    def target(self) -> Target | None:
        """The row, None where the fields name none."""
        found = self._found()
        variant = self.variant.currentData()
        if found is None or variant is None:
            return None
        application, service = found
        return Target(application, service.name, str(self.version.currentData()), Variant(variant))

    def add_to(self, form: QFormLayout) -> None:
        """Put the fields into a form."""
        form.addRow("&Service", self.service)
        form.addRow("&Version", self.version)
        form.addRow("Va&riant", self.variant)

    def choose(self, target: Target) -> None:
        """Name this row."""
        acronym = self._catalogue.application(target.application).acronym
        self.service.setEditText(f"{acronym} {target.service}")
        self.version.setCurrentIndex(max(0, self.version.findData(target.version)))
        self.variant.setCurrentIndex(max(0, self.variant.findData(target.variant)))

    def suggest(self, words: str) -> None:
        """Begin with a service whose name is the words', however they are written, where there is one."""
        wanted = words.casefold()
        for text, (_, service) in self._services.items():
            if service.name.casefold() == wanted:
                self.service.setEditText(text)
                return

    def _found(self) -> tuple[str, Service] | None:
        written = self.service.currentText().strip().casefold()
        return next((each for text, each in self._services.items() if text.casefold() == written), None)

    def _follow_service(self) -> None:
        found = self._found()
        self.version.blockSignals(True)  # noqa: FBT003  # Qt takes it so
        self.version.clear()
        names = [each.version for each in found[1].versions] if found is not None else []
        for name in dict.fromkeys(names):
            self.version.addItem(name or "without a version", name)
        self.version.blockSignals(False)  # noqa: FBT003
        self._follow_version()

    def _follow_version(self) -> None:
        found, name = self._found(), self.version.currentData()
        self.variant.blockSignals(True)  # noqa: FBT003  # Qt takes it so
        self.variant.clear()
        rows = [each for each in found[1].versions if each.version == name] if found is not None else []
        for variant in self._variants:
            if any(variant in row.paths for row in rows):
                self.variant.addItem(_WAYS[variant], variant)
        self.variant.blockSignals(False)  # noqa: FBT003
        self.chosen.emit()
