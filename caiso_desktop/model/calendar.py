"""When an environment is open, looked after, or being worked on: plain data, in Pacific Prevailing Time.

`caiso_desktop.catalogue.calendar` answers questions about it.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time that comes back every week.

    ``days`` are the weekdays (0 is Monday) on which it begins at ``start``; it ends at ``end``, ``days_later``
    days after. Both are wall-clock times in Pacific Prevailing Time, so a window over a change of the clocks is an
    hour shorter or longer. A window that ends at 24:00 ends at 00:00 a day later.
    """

    name: str
    days: tuple[int, ...]
    start: time
    end: time
    days_later: int = 0


class State(StrEnum):
    """What an exception makes of its stretch of time."""

    MAINTENANCE = "maintenance"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Deviation:
    """A stretch of time announced by notice, which counts before every window. Naive times are Pacific."""

    start: datetime
    end: datetime
    state: State
    note: str = ""


@dataclass(frozen=True, slots=True)
class Cycle:
    """A market simulation: the first and the last trade date on which the environment is open to participants."""

    name: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class TradeDate:
    """Which trade date an environment is at: today's in Pacific time plus ``offset`` days, or a ``fixed`` one."""

    offset: int = 0
    fixed: date | None = None


@dataclass(frozen=True, slots=True)
class Calendar:
    """All that is known of an environment's hours; empty where nothing is printed.

    ``always_supported`` says that support is there day and night (Production). ``cycles_only`` says that outside
    access is given during simulation cycles. ``known_from`` names the document the windows stand in.
    """

    maintenance: tuple[Window, ...] = ()
    support: tuple[Window, ...] = ()
    deviations: tuple[Deviation, ...] = ()
    cycles: tuple[Cycle, ...] = ()
    trade_date: TradeDate = TradeDate()
    always_supported: bool = False
    cycles_only: bool = False
    known_from: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """From one instant (UTC) to another, the last not included."""

    start: datetime
    end: datetime

    def __contains__(self, moment: datetime) -> bool:
        return self.start <= moment < self.end


@dataclass(frozen=True, slots=True)
class Availability:
    """What is known of an environment at a moment.

    ``maintenance`` is the span of maintenance the moment lies in (windows that touch are one), ``next_maintenance``
    when the next one begins; ``supported`` is None where nothing is printed; ``cycle`` names the market simulation
    that is on. ``sentence`` says all that with its source, ``brief`` the first thing of it, for a chip; ``warning`` is
    empty where there is none.
    """

    maintenance: Span | None
    next_maintenance: datetime | None
    supported: bool | None
    cycle: str | None
    brief: str
    sentence: str
    warning: str
