"""A question that is asked all day: on the disk each time before it leaves, and one record for what says the same."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from caiso_desktop.model.answer import Outcome
from caiso_desktop.model.error import Fate, StorageError, UsageError
from caiso_desktop.model.journal import Ending, Entry, Filter, Record, Repeats, Standing
from caiso_desktop.model.service import Kind, Target, Variant
from caiso_desktop.store.ahead import frames
from caiso_desktop.store.chain import HeadNote
from caiso_desktop.store.database import Database
from caiso_desktop.store.quiet import MOST_COUNTED, QuietJournal
from caiso_desktop.store.run import Runs
from caiso_desktop.store.swift import SwiftJournal

NOW = datetime(2026, 11, 26, tzinfo=UTC)
TARGET = Target("ads", "APIWebService", "v7", Variant.RPC)
ASK = Record(NOW, "map-stage", "https://ads.example/x", TARGET, "getDispatchBatchesSinceUID", Kind.RETRIEVE, "")
EMPTY = Ending(NOW, Fate.ANSWERED, outcome=Outcome.SUCCESS, status=200, answer_hash="00")
NEWS = replace(EMPTY, answer_hash="11")
LOST = Ending(NOW, Fate.UNKNOWN, failure="cut off")


class Started:
    """A start of the program; ``asked`` counts on over all of them."""

    asked = 0

    def __init__(self, folder: Path, database: Database) -> None:
        self.runs = Runs(folder / "run")
        self.journal = SwiftJournal(database, self.runs, HeadNote(folder / "caiso-desktop.head"))
        self.quiet = QuietJournal(self.journal, self.runs)
        self.quiet.recover()

    def begin(self, record: Record = ASK, payload: bytes = b"<a/>") -> tuple[int, datetime]:
        """Ask; the number of the question, and when it is answered."""
        Started.asked += 1
        started = NOW + timedelta(seconds=10 * Started.asked)
        number = self.quiet.begin(replace(record, exchange=str(Started.asked), started=started), payload)
        return number, started + timedelta(seconds=1)

    def ask(self, endings: Sequence[Ending], record: Record = ASK, payload: bytes = b"<a/>") -> None:
        """Ask so often, and be answered so."""
        for ending in endings:
            number, ended = self.begin(record, payload)
            self.quiet.end(number, replace(ending, ended=ended))

    @property
    def log(self) -> Path:
        return self.runs.folder / f"{self.runs.id}.questions"

    def die(self) -> None:
        """Leave what a crash leaves."""
        left = {path: path.read_bytes() for path in self.runs.folder.glob(f"{self.runs.id}.[qc]*")}
        self.journal.close()
        for path, data in left.items():
            path.write_bytes(data)
        self.runs.close()

    def entries(self) -> list[Entry]:
        """Oldest first."""
        assert self.journal.verify().findings == ()
        return list(self.journal.all(Filter()))[::-1]

    def counted(self) -> list[int]:
        """How often each record was asked for, itself included."""
        return [1 + (entry.repeats.times if entry.repeats else 0) for entry in self.entries()]


@pytest.fixture
def start(tmp_path: Path, open_database: Callable[[], Database]) -> Iterator[Callable[[], Started]]:
    Started.asked = 0
    made: list[Started] = []

    def make() -> Started:
        made.append(Started(tmp_path, open_database()))
        return made[-1]

    yield make
    for each in made:
        each.journal.close()
        each.runs.close()


def test_what_says_the_same_is_one_record_that_says_how_often(start: Callable[[], Started]) -> None:
    one = start()
    one.ask([NEWS, EMPTY, EMPTY, EMPTY, NEWS, EMPTY, LOST, LOST, EMPTY])
    one.quiet.close()
    assert [entry.record.exchange for entry in one.entries()] == ["1", "2", "5", "6", "7", "9"]
    assert one.counted() == [1, 3, 1, 1, 2, 1]
    quiet = one.entries()[1]
    assert quiet.repeats == Repeats(2, NOW + timedelta(seconds=31), NOW + timedelta(seconds=41))
    assert quiet.ending == replace(EMPTY, ended=NOW + timedelta(seconds=21))
    assert not one.log.exists()


def test_what_was_counted_is_told_when_it_is_asked_for(start: Callable[[], Started]) -> None:
    one = start()
    one.ask([NEWS, EMPTY, EMPTY, EMPTY])
    assert one.counted() == [1, 1]
    one.quiet.tell()
    assert one.counted() == [1, 3]
    one.ask([EMPTY])
    one.quiet.close()
    assert one.counted() == [1, 4]


def test_each_question_is_on_the_disk_before_it_leaves(start: Callable[[], Started]) -> None:
    one = start()
    one.ask([EMPTY])
    assert len(one.entries()) == 1
    number, ended = one.begin()
    [frame] = frames(one.log, 1)
    assert b'"exchange":"2"' in frame
    one.quiet.end(number, replace(EMPTY, ended=ended))
    one.begin()
    assert b'"exchange":"3"' in list(frames(one.log, 1))[-1]


def test_the_flush_of_a_question_comes_before_begin_returns(
    start: Callable[[], Started], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = start()
    one.ask([EMPTY])
    flushed: list[int] = []
    monkeypatch.setattr("caiso_desktop.store.ahead._flush", flushed.append)
    number, ended = one.begin()
    assert len(flushed) == 2  # the new log itself, and the question in it
    one.quiet.end(number, replace(EMPTY, ended=ended))
    assert len(flushed) == 2
    one.begin()
    assert len(flushed) == 3


def test_a_question_that_cannot_be_written_down_does_not_leave(
    start: Callable[[], Started], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = start()
    one.ask([EMPTY, EMPTY])

    def full(file: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("caiso_desktop.store.ahead._flush", full)
        with pytest.raises(StorageError, match="it was not sent"):
            one.begin()
    one.ask([EMPTY])
    one.quiet.close()
    assert one.counted() == [3]


def test_a_day_of_the_same_is_a_row_and_a_small_log(start: Callable[[], Started]) -> None:
    one = start()
    one.ask([EMPTY] * (MOST_COUNTED + 3))
    [entry] = one.entries()
    assert entry.repeats is not None
    assert entry.repeats.times == MOST_COUNTED  # told before the end
    assert len(list(frames(one.log, 1))) == 4
    one.quiet.close()
    assert one.counted() == [MOST_COUNTED + 3]


def test_a_crash_between_two_questions_loses_none(start: Callable[[], Started]) -> None:
    one = start()
    one.ask([NEWS, EMPTY, EMPTY, EMPTY])
    one.die()
    two = start()
    assert two.counted() == [1, 3]
    assert list(two.runs.folder.glob("*.questions")) == []
    assert start().counted() == [1, 3]


def test_a_question_under_way_at_a_crash_has_its_record_of_unknown_fate(start: Callable[[], Started]) -> None:
    one = start()
    one.ask([EMPTY, EMPTY])
    one.begin()
    one.die()
    two = start()
    [unknown] = two.journal.unknown()
    assert (unknown.record.exchange, unknown.standing) == ("3", Standing.UNKNOWN)
    assert unknown.record.started == NOW + timedelta(seconds=30)
    assert two.journal.payload(unknown.id) == b"<a/>"
    assert two.counted() == [2, 1]


def test_a_crash_right_after_the_journal_was_told_counts_nothing_twice(
    start: Callable[[], Started], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = start()
    monkeypatch.setattr("caiso_desktop.store.ahead.AheadLog.restart", lambda log: None)
    one.ask([EMPTY] * (MOST_COUNTED + 1))
    one.ask([NEWS, NEWS])
    assert one.counted() == [MOST_COUNTED + 1, 1]
    one.die()
    assert start().counted() == [MOST_COUNTED + 1, 2]


def test_the_log_of_a_newer_version_is_left_to_it_and_told(
    start: Callable[[], Started], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = start()
    log = one.log
    with monkeypatch.context() as newer:
        newer.setattr("caiso_desktop.store.quiet._FORMAT", 2)
        one.ask([EMPTY, EMPTY, EMPTY])
    one.die()
    left = log.read_bytes()
    two = start()
    assert two.counted() == [1]
    assert str(log) in two.quiet.notice
    assert "newer version" in two.quiet.notice
    assert log.read_bytes() == left
    monkeypatch.setattr("caiso_desktop.store.quiet._FORMAT", 2)
    three = start()
    assert (three.counted(), three.quiet.notice) == ([3], "")
    assert not log.exists()


def test_another_certificate_environment_or_operation_is_another_question(start: Callable[[], Started]) -> None:
    one = start()
    for other in (
        ASK,
        replace(ASK, thumbprint="AB"),
        replace(ASK, environment="production"),
        replace(ASK, operation="getBatchStatus"),
    ):
        one.ask([EMPTY, EMPTY], other)
    one.quiet.close()
    assert one.counted() == [2, 2, 2, 2]


def test_what_the_journal_cannot_take_now_it_gets_later(
    start: Callable[[], Started], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = start()

    def busy(call: int, repeats: Repeats) -> None:
        raise StorageError("another process holds it.")

    with monkeypatch.context() as patch:
        patch.setattr(one.journal, "repeat", busy)
        one.ask([EMPTY] * (MOST_COUNTED + 2))
        one.quiet.close()
    assert one.counted() == [1]
    one.die()
    assert start().counted() == [MOST_COUNTED + 2]


def test_of_many_questions_the_oldest_are_let_go_and_counted_all_the_same(start: Callable[[], Started]) -> None:
    one = start()
    for number in range(100):
        one.ask([EMPTY, EMPTY], payload=f"<a>{number}</a>".encode())
    assert len(one.quiet._lines) <= 65
    one.ask([EMPTY], payload=b"<a>0</a>")
    one.quiet.close()
    assert one.counted() == [2] * 100 + [1]
    assert not one.log.exists()


def test_two_watches_side_by_side_keep_their_questions(start: Callable[[], Started]) -> None:
    one = start()
    other = replace(ASK, environment="production")
    one.ask([EMPTY])
    one.ask([EMPTY], other)
    open_one, _ = one.begin()
    one.ask([EMPTY, EMPTY, NEWS], other)  # tells the journal while a question of the other is under way
    one.die()
    assert open_one < 0
    two = start()
    assert two.counted() == [1, 3, 1, 1]
    assert [entry.record.environment for entry in two.journal.unknown()] == ["map-stage"]


def test_what_changes_something_is_always_a_record(start: Callable[[], Started]) -> None:
    one = start()
    one.ask([EMPTY, EMPTY, EMPTY], replace(ASK, kind=Kind.STATE_CHANGING))
    assert one.counted() == [1, 1, 1]


def test_a_question_ends_once(start: Callable[[], Started]) -> None:
    one = start()
    number, ended = one.begin()
    one.quiet.end(number, replace(EMPTY, ended=ended))
    with pytest.raises(UsageError):
        one.quiet.end(number, EMPTY)


def test_only_a_retrieve_that_has_ended_can_be_repeated(start: Callable[[], Started]) -> None:
    one = start()
    one.ask([EMPTY], replace(ASK, kind=Kind.SUBMIT))
    one.begin()
    for entry in one.entries():
        with pytest.raises(UsageError):
            one.journal.repeat(entry.id, Repeats(1, NOW, NOW))


def test_a_log_that_somebody_else_holds_is_brought_at_the_next_start(
    start: Callable[[], Started], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = start()
    one.ask([EMPTY, EMPTY, EMPTY])
    log = one.log
    one.die()
    unlink = Path.unlink
    with monkeypatch.context() as held:

        def refuse(path: Path, *, missing_ok: bool = False) -> None:
            if path == log:
                raise PermissionError(13, "in use")
            unlink(path, missing_ok=missing_ok)

        held.setattr(Path, "unlink", refuse)
        other = start()
        assert other.counted() == [3]
        assert log.exists()
    another = start()
    assert another.counted() == [3], "what was brought is not brought twice"
    assert not log.exists()
