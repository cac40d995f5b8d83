"""Plans how a payload goes to another trade date: which values move, and what the other day lacks or adds.

A value moves for what it is (an instant, a day), whatever the schema; its name says whether it ends something
(`caiso_desktop.contract.meaning.meaning`). An hour's number stays: hour ending 7 is hour ending 7 on every day.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta

from caiso_desktop.contract.day_shift.gap import Gaps
from caiso_desktop.contract.day_shift.value import Ending, Value, find_values
from caiso_desktop.contract.outline import outline
from caiso_desktop.contract.scan import plain
from caiso_desktop.model.call import Problem
from caiso_desktop.model.day_shift import Change, Field, ShiftPlan
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import PayloadError, UsageError
from caiso_desktop.model.moment import PACIFIC
from caiso_desktop.model.stamp import Instant

_FAR = timedelta(days=31)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_MADE = re.compile(
    r".*(creat|modif|updat|timestamp|timedate|logtime|receiv|publish|version|expir).*|(submi(t|tted|ssion)|sent)(date)?(time)?"
)
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class PayloadShift:
    """The port `caiso_desktop.model.day_shift.Shifting`."""

    def plan(
        self, draft: Draft, target: date, *, source: date | None = None, fields: Collection[str] | None = None
    ) -> ShiftPlan:
        """What moves when a day of a payload becomes another."""
        found = outline(draft)
        if isinstance(found, Problem):
            raise PayloadError(str(found), advice="Correct it first; a shift needs to know what stands where.")
        values = list(find_values(draft.text, found))
        groups = _groups(values)
        days = _days(value for field, each in groups.items() if not _unmoved(field) for value in each)
        first = source or (days[0] if days else None)
        if first is None:
            raise UsageError(
                "no trade date, no instant and no day was found in the payload.",
                advice="There is nothing that a shift would change.",
            )
        known = tuple(_field(field, each, first) for field, each in groups.items())
        wanted = {each.path for each in known if not each.why} if fields is None else set(fields)
        hours = [value for value in values if isinstance(value.stamp, Ending)]
        chosen = [value for value in values if value.field in wanted]
        apart = (target - first).days
        lines = [found.start() for found in re.finditer("\n", draft.text)]
        gaps = Gaps(draft.text, found, [*chosen, *hours], apart)
        return ShiftPlan(
            draft=draft,
            source=first,
            target=target,
            days=days,
            fields=known,
            changes=tuple(_changes(chosen, apart, lines)),
            gaps=tuple(gaps.find(lines)),
            notes=tuple(_notes(draft.text, chosen, days, gaps.spanning, lines)),
        )


def _groups(values: Sequence[Value]) -> dict[str, list[Value]]:
    """Instants and days by their fields, in the order of the payload."""
    groups: dict[str, list[Value]] = {}
    for value in values:
        if not isinstance(value.stamp, Ending):
            groups.setdefault(value.field, []).append(value)
    return groups


def _unmoved(field: str) -> str:
    """Why the values of a field are not about the day of the market."""
    names = [plain(name) for name in field.split("/")]
    if "messageheader" in names[1:2]:
        return "in the message's header"
    return "says when something was made or changed" if _MADE.fullmatch(names[-1].lstrip("@")) else ""


def _days(values: Iterator[Value]) -> tuple[date, ...]:
    """The trade dates that a payload is about: the one that most of it says, and those that lie beside it."""
    counted = Counter(value.day for value in values)
    known = sorted(day for day in counted if day is not None)
    if not known:
        return ()
    most = max(known, key=lambda day: (counted[day], day))
    at = known.index(most)
    low = high = at
    while low and known[low] - known[low - 1] <= timedelta(days=1):
        low -= 1
    while high + 1 < len(known) and known[high + 1] - known[high] <= timedelta(days=1):
        high += 1
    return tuple(known[low : high + 1])


def _field(path: str, values: Sequence[Value], first: date) -> Field:
    why = _unmoved(path)
    if not why and all(value.day is None or abs(value.day - first) > _FAR for value in values):
        why = f"more than {_FAR.days} days from the trade date"
    return Field(path, len(values), values[0].stamp.text, why)


def _changes(values: Sequence[Value], days: int, lines: Sequence[int]) -> Iterator[Change]:
    for value in values:
        piece = value.piece(days)
        if piece is not None:
            before, after = _words(value, 0), _words(value, days)
            line = bisect_left(lines, piece.start) + 1
            yield Change(value.field, line, piece, value.stamp.text, before, after)


def _words(value: Value, days: int) -> str:
    """The hour of an instant, or a day's weekday, so many days later."""
    hour = value.hour
    if hour is None or not isinstance(value.stamp, Instant):
        return _WEEKDAYS[(value.day + timedelta(days=days)).weekday()] if value.day is not None else ""
    minutes = value.stamp.moment.astimezone(PACIFIC).minute
    day = hour.day + timedelta(days=days)
    part = f" :{minutes:02d}" if minutes else ""
    return f"{day} {'end of ' if value.as_end and not minutes else ''}HE {hour.ending}{part}"


def _notes(
    text: str, values: Sequence[Value], days: Sequence[date], spanning: int, lines: Sequence[int]
) -> Iterator[str]:
    bare = sum(isinstance(each.stamp, Instant) and not each.stamp.zoned for each in values)
    if bare:
        yield f"{bare:,} times have no zone; they are read as GMT."
    apart = sum(each.start < 0 for each in values)
    if apart:
        yield f"{apart:,} values are taken apart by a comment or a reference, and stay as they are."
    if spanning:
        yield f"{spanning:,} records begin or end in an hour that the other day has not; they become that much shorter."
    for comment in _COMMENT.finditer(text):
        named = [day for day in days if day.isoformat() in comment.group()]
        if named:
            yield f"The comment in line {bisect_left(lines, comment.start()) + 1} names {named[0]} and stays as it is."
            break
    if "{{trade_date" in text:
        yield "Macros follow the environment's trade date by themselves, and stay as they are."
