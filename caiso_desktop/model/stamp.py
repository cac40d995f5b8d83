"""Instants and days as they are written in payloads: read, and written again in the same style.

Styles kept are CAISO's and those of its clients: ``2026-03-10T08:00:00.000Z``, ``2026-03-10T00:00:00-08:00``,
``20260310T08:00-0000`` (OASIS), ``2026-03-10``, and where a name says that it is a day ``20260310`` and ``03/10/2026``.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

from caiso_desktop.model.moment import PACIFIC

_INSTANT = re.compile(
    r"(?P<year>\d{4})(?P<dash>-?)(?P<month>\d\d)(?P=dash)(?P<day>\d\d)(?P<between>[T ])(?P<hour>\d\d)"
    r"(?P<rest>:?(?P<minute>\d\d)(?::?(?P<second>\d\d)(?:[.,](?P<fraction>\d+))?)?)(?P<zone>Z|z|[+-]\d\d(?::?\d\d)?)?"
)
_DAY = re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)(?P<tail>Z|[+-]\d\d:\d\d)?")
_COMPACT = re.compile(r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)")
_SLASHES = re.compile(r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})")
_LONGEST = 40
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Instant:
    """An instant: ``moment`` is GMT; a text without a zone is GMT too. Fractions of a second are only kept."""

    text: str
    moment: datetime

    @property
    def zoned(self) -> bool:
        """Whether it says in which zone it is."""
        found = _INSTANT.fullmatch(self.text)
        return bool(found and found["zone"])

    def written(self, moment: datetime) -> str:
        """Another instant in this style; where it is whole hours away, what is smaller stays as it is written.

        An offset that is Pacific's at this instant becomes Pacific's at the other one; any other one stays.
        """
        found = _INSTANT.fullmatch(self.text)
        if found is None:
            return self.text
        zone = found["zone"] or ""
        offset = _offset(zone)
        if zone not in ("", "Z", "z") and offset == self.moment.astimezone(PACIFIC).utcoffset():
            offset = moment.astimezone(PACIFIC).utcoffset() or offset
            zone = _zone_like(zone, offset)
        local = moment.astimezone(timezone(offset))
        hour = local.hour
        if found["hour"] == "24" and hour == 0:
            local, hour = local - timedelta(days=1), 24
        dash = found["dash"]
        day = f"{local.year:04d}{dash}{local.month:02d}{dash}{local.day:02d}"
        rest = found["rest"] if not (moment - self.moment) % _HOUR else _rest(found, local)
        return f"{day}{found['between']}{hour:02d}{rest}{zone}"


@dataclass(frozen=True, slots=True)
class Day:
    """A day, which is a Pacific one."""

    text: str
    day: date

    def written(self, day: date) -> str:
        """Another day in this style."""
        slashes = _SLASHES.fullmatch(self.text)
        if slashes is not None:
            month, number = (_like(slashes[name], value) for name, value in (("month", day.month), ("day", day.day)))
            return f"{month}/{number}/{day.year:04d}"
        if _COMPACT.fullmatch(self.text):
            return f"{day.year:04d}{day.month:02d}{day.day:02d}"
        found = _DAY.fullmatch(self.text)
        return day.isoformat() + ((found["tail"] or "") if found else "")


def instant(text: str) -> Instant | None:
    """The instant that a text is, None where it is none."""
    if len(text) > _LONGEST:
        return None
    found = _INSTANT.fullmatch(text)
    if found is None:
        return None
    hour = int(found["hour"])
    late = hour == 24 and not int(found["minute"]) and not int(found["second"] or 0)
    try:
        local = datetime(
            int(found["year"]),
            int(found["month"]),
            int(found["day"]),
            0 if late else hour,
            int(found["minute"]),
            int(found["second"] or 0),
            tzinfo=timezone(_offset(found["zone"] or "")),
        )
        return Instant(text, (local + timedelta(days=late)).astimezone(UTC))
    except (ValueError, OverflowError):
        return None


def day(text: str, *, named_so: bool) -> Day | None:
    """The day that a text is; ``named_so``: its name says that it is one, so other styles count too."""
    found = _DAY.fullmatch(text) or (named_so and (_COMPACT.fullmatch(text) or _SLASHES.fullmatch(text)))
    if not found:
        return None
    try:
        return Day(text, date(int(found["year"]), int(found["month"]), int(found["day"])))
    except ValueError:
        return None


def _rest(found: re.Match[str], local: datetime) -> str:
    """Minutes and what is smaller, in the style of another text."""
    rest, at = found["rest"], found.start("rest")
    for name, value in (("minute", f"{local.minute:02d}"), ("second", f"{local.second:02d}")):
        if found[name]:
            rest = rest[: found.start(name) - at] + value + rest[found.end(name) - at :]
    fraction = found["fraction"]
    if not fraction:
        return rest
    digits = f"{local.microsecond:06d}".ljust(len(fraction), "0")[: len(fraction)]
    return rest[: found.start("fraction") - at] + digits


def _offset(zone: str) -> timedelta:
    if zone in ("", "Z", "z"):
        return timedelta(0)
    digits = zone[1:].replace(":", "").ljust(4, "0")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -size if zone[0] == "-" else size


def _zone_like(zone: str, offset: timedelta) -> str:
    minutes = int(offset.total_seconds()) // 60
    sign = "-" if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    if len(zone) == 3 and not rest:
        return f"{sign}{hours:02d}"
    return f"{sign}{hours:02d}{':' if ':' in zone else ''}{rest:02d}"


def _like(old: str, number: int) -> str:
    """A number with as many digits as another, where that began with a nought."""
    return f"{number:02d}" if len(old) == 2 else str(number)
