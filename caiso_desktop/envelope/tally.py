"""Count the records of a report by its bytes: a report has millions of elements, and only its records are counted.

Exact, because expat reads the same bytes alongside and vouches that they are well-formed and hold no comment, CDATA
section or instruction: then every ``<`` begins a tag. Where that does not hold, `odd` says so, and the caller counts
element by element instead.
"""

import re

# A start tag; a value in quotes may hold a >.
_TAG = re.compile(rb"""<([^\s/>"'=]+)((?:[^>"']|"[^"]*"|'[^']*')*)>""")
_MOST_TAG = 1 << 20
_AFTER_NAME = b" \t\r\n/>"


class Tally:
    """Fed from the first record's ``<`` on; counts elements of that depth until their parent closes."""

    def __init__(self) -> None:
        self.counts: dict[bytes, int] = {}
        self.odd = False
        self._rest = b""
        self._record = b""
        self._done = False
        # From a record's end tag to the end of the next one's start tag, when last seen; and where in this piece.
        self._joint = b""
        self._closed = -1

    def feed(self, piece: bytes, at: int = 0) -> None:
        """The next bytes; the very first from ``at`` on."""
        data = self._rest + piece if self._rest else piece
        while not self.odd and not self._done:
            if self._record:
                at = self._run(data, at)
                following = self._skip(data, at)
            else:
                following = self._next(data, at)
            if following < 0:
                break
            at = following
        if self._done and re.search(rb"<[^/]", data[at:]):
            self.odd = True
        self._rest = data[self._keep(data, at) :]
        self._closed = -1

    def _run(self, data: bytes, at: int) -> int:
        """Past the records that follow each other exactly as two have before: the usual case, in few steps."""
        joint, begun, closing = self._joint, b"<" + self._record, b"</" + self._record + b">"
        if not (joint.startswith(closing) and joint.endswith(begun + b">")):
            return at
        count = 0
        find, startswith, step = data.find, data.startswith, len(joint)
        while (end := find(closing, at)) >= 0 and startswith(joint, end) and find(begun, at, end) < 0:
            count += 1
            at = end + step
        self.counts[self._record] += count
        return at

    def _keep(self, data: bytes, at: int) -> int:
        """Where the bytes begin that must be seen again with the next piece."""
        if self.odd or not self._record:
            return len(data) if self.odd else at
        # Within a record nothing is left to see but a tag that may be cut in two.
        return max(at, len(data) - len(self._record) - 3)

    def _next(self, data: bytes, at: int) -> int:
        """Past the next record's start tag, or -1 when it has not all come."""
        start = data.find(b"<", at)
        if start < 0 or start + 1 >= len(data):
            return -1
        if data[start + 1] == 0x2F:
            self._done = True
            return start + 1
        tag = _TAG.match(data, start)
        if tag is None:
            self.odd = len(data) - start > _MOST_TAG
            return -1
        name = tag[1]
        self.counts[name] = self.counts.get(name, 0) + 1
        if not tag[2].endswith(b"/"):
            self._record = name
            if self._closed >= 0:
                self._joint = data[self._closed : tag.end()]
        return tag.end()

    def _skip(self, data: bytes, at: int) -> int:
        """Past the record's end tag, or -1 when that has not come."""
        name = self._record
        closing = b"</" + name
        end = self._find(data, closing, at)
        stop = len(data) if end < 0 else end
        if self._find(data, b"<" + name, at, stop) >= 0:
            self.odd = True  # A record of the same name within: depth would have to be counted.
            return -1
        if end < 0:
            return -1
        self._record = b""
        self._closed = end
        return end + len(closing)

    @staticmethod
    def _find(data: bytes, tag: bytes, at: int, stop: int | None = None) -> int:
        """Where this tag begins, not one whose name only begins alike; -1 where it is cut off or absent."""
        stop = len(data) if stop is None else stop
        while (at := data.find(tag, at, stop)) >= 0:
            after = at + len(tag)
            if after >= len(data):
                return -1
            if data[after] in _AFTER_NAME:
                return at
            at = after
        return -1
