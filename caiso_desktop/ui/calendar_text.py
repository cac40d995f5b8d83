"""An environment's calendar as rows of texts, as a person edits them, and back; no Qt."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from typing import TypeVar

from caiso_desktop.model.calendar import Cycle, Deviation, State, Window
from caiso_desktop.model.error import UsageError

T = TypeVar("T")
Rows = Sequence[tuple[str, ...]]

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WINDOW_HEADERS = ("Name", "Days", "From", "Until", "Days later")
DEVIATION_HEADERS = ("From", "Until", "Is", "Note")
CYCLE_HEADERS = ("Name", "First trade date", "Last trade date")
NEW_WINDOW = ("maintenance", "daily", "16:00", "09:00", "1")


def window_row(window: Window) -> tuple[str, ...]:
    """``daily, Mon Tue, 16:00, 09:00, 1``."""
    days = "daily" if window.days == tuple(range(7)) else " ".join(DAYS[day] for day in window.days)
    return window.name, days, f"{window.start:%H:%M}", f"{window.end:%H:%M}", str(window.days_later)


def deviation_row(deviation: Deviation) -> tuple[str, ...]:
    """``2026-03-01 09:00, 2026-03-01 12:00, maintenance, note``."""
    return (
        f"{deviation.start:%Y-%m-%d %H:%M}",
        f"{deviation.end:%Y-%m-%d %H:%M}",
        deviation.state.value,
        deviation.note,
    )


def cycle_row(cycle: Cycle) -> tuple[str, ...]:
    """``Spring 2026, 2026-02-01, 2026-03-31``."""
    return cycle.name, cycle.first.isoformat(), cycle.last.isoformat()


def read_windows(title: str, rows: Rows) -> tuple[Window, ...]:
    """The windows of these rows; `UsageError` names the row and what to write."""
    return _each(title, rows, _window)


def read_deviations(title: str, rows: Rows) -> tuple[Deviation, ...]:
    """The exceptions of these rows; `UsageError` as above."""
    return _each(title, rows, _deviation)


def read_cycles(title: str, rows: Rows) -> tuple[Cycle, ...]:
    """The cycles of these rows; `UsageError` as above."""
    return _each(title, rows, _cycle)


def read_date(text: str) -> date:
    """A date as ``2026-03-01``."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(f"'{text.strip()}' is no date; write it like 2026-03-01.") from None


def _each(title: str, rows: Rows, read: Callable[[tuple[str, ...]], T]) -> tuple[T, ...]:
    found = []
    for number, row in enumerate(rows, 1):
        try:
            found.append(read(row))
        except UsageError as error:
            raise UsageError(f"{title}, row {number}: {error.detail}") from None
    return tuple(found)


def _window(row: tuple[str, ...]) -> Window:
    name, days, start, end, later = (cell.strip() for cell in row)
    if not later.isdecimal() or not 0 <= int(later) <= 7:
        raise UsageError(f"'{later}' days later is not a number from 0 to 7 (0: it ends on the day it begins).")
    window = Window(name or "window", _days(days), _time(start), _time(end), int(later))
    if window.days_later == 0 and window.end <= window.start:
        raise UsageError(f"it ends at {end}, before it begins at {start}; write 1 day later.")
    return window


def _days(text: str) -> tuple[int, ...]:
    if text.casefold() == "daily":
        return tuple(range(7))
    found = set()
    for word in re.split(r"[\s,;]+", text):
        near = [n for n, day in enumerate(DAYS) if word and word[:3].casefold() == day.casefold()]
        if not near:
            raise UsageError(f"'{word}' is no day; write daily, or days like Mon Tue Fri.")
        found.update(near)
    return tuple(sorted(found))


def _time(text: str) -> time:
    try:
        return time.fromisoformat(text if len(text) > 4 else f"0{text}")
    except ValueError:
        raise UsageError(f"'{text}' is no time; write it like 16:00 (Pacific).") from None


def _deviation(row: tuple[str, ...]) -> Deviation:
    start, end, state, note = (cell.strip() for cell in row)
    if state not in {each.value for each in State}:
        raise UsageError(f"'{state}' is neither maintenance nor open.")
    found = Deviation(_moment(start), _moment(end), State(state), note)
    if found.end <= found.start:
        raise UsageError(f"it ends at {end}, before it begins at {start}.")
    return found


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is not None or len(text) < 16:
        raise UsageError(f"'{text}' is no moment; write it like 2026-03-01 09:00 (Pacific, without a zone).")
    return moment


def _cycle(row: tuple[str, ...]) -> Cycle:
    name, first, last = (cell.strip() for cell in row)
    cycle = Cycle(name or "cycle", read_date(first), read_date(last))
    if cycle.last < cycle.first:
        raise UsageError(f"its last trade date {last} is before its first {first}.")
    return cycle
