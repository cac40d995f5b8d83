"""Folders for exchanges: new, private, and gone when they are old."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from caiso_desktop.model.error import StorageError
from caiso_desktop.store.spool import Spool

DAY = timedelta(days=1)
PLENTY = 1 << 40


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "data" / "spool")


def aged(folder: Path, age: timedelta, size: int = 10) -> Path:
    """Make an exchange of this size and age."""
    (folder / "parts").mkdir()
    path = folder / "parts" / "report.xml"
    path.write_bytes(b"x" * size)
    then = time.time() - age.total_seconds()
    for each in (path, path.parent, folder):
        os.utime(each, (then, then))
    return folder


def test_a_new_folder_is_empty_private_and_named_by_its_time(spool: Spool) -> None:
    folder = spool.new()
    assert list(folder.iterdir()) == []
    assert folder.stat().st_mode & 0o777 == 0o700
    assert folder.parent.stat().st_mode & 0o777 == 0o700
    assert spool.folder(folder.name) == folder
    assert folder.name[:8].isdigit()


@pytest.mark.parametrize("id", ["", ".", "..", "nothing", "20260401T070000Z-000000000000", "../spool"])
def test_no_other_folder_is_given_out(spool: Spool, id: str) -> None:
    spool.new()
    assert spool.folder(id) is None


def test_many_threads_get_a_folder_each(spool: Spool) -> None:
    with ThreadPoolExecutor(8) as threads:
        folders = list(threads.map(lambda _: spool.new(), range(200)))
    assert len({folder.name for folder in folders}) == 200


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="could not be made"):
        Spool(tmp_path / "file" / "spool").new()


def test_what_is_too_old_goes(spool: Spool) -> None:
    old = aged(spool.new(), 40 * DAY)
    young = aged(spool.new(), 20 * DAY)
    kept = aged(spool.new(), 40 * DAY)
    assert spool.prune(30 * DAY, PLENTY, keep={kept.name}) == 1
    assert not old.exists()
    assert young.is_dir()
    assert kept.is_dir()


def test_the_oldest_go_first_when_there_is_too_much(spool: Spool) -> None:
    oldest, middle, newest = (aged(spool.new(), days * DAY, 1_000_000) for days in (9, 5, 2))
    assert spool.prune(30 * DAY, 2_500_000) == 1
    assert (oldest.exists(), middle.exists(), newest.exists()) == (False, True, True)
    assert spool.prune(30 * DAY, 1_500_000) == 1
    assert (middle.exists(), newest.exists()) == (False, True)


def test_one_large_exchange_does_not_drive_out_older_small_ones(spool: Spool) -> None:
    small = aged(spool.new(), 9 * DAY, 1_000)
    large = aged(spool.new(), 2 * DAY, 3_000_000)
    assert spool.prune(30 * DAY, 1_000_000) == 1
    assert (small.exists(), large.exists()) == (True, False)


def test_what_is_at_work_stays(spool: Spool) -> None:
    folder = spool.new()
    (folder / "response").write_bytes(b"x" * 1000)
    begun_long_ago = aged(spool.new(), 2 * DAY)
    (begun_long_ago / "parts" / "report.xml").write_bytes(b"still arriving")
    assert spool.prune(timedelta(0), 0) == 0
    assert folder.is_dir()
    assert begun_long_ago.is_dir()


def test_what_is_not_ours_stays(spool: Spool) -> None:
    root = aged(spool.new(), 40 * DAY).parent
    for name in ("notes", "20260401"):
        (root / name).mkdir()
        os.utime(root / name, (0, 0))
    (root / "file").write_text("x")
    os.utime(root / "file", (0, 0))
    assert spool.prune(DAY, 0) == 1
    assert {each.name for each in root.iterdir()} == {"notes", "20260401", "file"}


def test_what_a_killed_process_had_begun_to_remove_is_removed(spool: Spool) -> None:
    folder = aged(spool.new(), DAY)
    doomed = folder.rename(folder.with_name(f"removing-{folder.name}"))
    spool.prune(30 * DAY, PLENTY)
    assert not doomed.exists()


def test_a_spool_that_was_never_used_has_nothing_to_prune(tmp_path: Path) -> None:
    assert Spool(tmp_path / "never").prune(DAY, 0) == 0


def test_a_link_leads_nobody_astray(spool: Spool, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").write_text("x")
    folder = spool.new()
    (folder / "link").symlink_to(precious)
    then = time.time() - 40 * DAY.total_seconds()
    os.utime(folder / "link", (then, then), follow_symlinks=False)
    os.utime(folder, (then, then))
    assert spool.prune(30 * DAY, PLENTY) == 1
    assert (precious / "file").exists()


PRUNER = """
import sys
from datetime import timedelta
from pathlib import Path
from caiso_desktop.store.spool import Spool
spool = Spool(Path(sys.argv[1]))
print(spool.prune(timedelta(days=1), 0), flush=True)
for _ in range(20):
    assert spool.new().is_dir()
"""


def test_processes_prune_and_write_at_once(spool: Spool) -> None:
    for _ in range(60):
        root = aged(spool.new(), 40 * DAY).parent
    arguments = [sys.executable, "-c", PRUNER, str(root)]
    processes = [subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    outputs = [process.communicate(timeout=60)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert sum(int(output) for output in outputs) == 60
    assert len(list(root.iterdir())) == 60


def test_what_an_earlier_version_made_ahead_goes_when_it_is_old(spool: Spool) -> None:
    place = spool.new().parent
    for name in ("spare-old", "spare-new"):
        (place / name).mkdir()
    then = time.time() - DAY.total_seconds()
    os.utime(place / "spare-old", (then, then))
    spool.prune(DAY, PLENTY)
    assert not (place / "spare-old").exists()
    assert (place / "spare-new").exists()
