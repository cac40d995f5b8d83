"""Read a SOAP envelope as a stream: fault, result, where the attachment is, or where the Body's document stands.

The text of an ``AttachmentValue`` goes straight to a file, so an answer of any size needs little memory.
"""

import re
from dataclasses import dataclass, field
from typing import BinaryIO
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from caiso_desktop.envelope.keep import Sink
from caiso_desktop.envelope.namespace import ATTACHMENT_HASH, SOAP, XOP
from caiso_desktop.envelope.node import Builder, Node
from caiso_desktop.envelope.report import Refused, clark, open_parser
from caiso_desktop.envelope.result import RESULTS

SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
_CHUNK = 1 << 18
_ENVELOPES = frozenset({f"{SOAP}}}Envelope", f"{SOAP_12}}}Envelope"})
_BODIES = frozenset({f"{SOAP}}}Body", f"{SOAP_12}}}Body"})
_FAULTS = frozenset({f"{SOAP}}}Fault", f"{SOAP_12}}}Fault"})
_HASH_VALUE = f"{ATTACHMENT_HASH}}}hashValue"
_INCLUDE = f"{XOP}}}Include"
_DECLARED = re.compile(rb"""\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']""")


@dataclass(slots=True)
class Span:
    """Where the Body's document stands in the envelope, and the namespaces it had from outside."""

    start: int
    encoding: str
    namespaces: dict[str, str]
    end: int = -1

    def opening(self, head: bytes) -> bytes:
        """The beginning of the document as one of its own: declaration and inherited namespaces put in."""
        name = re.match(rb"<[^\s/>]+", head)
        if name is None:
            return head
        inherited = "".join(
            f" xmlns{':' + prefix if prefix else ''}={quoteattr(uri)}" for prefix, uri in self.namespaces.items()
        )
        declaration = f'<?xml version="1.0" encoding="{self.encoding}"?>\n'.encode("ascii")
        inner = inherited.encode(self.encoding, "xmlcharrefreplace")
        return declaration + name[0] + inner + head[name.end() :]


@dataclass(slots=True)
class Envelope:
    """What an envelope holds. ``root`` is its root in Clark notation; ``soap`` is false for any other document."""

    root: str | None = None
    soap: bool = False
    hash: str | None = None
    href: str | None = None
    inline: bool = False
    child: str | None = None
    document: Span | None = None
    trees: list[Node] = field(default_factory=list)
    problem: str | None = None

    @property
    def fault(self) -> Node | None:
        """The SOAP fault, if there is one."""
        return next((tree for tree in self.trees if tree.name == "Fault"), None)

    @property
    def result(self) -> Node | None:
        """The result document that stands in the Body itself."""
        return next((tree for tree in self.trees if tree.name in RESULTS), None)


class _Stop(Exception):
    """Not an envelope: nothing more to read here."""


def read_envelope(stream: BinaryIO, attachment: Sink, charset: str = "") -> Envelope:
    """Read an envelope; the text of its AttachmentValue, if any, is written to ``attachment``.

    ``charset`` is the Content-Type's, which counts only where the document does not name its encoding itself.
    Whatever is wrong with the document ends up in ``problem``.
    """
    head = stream.read(_CHUNK)
    declared = _DECLARED.match(head)
    marked = head.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"))
    override = charset if charset and not declared and not marked else None
    encoding = declared[1].decode("ascii") if declared else (override or "utf-8")
    reading = _Reading(attachment, encoding, override)
    try:
        while head:
            reading.parser.Parse(head, False)  # noqa: FBT003  expat takes it by position
            head = stream.read(_CHUNK)
        reading.parser.Parse(b"", True)  # noqa: FBT003
    except _Stop:
        pass
    except Refused as error:
        reading.envelope.problem = str(error)
    except (expat.ExpatError, LookupError, ValueError) as error:
        reading.envelope.problem = f"it is not well-formed XML ({error})"
    return reading.envelope


class _Reading:
    """The handlers of one pass."""

    def __init__(self, attachment: Sink, encoding: str, override: str | None) -> None:
        self.envelope = Envelope()
        self._attachment = attachment
        self._encoding = encoding
        self._depth = 0
        self._in_body = False
        self._declared: dict[str, str] = {}
        self._inherited: list[dict[str, str]] = [{}]
        self._builder: Builder | None = None
        self._value_depth = 0
        self.parser = open_parser(override)
        self.parser.buffer_text = True
        self.parser.buffer_size = _CHUNK
        self.parser.StartNamespaceDeclHandler = self._declare
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def _declare(self, prefix: str | None, uri: str | None) -> None:
        if self._depth < 3:
            self._declared[prefix or ""] = uri or ""

    def _start(self, name: str, attributes: list[str]) -> None:
        self._depth += 1
        if self._builder is not None:
            self._builder.start(name.rpartition("}")[2])
        elif self._depth > 3 and self._in_body:
            self._inner(name, attributes)
        elif self._depth == 3 and self._in_body:
            self._body_child(name)
        elif self._depth == 1:
            self._root(name)
        elif self._depth == 2:
            self._in_body = name in _BODIES
            self._inherited.append({**self._inherited[-1], **self._declared})
        elif name == _HASH_VALUE:
            self._collect(name)
        self._declared = {}

    def _root(self, name: str) -> None:
        self.envelope.root = clark(name)
        self.envelope.soap = name in _ENVELOPES
        if not self.envelope.soap:
            raise _Stop
        self._inherited.append(dict(self._declared))

    def _body_child(self, name: str) -> None:
        local = name.rpartition("}")[2]
        if self.envelope.child is None:
            self.envelope.child = clark(name)
            outside = {p: u for p, u in self._inherited[-1].items() if p not in self._declared and u}
            self.envelope.document = Span(self.parser.CurrentByteIndex, self._encoding, outside)
        if name in _FAULTS or local in RESULTS:
            self._collect(name)

    def _inner(self, name: str, attributes: list[str]) -> None:
        if name == _INCLUDE:
            self.envelope.href = dict(zip(attributes[::2], attributes[1::2], strict=True)).get("href", "")
        elif name.endswith("}AttachmentValue") and not self._value_depth:
            self._value_depth = self._depth
            self.parser.CharacterDataHandler = self._value

    def _collect(self, name: str) -> None:
        self._builder = Builder()
        self._builder.start(name.rpartition("}")[2])
        self.parser.CharacterDataHandler = self._builder.text

    def _value(self, text: str) -> None:
        if not self.envelope.inline and not text.isspace():
            self.envelope.inline = True
        self._attachment.write(text.encode("utf-8"))

    def _end(self, name: str) -> None:
        if self._builder is not None:
            self._builder.end()
            if not self._builder.open:
                self._collected()
        elif self._depth == self._value_depth:
            self._value_depth = 0
            self.parser.CharacterDataHandler = None
        if self._depth == 3 and self._in_body:
            self._await_end()
        elif self._depth == 2:
            self._inherited.pop()
        self._depth -= 1

    def _collected(self) -> None:
        tree = self._builder.root if self._builder else None
        self._builder = None
        self.parser.CharacterDataHandler = None
        if tree is None:
            return
        if tree.name == "hashValue":
            self.envelope.hash = "".join(tree.text.split())
        else:
            self.envelope.trees.append(tree)

    def _await_end(self) -> None:
        """The next event after the Body's child, whatever it is, begins where the child ended."""
        document = self.envelope.document
        if document is None or document.end >= 0:
            return
        end_handler = self.parser.EndElementHandler
        start_handler = self.parser.StartElementHandler

        def here(*event: object) -> None:
            if document.end < 0:
                document.end = self.parser.CurrentByteIndex
            self.parser.CharacterDataHandler = self.parser.CommentHandler = None
            self.parser.ProcessingInstructionHandler = None
            self.parser.EndElementHandler = end_handler
            self.parser.StartElementHandler = start_handler

        def end(name: str) -> None:
            here()
            self._end(name)

        def start(name: str, attributes: list[str]) -> None:
            here()
            self._start(name, attributes)

        self.parser.buffer_text = False
        self.parser.CharacterDataHandler = self.parser.CommentHandler = here
        self.parser.ProcessingInstructionHandler = here
        self.parser.EndElementHandler = end
        self.parser.StartElementHandler = start
