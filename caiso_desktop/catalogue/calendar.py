"""Answers what is known of an environment's hours at a moment: maintenance, support, trade date, and from where.

Nothing here looks at a clock or a network: a moment (aware of its zone) comes in, facts go out. Windows are wall-clock
times in Pacific Prevailing Time; spans are instants, so an hour that the clocks skip or repeat counts as it passes.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo

from caiso_desktop.model.calendar import Availability, Calendar, Span, State, Window
from caiso_desktop.model.moment import PACIFIC

# A window comes back within a week and lasts at most a week: two weeks each way hold everything that touches a moment.
_HORIZON = 14


def trade_date(calendar: Calendar, moment: datetime) -> date:
    """The environment's current trade date: Pacific's date, shifted, or the fixed one."""
    if calendar.trade_date.fixed is not None:
        return calendar.trade_date.fixed
    return moment.astimezone(PACIFIC).date() + timedelta(days=calendar.trade_date.offset)


def maintenance_at(calendar: Calendar, moment: datetime) -> Span | None:
    """The maintenance that ``moment`` lies in, or None."""
    return next((span for span in _maintenance(calendar, moment) if moment in span), None)


def next_maintenance(calendar: Calendar, moment: datetime) -> datetime | None:
    """When the next maintenance after ``moment`` begins (UTC), or None where none is known within two weeks."""
    return next((span.start for span in _maintenance(calendar, moment) if span.start > moment), None)


def support_at(calendar: Calendar, moment: datetime) -> Span | None:
    """The support hours that ``moment`` lies in, or None."""
    return next((span for span in _joined(_spans(calendar.support, moment)) if moment in span), None)


def look_up(calendar: Calendar, moment: datetime, here: tzinfo | None = None) -> Availability:
    """What is known at ``moment``; ``here`` is the user's zone (the computer's, where None)."""
    moment = moment.astimezone(UTC)
    span = maintenance_at(calendar, moment)
    coming = None if span is not None else next_maintenance(calendar, moment)
    support = support_at(calendar, moment)
    supported = True if calendar.always_supported else (support is not None) if calendar.support else None
    today = moment.astimezone(PACIFIC).date()
    cycle = next((each.name for each in calendar.cycles if each.first <= today <= each.last), None)
    parts = []
    warning = ""
    if span is not None:
        parts.append(f"in maintenance until {_clock(span.end, moment, here)}")
        warning = f"In maintenance until {_clock(span.end, moment, here)}: calls may fail or be lost."
    elif coming is not None:
        parts.append(f"no maintenance until {_clock(coming, moment, here)}")
    elif calendar.always_supported:
        parts.append("maintenance comes by CAISO's notice")
    parts += _support_words(calendar, moment, support, here)
    parts += _cycle_words(calendar, cycle)
    brief = f"By {calendar.known_from or 'what is configured'}: {parts[0]}" if parts else _unknown(calendar)
    sentence = f"{'; '.join([brief, *parts[1:]])}." if parts else f"{brief}."
    return Availability(span, coming, supported, cycle, brief, sentence, warning)


def _unknown(calendar: Calendar) -> str:
    if calendar.known_from:
        return f"By {calendar.known_from}: nothing is printed about its hours"
    return "Nothing is known of its hours"


def _support_words(calendar: Calendar, moment: datetime, support: Span | None, here: tzinfo | None) -> Iterator[str]:
    if calendar.always_supported:
        yield "supported day and night"
    elif support is not None:
        yield f"supported until {_clock(support.end, moment, here)}"
    elif calendar.support:
        begins = next((s.start for s in _joined(_spans(calendar.support, moment)) if s.start > moment), None)
        yield "no support now" if begins is None else f"no support until {_clock(begins, moment, here)}"


def _cycle_words(calendar: Calendar, cycle: str | None) -> Iterator[str]:
    if cycle is not None:
        yield f"in the simulation cycle '{cycle}'"
    elif calendar.cycles:
        yield "in no simulation cycle that is known here"
    elif calendar.cycles_only:
        yield "open to participants in simulation cycles only, and none is entered here"


def _clock(instant: datetime, moment: datetime, here: tzinfo | None) -> str:
    """An instant in words: Pacific first, and on the user's clock where that differs; the weekday if not today."""
    pacific = instant.astimezone(PACIFIC)
    mine = instant.astimezone(here)
    words = f"{_day(pacific, moment.astimezone(PACIFIC))}{pacific:%H:%M} Pacific"
    if mine.utcoffset() == pacific.utcoffset():
        return words
    return f"{words}, {_day(mine, moment.astimezone(here))}{mine:%H:%M} here"


def _day(instant: datetime, now: datetime) -> str:
    days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    return "" if instant.date() == now.date() else f"{days[instant.weekday()]} "


def _maintenance(calendar: Calendar, moment: datetime) -> list[Span]:
    """All maintenance around a moment, in order: windows, less what is announced as open, and what is announced."""
    spans = _joined(_spans(calendar.maintenance, moment))
    for deviation in calendar.deviations:
        if deviation.state is State.OPEN:
            spans = [rest for span in spans for rest in _without(span, _instants(deviation.start, deviation.end))]
    announced = [_instants(d.start, d.end) for d in calendar.deviations if d.state is State.MAINTENANCE]
    return _joined([*spans, *announced])


def _spans(windows: tuple[Window, ...], moment: datetime) -> list[Span]:
    today = moment.astimezone(PACIFIC).date()
    found = []
    for offset in range(-_HORIZON, _HORIZON + 1):
        day = today + timedelta(days=offset)
        for window in windows:
            if day.weekday() in window.days:
                end = day + timedelta(days=window.days_later)
                found.append(_instants(datetime.combine(day, window.start), datetime.combine(end, window.end)))
    return found


def _instants(start: datetime, end: datetime) -> Span:
    """Pacific wall-clock times as instants; the end of a window in the repeated hour is its second passing."""
    return Span(
        start.replace(tzinfo=PACIFIC, fold=0).astimezone(UTC),
        end.replace(tzinfo=PACIFIC, fold=1 if _repeated(end) else 0).astimezone(UTC),
    )


def _repeated(naive: datetime) -> bool:
    first, second = (naive.replace(tzinfo=PACIFIC, fold=fold).utcoffset() for fold in (0, 1))
    return first is not None and second is not None and first > second


def _joined(spans: list[Span]) -> list[Span]:
    """Spans in order; those that touch or overlap are one."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda each: each.start):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        elif span.start < span.end:
            found.append(span)
    return found


def _without(span: Span, open: Span) -> list[Span]:
    pieces = (Span(span.start, min(span.end, open.start)), Span(max(span.start, open.end), span.end))
    return [piece for piece in pieces if piece.start < piece.end]
