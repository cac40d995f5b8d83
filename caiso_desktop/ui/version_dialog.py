"""A version, or a service, that came after the document: makes a catalogue file, so that nobody has to write one."""

from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QWidget

from caiso_desktop.model.service import Kind, Service, Variant
from caiso_desktop.ui.named import named
from caiso_desktop.ui.offer import Offer
from caiso_desktop.ui.service_node import KIND_WORDS
from caiso_desktop.ui.side_dialog import SideDialog

_WAYS = {Variant.AP: "AP (attachment)", Variant.DOCATTACH: "DocAttach (in the Body)"}


class VersionDialog(SideDialog):
    """The address follows the application's rule; it is shown before it is saved."""

    def __init__(self, offer: Offer, application: str, service: str, parent: QWidget) -> None:
        about = offer.catalogue.application(application)
        super().__init__("versionDialog", f"Add to {about.acronym}", "Add it", parent)
        self._offer = offer
        self._application = about.id
        self.service = named(QComboBox(), "versionService", "Service; write another name for a new one")
        self.service.setEditable(True)  # Qt takes it so
        self.service.addItems([each.name for each in about.services])
        self.service.setCurrentText(service)
        edit = self.service.lineEdit()
        if edit is not None:
            named(edit, "versionServiceName", "Name of the service")
            edit.setPlaceholderText("RetrieveSomething")
        self.kind = named(QComboBox(), "versionKind", "What a call of it does")
        for kind, words in KIND_WORDS.items():
            self.kind.addItem(words, kind)
        self.version = named(QLineEdit(), "versionName", "Version, like v5")
        self.version.setPlaceholderText("v5")
        self.release = named(QLineEdit(), "versionRelease", "Release, like Fall 2026")
        self.release.setPlaceholderText("Fall 2026")
        self.form.addRow("&Service", self.service)
        self.form.addRow("&Kind", self.kind)
        self.form.addRow("&Version", self.version)
        self.form.addRow("&Release", self.release)
        self.form.addRow("Ways", self._make_ways())
        for changed in (self.service.editTextChanged, self.version.textChanged, self.release.textChanged):
            changed.connect(self._judge)
        self.kind.currentIndexChanged.connect(self._judge)
        self._judge()

    def do(self) -> None:
        """Save it and go by it."""
        service, version, release = self._name, self.version.text().strip(), self.release.text().strip()
        kind, variants = Kind(self.kind.currentData()), self._variants()
        self.verb.setEnabled(False)
        self._offer.change(
            lambda catalogues: catalogues.save_version(
                self._application, service, version, release, kind=kind, variants=variants
            ),
            owner=self,
            done=self._saved,
            failed=self.tell,
        )

    def _make_ways(self) -> QWidget:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        self.ways = {}
        for variant, words in _WAYS.items():
            box = named(QCheckBox(words), f"versionWay-{variant}", words)
            box.setChecked(True)
            box.toggled.connect(self._judge)
            self.ways[variant] = box
            layout.addWidget(box)
        layout.addStretch(1)
        return row

    @property
    def _name(self) -> str:
        return self.service.currentText().strip()

    def _known(self) -> Service | None:
        about = self._offer.catalogue.application(self._application)
        return next((each for each in about.services if each.name == self._name), None)

    def _variants(self) -> list[Variant]:
        return [variant for variant, box in self.ways.items() if box.isChecked()]

    def _judge(self) -> None:
        about = self._offer.catalogue.application(self._application)
        known, version, variants = self._known(), self.version.text().strip(), self._variants()
        self.kind.setEnabled(known is None)
        if known is not None:
            self.kind.setCurrentIndex(self.kind.findData(known.kind))
        hindrance = ""
        if not about.suffix:
            hindrance = f"The paths of {about.acronym} follow no rule: its versions need a catalogue file by hand."
        elif not self._name or not version:
            hindrance = "Name the service and its version."
        elif not variants:
            hindrance = "Choose at least one way."
        elif known is not None and any(row.version == version for row in known.versions):
            hindrance = f"{known.name} has {version} already."
        self.verb.setEnabled(not hindrance)
        if hindrance:
            self.say(hindrance, "info")
            return
        ends = {Variant.AP: "_AP", Variant.DOCATTACH: "_DocAttach_AP"}
        path = f"{self._name}_{about.suffix}{version}{ends[variants[0]]}"
        kind = KIND_WORDS[Kind(self.kind.currentData())].lower()
        new = "" if known is not None else f"A new service ({kind}). "
        self.say(f"{new}Its path: {path}")

    def _saved(self, file: Path | None) -> None:
        name, version = self._name, self.version.text().strip()
        self._judge()
        self.say(f"{name} {version} is in the catalogue now, by {file}.", "success")
