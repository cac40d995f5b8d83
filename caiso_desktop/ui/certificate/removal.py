"""Deletes a certificate after one clear decision: what is deleted, that it stays so, and who uses it."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from caiso_desktop.model.error import CaisoError
from caiso_desktop.model.identity import Identity, IdentityRef
from caiso_desktop.ui.certificate.details import CertificateDetails
from caiso_desktop.ui.certificate.page import CertificatesPage
from caiso_desktop.ui.certificate.words import listed
from caiso_desktop.ui.draft_tabs import DraftTabs
from caiso_desktop.ui.notice import error_notice
from caiso_desktop.ui.port import Ports

VAULT = "vault"
"""The store that the program keeps itself, and deletes from."""


class Removal(QObject):
    """Asks on the page; ``removed`` is called when one is gone."""

    def __init__(self, page: CertificatesPage, ports: Ports, drafts: DraftTabs, removed: Callable[[], None]) -> None:
        super().__init__(page)
        self._page = page
        self._ports = ports
        self._drafts = drafts
        self._removed = removed
        page.removal_asked.connect(self.ask)
        page.spoilt_given_up.connect(self._remove_spoilt)

    def ask(self, identity: Identity) -> None:
        """Find out what would be deleted, and ask."""
        cabinet = self._ports.credentials.cabinet

        def decide(what: str) -> None:
            details = self._details(identity)
            if details is not None:
                details.ask_removal(what, self._uses(identity.ref), lambda: self._remove(identity))
                self._page.ensure_question_visible()

        self._ports.jobs.run(
            lambda token: cabinet.removal(identity.ref),
            owner=self,
            done=decide,
            failed=lambda error: self._tell(identity, error),
        )

    def _remove(self, identity: Identity) -> None:
        cabinet = self._ports.credentials.cabinet
        self._ports.jobs.run(
            lambda token: cabinet.remove(identity.ref),
            owner=self,
            done=lambda nothing: self._removed(),
            failed=lambda error: self._tell(identity, error),
        )

    def _remove_spoilt(self, name: str) -> None:
        """Delete a file of the vault that cannot be read: the user has been asked."""
        cabinet = self._ports.credentials.cabinet
        self._ports.jobs.run(
            lambda token: cabinet.remove(IdentityRef(VAULT, name)),
            owner=self,
            done=lambda nothing: self._removed(),
            failed=lambda error: self._page.add_first(error_notice(error)),
        )

    def _uses(self, ref: IdentityRef) -> list[str]:
        """Who uses a certificate, in sentences."""
        places = self._ports.catalogue.environments
        chosen = self._ports.identities.choices.used_in(ref, [each.id for each in places])
        names = [each.name for each in places if each.id in chosen]
        drafts = sum(panel.desk.identity == ref for panel in self._drafts.panels)
        said = (
            [f"It is chosen for {listed(names)}: no certificate is used there then, until you choose."] if names else []
        )
        if drafts:
            said.append("One open draft uses it." if drafts == 1 else f"{drafts} open drafts use it.")
        return said

    def _tell(self, identity: Identity, error: CaisoError) -> None:
        details = self._details(identity)
        if details is not None:
            details.tell(error)
            self._page.ensure_question_visible()

    def _details(self, identity: Identity) -> CertificateDetails | None:
        details = self._page.details
        return details if details is not None and details.identity.ref == identity.ref else None
