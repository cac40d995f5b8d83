"""All that the window's panels are given to work with."""

from dataclasses import dataclass

from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.credential import Credentials
from caiso_desktop.model.exchange import Courier
from caiso_desktop.model.payload import Payloads
from caiso_desktop.model.safety import Safety
from caiso_desktop.model.saving import Saving
from caiso_desktop.model.settings import Settings
from caiso_desktop.model.watching import Watching
from caiso_desktop.model.workshop import Workshop
from caiso_desktop.ui.file_choice import FileChoice
from caiso_desktop.ui.identity_list import IdentityList
from caiso_desktop.ui.jobs import Jobs
from caiso_desktop.ui.offer import Offer


@dataclass(frozen=True, slots=True)
class Ports:
    """One of each, shared by every draft."""

    offer: Offer
    courier: Courier
    identities: IdentityList
    credentials: Credentials
    payloads: Payloads
    saving: Saving
    settings: Settings
    jobs: Jobs
    files: FileChoice
    safety: Safety
    workshop: Workshop
    watching: Watching

    @property
    def catalogue(self) -> Catalogue:
        """What CAISO offers, as everything goes by it now."""
        return self.offer.catalogue
