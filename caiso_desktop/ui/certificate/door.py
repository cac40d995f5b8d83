"""The way from the window to everything about certificates: the page, import, removal, test, and what is to be told.

What it opens is imported when it is opened for the first time.
"""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from caiso_desktop.model.answer import Note
from caiso_desktop.model.cabinet import CARD_MODULE
from caiso_desktop.model.error import CaisoError, IdentityError
from caiso_desktop.model.identity import Identity, IdentityRef
from caiso_desktop.ui.certificate.asking import WindowAsking
from caiso_desktop.ui.certificate.dropped import dropped_files
from caiso_desktop.ui.certificate.expiry_watch import ExpiryWatch
from caiso_desktop.ui.certificate.renewal_offer import RenewalOffer
from caiso_desktop.ui.certificate.shelf import CertificateShelf
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.draft_panel import DraftPanel
from caiso_desktop.ui.draft_tabs import DraftTabs
from caiso_desktop.ui.icon import Symbol
from caiso_desktop.ui.notice_strip import NoticeStrip
from caiso_desktop.ui.port import Ports
from caiso_desktop.ui.stripe import SIMULATOR
from caiso_desktop.ui.window_menu import Verb, Verbs

PAGE = "certificatesPage"


class CertificateDoor(QObject):
    """``strip`` tells of certificates that end or were renewed; files dropped on the window are imported."""

    def __init__(
        self, window: QWidget, ports: Ports, desk: Desk, drafts: DraftTabs, asking: WindowAsking | None = None
    ) -> None:
        super().__init__(window)
        self._window = window
        self._ports = ports
        self._desk = desk
        self._drafts = drafts
        self._asking = asking
        self._application = ""
        drafts.selected.connect(self._follow)
        self.strip = NoticeStrip("certificateStrip")
        self.shelf = CertificateShelf(ports.credentials.cabinet, ports.jobs, self)
        self.watch = ExpiryWatch(self.shelf, ports, self)
        self.watch.due.connect(self._tell_end)
        self._ending: dict[IdentityRef, str] = {}
        self.shelf.changed.connect(self._drop_settled)
        ports.identities.chosen.connect(self._drop_settled)
        self._renewals = RenewalOffer(ports, self.strip, self.show_one, self.use, self)
        if asking is not None:
            asking.attach(window)
        window.setAcceptDrops(True)  # Qt takes it so

    def verbs(self) -> Verbs:
        """The lines of the Certificates menu."""
        return (
            Verb("&All certificates", ("Ctrl+Shift+K",), self.show_page, "showCertificates"),
            Verb("&Import a certificate…", ("Ctrl+Shift+I",), self.import_files, "importCertificateFile"),
            Verb("&Look into the stores again", (), self.read, "readStores"),
            None,
            Verb("&Module of a card or token…", (), self.choose_module, "chooseCardModule"),
        )

    def begin(self) -> None:
        """Look what is there; once, after the window's first paint."""
        self.shelf.read()
        for place in self._ports.catalogue.environments:
            if self._ports.identities.choices.made(place.id):
                self._ports.identities.known(place.id)

    def close(self) -> None:
        """Answer whoever still waits for a passphrase: there will be none."""
        if self._asking is not None:
            self._asking.close()

    def listen(self, panel: DraftPanel) -> None:
        """Do what a draft asks for, and learn from its calls."""
        panel.certificates_asked.connect(self.show_page)
        panel.call.failed.connect(lambda error: self._learn(panel.desk.identity, error))
        panel.call.ended.connect(lambda exchange: self._learn(exchange.call.identity, None))

    def read(self) -> None:
        """Look into all stores again."""
        self.shelf.read()
        self._ports.identities.renew()

    def show_page(self) -> None:
        """Show all certificates."""
        from caiso_desktop.ui.certificate.page import CertificatesPage
        from caiso_desktop.ui.certificate.removal import Removal

        page = self._drafts.page(PAGE)
        if not isinstance(page, CertificatesPage):
            page = CertificatesPage(self.shelf, self._ports)
            page.use_asked.connect(self.use)
            page.trial_asked.connect(self.test)
            Removal(page, self._ports, self._drafts, self.read)
            page.import_asked.connect(lambda place: self.import_files(place=place))
            page.read_asked.connect(self.read)
            page.module_asked.connect(self.choose_module)
            if self._desk.identity is not None:
                page.show_one(self._desk.identity)  # the one in use, if it is there
        self._drafts.show_page(page, "Certificates", Symbol.CERTIFICATE)
        page.take_keyboard()

    def show_one(self, identity: Identity) -> None:
        """Show one certificate among the others."""
        from caiso_desktop.ui.certificate.page import CertificatesPage

        self.show_page()
        page = self._drafts.page(PAGE)
        if isinstance(page, CertificatesPage):
            page.show_one(identity.ref)

    def import_files(self, files: Sequence[Path] = (), place: str = "") -> None:
        """Let the user import certificate files, these where some are named."""
        from caiso_desktop.ui.certificate.import_dialog import ImportDialog

        ports = self._ports
        environment = self._desk.environment
        dialog = ImportDialog(ports.credentials.cabinet, ports.jobs, ports.files, environment, self._window)
        dialog.imported.connect(self._imported)
        dialog.use_asked.connect(lambda identity: self.use(identity, environment.id))
        if place:
            dialog.prefer(place)
        if files:
            dialog.take(files)
        dialog.show()

    def choose_module(self) -> None:
        """Let the user name the library by which cards and tokens are read; it is loaded at the next start."""
        from caiso_desktop.ui.notice import Notice

        library = self._ports.files.to_load(self._window)
        if library is None:
            return
        self._ports.settings.set(CARD_MODULE, str(library))
        notice = Notice("info", f"Cards and tokens are read by {library.name} from the next start on", str(library))
        notice.offer("hideModule", "Hide", lambda: self.strip.drop("module"))
        self.strip.put("module", notice)

    def test(self, identity: Identity) -> None:
        """Let the user test a certificate."""
        from caiso_desktop.ui.certificate.trial_dialog import TrialDialog

        ports = self._ports
        places = [each for each in ports.catalogue.environments if each.id != SIMULATOR]
        dialog = TrialDialog(
            identity,
            ports.credentials,
            ports.safety.known_hosts,
            places,
            (self._desk.environment.id, self._application),
            ports.jobs,
            self._window,
        )
        dialog.ended.connect(lambda error: self._tested(identity.ref, error))
        dialog.show()

    def drag(self, event: QDragEnterEvent) -> None:
        """Take the certificate files that are dragged over the window; anything else is not for it."""
        if dropped_files(event.mimeData()):
            event.acceptProposedAction()

    def drop(self, event: QDropEvent) -> None:
        """Offer to import what was dropped."""
        files = dropped_files(event.mimeData())
        if files:
            event.acceptProposedAction()
            self.import_files(files)

    def _follow(self, panel: DraftPanel | None) -> None:
        """Remember whose services were last in front: a test begins with them."""
        if panel is not None and panel.desk.target is not None:
            self._application = panel.desk.target.application

    def _drop_settled(self) -> None:
        """What was told of a certificate that is gone, or renewed and not used any more, is settled."""
        if not self.shelf.reading:
            for ref in [each for each in self._ending if not self.watch.still_matters(each)]:
                self.strip.drop(self._ending.pop(ref))

    def _imported(self, identity: Identity) -> None:
        from caiso_desktop.ui.certificate.page import CertificatesPage

        self.read()
        page = self._drafts.page(PAGE)
        if isinstance(page, CertificatesPage):
            page.show_one(identity.ref)

    def use(self, identity: Identity, environment: str) -> None:
        """Begin with a certificate in an environment; open drafts there without one get it, others keep theirs."""
        self._ports.identities.remember(environment, identity)
        self.give(identity, environment)

    def give(self, identity: Identity | None, environment: str) -> None:
        """Give a newly chosen certificate to the open drafts of its environment that have none yet."""
        for panel in self._drafts.panels:
            if identity is not None and panel.desk.environment.id == environment and panel.desk.identity is None:
                panel.desk.set_identity(identity.ref, identity.certificate)

    def _learn(self, ref: IdentityRef | None, error: CaisoError | None) -> None:
        if ref is not None and (error is None or isinstance(error, IdentityError)):
            self.shelf.note_trouble(ref, error)

    def _tested(self, ref: IdentityRef, error: IdentityError | None) -> None:
        self.shelf.note_trouble(ref, error)
        self.shelf.changed.emit()  # where it worked is another

    def _tell_end(self, identity: Identity, note: Note) -> None:
        """Tell, once, that a certificate ends."""
        from caiso_desktop.ui.notice import Notice, tone_of

        matter = f"expiry {identity.ref}"
        self._ending[identity.ref] = matter
        notice = Notice(tone_of(note.severity), note.title, f"{note.meaning} {note.advice}".strip())
        slug = identity.ref.thumbprint[:12]
        notice.offer(f"showEnding-{slug}", "Show it", lambda: self.show_one(identity))
        notice.offer(f"hideEnding-{slug}", "Hide", lambda: self.strip.drop(matter))
        self.strip.put(matter, notice)
