"""Parts a document into what a parser must read and runs of records that repeat one that it has read.

It knows XML just well enough to tell where tags begin and end, and under which open elements, start tag by start tag,
it is. Where it meets what it does not know it hands on all the rest: the less it knows, the more the parser reads.
What is handed on is well-formed exactly when the whole document is, for what is left out has its proof
(`caiso_desktop.contract.repeat`).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from caiso_desktop.contract.learn import PLAIN_NAME, Often, Want, learn, local
from caiso_desktop.contract.repeat import Repeat

LONGEST_RECORD = 64 << 10
MOST_LEARNED = 128 << 10
"""Bytes of expressions that are learned: what one costs to make goes with its length."""

_MOST_PLACES = 2000
_MOST_ALIKE = 16
_MOST_SEEN = 500
_LONGEST_EXACT = 4 << 10
_MOST_EXACT = 2
"""Repeats in one place that say how often each thing comes in a record; what varies more is learned in blocks."""
_TRIED = 64 << 10
"""Bytes of records that are looked at for what can be learned, before anything comes of it."""
_PATIENCE = 512 << 10
"""Bytes after which there is no more looking for repeats, where fewer were found than not."""

_NAME = rb"[A-Za-z_:\x80-\xff][-A-Za-z0-9_:.\x80-\xff]*+"
_MARKUP = re.compile(
    rb"[^<]*+(?P<tag><(?:/(?P<closed>" + _NAME + rb")[ \t\r\n]*>"
    rb"|(?P<opened>" + _NAME + rb")(?>(?:[^<>\"'/]++|\"[^<\"]*+\"|'[^<']*+')*)(?P<empty>/?)>"
    rb"|!--.*?-->|!\[CDATA\[.*?\]\]>|\?.*?\?>))",
    re.DOTALL,
)
_TAG = re.compile(rb"<[^<>]*>")
_ATTRIBUTE = re.compile(rb"([^\s=\"'<>]+)\s*=\s*(\"[^\"]*\"|'[^']*')")
_BEGINNING = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:<\?xml\s+version\s*=\s*[\"']1\.0[\"']"
    rb"(?:\s+encoding\s*=\s*[\"'](?:utf-8|us-ascii|ascii)[\"'])?(?:\s+standalone\s*=\s*[\"'](?:yes|no)[\"'])?\s*\?>)?"
    rb"\s*<(?!\?xml\s)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """Records that follow each other and are alike, with the texts of each.

    They stand in the innermost of ``depth`` open elements, when so many others have ``ended`` in what was handed on.
    """

    repeat: Repeat
    rows: list[tuple[bytes, ...]]
    depth: int
    ended: int


@dataclass(slots=True, eq=False)
class _Place:
    """Elements with one start tag under the same open elements: what comes again there, and the tags that came once."""

    name: str
    prefixes: frozenset[bytes]
    inner: "dict[bytes, _Place]" = field(default_factory=dict)
    repeats: list[Repeat] = field(default_factory=list)
    often: Often = field(default_factory=set)
    seen: set[int | bytes] = field(default_factory=set)


@dataclass(slots=True, eq=False)
class _Open:
    """An open element; ``start`` counts the bytes before it, ``place`` is None where nothing is learned."""

    name: bytes
    start: int
    place: _Place | None
    has_children: bool = False


class Sieve:
    """Sifts one document. ``want`` says which texts of the repeats are brought out.

    A record of more than ``longest`` bytes is not learned as a whole, but what it is made of may be.
    """

    def __init__(self, want: Want, longest: int = LONGEST_RECORD) -> None:
        self._want = want
        self._longest = longest
        self._open: list[_Open] = []
        self._top = _Place("", frozenset())
        self._places = 0
        self._learned = 0
        self._tried = 0
        self._repeated = 0
        self._ended = 0
        self._base = 0
        self._begun = False
        self._over = False

    def sift(self, pieces: Iterable[bytes]) -> Iterator[bytes | Run]:
        """All of the document in its order: bytes to be read, and runs between them."""
        data = b""
        read = 0
        for piece, is_last in _with_last(pieces):
            if self._over:
                yield piece
                continue
            data += piece
            if not self._begun and (is_last or len(data) >= self._longest):
                self._begun, self._over = True, _BEGINNING.match(data) is None
            at = given = 0
            while not self._over and (is_last or len(data) - at >= self._longest):
                before = at
                at, run = self._step(data, at)
                if run is not None:
                    if given < before:
                        yield data[given:before]
                    yield run
                    read += before - given
                    self._repeated += at - before
                    given = at
            read += at - given
            self._over = self._over or (read > _PATIENCE and self._repeated < read)
            stop = len(data) if self._over else at
            if given < stop:
                yield data[given:stop]
            self._base += stop
            data = data[stop:]

    def _step(self, data: bytes, at: int) -> tuple[int, Run | None]:
        """Past the next tag, or past a run."""
        found = _MARKUP.match(data, at)
        if found is None:
            self._over = True
            return at, None
        if found["opened"] is not None:
            place = self._place(found["opened"], found["tag"])
            if self._open:
                self._open[-1].has_children = True
            rows, end = self._run(place, data, at)
            if place is not None and rows:
                return end, Run(place.repeats[0], rows, len(self._open), self._ended)
            if found["empty"]:
                self._ended += 1
            else:
                self._open.append(_Open(found["opened"], self._base + found.start("tag"), place))
        elif found["closed"] is not None:
            self._close(found["closed"], data, found.end())
        return found.end(), None

    def _run(self, place: _Place | None, data: bytes, at: int) -> tuple[list[tuple[bytes, ...]], int]:
        """The texts of the records that follow and are alike, and where they end; the last repeat found is first."""
        rows: list[tuple[bytes, ...]] = []
        for number, repeat in enumerate(place.repeats if place is not None else ()):
            match = repeat.pattern.match
            while (found := match(data, at)) is not None:
                rows.append(found.groups())
                at = found.end()
            if rows and place is not None:
                place.repeats.insert(0, place.repeats.pop(number))
                break
        return rows, at

    def _close(self, name: bytes, data: bytes, end: int) -> None:
        if not self._open or self._open[-1].name != name:
            self._over = True
            return
        closed = self._open.pop()
        self._ended += 1
        start = closed.start - self._base
        if not self._open:
            self._over = True
        elif closed.has_children and closed.place is not None and start >= 0 and end - start <= self._longest:
            self._learn(closed.place, self._open[-1].place, data[start:end])

    def _learn(self, place: _Place, around: _Place | None, record: bytes) -> None:
        """Remember the tags of a record, and learn it once they come again."""
        if around is None or len(place.repeats) >= _MOST_ALIKE or self._learned > MOST_LEARNED:
            return
        if len(place.seen) > _MOST_SEEN or self._tried > _TRIED + self._repeated // 8:
            return
        self._tried += len(record)
        tags = hash(b"".join(map(_key, _TAG.findall(record))))
        exactly = tags in place.seen and len(record) <= _LONGEST_EXACT and len(place.repeats) < _MOST_EXACT
        place.seen.add(tags)
        repeat = learn(record, around.name, around.prefixes, self._want, None if exactly else place.often)
        if repeat is not None and (exactly or repeat.pattern.pattern in place.seen):
            self._learned += len(repeat.pattern.pattern)
            place.repeats.insert(0, repeat)
        elif repeat is not None:
            place.seen.add(repeat.pattern.pattern)

    def _place(self, name: bytes, tag: bytes) -> _Place | None:
        around = self._open[-1].place if self._open else self._top
        if around is None:
            return None
        key = _key(tag)
        place = around.inner.get(key)
        if place is None and self._places < _MOST_PLACES and PLAIN_NAME.fullmatch(name):
            self._places += 1
            place = around.inner[key] = _Place(local(name), _bound(around.prefixes, tag))
        return place


def _key(tag: bytes) -> bytes:
    """A tag without what its attributes say, but for what they say of namespaces."""
    return _ATTRIBUTE.sub(_unsaid, tag) if b"=" in tag else tag


def _unsaid(attribute: re.Match[bytes]) -> bytes:
    return attribute[0] if attribute[1].startswith(b"xmlns") else attribute[1]


def _bound(prefixes: frozenset[bytes], tag: bytes) -> frozenset[bytes]:
    """The prefixes that are bound within an element."""
    for name, quoted in _ATTRIBUTE.findall(tag) if b"xmlns:" in tag else ():
        if name.startswith(b"xmlns:"):
            own = frozenset((name.removeprefix(b"xmlns:"),))
            prefixes = prefixes | own if len(quoted) > 2 else prefixes - own
    return prefixes


def _with_last(pieces: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Each piece, and whether it is the last."""
    before: bytes | None = None
    for piece in pieces:
        if before is not None:
            yield before, False
        before = piece
    yield before or b"", True
