"""What becomes of what is handed in, read from ``simulator/flows.toml``."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

REJECTED = "REJECTED"


class Narrowing(StrEnum):
    """What of a retrieve's payload narrows its report.

    A ``period`` gives what overlaps the range, whole; ``hours`` gives of it the rows of these hours.
    """

    TRADE_DATE = "trade date"
    PERIOD = "period"
    HOURS = "hours"
    COORDINATOR = "coordinator"
    RESOURCE = "resource"
    MRID = "mRID"


@dataclass(frozen=True, slots=True)
class Stage:
    """From so long after it was handed in it is this."""

    after: timedelta
    status: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A retrieve that gives it back, from its first stage on; one that ``sums_up`` tells a line of it.

    ``application`` is empty for that of the flow. ``only`` is the local name of what it shows, empty for all that was
    handed in. ``acted`` says what it is there after an action that made it this; after any other it is not shown.
    """

    service: str
    stages: tuple[Stage, ...]
    narrowed_by: frozenset[Narrowing]
    sums_up: bool = False
    only: str = ""
    application: str = ""
    acted: Mapping[str, str] = field(default_factory=dict)

    def status(self, age: timedelta, acted: str = "") -> str | None:
        """What it is at this age; None where it is not shown."""
        found = next((stage.status for stage in reversed(self.stages) if age >= stage.after), None)
        return self.acted.get(acted) if acted and found is not None else found

    @property
    def rejection(self) -> str | None:
        """What it is when it cannot be taken; None where only what was taken is shown."""
        return REJECTED if not self.stages[0].after else None


@dataclass(frozen=True, slots=True)
class Flow:
    """Services of one application: what hands in, gives back, takes back, and does something else with it.

    ``actions`` maps a service to what each of its words makes of a thing; ``acknowledged_by`` are the services that
    acknowledge the warnings of what was handed in (where there are none it gets no warnings). ``market``: what the
    simulator itself has made up can be acted on, too.
    """

    application: str
    submits: frozenset[str]
    shown: tuple[Shown, ...]
    withdrawn_by: frozenset[str] = frozenset()
    acknowledged_by: frozenset[str] = frozenset()
    actions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    market: bool = False

    def acts(self, application: str, service: str) -> bool:
        """Whether a service does something with what this flow holds."""
        return application == self.application and (
            service in self.withdrawn_by or service in self.acknowledged_by or service in self.actions
        )


def read_flows(resources: Path) -> tuple[Flow, ...]:
    """Every flow, in the order of the file."""
    table = tomllib.loads((resources / "simulator" / "flows.toml").read_text(encoding="utf-8"))
    return tuple(_flow(row) for row in table["flow"])


def _flow(row: Mapping[str, Any]) -> Flow:
    return Flow(
        row["application"],
        frozenset(row["submits"]),
        tuple(_shown(each) for each in row["shown"]),
        frozenset(row.get("withdrawn_by", ())),
        frozenset(row.get("acknowledged_by", ())),
        row.get("actions", {}),
        row.get("market", False),
    )


def _shown(row: Mapping[str, Any]) -> Shown:
    return Shown(
        row["service"],
        tuple(Stage(timedelta(seconds=stage["after"]), stage["status"]) for stage in row["stages"]),
        frozenset(Narrowing(word) for word in row["narrowed_by"]),
        row.get("sums_up", False),
        row.get("only", ""),
        row.get("application", ""),
        row.get("acted", {}),
    )
