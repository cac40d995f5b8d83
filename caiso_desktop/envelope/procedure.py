"""Calls of ADS: remote procedures (RPC/literal) over a connection whose certificate alone says who calls.

Facts: protocol of ADS. No signature, no CAISO header, an empty SOAPAction; parameters without a namespace. What a
procedure gives stands in its response as a plain value, as XML written as text, or as base64 text of a gzip of XML.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO
from xml.parsers import expat

from caiso_desktop.contract.document import Document
from caiso_desktop.envelope.keep import Sink
from caiso_desktop.envelope.namespace import SOAP
from caiso_desktop.envelope.report import Refused, open_parser
from caiso_desktop.model.call import Message, Operation
from caiso_desktop.model.error import PayloadError

PLAIN = "plain"
_CHUNK = 1 << 18
_WITHIN_RESPONSE = 4
"""The depth of what a response holds: below Envelope, Body and the response itself."""


@dataclass(frozen=True, slots=True)
class PreparedCall:
    """A call that leaves as it is: nothing of it is signed."""

    envelope: bytes
    message_id: str

    def sign(self) -> Message:
        """The message."""
        headers = (("Content-Type", "text/xml; charset=utf-8"), ("SOAPAction", '""'))
        return Message(headers, self.envelope, self.message_id, "", datetime.now(UTC))


def prepare_procedure(operation: Operation, document: Document) -> PreparedCall:
    """The envelope of a call. `PayloadError` where the payload calls another procedure than the one that was chosen.

    So nobody sends an accept as if it were a question.
    """
    if document.root != operation.request_root:
        wanted = operation.request_root.rpartition("}")[2]
        raise PayloadError(
            f"the chosen operation is {operation.name}, but the payload is <{document.root.rpartition('}')[2]}>"
            f"{' of another namespace' if document.root.endswith(f'}}{wanted}') else ''}.",
            advice="Choose the operation that the payload calls, or reset the payload.",
        )
    opening = f'<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="{SOAP}"><soapenv:Body>'
    closing = b"</soapenv:Body></soapenv:Envelope>"
    return PreparedCall(opening.encode() + document.element + closing, str(uuid.uuid4()))


def read_value(stream: BinaryIO, sink: Sink) -> int:
    """Write the text of what a response holds first; how many characters it has, -1 where it holds elements instead.

    ``stream`` is an envelope that has been found well-formed.
    """
    reading = _Value(sink)
    try:
        for piece in _pieces(stream):
            reading.parser.Parse(piece, False)  # noqa: FBT003  expat takes it by position
    except (expat.ExpatError, Refused, _Enough):
        pass
    return reading.size


class _Enough(Exception):
    """The value has been read."""


class _Value:
    def __init__(self, sink: Sink) -> None:
        self.size = 0
        self._sink = sink
        self._depth = 0
        self.parser = open_parser()
        self.parser.buffer_text = True
        self.parser.buffer_size = _CHUNK
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def _start(self, name: str, attributes: list[str]) -> None:
        self._depth += 1
        if self._depth == _WITHIN_RESPONSE:
            self.parser.CharacterDataHandler = self._text
        elif self._depth > _WITHIN_RESPONSE:
            self.size = -1
            raise _Enough

    def _text(self, text: str) -> None:
        self.size += len(text)
        self._sink.write(text.encode("utf-8", "surrogatepass"))

    def _end(self, name: str) -> None:
        if self._depth == _WITHIN_RESPONSE:
            raise _Enough
        self._depth -= 1


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    while piece := stream.read(_CHUNK):
        yield piece
