"""Finds the line on which a key of a TOML file stands; asked only when something is wrong with it.

The parser itself is the judge: a key begins on the line after the longest beginning of the file that parses
without it. So there is no second grammar of TOML here that could disagree with the first.
"""

import tomllib
from typing import Any

Place = tuple[str | int, ...]

# What may be open at the end of a line: nothing, or a list, or a list in a list, or a text over several lines.
_ENDINGS = ("", "\n]", "\n]]", '\n"""', "\n'''", '\n"""]', "\n'''\n]")


def line_of(text: str, place: Place) -> int:
    """The line (from 1) on which the value at ``place`` begins; 0 where the file has no such value.

    ``place`` is the way down: keys of tables, and positions in lists.
    """
    lines = text.split("\n")
    low, high = 0, len(lines)
    if not _holds(_beginning(lines, high), place):
        return 0
    while high - low > 1:
        middle = (low + high) // 2
        if _holds(_beginning(lines, middle), place):
            high = middle
        else:
            low = middle
    return high


def _beginning(lines: list[str], count: int) -> dict[str, Any]:
    """What the longest beginning of at most ``count`` lines that parses says."""
    for end in range(count, 0, -1):
        for ending in _ENDINGS:
            try:
                return tomllib.loads("\n".join(lines[:end]) + ending)
            except tomllib.TOMLDecodeError:
                continue
    return {}


def _holds(value: Any, place: Place) -> bool:
    for step in place:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return False
    return True
