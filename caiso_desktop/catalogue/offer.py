"""The catalogue while the program runs: laid over, read again, added to. The port `caiso_desktop.model.offer`.

What makes files is imported when the first is made: the window's first paint does not need it.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from caiso_desktop.catalogue import calendar as hours
from caiso_desktop.catalogue.overlay import lay_over
from caiso_desktop.model.calendar import Availability, Calendar
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.error import CatalogueError, StorageError
from caiso_desktop.model.overlay import Layered, Overlay
from caiso_desktop.model.service import Kind, Target, Variant
from caiso_desktop.model.settings import Settings

AGREED_OVERLAYS = "overlay.agreed"
"""The setting that holds the fingerprints of the overlays that the user has agreed to, with spaces between."""

DECLINED_OVERLAYS = "overlay.declined"
"""The same for those that the user has said no to, so that nobody is asked twice."""


class OverlaidCatalogues:
    """``complete`` adds what stands in no file (the simulator); ``adopted`` is called when another catalogue counts."""

    def __init__(
        self,
        printed: Catalogue,
        company: Path | None,
        user: Path | None,
        settings: Settings,
        complete: Callable[[Catalogue], Catalogue] = lambda catalogue: catalogue,
    ) -> None:
        self._printed = printed
        self._company = company
        self._user = user
        self._settings = settings
        self._complete = complete
        self.adopted: Callable[[], object] = lambda: None
        self._layers = self.read()
        self._catalogue: Catalogue | None = None

    @property
    def catalogue(self) -> Catalogue:
        """What everything goes by now."""
        if self._catalogue is None:
            self._catalogue = self._complete(self._layers.catalogue)
        return self._catalogue

    @property
    def printed(self) -> Catalogue:
        """The program's own catalogue."""
        return self._printed

    @property
    def layers(self) -> Layered:
        """What became of each file over it."""
        return self._layers

    @property
    def user_folder(self) -> Path | None:
        """Where the user's own files lie."""
        return self._user

    @property
    def company_folder(self) -> Path | None:
        """Where the company's files lie."""
        return self._company

    def read(self, agreeing: Path | None = None) -> Layered:
        """Read all files again."""
        layers = lay_over(self._printed, self._company, self._user, self._remembered(AGREED_OVERLAYS))
        waiting = [overlay for overlay in layers.pending if overlay.file == agreeing]
        for overlay in waiting:
            self.agree(overlay)
        return self.read() if waiting else layers

    def adopt(self, layers: Layered) -> None:
        """From now on this is the catalogue."""
        self._layers, self._catalogue = layers, self._complete(layers.catalogue)
        self.adopted()

    def agree(self, overlay: Overlay) -> None:
        """Remember a yes."""
        self._remember(AGREED_OVERLAYS, overlay.fingerprint)

    def decline(self, overlay: Overlay) -> None:
        """Remember a no."""
        self._remember(DECLINED_OVERLAYS, overlay.fingerprint)

    def asked(self, overlay: Overlay) -> bool:
        """Whether the answer was no."""
        return overlay.fingerprint in self._remembered(DECLINED_OVERLAYS)

    def save_address(self, environment: str, application: str, base: str, target: Target | None = None) -> Path:
        """Call an application, or one row of it, elsewhere."""
        from caiso_desktop.catalogue import edit

        name = f"address {application} {environment}"
        if target is None:
            return self._save(name, edit.address_text(application, environment, base))
        _, service, version = self._layers.catalogue.row(target)
        text = edit.row_address_text(application, service.name, version, environment, base)
        return self._save(f"{name} {service.name} {version.version} {version.minor_version or ''}", text)

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
        """Add a version of a service, which may be new too."""
        from caiso_desktop.catalogue import edit

        name = f"version {application} {service} {version}"
        owner = self._layers.catalogue.application(application)
        known = next((each for each in owner.services if each.name == service), None)
        if known is None:
            text = edit.service_text(application, service, kind, version, release, variants=variants)
        else:
            if any(row.version == version for row in known.versions) and not self._made(name):
                raise CatalogueError(f"{service} has {version or 'such a row'} already.", advice="Edit its address.")
            text = edit.version_text(application, known, version, release, variants=variants)
        return self._save(name, text)

    def save_calendar(self, environment: str, calendar: Calendar) -> Path | None:
        """Keep an environment's hours and trade date, as far as they differ from what stands elsewhere."""
        from caiso_desktop.catalogue import edit

        name = f"calendar {environment}"
        file = self._made(name)
        below = lay_over(self._printed, self._company, None, self._remembered(AGREED_OVERLAYS)).catalogue
        known = [each.calendar for each in below.environments if each.id == environment]
        if file is None:
            known.append(self._layers.catalogue.environment(environment).calendar)
        text = edit.calendar_text(environment, calendar, *known)
        if text:
            return self._save(name, text)
        try:
            if file is not None:
                file.unlink()
        except OSError as error:
            raise StorageError(f"{file} could not be removed ({error.strerror}).") from error
        return None

    def availability(self, calendar: Calendar, moment: datetime) -> Availability:
        """What a calendar says of a moment."""
        return hours.look_up(calendar, moment)

    def trade_date(self, calendar: Calendar, moment: datetime) -> date:
        """The trade date by a calendar at a moment."""
        return hours.trade_date(calendar, moment)

    def firewall_sheet(self, environments: Collection[str], applications: Collection[str]) -> str:
        """Hosts, ports and IPs of these as CSV."""
        from caiso_desktop.catalogue.firewall import firewall_sheet

        whole = self._layers.catalogue
        chosen = replace(
            whole,
            environments=tuple(each for each in whole.environments if each.id in environments),
            applications=tuple(each for each in whole.applications if each.id in applications),
        )
        return firewall_sheet(chosen, whole)

    def _made(self, name: str) -> Path | None:
        """The file of this name that was made here before."""
        from caiso_desktop.catalogue.edit import overlay_file

        file = overlay_file(self._user, name) if self._user is not None else None
        return file if file is not None and file.exists() else None

    def _save(self, name: str, text: str) -> Path:
        if self._user is None or not self._layers.policy.user_overlays:
            raise CatalogueError(
                "your company's policy allows no catalogue files of users.",
                advice="Ask whoever looks after the company's catalogue files.",
            )
        from caiso_desktop.catalogue.edit import save_overlay

        return save_overlay(self._user, name, text, self._layers.catalogue)

    def _remembered(self, setting: str) -> frozenset[str]:
        return frozenset((self._settings.get(setting) or "").split())

    def _remember(self, setting: str, fingerprint: str) -> None:
        self._settings.set(setting, " ".join(sorted({*self._remembered(setting), fingerprint})))
