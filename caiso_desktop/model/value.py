"""What the text of an element or attribute may be: its base type, its facets, and what it is to a person."""

from dataclasses import dataclass
from enum import StrEnum


class ValueKind(StrEnum):
    """What a value is to a person who types it."""

    TEXT = "text"
    CHOICE = "choice"
    WHOLE = "whole number"
    NUMBER = "number"
    FLAG = "yes or no"
    INSTANT = "instant"
    DATE = "date"
    TIME = "time"


_WHOLE = (
    "integer long int short byte nonNegativeInteger positiveInteger nonPositiveInteger negativeInteger "
    "unsignedLong unsignedInt unsignedShort unsignedByte"
)
_KINDS = {
    **dict.fromkeys(_WHOLE.split(), ValueKind.WHOLE),
    **dict.fromkeys(("decimal", "double", "float"), ValueKind.NUMBER),
    "boolean": ValueKind.FLAG,
    "dateTime": ValueKind.INSTANT,
    "dateTimeStamp": ValueKind.INSTANT,
    "date": ValueKind.DATE,
    "time": ValueKind.TIME,
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One allowed value, and what the schema says it means."""

    value: str
    documentation: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """What a text may be. ``base`` is the XSD built-in it comes down to (``decimal``, ``dateTime``, ``token``).

    ``name`` is the type's own name, empty for one without. ``choices`` are the allowed values, empty where they are
    not listed. ``patterns`` are XSD expressions: each must match. ``minimum`` and ``maximum`` are bounds in XML's
    notation; with ``above`` or ``below`` the bound itself is not allowed. A list has ``item``, a union ``members``
    (one must fit). With ``open`` the choices are what was seen so far: others are allowed too.
    """

    base: str = "string"
    name: str = ""
    documentation: str = ""
    choices: tuple[Choice, ...] = ()
    patterns: tuple[str, ...] = ()
    minimum: str | None = None
    maximum: str | None = None
    above: bool = False
    below: bool = False
    length: int | None = None
    shortest: int | None = None
    longest: int | None = None
    total_digits: int | None = None
    fraction_digits: int | None = None
    white_space: str = "collapse"
    item: "Value | None" = None
    members: "tuple[Value, ...]" = ()
    open: bool = False

    @property
    def kind(self) -> ValueKind:
        """What kind of editor fits."""
        if self.item is not None or self.members:
            return ValueKind.TEXT
        return ValueKind.CHOICE if self.choices else _KINDS.get(self.base, ValueKind.TEXT)
