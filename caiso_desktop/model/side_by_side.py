"""Two payloads beside one another, line by line; of a long one its beginning, so that none is held whole."""

import codecs
import difflib
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple, TextIO

from caiso_desktop.model.draft import EDITABLE_LINE, encoding_of
from caiso_desktop.model.error import FileUnreadable
from caiso_desktop.model.guard import hash_of
from caiso_desktop.model.source import Payload, PayloadFile

MOST_LINES = 20_000
"""Lines of a payload that are compared; looking for what moved takes too long beyond."""

MOST_CHARACTERS = 4_000_000
LONGEST_LINE = EDITABLE_LINE
"""Characters of a line; what is longer goes on in the next one, as no editor shows it otherwise."""

LONG = 200
"""A longer line is broken between its tags: programs write a payload in one, and nobody would see what differs."""

_HEAD = 200


class Line(NamedTuple):
    """A line of both sides: ``kind`` is ``same``, ``changed``, ``added`` or ``removed``; a side may have none."""

    kind: str
    left: str
    right: str


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Lines that face one another; ``whole`` where they are all there are, ``same`` where the bytes are the same."""

    lines: Sequence[Line]
    whole: bool
    same: bool

    @property
    def differences(self) -> Sequence[int]:
        """Where what differs begins: the first line (from 0) of each stretch."""
        differs = [line.kind != "same" for line in self.lines]
        return [row for row, now in enumerate(differs) if now and not (row and differs[row - 1])]

    def __str__(self) -> str:
        if self.same:
            return "Both payloads are the same."
        count, differing = len(self.lines), sum(line.kind != "same" for line in self.lines)
        if differing:
            if self.whole:
                return f"{differing:,} of {count:,} lines differ."
            return f"{differing:,} of the first {count:,} lines differ; what follows was not compared."
        if self.whole:
            return "All lines are the same; only line ends or the encoding differ."
        return f"The first {count:,} lines are the same; the payloads differ behind them."


def side_by_side(before: Payload, after: Payload) -> SideBySide:
    """Compare two payloads. `StorageError` where one cannot be read."""
    (left, whole_left), (right, whole_right) = _beginning(before), _beginning(after)
    return SideBySide(facing(left, right), whole_left and whole_right, hash_of(before) == hash_of(after))


def facing(before: Sequence[str], after: Sequence[str]) -> Sequence[Line]:
    """Two texts as lines that face one another."""
    # What both begin and end with needs no looking for; among many lines what comes often would not be found either.
    start = _alike(before, after)
    end = _alike(before[start:][::-1], after[start:][::-1])
    middle = before[start : len(before) - end], after[start : len(after) - end]
    return [*_same(before[:start]), *_facing(*middle), *_same(before[len(before) - end :])]


def _facing(before: Sequence[str], after: Sequence[str]) -> Iterator[Line]:
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=len(before) > 2000)
    for what, i, j, k, m in matcher.get_opcodes():
        if what == "equal":
            yield from _same(before[i:j])
            continue
        old, new = before[i:j], after[k:m]
        for row in range(max(len(old), len(new))):
            in_old, in_new = row < len(old), row < len(new)
            kind = "changed" if in_old and in_new else "removed" if in_old else "added"
            yield Line(kind, old[row] if in_old else "", new[row] if in_new else "")


def _same(texts: Sequence[str]) -> Iterator[Line]:
    return (Line("same", text, text) for text in texts)


def _alike(before: Sequence[str], after: Sequence[str]) -> int:
    """How many lines both begin with."""
    pairs = zip(before, after, strict=False)
    return next((number for number, (old, new) in enumerate(pairs) if old != new), min(len(before), len(after)))


def _beginning(payload: Payload) -> tuple[list[str], bool]:
    """The first lines, and whether they are all."""
    lines: list[str] = []
    size = 0
    with _opened(payload) as file:
        mark, encoding = encoding_of(file.read(_HEAD))
        file.seek(len(mark))
        text = io.TextIOWrapper(file, _known(encoding), errors="replace")
        for line in _broken(text):
            if len(lines) == MOST_LINES or size > MOST_CHARACTERS:
                return lines, False
            lines.append(line)
            size += len(line)
    return lines, True


def _broken(text: TextIO) -> Iterator[str]:
    """The lines of a text, long ones between their tags, and never at a place that depends on what comes before."""
    rest = ""
    while piece := text.readline(LONGEST_LINE):
        is_last = piece.endswith("\n")
        line = rest + piece.removesuffix("\n")
        tags = line.replace("><", ">\n<").split("\n") if rest or len(line) > LONG else [line]
        # What a piece ends with goes on in the next one, if it is not too long by itself.
        rest = tags.pop() if not is_last and len(tags[-1]) < LONGEST_LINE else ""
        yield from tags
    if rest:
        yield rest


@contextmanager
def _opened(payload: Payload) -> Iterator[BinaryIO]:
    if not isinstance(payload, PayloadFile):
        with io.BytesIO(payload) as file:
            yield file
        return
    try:
        with payload.path.open("rb") as file:
            yield file
    except OSError as error:
        raise FileUnreadable(f"{payload.path} could not be read ({error.strerror}).") from error


def _known(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        return "utf-8"
