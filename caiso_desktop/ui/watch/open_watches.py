"""The watches that are under way, kept in the settings so that they go on after a restart, by the ids of their drafts.

One text: ``{"<draft>": {"until": "data", "every": 60, "growth": 1, "ends": "2026-11-26T13:00:00+00:00", "baseline": "",
"chain": "bids", "batch": ""}}``. The payload, the environment and the certificate are the draft's, which is kept too.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from caiso_desktop.model.error import UsageError
from caiso_desktop.model.follow_up import Origin
from caiso_desktop.model.moment import utc_now
from caiso_desktop.model.settings import Settings
from caiso_desktop.model.watch import Plan, Until

_SETTING = "watch.open"


@dataclass(frozen=True, slots=True)
class OpenWatch:
    """What is left of a watch, and what its draft follows. ``plan`` is None where its time went by meanwhile."""

    plan: Plan | None
    origin: Origin | None


class OpenWatches:
    """For one thread. What cannot be read counts as nothing."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime] = utc_now) -> None:
        self._settings = settings
        self._clock = clock

    def keep(self, draft: str, plan: Plan | None, origin: Origin | None) -> None:
        """Remember what is left of a draft's watch; None: it is over."""
        watches = self._read()
        watches.pop(draft, None)
        if plan is not None:
            watches[draft] = {
                "until": str(plan.until),
                "every": plan.every,
                "growth": plan.growth,
                "ends": (self._clock() + timedelta(seconds=plan.lasting)).isoformat(),
                "baseline": plan.baseline,
                "chain": origin.chain if origin else "",
                "batch": origin.batch if origin else "",
            }
        self._settings.set(_SETTING, json.dumps(watches) if watches else "")

    def of(self, draft: str) -> OpenWatch | None:
        """The watch that a draft was left with."""
        found = self._read().get(draft)
        if not isinstance(found, dict):
            return None
        try:
            chain, batch = str(found["chain"]), str(found["batch"])
            left = (datetime.fromisoformat(found["ends"]) - self._clock()).total_seconds()
            plan = (
                Plan(Until(found["until"]), float(found["every"]), left, float(found["growth"]), str(found["baseline"]))
                if left > 0
                else None
            )
        except (KeyError, TypeError, ValueError, UsageError):
            return None
        return OpenWatch(plan, Origin(chain, b"", batch) if chain else None)

    def _read(self) -> dict[str, object]:
        try:
            read = json.loads(self._settings.get(_SETTING) or "{}")
        except ValueError:
            return {}
        return read if isinstance(read, dict) else {}
