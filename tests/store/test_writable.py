import os
import stat
import sys
from pathlib import Path

import pytest

from caiso_desktop.store.writable import why_not_writable


def test_a_folder_that_is_missing_can_be_made_and_nothing_is_left_behind(tmp_path: Path) -> None:
    assert why_not_writable(tmp_path / "a" / "b") == ""
    assert why_not_writable(tmp_path) == ""
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    assert why_not_writable(tmp_path / "a" / "b") == f"{tmp_path / 'a'} is not a folder"


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="who is root may write everywhere")
def test_a_folder_of_somebody_else_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        assert "cannot be written to" in why_not_writable(tmp_path / "a")
    finally:
        tmp_path.chmod(stat.S_IRWXU)


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="Linux's, where nobody may write")
def test_a_folder_where_nobody_may_write_is_told() -> None:
    assert "/proc/self cannot be written to" in why_not_writable(Path("/proc/self/a"))
