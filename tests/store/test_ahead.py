"""The log ahead of the database: what was flushed is read again, what was cut off is not."""

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caiso_desktop.model.error import StorageError
from caiso_desktop.store.ahead import AheadLog, frames


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run" / "one.calls"


def test_what_was_written_is_read_in_its_order(path: Path) -> None:
    log = AheadLog(path)
    written = [b"one", b"", bytes(1 << 19), b"last"]
    for number, data in enumerate(written):
        log.append(data, flush=bool(number % 2))
    assert list(frames(path)) == written
    assert path.stat().st_mode & 0o077 == 0
    log.close()
    assert not path.exists()


def test_after_a_restart_nothing_old_is_read(path: Path) -> None:
    log = AheadLog(path)
    for _ in range(3):
        log.append(b"x" * 100, flush=True)
    log.restart()
    assert list(frames(path)) == []
    log.append(b"y" * 100, flush=True)
    assert list(frames(path)) == [b"y" * 100]
    log.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(st.lists(st.binary(max_size=200), min_size=1, max_size=5), st.integers(0, 1 << 32))
def test_a_log_that_was_torn_ends_before_the_tear(path: Path, written: list[bytes], seed: int) -> None:
    log = AheadLog(path)
    for data in written:
        log.append(data, flush=False)
    whole, draw = bytearray(path.read_bytes()), random.Random(seed)
    at = draw.randrange(log.size)
    whole[at] ^= 1 << draw.randrange(8)
    log.close()
    path.write_bytes(whole)
    found = list(frames(path))
    assert found == written[: len(found)]
    assert len(found) < len(written)
    path.write_bytes(whole[:at])
    assert list(frames(path)) == written[: len(list(frames(path)))]


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match=r"one\.calls"):
        AheadLog(tmp_path / "file" / "one.calls").append(b"x", flush=True)


def test_a_full_disk_leaves_what_was_there(path: Path) -> None:
    resource = pytest.importorskip("resource", reason="file sizes cannot be limited on this system")
    log = AheadLog(path)
    log.append(b"kept", flush=True)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300 << 10, before[1]))
    try:
        with pytest.raises(StorageError):
            log.append(bytes(1 << 20), flush=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(frames(path)) == [b"kept"]
    log.append(b"next", flush=True)
    assert list(frames(path)) == [b"kept", b"next"]
    log.close()
