"""Every format that was ever written can still be read: a file of each is kept, and never made again."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import Side
from caiso_desktop.model.evidence import Trouble
from caiso_desktop.model.journal import Filter, Standing
from caiso_desktop.model.undo import Edit
from caiso_desktop.store.draft import DraftTable
from caiso_desktop.store.format import STEPS
from caiso_desktop.store.journal import CallJournal

KEPT = Path(__file__).with_name("format")


def test_a_file_of_every_format_is_kept() -> None:
    assert [path.name for path in sorted(KEPT.iterdir())] == [f"{n}.sqlite.gz" for n in range(1, len(STEPS) + 1)]


@pytest.fixture(params=range(1, len(STEPS) + 1))
def old(request: pytest.FixtureRequest, database_path: Path, open_journal: Callable[[], CallJournal]) -> CallJournal:
    """A journal over a file of an old format."""
    database_path.write_bytes(gzip.decompress((KEPT / f"{request.param}.sqlite.gz").read_bytes()))
    return open_journal()


def test_its_calls_are_there(old: CallJournal) -> None:
    assert [entry.id for entry in old.unknown()] == [4], "a crash left it"
    found = {entry.id: entry for entry in old.all(Filter())}
    assert [found[number].standing for number in (1, 2, 4)] == [Standing.SUCCESS, Standing.UNKNOWN, Standing.UNKNOWN]
    assert found[2].settled == "it is there"
    assert found[1].record.scheduling_coordinators == ("SC01",)
    assert old.payload(1) == b"<RawBidSet>granite</RawBidSet>"
    assert [entry.id for entry in old.search(Filter(text="basalt", environment="map-stage"))] == [1]
    verdict = old.verify()
    assert (verdict.findings, verdict.stubs) == ((), 1)


def test_its_drafts_are_there(old: CallJournal) -> None:
    drafts = DraftTable(old._database, old._runs)
    (tab,) = drafts.restore().open
    assert tab.draft == Draft("<a>\r\né</a>", "utf-8", b"\xef\xbb\xbf", 3)
    assert (tab.caret, tab.macros, tab.undo.done) == (2, (("DAY", "2026-03-10"),), (Edit(0, "", "<a>"),))
    assert [each.draft.id for each in drafts.bin()] == ["old"]


def test_what_format_3_says_of_how_a_call_travelled_is_there(old: CallJournal, request: pytest.FixtureRequest) -> None:
    first = old.find("20260310T190000Z-000000000001")
    assert first is not None
    assert first.id == 1, "also in a file of a former format"
    assert first.ending is not None
    assert first.ending.evidence is None
    if request.node.callspec.params["old"] >= 3:
        sixth = old.find("exchange-6")
        assert sixth is not None
        assert sixth.ending is not None
        assert sixth.ending.evidence is not None
        assert sixth.ending.evidence.response == (("Server", "Apache"), ("Set-Cookie", "(not kept)"))
        assert sixth.ending.evidence.trouble == Trouble("Cut off", "It ended.", "Look there.", Side.CAISO)
        known = sixth.ending.evidence.circumstances
        assert (known.key_place, known.way, known.catalogue) == ("on a card", "direct", "Catalogue 10.1")
        assert known.certificate is not None
        assert known.certificate.serial == 0xABCDEF
        assert known.tls is not None
        assert known.tls.links[0].subject == "CN=ws.caiso.com"


def test_what_format_2_says_of_a_payload_s_schema_is_there(old: CallJournal, request: pytest.FixtureRequest) -> None:
    first = old.entry(1).record
    assert (first.conformity, first.problems, first.confirmed) == ("", 0, False)
    if request.node.callspec.params["old"] >= 2:
        fifth = old.entry(5).record
        assert (fifth.conformity, fifth.problems, fifth.confirmed) == ("invalid", 3, True)
