"""What a number counts and which clock an instant is written in, where a documentation or a name says so."""

import re

from caiso_desktop.contract.meaning import meaning
from caiso_desktop.model.reading import Unit
from caiso_desktop.model.shape import Zone
from caiso_desktop.model.value import Value, ValueKind

# What is written out comes before what a name suggests; the longer unit before the one it begins with.
_WRITTEN: tuple[tuple[re.Pattern[str], Unit], ...] = (
    (re.compile(r"\$\s*(?:/|per)\s*MWh?\b|dollars per MWh?\b", re.IGNORECASE), Unit.PRICE),
    (re.compile(r"\bMW\s*(?:/|per)\s*min", re.IGNORECASE), Unit.RAMP),
    (re.compile(r"\bBtu\s*/\s*kWh\b", re.IGNORECASE), Unit.HEAT_RATE),
    (re.compile(r"\bMWh\b|megawatt[- ]hours?", re.IGNORECASE), Unit.ENERGY),
    (re.compile(r"\bMW\b|megawatts?", re.IGNORECASE), Unit.POWER),
    (re.compile(r"%|\bper ?cent\b", re.IGNORECASE), Unit.PERCENT),
    (re.compile(r"\bin minutes\b|\bminutes\b", re.IGNORECASE), Unit.MINUTES),
    (re.compile(r"\bin dollars\b|\$", re.IGNORECASE), Unit.MONEY),
)
_GMT = re.compile(r"\bGMT\b|\bUTC\b")
_PACIFIC = re.compile(r"\bPacific\b|\bP[PDS]T\b")
_NUMBERS = (ValueKind.WHOLE, ValueKind.NUMBER)
# Whole numbers count things more often than megawatts: only a name of its own unit is believed.
_SAYS_SO = re.compile(r".*(MW|Mw|Price|Quantity)$")


def unit_of(name: str, value: Value | None, documentation: str = "") -> Unit | None:
    """The unit of a field of this local name; None where nothing says so, or where it is no number."""
    if value is None or value.kind not in _NUMBERS:
        return None
    for pattern, unit in _WRITTEN:
        if pattern.search(documentation):
            return unit
    if value.kind is ValueKind.WHOLE and not _SAYS_SO.match(name):
        return None
    return meaning(name).unit


def zone_of(name: str, value: Value | None, documentation: str = "") -> Zone | None:
    """The clock of an instant, a date or a time; None where nothing says so.

    Instants of CAISO's documents are GMT unless they carry an offset; trade dates are Pacific.
    """
    if value is None or value.kind not in (ValueKind.INSTANT, ValueKind.DATE, ValueKind.TIME):
        return None
    if _PACIFIC.search(documentation):
        return Zone.PACIFIC
    if _GMT.search(documentation) or name.upper().endswith(("GMT", "UTC")):
        return Zone.GMT
    if value.kind is ValueKind.DATE:
        return Zone.PACIFIC if "tradedate" in name.lower().replace("_", "") else None
    return None
