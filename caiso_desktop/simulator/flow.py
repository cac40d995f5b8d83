"""What becomes of what is handed in, read from ``simulator/flows.toml``."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

REJECTED = "REJECTED"


@dataclass(frozen=True, slots=True)
class Stage:
    """From so long after it was handed in it is this."""

    after: timedelta
    status: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A retrieve that gives it back, from its first stage on; one that ``sums_up`` tells a line of it.

    ``only`` is the local name of what it shows, empty for all that was handed in.
    """

    service: str
    stages: tuple[Stage, ...]
    sums_up: bool = False
    only: str = ""

    def status(self, age: timedelta) -> str | None:
        """What it is at this age; None before it is shown."""
        return next((stage.status for stage in reversed(self.stages) if age >= stage.after), None)

    @property
    def rejection(self) -> str | None:
        """What it is when it cannot be taken; None where only what was taken is shown."""
        return REJECTED if not self.stages[0].after else None


@dataclass(frozen=True, slots=True)
class Flow:
    """Services of one application: what hands in, gives back and takes back."""

    application: str
    submits: frozenset[str]
    shown: tuple[Shown, ...]
    withdrawn_by: frozenset[str] = frozenset()


def read_flows(resources: Path) -> tuple[Flow, ...]:
    """Every flow, in the order of the file."""
    table = tomllib.loads((resources / "simulator" / "flows.toml").read_text(encoding="utf-8"))
    return tuple(_flow(row) for row in table["flow"])


def _flow(row: Mapping[str, Any]) -> Flow:
    shown = tuple(
        Shown(
            each["service"],
            tuple(Stage(timedelta(seconds=stage["after"]), stage["status"]) for stage in each["stages"]),
            each.get("sums_up", False),
            each.get("only", ""),
        )
        for each in row["shown"]
    )
    return Flow(
        row["application"],
        frozenset(row["submits"]),
        shown,
        frozenset(row.get("withdrawn_by", ())),
    )
