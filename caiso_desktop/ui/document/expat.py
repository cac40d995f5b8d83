"""The parser with which documents are taken apart: it refuses what declares a document type.

That is where entities come from, and with them files of this computer and texts that grow without bound.
"""

from collections.abc import Callable
from pyexpat import ParserCreate, XMLParserType


class DoctypeRefused(Exception):
    """A document type is declared."""


def new_parser(
    begin: Callable[[str, list[str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
    encoding: str | None = None,
) -> XMLParserType:
    """A parser that tells of elements and texts; `pairs` takes the attributes that ``begin`` gets.

    One that begins in the middle of a document must be told the encoding. `DoctypeRefused` comes out of its ``Parse``.
    """
    parser = ParserCreate(encoding)
    parser.buffer_text = True
    parser.ordered_attributes = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    return parser


def pairs(attributes: list[str]) -> tuple[tuple[str, str], ...]:
    """Attributes as names and values."""
    return tuple(zip(attributes[::2], attributes[1::2], strict=True))


def _refuse(*_: object) -> None:
    raise DoctypeRefused
