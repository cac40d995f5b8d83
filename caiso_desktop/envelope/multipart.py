"""Read ``multipart/related`` as a stream: parts in any order, nothing stripped from what they hold (RFC 2046).

Own code, because the maintained stream readers are made for browsers' forms: they want a Content-Disposition, or
stumble over a preamble or blanks behind a boundary.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import collapse_rfc2231_value
from functools import lru_cache
from typing import BinaryIO

CHUNK = 1 << 18
_HEAD_LIMIT = 1 << 16
_PADDING_LIMIT = 1 << 10
_AFTER = re.compile(rb"(--)?[ \t]*(\r\n|\n|\Z)")
# The usual Content-Type and the usual head of a part; whatever is written otherwise is left to the email package.
_PARAMETER = r"""[ \t]*;[ \t]*([A-Za-z0-9-]+)=(?:"([^"\\\r\n]*)"|([^\s;"'\\()<>@,/\[\]?=]+))"""
_USUAL_TYPE = re.compile(rf"[ \t]*([A-Za-z0-9.+-]+/[A-Za-z0-9.+-]+)((?:{_PARAMETER})*)[ \t]*")
_EACH_PARAMETER = re.compile(_PARAMETER)
_USUAL_LINE = re.compile(r"([A-Za-z0-9-]+):[ \t]*([!-~](?:[ -~]*[!-~])?)")


@dataclass(frozen=True, slots=True)
class ContentType:
    """A parsed Content-Type; names in lower case, values as they were."""

    kind: str
    boundary: bytes
    start: str
    charset: str

    @property
    def multipart(self) -> bool:
        """Whether parts are to be expected."""
        return self.kind.startswith("multipart/") and bool(self.boundary)


def content_type(value: str | None) -> ContentType:
    """Parse a Content-Type header; an absent one has an empty kind."""
    usual = _USUAL_TYPE.fullmatch(value or "")
    if usual is not None:
        named: dict[str, str] = {}
        for name, quoted, bare in _EACH_PARAMETER.findall(usual[2]):
            named.setdefault(name.lower(), (quoted or bare).strip())
        return ContentType(
            kind=usual[1].lower(),
            boundary=named.get("boundary", "").encode("latin-1", "replace"),
            start=_bare(named.get("start", "")),
            charset=named.get("charset", "").lower(),
        )
    return by_email(value)


def by_email(value: str | None) -> ContentType:
    """Parse a Content-Type header however it is written."""
    message = Message()
    message["Content-Type"] = value or ""
    return ContentType(
        kind=message.get_content_type() if value else "",
        boundary=_parameter(message, "boundary").encode("latin-1", "replace"),
        start=_bare(_parameter(message, "start")),
        charset=_parameter(message, "charset").lower(),
    )


def _parameter(message: Message, name: str) -> str:
    value = message.get_param(name)
    return "" if value is None else collapse_rfc2231_value(value).strip()


def _bare(content_id: str) -> str:
    return content_id.strip().removeprefix("<").removesuffix(">")


@dataclass(frozen=True, slots=True)
class PartHead:
    """The headers of one part; ``content_id`` without its angle brackets."""

    content_id: str
    content_type: str
    transfer_encoding: str


_TOLD = ("content-id", "content-type", "content-transfer-encoding")


class MultipartReader:
    """Splits a stream at its boundary. Each part's bytes must be taken before the next part is asked for.

    ``complete`` tells, at the end, whether the closing boundary came; without it the last part may be cut off.
    """

    def __init__(self, stream: BinaryIO, boundary: bytes) -> None:
        self._stream = stream
        self._boundary = b"--" + boundary
        # A first boundary needs no line end before it: this one stands for it.
        self._buffer = b"\n"
        self._line_end = b"\n"
        self._ended = False
        self.complete = False

    def parts(self) -> Iterator[tuple[PartHead, Iterator[bytes]]]:
        """Each part's head, and its bytes in pieces."""
        for _ in self._until_boundary():
            pass  # the preamble
        while not self.complete and (self._buffer or not self._ended):
            head = self._head()
            yield head, self._until_boundary()

    def _fill(self) -> None:
        piece = self._stream.read(CHUNK)
        self._ended = not piece
        self._buffer += piece

    def _until_boundary(self) -> Iterator[bytes]:
        delimiter = self._line_end + self._boundary
        searched = 0
        while True:
            at = self._buffer.find(delimiter, searched)
            if at < 0:
                spare = len(self._buffer) - len(delimiter)
                if self._ended:
                    yield self._take(len(self._buffer))
                    return
                if spare > 0:
                    yield self._take(spare)
                self._fill()
                searched = 0
                continue
            after = _AFTER.match(self._buffer, at + len(delimiter))
            if not self._ended and (after is None or after[2] == b"") and not self._too_long(at + len(delimiter)):
                self._fill()
                continue
            if after is None:
                searched = at + 1
                continue
            yield self._take(at)
            self._buffer = self._buffer[after.end() - at :]
            self.complete = after[1] is not None
            # Lines end as the first boundary's line does; so a lone LF in binary data is never taken for one.
            self._line_end = after[2] or self._line_end
            return

    def _at_boundary(self) -> bool:
        """Whether the buffer begins with a boundary, and not only with its letters."""
        size = len(self._boundary)
        while len(self._buffer) < size and not self._ended:
            self._fill()
        if not self._buffer.startswith(self._boundary):
            return False
        while (after := _AFTER.match(self._buffer, size)) is None or after[2] == b"":
            if self._ended or self._too_long(size):
                break
            self._fill()
        return after is not None

    def _too_long(self, at: int) -> bool:
        rest = self._buffer[at : at + _PADDING_LIMIT]
        return b"\n" in rest or len(rest) == _PADDING_LIMIT

    def _take(self, count: int) -> bytes:
        taken, self._buffer = self._buffer[:count], self._buffer[count:]
        return taken

    def _head(self) -> PartHead:
        end = self._line_end
        # The line end of the boundary's own line counts: a part without headers begins with an empty line.
        while (at := (end + self._buffer).find(end + end)) < 0 and not self._ended and len(self._buffer) < _HEAD_LIMIT:
            self._fill()
        if at < 0:
            head = b""
        else:
            head = self._take(at)
            self._take(len(end))
            if self._at_boundary():
                # An empty part whose one line end serves both its head and the next boundary.
                self._buffer = end + self._buffer
        return part_head(head)


@lru_cache(maxsize=64)
def part_head(head: bytes) -> PartHead:
    """The headers of a part, from its bytes."""
    found: dict[str, str] = {}
    for line in head.decode("latin-1").splitlines():
        usual = _USUAL_LINE.fullmatch(line)
        if usual is not None:
            found.setdefault(usual[1].lower(), usual[2])
        elif line:
            message = BytesHeaderParser().parsebytes(head)
            found = {name: str(message.get(name, "")) for name in _TOLD}
            break
    identifier, kind, encoding = (found.get(name, "") for name in _TOLD)
    return PartHead(_bare(identifier), kind, encoding.strip().lower())
