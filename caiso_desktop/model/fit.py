"""Whether a text is a value that a schema allows, told in a person's words; quick enough for every cell of a grid.

Patterns are not judged here: XSD's expressions are not Python's, and whoever validates the whole document knows them.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation

from caiso_desktop.model.value import Value, ValueKind

_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
_WHOLE = re.compile(r"[+-]?\d+")
_FLOAT = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|-?INF|NaN")
_ZONE = r"(Z|[+-]((0\d|1[0-3]):[0-5]\d|14:00))?"
_INSTANT = re.compile(r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?" + _ZONE)
_DATE = re.compile(r"-?\d{4,}-\d\d-\d\d" + _ZONE)
_TIME = re.compile(r"\d\d:\d\d:\d\d(\.\d+)?" + _ZONE)
_WORDS = {"true", "false", "1", "0"}

# The whole numbers that have bounds of their own.
_BOUNDS: dict[str, tuple[int | None, int | None]] = {
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-128, 127),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 255),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
}
MOST_NAMED = 12
"""How many allowed values a sentence names."""


def collapsed(value: Value, text: str) -> str:
    """A text as the schema reads it: white space dropped or made blanks where its type says so."""
    if value.white_space == "preserve":
        return text
    blank = re.sub(r"[\t\n\r]", " ", text)
    return blank if value.white_space == "replace" else re.sub(" +", " ", blank).strip(" ")


def complaint(value: Value, text: str) -> str:
    """What is wrong with a text as this value, as a sentence; empty where nothing is (patterns apart)."""
    read = collapsed(value, text)
    if value.item is not None:
        return _in_list(value, value.item, read)
    if value.members:
        return _in_union(value, read)
    return _lexical(value, read) or _among(value, read) or _length(value, _size(value, read)) or _bounds(value, read)


def allowed(value: Value) -> str:
    """The allowed values in words; empty where they are not listed."""
    names = [choice.value for choice in value.choices]
    more = len(names) - MOST_NAMED
    listed = ", ".join(names[:MOST_NAMED])
    return f"{listed} and {more:,} more" if more > 0 else listed


def _lexical(value: Value, text: str) -> str:
    shown = _shown(text)
    match value.base:
        case "boolean":
            return "" if text in _WORDS else f"{shown} is not true or false (or 1 or 0)."
        case "double" | "float":
            return "" if _FLOAT.fullmatch(text) else _no_number(text)
        case "decimal":
            return "" if _DECIMAL.fullmatch(text) else _no_number(text)
        case "dateTime" | "dateTimeStamp":
            return "" if _is(_INSTANT, datetime.fromisoformat, text) else (
                f"{shown} is no date with a time, such as 2026-03-10T08:00:00Z."
            )  # fmt: skip
        case "date":
            return "" if _is(_DATE, _day, text) else f"{shown} is no date, such as 2026-03-10."
        case "time":
            return "" if _is(_TIME, time.fromisoformat, text) else f"{shown} is no time, such as 08:00:00."
    if value.kind is ValueKind.WHOLE or value.base in _BOUNDS or value.base == "integer":
        if not _WHOLE.fullmatch(text):
            return _no_number(text, "whole number")
        low, high = _BOUNDS.get(value.base, (None, None))
        return _between(int(text), low, high, shown)
    return ""


def _no_number(text: str, what: str = "number") -> str:
    if not text:
        return f"It is empty; a {what} is wanted."
    if "," in text and _DECIMAL.fullmatch(text.replace(",", "")):
        return f"{_shown(text)} is no {what}: XML writes the decimal point as a point, and no other separators."
    return f"{_shown(text)} is no {what}."


def _is(pattern: re.Pattern[str], read: Callable[[str], object], text: str) -> bool:
    if not pattern.fullmatch(text):
        return False
    # Python reads six digits of a second and the years 1 to 9999; midnight may be written as 24:00:00.
    plain = re.sub(r"(\.\d{6})\d+", r"\1", text)
    try:
        read(plain.replace("T24:00:00", "T00:00:00") if "T24:00:00" in plain else plain)
    except ValueError:
        return text.startswith("-") or len(text.split("-", 1)[0]) > 4
    return True


def _day(text: str) -> date:
    return date.fromisoformat(text[:10])


def _among(value: Value, text: str) -> str:
    if not value.choices or value.open or any(_equal(value, choice.value, text) for choice in value.choices):
        return ""
    return f"{_shown(text)} is not one of the allowed values: {allowed(value)}."


def _equal(value: Value, one: str, other: str) -> bool:
    if one == other:
        return True
    numbers = (_number(collapsed(value, one)), _number(other))
    return value.base in _BOUNDS.keys() | {"integer", "decimal"} and None not in numbers and numbers[0] == numbers[1]


def _size(value: Value, text: str) -> int:
    """The length that the type counts: characters, or bytes of what is written in hexadecimals or base 64."""
    if value.base == "hexBinary":
        return len(text) // 2
    if value.base == "base64Binary":
        plain = text.replace(" ", "")
        return len(plain) * 3 // 4 - plain[-2:].count("=")
    return len(text)


def _length(value: Value, size: int, what: str = "characters") -> str:
    if value.length is not None and size != value.length:
        return f"It has {size:,} {what}; {value.length:,} are wanted."
    if value.shortest is not None and size < value.shortest:
        return "It is empty." if not size else f"It has {size:,} {what}; at least {value.shortest:,} are wanted."
    if value.longest is not None and size > value.longest:
        return f"It has {size:,} {what}; at most {value.longest:,} are allowed."
    return ""


def _bounds(value: Value, text: str) -> str:
    shown = _shown(text)
    for bound, sign in ((value.minimum, -1), (value.maximum, 1)):
        if bound is None:
            continue
        found = _compare(value, text, bound)
        if found is None:
            continue
        open_end = value.above if sign < 0 else value.below
        if found * sign > 0 or (found == 0 and open_end):
            word = {(-1, False): "at least", (-1, True): "more than", (1, False): "at most", (1, True): "less than"}
            return f"{shown} is out of bounds: {word[sign, open_end]} {bound} is allowed."
    return _digits(value, text)


def _compare(value: Value, text: str, bound: str) -> int | None:
    """-1, 0 or 1 as a text lies below, at or above a bound; None where that cannot be told."""
    one: Decimal | datetime | None
    other: Decimal | datetime | None
    if value.base in ("dateTime", "dateTimeStamp", "date"):
        one, other = _moment(text), _moment(bound)
        if one is None or other is None or (one.tzinfo is None) != (other.tzinfo is None):
            return None
        return (one > other) - (one < other)
    one, other = _number(text), _number(bound)
    if one is None or other is None or one.is_nan() or other.is_nan():
        return None
    return (one > other) - (one < other)


def _digits(value: Value, text: str) -> str:
    if value.fraction_digits is None and value.total_digits is None:
        return ""
    whole, _, fraction = text.lstrip("+-").partition(".")
    fraction = fraction.rstrip("0")
    if value.fraction_digits is not None and len(fraction) > value.fraction_digits:
        return f"{_shown(text)} has {len(fraction)} decimals; at most {value.fraction_digits} are allowed."
    digits = len((whole.lstrip("0") + fraction) or "0")
    if value.total_digits is not None and digits > value.total_digits:
        return f"{_shown(text)} has {digits} digits; at most {value.total_digits} are allowed."
    return ""


def _between(number: int, low: int | None, high: int | None, shown: str) -> str:
    if low is not None and number < low:
        return f"{shown} is out of bounds: at least {low} is allowed."
    if high is not None and number > high:
        return f"{shown} is out of bounds: at most {high} is allowed."
    return ""


def _in_list(value: Value, item: Value, text: str) -> str:
    items = text.split()
    for each in items:
        found = complaint(item, each)
        if found:
            return found
    return _among(value, text) or _length(value, len(items), "items")


def _in_union(value: Value, text: str) -> str:
    found = [complaint(member, text) for member in value.members]
    if "" in found:
        return _among(value, text)
    return f"{_shown(text)} is none of what is allowed here. {found[0]}"


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text.replace("INF", "Infinity"))
    except InvalidOperation:
        return None


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text))
    except ValueError:
        return None


def _shown(text: str) -> str:
    return f"“{text[:57]}…”" if len(text) > 60 else f"“{text}”"
