"""An HTTP answer, before it is put on a line."""

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from tempfile import SpooledTemporaryFile
from typing import Protocol, TypeAlias

Spool: TypeAlias = SpooledTemporaryFile[bytes]
_PIECE = 256 * 1024
_PAGE = """<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd">
<html><head><title>{title}</title></head>
<body><h1>{title}</h1><p>{text}</p><hr><p><i>CAISO Desktop Simulator</i></p></body></html>
"""


class Content(Protocol):
    """A body: pieces in order, and something to let go of afterwards."""

    def __iter__(self) -> Iterator[bytes]: ...

    def close(self) -> None:
        """Let go of files."""
        ...


class Whole:
    """A body in memory."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._pieces)

    def __len__(self) -> int:
        return sum(len(piece) for piece in self._pieces)

    def close(self) -> None:
        """Nothing to let go of."""


class Stored:
    """A body with a middle that lies in a temporary file."""

    def __init__(self, before: bytes, spool: Spool, size: int, after: bytes) -> None:
        self._before = before
        self._spool = spool
        self._size = size
        self._after = after

    def __iter__(self) -> Iterator[bytes]:
        yield self._before
        self._spool.seek(0)
        while piece := self._spool.read(_PIECE):
            yield piece
        yield self._after

    def __len__(self) -> int:
        return len(self._before) + self._size + len(self._after)

    def close(self) -> None:
        """Let go of the temporary file."""
        self._spool.close()


class Streamed:
    """A body of unknown length, made while it is sent."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        return self._pieces

    def close(self) -> None:
        """Nothing to let go of."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; one without ``length`` is sent in chunks, one without ``words`` with the usual reason phrase."""

    status: int
    content_type: str
    content: Content
    length: int | None
    headers: tuple[tuple[str, str], ...] = ()
    words: str = ""

    @property
    def reason(self) -> str:
        """The reason phrase of the status."""
        return self.words or (HTTPStatus(self.status).phrase if self.status in set(HTTPStatus) else "Unknown")


def whole(status: int, content_type: str, body: bytes, *headers: tuple[str, str]) -> Reply:
    """An answer whose body is in memory."""
    return Reply(status, content_type, Whole(body), len(body), headers)


def xml(body: str | bytes, status: int = 200) -> Reply:
    """A ``text/xml`` answer."""
    return whole(status, "text/xml; charset=utf-8", body.encode() if isinstance(body, str) else body)


def page(status: int, title: str, text: str, *headers: tuple[str, str]) -> Reply:
    """An HTML page, as a gateway in front of the services gives it."""
    return whole(status, "text/html; charset=utf-8", _PAGE.format(title=title, text=text).encode(), *headers)
