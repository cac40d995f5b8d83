"""What is remembered, by one process or by several, and what happens to a file that is damaged."""

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caiso_desktop.model.error import UsageError
from caiso_desktop.model.settings import Settings
from caiso_desktop.store.last_setting import FORMAT
from caiso_desktop.store.lock import FileLock
from caiso_desktop.store.setting import FileSettings


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.json"


def test_it_is_what_the_model_asks_for(path: Path) -> None:
    settings: Settings = FileSettings(path)
    assert settings.get("window.theme") is None


def test_what_was_set_is_there_at_the_next_start(path: Path) -> None:
    settings = FileSettings(path)
    settings.set("window.theme", "dark")
    settings.set("files.folder", "C:\\Users\\J\u00fcrgen\n")
    settings.flush()
    assert settings.get("window.theme") == "dark"
    again = FileSettings(path)
    assert again.get("window.theme") == "dark"
    assert again.get("files.folder") == "C:\\Users\\J\u00fcrgen\n"
    assert (settings.notice, again.notice) == ("", "")
    assert path.stat().st_mode & 0o077 == 0


def test_the_file_says_its_format(path: Path) -> None:
    settings = FileSettings(path)
    settings.set("a", "b")
    settings.flush()
    assert json.loads(path.read_text()) == {"format": FORMAT, "settings": {"a": "b"}}


def test_setting_the_same_again_writes_nothing(path: Path) -> None:
    settings = FileSettings(path)
    settings.set("a", "b")
    settings.flush()
    path.unlink()
    settings.set("a", "b")
    settings.flush()
    assert not path.exists()


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"[]",
        b"null",
        b"{}",
        b'{"format": "1", "settings": {}}',
        b'{"format": true, "settings": {}}',
        b'{"format": 1, "settings": []}',
        b'{"format": 0, "settings": {}}',
        b"[" * 100_000,
    ],
)
def test_a_damaged_file_is_put_aside(path: Path, damaged: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(damaged)
    settings = FileSettings(path)
    assert settings.get("a") is None
    aside = [each for each in path.parent.iterdir() if "damaged" in each.name]
    assert [each.read_bytes() for each in aside] == [damaged]
    assert aside[0].name in settings.notice
    assert str(path) in settings.notice
    settings.set("a", "b")
    settings.flush()
    again = FileSettings(path)
    assert (again.get("a"), again.notice) == ("b", "")


def test_the_file_of_a_newer_program_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    newer = json.dumps({"format": FORMAT + 1, "settings": {"a": "new"}, "more": 1}).encode()
    path.write_bytes(newer)
    settings = FileSettings(path)
    assert "newer version" in settings.notice
    assert settings.get("a") is None
    settings.set("a", "b")
    settings.flush()
    assert settings.get("a") == "b"
    assert path.read_bytes() == newer


def test_a_newer_program_that_comes_meanwhile_is_respected_too(path: Path) -> None:
    settings = FileSettings(path)
    settings.set("a", "b")
    settings.flush()
    newer = json.dumps({"format": FORMAT + 1, "settings": {}}).encode()
    path.write_bytes(newer)
    settings.set("c", "d")
    settings.flush()
    assert path.read_bytes() == newer
    assert (settings.get("a"), settings.get("c")) == ("b", "d")
    assert "newer version" in settings.notice


def test_values_that_are_no_texts_are_passed_over(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps({"format": 1, "settings": {"a": "b", "c": 1, "d": None}}))
    settings = FileSettings(path)
    assert [settings.get(name) for name in "acd"] == ["b", None, None]


def test_where_nothing_can_be_written_it_remembers_until_the_end(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings = FileSettings(tmp_path / "file" / "settings.json")
    settings.set("a", "b")
    settings.flush()
    assert settings.get("a") == "b"
    assert settings.notice


def test_what_another_process_wrote_meanwhile_stays(path: Path) -> None:
    one, two = FileSettings(path), FileSettings(path)
    one.set("one", "1")
    one.flush()
    two.set("two", "2")
    two.flush()
    one.set("three", "3")
    one.flush()
    again = FileSettings(path)
    assert [again.get(name) for name in ("one", "two", "three")] == ["1", "2", "3"]
    assert one.get("two") == "2"


def test_many_threads_lose_nothing(path: Path) -> None:
    settings = FileSettings(path)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: settings.set(f"n{number}", str(number)), range(40)))
    settings.flush()
    again = FileSettings(path)
    assert all(again.get(f"n{number}") == str(number) for number in range(40))


WRITER = """
import sys
from pathlib import Path
from caiso_desktop.store.setting import FileSettings
settings = FileSettings(Path(sys.argv[1]))
for turn in range(15):
    settings.set(f"{sys.argv[2]}.{turn}", "x" * turn)
print(settings.notice)
"""


def test_processes_that_write_at_once_lose_nothing(path: Path) -> None:
    processes = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path), name], stdout=subprocess.PIPE, text=True)
        for name in "abc"
    ]
    assert [process.communicate(timeout=60)[0].strip() for process in processes] == ["", "", ""]
    settings = FileSettings(path)
    assert all(settings.get(f"{name}.{turn}") == "x" * turn for name in "abc" for turn in range(15))
    assert {each.name for each in path.parent.iterdir()} == {"settings.json", "settings.json.lock"}


def test_who_sets_or_gets_waits_for_no_disk(path: Path) -> None:
    settings, other = FileSettings(path), FileLock(path.with_name(path.name + ".lock"))
    settings.set("a", "1")
    settings.flush()
    with other:
        assert other.take()
        settings.set("a", "2")
        settings.set("b", "3")
        # Whoever had waited for the file would have given up by now, and said so.
        assert [settings.get(name) for name in "ab"] == ["2", "3"]
        assert settings.notice == ""
        assert FileSettings(path).get("a") == "1"
    settings.flush()
    again = FileSettings(path)
    assert [again.get(name) for name in "ab"] == ["2", "3"]


def test_what_could_not_be_written_is_written_when_it_can_be(path: Path) -> None:
    settings = FileSettings(path)
    path.parent.write_text("")
    settings.set("a", "b")
    settings.flush()
    assert settings.notice
    path.parent.unlink()
    settings.set("c", "d")
    settings.flush()
    again = FileSettings(path)
    assert [again.get(name) for name in "ac"] == ["b", "d"]


def test_a_text_is_made_of_what_another_has_written_meanwhile(path: Path) -> None:
    one, two = FileSettings(path), FileSettings(path)
    one.change("list", lambda text: f"{text or ''}1")
    two.change("list", lambda text: f"{text or ''}2")
    assert (two.get("list"), FileSettings(path).get("list")) == ("12", "12")
    one.set("more", "3")
    one.change("list", lambda text: f"{text}3")
    again = FileSettings(path)
    assert (again.get("list"), again.get("more")) == ("123", "3")


def test_a_text_that_cannot_be_kept_is_made_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings = FileSettings(tmp_path / "file" / "settings.json")
    settings.change("list", lambda text: f"{text or ''}1")
    settings.change("list", lambda text: f"{text or ''}2")
    assert settings.get("list") == "12"
    assert settings.notice


def test_a_change_that_is_refused_changes_nothing(path: Path) -> None:
    one, two = FileSettings(path), FileSettings(path)
    one.set("list", "1")
    one.flush()

    def refuse(text: str | None) -> str:
        raise UsageError(f"not after {text}.")

    with pytest.raises(UsageError, match="not after 1"):
        two.change("list", refuse)
    two.change("list", lambda text: f"{text}2")
    assert FileSettings(path).get("list") == "12"


ENDLESS = """
import sys
from pathlib import Path
from caiso_desktop.store.setting import FileSettings
settings = FileSettings(Path(sys.argv[1]))
settings.set("a", "b")
sys.stdin.read()
"""


def test_what_was_set_outlives_a_kill(path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", ENDLESS, str(path)], stdin=subprocess.PIPE)
    try:
        until = time.monotonic() + 30
        while FileSettings(path).get("a") is None and time.monotonic() < until:
            assert process.poll() is None
    finally:
        process.kill()
        process.communicate()
    assert FileSettings(path).get("a") == "b"


def test_the_name_of_a_folder_that_is_no_text_comes_back(path: Path) -> None:
    settings = FileSettings(path)
    settings.set("files.folder", os.fsdecode(b"/home/j\xfcrgen") if sys.platform != "win32" else "\udcfc")
    settings.flush()
    assert settings.notice == ""
    assert FileSettings(path).get("files.folder") == settings.get("files.folder")


@settings(max_examples=30)
@given(st.dictionaries(st.text(max_size=20), st.text(max_size=50), max_size=4))
def test_any_text_comes_back(tmp_path_factory: pytest.TempPathFactory, texts: dict[str, str]) -> None:
    path = tmp_path_factory.mktemp("any") / "settings.json"
    first = FileSettings(path)
    for name, value in texts.items():
        first.set(name, value)
    first.flush()
    again = FileSettings(path)
    assert all(again.get(name) == value for name, value in texts.items())


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="whoever may do everything reads every file")
def test_a_file_that_may_not_be_read_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("{}")
    path.chmod(0)
    settings = FileSettings(path)
    settings.set("a", "b")
    settings.flush()
    assert settings.notice
    path.chmod(0o600)
    assert path.read_text() == "{}"
