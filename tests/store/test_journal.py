import hashlib
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from caiso_desktop.model.answer import Outcome
from caiso_desktop.model.call import Door
from caiso_desktop.model.error import Fate, StorageError, UsageError
from caiso_desktop.model.journal import Ending, Filter, Record, Standing
from caiso_desktop.model.service import Kind, Target, Variant
from caiso_desktop.model.transport import Timings
from caiso_desktop.store import index
from caiso_desktop.store.chain import HeadNote, hash_of
from caiso_desktop.store.database import Database
from caiso_desktop.store.journal import CallJournal

MakeRecord = Callable[..., Record]
MakeEnding = Callable[..., Ending]
SUBMIT = Target("sibr", "SubmitRawBidSet", "v4", Variant.AP)
PAYLOAD = b"<RawBidSet><mRID>UNIT_7_A</mRID><price>25.50</price></RawBidSet>"


def test_a_record_comes_back_whole(journal: CallJournal, make_record: MakeRecord, tmp_path: Path) -> None:
    record = make_record(
        target=SUBMIT,
        kind=Kind.SUBMIT,
        scheduling_coordinators=("SC01",),
        trade_dates=(date(2026, 3, 10), date(2026, 3, 11)),
        door=Door.COMMAND_LINE,
        typed="SC01",
        approved_by="Chris",
        message_id="m-1",
    )
    ending = Ending(
        ended=record.started + timedelta(seconds=2),
        fate=Fate.ANSWERED,
        outcome=Outcome.SUCCESS,
        status=200,
        answer=tmp_path / "response",
        answer_hash="ab" * 32,
        answer_size=12,
        batches=("B1", "B2"),
        timings=Timings(connect=0.1, total=2.0),
    )
    call = journal.begin(record, PAYLOAD)
    assert journal.entry(call).standing is Standing.UNDER_WAY
    journal.end(call, ending)
    entry = journal.entry(call)
    assert (entry.record, entry.ending, entry.payload_size) == (record, ending, len(PAYLOAD))
    assert entry.payload_hash == hashlib.sha256(PAYLOAD).hexdigest()
    assert journal.payload(call) == PAYLOAD


@pytest.mark.parametrize(
    ("changes", "standing"),
    [
        ({}, Standing.SUCCESS),
        ({"outcome": Outcome.NO_DATA}, Standing.NO_DATA),
        ({"outcome": Outcome.ERROR}, Standing.ERROR),
        ({"outcome": None}, Standing.UNREADABLE),
        ({"fate": Fate.NOT_SENT, "outcome": None}, Standing.NOT_SENT),
        ({"fate": Fate.NOT_SENT, "outcome": None, "cancelled": True}, Standing.CANCELLED),
        ({"fate": Fate.UNKNOWN, "outcome": None, "cancelled": True}, Standing.UNKNOWN),
    ],
)
def test_one_word_for_how_a_call_stands(
    journal: CallJournal,
    make_record: MakeRecord,
    make_ending: MakeEnding,
    changes: dict[str, object],
    standing: Standing,
) -> None:
    call = journal.begin(make_record(), PAYLOAD)
    journal.end(call, make_ending(**changes))
    assert journal.entry(call).standing is standing
    assert [entry.id for entry in journal.search(Filter(standing=standing))] == [call]


def test_what_cannot_be_recorded_is_refused_in_words(
    journal: CallJournal, database: Database, make_record: MakeRecord
) -> None:
    journal.begin(make_record(), PAYLOAD)
    with journal._database.writing() as connection:
        connection.execute("PRAGMA max_page_count = 1")
    with pytest.raises(StorageError, match=r"disk is full.*so it was not sent"):
        journal.begin(make_record(), os.urandom(100_000))
    assert len(journal.search(Filter())) == 1


def test_what_began_in_a_process_that_died_is_of_unknown_fate(
    open_journal: Callable[[], CallJournal], make_record: MakeRecord, make_ending: MakeEnding
) -> None:
    dead, alive, looking = open_journal(), open_journal(), open_journal()
    ended = dead.begin(make_record(1), PAYLOAD)
    dead.end(ended, make_ending())
    lost = dead.begin(make_record(2), PAYLOAD)
    under_way = alive.begin(make_record(3), PAYLOAD)
    assert looking.unknown() == []
    assert dead._runs._lock is not None
    dead._runs._lock.release()  # as the operating system does when a process dies
    assert [entry.id for entry in looking.unknown()] == [lost]
    assert [entry.id for entry in looking.unknown()] == [lost]
    assert looking.entry(lost).standing is Standing.UNKNOWN
    assert looking.entry(under_way).standing is Standing.UNDER_WAY
    assert [entry.id for entry in looking.search(Filter(text="UNIT_7_A", standing=Standing.UNKNOWN))] == [lost]
    looking.settle(lost, "the batch is there")
    assert looking.unknown() == []
    assert looking.entry(lost).settled == "the batch is there"
    assert looking.verify().findings == ()


def test_a_call_taken_for_dead_may_yet_end(
    journal: CallJournal, make_record: MakeRecord, make_ending: MakeEnding
) -> None:
    call = journal.begin(make_record(), PAYLOAD)
    journal.end(call, make_ending(fate=Fate.UNKNOWN))
    journal.end(call, make_ending())
    assert journal.entry(call).standing is Standing.SUCCESS
    with pytest.raises(UsageError, match="not under way"):
        journal.end(call, make_ending())
    with pytest.raises(UsageError, match="not of unknown fate"):
        journal.settle(call, "")
    assert journal.verify().findings == ()


@pytest.fixture
def filled(journal: CallJournal, make_record: MakeRecord, make_ending: MakeEnding) -> CallJournal:
    def add(record: Record, payload: bytes, **ending: object) -> None:
        journal.end(journal.begin(record, payload), make_ending(**ending))

    add(make_record(1), b"<Request>alpha</Request>", text="<Answer>granite</Answer>")
    add(
        make_record(2, environment="production", target=SUBMIT, kind=Kind.SUBMIT, trade_dates=(date(2026, 3, 11),)),
        PAYLOAD,
        outcome=Outcome.ERROR,
        text="rejected: UNIT_7_A is unknown",
    )
    add(make_record(3, subject="CN=Max_x5,O=CAISO", thumbprint="CD" * 32), "<R>Ångström</R>".encode(), text="granite 7")
    return journal


@pytest.mark.parametrize(
    ("filter", "found"),
    [
        (Filter(), [3, 2, 1]),
        (Filter(environment="production"), [2]),
        (Filter(application="sibr", service="RetrieveCleanBidSet"), [3, 1]),
        (Filter(kind=Kind.SUBMIT), [2]),
        (Filter(standing=Standing.ERROR), [2]),
        (Filter(certificate="cd" * 32), [3]),
        (Filter(certificate="max_x5"), [3]),
        (Filter(certificate="%"), []),
        (Filter(trade_date=date(2026, 3, 11)), [2]),
        (Filter(text="granite"), [3, 1]),
        (Filter(text="gran"), [3, 1]),
        (Filter(text="alpha granite"), [1]),
        (Filter(text="UNIT_7_A"), [2]),
        (Filter(text="unit_7"), [2]),
        (Filter(text="25.50"), [2]),
        (Filter(text="angstrom"), [3]),
        (Filter(text='NOT "granite" OR ('), []),
        (Filter(text="granite", environment="production"), []),
        (Filter(text="granite", environment="map-stage", certificate="Jane", trade_date=date(2026, 3, 10)), [1]),
        (Filter(environment="map-stage", standing=Standing.SUCCESS, kind=Kind.RETRIEVE), [3, 1]),
        (Filter(text="production"), []),
    ],
)
def test_filters(filled: CallJournal, filter: Filter, found: list[int]) -> None:
    assert [entry.id for entry in filled.search(filter)] == found


def test_filters_by_time(filled: CallJournal, make_record: MakeRecord) -> None:
    second = make_record(2).started
    assert [entry.id for entry in filled.search(Filter(since=second))] == [3, 2]
    assert [entry.id for entry in filled.search(Filter(until=second))] == [1]
    assert [entry.id for entry in filled.search(Filter(since=second, text="granite"))] == [3]
    assert [entry.id for entry in filled.search(Filter(until=second, text="granite"))] == [1]


def test_calls_under_way_are_listed_too(filled: CallJournal, make_record: MakeRecord) -> None:
    call = filled.begin(make_record(4), PAYLOAD)
    assert [entry.id for entry in filled.search(Filter(environment="map-stage"))] == [call, 3, 1]
    assert [entry.id for entry in filled.search(Filter(standing=Standing.UNDER_WAY))] == [call]
    assert [entry.id for entry in filled.search(Filter(environment="map-stage"), before=call)] == [3, 1]


def test_pages(filled: CallJournal) -> None:
    assert [entry.id for entry in filled.search(Filter(), limit=2)] == [3, 2]
    assert [entry.id for entry in filled.search(Filter(), before=2)] == [1]
    assert [entry.id for entry in filled.search(Filter(text="granite"), before=3)] == [1]
    assert [entry.id for entry in filled.all(Filter())] == [3, 2, 1]


def test_words_are_found_without_an_index_too(
    filled: CallJournal, monkeypatch: pytest.MonkeyPatch, make_record: MakeRecord, make_ending: MakeEnding
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(index, "can_index", lambda connection: False)
        assert [entry.id for entry in filled.search(Filter(text="granite"))] == [3, 1]
        assert [entry.id for entry in filled.search(Filter(text="alpha granite"))] == [1]
        assert filled.search(Filter(text="gr_nite")) == []
        filled.end(filled.begin(make_record(4), b"<late/>"), make_ending(text="granite too"))
    filled._database.close()
    assert [entry.id for entry in filled.search(Filter(text="granite"))] == [4, 3, 1], "what was left out is taken in"


@pytest.mark.parametrize("indexed", [True, False])
def test_what_a_report_says_again_and_again_is_kept_once(
    journal: CallJournal,
    make_record: MakeRecord,
    make_ending: MakeEnding,
    monkeypatch: pytest.MonkeyPatch,
    indexed: bool,
) -> None:
    row = "<Row><mRID>UNIT_7_B</mRID><MW>25.50</MW></Row>"
    if not indexed:
        monkeypatch.setattr(index, "can_index", lambda connection: False)
        monkeypatch.setattr("caiso_desktop.store.search.can_index", lambda connection: False)
    journal.end(journal.begin(make_record(1), b"<R/>"), make_ending(text=f"<Report>{row * 2000}</Report>"))
    for text in ("UNIT_7_B", "25.50", "25.50 unit_7", "<mRID>UNIT_7_B</mRID><MW>25.50</MW>", "</Row><Row>", "<Report>"):
        assert [entry.id for entry in journal.search(Filter(text=text))] == [1], text
    assert journal.search(Filter(text="UNIT_7_B 25.51")) == []
    with journal._database.reading() as connection:
        kept = index.unpack(connection.execute("SELECT answer FROM searched").fetchone()[0])
    assert len(kept) < 2 * len(row)


def test_the_last_submit_of_a_service(filled: CallJournal, make_record: MakeRecord, make_ending: MakeEnding) -> None:
    assert filled.last_submit(SUBMIT, "production") is None, "it was answered with an error"
    for number in (5, 6):
        call = filled.begin(make_record(number, environment="production", target=SUBMIT, kind=Kind.SUBMIT), b"<Bids/>")
        filled.end(call, make_ending())
    last = filled.last_submit(SUBMIT, "production")
    assert last is not None
    assert last.id == call
    assert filled.last_submit(SUBMIT, "map-stage") is None


def test_deletion_leaves_the_chain_and_nothing_else(filled: CallJournal, database_path: Path) -> None:
    assert filled.forget([1, 2], "older than 730 days") == 2
    assert [entry.id for entry in filled.search(Filter())] == [3]
    assert [entry.id for entry in filled.search(Filter(text="granite"))] == [3]
    with pytest.raises(UsageError, match="retention has deleted"):
        filled.payload(1)
    with pytest.raises(UsageError, match="retention has deleted"):
        filled.entry(1)
    verdict = filled.verify()
    assert verdict.findings == ()
    assert (verdict.calls, verdict.stubs) == (3, 2)
    assert b"Jane Doe" not in database_path.read_bytes().replace(b"Max_x5", b"")
    assert filled.forget([1, 2], "again") == 0


def test_a_call_under_way_is_not_deleted(journal: CallJournal, make_record: MakeRecord) -> None:
    call = journal.begin(make_record(), PAYLOAD)
    assert journal.forget([call], "delete now") == 0
    assert journal.entry(call)


TAMPERING = [
    ("UPDATE chain SET body = replace(body, 'production', 'map-stage') WHERE link = 3", 3, "(begin) was altered"),
    ("UPDATE chain SET body = NULL, hash = hash WHERE link = 3", 3, "not by retention"),
    ("DELETE FROM chain WHERE link = 4", 5, "link 4 of the chain is missing"),
    ("DELETE FROM chain WHERE link IN (2, 3)", 4, "links 2-3 of the chain are missing"),
    ("DELETE FROM chain WHERE link = 6", 6, "links from 6 on are missing"),
    ("UPDATE chain SET call = 1 WHERE link = 4", 4, "does not follow"),
    ("UPDATE chain SET hash = zeroblob(32) WHERE link = 6", 6, "does not follow"),
    ("UPDATE call SET environment = 'map-stage' WHERE id = 2", 3, "list of calls was altered (environment)"),
    ("UPDATE call SET standing = 'success' WHERE id = 2", 0, "list of calls was altered"),
    ("DELETE FROM call WHERE id = 2", 3, "row in the list of calls is missing"),
    ("UPDATE call SET id = 1000000 WHERE id = 1", 0, "not in the chain"),
    ("UPDATE payload SET data = x'00' WHERE call = 2", 3, "payload was altered"),
    ("DELETE FROM payload WHERE call = 2", 3, "payload is missing"),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "link", "sentence"), TAMPERING, ids=range(len(TAMPERING)))
def test_tampering_shows(filled: CallJournal, database_path: Path, statement: str, link: int, sentence: str) -> None:
    assert filled.verify().findings == ()
    with closing(sqlite3.connect(database_path)) as connection, connection:
        connection.execute(statement)
    found = filled.verify().findings
    assert any(sentence in each.sentence and each.link == link for each in found), found


def test_a_link_that_was_forged_with_its_own_hash_shows_at_the_next(filled: CallJournal, database_path: Path) -> None:
    with closing(sqlite3.connect(database_path)) as connection, connection:
        before, call, what, body = connection.execute(
            "SELECT (SELECT hash FROM chain WHERE link = 2), call, what, body FROM chain WHERE link = 3"
        ).fetchone()
        forged = body.replace(b"Jane", b"John")
        body_hash = hashlib.sha256(forged).digest()
        digest = hash_of(before, 3, call, what, body_hash)
        values = (forged, body_hash, digest)
        connection.execute("UPDATE chain SET body = ?, body_hash = ?, hash = ? WHERE link = 3", values)
    assert any(each.link == 4 and "does not follow" in each.sentence for each in filled.verify().findings)


def test_a_chain_rewritten_from_a_point_on_shows_by_the_note(filled: CallJournal, database_path: Path) -> None:
    head = filled.verify().head
    other = CallJournal(filled._database, filled._runs, HeadNote(database_path.with_suffix(".other")))
    with closing(sqlite3.connect(database_path)) as connection, connection:
        connection.execute("DELETE FROM chain WHERE link >= 5")
        connection.execute("DELETE FROM call WHERE id = 3")
        connection.execute("DELETE FROM payload WHERE call = 3")
    record = filled.entry(1).record
    other.end(
        other.begin(record, b"<forged/>"), Ending(ended=record.started, fate=Fate.ANSWERED, outcome=Outcome.SUCCESS)
    )
    assert any("were replaced" in each.sentence for each in filled.verify().findings)
    assert any("noted head" in each.sentence for each in other.verify(head).findings)


def test_an_earlier_head_is_still_there(filled: CallJournal, make_record: MakeRecord) -> None:
    head = filled.verify().head
    filled.begin(make_record(9), PAYLOAD)
    assert filled.verify(head.upper()).findings == ()


def test_a_journal_that_was_removed_shows(filled: CallJournal, database_path: Path, make_record: MakeRecord) -> None:
    filled._database.close()
    database_path.unlink()
    call = filled.begin(make_record(), PAYLOAD)
    found = filled.verify().findings
    assert len(found) == 1
    assert "began anew" in found[0].sentence
    assert "after link 6" in found[0].sentence
    assert filled.entry(call)
