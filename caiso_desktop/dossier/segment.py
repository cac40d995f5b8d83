"""Cuts a document into what can be looked at in one piece, however large it is: texts, and long packed parts.

A text ends where a tag ends, so no name or number that is looked for is torn. What is packed (a run of base64, a member
of gzip) is handed out as a stream of its own; a short run of base64 stays in its text.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, TypeAlias

from caiso_desktop.dossier.element import begin_of_open_tag, end_of_last_tag
from caiso_desktop.model.error import UsageError

GZIP = b"\x1f\x8b\x08"
WINDOW = 1 << 20
"""Bytes that are looked at in one piece."""

MOST_WINDOWS = 8
"""How many of them a tag may take."""

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_KINDS = bytes(1 if byte in _BASE64 + b"\r\n" else 0 for byte in range(256))
_APART = 2 << 10
"""Bytes at the end of a text without tags that wait for what comes: a value may go on there."""


class TooLarge(UsageError):
    """A document is too large to be looked through."""

    title = "The exchange is too large to be saved for somebody else"
    advice = "Ask the service for less at once, and save that exchange."


class Source:
    """A stream with what was read ahead of it."""

    def __init__(self, stream: BinaryIO, check: Callable[[int], None] = lambda size: None) -> None:
        self._stream = stream
        self._check = check
        self.ahead = b""
        self.ended = False

    def fill(self, size: int) -> None:
        """Read until so many bytes are ahead, or nothing is left."""
        pieces = [self.ahead]
        missing = size - len(self.ahead)
        while missing > 0 and not self.ended:
            piece = self._stream.read(missing)
            self._check(len(piece))
            self.ended = not piece
            missing -= len(piece)
            pieces.append(piece)
        self.ahead = b"".join(pieces)

    def take(self, size: int) -> bytes:
        """Bytes that are ahead."""
        taken, self.ahead = self.ahead[:size], self.ahead[size:]
        return taken


@dataclass(frozen=True, slots=True)
class Text:
    """A text that can be looked at by itself; ``last`` where nothing comes after it."""

    data: bytes
    last: bool


@dataclass(frozen=True, slots=True)
class Run:
    """A long run of base64 begins in the source; whoever gets it takes it from there."""

    source: Source


@dataclass(frozen=True, slots=True)
class Zipped:
    """A member of gzip begins in the source; whoever gets it takes it from there."""

    source: Source


Segment: TypeAlias = Text | Run | Zipped


def segments(source: Source, cut: Callable[[bytes, int], int], window: int = WINDOW) -> Iterator[Segment]:
    """The segments of a document. ``cut`` finds the place near another that tears no value. `TooLarge`."""
    while True:
        source.fill(window)
        if not source.ahead:
            return
        zipped, run = source.ahead.find(GZIP), _long_run(source.ahead, window // 4)
        packed = min((at for at in (zipped, run) if at >= 0), default=-1)
        if packed > 0:
            yield Text(source.take(packed), last=False)
        if packed >= 0:
            yield Zipped(source) if packed == zipped else Run(source)
        elif source.ended:
            yield Text(source.take(len(source.ahead)), last=True)
            return
        else:
            yield Text(source.take(_end_of_text(source, cut, window)), last=False)


def runs_on(data: bytes) -> int:
    """How many bytes at the begin of some bytes are of a run of base64, with single line ends in it."""
    kinds = data.translate(_KINDS)
    end = kinds.find(b"\0")
    end = len(data) if end < 0 else end
    blanks = [at for gap in (b"\n\n", b"\n\r\n") if (at := data.find(gap, 0, end)) >= 0]
    return min([end, *blanks])


def _long_run(data: bytes, longest: int) -> int:
    """Where a run of base64 begins that is longer than what is looked at in its text; -1 where none does."""
    at = data.translate(_KINDS).find(b"\1" * longest)
    if at < 0:
        return -1
    while data[at : at + 1] in (b"\r", b"\n"):
        at += 1
    return at


def _end_of_text(source: Source, cut: Callable[[bytes, int], int], window: int) -> int:
    """Where the text ahead can be cut: after its last tag, else where nothing is torn."""
    for number in range(1, MOST_WINDOWS + 1):
        end = end_of_last_tag(source.ahead)
        if end:
            return end
        apart = min(len(source.ahead) - min(_APART, window // 4), begin_of_open_tag(source.ahead))
        # Never within a run of base64: a document may be in it.
        end = cut(source.ahead, source.ahead.translate(_KINDS).rfind(b"\0", 0, apart) + 1)
        if end > 0:
            return end
        source.fill(window * (number + 1))
        if source.ended:
            return len(source.ahead)
    raise TooLarge(f"it holds one tag or name of more than {window * MOST_WINDOWS >> 20} MB.")
