"""How numbers and days are written in what is pasted: decided for a whole column, and asked where it cannot be told.

``1,234.5`` has commas between thousands, ``1,5`` has a decimal comma; ``1,234`` may be either. ``11/26/2026`` begins
with the month, ``26.11.2026`` with the day; ``3/4/2026`` may be either.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Marks(StrEnum):
    """What stands before the decimals of a number."""

    POINT = "1,234.5"
    COMMA = "1.234,5"


class Turn(StrEnum):
    """What stands first in a day."""

    MONTH_FIRST = "month/day/year"
    DAY_FIRST = "day/month/year"


@dataclass(frozen=True, slots=True)
class Question:
    """What cannot be told of a column: its title, a value in doubt, and what that would be for each answer."""

    column: str
    example: str
    answers: tuple[tuple[Marks | Turn, str], ...]

    @property
    def sentence(self) -> str:
        """The question for a person."""
        ways = " or ".join(said for _, said in self.answers)
        return f"In {self.column}, does {self.example} mean {ways}?"


_SPACES = str.maketrans("", "", " \u00a0\u2009\u202f'\u2019")
_CURRENCY = re.compile(r"^([-+(]*)\$|\$$")
_SHAPE = re.compile(r"[-+]?(?:\d+(?:[.,]\d+)*[.,]?|[.,]\d+)(?:[eE][-+]?\d+)?")
_POINT = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d*)(?:\.\d*)?(?:[eE][-+]?\d+)?")
_COMMA = re.compile(r"[-+]?(?:\d{1,3}(?:\.\d{3})+|\d*)(?:,\d*)?(?:[eE][-+]?\d+)?")
_IN_DOUBT = re.compile(r"[-+]?[1-9]\d{0,2}[.,]\d{3}")
_DAY = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})")


def bare(text: str) -> str:
    """A number without spaces, currency, and brackets that mean minus."""
    plain = _CURRENCY.sub(r"\1", text.translate(_SPACES))
    if plain.startswith("(") and plain.endswith(")"):
        plain = f"-{plain[1:-1]}"
    return plain.replace("\u2212", "-")


def marks_of(values: Sequence[str]) -> Marks | None:
    """What most numbers of a column show; None where nothing does."""
    votes = {Marks.POINT: 0, Marks.COMMA: 0}
    for value in map(bare, values):
        if not _SHAPE.fullmatch(value) or _IN_DOUBT.fullmatch(value):
            continue
        point, comma = _POINT.fullmatch(value), _COMMA.fullmatch(value)
        if bool(point) != bool(comma):
            votes[Marks.POINT if point else Marks.COMMA] += 1
    if votes[Marks.POINT] == votes[Marks.COMMA]:
        return None
    return max(votes, key=lambda each: votes[each])


def doubtful(values: Sequence[str], *, points: bool) -> str:
    """A number that may be either, empty where there is none; with ``points`` also those with a point (1.234)."""
    marks = ",." if points else ","
    return next((v for v in values if _IN_DOUBT.fullmatch(bare(v)) and any(m in v for m in marks)), "")


def number(text: str, marks: Marks) -> str | None:
    """A number as XML writes it, None where it is none in this style."""
    value = bare(text)
    if not _SHAPE.fullmatch(value):
        return None
    own = marks_of([value])
    marks = own or marks  # one that can be read in one way only is read so
    if not (_POINT if marks is Marks.POINT else _COMMA).fullmatch(value):
        return None
    plain = value.replace(",", "") if marks is Marks.POINT else value.replace(".", "").replace(",", ".")
    plain = plain.removeprefix("+")
    sign, digits = ("-", plain[1:]) if plain.startswith("-") else ("", plain)
    digits = f"0{digits}" if digits.startswith(".") else digits.removesuffix(".")
    return f"{sign}{digits}" if digits else None


def turn_of(values: Sequence[str]) -> Turn | None:
    """What the days of a column show; None where nothing does."""
    for value in values:
        found = _DAY.match(value.strip())
        if found is None:
            continue
        first, mark, second = int(found[1]), found[2], int(found[3])
        if mark == ".":
            return Turn.DAY_FIRST
        if first > 12:
            return Turn.DAY_FIRST
        if second > 12:
            return Turn.MONTH_FIRST
    return None


def undated(values: Sequence[str]) -> str:
    """A day that may be either, empty where there is none."""
    for value in values:
        found = _DAY.match(value.strip())
        if found is not None and found[2] != "." and found[1] != found[3] and max(int(found[1]), int(found[3])) <= 12:
            return value
    return ""


def day_parts(text: str, turn: Turn) -> tuple[int, int, int] | None:
    """Year, month and day of a text that begins with a day in figures; None where it does not."""
    found = _DAY.match(text)
    if found is None:
        return None
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    day_first = turn is Turn.DAY_FIRST or found[2] == "."
    year += 2000 if year < 100 else 0
    return (year, second, first) if day_first else (year, first, second)
