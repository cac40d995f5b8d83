"""A payload's text, read once without building a tree: where its root element stands, or what is wrong with it.

No DTD and no entity is ever read: both are refused, as is everything that comes after them.
"""

import codecs
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from xml.parsers import expat

from caiso_desktop.model.answer import Severity
from caiso_desktop.model.call import Problem
from caiso_desktop.model.source import Payload, bytes_of, pieces_of

REMEMBERED = 64 << 10
"""The size of the largest payload that is remembered with what was read from it."""

_DECLARED = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']""")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_REFERENCE = re.compile(rb"&[^;<>&\s]*\Z")
_SENTENCES = {
    expat.errors.XML_ERROR_SYNTAX: "This is not XML: a payload begins with < and its root element.",
    expat.errors.XML_ERROR_UNCLOSED_TOKEN: "A tag, comment or CDATA section begins here and is never finished.",
    expat.errors.XML_ERROR_PARTIAL_CHAR: "The text ends in the middle of a character.",
    expat.errors.XML_ERROR_DUPLICATE_ATTRIBUTE: "The same attribute stands twice in one tag.",
    expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT: "The document has ended already; a document has one root element.",
    expat.errors.XML_ERROR_UNDEFINED_ENTITY: (
        "An unknown name between & and ;. Known are &amp; &lt; &gt; &quot; and &apos;; write an & itself as &amp;."
    ),
    expat.errors.XML_ERROR_BAD_CHAR_REF: "This character number is not allowed in XML.",
    expat.errors.XML_ERROR_MISPLACED_XML_PI: "The line <?xml ...?> must come first, without blanks before it.",
    expat.errors.XML_ERROR_XML_DECL: "The line <?xml ...?> is not written as it should be.",
    expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION: "A CDATA section is never finished; it ends with ]]>.",
    expat.errors.XML_ERROR_UNBOUND_PREFIX: "This prefix (the part before the colon) is not declared with xmlns:.",
    expat.errors.XML_ERROR_UNDECLARING_PREFIX: "A prefix cannot be declared as nothing.",
}


@dataclass(frozen=True, slots=True)
class Document:
    """A well-formed document: its root in Clark notation, the root's line, and its element in UTF-8.

    ``element`` is the root element exactly as written (prefixes, quotes, CDATA, comments within); what stands
    before and after it (declaration, comments) is not part of it. ``encoding`` is what the payload came in.
    """

    root: str
    line: int
    element: bytes
    encoding: str = "utf-8"


def read(payload: str | bytes) -> Document | Problem:
    """The document of a payload, or the first thing that is wrong with it; the last few small ones are remembered."""
    return _remembered(payload) if len(payload) <= REMEMBERED else _parse(payload)


def root_of(payload: Payload) -> str:
    """The root element in Clark notation, from the beginning of the payload alone; empty where there is none."""
    small = isinstance(payload, bytes) and len(payload) <= REMEMBERED
    return _remembered_root(payload) if small else _root(payload)


def _root(payload: Payload) -> str:
    found: list[str] = []
    parser = expat.ParserCreate(None, "}")

    def opened(name: str, attributes: dict[str, str]) -> None:
        found.append(_clark(name))
        raise _Refused

    def refuse(*declared: object) -> None:
        raise _Refused

    parser.StartElementHandler = opened
    parser.StartDoctypeDeclHandler = refuse
    try:
        for piece in pieces_of(payload):
            for start in range(0, len(piece), 1 << 16):
                parser.Parse(piece[start : start + (1 << 16)])
    except _Refused:
        pass
    except (expat.ExpatError, ValueError):
        # It may be in an encoding that expat does not know.
        document = read(bytes_of(payload))
        return document.root if isinstance(document, Document) else ""
    return found[0] if found else ""


def _parse(payload: str | bytes) -> Document | Problem:
    text = _utf8(payload)
    if isinstance(text, Problem):
        return text
    if not text.strip():
        return _problem(1, 1, "The payload is empty.")
    document = _Scan(text).document()
    if isinstance(document, Problem) or isinstance(payload, str):
        return document
    return replace(document, encoding=encoding_of(payload)[0])


_remembered = lru_cache(maxsize=8)(_parse)
_remembered_root = lru_cache(maxsize=8)(_root)


def _problem(line: int, column: int, sentence: str) -> Problem:
    return Problem(Severity.ERROR, line, column, sentence)


def _utf8(payload: str | bytes) -> bytes | Problem:
    """The text in UTF-8, without a byte-order mark, by its mark or its declaration."""
    try:
        if isinstance(payload, str):
            return payload.removeprefix("\ufeff").encode()
        encoding, start = encoding_of(payload)
        if encoding in ("utf-8", "us-ascii", "ascii"):
            payload[start:].decode(encoding)
            return payload[start:]
        return payload[start:].decode(encoding).encode()
    except LookupError:
        return _problem(1, 1, f"The encoding “{encoding}” of the line <?xml ...?> is not known. Use UTF-8.")
    except UnicodeEncodeError as error:
        return _problem(*_position(error.object[: error.start]), "This character is half of a pair and cannot be sent.")
    except UnicodeDecodeError as error:
        before = bytes(error.object[: error.start]).decode(error.encoding, "replace")
        return _problem(
            *_position(before), f"This byte is not {error.encoding.upper()}, which the document says it is written in."
        )


def encoding_of(payload: bytes) -> tuple[str, int]:
    """The encoding of a payload by its mark or its declaration (UTF-8 without either), and where its text begins."""
    for mark, encoding in _MARKS:
        if payload.startswith(mark):
            return encoding, len(mark)
    for beginning, encoding in _UNMARKED:
        if payload.startswith(beginning):
            return encoding, 0
    declared = _DECLARED.match(payload[:400])
    return (declared[1].decode("ascii").lower() if declared else "utf-8"), 0


def _position(before: str) -> tuple[int, int]:
    lines = before.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return len(lines), len(lines[-1]) + 1


class _Refused(Exception):
    """Stops the parser at something we do not read."""


class _Scan:
    """One pass of expat over the text."""

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._open: list[tuple[str, int]] = []
        self._root = ""
        self._line = 0
        self._start = 0
        self._end = len(text)
        self._closed = False
        # The text is UTF-8 by now, whatever its declaration says.
        self._parser = parser = expat.ParserCreate("utf-8", "}")
        parser.namespace_prefixes = True
        parser.StartElementHandler = self._opened
        parser.EndElementHandler = self._ended
        parser.CommentHandler = self._aside
        parser.ProcessingInstructionHandler = self._aside
        parser.StartDoctypeDeclHandler = self._refuse

    def document(self) -> Document | Problem:
        try:
            self._parser.Parse(self._text, True)  # noqa: FBT003  expat takes it by position
        except _Refused:
            return _problem(
                self._parser.CurrentLineNumber,
                self._parser.CurrentColumnNumber + 1,
                "A DOCTYPE is not allowed in a payload, nor are entities of one's own. Remove it.",
            )
        except expat.ExpatError as error:
            return _problem(error.lineno, error.offset + 1, self._sentence(expat.ErrorString(error.code)))
        element = self._text[self._start : self._end].rstrip(b" \t\r\n")
        return Document(self._root, self._line, element)

    def _opened(self, name: str, attributes: dict[str, str]) -> None:
        if not self._open:
            self._root = _clark(name)
            self._line = self._parser.CurrentLineNumber
            self._start = self._parser.CurrentByteIndex
        self._open.append((name, self._parser.CurrentLineNumber))

    def _ended(self, name: str) -> None:
        self._open.pop()
        self._closed = not self._open

    def _aside(self, *text: str) -> None:
        # The first comment or instruction after the root ends the span that holds the root.
        if self._closed:
            self._end = min(self._end, self._parser.CurrentByteIndex)

    def _refuse(self, *declared: object) -> None:
        raise _Refused

    def _sentence(self, message: str | None) -> str:
        if message == expat.errors.XML_ERROR_TAG_MISMATCH and self._open:
            name, line = self._open[-1]
            return f"This closing tag does not fit: <{_written(name)}> of line {line} is still open."
        if message == expat.errors.XML_ERROR_NO_ELEMENTS:
            if not self._open:
                return "There is no root element; a payload begins with one."
            name, line = self._open[-1]
            return f"The document ends, but <{_written(name)}> of line {line} is still open."
        if message == expat.errors.XML_ERROR_INVALID_TOKEN:
            return self._token()
        return _SENTENCES.get(message or "", f"This is not XML ({message}).")

    def _token(self) -> str:
        at = self._parser.ErrorByteIndex
        here, before = self._text[at : at + 1], self._text[max(0, at - 1) : at]
        if here == b"&" or _REFERENCE.search(self._text[max(0, at - 80) : at]):
            return "An & stands alone here; write it as &amp;."
        if before == b"=":
            return "An attribute's value stands between quotes."
        if b"<" in (here, before):
            return "A < does not begin a tag here; write it as &lt;."
        if here and here < b" " and here not in b"\t\r\n":
            return f"A control character (number {here[0]}) is not allowed in XML; remove it."
        return "This character is not allowed here."


def _clark(name: str) -> str:
    parts = name.split("}")
    return parts[0] if len(parts) == 1 else f"{{{parts[0]}}}{parts[1]}"


def _written(name: str) -> str:
    parts = name.split("}")
    if len(parts) == 3:
        return f"{parts[2]}:{parts[1]}"
    return parts[-1]
