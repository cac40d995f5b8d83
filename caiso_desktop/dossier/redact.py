"""Takes out of the documents of an exchange what is nobody else's business, and leaves the rest readable.

A document may lie in another: the attachment of an answer is zipped, in base64, in an envelope. What is found there is
packed anew, and the hash of the attachment, where it was right, is made right again. None is held, however large.
"""

import codecs
import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from io import BytesIO
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from caiso_desktop.dossier.element import Finder, Found
from caiso_desktop.dossier.packed import SHORTEST, Packed, hashes, pack, pieces, take_run, take_zipped, unpack_run
from caiso_desktop.dossier.segment import WINDOW, Run, Source, Text, TooLarge, segments
from caiso_desktop.dossier.stand_in import StandIns, What

DEPTH = 4
HELD = 1 << 20
"""Bytes of a document inside another that are held in memory; a larger one lies in a file without a name."""

_MARKS = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_RUN = re.compile(rb"[A-Za-z0-9+/]{20,}(?:\r?\n[A-Za-z0-9+/]+)*={0,2}")
_HASH = 28
"""Letters of a SHA-1 in base64, the last of which is a sign of equality."""


class Redaction:
    """One dossier's: `learn` from every document first, then `apply` to each; `close` it.

    ``check`` is called with the number of bytes that were looked at, and may raise to stop. Files without a name lie in
    ``folder``.
    """

    def __init__(
        self,
        stand_ins: StandIns,
        *,
        market: bool,
        folder: Path,
        check: Callable[[int], None] = lambda size: None,
        window: int = WINDOW,
    ) -> None:
        self._stand_ins = stand_ins
        self._market = market
        self._folder = folder
        self._check = check
        self._window = window
        self._hashes: dict[bytes, bytes] = {}
        self._files = ExitStack()
        self._learnt: set[bytes] = set()
        self._done: dict[bytes, BinaryIO] = {}

    def close(self) -> None:
        """Let go of the files without a name."""
        self._files.close()

    def learn(self, document: BinaryIO) -> None:
        """Find what is to be replaced in a document, and in what is packed in it."""
        with ExitStack() as files:
            self._learn(_narrow(document, partial(self._new, files))[0], DEPTH)

    def apply(self, document: BinaryIO, target: BinaryIO) -> None:
        """Write the document with stand-ins; ``target`` can be read too."""
        with ExitStack() as files:
            new = partial(self._new, files)
            narrow, encoding = _narrow(document, new)
            if not encoding:
                self._apply(narrow, target, DEPTH)
                self._mend(target)
                return
            made = new()
            self._apply(narrow, made, DEPTH)
            self._mend(made)
            target.write(next(mark for mark, name in _MARKS if name == encoding))
            for text in _decoded(made, "utf-8"):
                target.write(text.encode(encoding, "replace"))

    def _new(self, files: ExitStack) -> BinaryIO:
        return cast(BinaryIO, files.enter_context(_Paper(self._check, self._folder)))

    # Learning

    def _learn(self, document: BinaryIO, depth: int) -> None:
        digest = self._digest(document)
        if digest in self._learnt:
            return
        self._learnt.add(digest)
        finder = Finder(market=self._market)
        for segment in segments(self._source(document), self._anywhere, self._window):
            if isinstance(segment, Text):
                for found in self._found(finder, segment):
                    self._take(found)
                for _, raw in _runs(segment.data) if depth else ():
                    with ExitStack() as files:
                        self._learn_packed(unpack_run(BytesIO(raw), partial(self._new, files)), depth)
                continue
            finder.skip()
            with ExitStack() as files:
                take = take_run if isinstance(segment, Run) else take_zipped
                self._learn_packed(take(segment.source, partial(self._new, files)), depth)

    def _learn_packed(self, packed: Packed, depth: int) -> None:
        if packed.document is not None and depth:
            self._learn(packed.document, depth - 1)

    def _take(self, found: Found) -> None:
        if found.what is What.USER:
            self._stand_ins.learn_person(found.value)
        else:
            self._stand_ins.learn(found.what, found.value)

    # Replacing

    def _apply(self, document: BinaryIO, target: BinaryIO, depth: int, *, damaged: bool = False) -> bool:
        """Write a document with stand-ins; whether anything in it is another now. In a damaged one trust no tag."""
        finder = Finder(market=self._market)
        changed = False
        for segment in segments(self._source(document), self._stand_ins.cut, self._window):
            if isinstance(segment, Text):
                made = self._text(self._in_place(finder, segment), depth)
                if damaged:
                    made = self._stand_ins.replace_anywhere(made)
                changed = changed or made != segment.data
                target.write(made)
                continue
            token = isinstance(segment, Run) and finder.skip()
            with ExitStack() as files:
                new = partial(self._new, files)
                take = take_run if isinstance(segment, Run) else take_zipped
                packed = take(segment.source, new)
                if token:
                    target.write(self._stand_ins.of(What.TOKEN, self._digest(packed.raw).hex()).encode())
                    changed = True
                    continue
                anew = self._packed(packed, depth, new)
                changed = changed or anew is not None
                for piece in pieces(packed.raw if anew is None else anew):
                    target.write(piece)
        return changed

    def _text(self, data: bytes, depth: int) -> bytes:
        """A text with stand-ins, and what is packed in it packed anew."""
        done: list[bytes] = []
        end = 0
        for start, raw in _runs(data) if depth else ():
            with ExitStack() as files:
                new = partial(self._new, files)
                anew = self._packed(unpack_run(BytesIO(raw), new), depth, new)
                if anew is None:
                    continue  # a text that only looks like base64
                done.append(self._stand_ins.replace(data[end:start]))
                done += pieces(anew)
                end = start + len(raw)
        done.append(self._stand_ins.replace(data[end:]))
        return b"".join(done)

    def _packed(self, packed: Packed, depth: int, new: Callable[[], BinaryIO]) -> BinaryIO | None:
        """What was packed, with stand-ins and packed anew; None where it stays as it is."""
        if packed.document is None or not depth:
            return None
        redacted = self._document(packed, packed.document, depth - 1, new)
        if redacted is None:
            return None
        made = pack(packed, redacted, new)
        self._hashes.update(zip(hashes(packed.raw), hashes(made), strict=True))
        if not packed.before:
            return made
        whole = new()
        whole.write(self._stand_ins.replace(packed.before))
        for piece in pieces(made):
            whole.write(piece)
        return whole

    def _document(self, packed: Packed, document: BinaryIO, depth: int, new: Callable[[], BinaryIO]) -> BinaryIO | None:
        """A document inside another with stand-ins; None where it stays. A large one is looked through once only."""
        digest = self._digest(document)
        if digest in self._done:
            return self._done[digest]
        large = document.seek(0, 2) > HELD
        made = self._new(self._files) if large else new()
        if not self._apply(document, made, depth, damaged=not packed.whole):
            return None
        if large:
            self._done[digest] = made
        return made

    def _in_place(self, finder: Finder, segment: Text) -> bytes:
        """Tokens and prices, and what is too short to be looked for elsewhere, replaced where they stand."""
        done: list[bytes] = []
        end = 0
        for found in self._found(finder, segment):
            if found.what is not What.USER and found.start >= end:
                stand_in = self._stand_ins.of(found.what, found.value)
                done += (segment.data[end : found.start], stand_in.encode())
                end = found.end
        if not done:
            return segment.data
        done.append(segment.data[end:])
        return b"".join(done)

    def _found(self, finder: Finder, segment: Text) -> Iterator[Found]:
        yield from finder.feed(segment.data, last=segment.last)
        if finder.torn:
            raise TooLarge(f"it holds one name or number of more than {self._window >> 20} MB.")

    def _mend(self, made: BinaryIO) -> None:
        """Let the hashes of attachments be those of the new ones; each is as long as the one before."""
        at, left = 0, b""
        while self._hashes:
            made.seek(at + len(left))
            piece = made.read(self._window)
            if not piece:
                return
            data = left + piece
            end = data.find(b"=", _HASH - 1)
            while end >= 0:
                start = end + 1 - _HASH
                right = self._hashes.get(data[start : end + 1])
                if right is not None:
                    made.seek(at + start)
                    made.write(right)
                end = data.find(b"=", end + 1)
            left = data[1 - _HASH :]
            at += len(data) - len(left)

    def _digest(self, document: BinaryIO) -> bytes:
        digest = hashlib.sha256()
        for piece in pieces(document):
            self._check(0)
            digest.update(piece)
        return digest.digest()

    def _source(self, document: BinaryIO) -> Source:
        document.seek(0)
        return Source(document, self._check)

    def _anywhere(self, data: bytes, at: int) -> int:
        """While nothing is known yet, no value can be spanned; but no word either."""
        return at


class _Paper(SpooledTemporaryFile[bytes]):
    """A file without a name; whoever writes into it is stopped when that is asked for."""

    def __init__(self, check: Callable[[int], None], folder: Path) -> None:
        super().__init__(HELD, dir=str(folder))
        self._stop = check

    def write(self, data: bytes) -> int:  # type: ignore[override]  # bytes are all that is written here
        """Write; `Cancelled` where somebody has asked to stop."""
        self._stop(0)
        return super().write(data)


def _runs(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The runs of base64 in a text that may be documents, each with its place."""
    return ((found.start(), found[0]) for found in _RUN.finditer(data) if len(found[0]) >= SHORTEST)


def _narrow(document: BinaryIO, new: Callable[[], BinaryIO]) -> tuple[BinaryIO, str]:
    """The document in an encoding that holds ASCII as it is, and what it was in where that was UTF-16."""
    document.seek(0)
    head = document.read(2)
    for mark, encoding in _MARKS:
        if head == mark:
            made = new()
            for text in _decoded(document, encoding, len(mark)):
                made.write(text.encode("utf-8", "replace"))
            return made, encoding
    return document, ""


def _decoded(document: BinaryIO, encoding: str, begin: int = 0) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    document.seek(begin)
    while piece := document.read(WINDOW):
        yield decoder.decode(piece)
    yield decoder.decode(b"", final=True)
