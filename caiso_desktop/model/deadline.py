"""When a market closes: what the clock counts down to, and which hours of a payload have closed already."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from caiso_desktop.model.moment import PACIFIC
from caiso_desktop.model.reading import Reading
from caiso_desktop.model.service import Source, Target
from caiso_desktop.model.trade_hour import TradeHour, hours_in_words

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A deadline that comes back: for each trade date ``at`` (Pacific) ``days_before`` it, or ``minutes_before`` each
    hour. ``services`` are those that it closes, as ``application/service``.
    """

    id: str
    name: str
    source: Source
    services: tuple[str, ...] = ()
    at: time | None = None
    days_before: int = 0
    minutes_before: int = 0
    note: str = ""

    @property
    def hourly(self) -> bool:
        """Whether it comes each hour."""
        return self.at is None

    def of_day(self, day: date) -> datetime:
        """When it comes for a trade date, in GMT."""
        local = datetime.combine(day - timedelta(days=self.days_before), self.at or time(), PACIFIC)
        return local.astimezone(UTC)

    def of_hour(self, hour: TradeHour) -> datetime:
        """When it comes for an hour, in GMT."""
        return hour.start - timedelta(minutes=self.minutes_before) if self.hourly else self.of_day(hour.day)

    def closes(self, target: Target) -> bool:
        """Whether it is about a service."""
        return f"{target.application}/{target.service}" in self.services


@dataclass(frozen=True, slots=True)
class Deadlines:
    """All that are known. ``problems`` has a sentence for each file that is wrong and was left out whole."""

    rows: tuple[Deadline, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Coming:
    """A deadline as it comes next: when (GMT), and for what (``2026-03-11``, or ``2026-03-10 HE 8``)."""

    deadline: Deadline
    when: datetime
    what: str


@dataclass(frozen=True, slots=True)
class Closed:
    """What of a payload a deadline has closed: trade dates and hours in words, and when the last of them closed."""

    deadline: Deadline
    what: str
    when: datetime

    def __str__(self) -> str:
        local = self.when.astimezone(PACIFIC)
        return f"{self.what}: {self.deadline.name.lower()} at {local:%H:%M} Pacific on {local:%Y-%m-%d}, which is over."


def coming(deadlines: Iterable[Deadline], now: datetime, *, most: int = 5) -> Sequence[Coming]:
    """The next deadlines, soonest first, one of each kind."""
    return sorted((_next(each, now) for each in deadlines), key=lambda each: (each.when, each.deadline.id))[:most]


def closed(deadlines: Iterable[Deadline], target: Target, reading: Reading, now: datetime) -> Sequence[Closed]:
    """Which of a payload's hours (trade dates, where it gives no hours) each deadline of its service has closed."""
    found = []
    for deadline in deadlines:
        if not deadline.closes(target):
            continue
        past = [hour for hour in reading.hours if deadline.of_hour(hour) <= now]
        if past:
            found.append(Closed(deadline, hours_in_words(past), max(map(deadline.of_hour, past))))
        elif not reading.hours and not deadline.hourly:
            days = [day for day in reading.trade_dates if deadline.of_day(day) <= now]
            if days:
                what = ", ".join(day.isoformat() for day in days)
                found.append(Closed(deadline, what, max(map(deadline.of_day, days))))
    return found


def _next(deadline: Deadline, now: datetime) -> Coming:
    if deadline.hourly:
        # The hour whose deadline has just passed, or comes next.
        start = (now + timedelta(minutes=deadline.minutes_before)).astimezone(UTC)
        hour = TradeHour.at(start.replace(minute=0, second=0, microsecond=0))
        if deadline.of_hour(hour) <= now:
            hour = TradeHour.at(hour.start + _HOUR)
        return Coming(deadline, deadline.of_hour(hour), hours_in_words([hour]))
    day = now.astimezone(PACIFIC).date()
    while deadline.of_day(day) <= now:
        day += timedelta(days=1)
    return Coming(deadline, deadline.of_day(day), day.isoformat())
