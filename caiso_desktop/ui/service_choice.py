"""Which services a person likes and used lately, remembered from one start to the next."""

from collections.abc import Iterable

from caiso_desktop.model.service import Target, Variant
from caiso_desktop.model.settings import Settings

FAVOURITES = "services.favourites"
RECENT = "services.recent"
MOST_RECENT = 8

_TAB = "\t"


class ServiceChoice:
    """Targets as lines of a setting; a favourite is a service, whatever its version."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @property
    def favourites(self) -> tuple[Target, ...]:
        """In the order in which they became so."""
        return self._read(FAVOURITES)

    @property
    def recent(self) -> tuple[Target, ...]:
        """The last one first."""
        return self._read(RECENT)

    def is_favourite(self, application: str, service: str) -> bool:
        """Whether a service is one."""
        return any((each.application, each.service) == (application, service) for each in self.favourites)

    def toggle(self, application: str, service: str) -> bool:
        """Make it one, or no longer; whether it is one now."""
        others = [each for each in self.favourites if (each.application, each.service) != (application, service)]
        is_new = len(others) == len(self.favourites)
        self._write(FAVOURITES, [*others, Target(application, service, "", Variant.AP)] if is_new else others)
        return is_new

    def note(self, target: Target) -> None:
        """It was used just now."""
        names = (target.application, target.service, target.version, target.minor_version)
        others = [e for e in self.recent if (e.application, e.service, e.version, e.minor_version) != names]
        self._write(RECENT, [target, *others][:MOST_RECENT])

    def _read(self, setting: str) -> tuple[Target, ...]:
        found = []
        for line in (self._settings.get(setting) or "").splitlines():
            parts = line.split(_TAB)
            if len(parts) == 4:
                application, service, version, minor = parts
                found.append(Target(application, service, version, Variant.AP, minor or None))
        return tuple(found)

    def _write(self, setting: str, targets: Iterable[Target]) -> None:
        lines = (_TAB.join((t.application, t.service, t.version, t.minor_version or "")) for t in targets)
        self._settings.set(setting, "\n".join(lines))
