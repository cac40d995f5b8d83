"""Large attachments in both directions add little memory to the process that sends and receives them."""

import sys
from pathlib import Path

import pytest

from caiso_desktop.simulator import fault
from tests.attachment.conftest import ASK, MEGABYTE, Actor, bids

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from Linux's /proc")
WANTED = 40 * MEGABYTE


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("large") / "bids.xml"
    path.write_bytes(bids(15 * MEGABYTE))
    return path


@pytest.mark.parametrize("variant", ["ap", "docattach"])
def test_a_submit_of_15_mb(actor: Actor, large: Path, variant: str) -> None:
    told = actor.carry("SubmitRawBidSet", variant, large)
    assert told["added"] < WANTED, told
    received = actor.simulator.requests[-1]
    assert received.verdict == "accepted"
    assert Path(told["request"]).read_bytes() == received.body
    assert told["folder"] == ["report.xml", "request", "response"]


@pytest.mark.parametrize("variant", ["ap", "docattach"])
def test_a_report_of_200_mb(actor: Actor, tmp_path: Path, variant: str) -> None:
    ask = tmp_path / "ask.xml"
    ask.write_text(ASK)
    actor.simulator.arrange(fault.HugeReport(200 * MEGABYTE))
    told = actor.carry("RetrieveCleanBidSet", variant, ask)
    assert told["report_size"] >= 200 * MEGABYTE
    assert told["added"] < WANTED, told
