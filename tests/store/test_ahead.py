"""The log ahead of the database: what was flushed is read again, what was cut off is not."""

import errno
import os
import random
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caiso_desktop.model.error import DataTooNew, StorageError
from caiso_desktop.store.ahead import AheadLog, frames

FLUSH = "fdatasync" if sys.platform == "linux" else "fsync"
MANY = 8
HEAD = 16
START = 16
FORMAT = 3


class Lock:
    """A lock that one thread gets only once it may."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._slow = ""
        self.may = threading.Event()

    def keep_from(self, thread: str) -> None:
        self._slow = thread

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        if threading.current_thread().name == self._slow:
            self.may.wait()
        return self._lock.acquire(blocking, timeout)

    def release(self) -> None:
        self._lock.release()

    def locked(self) -> bool:
        return self._lock.locked()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *error: object) -> None:
        self.release()


class Log(AheadLog):
    """A log with the lock that it wants."""

    def __init__(self, path: Path, format: int = FORMAT) -> None:
        self.lock = Lock()
        super().__init__(path, cast(threading.Lock, self.lock), format)

    def add(self, data: bytes, *, flush: bool) -> None:
        with self.lock:
            self.append(data, flush=flush)

    def begin_anew(self) -> None:
        with self.lock:
            self.restart()

    def wait_for(self, size: int) -> None:
        """Until so many bytes are in use; pytest's own limit ends this when they never are."""
        while self.size < size:
            pass


class Disk:
    """A disk whose flushes begin and end when they are told to; ``done`` are those that have ended."""

    def __init__(self, flush: Callable[[int], None]) -> None:
        self._flush = flush
        self._begun = threading.Semaphore(0)
        self._allowed = threading.Semaphore(0)
        self.failing = False
        self.done = 0

    def flush(self, file: int) -> None:
        self._begun.release()
        self._allowed.acquire()
        if self.failing:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        self._flush(file)
        self.done += 1

    def await_flush(self) -> None:
        """Until a flush has begun."""
        self._begun.acquire()

    def allow(self, count: int = 1) -> None:
        """Let it end, or so many."""
        self._allowed.release(count)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run" / "one.calls"


@pytest.fixture
def log(path: Path) -> Iterator[Log]:
    """A log that has been begun, so that its next flush is for a frame."""
    made = Log(path)
    made.add(b"first", flush=False)
    yield made
    made.close()


@pytest.fixture
def disk(log: Log, monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    if sys.platform == "darwin":
        pytest.skip("flushes by another call there")
    made = Disk(getattr(os, FLUSH))
    monkeypatch.setattr(os, FLUSH, made.flush)
    yield made
    made.allow(100)


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    pool = ThreadPoolExecutor(MANY)
    yield pool
    pool.shutdown(wait=False, cancel_futures=True)  # the disk lets those go whom a failed test has left waiting


def test_what_was_written_is_read_in_its_order(path: Path) -> None:
    log = Log(path)
    written = [b"one", b"", bytes(1 << 19), b"last"]
    for number, data in enumerate(written):
        log.add(data, flush=bool(number % 2))
    assert list(frames(path, FORMAT)) == written
    assert path.stat().st_mode & 0o077 == 0
    log.close()
    assert not path.exists()


def test_after_a_restart_nothing_old_is_read(path: Path) -> None:
    log = Log(path)
    for _ in range(3):
        log.add(b"x" * 100, flush=True)
    log.begin_anew()
    assert list(frames(path, FORMAT)) == []
    log.add(b"y" * 100, flush=True)
    assert list(frames(path, FORMAT)) == [b"y" * 100]
    log.close()


def test_what_a_newer_version_has_left_is_refused_in_words(path: Path) -> None:
    log = Log(path, FORMAT + 1)
    log.add(b"of tomorrow", flush=True)
    with pytest.raises(DataTooNew, match=r"newer version of this program \(format 4; this one knows 3\)") as refused:
        list(frames(path, FORMAT))
    assert "Start the newer version once more" in refused.value.advice
    assert list(frames(path, FORMAT + 1)) == list(frames(path, FORMAT + 2)) == [b"of tomorrow"]
    log.begin_anew()
    log.add(b"and after", flush=True)
    with pytest.raises(DataTooNew):
        list(frames(path, FORMAT))
    log.close()


def test_the_first_logs_had_no_number(path: Path) -> None:
    log = Log(path)
    log.add(b"of yesterday", flush=True)
    data = path.read_bytes()
    log.close()
    path.write_bytes(data[START:])
    assert list(frames(path, FORMAT)) == [b"of yesterday"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(st.lists(st.binary(max_size=200), min_size=1, max_size=5), st.integers(0, 1 << 32))
def test_a_log_that_was_torn_ends_before_the_tear(path: Path, written: list[bytes], seed: int) -> None:
    log = Log(path)
    for data in written:
        log.add(data, flush=False)
    whole, draw = bytearray(path.read_bytes()), random.Random(seed)
    at = draw.randrange(log.size)
    whole[at] ^= 1 << draw.randrange(8)
    log.close()
    path.write_bytes(whole)
    found = list(frames(path, FORMAT))
    assert found == written[: len(found)]
    assert len(found) < len(written) or at < START
    path.write_bytes(whole[:at])
    assert list(frames(path, FORMAT)) == written[: len(list(frames(path, FORMAT)))]


def test_the_file_grows_in_few_steps(path: Path) -> None:
    log = Log(path)
    sizes = set()
    for _ in range(100):
        log.add(bytes(10_000), flush=True)
        sizes.add(path.stat().st_size)
    assert len(sizes) < 6
    assert max(sizes) >= log.size
    log.begin_anew()
    log.add(b"small", flush=True)
    assert (list(frames(path, FORMAT)), path.stat().st_size) == ([b"small"], min(sizes))
    log.close()


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match=r"one\.calls"):
        Log(tmp_path / "file" / "one.calls").add(b"x", flush=True)


def test_a_full_disk_leaves_what_was_there(path: Path) -> None:
    resource = pytest.importorskip("resource", reason="file sizes cannot be limited on this system")
    log = Log(path)
    log.add(b"kept", flush=True)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300 << 10, before[1]))
    try:
        with pytest.raises(StorageError):
            log.add(bytes(1 << 20), flush=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(frames(path, FORMAT)) == [b"kept"]
    log.add(b"next", flush=True)
    assert list(frames(path, FORMAT)) == [b"kept", b"next"]
    log.close()


def test_several_that_wait_at_the_same_time_share_a_flush(
    log: Log, disk: Disk, path: Path, threads: ThreadPoolExecutor
) -> None:
    first = threads.submit(log.add, b"0" * 50, flush=True)
    disk.await_flush()
    begun = log.size
    others = [threads.submit(log.add, bytes([number]) * 50, flush=True) for number in range(1, MANY)]
    log.wait_for(begun + (MANY - 1) * (HEAD + 50))
    disk.allow()
    first.result()
    disk.await_flush()
    assert not any(each.done() for each in others), "one returned before its own frame was on the disk"
    disk.allow()
    for each in others:
        each.result()
    assert disk.done == 2
    assert sorted(frames(path, FORMAT)) == sorted(
        [b"first", b"0" * 50, *(bytes([number]) * 50 for number in range(1, MANY))]
    )


def test_one_alone_waits_for_one_flush(log: Log, disk: Disk) -> None:
    disk.allow()
    log.add(b"alone", flush=True)
    assert disk.done == 1


def test_what_could_not_be_flushed_was_never_written(
    log: Log, disk: Disk, path: Path, threads: ThreadPoolExecutor
) -> None:
    disk.failing = True
    lost = threads.submit(log.add, b"x" * 50, flush=True)
    disk.await_flush()
    log.add(b"an end", flush=False)
    before = log.size
    later = threads.submit(log.add, b"y" * 50, flush=True)
    log.wait_for(before + HEAD + 50)
    disk.allow()
    with pytest.raises(StorageError, match=r"one\.calls"):
        lost.result()
    disk.await_flush()
    disk.failing = False
    disk.allow()
    later.result()
    assert list(frames(path, FORMAT)) == [b"first", b"an end", b"y" * 50]


def test_nothing_that_failed_comes_back_behind_what_follows(
    log: Log, disk: Disk, path: Path, threads: ThreadPoolExecutor
) -> None:
    kept = threads.submit(log.add, b"kept", flush=True)
    disk.await_flush()
    begun = log.size
    failing = [threads.submit(log.add, letter * 50, flush=True) for letter in (b"x", b"y")]
    log.wait_for(begun + 2 * (HEAD + 50))
    disk.allow()
    kept.result()
    disk.await_flush()
    disk.failing = True
    disk.allow()
    for each in failing:
        with pytest.raises(StorageError):
            each.result()
    log.add(b"z" * 50, flush=False)  # as long as the first of them, and the second stood behind it
    assert list(frames(path, FORMAT)) == [b"first", b"kept", b"z" * 50]


def test_begun_anew_while_somebody_waits(log: Log, disk: Disk, path: Path, threads: ThreadPoolExecutor) -> None:
    waiting = threads.submit(log.add, b"waiting", flush=True)
    disk.await_flush()
    log.begin_anew()
    assert list(frames(path, FORMAT)) == [b"waiting"]
    disk.allow()
    disk.await_flush()  # where it stands now it was not flushed
    assert not waiting.done()
    disk.allow()
    waiting.result()
    assert list(frames(path, FORMAT)) == [b"waiting"]


def test_begun_anew_before_one_that_waited_has_heard_of_its_flush(
    log: Log, disk: Disk, path: Path, threads: ThreadPoolExecutor
) -> None:
    first = threads.submit(log.add, b"first one", flush=True)
    disk.await_flush()
    begun = log.size
    slow = threading.Thread(target=log.add, args=(b"the slow",), kwargs={"flush": True}, name="slow")
    slow.start()
    third = threads.submit(log.add, b"third", flush=True)
    log.wait_for(begun + len(b"the slow") + len(b"third") + 2 * HEAD)
    log.lock.keep_from("slow")
    disk.allow()
    first.result()
    disk.await_flush()
    disk.allow()
    third.result()
    log.begin_anew()  # the slow one's frame is on the disk, but whoever began anew cannot know that it counts
    log.lock.may.set()
    disk.await_flush()
    disk.allow()
    slow.join()
    assert list(frames(path, FORMAT)) == [b"the slow"]
    assert disk.done == 3


def test_what_somebody_waits_for_is_not_removed(log: Log, disk: Disk, path: Path, threads: ThreadPoolExecutor) -> None:
    waiting = threads.submit(log.add, b"waiting", flush=True)
    disk.await_flush()
    log.close()
    disk.allow()
    waiting.result()
    assert list(frames(path, FORMAT)) == [b"first", b"waiting"]
