"""The page of certificates: all of them, what keeps others from being read, and all that is known of one."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from caiso_desktop.model.choice import missing_words
from caiso_desktop.model.concern import days_left
from caiso_desktop.model.error import CaisoError, IdentityError, Way
from caiso_desktop.model.identity import Certificate, IdentityRef
from caiso_desktop.model.service import Environment
from caiso_desktop.ui.certificate.details import CertificateDetails
from caiso_desktop.ui.certificate.shelf import CertificateShelf, Entry
from caiso_desktop.ui.certificate.words import issuer_words, key_words, store_words
from caiso_desktop.ui.icon import Symbol, icon
from caiso_desktop.ui.living_page import LivingPage
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.notice import Notice, error_notice
from caiso_desktop.ui.port import Ports
from caiso_desktop.ui.rows_table import RowsTable
from caiso_desktop.ui.stripe import SIMULATOR

HEADERS = ("Name", "Issued by", "Kept in", "Valid until", "Days left", "Key", "Worked last in", "Serial number")
_DAYS = 4


class CertificatesPage(LivingPage):
    """What the user wants is named by signals; see `CertificateDetails` for theirs.

    ``spoilt_given_up`` names a file of the vault that cannot be read and is to be deleted.
    """

    use_asked = Signal(object, str)
    trial_asked = Signal(object)
    removal_asked = Signal(object)
    import_asked = Signal(str)
    read_asked = Signal()
    module_asked = Signal()
    spoilt_given_up = Signal(str)

    def __init__(self, shelf: CertificateShelf, ports: Ports, parent: QWidget | None = None) -> None:
        super().__init__("certificatesPage", "Certificates", parent)
        self._shelf = shelf
        self._ports = ports
        self._tables: list[tuple[RowsTable, tuple[Entry, ...]]] = []
        self._chosen: IdentityRef | None = None
        self.details: CertificateDetails | None = None
        self._seeks = False
        self.verticalScrollBar().rangeChanged.connect(lambda low, high: self._seek())
        for signal in (shelf.changed, ports.identities.chosen, ports.identities.changed, ports.offer.changed):
            signal.connect(self.refill_soon)
        self.fill()

    def fill(self) -> None:
        """Write the page."""
        shelf = self._shelf
        self._tables, self.details = [], None
        self._add_head()
        self.add_words(
            "What is in the stores of this computer. Drop a .p12, .pfx or PEM file anywhere on the window to import it."
        )
        for problem in shelf.problems:
            self.add(self._problem(problem))
        for place in self.places:
            missing = self._ports.identities.standing(place.id).missing
            if missing is not None:
                self.add(self._missing(place, missing))
        personal = tuple(entry for entry in shelf.entries if not entry.identity.certificate.log_on_use)
        apart = tuple(entry for entry in shelf.entries if entry.identity.certificate.log_on_use)
        if personal:
            self._add_entries("certificatesTable", "Certificates", personal)
        elif shelf.known:
            self._add_empty(others=bool(apart or shelf.problems))
        else:
            self.add_words("Looking for certificates…")
        if apart:
            self._add_entries("logOnTable", "For logging on to Windows with a smart card (not CAISO's)", apart)
        self._select()

    def show_one(self, ref: IdentityRef) -> None:
        """Show the details of this one."""
        self._chosen = ref
        self.refill_soon()

    @property
    def first(self) -> QWidget | None:
        """The list, or what one does where it is empty."""
        return self._tables[0][0] if self._tables else self.findChild(QPushButton, "importCertificate")

    def ensure_question_visible(self) -> None:
        """Let the decision that is asked for be in sight, once it is laid out."""
        self._seeks = True

    def _seek(self) -> None:
        """The page has become longer: by the question, where one was just asked."""
        question = self.details.question if self.details is not None else None
        if self._seeks and question is not None:
            self.ensureWidgetVisible(question, 0, 8)
        self._seeks = False

    def _add_head(self) -> None:
        take = named(QPushButton("Import…"), "importCertificate", "Import a certificate", "From a file (Ctrl+Shift+I)")
        take.setIcon(icon(Symbol.OPEN))
        take.clicked.connect(lambda checked=False: self.import_asked.emit(""))
        again = named(QPushButton("Look again"), "readCertificates", "Look into all stores again")
        again.setIcon(icon(Symbol.REFRESH))
        again.setEnabled(not self._shelf.reading)
        again.clicked.connect(lambda checked=False: self.read_asked.emit())
        said = styled(named(QLabel(), "certificatesReading", "What goes on"), tone="muted")
        said.setText("Looking into the stores…" if self._shelf.reading and self._shelf.known else "")
        self.add_head("Certificates", (again, take), said)

    def _problem(self, error: CaisoError) -> Notice:
        """A store or a file that could not be read, with what leads on."""
        notice = error_notice(error)
        ways = error.ways if isinstance(error, IdentityError) else ()
        if Way.IMPORT in ways:
            notice.offer("importInstead", "Import its file again…", partial(self.import_asked.emit, ""))
        if Way.MODULE in ways:
            notice.offer("chooseModule", "Choose its module…", self.module_asked.emit)
        notice.offer("readAgain", "Look again", self.read_asked.emit)
        if isinstance(error, IdentityError) and error.spoilt:
            notice.offer("deleteSpoilt", "Delete the file…", partial(self._ask_about_spoilt, notice, error.spoilt))
        return notice

    def _ask_about_spoilt(self, notice: Notice, name: str) -> None:
        button = notice.findChild(QPushButton, "deleteSpoilt")
        if button is not None and button.isEnabled():
            button.setEnabled(False)
            words = "Delete it for good: it cannot be undone"
            notice.offer("deleteSpoiltForGood", words, partial(self.spoilt_given_up.emit, name))

    def _missing(self, place: Environment, certificate: Certificate) -> Notice:
        """A certificate that was chosen and is not there."""
        notice = Notice(
            "warning",
            f"A certificate is missing in {place.name}",
            missing_words(certificate, place.name),
            "Choose another one below with “Use it in”, import it again, or put its card in.",
        )
        notice.offer(f"importMissing-{place.id}", "Import it again…", partial(self.import_asked.emit, ""))
        notice.offer(f"readForMissing-{place.id}", "Look again", self.read_asked.emit)
        return notice

    def _add_empty(self, *, others: bool) -> None:
        self.add_heading("No certificate for CAISO's services was found" if others else "There is no certificate yet")
        self.add_words(
            "CAISO issues yours to a Windows computer, through your company's user access administrator. Where you "
            "have it as a .p12 or .pfx file, import it; where it is on a card, put the card in and look again. The "
            "simulator needs none."
        )

    def _add_entries(self, name: str, title: str, entries: tuple[Entry, ...]) -> None:
        now = datetime.now(UTC)
        rows = [self._row(entry, now) for entry in entries]
        table = self.add_table(name, title, HEADERS, rows, numbers=(_DAYS,))
        self._tables.append((table, entries))
        table.setSelectionMode(RowsTable.SelectionMode.SingleSelection)
        table.selectionModel().currentRowChanged.connect(partial(self._pick, entries))

    def _row(self, entry: Entry, now: datetime) -> tuple[str, ...]:
        identity, own = entry.identity, entry.identity.certificate
        worked = self._ports.credentials.record.worked(identity.ref)
        last = max(worked.items(), key=lambda each: each[1], default=None)
        left = days_left(own, now)
        return (
            own.common_name,
            issuer_words(own),
            store_words(identity.ref.store),
            f"{own.not_after.astimezone(UTC):%Y-%m-%d}",
            f"{left:,}" if own.not_after > now else "expired",
            key_words(own, entry.key),
            self._name(last[0]) if last is not None else "–",
            f"{own.serial:X}",
        )

    def _pick(self, entries: Sequence[Entry], current: QModelIndex, former: QModelIndex) -> None:
        if not current.isValid():
            return
        entry = entries[current.row()]
        self._chosen = entry.identity.ref
        for table, others in self._tables:
            if others is not entries:
                table.clearSelection()
        self._show_details(entry)

    def _select(self) -> None:
        """Show the one that was chosen, else the first."""
        for table, entries in self._tables:
            for row, entry in enumerate(entries):
                if entry.identity.ref == self._chosen or self._chosen is None:
                    table.selectRow(row)
                    return
        if self._tables:
            wanted = self._chosen  # one that was just imported is not listed yet
            self._tables[0][0].selectRow(0)
            self._chosen = wanted

    def _show_details(self, entry: Entry) -> None:
        if self.details is not None:
            self.details.hide()
            self.details.setParent(None)
            self.details.deleteLater()
        identity = entry.identity
        self.details = CertificateDetails(
            entry,
            dict(self._ports.credentials.record.worked(identity.ref)),
            self._ports.identities.choices,
            self.places,
            self._shelf.troubles.get(identity.ref),
        )
        self.details.use_asked.connect(self.use_asked)
        self.details.trial_asked.connect(self.trial_asked)
        self.details.removal_asked.connect(self.removal_asked)
        self.details.import_asked.connect(self.import_asked)
        self.add(self.details)

    @property
    def places(self) -> list[Environment]:
        """The environments that a certificate of the user can be used in: all but the simulator."""
        return [each for each in self._ports.catalogue.environments if each.id != SIMULATOR]

    def _name(self, environment: str) -> str:
        return next((each.name for each in self.places if each.id == environment), environment)
