"""A journal in a folder of its own."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from caiso_desktop.model.answer import Outcome
from caiso_desktop.model.error import Fate
from caiso_desktop.model.journal import Ending, Record
from caiso_desktop.model.service import Kind, Target, Variant
from caiso_desktop.store.chain import HeadNote
from caiso_desktop.store.database import Database
from caiso_desktop.store.format import STEPS
from caiso_desktop.store.journal import CallJournal, prepare
from caiso_desktop.store.run import Runs

NOON = datetime(2026, 3, 10, 19, 0, tzinfo=UTC)


@pytest.fixture
def database_path(tmp_path: Path) -> Path:
    return tmp_path / "caiso-desktop.sqlite"


@pytest.fixture
def open_database(database_path: Path) -> Iterator[Callable[[], Database]]:
    opened: list[Database] = []

    def make() -> Database:
        note = HeadNote(database_path.with_suffix(".head"))
        opened.append(Database(database_path, STEPS, prepare=partial(prepare, note=note), wait=5))
        return opened[-1]

    yield make
    for database in opened:
        database.close()


@pytest.fixture
def open_journal(
    open_database: Callable[[], Database], database_path: Path, tmp_path: Path
) -> Iterator[Callable[[], CallJournal]]:
    runs: list[Runs] = []

    def make() -> CallJournal:
        runs.append(Runs(tmp_path / "run"))
        return CallJournal(open_database(), runs[-1], HeadNote(database_path.with_suffix(".head")), clock=lambda: NOON)

    yield make
    for run in runs:
        run.close()


@pytest.fixture
def journal(open_journal: Callable[[], CallJournal]) -> CallJournal:
    return open_journal()


@pytest.fixture
def database(open_database: Callable[[], Database]) -> Iterator[Database]:
    with closing(open_database()) as made:
        yield made


@pytest.fixture
def make_record() -> Callable[..., Record]:
    def make(number: int = 1, **changes: object) -> Record:
        known: dict[str, object] = {
            "started": NOON + timedelta(minutes=number),
            "environment": "map-stage",
            "url": "https://wsmap.example.com/sst/sibr/RetrieveCleanBidSet_SIBRv4_AP",
            "target": Target("sibr", "RetrieveCleanBidSet", "v4", Variant.DOCATTACH),
            "operation": "retrieveCleanBidSet_v4",
            "kind": Kind.RETRIEVE,
            "exchange": f"exchange-{number}",
            "subject": "CN=Jane Doe x1234,OU=people,O=CAISO,C=US",
            "thumbprint": "AB" * 32,
            "trade_dates": (date(2026, 3, 10),),
        }
        return Record(**{**known, **changes})  # type: ignore[arg-type]

    return make


@pytest.fixture
def make_ending() -> Callable[..., Ending]:
    def make(**changes: object) -> Ending:
        known: dict[str, object] = {
            "ended": NOON + timedelta(hours=1),
            "fate": Fate.ANSWERED,
            "outcome": Outcome.SUCCESS,
            "status": 200,
        }
        return Ending(**{**known, **changes})  # type: ignore[arg-type]

    return make
