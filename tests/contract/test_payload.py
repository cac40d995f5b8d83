"""Skeletons are for the trade date that an environment is at."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from caiso_desktop.catalogue.load import load
from caiso_desktop.contract.payload import RulePayloads
from caiso_desktop.model.calendar import TradeDate
from caiso_desktop.model.service import Target, Variant

TARGET = Target("cmri", "RetrieveContractUsage", "v2", Variant.DOCATTACH)


@pytest.mark.parametrize(
    ("kept", "start"),
    [
        (TradeDate(), "2026-03-01T08:00:00Z"),
        (TradeDate(offset=-1), "2026-02-28T08:00:00Z"),
        (TradeDate(fixed=date(2025, 7, 4)), "2025-07-04T07:00:00Z"),
    ],
)
def test_a_skeleton_is_for_the_environments_trade_date(resources: Path, kept: TradeDate, start: str) -> None:
    catalogue = load(resources / "catalogue")
    stage = catalogue.environment("map-stage")
    stage = replace(stage, calendar=replace(stage.calendar, trade_date=kept))
    others = tuple(each for each in catalogue.environments if each.id != stage.id)
    catalogue = replace(catalogue, environments=(stage, *others))
    payloads = RulePayloads(catalogue, lambda: datetime(2026, 3, 2, 2, tzinfo=UTC))
    assert f"<dateTimeStart>{start}<" in payloads.skeleton(TARGET, "map-stage")
    assert "<dateTimeStart>2026-03-01T08:00:00Z<" in payloads.skeleton(TARGET, "production")
