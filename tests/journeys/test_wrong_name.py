"""What smells of a wrong name: who goes by the rule is told to import CAISO's package, who has it is not."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel

from caiso_desktop.model.answer import Outcome
from caiso_desktop.model.service import Variant
from caiso_desktop.simulator import fault
from caiso_desktop.ui.draft_panel import DraftPanel
from tests.journeys.conftest import Desk
from tests.package_maker import retrieve, zipped

ADVICE = "import CAISO's schema package"


def refused(desk: Desk, panel: DraftPanel) -> str:
    """What the window says of a call that was refused."""
    desk.send(panel)
    exchange = panel.desk.exchange
    assert exchange is not None
    assert exchange.answer is not None
    assert exchange.answer.outcome is Outcome.ERROR
    return panel.answer.summary.text


@pytest.mark.parametrize("status", [404, 410])
def test_a_wrong_address_leads_to_the_package_while_names_are_by_rule(desk: Desk, status: int) -> None:
    panel = desk.draft("RetrieveCleanBidSet", "v4", Variant.AP)
    desk.until(lambda: "by rule" in panel.head.story)
    label = panel.head.findChild(QLabel, "basisLabel")
    assert label is not None
    shown = label.text()
    assert shown.startswith("names by rule"), "however narrow the window, it never reads as from CAISO's WSDL"
    desk.simulator.arrange(fault.Status(status))
    said = refused(desk, panel)
    assert "Wrong address" in said
    assert ADVICE in said


def test_a_trouble_of_caiso_s_own_does_not(desk: Desk) -> None:
    panel = desk.draft("SubmitRawBidSet", "v4", Variant.AP)
    desk.simulator.arrange(fault.Status(503))
    assert ADVICE not in refused(desk, panel)


def test_names_of_a_wsdl_are_not_blamed_on_the_rule(own_desk: Desk, tmp_path: Path) -> None:
    desk, window = own_desk, own_desk.window
    desk.files.package = zipped(
        tmp_path / "SIBR Fall 2026.zip", retrieve("CleanBidSet", "v4", action="urn:nobody-knows")
    )
    window.packages.choose(folder=False)
    page = window.drafts.page("schemasPage")
    assert page is not None
    desk.until(lambda: not window.packages.work.doing and "1 operation matched" in page.text)  # type: ignore[attr-defined]
    panel = desk.draft("RetrieveCleanBidSet", "v4", Variant.AP)
    desk.until(lambda: "from CAISO's WSDL" in panel.head.story and "by rule" not in panel.head.story)
    said = refused(desk, panel)
    assert "does not know this operation" in said
    assert ADVICE not in said
