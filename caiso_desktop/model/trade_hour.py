"""The market's hours: trade dates and hour endings in Pacific Prevailing Time.

A day has 23, 24 or 25 of them: in March there is no hour ending 3, in November hour ending 25 is the repeated hour.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from caiso_desktop.model.moment import PACIFIC

_HOUR = timedelta(hours=1)
_LEAST = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class TradeHour:
    """One hour of a trade date; ``ending`` is 1 to 25."""

    day: date
    ending: int

    @classmethod
    def at(cls, moment: datetime) -> "TradeHour":
        """The hour in which a moment (with a zone) lies."""
        local = moment.astimezone(PACIFIC)
        return cls(local.date(), 25 if local.fold else local.hour + 1)

    @property
    def start(self) -> datetime:
        """When it begins, in GMT; `ValueError` for an hour that the day does not have."""
        repeated = self.ending == 25
        local = datetime(
            self.day.year,
            self.day.month,
            self.day.day,
            1 if repeated else self.ending - 1,
            fold=repeated,
            tzinfo=PACIFIC,
        )
        moment = local.astimezone(UTC)
        if TradeHour.at(moment) != self:
            raise ValueError(f"{self.day} has no hour ending {self.ending}.")
        return moment

    @property
    def end(self) -> datetime:
        """When it ends, in GMT."""
        return self.start + _HOUR

    @property
    def order(self) -> datetime:
        """What to sort by: hour ending 25 lies between 2 and 3."""
        return self.start


@lru_cache(maxsize=64)
def hours_of(day: date) -> tuple[int, ...]:
    """The hour endings of a day in their order: 23, 24 or 25 of them."""
    start = TradeHour(day, 1).start
    end = TradeHour(day + timedelta(days=1), 1).start
    return tuple(hour.ending for hour in hours_between(start, end, most=25))


def moved(moment: datetime, days: int, *, as_end: bool) -> tuple[datetime, TradeHour | None]:
    """The instant with the same hour ending, and minutes into it, so many days later; GMT.

    An instant ``as_end`` belongs to the hour that ends there: 24:00 is the end of hour ending 24. Where the other day
    has no such hour, it is the instant at which the hour would be, and the hour that is missing comes along.
    """
    hour = TradeHour.at(moment - _LEAST if as_end else moment)
    other = TradeHour(hour.day + timedelta(days=days), hour.ending)
    try:
        return other.start + (moment.astimezone(UTC) - hour.start), None
    except ValueError:
        # Both hours that can be missing come after hour ending 2: its end is where they would be.
        return TradeHour(other.day, 2).end, other


def hours_between(start: datetime, end: datetime, *, most: int) -> Iterator[TradeHour]:
    """The hours from one moment to another that a stretch touches, at most so many."""
    moment = start.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    for _ in range(most):
        if moment >= end:
            return
        yield TradeHour.at(moment)
        moment += _HOUR


def hours_in_words(hours: Iterable[TradeHour]) -> str:
    """Hours for a person: ``2026-03-10 HE 1-24; 2026-03-11 HE 7, 9-10``; with the repeated hour ``HE 1-25``."""
    days: dict[date, list[TradeHour]] = {}
    for hour in sorted(set(hours), key=lambda each: each.order):
        days.setdefault(hour.day, []).append(hour)
    return "; ".join(f"{day.isoformat()} HE {_runs(day, found)}" for day, found in days.items())


def _runs(day: date, hours: list[TradeHour]) -> str:
    """By their numbers, not by the clock: so one sees whether the repeated hour, number 25, is among them."""
    known = sorted(hours_of(day))
    runs: list[tuple[int, int]] = []
    for ending in sorted(hour.ending for hour in hours):
        if runs and known.index(ending) == known.index(runs[-1][1]) + 1:
            runs[-1] = (runs[-1][0], ending)
        else:
            runs.append((ending, ending))
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)
