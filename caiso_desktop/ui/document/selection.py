"""Where the caret is in a document of lines, what is selected, and how keys move it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, auto

Place = tuple[int, int]
"""A line and a column, both from 0."""

_WORD = re.compile(r"[\w.:-]+")


class Move(Enum):
    """A way to move the caret."""

    LEFT = auto()
    RIGHT = auto()
    WORD_LEFT = auto()
    WORD_RIGHT = auto()
    UP = auto()
    DOWN = auto()
    PAGE_UP = auto()
    PAGE_DOWN = auto()
    LINE_START = auto()
    LINE_END = auto()
    START = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Selection:
    """From the anchor to the caret, in either order; nothing is selected where they are the same."""

    anchor: Place = (0, 0)
    caret: Place = (0, 0)

    @property
    def first(self) -> Place:
        """The earlier end."""
        return min(self.anchor, self.caret)

    @property
    def last(self) -> Place:
        """The later end."""
        return max(self.anchor, self.caret)

    @property
    def empty(self) -> bool:
        """Whether nothing is selected."""
        return self.anchor == self.caret

    def to(self, caret: Place, *, keep: bool) -> "Selection":
        """The caret moved, the anchor kept or moved along."""
        return replace(self, caret=caret) if keep else Selection(caret, caret)

    def columns(self, number: int, length: int) -> tuple[int, int] | None:
        """The selected columns of a line of this length; None where there are none. Its line end counts as one."""
        (first, begin), (last, end) = self.first, self.last
        if self.empty or not first <= number <= last:
            return None
        return (begin if number == first else 0), (end if number == last else length + 1)


def moved(caret: Place, move: Move, count: int, page: int, text: Callable[[int], str]) -> Place:
    """Where a move leads in ``count`` lines whose text is asked for by number."""
    number, column = caret
    last = max(0, count - 1)
    match move:
        case Move.UP | Move.DOWN | Move.PAGE_UP | Move.PAGE_DOWN:
            steps = {Move.UP: -1, Move.DOWN: 1, Move.PAGE_UP: -page, Move.PAGE_DOWN: page}[move]
            return max(0, min(last, number + steps)), column
        case Move.LINE_START:
            return number, 0
        case Move.LINE_END:
            return number, len(text(number))
        case Move.START:
            return 0, 0
        case Move.END:
            return last, len(text(last))
    column = min(column, len(text(number)))
    if move in (Move.LEFT, Move.WORD_LEFT):
        if column == 0:
            return (number - 1, len(text(number - 1))) if number else (0, 0)
        return number, column - 1 if move is Move.LEFT else _word_before(text(number), column)
    if column == len(text(number)):
        return (number + 1, 0) if number < last else (number, column)
    return number, column + 1 if move is Move.RIGHT else _word_after(text(number), column)


def word_at(text: str, column: int) -> tuple[int, int]:
    """The columns of the word at a column; of one character where there is none."""
    for found in _WORD.finditer(text):
        if found.start() <= column < found.end():
            return found.span()
    return column, min(len(text), column + 1)


def _word_before(text: str, column: int) -> int:
    return max((found.start() for found in _WORD.finditer(text) if found.start() < column), default=0)


def _word_after(text: str, column: int) -> int:
    return min((found.start() for found in _WORD.finditer(text) if found.start() > column), default=len(text))
