import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from caiso_desktop.model.error import DataBusy, DataTooNew, StorageError
from caiso_desktop.store.database import APPLICATION_ID, Database
from caiso_desktop.store.lock import FileLock
from caiso_desktop.store.run import Runs


def make_word(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE word (text TEXT)")


def add_length(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE word ADD length INTEGER")
    connection.execute("UPDATE word SET length = length(text)")


def fail_half_way(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE word SET text = 'spoilt'")
    raise RuntimeError("a power cut")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "caiso-desktop.sqlite"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    with closing(Database(path, (make_word,), wait=0.2)) as made:
        yield made


def add(database: Database, text: str) -> None:
    with database.writing() as connection:
        connection.execute("INSERT INTO word (text) VALUES (?)", (text,))


def words(database: Database) -> list[str]:
    with database.reading() as connection:
        return [row["text"] for row in connection.execute("SELECT text FROM word ORDER BY rowid")]


def test_remembers(path: Path, database: Database) -> None:
    add(database, "one")
    database.close()
    assert words(database) == ["one"]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
        assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert connection.execute("PRAGMA journal_mode").fetchone() != ("wal",)


def test_an_error_takes_back_all_of_it(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.writing() as connection:
        connection.execute("INSERT INTO word (text) VALUES ('half')")
        raise ZeroDivisionError
    assert words(database) == []


def test_a_newer_format_is_refused_in_words_and_left_alone(path: Path, database: Database) -> None:
    add(database, "kept")
    database.close()
    with closing(Database(path, (make_word, add_length))) as newer:
        add(newer, "new")
    before = path.read_bytes()
    with pytest.raises(DataTooNew, match=r"has format 2.*up to 1.*Start the newest version"):
        words(database)
    assert path.read_bytes() == before


def test_a_file_of_another_program_is_left_alone(path: Path, database: Database) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE theirs (x)")
    before = path.read_bytes()
    with pytest.raises(StorageError, match="belongs to another program"):
        words(database)
    assert path.read_bytes() == before


def test_a_migration_keeps_a_backup(path: Path, database: Database) -> None:
    add(database, "four")
    database.close()
    with closing(Database(path, (make_word, add_length))) as newer, newer.reading() as connection:
        assert connection.execute("SELECT text, length FROM word").fetchone()[:] == ("four", 4)
    with closing(Database(path.with_name("caiso-desktop.format-1.sqlite"), (make_word,))) as backup:
        assert words(backup) == ["four"]


def test_a_migration_that_fails_changes_nothing(path: Path, database: Database) -> None:
    add(database, "four")
    database.close()
    with closing(Database(path, (make_word, fail_half_way))) as newer, pytest.raises(RuntimeError):
        words(newer)
    assert words(database) == ["four"]


@pytest.mark.parametrize(
    "beginning", [b"this is no database at all, it is a letter" * 200, b"SQLite format 3\0" + b"x" * 9000]
)
def test_a_damaged_file_is_put_aside_with_a_sentence(path: Path, database: Database, beginning: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(beginning)
    add(database, "new")
    assert words(database) == ["new"]
    assert database.set_aside is not None
    assert database.set_aside.read_bytes() == beginning
    assert str(database.set_aside) in database.notice


def test_damage_found_later_is_put_aside_at_the_next_start(path: Path, database: Database) -> None:
    for number in range(2000):
        if number % 500 == 0:
            add(database, "x" * 3000)
    with database.writing() as connection:
        connection.executemany("INSERT INTO word (text) VALUES (?)", (("y" * 3000,) for _ in range(50)))
    database.close()
    content = bytearray(path.read_bytes())
    content[3 * 4096 :] = os.urandom(len(content) - 3 * 4096)
    path.write_bytes(content)
    with pytest.raises(StorageError, match="damaged"):
        words(database)
    database.close()
    assert words(database) == []
    assert database.set_aside is not None
    assert database.set_aside.read_bytes() == bytes(content)


def test_another_process_that_holds_it_is_waited_for_then_told(path: Path, database: Database) -> None:
    add(database, "one")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(DataBusy, match="in use"):
            add(database, "two")
        other.execute("COMMIT")
    add(database, "three")
    assert words(database) == ["one", "three"]


def test_a_full_disk_is_told(database: Database) -> None:
    add(database, "one")
    with database.writing() as connection:
        connection.execute("PRAGMA max_page_count = 1")
    with pytest.raises(StorageError, match="the disk is full"):
        add(database, "x" * 100_000)
    assert words(database) == ["one"]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    database = Database(tmp_path / "file" / "data" / "x.sqlite", (make_word,))
    with pytest.raises(StorageError, match="cannot be made"):
        words(database)


def test_a_replaced_file_is_opened_again(path: Path, database: Database, tmp_path: Path) -> None:
    add(database, "old")
    with closing(Database(tmp_path / "other.sqlite", (make_word,))) as other:
        add(other, "restored")
    (tmp_path / "other.sqlite").replace(path)
    assert words(database) == ["restored"]


WRITER = """
import sys
from pathlib import Path
from caiso_desktop.store.database import Database
def make_word(connection):
    connection.execute("CREATE TABLE word (text TEXT)")
database = Database(Path(sys.argv[1]), (make_word,))
for number in range(40):
    with database.writing() as connection:
        connection.execute("INSERT INTO word (text) VALUES (?)", (f"{sys.argv[2]}-{number}",))
database.close()
"""


def test_several_processes_at_once_from_an_empty_folder(path: Path, database: Database) -> None:
    processes = [subprocess.Popen([sys.executable, "-c", WRITER, str(path), name]) for name in "abc"]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    assert sorted(words(database)) == sorted(f"{name}-{number}" for name in "abc" for number in range(40))


def test_several_threads_at_once(database: Database) -> None:
    def write() -> None:
        for _ in range(20):
            add(database, "w")

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(words(database)) == 80


HOLDER = """
import sys, time
from pathlib import Path
from caiso_desktop.store.lock import FileLock
lock = FileLock(Path(sys.argv[1]))
print(lock.take(), flush=True)
sys.stdin.read()
"""


def test_a_lock_ends_with_its_process(tmp_path: Path) -> None:
    path = tmp_path / "window.lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "True\n"
        with FileLock(path) as lock:
            assert not lock.take()
            assert lock.holder() == process.pid
            process.kill()
            process.wait()
            assert lock.take(wait=5)
            assert lock.holder() == os.getpid()


def test_a_run_is_alive_until_it_ends(tmp_path: Path) -> None:
    mine, other = Runs(tmp_path), Runs(tmp_path)
    mine_id, other_id = mine.id, other.id
    assert mine.alive(mine_id)
    assert mine.alive(other_id)
    assert other.alive(mine_id)
    other.close()
    assert not mine.alive(other_id)
    assert not mine.alive("never")
    mine.close()
    assert list(tmp_path.iterdir()) == []
