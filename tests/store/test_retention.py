import os
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from caiso_desktop.model.draft import Draft
from caiso_desktop.model.draft_store import SavedDraft
from caiso_desktop.model.error import Fate
from caiso_desktop.model.journal import Ending, Filter, Record
from caiso_desktop.model.retention import FOREVER, Deleted, Retention
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.store.draft import DraftTable
from caiso_desktop.store.journal import CallJournal
from caiso_desktop.store.retention import HouseKeeper
from caiso_desktop.store.setting import FileSettings
from caiso_desktop.store.spool import Spool

MakeRecord = Callable[..., Record]
MakeEnding = Callable[..., Ending]


class Home:
    """A keeper and what it keeps."""

    def __init__(self, folder: Path, journal: CallJournal) -> None:
        self.folder = folder
        self.settings = FileSettings(folder / "settings.json")
        self.spool = Spool(folder / "answers")
        self.journal = journal
        self.drafts = DraftTable(journal._database, journal._runs)
        self.keeper = HouseKeeper(
            self.settings,
            self.spool,
            journal,
            self.drafts,
            journal._database,
            [("the journal and the drafts", folder / "caiso-desktop.sqlite"), ("answers", folder / "answers")],
            clock=journal._clock,
        )

    def exchange(self, days: float, size: int = 100) -> str:
        """An exchange so many days old."""
        folder = self.spool.new()
        (folder / "response").write_bytes(bytes(size))
        at = time.time() - days * 86400
        for path in (folder / "response", folder):
            os.utime(path, (at, at))
        return folder.name


@pytest.fixture
def home(journal: CallJournal, tmp_path: Path) -> Home:
    return Home(tmp_path, journal)


def test_answers_go_by_age_and_by_room(home: Home) -> None:
    old, middle, new = (home.exchange(days) for days in (100, 50, 1))
    assert home.keeper.tidy() == Deleted(answers=1)
    assert home.spool.folder(old) is None
    home.keeper.set_retention(Retention(answer_bytes=150))
    home.keeper.tidy()
    assert home.spool.folder(middle) is None
    assert home.spool.folder(new) is not None


def test_an_answer_that_somebody_must_look_into_stays(
    home: Home, make_record: MakeRecord, make_ending: MakeEnding
) -> None:
    exchange = home.exchange(100)
    call = home.journal.begin(make_record(exchange=exchange), b"<a/>")
    home.journal.end(call, make_ending(fate=Fate.UNKNOWN))
    assert home.keeper.delete_now(answers=True, records=True) == Deleted()
    home.journal.settle(call, "it is there")
    assert home.keeper.delete_now(answers=True, records=True) == Deleted(answers=1, records=1)


def test_records_go_by_age_and_leave_no_word(
    home: Home, make_record: MakeRecord, make_ending: MakeEnding, database_path: Path
) -> None:
    for minutes in (-100 * 1440, 0):
        call = home.journal.begin(make_record(minutes), f"<a>granite{minutes}</a>".encode())
        home.journal.end(call, make_ending())
    assert b"144000" in database_path.read_bytes()
    assert home.keeper.tidy() == Deleted(), "records are kept for ever unless told otherwise"
    home.keeper.set_retention(Retention(record_days=30))
    assert home.keeper.tidy() == Deleted(records=1)
    assert [entry.id for entry in home.journal.all(Filter())] == [2]
    assert home.journal.verify().findings == ()
    assert b"144000" not in database_path.read_bytes(), "nor is it in the index"


def test_the_bin(home: Home) -> None:
    home.drafts.save(SavedDraft("a", "simulator", Target("sibr", "X", "v1", Variant.AP), Draft("<a/>")))
    home.drafts.throw_away("a")
    assert home.keeper.tidy() == Deleted()
    assert home.keeper.delete_now(drafts=True) == Deleted(drafts=1)


def test_deleting_gives_the_room_back(home: Home, make_record: MakeRecord, make_ending: MakeEnding) -> None:
    for number in range(10):
        call = home.journal.begin(make_record(number), os.urandom(100_000))
        home.journal.end(call, make_ending())
    (journal, _) = home.keeper.where()
    assert journal.size > 1_000_000
    assert str(home.keeper.delete_now(records=True)) == "Deleted: 10 records."
    (journal, _) = home.keeper.where()
    assert journal.size < 300_000


def test_settings_are_remembered_and_nonsense_is_as_usual(home: Home) -> None:
    wanted = Retention(answer_days=FOREVER, answer_bytes=1, record_days=7, bin_days=3)
    home.keeper.set_retention(wanted)
    assert home.keeper.retention == wanted
    assert wanted.answer_age == timedelta.max
    home.settings.set("retention.bin_days", "-1")
    assert home.keeper.retention.bin_days == 30
