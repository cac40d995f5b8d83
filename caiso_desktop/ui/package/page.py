"""The page of schema packages: all of them, what is being done, and what one of them says."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from caiso_desktop.model.error import CaisoError
from caiso_desktop.model.package import Owner, Package, PackageExists, Stock
from caiso_desktop.model.package_words import imported_words
from caiso_desktop.ui.empty_state import EmptyState
from caiso_desktop.ui.icon import Symbol, icon
from caiso_desktop.ui.living_page import LivingPage
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.notice import Notice, error_notice
from caiso_desktop.ui.package.details import PackageDetails
from caiso_desktop.ui.package.dropped import dropped_package
from caiso_desktop.ui.package.place_choice import PlaceChoice
from caiso_desktop.ui.package.work import PackageWork
from caiso_desktop.ui.rows_table import RowsTable

HEADERS = ("Package", "Kept", "Imported (GMT)", "Matched", "New", "Not readable", "From")
_NUMBERS = (3, 4, 5)


class SchemasPage(LivingPage):
    """What the user wants is named by signals; ``match_asked`` carries a package and an operation's name,
    ``replacement_asked`` the package to be replaced.
    """

    import_asked = Signal()
    folder_asked = Signal()
    fetch_asked = Signal()
    match_asked = Signal(object, str)
    replacement_asked = Signal(object)

    def __init__(self, work: PackageWork, parent: QWidget | None = None) -> None:
        super().__init__("schemasPage", "Schemas", parent)
        self.setAcceptDrops(True)  # Qt takes it so
        self._work = work
        self._asks_removal: Package | None = None
        self.table: RowsTable | None = None
        self.details: PackageDetails | None = None
        self._said: QLabel | None = None
        work.changed.connect(self.refill_soon)
        work.told.connect(self._say)
        self.fill()

    def fill(self) -> None:
        """Write the page."""
        work = self._work
        self.table = self.details = self._said = None
        self.add_head("Schemas", self._verbs())
        self.add_words(
            "WSDL and XSD as CAISO publishes them, in a zip or a folder: drop one here. What they say counts instead "
            "of the rules: actions, roots, and the schemas of payloads. Nothing is ever read from outside of a package."
        )
        if len(work.places) > 1:
            places = PlaceChoice(work.places, work.owner)
            places.setEnabled(not work.doing)
            places.chosen.connect(work.put_into)
            self.add(places)
        self._add_news()
        if work.stock is None:
            self.add_words("Looking at the packages…")
        elif not work.stock:
            self.add(self._empty())
        else:
            self._add_packages(work.stock)
        if work.shown is not None:
            self._add_details(work.shown)

    @property
    def first(self) -> QWidget | None:
        """The list, or what one does where it is empty."""
        return self.table or self.findChild(QPushButton, "importPackage")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Called by Qt."""
        if not self._work.doing and dropped_package(event.mimeData(), folders=True) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Called by Qt: a folder may be dropped here, a zip anywhere on the window."""
        source = dropped_package(event.mimeData(), folders=True)
        if source is not None:
            event.acceptProposedAction()
            self._work.add(source)

    def _verbs(self) -> Sequence[QPushButton]:
        take = named(QPushButton("Import…"), "importPackage", "Import a zip, a WSDL or an XSD")
        take.setIcon(icon(Symbol.OPEN))
        take.clicked.connect(lambda checked=False: self.import_asked.emit())
        folder = named(QPushButton("Import a folder…"), "importPackageFolder", "Import a folder of WSDL and XSD files")
        folder.clicked.connect(lambda checked=False: self.folder_asked.emit())
        fetch = named(
            QPushButton("Fetch a WSDL…"), "fetchPackage", "Ask an endpoint for its WSDL, with your certificate"
        )
        fetch.setIcon(icon(Symbol.RETRIEVE))
        fetch.clicked.connect(lambda checked=False: self.fetch_asked.emit())
        for button in (take, folder, fetch):
            button.setEnabled(not self._work.doing)
        return take, folder, fetch

    def _add_news(self) -> None:
        """What goes on, what came of it, and what can be done about it."""
        work = self._work
        if work.doing:
            self.add(self._progress())
        elif work.failure is not None:
            notice = _failed(work.failure)
            if work.remedy is not None:
                words, remedy = work.remedy
                notice.offer("packageRemedy", words, remedy)
            notice.offer("hidePackageNews", "Hide", work.dismiss)
            self.add(notice)
        elif work.done is not None:
            notice = Notice("success", *work.done)
            notice.offer("hidePackageNews", "Hide", work.dismiss)
            self.add(notice)

    def _progress(self) -> QWidget:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        self._said = styled(named(QLabel(f"{self._work.doing}…"), "packageProgress", "What goes on"), banner="info")
        self._said.setTextFormat(Qt.TextFormat.PlainText)
        stop = named(QPushButton("Stop"), "stopPackage", "Stop it")
        stop.setIcon(icon(Symbol.STOP))
        stop.clicked.connect(lambda checked=False: self._work.stop())
        layout.addWidget(self._said, 1)
        layout.addWidget(stop)
        return row

    def _say(self, words: str) -> None:
        if self._said is not None:
            self._said.setText(f"{words}…")

    def _empty(self) -> EmptyState:
        state = EmptyState(
            "No schema package yet",
            "Until you import one, operations are named by rule and most payloads are not checked. CAISO publishes "
            "its packages on its developer site, for each application; drop the zip here as it is.",
        )
        state.setMinimumHeight(200)
        return state

    def _add_packages(self, stock: Sequence[Stock]) -> None:
        rows = [_row(each) for each in stock]
        self.table = self.add_table("packagesTable", "Packages", HEADERS, rows, numbers=_NUMBERS, stretch=6)
        for row, each in enumerate(stock):
            if each is self._work.shown:
                self.table.selectRow(row)
        self.table.selectionModel().currentRowChanged.connect(self._choose)

    def _choose(self, current: QModelIndex, previous: QModelIndex) -> None:
        stock = self._work.stock
        if stock and current.isValid():
            self._asks_removal = None
            self._work.choose(stock[current.row()].package)

    def _add_details(self, stock: Stock) -> None:
        self.details = details = PackageDetails(stock, enabled=not self._work.doing)
        details.match_asked.connect(lambda operation: self.match_asked.emit(stock.package, operation))
        details.unmatch_asked.connect(lambda operation: self._work.match(stock.package, operation, None))
        details.replacement_asked.connect(lambda: self.replacement_asked.emit(stock.package))
        details.removal_asked.connect(lambda: self._ask_removal(stock.package))
        if self._asks_removal is stock.package:
            self.add(self._question(stock.package))
        self.add(details)

    def _ask_removal(self, package: Package) -> None:
        self._asks_removal = package
        self.refill_soon()

    def _question(self, package: Package) -> Notice:
        whose = "your folder" if package.owner is Owner.USER else "the company's folder, for everybody"
        notice = Notice(
            "warning",
            f"Remove {package.name}?",
            f"Its files are deleted from {whose}. Its services are called by rule again; drafts stay as they are.",
        )
        notice.offer("removePackageYes", "Remove it", lambda: self._work.remove(package))
        notice.offer("removePackageNo", "Keep it", self._keep)
        return notice

    def _keep(self) -> None:
        self._asks_removal = None
        self.refill_soon()


def _failed(error: CaisoError) -> Notice:
    """What went wrong; that there is such a package is a question, nothing wrong."""
    if isinstance(error, PackageExists):
        return Notice("warning", error.title, f"{error.name} was imported before.", error.advice)
    return error_notice(error)


def _row(stock: Stock) -> tuple[str, ...]:
    package = stock.package
    return (
        package.name,
        "by you" if package.owner is Owner.USER else "by the company",
        imported_words(package),
        str(len(stock.matched)),
        str(len(stock.new)),
        str(len(package.contents.unreadable)),
        package.source,
    )
