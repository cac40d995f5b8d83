"""A large payload looked at while it streams by: whether it is XML, and its text in UTF-8 as it is to be sent."""

import codecs
import re
from collections.abc import Iterable, Iterator
from xml.parsers import expat

from caiso_desktop.contract.document import encoding_of
from caiso_desktop.model.answer import Severity
from caiso_desktop.model.call import Problem
from caiso_desktop.model.error import PayloadError

_UTF8 = frozenset({"utf-8", "us-ascii", "ascii"})
_DECLARATION = re.compile(rb"<\?xml\s[^>]*\?>\s*")
_IN_UTF8 = b'<?xml version="1.0" encoding="UTF-8"?>\n'
_ADVICE = "Correct the payload, then send it again."


def checked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same document in UTF-8, piece by piece; in UTF-8 it is left exactly as it is.

    `PayloadError` names the line of what is not XML, once it has been reached: nothing is whole before the end.
    """
    parser = _parser()
    try:
        for piece in _in_utf8(iter(pieces)):
            parser.Parse(piece, False)  # noqa: FBT003  expat takes it by position
            yield piece
        parser.Parse(b"", True)  # noqa: FBT003  as above
    except expat.ExpatError as error:
        words = f"This is not XML ({expat.ErrorString(error.code)})."
        raise PayloadError(
            str(Problem(Severity.ERROR, error.lineno, error.offset + 1, words)), advice=_ADVICE
        ) from error


class Soundness:
    """Fed with a document in pieces; tells whether `checked` would leave it as it is.

    So of a document that was read for another purpose, without those parts that are proven, it need not be asked again.
    """

    def __init__(self) -> None:
        self._parser = _parser()
        self._is_sound: bool | None = None

    def feed(self, piece: bytes) -> None:
        """The next bytes; the first hold the document's declaration."""
        if self._is_sound is None:
            self._is_sound = encoding_of(piece)[0] in _UTF8
        self._parse(piece, last=False)

    def told(self) -> bool:
        """Whether it is sound, once everything has been fed."""
        self._parse(b"", last=True)
        return bool(self._is_sound)

    def _parse(self, piece: bytes, *, last: bool) -> None:
        try:
            if self._is_sound:
                self._parser.Parse(piece, last)
        except (expat.ExpatError, PayloadError):
            self._is_sound = False


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate("utf-8", "}")
    parser.StartDoctypeDeclHandler = _refuse
    return parser


def _in_utf8(pieces: Iterator[bytes]) -> Iterator[bytes]:
    first = next(pieces, b"")
    encoding, start = encoding_of(first)
    if encoding in _UTF8:
        yield first
        yield from pieces
        return
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
        # What it declares is no longer so.
        yield _IN_UTF8 + _DECLARATION.sub(b"", decoder.decode(first[start:]).encode(), count=1)
        for piece in pieces:
            yield decoder.decode(piece).encode()
        yield decoder.decode(b"", final=True).encode()
    except LookupError:
        raise PayloadError(f"its encoding '{encoding}' is not known here.", advice="Use UTF-8.") from None
    except UnicodeDecodeError as error:
        raise PayloadError(
            f"it is not {encoding.upper()}, as it says it is ({error.reason}).", advice=_ADVICE
        ) from None


def _refuse(*declared: object) -> None:
    raise PayloadError("it has a DOCTYPE, which is not allowed in a payload.", advice="Remove it.")
