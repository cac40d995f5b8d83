from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from caiso_desktop.model.answer import Outcome
from caiso_desktop.model.error import Fate
from caiso_desktop.model.journal import Ending, Entry, Record
from caiso_desktop.model.service import Kind, Target, Variant
from caiso_desktop.model.source import Payload
from caiso_desktop.watch.quiet_journal import QuietJournal

NOW = datetime(2026, 11, 26, tzinfo=UTC)
TARGET = Target("ads", "APIWebService", "v7", Variant.RPC)
ASK = Record(NOW, "map-stage", "https://ads.example/x", TARGET, "getDispatchBatchesSinceUID", Kind.RETRIEVE, "1")
EMPTY = Ending(NOW, Fate.ANSWERED, outcome=Outcome.SUCCESS, status=200, answer_hash="00")
NEWS = replace(EMPTY, answer_hash="11")
LOST = Ending(NOW, Fate.UNKNOWN, failure="cut off")


class Written:
    """What was written down, and in which order."""

    def __init__(self) -> None:
        self.begun: list[Record] = []
        self.ended: list[tuple[int, Ending]] = []

    def begin(self, record: Record, payload: Payload) -> int:
        self.begun.append(record)
        return len(self.begun)

    def end(self, call: int, ending: Ending) -> None:
        self.ended.append((call, ending))

    def last_submit(self, target: Target, environment: str) -> Entry | None:
        return None

    def payload(self, call: int) -> bytes:
        return b""


@pytest.fixture
def written() -> Written:
    return Written()


def ask(journal: QuietJournal, endings: Sequence[Ending], record: Record = ASK) -> None:
    for number, ending in enumerate(endings):
        journal.end(journal.begin(replace(record, exchange=str(number)), b"<a/>"), ending)


def test_what_says_the_same_is_written_once(written: Written) -> None:
    ask(QuietJournal(written), [NEWS, EMPTY, EMPTY, EMPTY, NEWS, EMPTY, LOST, LOST, EMPTY])
    assert [record.exchange for record in written.begun] == ["0", "1", "4", "5", "6", "8"]
    assert [ending for _, ending in written.ended] == [NEWS, EMPTY, NEWS, EMPTY, LOST, EMPTY]
    assert [number for number, _ in written.ended] == [1, 2, 3, 4, 5, 6]


def test_the_first_is_written_before_it_leaves(written: Written) -> None:
    journal = QuietJournal(written)
    assert journal.begin(ASK, b"<a/>") == 1
    assert written.begun == [ASK]


def test_another_certificate_environment_or_operation_is_another_question(written: Written) -> None:
    journal = QuietJournal(written)
    for other in (
        ASK,
        replace(ASK, thumbprint="AB"),
        replace(ASK, environment="production"),
        replace(ASK, operation="getBatchStatus"),
    ):
        ask(journal, [EMPTY, EMPTY], other)
    assert len(written.begun) == 4


def test_what_changes_something_is_always_written_before_it_leaves(written: Written) -> None:
    ask(QuietJournal(written), [EMPTY, EMPTY, EMPTY], replace(ASK, kind=Kind.STATE_CHANGING))
    assert len(written.begun) == 3
