"""What a payload says in the market's words, read without its schema: for whom, when, which resources, how much."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from caiso_desktop.model.trade_hour import TradeHour, hours_in_words


class Unit(StrEnum):
    """What a number counts."""

    POWER = "MW"
    ENERGY = "MWh"
    PRICE = "$/MWh"
    MONEY = "$"
    RAMP = "MW/min"
    PERCENT = "%"
    MINUTES = "min"
    HEAT_RATE = "Btu/kWh"


@dataclass(frozen=True, slots=True)
class Range:
    """The numbers that stand under one name: lowest, highest, how many."""

    name: str
    unit: Unit
    low: Decimal
    high: Decimal
    count: int

    def __str__(self) -> str:
        span = f"{self.low:,}" if self.low == self.high else f"{self.low:,} to {self.high:,}"
        return f"{self.name}: {span} {self.unit} ({self.count:,})"


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read. ``resources`` are the first few of ``resource_count``, in the order of the payload.

    ``trade_dates`` are Pacific. ``records`` counts the children of MessagePayload (of the root where there is none).
    ``complete`` is false where a bound was reached: then there is more than this says.
    """

    root: str = ""
    scheduling_coordinators: tuple[str, ...] = ()
    trade_dates: tuple[date, ...] = ()
    hours: tuple[TradeHour, ...] = ()
    resources: tuple[str, ...] = ()
    resource_count: int = 0
    ranges: tuple[Range, ...] = ()
    records: int = 0
    complete: bool = True

    @property
    def when(self) -> str:
        """Trade dates and hours in words; dates without hours stand alone."""
        bare = [day.isoformat() for day in self.trade_dates if day not in {hour.day for hour in self.hours}]
        return "; ".join(filter(None, (*bare, hours_in_words(self.hours))))


@dataclass(frozen=True, slots=True)
class Difference:
    """How a payload differs from an earlier one, in records; ``examples`` are sentences, a few of them."""

    added: int = 0
    removed: int = 0
    changed: int = 0
    examples: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        """Whether both say the same."""
        return not (self.added or self.removed or self.changed)

    def __str__(self) -> str:
        if self.same:
            return "the same as the last one"
        counts = ((self.added, "added"), (self.removed, "removed"), (self.changed, "changed"))
        return ", ".join(f"{count:,} {word}" for count, word in counts if count)
