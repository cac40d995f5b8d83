"""How long a search of the journal takes, against the same words asked of a bare full-text table.

    python tests/benchmarks/bench_history.py [RECORDS] [ROUNDS]

Fills a journal with that many calls (100,000 when left out; some minutes), then asks each question in turns, and prints
medians and ratios; also what writing a call down costs. Wanted: each search under 50 ms, at 100,000 records.
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

from caiso_desktop.model.answer import Outcome
from caiso_desktop.model.error import Fate
from caiso_desktop.model.journal import Ending, Filter, Record, Standing
from caiso_desktop.model.service import Kind, Target, Variant
from caiso_desktop.store.chain import HeadNote
from caiso_desktop.store.database import Database
from caiso_desktop.store.format import STEPS
from caiso_desktop.store.journal import CallJournal, prepare
from caiso_desktop.store.run import Runs

ENVIRONMENTS = ("simulator", "map-stage", "sandbox", "production")
SERVICES = (("RetrieveCleanBidSet", Kind.RETRIEVE), ("SubmitRawBidSet", Kind.SUBMIT), ("RetrieveTrades", Kind.RETRIEVE))
START = datetime(2026, 1, 1, tzinfo=UTC)
BARE = "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid DESC LIMIT 100"

QUESTIONS = (
    ("no filter", Filter(), ""),
    ("a word in every record", Filter(text="schedulingCoordinator"), '"schedulingCoordinator"*'),
    ("a word in one record", Filter(text="UNIT_777_X777"), '"UNIT_777_X777"*'),
    ("the beginning of many words", Filter(text="UN"), '"UN"*'),
    ("two words", Filter(text="SC042 UNIT_42"), '"SC042" "UNIT_42"*'),
    ("a common word in a rare outcome", Filter(text="schedulingCoordinator", standing=Standing.CANCELLED), ""),
    ("a common word on one trade date", Filter(text="schedulingCoordinator", trade_date=date(2026, 1, 5)), ""),
    ("a common word and an environment", Filter(text="price", environment="production"), ""),
    ("environment and outcome", Filter(environment="production", standing=Standing.ERROR), ""),
    ("part of a certificate's subject that is rare", Filter(certificate="Jane Doe 7 "), ""),
)  # fmt: skip


def payload(number: int, draw: random.Random) -> str:
    """A bid of a few hundred characters."""
    unit = f"UNIT_{number % 997}_X{number}"
    points = "".join(
        f"<point><mw>{draw.randrange(500)}</mw><price>{draw.random():.2f}</price></point>" for _ in range(6)
    )
    coordinator = f"<schedulingCoordinator>SC{number % 500:03}</schedulingCoordinator>"
    return f"<RawBidSet>{coordinator}<mRID>{unit}</mRID>{points}</RawBidSet>"


def fill(journal: CallJournal, database: Database, records: int) -> None:
    """Write calls down; commits are real for the last hundred only, which are timed."""
    draw = random.Random(4)
    with database.writing() as connection:
        connection.execute("SELECT 1")
    assert database._connection is not None
    database._connection.execute("PRAGMA synchronous = OFF")
    database._connection.execute("PRAGMA journal_mode = MEMORY")
    times: list[tuple[float, float]] = []
    for number in range(records):
        if number == records - 100:
            database.close()
        service, kind = SERVICES[number % len(SERVICES)]
        started = START + timedelta(minutes=number)
        record = Record(
            started=started,
            environment=ENVIRONMENTS[number % 7 % 4],
            url="https://example.com/sst/sibr/x",
            target=Target("sibr", service, "v4", Variant.AP),
            operation=f"{service}_v4",
            kind=kind,
            exchange=str(number),
            subject=f"CN=Jane Doe {number % 1000} x{number % 1000},OU=people,O=CAISO,C=US",
            thumbprint=f"{number % 1000:064X}",
            trade_dates=(started.date(),),
        )
        began = time.perf_counter()
        call = journal.begin(record, payload(number, draw).encode())
        between = time.perf_counter()
        rare = number % 1000 == 0
        ending = Ending(
            ended=started + timedelta(seconds=2),
            fate=Fate.NOT_SENT if rare else Fate.ANSWERED,
            cancelled=rare,
            outcome=None if rare else (Outcome.ERROR if number % 20 == 3 else Outcome.SUCCESS),
            text=payload(number + 1, draw),
        )
        journal.end(call, ending)
        times.append((between - began, time.perf_counter() - between))
    begins, ends = (statistics.median(column) * 1000 for column in zip(*times[-100:], strict=True))
    print(f"{records:,} records; writing down, with fsync: before leaving {begins:.1f} ms, after {ends:.1f} ms")


def median(work: Callable[[], object], rounds: int) -> float:
    """Milliseconds."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1000


def main(records: int, rounds: int) -> None:
    """Fill and ask."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "caiso-desktop.sqlite"
        note, runs = HeadNote(path.with_suffix(".head")), Runs(Path(folder) / "run")
        with closing(Database(path, STEPS, prepare=partial(prepare, note=note))) as database:
            journal = CallJournal(database, runs, note)
            fill(journal, database, records)
            print(f"the file has {path.stat().st_size / records:,.0f} bytes a record")
            slowest = 0.0
            for name, asked, bare in QUESTIONS:
                ours = median(partial(journal.search, asked), rounds)
                slowest = max(slowest, ours)
                words = bare or (f'"{asked.text}"*' if asked.text else "")
                line = f"{name:45} {ours:7.1f} ms"
                if words:

                    def ask(words: str = words) -> object:
                        with database.reading() as connection:
                            return connection.execute(BARE, (words,)).fetchall()

                    plain = median(ask, rounds)
                    line += f"   bare full-text query {plain:7.2f} ms, ratio {ours / plain:.1f}"
                print(f"{line}   ({len(journal.search(asked))} found)")
            began = time.perf_counter()
            verdict = journal.verify()
            print(f"verify: {time.perf_counter() - began:.1f} s, {len(verdict.findings)} findings")
            print(f"slowest search {slowest:.1f} ms (wanted < 50 ms)")
        runs.close()


if __name__ == "__main__":
    arguments = [int(word) for word in sys.argv[1:]]
    main(*arguments) if len(arguments) == 2 else main(arguments[0] if arguments else 100_000, 15)
