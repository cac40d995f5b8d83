"""What was sent is read again to begin a draft with; what is too large to be edited lies in a file as long as it is."""

import hashlib
import os
import time
import zlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from caiso_desktop.assembly.look_back import SpoolLookBack
from caiso_desktop.catalogue.load import load
from caiso_desktop.model.draft import EDITABLE_BYTES, EDITABLE_LINE, Draft
from caiso_desktop.model.draft_store import SavedDraft
from caiso_desktop.model.error import StorageError, UsageError
from caiso_desktop.model.failure import Failures
from caiso_desktop.model.fake import FakeCourier
from caiso_desktop.model.journal import Ending, Entry, Record
from caiso_desktop.model.retention import Deleted, Retention
from caiso_desktop.model.source import PIECE, PayloadFile
from tests.store.conftest import (
    database_path,
    journal,
    make_ending,
    make_record,
    open_database,
    open_journal,
)
from tests.store.test_retention import Home, home

__all__ = ["database_path", "home", "journal", "make_ending", "make_record", "open_database", "open_journal"]

LARGE = b"<a>\n" + b"<b/>\n" * (EDITABLE_BYTES // 5 + 1) + b"</a>"
LONG = b"<a>" + b"<b/>" * (EDITABLE_LINE // 4) + b"</a>"

Sent = Callable[[bytes], Entry]


@pytest.fixture
def back(home: Home, tmp_path: Path) -> SpoolLookBack:
    catalogue = load(Path(__file__).parents[2] / "resources" / "catalogue")
    return SpoolLookBack(home.spool, lambda: home.journal, FakeCourier(tmp_path, catalogue), Failures)


@pytest.fixture
def sent(home: Home, make_record: Callable[..., Record], make_ending: Callable[..., Ending]) -> Sent:
    def send(payload: bytes) -> Entry:
        call = home.journal.begin(make_record(exchange=home.exchange(100)), payload)
        home.journal.end(call, make_ending())
        return home.journal.entry(call)

    return send


def test_one_that_can_be_edited_is_its_bytes(back: SpoolLookBack, sent: Sent) -> None:
    for payload in (b"<a>\r\n\xc3\xbc</a>", b"not XML", b"\xff\xfe\xff"):
        assert back.payload(sent(payload)) == payload


@pytest.mark.parametrize("payload", [LARGE, LONG])
def test_one_that_cannot_is_a_file_among_those_of_the_call(
    home: Home, back: SpoolLookBack, sent: Sent, payload: bytes
) -> None:
    entry = sent(payload)
    found = back.payload(entry)
    assert isinstance(found, PayloadFile)
    assert found.path.read_bytes() == payload
    assert (found.size, found.hash) == (len(payload), hashlib.sha256(payload).hexdigest())
    assert found.path.parent == home.spool.folder(entry.record.exchange)
    assert back.payload(entry) == found
    found.path.write_bytes(b"changed since")
    assert back.payload(entry) == found
    assert found.path.read_bytes() == payload
    assert sorted(each.name for each in found.path.parent.iterdir()) == ["payload.xml", "response"]


def test_it_has_a_place_where_the_answer_is_deleted(home: Home, back: SpoolLookBack, sent: Sent) -> None:
    entry = sent(LARGE)
    home.keeper.tidy()
    assert home.spool.folder(entry.record.exchange) is None
    found = back.payload(entry)
    assert isinstance(found, PayloadFile)
    assert found.path.read_bytes() == LARGE
    assert home.spool.folder(found.path.parent.name) == found.path.parent


def test_one_that_is_kept_no_more_is_told_and_leaves_nothing(home: Home, back: SpoolLookBack, sent: Sent) -> None:
    for payload in (b"<a/>", LARGE):
        entry = sent(payload)
        folder = home.spool.folder(entry.record.exchange)
        assert folder is not None
        home.keeper.delete_now(records=True)
        with pytest.raises((UsageError, StorageError), match=f"call {entry.id}"):
            back.payload(entry)
        assert [each.name for each in folder.iterdir()] == ["response"]


@pytest.mark.parametrize("payload", [b"<a/>", LARGE])
@pytest.mark.parametrize("spoil", [lambda data: data[:-10], lambda data: b"y" + data[1:], zlib.compress])
def test_one_that_was_spoilt_in_the_journal_is_told_and_never_shown(
    home: Home, back: SpoolLookBack, sent: Sent, payload: bytes, spoil: Callable[[bytes], bytes]
) -> None:
    entry = sent(payload)
    folder = home.spool.folder(entry.record.exchange)
    assert folder is not None
    with home.journal._database.writing() as connection:
        (data,) = connection.execute("SELECT data FROM payload").fetchone()
        connection.execute("UPDATE payload SET data = ?", (spoil(data),))
    with pytest.raises(StorageError, match=f"payload of call {entry.id} (is damaged|in the journal is not the one)"):
        back.payload(entry)
    assert [each.name for each in folder.iterdir()] == ["response"]


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_a_payload_of_any_size_is_put_into_a_file_whole(home: Home, sent: Sent, tmp_path: Path, size: int) -> None:
    payload = b"<a>" + b" " * size + b"</a>" if size else b""
    found = home.journal.payload_into(sent(payload).id, tmp_path / "whole")
    assert found == PayloadFile.of(tmp_path / "whole")
    assert found.path.read_bytes() == payload


def test_the_file_stays_as_long_as_a_draft_is_of_it(home: Home, back: SpoolLookBack, sent: Sent) -> None:
    kept, other = (back.payload(sent(LARGE)) for _ in range(2))
    assert isinstance(kept, PayloadFile)
    assert isinstance(other, PayloadFile)
    age(home, kept.path, other.path)
    target = home.journal.entry(1).record.target
    home.drafts.save(SavedDraft("tab", "simulator", target, Draft(""), file=kept.path))
    home.keeper.set_retention(Retention(answer_days=1))
    assert home.keeper.tidy() == Deleted(answers=1)
    home.drafts.throw_away("tab")
    assert home.keeper.delete_now(answers=True) == Deleted()
    assert kept.path.exists()
    assert not other.path.exists()
    assert home.keeper.delete_now(answers=True, drafts=True) == Deleted(answers=1, drafts=1)
    assert not kept.path.exists()


def age(home: Home, *paths: Path) -> None:
    """Let folders look as if nobody had touched them for two days."""
    at = time.time() - timedelta(days=2).total_seconds()
    for path in paths:
        for each in (*path.parent.iterdir(), path.parent):
            os.utime(each, (at, at))
