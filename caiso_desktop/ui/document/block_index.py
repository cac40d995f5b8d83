r"""The lines of a document of any size, found by counting line breaks in blocks.

Only a number per block is kept (200 MB: 800 numbers); lines are read from the file when they are asked for.
A line begins at the first byte, after ``\n``, after a ``\r`` that no ``\n`` follows, and, in a document with almost
no line breaks, between ``>`` and ``<``.
"""

import codecs
import re
import tempfile
import threading
from array import array
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, cast

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.ui.document.line import Line, Part, PartKind, parts_of
from caiso_desktop.ui.document.source import FileBytes, Kind, file_size, find_all, find_backward, find_forward, kind_of

BLOCK = 1 << 18
_HEAD = 1 << 16
_LOOK_BACK = 1 << 14
_BLOCKS_A_REPORT = 16
_KEPT_BLOCKS = 8
# Above this mean length of a line, lines are no help to a reader, and tags are broken apart.
_DENSE = 300
_STARTS = re.compile(rb"\n|\r(?!\n)")
_DENSE_STARTS = re.compile(rb"\n|\r(?!\n)|>(?=<)")


class BlockIndex:
    """The lines of a text document. Its first block is known at once; `build` finds the others, on another thread."""

    def __init__(self, path: Path) -> None:
        self._file = FileBytes.open(path)
        head = self._file.read(0, _HEAD)
        self._kind = kind_of(head)
        # Characters of two bytes are written anew as UTF-8, into a file that goes away with this object.
        self._source = self._file
        if self._kind.wide:
            self._source = FileBytes(cast("BinaryIO", tempfile.TemporaryFile(buffering=0)))  # noqa: SIM115
            self._encoding = "utf-8"
            self._mark = 0
            self._decoder = codecs.getincrementaldecoder(self._kind.encoding)("replace")
        else:
            self._encoding = self._kind.encoding
            self._mark = self._kind.mark
        self._read = 0
        self._lock = threading.Lock()
        self._before = array("Q")
        self._known = 0
        self._count = 0
        self._complete = False
        self._starts: OrderedDict[int, array[int]] = OrderedDict()
        self._dense = False
        self._grow()

    @property
    def kind(self) -> Kind:
        """What the document's first bytes said."""
        return self._kind

    @property
    def count(self) -> int:
        """How many lines are known."""
        return self._count

    @property
    def complete(self) -> bool:
        """Whether all lines are known."""
        return self._complete

    @property
    def size(self) -> int:
        """The size of the document in bytes, as it is on disk."""
        return self._file.size

    @property
    def note(self) -> str:
        """What a reader should know about how it is shown."""
        if not self._dense:
            return ""
        return "The document has almost no line breaks; it is shown broken between tags."

    def build(self, token: CancelToken, grown: Callable[[float], None]) -> None:
        """Read on until all lines are known, or the token is cancelled; ``grown`` hears how far it is, 0 to 1."""
        blocks = 0
        while not (self._complete or token.cancelled):
            self._grow()
            blocks += 1
            if blocks % _BLOCKS_A_REPORT == 0:
                grown(min(1.0, (self._read if self._kind.wide else self._known) / max(1, self._file.size)))
        grown(1.0)

    def line(self, number: int) -> Line:
        """A line, counted from 0; an empty one where there is none."""
        if not 0 <= number < self._count:
            return Line(number, self._source.size, ())
        start = self._start(number)
        end = self._start(number + 1) if number + 1 < self._count else self._known
        return Line(number, start, parts_of(self._source, self._encoding, start, end))

    def text(self, start: int, end: int, limit: int) -> tuple[str, bool]:
        """What the document holds between two bytes, line ends as line feeds; whether it was cut at ``limit`` bytes."""
        data = self._source.read(start, max(0, min(end - start, limit)))
        text = data.decode(self._encoding, "replace").replace("\r\n", "\n").replace("\r", "\n")
        return text, end - start > limit

    def before(self, start: int) -> str:
        """Some text before a byte, enough to tell whether a comment is open there."""
        begin = max(self._mark, start - _LOOK_BACK)
        return self._source.read(begin, max(0, start - begin)).decode(self._encoding, "replace")

    def place(self, offset: int) -> tuple[int, int]:
        """The line and column of a byte; of the last known one where it is further on."""
        if not self._count:
            return 0, 0
        offset = max(self._mark, min(offset, self._known - 1))
        block = offset // BLOCK
        number = max(0, self._before[block] + bisect_right(self._starts_in(block), offset) - 1)
        column = 0
        for part in self.line(number).parts:
            if part.start <= offset < part.end:
                if part.kind is PartKind.TEXT:
                    data = self._source.read(part.start, offset - part.start)
                    column += len(data.decode(self._encoding, "replace"))
                break
            column += len(part.text)
        return number, column

    def offset(self, number: int, column: int, *, after: bool = False) -> int:
        """The byte of a line and column; of a place inside a stand-in, where that begins (or ends)."""
        line = self.line(number)
        end = line.start
        for part in line.parts:
            if column < len(part.text):
                if part.kind is not PartKind.TEXT:
                    return part.end if after and column else part.start
                return part.start + len(self._decoded(part)[:column].encode(self._encoding, "replace"))
            column -= len(part.text)
            end = part.end
        return end

    def find(self, wanted: str, offset: int, token: CancelToken, *, backward: bool = False) -> int | None:
        """The byte where a text begins at or after (or before) another; whatever the case of ASCII letters."""
        try:
            data = wanted.encode(self._encoding)
        except UnicodeEncodeError:
            return None
        if not data:
            return None
        return (find_backward if backward else find_forward)(self._source, data, offset, token)

    def find_all(self, wanted: str, limit: int, token: CancelToken) -> "array[int]":
        """Where a text begins, everywhere, the first ``limit`` places."""
        return find_all(self._source, wanted.encode(self._encoding, "ignore"), limit, token)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
        self._source.close()

    def _decoded(self, part: Part) -> str:
        return self._source.read(part.start, part.end - part.start).decode(self._encoding, "replace")

    def _grow(self) -> None:
        """Count the lines of one more block."""
        start = self._known
        size = self._fill(start + BLOCK)
        data = self._source.read(max(0, start - 1), BLOCK + (1 if start else 0))
        if start + BLOCK > size:
            data = data[: size - max(0, start - 1)]
        new = len(data) - (1 if start else 0)
        if start == 0:
            self._dense = _is_dense(data)
        if new > 0:
            ends = len(data) - 1
            # The first byte of the document is the start of a line, with no break before it.
            found = data.count(b"\n", 0, ends) + data.count(b"\r", 0, ends) - data.count(b"\r\n") + (start == 0)
            if self._dense:
                found += data.count(b"><")
            with self._lock:
                self._before.append(self._count)
                self._known = start + new
                self._count += found
        self._complete = new < BLOCK or (self._known >= size and self._read >= self._file.size)

    def _fill(self, size: int) -> int:
        """Have at least ``size`` bytes ready, where there are so many; returns how many are ready."""
        if not self._kind.wide:
            self._read = self._file.size
            return self._file.size
        while self._source.size < size and self._read < self._file.size:
            data = self._file.read(self._read, BLOCK)
            if not data:
                self._read = self._file.size
                break
            mark = self._kind.mark if self._read == 0 else 0
            self._read += len(data)
            text = self._decoder.decode(data[mark:], self._read >= self._file.size)
            self._source.append(text.encode("utf-8", "replace"))
        return self._source.size

    def _start(self, number: int) -> int:
        with self._lock:
            block = bisect_right(self._before, number) - 1
            before = self._before[block]
        starts = self._starts_in(block)
        index = number - before
        return starts[index] if index < len(starts) else self._known

    def _starts_in(self, block: int) -> "array[int]":
        """Where the lines that begin in a block begin; the last blocks asked for are remembered."""
        with self._lock:
            kept = self._starts.get(block)
            if kept is not None:
                self._starts.move_to_end(block)
                return kept
        begin = block * BLOCK
        before = 1 if begin else 0
        end = min(begin + BLOCK, self._known)
        data = self._source.read(begin - before, end - begin + before)
        pattern = _DENSE_STARTS if self._dense else _STARTS
        starts = array("Q", () if before else (self._mark,))
        starts.extend(begin - before + found.end() for found in pattern.finditer(data) if found.end() < len(data))
        with self._lock:
            self._starts[block] = starts
            while len(self._starts) > _KEPT_BLOCKS:
                self._starts.popitem(last=False)
        return starts


class HexIndex:
    """A binary document as a hex dump: 16 bytes a line, so every line's place is known without reading."""

    _WIDTH = 16

    def __init__(self, path: Path) -> None:
        self._source = FileBytes.open(path)

    @property
    def count(self) -> int:
        """How many lines there are."""
        return -(-self._source.size // self._WIDTH)

    @property
    def complete(self) -> bool:
        """Always: nothing has to be looked for."""
        return True

    @property
    def note(self) -> str:
        """Why there are numbers instead of text."""
        return f"This is not text; its {file_size(self._source.size)} are shown as hexadecimal numbers."

    def build(self, token: CancelToken, grown: Callable[[float], None]) -> None:
        """Nothing to do."""

    def line(self, number: int) -> Line:
        """A line of the dump: address, sixteen bytes, and the printable ASCII characters among them."""
        start = number * self._WIDTH
        data = self._source.read(start, self._WIDTH)
        if not data:
            return Line(number, start, ())
        pairs = f"{data[:8].hex(' ')}  {data[8:].hex(' ')}".ljust(48)
        letters = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in data)
        return Line(number, start, (Part(f"{start:08x}  {pairs}  {letters}", start, start + len(data)),))

    def text(self, start: int, end: int, limit: int) -> tuple[str, bool]:
        """The lines of the dump that hold the bytes between two; whether they were cut at ``limit`` characters."""
        first, last = start // self._WIDTH, -(-end // self._WIDTH)
        shown = min(last, first + max(1, limit // 80))
        return "\n".join(self.line(number).text for number in range(first, shown)), shown < last

    def before(self, start: int) -> str:
        """Nothing: a dump has no syntax."""
        return ""

    def place(self, offset: int) -> tuple[int, int]:
        """The line and column of a byte's two digits."""
        index = offset % self._WIDTH
        return offset // self._WIDTH, 10 + index * 3 + (index >= 8)

    def offset(self, number: int, column: int, *, after: bool = False) -> int:
        """The byte whose digits stand at a column, or the one after it."""
        return after + number * self._WIDTH + max(0, min(self._WIDTH - 1, (column - 10) // 3))

    def find(self, wanted: str, offset: int, token: CancelToken, *, backward: bool = False) -> int | None:
        """The byte where an ASCII text begins at or after (or before) another."""
        data = wanted.encode("ascii", "ignore")
        if not data:
            return None
        return (find_backward if backward else find_forward)(self._source, data, offset, token)

    def find_all(self, wanted: str, limit: int, token: CancelToken) -> "array[int]":
        """Where a text begins, everywhere, the first ``limit`` places."""
        return find_all(self._source, wanted.encode("ascii", "ignore"), limit, token)

    def close(self) -> None:
        """Let go of the file."""
        self._source.close()


def open_lines(path: Path) -> BlockIndex | HexIndex:
    """A file as lines of text, or of numbers where it is no text. Raises `StorageError`."""
    index = BlockIndex(path)
    if not index.kind.binary:
        return index
    index.close()
    return HexIndex(path)


def _is_dense(data: bytes) -> bool:
    breaks = data.count(b"\n") + data.count(b"\r")
    return data.count(b"><") > breaks and len(data) > _DENSE * (breaks + 1)
