"""XSD's regular expressions: whether a text matches one, and texts that do."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from elementpath.regex import RegexError, translate_pattern

_QUANTIFIER = re.compile(r"\{(\d+)(,?)(\d*)\}")
_PREFERRED = "AaXx10 23456789BbCcDdEeFfGgHhIiJjKkLlMmNnOoPpQqRrSsTtUuVvWwYyZz-_.:/,+@#%&()[]{}!?*;'\"~^|\\=<>$`"
_BEYOND = (range(0xA0, 0x250), range(0x370, 0x530), range(0x4E00, 0x4E20), range(0x2000, 0x2100))
MOST_REPEATED = 40
"""How often more than its least a piece is tried."""


def matches(pattern: str, text: str) -> bool:
    """Whether a whole text matches an XSD pattern; true where the pattern itself cannot be read."""
    compiled = _compiled(pattern)
    return compiled is None or compiled.search(text) is not None


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile(translate_pattern(pattern, back_references=False, lazy_quantifiers=False, anchors=False))
    except (RegexError, re.error, ValueError):
        return None


def examples(pattern: str) -> Iterator[str]:
    """Texts that match a pattern, the shortest first; none where it cannot be read."""
    if _compiled(pattern) is None:
        return
    try:
        tree = _Reading(pattern).whole()
    except (IndexError, ValueError):
        return
    seen = set()
    for more in range(MOST_REPEATED):
        for turn in range(3):
            text = tree.text(more, turn)
            if text not in seen:
                seen.add(text)
                yield text


@dataclass(frozen=True, slots=True)
class _Piece:
    """An atom and how often: ``branches`` of a group, or one ``atom`` as it is written."""

    atom: str
    branches: "tuple[tuple[_Piece, ...], ...]" = ()
    least: int = 1
    most: int | None = 1

    def text(self, more: int, turn: int) -> str:
        count = self.least + more if self.most is None else min(self.most, self.least + more)
        return "".join(self._once(more, turn + number) for number in range(count))

    def _once(self, more: int, turn: int) -> str:
        if not self.branches:
            return _character(self.atom)
        branch = self.branches[turn % len(self.branches)]
        return "".join(piece.text(more, turn) for piece in branch)


@lru_cache(maxsize=512)
def _character(atom: str) -> str:
    """A character that an atom allows; `ValueError` where none is found."""
    compiled = _compiled(atom)
    if compiled is not None:
        for character in _PREFERRED:
            if compiled.search(character):
                return character
        for block in _BEYOND:
            for code in block:
                if compiled.search(chr(code)):
                    return chr(code)
    raise ValueError(f"no character for {atom}")


class _Reading:
    """Reads an expression into pieces; elementpath has already said that it is one."""

    def __init__(self, pattern: str) -> None:
        self._text = pattern
        self._at = 0

    def whole(self) -> _Piece:
        return _Piece("", self._branches())

    def _branches(self) -> tuple[tuple[_Piece, ...], ...]:
        branches: list[tuple[_Piece, ...]] = []
        pieces: list[_Piece] = []
        while self._at < len(self._text) and self._text[self._at] != ")":
            if self._text[self._at] == "|":
                self._at += 1
                branches.append(tuple(pieces))
                pieces = []
            else:
                pieces.append(self._piece())
        return (*branches, tuple(pieces))

    def _piece(self) -> _Piece:
        branches: tuple[tuple[_Piece, ...], ...] = ()
        start = self._at
        match self._text[start]:
            case "(":
                self._at += 1
                branches = self._branches()
                self._at += 1
            case "[":
                self._class()
            case "\\":
                self._escape()
            case _:
                self._at += 1
        atom = self._text[start : self._at]
        least, most = self._often()
        return _Piece("" if branches else atom, branches, least, most)

    def _class(self) -> None:
        depth = 0
        while True:
            character = self._text[self._at]
            if character == "\\":
                self._escape()
                continue
            depth += (character == "[") - (character == "]")
            self._at += 1
            if depth == 0:
                return

    def _escape(self) -> None:
        if self._text[self._at + 1] in "pP":
            self._at = self._text.index("}", self._at) + 1
        else:
            self._at += 2

    def _often(self) -> tuple[int, int | None]:
        mark = self._text[self._at : self._at + 1]
        if mark and mark in "?*+":
            self._at += 1
            return {"?": (0, 1), "*": (0, None), "+": (1, None)}[mark]
        found = _QUANTIFIER.match(self._text, self._at)
        if found is None:
            return 1, 1
        self._at = found.end()
        least = int(found[1])
        return least, (int(found[3]) if found[3] else None) if found[2] else least
