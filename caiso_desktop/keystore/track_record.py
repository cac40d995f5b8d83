"""Where each certificate was accepted, kept among the settings: nothing secret, and forgotten at worst."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from caiso_desktop.model.identity import IdentityRef
from caiso_desktop.model.settings import Settings

EXACT_TO = timedelta(minutes=1)
"""So exactly is it known when a certificate was accepted last: a run of a thousand calls writes it down a few times."""


class SettingsTrackRecord:
    """One setting for each certificate: a JSON object of environments and moments."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def note(self, ref: IdentityRef, environment: str, moment: datetime) -> None:
        """Remember that an environment accepted a certificate."""
        known = self.worked(ref)
        if environment in known and timedelta() <= moment - known[environment] < EXACT_TO:
            return
        plain = {name: when.isoformat() for name, when in {**known, environment: moment}.items()}
        self._settings.set(f"worked.{ref}", json.dumps(plain, sort_keys=True))

    def worked(self, ref: IdentityRef) -> Mapping[str, datetime]:
        """The environments that accepted a certificate; what cannot be read is as if it had never been."""
        try:
            plain = json.loads(self._settings.get(f"worked.{ref}") or "{}")
            return {str(name): datetime.fromisoformat(when) for name, when in plain.items()}
        except (ValueError, TypeError, AttributeError):
            return {}
