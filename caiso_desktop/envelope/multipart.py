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
from typing import BinaryIO

CHUNK = 1 << 18
_HEAD_LIMIT = 1 << 16
_PADDING_LIMIT = 1 << 10
_AFTER = re.compile(rb"(--)?[ \t]*(\r\n|\n|\Z)")


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
        while not self.complete and not self._ended:
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
            while len(self._buffer) < len(self._boundary) and not self._ended:
                self._fill()
            if self._buffer.startswith(self._boundary):
                # An empty part whose one line end serves both its head and the next boundary.
                self._buffer = end + self._buffer
        message = BytesHeaderParser().parsebytes(head)
        return PartHead(
            content_id=_bare(str(message.get("Content-ID", ""))),
            content_type=str(message.get("Content-Type", "")),
            transfer_encoding=str(message.get("Content-Transfer-Encoding", "")).strip().lower(),
        )
