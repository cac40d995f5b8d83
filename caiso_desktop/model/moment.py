"""The two clocks of the program: UTC, and the market's Pacific Prevailing Time."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

PACIFIC = ZoneInfo("America/Los_Angeles")
"""Trade dates and hour endings are counted in it."""


def utc_now() -> datetime:
    """The time of day, in UTC: the clock of whoever is given no other."""
    return datetime.now(UTC)
