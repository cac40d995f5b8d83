"""The head of a draft: where it goes, what it calls, as whom, at which address, and how sure the names are."""

from dataclasses import replace

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from caiso_desktop.model.call import Basis
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.doubt import minor_versions, source_words, spellings
from caiso_desktop.model.error import CatalogueError
from caiso_desktop.model.service import Environment, Target, Variant, Version
from caiso_desktop.ui.address_label import AddressLabel
from caiso_desktop.ui.certificate_chip import CertificateChip
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.doubt_line import DoubtLine
from caiso_desktop.ui.elided_label import ElidedLabel
from caiso_desktop.ui.identity_list import IdentityList
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.offer import Offer
from caiso_desktop.ui.service_node import KIND_WORDS
from caiso_desktop.ui.stripe import Stripe, swatch

VARIANT_WORDS = {Variant.AP: "AP", Variant.DOCATTACH: "DocAttach", Variant.RPC: "RPC", Variant.REST: "REST"}
_VARIANT_TIPS = {
    Variant.AP: "AP: the report travels as a MIME attachment",
    Variant.DOCATTACH: "DocAttach: the report travels inside the message's Body",
    Variant.RPC: "RPC: parameters and results, without attachments",
    Variant.REST: "REST: a plain HTTP request",
}


class DraftHead(QWidget):
    """Follows the draft's desk, and sets its variant."""

    target_chosen = Signal(Target)

    def __init__(self, desk: Desk, offer: Offer, identities: IdentityList, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._offer = offer
        self._stripe = Stripe(desk.environment.id)
        self._place = styled(named(QLabel(), "draftEnvironment", "Environment of this draft"), title=True)
        self._picture = QLabel()
        self._service = styled(ElidedLabel(), title=True)
        self._version = styled(QLabel(), tone="muted")
        self.variant = named(QComboBox(), "variantSelector", "How the payload travels")
        self.variant.activated.connect(self._choose_variant)
        self.spelling = named(QComboBox(), "spellingSelector", "How the service's name is spelt")
        self.spelling.activated.connect(self._choose_spelling)
        self.minor = named(QComboBox(), "minorVersionSelector", "Minor version")
        self.minor.setToolTip("Rows of one address, told apart by the minor version in the payload")
        self.minor.activated.connect(self._choose_minor)
        self.procedure = named(QComboBox(), "procedureSelector", "What is called")
        self.procedure.activated.connect(self._choose_procedure)
        self.certificate = CertificateChip("draftCertificateChip", desk, identities, brief=True)
        self.address = AddressLabel()
        self.doubts = DoubtLine()
        self._source = self._names = ""
        basis = ElidedLabel(cut=Qt.TextElideMode.ElideRight)
        self._basis = styled(named(basis, "basisLabel", "Where row and names come from"), tone="muted")
        self._basis.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._basis.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._stripe)
        layout.addLayout(self._rows())
        desk.environment_changed.connect(self._show)
        desk.target_changed.connect(self._show)
        offer.changed.connect(self._show)
        self._show()

    @property
    def story(self) -> str:
        """Where the row stands, and where its operation's name comes from."""
        return self._basis.words

    def show_basis(self, basis: Basis | None) -> None:
        """Say where the operation's names come from."""
        self._names = f"names {basis}" if basis is not None else ""
        self._show_sources(by_rule=basis is Basis.RULE)

    def changeEvent(self, event: QEvent) -> None:
        """Called by Qt."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and hasattr(self, "_picture"):
            self._show_swatch(self._desk.environment)

    def _rows(self) -> QVBoxLayout:
        first = QHBoxLayout()
        first.setSpacing(8)
        first.addWidget(self._picture)
        first.addWidget(self._place)
        first.addWidget(self._service)
        first.addWidget(self._version)
        first.addStretch(1)
        first.addWidget(self.procedure)
        first.addWidget(self.spelling)
        first.addWidget(self.minor)
        first.addWidget(self.variant)
        first.addWidget(self.certificate)
        second = QHBoxLayout()
        second.setSpacing(8)
        second.addWidget(self.address, 3)
        second.addWidget(self._basis, 1)
        rows = QVBoxLayout()
        rows.setContentsMargins(8, 6, 8, 0)
        rows.setSpacing(4)
        rows.addLayout(first)
        rows.addLayout(second)
        rows.addWidget(self.doubts)
        return rows

    def _show(self) -> None:
        environment, target = self._desk.environment, self._desk.target
        self._stripe.set_environment(environment.id)
        self._show_swatch(environment)
        self._place.setText(f"{environment.name} – real market" if environment.guarded else environment.name)
        styled(self._place, tone="error" if environment.guarded else "")
        if target is None:
            return
        catalogue = self._offer.catalogue
        try:
            application, service, version = catalogue.row(target)
        except CatalogueError as error:
            # A file of the catalogue that is gone takes its rows along.
            self.address.show_url("", f"No address: {error.detail} {error.advice}")
            self.doubts.say_nothing()
            return
        self._service.say(service.name)
        story = f"{application.acronym}, {application.name}\n{service.name} {version.version}\n{version.release}"
        self._service.setToolTip(story.strip())
        self._version.setText(f"{application.acronym} {version.version}".strip())
        self._version.setToolTip(story.strip())
        self._source = source_words(version.source)
        self._show_sources(by_rule="by rule" in self._names)
        self._fill_choices(catalogue, target, version)
        self.doubts.show_row(catalogue, target, environment.id)
        try:
            self.address.show_url(catalogue.url(environment.id, target))
        except CatalogueError as error:
            self.address.show_url("", f"No address: {error.detail} {error.advice}")

    def _fill_choices(self, catalogue: Catalogue, target: Target, version: Version) -> None:
        self.variant.clear()
        for variant in (v for v in VARIANT_WORDS if v in version.paths):
            self.variant.addItem(VARIANT_WORDS[variant], variant)
            self.variant.setItemData(self.variant.count() - 1, _VARIANT_TIPS[variant], Qt.ItemDataRole.ToolTipRole)
        self.variant.setCurrentIndex(self.variant.findData(target.variant))
        self.variant.setToolTip(_VARIANT_TIPS[target.variant])
        self.variant.setEnabled(self.variant.count() > 1)
        names = spellings(catalogue, target)
        self.spelling.clear()
        for name, words in zip(names, ("our spelling", "as printed"), strict=False):
            self.spelling.addItem(words.capitalize(), name)
            self.spelling.setItemData(self.spelling.count() - 1, name, Qt.ItemDataRole.ToolTipRole)
        self.spelling.setCurrentIndex(self.spelling.findData(target.service))
        self.spelling.setToolTip(f"The name that is called: {target.service}")
        self.spelling.setVisible(len(names) > 1)
        chosen = catalogue.procedure(target)
        self.procedure.clear()
        for row, each in enumerate(version.procedures if chosen is not None else ()):
            self.procedure.addItem(each.name, each.name)
            tip = f"{KIND_WORDS[each.kind]}. {each.note}".strip()
            self.procedure.setItemData(row, tip, Qt.ItemDataRole.ToolTipRole)
        if chosen is not None:
            self.procedure.setCurrentIndex(self.procedure.findData(chosen.name))
            self.procedure.setToolTip(f"{KIND_WORDS[chosen.kind]}. {chosen.note}".strip())
        self.procedure.setVisible(chosen is not None)
        minor = minor_versions(catalogue, target)
        self.minor.clear()
        for name in minor:
            self.minor.addItem(name, name)
        self.minor.setCurrentIndex(self.minor.findData(version.minor_version))
        self.minor.setVisible(len(minor) > 1)

    def _show_sources(self, *, by_rule: bool) -> None:
        """Say where its operation's name comes from, and where the row stands."""
        # Cut at its end: without its middle "by rule, not from CAISO's WSDL" would say the opposite.
        self._basis.say(" · ".join(filter(None, (self._names, self._source))))
        story = "The operation's name and namespace follow a rule that real clients show.\n"
        story += "Import CAISO's WSDL package to know them for sure."
        self._basis.setToolTip(f"{self._basis.words}\n{story}" if by_rule else self._basis.words)

    def _show_swatch(self, environment: Environment) -> None:
        self._picture.setPixmap(swatch(environment.id, self.palette()).pixmap(12, 12))

    def _choose_variant(self, row: int) -> None:
        target = self._desk.target
        if target is not None:
            self.target_chosen.emit(replace(target, variant=Variant(self.variant.itemData(row))))

    def _choose_spelling(self, row: int) -> None:
        target = self._desk.target
        if target is not None:
            self.target_chosen.emit(replace(target, service=str(self.spelling.itemData(row))))

    def _choose_procedure(self, row: int) -> None:
        target = self._desk.target
        if target is not None:
            self.target_chosen.emit(replace(target, procedure=str(self.procedure.itemData(row))))

    def _choose_minor(self, row: int) -> None:
        target = self._desk.target
        if target is not None:
            self.target_chosen.emit(replace(target, minor_version=str(self.minor.itemData(row))))
