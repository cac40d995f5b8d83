"""All that is known of one application (or of the gateway): purpose, addresses, releases, doubts, and from where."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from caiso_desktop.model.doubt import source_words
from caiso_desktop.model.error import CatalogueError
from caiso_desktop.model.service import Address, Application, Environment, Reach, Service, Target, Variant, Version
from caiso_desktop.ui.named import named
from caiso_desktop.ui.offer import Offer
from caiso_desktop.ui.rows_table import RowsTable
from caiso_desktop.ui.service_node import KIND_WORDS, preferred_variant
from caiso_desktop.ui.story_page import StoryPage

_ROLE_WORDS = {"portal": "Portal", "installer": "Installer", "manual": "Manual", "server": "Server"}
_WAYS = {Variant.AP: "AP", Variant.DOCATTACH: "DocAttach", Variant.RPC: "RPC", Variant.REST: "REST"}
_SECONDARY = (
    "Secondary connections of its client. Not to be called: needed only where access to DNS is restricted, "
    "or where a firewall goes by names alone"
)
_TALLEST = 18


class ApplicationPage(StoryPage):
    """What it offers is asked for by signals: a draft, another address, a version, words for the help desk."""

    draft_asked = Signal(Target)
    address_asked = Signal(str)
    version_asked = Signal(str)
    help_asked = Signal(str)

    def __init__(self, offer: Offer, application: str, parent: QWidget | None = None) -> None:
        super().__init__(offer, "applicationPage", "About an application", parent)
        self._id = application
        self._targets: list[Target | None] = []
        self.fill()

    def fill(self) -> None:
        """Write the page."""
        catalogue = self.offer.catalogue
        try:
            about = catalogue.application(self._id)
        except CatalogueError as error:
            self.add_prose(f"{error.detail} {error.advice}", banner="warning")
            return
        self.setAccessibleName(f"About {about.acronym}")
        same = about.acronym.casefold() == about.name.casefold()
        self.add_title(about.name if same else f"{about.acronym} – {about.name}")
        self.add_prose(about.purpose)
        if about.limits:
            self.add_prose(f"Limits: {about.limits}")
        if about.aliases:
            self.add_prose(f"Also called: {', '.join(about.aliases)}", tone="muted")
        if about.source is not None:
            self.add_prose(f"Source: {source_words(about.source)}", tone="muted")
        self.add_buttons(*self._buttons(about))
        self._add_places(about)
        self._add_callers(about)
        self._add_services(about)
        self._add_operations(about)
        corrections = [each for each in catalogue.corrections if each.application == about.id]
        if corrections:
            self.add_heading("Where the document is corrected or doubted")
            self.add_corrections(corrections)
        if about.references:
            self.add_heading("To read on")
            for reference in about.references:
                self.add_prose(reference.text)
                self.add_address("", reference.url)

    def _buttons(self, about: Application) -> Iterator[QPushButton]:
        for name, words, signal in (
            ("pageEditAddress", "Edit an address…", self.address_asked),
            ("pageAddVersion", "Add a service…", self.version_asked),
            ("pageCopyForHelp", "Copy for the help desk", self.help_asked),
        ):
            button = named(QPushButton(words), name, f"{words.rstrip('…')}: {about.acronym}")
            button.clicked.connect(lambda checked=False, asked=signal: asked.emit(about.id))
            yield button

    def _add_places(self, about: Application) -> None:
        catalogue = self.offer.catalogue
        absent = []
        warned = False
        for environment in catalogue.environments:
            reach = about.reach.get(environment.id)
            if reach is None:
                absent.append(environment.name)
                continue
            gone = about.retired.get(environment.id)
            self.add_place(environment, f"probably retired ({gone.source})" if gone is not None else "")
            ips = self._add_reach(reach, environment)
            if ips and not warned and catalogue.guide.address_warning:
                self.add_prose(catalogue.guide.address_warning, tone="warning")
                warned = True
        if absent:
            self.add_prose(f"Not in {', '.join(absent)}.", tone="muted")

    def _add_reach(self, reach: Reach, environment: Environment) -> bool:
        """The addresses of one environment; whether IPs are among them."""
        for address in reach.addresses:
            self._add_user_interface(address)
        if reach.base is not None:
            tip = f"What stands before the path of each service. {source_words(reach.source) if reach.source else ''}"
            self.add_address("Web services", reach.base, opens=False, tip=tip.strip())
        for other in reach.other_bases:
            words = " ".join(filter(None, (other.note, source_words(other.source))))
            self.add_address("Web services too", other.url, opens=False, tip=words)
            self.add_prose(words, tone="muted")
        if reach.secondary:
            self.add_prose(f"{_SECONDARY}:", tone="muted")
        for url in reach.secondary:
            self.add_address("Secondary", url, opens=False, tip=_SECONDARY)
        if reach.ips:
            self.add_address("IPs", ", ".join(reach.ips), opens=False)
        if environment.access:
            self.add_prose(environment.access, tone="muted")
        return bool(reach.ips or any(address.ips for address in reach.addresses))

    def _add_user_interface(self, address: Address) -> None:
        self.add_address(_ROLE_WORDS.get(address.role, address.role), address.url, opens=address.role != "server")
        if address.ips:
            self.add_address("IPs of it", ", ".join(address.ips), opens=False)

    def _add_callers(self, about: Application) -> None:
        """Which applications' services are called through these servers, where there are any (the gateways)."""
        catalogue = self.offer.catalogue
        rows = []
        for environment in catalogue.environments:
            reach = about.reach.get(environment.id)
            for address in reach.addresses if reach is not None and not about.services else ():
                host = urlsplit(address.url).netloc
                through = [
                    other.acronym
                    for other in catalogue.applications
                    if (there := other.reach.get(environment.id)) is not None
                    and there.base is not None
                    and urlsplit(there.base).netloc == host
                ]
                if through:
                    rows.append((environment.name, host, ", ".join(through)))
        if rows:
            headers = ("Environment", "Host", "Applications called through it")
            self.add_table("callersTable", "What is called through it", headers, rows, stretch=2)

    def _add_services(self, about: Application) -> None:
        if not about.services:
            self.add_prose("The document lists no web services of it: it is used in the browser.", tone="muted")
            return
        rows = []
        self._targets = []
        for service in about.services:
            for version in service.versions:
                rows.append(self._row(service, version))
                variant = preferred_variant(version) if version.callable else None
                target = None
                if variant is not None:
                    target = Target(about.id, service.name, version.version, variant, version.minor_version)
                self._targets.append(target)
        headers = ("Service", "Version", "Release", "Minor version", "Template", "Ways", "Remarks", "Source")
        self.add_heading(f"{len(about.services)} services, {len(rows)} rows (Enter opens a draft)")
        table = RowsTable("releasesTable", f"Services and releases of {about.acronym}", headers, grows=_TALLEST)
        table.set_rows(rows)
        table.activated.connect(self._open)
        self.add(table)

    def _row(self, service: Service, version: Version) -> tuple[str, ...]:
        remarks = []
        newest = service.newest
        if not version.callable:
            remarks.append("not released")
        elif newest is not None and version.source.proven and version.version != newest.version:
            remarks.append("superseded")
        for environment, gone in version.retired.items():
            since = f" since {gone.since.isoformat()}" if gone.since is not None else ""
            remarks.append(f"probably retired in {environment}{since}")
        remarks += [f"in {environment} from {day.isoformat()}" for environment, day in version.active_from.items()]
        remarks += [f"{environment}: {base}" for environment, base in version.bases.items()]
        remarks += [words for words in (version.note, service.note) if words]
        return (
            service.name,
            version.version or "–",
            version.release or "–",
            version.minor_version or "",
            version.template or "",
            ", ".join(_WAYS[variant] for variant in version.paths),
            "; ".join(remarks),
            source_words(version.source),
        )

    def _open(self, index: QModelIndex) -> None:
        target = self._targets[index.row()]
        if target is not None:
            self.draft_asked.emit(target)

    def _add_operations(self, about: Application) -> None:
        rows = []
        for service in about.services:
            for version in service.versions:
                for each in version.procedures:
                    parameters = ", ".join(f"{p.name}: {p.type}" for p in each.parameters)
                    returns = f"{each.result} ({each.encoding})" if each.encoding else each.result
                    kind = KIND_WORDS[each.kind].lower()
                    rows.append((service.name, version.version, each.name, kind, parameters, returns))
        if rows:
            headers = ("Service", "Version", "Operation", "Kind", "Parameters", "Result")
            self.add_table("operationsTable", f"{len(rows)} operations", headers, rows)
