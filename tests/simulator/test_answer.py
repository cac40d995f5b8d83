"""Reports that were packed lately are given again, to the same question only."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.simulator.answer import Answers
from caiso_desktop.simulator.inquiry import Inquiry
from caiso_desktop.simulator.market import read_market
from caiso_desktop.simulator.plan import make_plans, read_exceptions
from tests.simulator.client import CLEAN_BIDS


def test_a_report_is_kept_for_a_minute_and_one_question(resources: Path, catalogue: Catalogue) -> None:
    now = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
    answers = Answers(read_market(resources), lambda: now)
    plan = make_plans(catalogue, read_exceptions(resources))[CLEAN_BIDS]
    summer, spring = Inquiry((date(2017, 6, 1),)), Inquiry((date(2026, 3, 8),))
    first = answers.packed(plan, summer)
    assert answers.packed(plan, spring).hash != first.hash
    now += timedelta(seconds=59)
    assert answers.packed(plan, summer) is first
    now += timedelta(seconds=1)
    assert answers.packed(plan, summer).hash != first.hash
