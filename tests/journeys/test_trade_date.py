"""A payload for another day: macros, and what was seen is what is sent."""

from caiso_desktop.model.journal import Filter
from tests.journeys.conftest import Desk
from tests.journeys.test_safety import BIDS, armed, guarded, places, real_market, submit

__all__ = ["guarded", "places", "real_market"]


def test_what_the_sheet_showed_of_a_macro_is_what_leaves(guarded: Desk) -> None:
    # The name is another one each time it is made, so a second expansion would show.
    panel = submit(guarded, BIDS.replace("UNIT_1_GEN", "UNIT_{{uuid}}").replace("2026-03-10<", "{{trade_date+1}}<"))
    armed(guarded, panel)
    shown = panel.guard.sheet.text
    name = shown.partition("UNIT_")[2][:36]
    day = shown.partition("{{trade_date+1}} is")[2].split()[0]
    assert f"{{{{uuid}}}} = {name}" in panel.bar.macros
    panel.wording.look()  # a minute passes
    assert f"Let through with {{{{uuid}}}} = {name}" in panel.bar.macros
    guarded.send(panel)
    assert "Success" in panel.answer.summary.text
    journal = guarded.house.memory.journal
    [entry] = journal.all(Filter())
    sent = journal.payload(entry.id).decode()
    assert f"<resource>UNIT_{name}</resource>" in sent
    assert f"<tradeDate>{day}</tradeDate>" in sent
    assert "UNIT_{{uuid}}" in panel.desk.draft.text
    assert "Let through" not in panel.bar.macros
