"""Whether a payload follows its schema: libxml2's verdict on a stream of it, and where each thing wrong stands.

The first pass only counts, without a tree and without a line of Python for each element: 20 MB take less than half a
second, and memory does not grow. Only a payload that is invalid is read again, and only the pieces that something is
wrong in are taken apart, tag by tag: so each finding gets the line, column and path of its element.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from xml.parsers import expat

from lxml import etree

from caiso_desktop.contract.complaint import Finding, sentence
from caiso_desktop.contract.stream import Stream
from caiso_desktop.model.answer import Severity
from caiso_desktop.model.call import Problem
from caiso_desktop.model.shape import Shape
from caiso_desktop.model.step import Step

MOST_PROBLEMS = 200
"""How many are told with their place."""
MOST_COUNTED = 10_000
# xmlParserErrors of libxml2: whatever is below is about XML itself.
_FIRST_SCHEMA_ERROR = 1700
_MARK = "caiso-desktop-end"
_TEXT_BETWEEN = "SCHEMAV_CVC_COMPLEX_TYPE_2_3"
MOST_TEXT = 4096
"""How much of a text is looked at for what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a validation found: the first problems, how many there are, and whether all were counted.

    ``syntax`` is set where the document is not well-formed: then nothing else counts.
    """

    problems: tuple[Problem, ...] = ()
    count: int = 0
    counted: bool = True
    syntax: bool = False
    only_order: bool = False


def validate(stream: Stream, checker: etree.XMLSchema, shape: Shape, pause: Callable[[], None]) -> Outcome:
    """Validate a document; ``pause`` is called between pieces and may raise to end it."""
    counted = _count(stream, checker, pause)
    if counted.syntax or not counted.total:
        return Outcome(syntax=counted.syntax)
    problems = _Locating(stream, checker, shape, counted.chunks).problems(pause)
    # One element may be told of twice, once for its value and once for its type: what is shown is what is counted.
    complete = len(problems) < MOST_PROBLEMS
    return Outcome(
        problems=tuple(problems),
        count=len(problems) if complete else counted.total,
        counted=complete or counted.total < MOST_COUNTED,
        only_order=counted.only_order,
    )


@dataclass(slots=True)
class _Counted:
    """The first pass: how many findings, and in which pieces of the stream."""

    total: int = 0
    chunks: set[int] = field(default_factory=set)
    syntax: bool = False
    only_order: bool = True


class _Nothing:
    """A target for the parser that builds nothing; ``ended`` once it has seen the mark behind the document.

    What libxml2 has stopped before, it has not judged.
    """

    def __init__(self) -> None:
        self.ended = False

    def pi(self, name: str, data: str | None) -> None:
        """Called for processing instructions, of which the mark is one."""
        self.ended = self.ended or name == _MARK

    def close(self) -> None:
        """Nothing was built."""


def _parser(checker: etree.XMLSchema, target: _Nothing) -> etree.XMLParser:
    # The type stubs want every method of a target; lxml calls those that are there.
    return etree.XMLParser(  # type: ignore[call-overload, no-any-return]
        target=target,
        schema=checker,
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )


def _count(stream: Stream, checker: etree.XMLSchema, pause: Callable[[], None]) -> _Counted:
    target = _Nothing()
    parser = _parser(checker, target)
    counted = _Counted()
    try:
        for number, chunk in enumerate(stream.chunks()):
            pause()
            parser.feed(chunk)
            found = len(parser.feed_error_log)
            if found > counted.total:
                counted.chunks.add(number)
                counted.total = found
            if found >= MOST_COUNTED:
                break
        else:
            parser.feed(f"<?{_MARK}?>".encode())
            counted.syntax = not target.ended
            parser.close()
    except etree.XMLSyntaxError as error:
        # Closing raises for what is invalid, too.
        counted.syntax = counted.syntax or (error.code is not None and error.code < _FIRST_SCHEMA_ERROR)
    log = list(parser.feed_error_log)
    counted.syntax = counted.syntax or any(entry.domain_name != "SCHEMASV" for entry in log)
    counted.total = min(len(log), MOST_COUNTED)
    counted.only_order = all(entry.type_name == "SCHEMAV_ELEMENT_CONTENT" for entry in log)
    return counted


class _Open:
    """An element that is open: which it is, where its tag stands, its attributes and text, and what it holds so far.

    There is one for every element of a document of any size, so it is as light as can be.
    """

    __slots__ = ("attributes", "children", "column", "index", "line", "name", "text")

    def __init__(self, name: str, index: int, line: int, column: int, attributes: Mapping[str, str]) -> None:
        self.name = name
        self.index = index
        self.line = line
        self.column = column
        self.attributes = attributes
        self.text = ""
        self.children: dict[str, int] | None = None

    @property
    def step(self) -> Step:
        """It as a step of a path."""
        return Step(_clark(self.name), self.index)


_NO_ATTRIBUTES: Mapping[str, str] = MappingProxyType({})


class _Locating:
    """The second pass: expat tells where one is, libxml2 what is wrong there."""

    def __init__(self, stream: Stream, checker: etree.XMLSchema, shape: Shape, chunks: set[int]) -> None:
        self._stream = stream
        self._checker = checker
        self._shape = shape
        self._chunks = chunks
        # A text that something is wrong with may begin in the piece before.
        self._near = chunks | {number - 1 for number in chunks}
        self._stack: list[_Open] = []
        self._element: _Open | None = None
        self._just_ended = False
        self._ended = (1, 1)
        self._expat = expat.ParserCreate("utf-8", "}")
        self._expat.buffer_text = True

    def problems(self, pause: Callable[[], None]) -> list[Problem]:
        """The first problems with their places."""
        found: list[Problem] = []
        parser = _parser(self._checker, _Nothing())
        seen = 0
        for number, chunk in enumerate(self._stream.chunks()):
            pause()
            self._look(closely=number in self._near)
            for piece in _pieces(chunk) if number in self._chunks else (chunk,):
                self._expat.Parse(piece)
                parser.feed(piece)
                log = list(parser.feed_error_log)
                if len(log) > seen:
                    found += self._told(log[seen:])
                    seen = len(log)
                    if len(found) >= MOST_PROBLEMS:
                        return found[:MOST_PROBLEMS]
        return found

    def _look(self, *, closely: bool) -> None:
        """Far from what is wrong only the elements are counted."""
        parser = self._expat
        parser.StartElementHandler = self._opened if closely else self._passed
        parser.EndElementHandler = self._closed if closely else self._left
        parser.CharacterDataHandler = self._said if closely else None

    def _told(self, entries: list[etree._LogEntry]) -> Iterator[Problem]:
        """The problems of the tag that was just read, each sentence once."""
        element = self._element
        if element is None:
            return
        said = set()
        for entry in entries:
            about, path = self._about(entry, element)
            attributes = tuple((_clark(name), text) for name, text in about.attributes.items())
            finding = Finding(entry.type_name, entry.message, about.text, attributes)
            words, attribute = sentence(self._shape, path, finding)
            if words not in said:
                said.add(words)
                at_end = "Missing child" in entry.message
                line, column = self._ended if at_end else (about.line, about.column)
                yield Problem(Severity.ERROR, line, column, words, path, attribute)

    def _about(self, entry: etree._LogEntry, element: _Open) -> tuple[_Open, tuple[Step, ...]]:
        """The element complained of: the last one, or the one around it, whose text between tags is told late."""
        around = self._stack if self._just_ended else self._stack[:-1]
        if around and entry.type_name == _TEXT_BETWEEN and f"'{_clark(around[-1].name)}'" in entry.message:
            element, around = around[-1], around[:-1]
        return element, (*(each.step for each in around), element.step)

    def _opened(self, name: str, attributes: dict[str, str]) -> None:
        self._passed(name, attributes)
        self._element = self._stack[-1]
        self._element.attributes = attributes
        self._just_ended = False

    def _closed(self, name: str) -> None:
        self._element = self._stack.pop()
        self._just_ended = True
        self._ended = (self._expat.CurrentLineNumber, self._expat.CurrentColumnNumber + 1)

    def _said(self, text: str) -> None:
        if self._stack and len(self._stack[-1].text) < MOST_TEXT:
            self._stack[-1].text += text

    def _passed(self, name: str, attributes: dict[str, str]) -> None:
        index = 0
        if self._stack:
            parent = self._stack[-1]
            if parent.children is None:
                parent.children = {}
            index = parent.children.get(name, 0)
            parent.children[name] = index + 1
        where = self._expat
        self._stack.append(_Open(name, index, where.CurrentLineNumber, where.CurrentColumnNumber + 1, _NO_ATTRIBUTES))

    def _left(self, name: str) -> None:
        self._stack.pop()


def _pieces(chunk: bytes) -> Iterator[bytes]:
    """A piece of the stream tag by tag."""
    start = 0
    while start < len(chunk):
        end = chunk.find(b">", start) + 1 or len(chunk)
        yield chunk[start:end]
        start = end


def _clark(name: str) -> str:
    space, brace, local = name.rpartition("}")
    return f"{{{space}}}{local}" if brace else name
