"""How a call travelled, in the journal: as it was, written once for many calls, gone with the last of them."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from caiso_desktop.model.error import Side
from caiso_desktop.model.evidence import Circumstances, Evidence, Trouble
from caiso_desktop.model.identity import Certificate
from caiso_desktop.model.journal import Ending, Record
from caiso_desktop.model.transport import Link, TlsFacts
from caiso_desktop.store.evidence import Written, read_evidence, write_circumstances, write_evidence
from caiso_desktop.store.journal import CallJournal

MakeRecord = Callable[..., Record]
MakeEnding = Callable[..., Ending]
SINCE, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
OWN = Certificate(b"", "CN=Jane Größe x1234,O=CAISO", "CN=Issuing,O=CAISO", 0xABCDEF, "AB" * 32, SINCE, UNTIL)
TLS = TlsFacts(
    "TLSv1.3",
    "TLS_AES_256_GCM_SHA384",
    b"",
    (Link(b"", "CN=ws.caiso.com", "CN=Issuing", UNTIL, SINCE, "0F", "CD" * 32), Link(b"", thumbprint="EF" * 32)),
)
KNOWN = Circumstances(OWN, "in Windows, for your account", TLS, "through a proxy", "Catalogue 10.1")
EVIDENCE = Evidence(
    (("Content-Type", "text/xml"),), (("Server", "Apache"), ("Set-Cookie", "(not kept)")), "OK", ("Fine",), None, KNOWN
)


@pytest.fixture
def travelled(journal: CallJournal, make_record: MakeRecord, make_ending: MakeEnding) -> CallJournal:
    for number in (1, 2, 3):
        journal.end(journal.begin(make_record(number), b"<a/>"), make_ending(evidence=EVIDENCE))
    return journal


def _evidence(journal: CallJournal, call: int) -> Evidence | None:
    ending = journal.entry(call).ending
    assert ending is not None
    return ending.evidence


def test_it_is_read_as_it_was_written() -> None:
    written = write_circumstances(KNOWN)
    told = json.loads(json.dumps(write_evidence(EVIDENCE)))
    assert read_evidence(told, {written.name: written}) == EVIDENCE
    assert read_evidence(told, {}) == replace(EVIDENCE, circumstances=Circumstances())
    lost = replace(EVIDENCE, trouble=Trouble("Cut off", "It ended.", "Look there.", Side.BETWEEN))
    assert read_evidence(write_evidence(lost), {written.name: written}) == lost
    nothing = Evidence()
    written = write_circumstances(nothing.circumstances)
    assert read_evidence(write_evidence(nothing), {written.name: written}) == nothing


def test_what_makes_no_sense_is_nothing() -> None:
    for body in (b"", b"[]", b"{}", b'{"certificate": 3}'):
        name = Written.of(body).name
        told = {**write_evidence(EVIDENCE), "circumstances": name}
        assert read_evidence(told, {name: Written(name, body)}).circumstances == Circumstances()


def test_many_calls_share_what_they_have_in_common(travelled: CallJournal, database_path: Path) -> None:
    assert [_evidence(travelled, call) for call in (1, 2, 3)] == [EVIDENCE] * 3
    with closing(sqlite3.connect(database_path)) as connection:
        assert connection.execute("SELECT count(*) FROM circumstances").fetchone() == (1,)
        largest = max(len(body) for (body,) in connection.execute("SELECT body FROM chain"))
    assert largest < 1500
    assert travelled.verify().findings == ()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE circumstances SET body = replace(body, 'Jane', 'John')",
        "UPDATE circumstances SET body = CAST(body AS BLOB) || ' '",
        "DELETE FROM circumstances",
        "UPDATE circumstances SET hash = 'x'",
    ],
)
def test_what_was_altered_shows(travelled: CallJournal, database_path: Path, statement: str) -> None:
    with closing(sqlite3.connect(database_path)) as connection, connection:
        connection.execute(statement)
    found = travelled.verify().findings
    assert [(each.call, "certificate and connection was altered" in each.sentence) for each in found] == [
        (1, True),
        (2, True),
        (3, True),
    ]


def test_the_last_call_that_had_it_takes_it_along(travelled: CallJournal, database_path: Path) -> None:
    travelled.forget([1, 2], "old")
    assert _evidence(travelled, 3) == EVIDENCE
    travelled.forget([3], "old")
    with closing(sqlite3.connect(database_path)) as connection:
        assert connection.execute("SELECT count(*) FROM circumstances").fetchone() == (0,)
    assert "Größe".encode() not in database_path.read_bytes()
    assert travelled.verify().findings == ()


def test_a_call_is_found_by_its_exchange(travelled: CallJournal) -> None:
    found = travelled.find("exchange-2")
    assert found is not None
    assert found.id == 2
    assert travelled.find("exchange-9") is None
    assert travelled.find("") is None


@pytest.mark.parametrize("size", [0, 10, 3_000_000])
def test_a_payload_is_read_back_into_a_file(
    journal: CallJournal, make_record: MakeRecord, tmp_path: Path, size: int
) -> None:
    payload = bytes(number % 251 for number in range(size))
    call = journal.begin(make_record(), payload)
    kept = journal.payload_into(call, tmp_path / "payload")
    assert (tmp_path / "payload").read_bytes() == payload
    assert (kept.size, kept.hash) == (size, journal.entry(call).payload_hash)
