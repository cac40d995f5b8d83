"""A cell: what it shows, what it says when one points at it, what typed or pasted text writes, and what is wrong."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from caiso_desktop.model.grid.style import Marks, Turn, day_parts, number
from caiso_desktop.model.grid.table import Column, Table
from caiso_desktop.model.moment import PACIFIC
from caiso_desktop.model.outline import NodePath, Outline
from caiso_desktop.model.stamp import Day, Instant, day, instant
from caiso_desktop.model.trade_hour import TradeHour
from caiso_desktop.model.value import Value, ValueKind

_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_FIGURES = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})")
_HOUR_ENDING = re.compile(r"[ ,;]*(?:HE|he) ?0?(\d{1,2})(?: ?:(\d{2}))?")
_CLOCK = re.compile(r"[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.0+)?)?(?: ?([AaPp])\.?[Mm]\.?)?")
_HOUR_NUMBER = re.compile(r"(?:HE ?)?0?(\d{1,2})(?:\.0+)?", re.IGNORECASE)
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_EPOCH = datetime(1899, 12, 30, tzinfo=UTC)
_FIRST_SERIAL, _LAST_SERIAL = 20_000, 80_000
"""1954 to 2119: what a spreadsheet's number of a day can be here."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text becomes in the payload; ``problem`` says why it stays as it was typed."""

    text: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Habits:
    """How the numbers and days of a column are written in what is pasted."""

    marks: Marks = Marks.POINT
    turn: Turn = Turn.MONTH_FIRST


_USUAL = Habits()


def shown(column: Column, text: str | None) -> str:
    """What a cell shows: instants as trade date and hour ending, Pacific; everything else as it stands."""
    if text is None:
        return ""
    if column.kind is ValueKind.INSTANT:
        found = instant(text)
        if found is not None:
            return _in_hours(found, as_end=column.as_end)
    return text


def told(column: Column, text: str | None) -> str:
    """What a cell says when one points at it."""
    if text is None:
        return "Not there; what is typed here adds it."
    found = instant(text) if column.kind is ValueKind.INSTANT else None
    if found is None:
        return text
    local = found.moment.astimezone(PACIFIC)
    what = "ends" if column.as_end else "begins"
    return f"{text}\n{found.moment:%Y-%m-%d %H:%M} GMT\n{local:%Y-%m-%d %H:%M %Z}; the hour {what} then"


def read_cell(column: Column, typed: str, like: str = "", habits: Habits = _USUAL) -> Reading:
    """What a typed or pasted text writes; ``like`` is a value of the column whose style is kept."""
    text = typed.strip()
    if not text or "{{" in text:
        return Reading(text)
    match column.kind:
        case ValueKind.NUMBER | ValueKind.WHOLE:
            if column.hour:
                return _hour(text, like)
            found = number(text, habits.marks)
            return Reading(found) if found is not None else Reading(text, f"'{text}' is not a number.")
        case ValueKind.INSTANT:
            return _instant(column, text, like, habits)
        case ValueKind.DATE:
            return _date(text, like, habits)
        case ValueKind.FLAG:
            said = {"yes": "true", "no": "false", "true": "true", "false": "false", "1": "1", "0": "0"}
            flag = said.get(text.casefold())
            return Reading(flag) if flag is not None else Reading(text, f"'{text}' is neither true nor false.")
        case _:
            return _hour(text, like) if column.hour else Reading(text)


def fault(column: Column, text: str | None) -> str:
    """What is wrong with the value of a cell, by what kind its column is and by the schema's facets; else empty."""
    if text is None:
        return "It is required." if column.required and not column.names and column.attribute is None else ""
    if "{{" in text:
        return ""
    if not text:
        return "It is empty." if column.kind not in (ValueKind.TEXT, ValueKind.CHOICE) or column.required else ""
    match column.kind:
        case ValueKind.NUMBER | ValueKind.WHOLE if not _is_number(text):
            return f"'{text}' is not a number as XML writes it, such as 1234.5."
        case ValueKind.INSTANT if instant(text) is None:
            return f"'{text}' is not an instant such as 2026-11-26T08:00:00Z."
        case ValueKind.DATE if day(text, named_so=True) is None:
            return f"'{text}' is not a day such as 2026-11-26."
        case _:
            return _facet(column.value, text) if column.value is not None else ""


def wrong_cells(table: Table, outline: Outline, *, most: int) -> tuple[tuple[int, int], ...]:
    """The first cells (row, column) with which something is wrong; a value that rows share is named once."""
    found: list[tuple[int, int]] = []
    above: NodePath = ()
    for row, path in enumerate(table.rows):
        for at, column in enumerate(table.columns):
            if row and column.level < len(path) and path[: column.level] == above[: column.level]:
                continue
            if fault(column, table.place(outline, row, column).text):
                found.append((row, at))
                if len(found) >= most:
                    return tuple(found)
        above = path
    return tuple(found)


def _in_hours(found: Instant, *, as_end: bool) -> str:
    moment = found.moment - timedelta(microseconds=1) if as_end else found.moment
    hour = TradeHour.at(moment)
    into = found.moment.astimezone(PACIFIC)
    part = f" :{into.minute:02d}" if into.minute else ""
    return f"{hour.day} HE {hour.ending}{part}"


def _instant(column: Column, text: str, like: str, habits: Habits) -> Reading:
    found = instant(text)
    if found is not None and (found.zoned or "T" in text):
        return Reading(text)
    style = instant(like) or Instant("2026-01-01T00:00:00Z", datetime(2026, 1, 1, tzinfo=UTC))
    try:
        moment = _moment(text, habits, as_end=column.as_end)
    except ValueError as error:
        return Reading(text, str(error))
    if moment is None:
        return Reading(text, f"'{text}' is not a time such as 2026-11-26 HE 7, or 2026-11-26T14:00:00Z.")
    return Reading(style.written(moment))


def _moment(text: str, habits: Habits, *, as_end: bool) -> datetime | None:
    """The instant of a text in Pacific words; `ValueError` where that day has no such time."""
    if _SERIAL.fullmatch(text) and _FIRST_SERIAL <= float(text) < _LAST_SERIAL:
        local = _EPOCH + timedelta(seconds=round(float(text) * 86_400))
        return _pacific(local.replace(tzinfo=None))
    dated = _ISO_DAY.match(text) or _FIGURES.match(text)
    if dated is None:
        return None
    parts = day_parts(text, habits.turn) if "-" not in text[:5] else tuple(map(int, dated.groups()))
    if parts is None or len(parts) != 3:
        return None
    try:
        the_day = date(*parts)
    except ValueError:
        raise ValueError(f"'{text}' is not a day of the calendar.") from None
    rest = text[dated.end() :].rstrip()
    if not rest:
        return TradeHour(the_day + timedelta(days=1) if as_end else the_day, 1).start
    ending = _HOUR_ENDING.fullmatch(rest)
    if ending is not None:
        hour = TradeHour(the_day, int(ending[1]))
        if not 1 <= hour.ending <= 25:
            raise ValueError(f"There is no hour ending {hour.ending}; they go from 1 to 25.")
        into = timedelta(minutes=int(ending[2] or 0))
        return hour.end if as_end and not into else hour.start + into
    clock = _CLOCK.fullmatch(rest)
    if clock is None:
        return None
    hours = int(clock[1])
    if clock[4]:
        hours = hours % 12 + (12 if clock[4] in "pP" else 0)
    late, hours = divmod(hours, 24)
    at = datetime(*parts, hours, int(clock[2]), int(clock[3] or 0))  # noqa: DTZ001  its zone is Pacific, see below
    return _pacific(at + timedelta(days=late))


def _pacific(local: datetime) -> datetime:
    """A wall clock's time as an instant; of the repeated hour the first, which is hour ending 2."""
    moment = local.replace(tzinfo=PACIFIC, fold=0).astimezone(UTC)
    if moment.astimezone(PACIFIC).replace(tzinfo=None) != local:
        raise ValueError(f"{local:%Y-%m-%d} has no {local:%H:%M} Pacific: the clocks skip that hour.")
    return moment


def _date(text: str, like: str, habits: Habits) -> Reading:
    if day(text, named_so=False) is not None:
        found = day(text, named_so=False)
    else:
        try:
            found = _day_of(text, habits)
        except ValueError:
            return Reading(text, f"'{text}' is not a day of the calendar.")
    if found is None:
        return Reading(text, f"'{text}' is not a day such as 2026-11-26.")
    style = day(like, named_so=True)
    return Reading(style.written(found.day) if style is not None else found.day.isoformat())


def _day_of(text: str, habits: Habits) -> Day | None:
    if _SERIAL.fullmatch(text) and _FIRST_SERIAL <= float(text) < _LAST_SERIAL:
        return day((_EPOCH + timedelta(days=int(float(text)))).date().isoformat(), named_so=False)
    iso = _ISO_DAY.match(text)
    parts = tuple(map(int, iso.groups())) if iso else day_parts(text, habits.turn)
    if parts is None:
        return None
    rest = text[iso.end() :] if iso else _FIGURES.sub("", text, count=1)
    clock = _CLOCK.fullmatch(rest.rstrip()) if rest.strip() else None
    if rest.strip() and (clock is None or int(clock[1]) % 12 or int(clock[2])):
        return None
    return day(date(parts[0], parts[1], parts[2]).isoformat(), named_so=False)


def _hour(text: str, like: str) -> Reading:
    found = _HOUR_NUMBER.fullmatch(text)
    if found is None or not 1 <= int(found[1]) <= 25:
        return Reading(text, f"'{text}' is not an hour ending from 1 to 25.")
    ending = int(found[1])
    wide = len(like.lstrip("HE ")) == 2 and like.lstrip("HE ")[:1] == "0"
    prefix = like[: len(like) - len(like.lstrip("HE "))]
    return Reading(f"{prefix}{ending:02d}" if wide else f"{prefix}{ending}")


def _is_number(text: str) -> bool:
    return number(text, Marks.POINT) == text or _decimal(text) is not None


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text) if text.isascii() and not text[:1].isspace() else None
    except InvalidOperation:
        return None


def _facet(value: Value, text: str) -> str:
    """The first facet that a value breaks; patterns are left to the check of the whole payload."""
    if value.choices and text not in [each.value for each in value.choices]:
        known = ", ".join(each.value for each in value.choices[:8])
        more = "…" if len(value.choices) > 8 else ""
        return f"'{text}' is not one of: {known}{more}."
    if value.length is not None and len(text) != value.length:
        return f"It has {len(text)} characters and must have {value.length}."
    if value.shortest is not None and len(text) < value.shortest:
        return f"It has {len(text)} characters and must have {value.shortest} at least."
    if value.longest is not None and len(text) > value.longest:
        return f"It has {len(text)} characters and may have {value.longest} at most."
    return _bounds(value, text)


def _bounds(value: Value, text: str) -> str:
    found = _decimal(text)
    low, high = (_decimal(each) if each is not None else None for each in (value.minimum, value.maximum))
    if found is None or value.kind not in (ValueKind.NUMBER, ValueKind.WHOLE):
        return ""
    if value.kind is ValueKind.WHOLE and found != found.to_integral_value():
        return f"{text} is not a whole number."
    if low is not None and (found < low or (value.above and found == low)):
        return f"{text} is less than allowed: {'more than' if value.above else 'at least'} {value.minimum}."
    if high is not None and (found > high or (value.below and found == high)):
        return f"{text} is more than allowed: {'less than' if value.below else 'at most'} {value.maximum}."
    digits = found.as_tuple()
    places = max(0, -digits.exponent) if isinstance(digits.exponent, int) else 0
    if value.fraction_digits is not None and places > value.fraction_digits:
        return f"{text} has {places} decimals; {value.fraction_digits} are allowed."
    return ""
