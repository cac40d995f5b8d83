"""The port to the catalogue as it is at the moment, and to what a person adds to it."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from caiso_desktop.model.calendar import Availability, Calendar
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.overlay import Layered, Overlay
from caiso_desktop.model.service import Kind, Target, Variant


class Catalogues(Protocol):
    """The catalogue with all that lies over it. Only `adopt` changes what the others give.

    `read` and the verbs that save touch the disk and belong on a worker; everything else answers at once.
    """

    @property
    def catalogue(self) -> Catalogue:
        """What everything goes by now."""
        ...

    @property
    def printed(self) -> Catalogue:
        """The program's own catalogue, with nothing laid over it."""
        ...

    @property
    def layers(self) -> Layered:
        """What became of each file over it."""
        ...

    @property
    def user_folder(self) -> Path | None:
        """Where the user's own files lie."""
        ...

    @property
    def company_folder(self) -> Path | None:
        """Where the company's files lie."""
        ...

    def read(self, agreeing: Path | None = None) -> Layered:
        """Read all files again; what file ``agreeing`` changes has been agreed to. `adopt` makes it count."""
        ...

    def adopt(self, layers: Layered) -> None:
        """From now on this is the catalogue."""
        ...

    def agree(self, overlay: Overlay) -> None:
        """Remember that a person has agreed to exactly these changes."""
        ...

    def decline(self, overlay: Overlay) -> None:
        """Remember that a person was asked and said no."""
        ...

    def asked(self, overlay: Overlay) -> bool:
        """Whether a person has said no to exactly these changes."""
        ...

    def save_address(self, environment: str, application: str, base: str, target: Target | None = None) -> Path:
        """Call an application (or one row of it, which has a base of its own) elsewhere; the file that says so.

        Like the other verbs that save: `CatalogueError` where it does not fit or is not allowed, `StorageError`.
        """
        ...

    def save_version(
        self,
        application: str,
        service: str,
        version: str,
        release: str,
        *,
        kind: Kind,
        variants: Sequence[Variant],
    ) -> Path:
        """Add a version, also of a service that is new (``kind`` is what it does then)."""
        ...

    def save_calendar(self, environment: str, calendar: Calendar) -> Path | None:
        """Keep an environment's hours and trade date; None where they are those that stand there anyway."""
        ...

    def availability(self, calendar: Calendar, moment: datetime) -> Availability:
        """What a calendar says of a moment."""
        ...

    def trade_date(self, calendar: Calendar, moment: datetime) -> date:
        """The trade date by a calendar at a moment."""
        ...

    def firewall_sheet(self, environments: Collection[str], applications: Collection[str]) -> str:
        """Hosts, ports and IPs of these as CSV."""
        ...
