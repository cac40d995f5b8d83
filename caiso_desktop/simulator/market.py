"""The made-up market that the simulator reports on: resources, products, and numbers that are the same every time."""

import tomllib
import zlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path

from caiso_desktop.model.moment import PACIFIC


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource; ``minimum`` and ``maximum`` in MW."""

    id: str
    type: str
    node: str
    minimum: float
    maximum: float


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of a trade date: its hour ending (25 is the repeated hour), start and end in GMT."""

    ending: int
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Market:
    """What the simulator knows; ``prices`` in $/MWh for each hour of a usual day."""

    source: str
    coordinator: str
    foreign_coordinators: frozenset[str]
    products: tuple[str, ...]
    prices: tuple[float, ...]
    resources: tuple[Resource, ...]

    def price(self, node: str, hour: Hour) -> float:
        """A price in $/MWh at a node, a little different at each."""
        return round(self.prices[(hour.ending - 1) % len(self.prices)] * (0.94 + 0.12 * chance(node, hour.start)), 2)

    def output(self, resource: Resource, hour: Hour) -> float:
        """MW of a resource in an hour."""
        share = chance(resource.id, hour.start)
        return round(resource.minimum + (resource.maximum - resource.minimum) * share, 1)


def read_market(resources: Path) -> Market:
    """The market of ``simulator/market.toml``."""
    table = tomllib.loads((resources / "simulator" / "market.toml").read_text(encoding="utf-8"))
    return Market(
        source=table["source"],
        coordinator=table["coordinator"],
        foreign_coordinators=frozenset(table["foreign_coordinators"]),
        products=tuple(table["products"]),
        prices=tuple(table["prices"]),
        resources=tuple(Resource(**row) for row in table["resources"]),
    )


def chance(name: str, moment: datetime) -> float:
    """A number from 0 to 1 that is always the same for a name and a moment."""
    return zlib.crc32(f"{name} {moment:%Y%m%d%H%M}".encode()) / 0xFFFFFFFF


@lru_cache(maxsize=64)
def trading_hours(trade_date: date) -> tuple[Hour, ...]:
    """The hours of a Pacific trade date: 24, in spring 23 (there is no hour ending 3), in autumn 25.

    In autumn the repeated hour is hour ending 25, though it is the third of the day.
    """
    midnight = datetime.combine(trade_date, time(), PACIFIC).astimezone(UTC)
    until = datetime.combine(trade_date + timedelta(days=1), time(), PACIFIC).astimezone(UTC)
    hours = []
    start = midnight
    while start < until:
        local = start.astimezone(PACIFIC)
        hours.append(Hour(25 if local.fold else local.hour + 1, start, start + timedelta(hours=1)))
        start += timedelta(hours=1)
    return tuple(hours)
