"""Offers a renewed certificate beside the old one, with the differences; the old one counts until the user chooses."""

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QObject

from caiso_desktop.model.concern import differences
from caiso_desktop.model.identity import Certificate, Identity
from caiso_desktop.ui.certificate.words import listed
from caiso_desktop.ui.identity_list import IdentityList
from caiso_desktop.ui.notice import Notice
from caiso_desktop.ui.notice_strip import NoticeStrip
from caiso_desktop.ui.port import Ports
from caiso_desktop.ui.stripe import SIMULATOR

_LONGEST, _SHOWN = 63, 12


class Renewal(NamedTuple):
    """An old certificate, the one that renews it, and the environments (ids) that the old one is chosen for."""

    old: Certificate
    new: Identity
    there: bool
    environments: tuple[str, ...]


def _short(value: str) -> str:
    """Serial numbers and thumbprints by their beginning: all of them is on the page."""
    return value if len(value) <= _LONGEST else f"{value[:_SHOWN]}…"


class RenewalOffer(QObject):
    """Keeps one notice for each renewal in a strip.

    ``show`` shows a certificate on the page, ``use`` begins with it in an environment (its id).
    """

    def __init__(
        self,
        ports: Ports,
        strip: NoticeStrip,
        show: Callable[[Identity], None],
        use: Callable[[Identity, str], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._ports = ports
        self._strip = strip
        self._show = show
        self._use_in = use
        self._told: dict[str, Renewal] = {}
        identities: IdentityList = ports.identities
        identities.changed.connect(self.look)
        identities.chosen.connect(self.look)

    def look(self) -> None:
        """Look at every choice that is known."""
        renewals = {f"renewal {each.new.ref}": each for each in self._renewals()}
        for matter in self._told.keys() - renewals.keys():
            self._strip.drop(matter)
        for matter, renewal in renewals.items():
            if renewal != self._told.get(matter):  # the same is left alone: somebody may be reading it
                self._strip.put(matter, self._notice(renewal))
        self._told = renewals

    def _renewals(self) -> list[Renewal]:
        found: dict[tuple[str, str], Renewal] = {}
        for place in self._ports.catalogue.environments:
            standing = self._ports.identities.standing(place.id) if place.id != SIMULATOR else None
            if standing is None or standing.renewal is None or standing.certificate is None:
                continue
            key = standing.certificate.thumbprint, str(standing.renewal.ref)
            former = found[key].environments if key in found else ()
            there = standing.identity is not None
            found[key] = Renewal(standing.certificate, standing.renewal, there, (*former, place.id))
        return list(found.values())

    def _notice(self, renewal: Renewal) -> Notice:
        names = listed([self._ports.catalogue.environment(each).name for each in renewal.environments])
        stays = (
            f"New drafts of {names} go on with the old one until you choose."
            if renewal.there
            else f"The old one, chosen for {names}, is not on this computer now; the newer one is not used unasked."
        )
        rows = ". ".join(
            f"{name} {_short(before)} → {_short(after)}"
            for name, before, after in differences(renewal.old, renewal.new.certificate)
        )
        notice = Notice("info", f"A newer certificate of {renewal.new.certificate.common_name} is here", stays, rows)
        slug = renewal.new.ref.thumbprint[:12]
        notice.offer(f"useRenewal-{slug}", f"Use the newer one in {names}", lambda: self._use(renewal))
        notice.offer(f"showRenewal-{slug}", "Show it", lambda: self._show(renewal.new))
        keep = "Keep the old one" if renewal.there else "Not now"
        notice.offer(f"keepOld-{slug}", keep, lambda: self._keep(renewal))
        return notice

    def _use(self, renewal: Renewal) -> None:
        for environment in renewal.environments:
            self._use_in(renewal.new, environment)

    def _keep(self, renewal: Renewal) -> None:
        for environment in renewal.environments:
            self._ports.identities.decline(environment, renewal.new)
