"""What the house remembers, with real files."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from caiso_desktop.assembly.house import House
from caiso_desktop.assembly.memory import Memory
from caiso_desktop.assembly.place import DATABASE, Places
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.draft_store import SavedDraft
from caiso_desktop.model.error import DataTooNew
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.store.setting import FileSettings

TAB = SavedDraft("one", "simulator", Target("sibr", "SubmitRawBidSet", "v4", Variant.AP), Draft("<a/>"))


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(data=tmp_path / "data", config=tmp_path / "config")


def remember(places: Places) -> Memory:
    return Memory(places, FileSettings(places.config / "settings.json"))


@pytest.fixture
def memory(places: Places) -> Iterator[Memory]:
    with closing(remember(places)) as made:
        yield made


def test_nothing_is_opened_before_it_is_asked_for(memory: Memory, places: Places) -> None:
    assert not places.data.exists()


def test_drafts_come_back_at_the_next_start(memory: Memory, places: Places) -> None:
    memory.drafts.save(TAB)
    memory.drafts.close()
    memory.close()
    with closing(remember(places)) as later:
        assert later.drafts.restore().open == (TAB,)
        assert later.notice == ""


def test_what_the_settings_have_to_say_is_told_too(places: Places) -> None:
    places.config.mkdir()
    (places.config / "settings.json").write_text("{")
    with closing(remember(places)) as memory:
        memory.drafts.restore()
        assert "were damaged" in memory.notice


def test_only_one_window_holds_the_lock(memory: Memory, places: Places) -> None:
    with closing(remember(places)) as second:
        assert memory.window_lock.take()
        assert not second.window_lock.take()
        memory.close()
        assert second.window_lock.take()


def test_it_says_where_everything_lies(memory: Memory, places: Places) -> None:
    memory.drafts.save(TAB)
    found = {each.what: each for each in memory.keeper.where()}
    assert found["the journal and the drafts"].where == places.data / DATABASE
    assert found["the journal and the drafts"].size > 0
    assert all(each.where.is_relative_to(places.data) or each.where == places.config for each in found.values())


def test_data_of_a_newer_program_is_refused_in_words(memory: Memory, places: Places) -> None:
    memory.drafts.save(TAB)
    memory.close()
    with closing(sqlite3.connect(places.data / DATABASE)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with closing(remember(places)) as later, pytest.raises(DataTooNew, match="format 99"):
        later.drafts.restore()


def test_the_house_knows_the_deadlines_of_the_company_too(places: Places, tmp_path: Path) -> None:
    company = tmp_path / "company"
    (company / "deadline").mkdir(parents=True)
    text = 'format = 1\n[[deadlines]]\nid = "lunch"\nname = "Lunch"\nat = 12:00:00\nsource = {document = "desk"}\n'
    (company / "deadline" / "own.toml").write_text(text)
    with closing(House(Places(places.data, places.config, company))) as house:
        names = {each.id for each in house.shelves.deadlines.rows}
    assert {"lunch", "real-time-bids"} <= names
