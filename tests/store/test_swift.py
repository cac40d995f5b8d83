"""The journal that writes its database behind a call's back: nothing is lost, nothing is told twice, nobody waits."""

import hashlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from caiso_desktop.model.error import DataBusy, DataTooNew, Fate, StorageError, UsageError
from caiso_desktop.model.journal import Ending, Filter, Record, Standing
from caiso_desktop.store.ahead import AheadLog
from caiso_desktop.store.chain import HeadNote
from caiso_desktop.store.database import Database
from caiso_desktop.store.evidence import write_circumstances
from caiso_desktop.store.format import STEPS
from caiso_desktop.store.journal import prepare
from caiso_desktop.store.record import write_ending, write_record
from caiso_desktop.store.run import Runs
from caiso_desktop.store.swift import SwiftJournal
from tests.store.test_evidence import EVIDENCE

MakeRecord = Callable[..., Record]
MakeEnding = Callable[..., Ending]
PAYLOAD = b"<Request>granite</Request>"


class Started:
    """A start of the program."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder = folder / "run"
        self.runs = Runs(self.folder)
        self.journal = SwiftJournal(database, self.runs, HeadNote(folder / "caiso-desktop.head"))

    @property
    def log(self) -> Path:
        return self.folder / f"{self.runs.id}.calls"

    def die(self) -> bytes:
        """Leave what a crash leaves; the log's bytes."""
        left = self.log.read_bytes()
        self.journal.close()
        self.log.write_bytes(left)
        self.runs.close()
        return left


@pytest.fixture
def start(tmp_path: Path, open_database: Callable[[], Database]) -> Iterator[Callable[[], Started]]:
    made: list[Started] = []

    def make() -> Started:
        made.append(Started(tmp_path, open_database()))
        return made[-1]

    yield make
    for each in made:
        each.journal.close()
        each.runs.close()


def standings(journal: SwiftJournal) -> dict[str, Standing]:
    return {entry.record.exchange: entry.standing for entry in journal.all(Filter())}


def test_whoever_asks_gets_what_was_just_written(
    start: Callable[[], Started], make_record: MakeRecord, make_ending: MakeEnding
) -> None:
    journal = start().journal
    first, second = journal.begin(make_record(1), PAYLOAD), journal.begin(make_record(2), b"<Other/>")
    assert standings(journal) == {"exchange-1": Standing.UNDER_WAY, "exchange-2": Standing.UNDER_WAY}
    journal.end(second, make_ending(text="feldspar"))
    journal.end(first, make_ending())
    assert set(standings(journal).values()) == {Standing.SUCCESS}
    (found,) = journal.search(Filter(text="granite"))
    assert journal.payload(found.id) == PAYLOAD
    assert journal.entry(found.id).record == make_record(1)
    assert [entry.record.exchange for entry in journal.search(Filter(text="feldspar"))] == ["exchange-2"]
    assert journal.verify().findings == ()
    with pytest.raises(UsageError, match="not under way"):
        journal.end(first, make_ending())


def test_the_database_is_written_behind(
    start: Callable[[], Started], make_record: MakeRecord, make_ending: MakeEnding, database_path: Path
) -> None:
    started = start()
    started.journal.end(started.journal.begin(make_record(), PAYLOAD), make_ending())
    started.journal.close()
    assert not started.log.exists()
    with closing(sqlite3.connect(database_path)) as connection:
        assert connection.execute("SELECT standing FROM call").fetchall() == [("success",)]


def test_it_is_written_without_being_asked(
    start: Callable[[], Started], make_record: MakeRecord, database_path: Path
) -> None:
    journal = start().journal
    journal.begin(make_record(), PAYLOAD)
    with closing(sqlite3.connect(database_path, timeout=30)) as connection:
        while not connection.execute("SELECT count(*) FROM call").fetchone()[0]:
            pass  # pytest's own limit ends this when nobody writes


def test_it_is_written_though_calls_go_on_when_much_waits(
    start: Callable[[], Started],
    make_record: MakeRecord,
    make_ending: MakeEnding,
    database_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("caiso_desktop.store.swift.MOST_WAITING", 4)
    monkeypatch.setattr("caiso_desktop.store.swift.LULL", 3600.0)
    journal = start().journal
    for number in range(2):
        journal.end(journal.begin(make_record(number), PAYLOAD), make_ending())
    with closing(sqlite3.connect(database_path, timeout=30)) as connection:
        while not connection.execute("SELECT count(*) FROM call").fetchone()[0]:
            pass  # pytest's own limit ends this when nobody writes


def test_the_text_that_is_searched_is_read_from_its_file(
    start: Callable[[], Started], make_record: MakeRecord, make_ending: MakeEnding, tmp_path: Path
) -> None:
    journal = start().journal
    report, gone = tmp_path / "report.xml", tmp_path / "gone.xml"
    report.write_text("<Report>feldspar</Report>")
    journal.end(journal.begin(make_record(1), PAYLOAD), make_ending(text=report))
    journal.end(journal.begin(make_record(2), PAYLOAD), make_ending(text=gone))
    assert [entry.record.exchange for entry in journal.search(Filter(text="feldspar"))] == ["exchange-1"]
    assert len(journal.search(Filter(text="granite"))) == 2


def test_the_next_start_brings_in_what_a_crash_has_left(
    start: Callable[[], Started], make_record: MakeRecord, make_ending: MakeEnding, tmp_path: Path
) -> None:
    answer = tmp_path / "answers" / "response"
    answer.parent.mkdir()
    answer.with_name("report.xml").write_text("<Report>feldspar</Report>")
    note = HeadNote(tmp_path / "elsewhere" / "head")
    database = Database(tmp_path / "elsewhere" / "db.sqlite", STEPS, prepare=partial(prepare, note=note))
    dead = Started(tmp_path / "elsewhere", database)
    ended = dead.journal.begin(make_record(1), PAYLOAD)
    large = b"".join(b"<Lost>%d</Lost>" % number for number in range(1000))
    dead.journal.begin(make_record(2), large)
    dead.journal.end(ended, make_ending(answer=answer, text="<Report>feldspar</Report>"))
    # As a power cut leaves it: the log of a run that nobody knows, and nothing of it in the database.
    log = tmp_path / "run" / "ffff.calls"
    log.parent.mkdir(exist_ok=True)
    log.write_bytes(dead.log.read_bytes())
    dead.journal.close()
    dead.runs.close()
    database.close()
    journal = start().journal
    assert [entry.record.exchange for entry in journal.unknown()] == ["exchange-2"]
    assert standings(journal) == {"exchange-1": Standing.SUCCESS, "exchange-2": Standing.UNKNOWN}
    (found,) = journal.search(Filter(text="feldspar"))
    assert (found.record.exchange, journal.payload(found.id)) == ("exchange-1", PAYLOAD)
    (lost,) = journal.search(Filter(text="lost 999"))
    assert (lost.record.exchange, journal.payload(lost.id)) == ("exchange-2", large)
    assert not log.exists()
    assert journal.verify().findings == ()


def test_how_a_call_travelled_survives_a_crash(
    start: Callable[[], Started], make_record: MakeRecord, make_ending: MakeEnding
) -> None:
    run = start()
    ending = make_ending(evidence=EVIDENCE)
    run.journal.end(run.journal.begin(make_record(1), PAYLOAD), ending)
    assert b"Gr\xc3\xb6\xc3\x9fe" in run.die()
    journal = start().journal
    assert journal.find("exchange-1") == journal.entry(1)
    assert journal.entry(1).ending == ending
    assert journal.verify().findings == ()


def test_what_is_in_the_database_already_is_not_brought_in_again(
    start: Callable[[], Started], make_record: MakeRecord, make_ending: MakeEnding
) -> None:
    dead = start()
    dead.journal.end(dead.journal.begin(make_record(1), PAYLOAD), make_ending(fate=Fate.UNKNOWN))
    name = dead.log
    dead.die()
    journal = start().journal
    assert name.exists()
    before = journal.verify().links
    assert len(journal.unknown()) == 1
    assert not name.exists()
    assert (journal.verify().links, len(standings(journal))) == (before, 1)


def test_the_log_of_a_newer_version_is_refused_in_words_and_left_to_it(
    start: Callable[[], Started], make_record: MakeRecord, make_ending: MakeEnding, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = start()
    log = one.log
    with monkeypatch.context() as newer:
        newer.setattr("caiso_desktop.store.swift._FORMAT", 3)
        newer.setattr(SwiftJournal, "flush", lambda journal: None)  # the log alone has the call
        one.journal.end(one.journal.begin(make_record(1), PAYLOAD), make_ending())
        left = one.die()
    two = start()
    for ask in (two.journal.unknown, lambda: two.journal.begin(make_record(2), PAYLOAD)):
        with pytest.raises(DataTooNew, match="left by a newer version"):
            ask()
    assert log.read_bytes() == left
    log.rename(log.with_suffix(".elsewhere"))
    two.journal.end(two.journal.begin(make_record(2), PAYLOAD), make_ending())
    assert set(standings(two.journal)) == {"exchange-2"}
    log.with_suffix(".elsewhere").rename(log)
    monkeypatch.setattr("caiso_desktop.store.swift._FORMAT", 3)
    assert set(standings(start().journal)) == {"exchange-1", "exchange-2"}
    assert not log.exists()


def test_the_log_that_an_earlier_version_left_is_brought_in(
    start: Callable[[], Started], make_record: MakeRecord, make_ending: MakeEnding, tmp_path: Path
) -> None:
    record, ending = make_record(1), make_ending(evidence=EVIDENCE)
    facts = {"hash": hashlib.sha256(PAYLOAD).hexdigest(), "size": len(PAYLOAD)}
    begun = {"exchange": "exchange-1", "record": write_record(record)} | facts
    ended = {"exchange": "exchange-1", "ending": write_ending(ending)}
    left, lock = tmp_path / "run" / "ffff.calls", threading.Lock()
    log = AheadLog(left, lock, 1)
    with lock:
        log.append(json.dumps(begun).encode() + b"\n" + zlib.compress(PAYLOAD), flush=True)
        log.append(json.dumps(ended).encode() + b"\n" + write_circumstances(EVIDENCE.circumstances).body, flush=True)
    journal = start().journal
    (found,) = journal.all(Filter())
    assert (found.record, found.ending) == (record, ending)
    assert (found.payload_hash, journal.payload(found.id)) == (facts["hash"], PAYLOAD)
    assert journal.verify().findings == ()


def test_a_run_that_is_alive_keeps_its_log(start: Callable[[], Started], make_record: MakeRecord) -> None:
    alive = start()
    alive.journal.begin(make_record(1), PAYLOAD)
    assert start().journal.unknown() == []
    assert alive.log.exists()


def test_a_call_is_refused_while_the_database_cannot_be_written(
    make_record: MakeRecord, database_path: Path, tmp_path: Path
) -> None:
    note = HeadNote(database_path.with_suffix(".head"))
    database = Database(database_path, STEPS, prepare=partial(prepare, note=note), wait=0.2)
    started = Started(tmp_path, database)
    journal = started.journal
    journal.begin(make_record(1), PAYLOAD)
    journal.flush()
    with closing(sqlite3.connect(database_path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        number = journal.begin(make_record(2), PAYLOAD)
        with pytest.raises(DataBusy):
            journal.flush()
        with pytest.raises(StorageError, match="so it was not sent"):
            journal.begin(make_record(3), PAYLOAD)
        other.execute("ROLLBACK")
    journal.end(number, Ending(make_record().started, Fate.NOT_SENT))
    journal.begin(make_record(4), PAYLOAD)
    assert set(standings(journal)) == {"exchange-1", "exchange-2", "exchange-4"}
    journal.close()
    started.runs.close()
    database.close()


def test_many_threads_at_once(start: Callable[[], Started], make_record: MakeRecord, make_ending: MakeEnding) -> None:
    journal = start().journal

    def carry(number: int) -> None:
        call = journal.begin(make_record(number), f"<R>{number}</R>".encode())
        if number % 7 == 0:
            journal.search(Filter())
        journal.end(call, make_ending())

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(carry, range(300)))
    found = list(journal.all(Filter()))
    assert {entry.record.exchange for entry in found} == {f"exchange-{number}" for number in range(300)}
    assert all(journal.payload(e.id) == f"<R>{e.record.exchange[9:]}</R>".encode() for e in found[::50])
    assert journal.verify().findings == ()


@pytest.mark.skipif(sys.platform != "linux", reason="flushes by another call there")
def test_nobody_goes_on_before_the_own_record_is_on_the_disk(
    start: Callable[[], Started], make_record: MakeRecord, make_ending: MakeEnding, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = start().journal
    flush, on_disk = os.fdatasync, bytearray()

    def noted(file: int) -> None:
        """A flush answers for what stood there when it began, and for nothing that came meanwhile."""
        found = os.pread(file, 1 << 20, 0)
        flush(file)
        on_disk.extend(found[: found.find(bytes(64))])

    def carry(number: int) -> None:
        call = journal.begin(make_record(number), PAYLOAD)
        assert f'"exchange-{number}"'.encode() in on_disk
        journal.end(call, make_ending())

    monkeypatch.setattr(os, "fdatasync", noted)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(carry, range(200)))


KILLED = """
import os, sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from caiso_desktop.model.error import Fate
from caiso_desktop.model.journal import Ending, Record
from caiso_desktop.model.service import Kind, Target, Variant
from caiso_desktop.store.chain import HeadNote
from caiso_desktop.store.database import Database
from caiso_desktop.store.format import STEPS
from caiso_desktop.store.journal import prepare
from caiso_desktop.store.run import Runs
from caiso_desktop.store.swift import SwiftJournal

folder = Path(sys.argv[1])
note = HeadNote(folder / "caiso-desktop.head")
database = Database(folder / "caiso-desktop.sqlite", STEPS, prepare=partial(prepare, note=note))
journal = SwiftJournal(database, Runs(folder / "run"), note)
target = Target("sibr", "RetrieveCleanBidSet", "v4", Variant.AP)
for number in range(10_000):
    now = datetime.now(UTC)
    call = journal.begin(
        Record(now, "map-stage", "https://example.com/", target, "o", Kind.RETRIEVE, f"e{number}"), b"<x/>"
    )
    print("begun", f"e{number}", flush=True)
    journal.end(call, Ending(now, Fate.ANSWERED))
    print("ended", f"e{number}", flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="nothing is killed in this way there")
@pytest.mark.parametrize("after", [3, 40, 160])
def test_killed_between_two_calls_or_within_one(after: int, tmp_path: Path, start: Callable[[], Started]) -> None:
    said: list[tuple[str, str]] = []
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True, bufsize=1
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if not line.endswith("\n"):
                break  # killed in the middle of a word
            what, exchange = line.split()
            said.append((what, exchange))
            if len(said) == after:
                process.send_signal(signal.SIGKILL)
    journal = start().journal
    unknown = {entry.record.exchange for entry in journal.unknown()}
    standing = standings(journal)
    assert {exchange for what, exchange in said if what == "begun"} <= set(standing)
    assert all(standing[exchange] is Standing.UNREADABLE for what, exchange in said if what == "ended")
    assert unknown == {exchange for exchange, how in standing.items() if how is Standing.UNKNOWN}
    assert Standing.UNDER_WAY not in standing.values()
    assert journal.verify().findings == ()


def test_a_log_that_somebody_else_holds_keeps_no_call_from_being_made(
    start: Callable[[], Started], make_record: MakeRecord, make_ending: MakeEnding, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = start()
    one.journal.end(one.journal.begin(make_record(1), PAYLOAD), make_ending())
    log, unlink, read = one.log, Path.unlink, Path.read_bytes
    one.die()

    def refuse(path: Path, *, missing_ok: bool = False) -> None:
        if path == log:
            raise PermissionError(13, "in use")
        unlink(path, missing_ok=missing_ok)

    def refuse_to_read(path: Path) -> bytes:
        if path == log:
            raise PermissionError(13, "in use")
        return read(path)

    other = start()
    with monkeypatch.context() as held:
        held.setattr(Path, "read_bytes", refuse_to_read)
        with pytest.raises(StorageError, match="could not be read"):
            other.journal.begin(make_record(2), PAYLOAD)
    with monkeypatch.context() as held:
        held.setattr(Path, "unlink", refuse)
        other.journal.end(other.journal.begin(make_record(2), PAYLOAD), make_ending())
        assert set(standings(other.journal)) == {"exchange-1", "exchange-2"}
        assert log.exists()
    another = start()
    assert sorted(entry.record.exchange for entry in another.journal.all(Filter())) == ["exchange-1", "exchange-2"]
    assert not log.exists()
