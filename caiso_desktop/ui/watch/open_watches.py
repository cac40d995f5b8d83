"""What drafts follow and watch, kept in the settings so that it goes on after a restart, by the ids of the drafts.

One text: ``{"<draft>": {"until": "data", "every": 60, "growth": 1, "ends": "2026-11-26T13:00:00+00:00", "baseline": "",
"chain": "bids", "batch": "", "exchange": "20260310T190000Z-000000000001"}}``; a draft that watches nothing has the last
three alone. The payload, the environment and the certificate are the draft's, which is kept too; the payload of what it
follows is the journal's.
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
    """What is left of a watch, and what its draft follows. ``over``: the watch's time went by meanwhile."""

    plan: Plan | None
    origin: Origin | None
    over: bool = False


class OpenWatches:
    """For one thread. What cannot be read counts as nothing."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime] = utc_now) -> None:
        self._settings = settings
        self._clock = clock

    def keep(self, draft: str, plan: Plan | None, origin: Origin | None) -> None:
        """Remember what is left of a draft's watch (None: it watches nothing), and what the draft follows."""
        watches = self._read()
        watches.pop(draft, None)
        followed = {} if origin is None else _written(origin)
        if plan is not None:
            watches[draft] = {
                "until": str(plan.until),
                "every": plan.every,
                "growth": plan.growth,
                "ends": (self._clock() + timedelta(seconds=plan.lasting)).isoformat(),
                "baseline": plan.baseline,
                **followed,
            }
        elif followed:
            watches[draft] = followed
        self._settings.set(_SETTING, json.dumps(watches) if watches else "")

    def of(self, draft: str) -> OpenWatch | None:
        """What a draft was left with."""
        found = self._read().get(draft)
        if not isinstance(found, dict):
            return None
        try:
            origin = _origin(found)
            if "until" not in found:
                return OpenWatch(None, origin) if origin is not None else None
            left = (datetime.fromisoformat(found["ends"]) - self._clock()).total_seconds()
            if left <= 0:
                return OpenWatch(None, origin, over=True)
            growth, baseline = float(found["growth"]), str(found["baseline"])
            return OpenWatch(Plan(Until(found["until"]), float(found["every"]), left, growth, baseline), origin)
        except (KeyError, TypeError, ValueError, UsageError):
            return None

    def _read(self) -> dict[str, object]:
        try:
            read = json.loads(self._settings.get(_SETTING) or "{}")
        except ValueError:
            return {}
        return read if isinstance(read, dict) else {}


def _written(origin: Origin) -> dict[str, str]:
    return {"chain": origin.chain, "batch": origin.batch, "exchange": origin.exchange}


def _origin(found: dict[str, object]) -> Origin | None:
    chain = str(found.get("chain", ""))
    return Origin(chain, b"", str(found.get("batch", "")), str(found.get("exchange", ""))) if chain else None
