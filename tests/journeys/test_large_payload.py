"""A submit too big to edit: opened, shown from its file, sent from there, and stopped while it is packed."""

from pathlib import Path

from caiso_desktop.model.answer import Outcome
from caiso_desktop.model.journal import Filter
from caiso_desktop.model.service import Variant
from caiso_desktop.model.source import PayloadFile
from caiso_desktop.model.transport import Phase, Progress
from caiso_desktop.ui.draft_panel import DraftPanel
from caiso_desktop.ui.send_progress import progress_words
from tests.attachment.conftest import bids
from tests.journeys.conftest import Desk


def opened(desk: Desk, file: Path, variant: Variant) -> DraftPanel:
    """A draft shown from its file."""
    panel = desk.draft("SubmitRawBidSet", "v4", variant)
    desk.files.opened = file
    panel.payload.open_file()
    desk.until(lambda: panel.payload.file == file)
    desk.until(lambda: panel.payload.judgement is not None)
    return panel


def test_it_is_sent_from_its_file_and_the_journal_has_it(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "bids.xml"
    file.write_bytes(bids(2_500_000))
    for variant in (Variant.AP, Variant.DOCATTACH):
        panel = opened(desk, file, variant)
        desk.send(panel)
        exchange = panel.desk.exchange
        assert exchange is not None, panel.answer.summary.text
        assert exchange.answer is not None
        assert exchange.answer.outcome is Outcome.SUCCESS
        assert isinstance(exchange.call.payload, PayloadFile)
        assert desk.simulator.requests[-1].body == exchange.request.body.read_bytes()
        [entry] = desk.house.journal.search(Filter(), limit=1)
        assert desk.house.journal.payload(entry.id) == file.read_bytes()


def test_it_is_stopped_while_it_is_packed_and_nothing_is_left(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "bids.xml"
    file.write_bytes(bids(6_000_000))
    panel = opened(desk, file, Variant.AP)
    before = set((desk.house.places.data / "answers").iterdir())
    calls = len(desk.simulator.requests)
    note, words = panel.call._note, []

    def stop(progress: Progress) -> None:
        note(progress)
        words.append(progress_words(progress, 1.0))
        if progress.phase is Phase.PACKING and progress.packed and panel.call._token is not None:
            panel.call._token.cancel()

    panel.call._note = stop  # type: ignore[method-assign]  # listens where the window does
    desk.send(panel)
    assert words[0].startswith("Checking the payload")
    assert any(each.startswith("Packing · ") and " of 6.0 MB" in each for each in words)
    assert panel.desk.exchange is None
    assert len(desk.simulator.requests) == calls
    assert set((desk.house.places.data / "answers").iterdir()) == before
    assert "stopped" in panel.answer.summary.text.lower() or "cancel" in panel.answer.summary.text.lower()
