"""A shape for trying what shows and fills shapes: a bid set with everything a form meets, made by hand."""

from types import MappingProxyType

from caiso_desktop.model.provenance import Ground, Provenance
from caiso_desktop.model.reading import Unit
from caiso_desktop.model.shape import (
    MANY,
    ONCE,
    OPTIONAL,
    Attribute,
    Contents,
    Field,
    Group,
    Occurrence,
    Order,
    Shape,
    Zone,
)
from caiso_desktop.model.value import Choice, Value

NAMESPACE = "urn:fake:BidSet#"

_TEXT = Value("string")
_NAME = Value("string", shortest=1, longest=32)
_INSTANT = Value("dateTime")
_MW = Value("decimal", minimum="-1000", maximum="9999.99", fraction_digits=2)
_PRICE = Value("decimal", minimum="-150", maximum="1000", fraction_digits=2)
_PRODUCT = Value(
    "string", choices=(Choice("EN", "Energy"), Choice("SR", "Spinning reserve"), Choice("NR"), Choice("RU"))
)
_SEGMENT = Value("int", minimum="1", maximum="10")


def bid_set_shape(ground: Ground = Ground.IMPORTED) -> Shape:
    """A bid set: header, then bids of resources with products, hours and the segments of a curve.

    It has required and optional elements, repeats in repeats, a choice, an enumeration, bounds and units, an attribute,
    a nillable element, documentation, and a note that may hold notes (recursion).
    """
    contents = (
        Contents("BidSet", group=_sequence(_field("MessageHeader", OPTIONAL, contents="Header"), _payload())),
        Contents(
            "Header",
            group=_sequence(_field("TimeDate", value=_INSTANT), _field("Source", value=_TEXT), _field("Version")),
        ),
        Contents("Payload", group=_sequence(_field("Bid", Occurrence(1, None), contents="Bid"))),
        Contents(
            "Bid",
            attributes=(Attribute(name="number", value=Value("int"), required=True, documentation="Counts the bids."),),
            group=_sequence(
                _field("resource", value=_NAME, documentation="The resource's id in the Master File."),
                _field("comment", OPTIONAL, value=_TEXT, nillable=True),
                Group(
                    Order.CHOICE,
                    (
                        _field("selfSchedule", value=_MW, unit=Unit.POWER, documentation="A fixed quantity in MW."),
                        _field("Product", Occurrence(1, 5), contents="Product"),
                    ),
                ),
                _field("Note", MANY, contents="Note"),
            ),
        ),
        Contents("Product", group=_sequence(_field("product", value=_PRODUCT), _field("Hour", MANY, contents="Hour"))),
        Contents(
            "Hour",
            group=_sequence(
                _field("start", value=_INSTANT, zone=Zone.GMT, documentation="Begins, in GMT."),
                _field("end", value=_INSTANT, zone=Zone.GMT),
                _field("mustOffer", OPTIONAL, value=Value("boolean"), default="false"),
                _field("Segment", Occurrence(1, 10), contents="Segment"),
            ),
        ),
        Contents(
            "Segment",
            group=_sequence(
                _field("number", value=_SEGMENT),
                _field("mw", value=_MW, unit=Unit.POWER),
                _field("price", value=_PRICE, unit=Unit.PRICE),
            ),
        ),
        Contents("Note", group=_sequence(_field("text", value=_TEXT), _field("Note", MANY, contents="Note"))),
    )
    root = _field("BidSet", contents="BidSet")
    return Shape(root, MappingProxyType({each.key: each for each in contents}), Provenance(ground, "a fake"))


def _payload() -> Field:
    return _field("MessagePayload", contents="Payload")


def _sequence(*members: Field | Group) -> Group:
    return Group(Order.SEQUENCE, members)


def _field(
    name: str,
    occurrence: Occurrence = ONCE,
    *,
    value: Value | None = None,
    contents: str = "",
    nillable: bool = False,
    default: str | None = None,
    documentation: str = "",
    unit: Unit | None = None,
    zone: Zone | None = None,
) -> Field:
    return Field(
        f"{{{NAMESPACE}}}{name}",
        occurrence,
        value if value is not None or contents else _TEXT,
        contents,
        nillable=nillable,
        default=default,
        documentation=documentation,
        unit=unit,
        zone=zone,
    )
