"""When to tell a person that a certificate ends: once on each step, remembered from one start to the next."""

from collections.abc import Collection, Sequence
from datetime import datetime

from caiso_desktop.model.answer import Note
from caiso_desktop.model.concern import expiry_concern, issued_by_caiso, renewals, warning_step
from caiso_desktop.model.identity import Identity, IdentityRef
from caiso_desktop.model.settings import Settings


class ExpirySteps:
    """The steps (days before the end, 0: expired) that were told already, among the settings."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def due(
        self, found: Sequence[Identity], chosen: Collection[IdentityRef], now: datetime
    ) -> tuple[tuple[Identity, Note], ...]:
        """The certificates of which something is to be told now, each with what.

        Told of are those that are ``chosen`` for an environment, and CAISO's others until their renewal is here.
        """
        told = []
        for identity in found:
            step = warning_step(identity.certificate, now)
            note = expiry_concern(identity.certificate, now)
            if step is None or note is None or self._settings.get(_name(identity)) == str(step):
                continue
            if matters(identity, found, chosen):
                told.append((identity, note))
        return tuple(told)

    def note(self, identity: Identity, now: datetime) -> None:
        """Its step has been told."""
        step = warning_step(identity.certificate, now)
        if step is not None:
            self._settings.set(_name(identity), str(step))


def matters(identity: Identity, found: Sequence[Identity], chosen: Collection[IdentityRef]) -> bool:
    """Whether a person cares for the end of a certificate among those found; see `ExpirySteps.due`."""
    own = identity.certificate
    return identity.ref in chosen or (issued_by_caiso(own) and not own.log_on_use and not renewals(own, found))


def _name(identity: Identity) -> str:
    return f"expiry.{identity.ref}"
