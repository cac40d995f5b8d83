from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from caiso_desktop.model.draft import Draft
from caiso_desktop.model.draft_store import SavedDraft
from caiso_desktop.model.error import UsageError
from caiso_desktop.model.identity import IdentityRef
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.model.undo import Edit, Undo
from caiso_desktop.store.database import Database
from caiso_desktop.store.draft import DraftTable
from caiso_desktop.store.run import Runs

TARGET = Target("sibr", "SubmitRawBidSet", "v4", Variant.AP, "v20150101")
WHOLE = SavedDraft(
    id="one",
    environment="map-stage",
    target=TARGET,
    draft=Draft("<a>\r\né\ud800</a>", "utf-16-le", b"\xff\xfe", 7),
    identity=IdentityRef("windows", "AB" * 32),
    name="bids of Monday",
    file=Path("C:/bids.xml"),
    caret=3,
    anchor=5,
    macros=(("DAY", "2026-03-10"),),
    undo=Undo((Edit(0, "x", "<a>"),), (Edit(1, "", "\ud800"),)),
    exchange="20260310T190000Z-0123456789ab",
)


class Window:
    """A start of the program: its drafts, and what ends it."""

    def __init__(self, database: Database, folder: Path, clock: Callable[[], datetime]) -> None:
        self.runs = Runs(folder)
        self.drafts = DraftTable(database, self.runs, clock=clock)

    def crash(self) -> None:
        assert self.runs._lock is not None
        self.runs._lock.release()

    def close(self) -> None:
        self.drafts.close()
        self.runs.close()


class Time:
    """A clock that is set."""

    def __init__(self) -> None:
        self.now = datetime.fromisoformat("2026-03-10T12:00:00Z")

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def start(open_database: Callable[[], Database], tmp_path: Path, time: Time) -> Iterator[Callable[[], Window]]:
    windows: list[Window] = []

    def begin() -> Window:
        windows.append(Window(open_database(), tmp_path / "run", time))
        return windows[-1]

    yield begin
    for window in windows:
        window.runs.close()


def draft(id: str, text: str = "<a/>") -> SavedDraft:
    return SavedDraft(id, "simulator", TARGET, Draft(text))


def opened(window: Window) -> list[str]:
    return [each.id for each in window.drafts.restore().open]


def test_a_tab_comes_back_whole(start: Callable[[], Window]) -> None:
    first = start()
    first.drafts.save(WHOLE)
    first.crash()
    assert start().drafts.restore().open == (WHOLE,)


def test_the_last_save_counts_and_the_order_is_kept(start: Callable[[], Window]) -> None:
    first = start()
    for name in "abc":
        first.drafts.save(draft(name))
    first.drafts.arrange(["c", "a", "b"])
    first.drafts.save(draft("a", "<later/>"))
    first.drafts.save(draft("d"))
    first.close()
    restored = start().drafts.restore().open
    assert [each.id for each in restored] == ["c", "a", "b", "d"]
    assert restored[1].draft.text == "<later/>"


def test_another_window_s_tabs_stay_there(start: Callable[[], Window]) -> None:
    first, second = start(), start()
    first.drafts.save(draft("a"))
    assert opened(second) == []
    first.crash()
    assert opened(second) == ["a"]


def test_what_crashed_twice_is_held_back(start: Callable[[], Window]) -> None:
    window = start()
    window.drafts.save(draft("good"))
    window.drafts.save(draft("bad"))
    for _ in range(2):
        assert opened(window) == ["good", "bad"]
        window.drafts.work_on("good")
        window.drafts.work_on("bad")
        window.crash()
        window = start()
    restored = window.drafts.restore()
    assert [each.id for each in restored.open] == ["good"]
    assert [each.id for each in restored.held_back] == ["bad"]
    window.close()
    window = start()
    assert opened(window) == ["good"], "a start in good order does not make it harmless"
    assert window.drafts.take_back("bad").id == "bad"
    window.close()
    assert opened(start()) == ["good", "bad"]


def test_a_close_in_good_order_forgets_a_crash(start: Callable[[], Window]) -> None:
    window = start()
    window.drafts.save(draft("a"))
    for _ in range(3):
        window.drafts.work_on("a")
        window.crash()
        window = start()
        assert opened(window) == ["a"]
        window.drafts.work_on("a")
        window.close()
        window = start()
        assert opened(window) == ["a"]


def test_an_answer_that_crashed_twice_is_not_shown(start: Callable[[], Window]) -> None:
    window = start()
    window.drafts.save(replace(draft("a"), exchange="x"))
    for _ in range(2):
        window.drafts.work_on("a", answer=True)
        window.crash()
        window = start()
        restored = window.drafts.restore()
    assert [each.id for each in restored.open] == ["a"]
    assert restored.answers_held_back == {"a"}


def test_the_bin(start: Callable[[], Window], time: Time) -> None:
    window = start()
    for name in "ab":
        window.drafts.save(draft(name))
        window.drafts.throw_away(name)
        time.now += timedelta(days=1)
    assert [each.draft.id for each in window.drafts.bin()] == ["b", "a"]
    assert opened(window) == []
    assert window.drafts.take_back("a").draft.text == "<a/>"
    assert opened(window) == ["a"]
    window.drafts.throw_away("a")
    time.now += timedelta(days=29)
    assert window.drafts.empty_bin() == 1, "b has lain there for 30 days, a for 29"
    assert [each.draft.id for each in window.drafts.bin()] == ["a"]
    assert window.drafts.empty_bin(0) == 1
    with pytest.raises(UsageError, match="no longer in the bin"):
        window.drafts.take_back("a")
