from datetime import UTC, datetime
from pathlib import Path

import pytest

from caiso_desktop.model.error import StorageError, UsageError
from caiso_desktop.model.guard import Approval, hash_of
from caiso_desktop.store.approval import ApprovalFolder

NOW = datetime(2026, 3, 10, 17, 0, tzinfo=UTC)


def test_what_one_leaves_another_finds(tmp_path: Path) -> None:
    chris = ApprovalFolder(tmp_path, user=lambda: "chris", clock=lambda: NOW)
    jane = ApprovalFolder(tmp_path)
    assert jane.find(hash_of(b"<Bids/>")) is None
    given = chris.give(b"<Bids/>")
    assert jane.find(hash_of(b"<Bids/>")) == given == Approval(hash_of(b"<Bids/>"), "chris", NOW)
    assert jane.find(hash_of(b"<Bids />")) is None
    assert all(file.stat().st_mode & 0o044 for file in tmp_path.iterdir()), "the sender is another user"


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"by": "chris", "when": "soon"}', '{"by": "x", "when": "2026-03-10"}']
)
def test_a_file_that_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / f"{hash_of(b'')}.approval").write_text(content)
    assert ApprovalFolder(tmp_path).find(hash_of(b"")) is None


def test_names_that_leave_the_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not the SHA-256"):
        ApprovalFolder(tmp_path).find("../../etc/passwd")


def test_a_folder_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / f"{hash_of(b'')}.approval").mkdir()
    with pytest.raises(StorageError, match="could not be read"):
        ApprovalFolder(tmp_path).find(hash_of(b""))
