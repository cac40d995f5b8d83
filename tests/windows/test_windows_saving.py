"""Saving on Windows: names it reserves, long paths, letters of everywhere, and files that others hold open."""

import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from caiso_desktop.model.error import StorageError
from caiso_desktop.store.save import save_copy, suggest_name

assert sys.platform == "win32", "these tests want a Windows Python; run_under_wine.sh gives them one"

Hold = Callable[[Path], Callable[[], None]]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source"
    path.write_bytes(b"<Report/>")
    return path


@pytest.mark.parametrize("word", ["CON", "nul", "COM1", "a:b", "what?", "dots...", 'a"b|c', "Zoë 株式会社"])
def test_every_suggested_name_can_be_written(source: Path, tmp_path: Path, word: str) -> None:
    name = suggest_name(word, word, word, datetime(2026, 11, 23, tzinfo=UTC), ".xml")
    destination = tmp_path / "Zoë Müller" / name
    destination.parent.mkdir()
    save_copy(source, destination, overwrite=False)
    assert [each.name for each in destination.parent.iterdir()] == [name]
    assert destination.read_bytes() == b"<Report/>"


def test_a_long_path_is_written_or_told(source: Path, tmp_path: Path) -> None:
    folder = Path("\\\\?\\" + str(tmp_path.resolve()))
    while len(str(folder)) < 300:
        folder = folder / ("deep" * 10)
    folder.mkdir(parents=True)
    try:
        save_copy(source, folder / "answer.xml", overwrite=False)
    except StorageError as error:  # wine does not resolve such a path
        assert "answer.xml" in str(error)
        assert list(folder.iterdir()) == []
    else:
        assert (folder / "answer.xml").read_bytes() == b"<Report/>"


def test_a_file_that_excel_has_open_is_told_and_stays_whole(source: Path, tmp_path: Path, hold: Hold) -> None:
    destination = tmp_path / "answer.xml"
    destination.write_bytes(b"before")
    let_go = hold(destination)
    try:
        with pytest.raises(StorageError):
            save_copy(source, destination, overwrite=True)
    finally:
        let_go()
    assert destination.read_bytes() == b"before"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["answer.xml", "source"]


def test_a_file_that_is_held_for_a_moment_is_replaced(source: Path, tmp_path: Path, hold: Hold) -> None:
    destination = tmp_path / "answer.xml"
    destination.write_bytes(b"before")
    timer = threading.Timer(0.3, hold(destination))
    timer.start()
    save_copy(source, destination, overwrite=True)
    timer.join()
    assert destination.read_bytes() == b"<Report/>"
