"""How a procedure gives a document: as base64 text of a gzip, or as XML written as text; and the faults of that."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape

from caiso_desktop.simulator.attachment import broken, compressed, pack
from caiso_desktop.simulator.fault import AnswerFault, BrokenGzip, HugeBody, HugeReport
from caiso_desktop.simulator.reply import Reply, Streamed, xml

_KIND = "text/xml; charset=utf-8"
_ROWS = re.compile(r"<(instructions|dispatchBatchList|trajectoryBatchList)>\n(.*)</\1>", re.DOTALL)
_UID = re.compile(r'(UID="[^"]*)"')


@dataclass(frozen=True, slots=True)
class Given:
    """A document that a procedure gives, and whether it travels ``packed``."""

    text: str
    packed: bool


def document_reply(before: bytes, given: Given, after: bytes, own: AnswerFault | None) -> Reply:
    """The answer with a document between the two ends of its envelope, and the fault that befalls it.

    A huge one has its rows again and again; one that is not packed has no gzip to be broken.
    """
    size = own.size if isinstance(own, HugeReport | HugeBody) else 0
    if not given.packed:
        if not size:
            return xml(before + escape(given.text).encode() + after)
        return Reply(200, _KIND, Streamed(_written(before, given.text, after, size)), None)
    zipped = compressed((piece.encode() for piece in _grown(given.text, size)), 1 if size else 6)
    packed = pack([broken(b"".join(zipped), truncated=own.truncated)] if isinstance(own, BrokenGzip) else zipped)
    return Reply(200, _KIND, packed.content(before, after), len(before) + packed.size + len(after))


def _written(before: bytes, text: str, after: bytes, size: int) -> Iterator[bytes]:
    yield before
    for piece in _grown(text, size):
        yield escape(piece).encode()
    yield after


def _grown(text: str, size: int) -> Iterator[str]:
    """A document of at least so many characters: its rows are repeated under further UIDs. One without rows stays."""
    found = _ROWS.search(text)
    if found is None or not found[2].strip() or len(text) >= size:
        yield text
        return
    yield text[: found.end(2)]
    again = _UID.sub('\\1\0"', found[2])
    written, number = len(text), 0
    while written < size:
        number += 1
        piece = again.replace("\0", f"-{number}")
        written += len(piece)
        yield piece
    yield text[found.end(2) :]
