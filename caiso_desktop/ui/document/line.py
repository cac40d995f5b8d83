"""One line as it is shown: text, with stand-ins for what is too long to show."""

import re
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.ui.document.source import ReadableBytes, file_size

SHOWN = 4096
"""Bytes of one line that are shown; laying out more for every visible line would be felt when scrolling."""

_RUN = 2000
_BASE64 = rb"[A-Za-z0-9+/=]"
_LONG_RUN = re.compile(_BASE64 + rb"{%d,}" % _RUN)
_ALL_BASE64 = re.compile(_BASE64 + rb"*\Z")
_RUN_AT_START = re.compile(_BASE64 + rb"*")
_TAIL = 1024
# Control characters that a font draws as nothing are shown by their pictures; the tab stays, for its width.
_PICTURES = {code: chr(0x2400 + code) for code in range(32) if code != 9} | {0x7F: "␡", 0x2028: "␤", 0x2029: "␤"}


class PartKind(Enum):
    """What a part of a shown line is."""

    TEXT = "text"
    CHIP = "chip"
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a line: its text as shown, and the bytes (from, to) of the document it stands for."""

    text: str
    start: int
    end: int
    kind: PartKind = PartKind.TEXT


@dataclass(frozen=True, slots=True)
class Line:
    """A line as shown. ``number`` counts from 0; ``start`` is the byte where it begins."""

    number: int
    start: int
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """The whole line as shown; columns count its characters."""
        return "".join(part.text for part in self.parts)


class Lines(Protocol):
    """A document as lines; every method may be called from any thread, also while the document is still read."""

    @property
    def count(self) -> int:
        """How many lines are known."""
        ...

    @property
    def complete(self) -> bool:
        """Whether all lines are known."""
        ...

    @property
    def note(self) -> str:
        """What a reader should know about how it is shown; empty when there is nothing to say."""
        ...

    def build(self, token: CancelToken, grown: Callable[[float], None]) -> None:
        """Read on until all lines are known; ``grown`` hears from time to time how far it is, 0 to 1."""
        ...

    def line(self, number: int) -> Line:
        """A line, counted from 0; an empty one where there is none."""
        ...

    def text(self, start: int, end: int, limit: int) -> tuple[str, bool]:
        """What the document holds between two bytes, and whether it was cut at ``limit`` bytes."""
        ...

    def before(self, start: int) -> str:
        """Some text before a byte, enough to tell whether a comment is open there."""
        ...

    def place(self, offset: int) -> tuple[int, int]:
        """The line and column of a byte."""
        ...

    def offset(self, number: int, column: int, *, after: bool = False) -> int:
        """The byte of a line and column; of a place inside a stand-in, where that begins (or ends)."""
        ...

    def find(self, wanted: str, offset: int, token: CancelToken, *, backward: bool = False) -> int | None:
        """The byte where a text begins at or after (or before) another; whatever the case of ASCII letters."""
        ...

    def find_all(self, wanted: str, limit: int, token: CancelToken) -> "array[int]":
        """Where a text begins, everywhere, the first ``limit`` places."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


def shown(text: str) -> str:
    """A text with each unprintable character replaced by one that can be seen; as long as before."""
    return text if text.isprintable() else text.translate(_PICTURES)


def parts_of(source: ReadableBytes, encoding: str, start: int, end: int) -> tuple[Part, ...]:
    """The parts of the line between two bytes: text as it is, long base64 as a chip, the rest of a long line cut."""
    head = source.read(start, min(end - start, SHOWN)).rstrip(b"\r\n")
    parts: list[Part] = []
    position = 0
    whole = end - start <= SHOWN
    for run in _LONG_RUN.finditer(head):
        parts.append(_text(head[position : run.start()], start + position, encoding))
        run_end = start + run.end()
        if not whole and run.end() == len(head):
            run_end = _end_of_run(source, run_end, end)
            tail = source.read(run_end, min(end - run_end, SHOWN)).rstrip(b"\r\n")
            parts.append(_chip(start + run.start(), run_end))
            parts.append(_text(tail, run_end, encoding))
            if run_end + len(tail) < end - 2:
                parts.append(_cut(run_end + len(tail), end))
            return _filled(parts)
        parts.append(_chip(start + run.start(), run_end))
        position = run.end()
    rest = head[position:] if whole else _whole_characters(head[position:], encoding)
    parts.append(_text(rest, start + position, encoding))
    if not whole:
        parts.append(_cut(start + position + len(rest), end))
    return _filled(parts)


def _text(data: bytes, start: int, encoding: str) -> Part:
    return Part(shown(data.decode(encoding, "replace")), start, start + len(data))


def _chip(start: int, end: int) -> Part:
    return Part(f"[base64, {file_size(end - start)}]", start, end, PartKind.CHIP)


def _cut(start: int, end: int) -> Part:
    return Part(f" … {file_size(end - start)} more on this line", start, end, PartKind.CUT)


def _filled(parts: list[Part]) -> tuple[Part, ...]:
    return tuple(part for part in parts if part.text)


def _whole_characters(data: bytes, encoding: str) -> bytes:
    """Without the beginning of a character of several bytes that was cut at the end."""
    if encoding != "utf-8":
        return data
    for back in range(1, min(4, len(data)) + 1):
        byte = data[-back]
        if byte < 0x80:
            return data
        if byte >= 0xC0:
            length = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return data if back >= length else data[:-back]
    return data


def _end_of_run(source: ReadableBytes, start: int, end: int) -> int:
    """Where a run of base64 that goes on at ``start`` ends: told by the line's end and samples, not by reading it."""
    near = source.read(start, SHOWN)[: end - start]
    here = _RUN_AT_START.match(near)
    length = here.end() if here is not None else 0
    if length < len(near):
        return start + length
    tail_start = max(start, end - _TAIL)
    tail = source.read(tail_start, end - tail_start)
    run = _RUN_AT_START.match(tail)
    step = max(1, (tail_start - start) // 8)
    samples = (source.read(place, min(_TAIL, tail_start - place)) for place in range(start, tail_start, step))
    if run is not None and all(_ALL_BASE64.match(sample) for sample in samples):
        return tail_start + run.end()
    return start + length
