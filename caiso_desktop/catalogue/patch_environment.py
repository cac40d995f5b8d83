"""What a catalogue file says of an environment: its facts, its trust and its calendar."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from caiso_desktop.catalogue.locate import Place
from caiso_desktop.catalogue.reading import given, read_packaging, read_references
from caiso_desktop.catalogue.table import Table
from caiso_desktop.model.calendar import Cycle, Deviation, State, TradeDate, Window
from caiso_desktop.model.identity import Hash, Trust

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_ENVIRONMENT = frozenset(
    {
        "id",
        "name",
        "purpose",
        "guarded",
        "signature_hash",
        "packaging",
        "authorities",
        "access",
        "availability",
        "references",
        "calendar",
        "retired",
        "successor",
    }
)
_CALENDAR = frozenset(
    {"maintenance", "support", "deviations", "cycles", "trade_date", "always_supported", "cycles_only", "known_from"}
)
_WINDOW = frozenset({"name", "days", "from", "until", "days_later"})
_DEVIATION = frozenset({"from", "until", "state", "note"})
_CYCLE = frozenset({"name", "first", "last"})
_TRADE_DATE = frozenset({"offset", "fixed"})


class EnvironmentPatch(NamedTuple):
    """One environment; ``fields`` are those of `Environment`, ``calendar`` those of its `Calendar`.

    ``retired`` is False, True, or the date since when.
    """

    place: Place
    id: str
    fields: Mapping[str, Any]
    calendar: Mapping[str, Any]
    retired: Any
    successor: str


def read_environment(table: Table) -> EnvironmentPatch:
    """Read one ``[[environment]]``."""
    table.only(_ENVIRONMENT)
    digest = table.word("signature_hash", (Hash.SHA1, Hash.SHA256))
    fields = given(
        name=table.text("name"),
        purpose=table.text("purpose"),
        guarded=table.flag("guarded"),
        signature_hash=None if digest is None else Hash(digest),
        packaging=read_packaging(table),
        trust=_read_trust(table),
        access=table.text("access"),
        availability=table.text("availability"),
        references=read_references(table),
    )
    calendar = table.table("calendar")
    retired = table.values.get("retired", False)
    if not isinstance(retired, bool):
        retired = table.date("retired")
    return EnvironmentPatch(
        place=table.place,
        id=table.need("id"),
        fields=fields,
        calendar={} if calendar is None else _read_calendar(calendar),
        retired=retired,
        successor=table.text("successor") or "",
    )


def _read_trust(table: Table) -> Trust | None:
    """Certificates of authorities: PEM files beside the catalogue file, never elsewhere on the disk."""
    names = table.texts("authorities")
    if names is None:
        return None
    folder = table.sheet.file.parent.resolve()
    authorities = []
    for name in names:
        pure = PurePosixPath(name)
        file = (folder / pure).resolve()
        if pure.is_absolute() or "\\" in name or ":" in name or not file.is_relative_to(folder):
            table.refuse("authorities", f"'{name}' must be a file in the folder of this one.")
        try:
            pem = file.read_bytes()
        except OSError as error:
            table.refuse("authorities", f"'{name}' could not be read ({error.strerror}).")
        if b"-----BEGIN CERTIFICATE-----" not in pem:
            table.refuse("authorities", f"'{name}' holds no certificate in PEM.")
        authorities.append(pem)
    return Trust(tuple(authorities))


def _read_calendar(table: Table) -> dict[str, Any]:
    table.only(_CALENDAR)
    trade_date = table.table("trade_date")
    return given(
        maintenance=_all(table, "maintenance", _read_window),
        support=_all(table, "support", _read_window),
        deviations=_all(table, "deviations", _read_deviation),
        cycles=_all(table, "cycles", _read_cycle),
        trade_date=None if trade_date is None else _read_trade_date(trade_date),
        always_supported=table.flag("always_supported"),
        cycles_only=table.flag("cycles_only"),
        known_from=table.text("known_from"),
    )


def _all(table: Table, key: str, read: Any) -> tuple[Any, ...] | None:
    return tuple(read(each) for each in table.tables(key)) if key in table else None


def _read_window(table: Table) -> Window:
    table.only(_WINDOW)
    start, end, days = table.time("from"), table.time("until"), table.texts("days")
    if start is None or end is None or not days:
        table.refuse("", "a window needs 'days', 'from' and 'until'.")
    for day in days:
        if day not in DAYS:
            table.refuse("days", f"'{day}' is none of: {', '.join(DAYS)}.")
    later = table.number("days_later") or 0
    if not 0 <= later <= 7 or (later == 0 and end <= start):
        table.refuse("until", "a window must end after it begins, within a week ('days_later').")
    return Window(table.need("name"), tuple(DAYS.index(day) for day in days), start, end, later)


def _read_deviation(table: Table) -> Deviation:
    table.only(_DEVIATION)
    start, end = table.moment("from"), table.moment("until")
    if start is None or end is None or end <= start:
        table.refuse("", "a deviation needs 'from', and 'until' after it.")
    state = table.word("state", tuple(State))
    if state is None:
        table.refuse("state", "'state' is missing.")
    return Deviation(start, end, State(state), table.text("note") or "")


def _read_cycle(table: Table) -> Cycle:
    table.only(_CYCLE)
    first, last = table.date("first"), table.date("last")
    if first is None or last is None or last < first:
        table.refuse("", "a cycle needs 'first', and 'last' not before it.")
    return Cycle(table.need("name"), first, last)


def _read_trade_date(table: Table) -> TradeDate:
    table.only(_TRADE_DATE)
    offset, fixed = table.number("offset"), table.date("fixed")
    if offset is not None and fixed is not None:
        table.refuse("fixed", "give either 'offset' or 'fixed'.")
    return TradeDate(offset or 0, fixed)
