"""A value for a sample: one that its type allows, and that speaks of a trade date where it is a time."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from itertools import islice

from caiso_desktop.contract.meaning import Sense, meaning
from caiso_desktop.contract.pattern import examples, matches
from caiso_desktop.contract.skeleton import trade_day
from caiso_desktop.model.fit import complaint
from caiso_desktop.model.value import Value, ValueKind

_TRIED = 120
_PLAIN = {
    "duration": "PT1H",
    "gYear": "2026",
    "gYearMonth": "2026-03",
    "gMonth": "--03",
    "gMonthDay": "--03-10",
    "gDay": "---10",
    "language": "en",
    "NMTOKEN": "x",
    "NMTOKENS": "x",
    "Name": "x",
    "NCName": "x",
    "QName": "x",
    "anyURI": "urn:x",
}


@dataclass(slots=True)
class Moments:
    """What the times of a sample speak of: a Pacific trade date, and the time the sample is made at."""

    trade_date: date
    now: datetime
    ids: int = 0

    def instant(self, name: str) -> str:
        """An instant for a field of this local name, in GMT: the trade date's start or end, or now."""
        start, end = trade_day(self.trade_date)
        sense = meaning(name).sense
        if sense is Sense.START:
            return gmt(start)
        if sense is Sense.END:
            # The end of an interval lies an hour after its start, that of a period a day.
            return gmt(start + timedelta(hours=1) if "nterval" in name or name.startswith("Market") else end)
        return gmt(self.now)


def gmt(instant: datetime) -> str:
    """An instant as a sample writes it."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def sample_value(value: Value, name: str, moments: Moments, *, full: bool) -> str:
    """A text that the type allows, for a field of this local name; a ``full`` sample prefers one that says something.

    Where nothing that was tried fits (a pattern and a length that hardly meet), the first that was tried.
    """
    found = list(islice(_candidates(value, name, moments, full=full), _TRIED))
    return next((each for each in found if fits(value, each)), found[0] if found else "")


def fits(value: Value, text: str) -> bool:
    """Whether a text is allowed, its patterns among it."""
    return not complaint(value, text) and all(matches(pattern, text) for pattern in value.patterns)


def _candidates(value: Value, name: str, moments: Moments, *, full: bool) -> Iterator[str]:
    if value.item is not None:
        one = sample_value(value.item, name, moments, full=full)
        least = value.length or value.shortest or 0
        yield from (choice.value for choice in value.choices)
        yield " ".join([one] * max(least, 1 if full else 0))
        return
    if value.members:
        yield from (choice.value for choice in value.choices)
        for member in value.members:
            yield sample_value(member, name, moments, full=full)
        return
    yield from (choice.value for choice in value.choices)
    match value.kind:
        case ValueKind.INSTANT:
            yield moments.instant(name)
        case ValueKind.DATE:
            yield moments.trade_date.isoformat()
        case ValueKind.TIME:
            yield "00:00:00"
        case ValueKind.FLAG:
            yield from ("false", "true")
        case ValueKind.WHOLE | ValueKind.NUMBER:
            yield from _numbers(value)
    yield from _texts(value, moments, full=full)


def _numbers(value: Value) -> Iterator[str]:
    whole = value.kind is ValueKind.WHOLE
    for bound, sign in ((value.minimum, 1), (value.maximum, -1)):
        yield from ("0", "1") if bound is value.minimum else ()
        try:
            edge = Decimal(bound) if bound is not None else None
        except InvalidOperation:
            edge = None
        if edge is None or not edge.is_finite():
            continue
        yield f"{edge:f}"
        places = 0 if whole else min(value.fraction_digits if value.fraction_digits is not None else 2, 18)
        step = Decimal(1).scaleb(-places)
        # The nearest value of the grid inside the bound.
        inside = (edge / step).to_integral_value("ROUND_FLOOR" if sign > 0 else "ROUND_CEILING") * step + sign * step
        yield f"{inside:f}"
    yield "-1"


def _texts(value: Value, moments: Moments, *, full: bool) -> Iterator[str]:
    yield from (bound for bound in (value.minimum, value.maximum) if bound is not None)
    if value.base in ("ID", "IDREF", "IDREFS"):
        moments.ids += value.base == "ID"
        yield f"id{max(moments.ids, 1)}"
    if value.base in _PLAIN:
        yield _PLAIN[value.base]
    least = value.length or value.shortest or 0
    if value.base == "hexBinary":
        yield "00" * least
    if value.base == "base64Binary":
        yield base64.b64encode(bytes(least)).decode()
    for pattern in value.patterns:
        yield from examples(pattern)
    if full and value.base in ("string", "token", "normalizedString"):
        most = value.length if value.length is not None else value.longest
        yield "text"[:most] if most is not None else "text"
    yield "X" * least
