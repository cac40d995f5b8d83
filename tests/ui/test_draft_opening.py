"""Drafts opened from elsewhere: a payload too big to be edited never gets into an editor."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from pytestqt.qtbot import QtBot

from caiso_desktop.model.call import Call
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.draft import EDITABLE_BYTES
from caiso_desktop.model.fake import FakeCourier
from caiso_desktop.model.fake_safety import FakeSafety
from caiso_desktop.model.journal import Entry, Record
from caiso_desktop.model.service import Kind, Target
from caiso_desktop.model.source import PayloadFile
from caiso_desktop.model.transport import ignore_progress
from caiso_desktop.ui.window import Window

BIG = b"<a>\n" + b"<b/>\n" * (EDITABLE_BYTES // 5 + 1) + b"</a>"


def test_a_copy_of_a_draft_of_a_large_file_is_of_that_file_too(
    qtbot: QtBot, window: Window, retrieve: Target, tmp_path: Path
) -> None:
    big = tmp_path / "big.xml"
    big.write_bytes(BIG)
    panel = window.open_draft(retrieve)
    panel.payload.open(big)
    qtbot.waitUntil(lambda: panel.payload.file == big)
    window.opening.copy(panel, panel.desk.environment)
    copy = window.drafts.current
    assert copy is not None
    assert copy is not panel
    assert copy.payload.file == big
    assert copy.payload.editor.view() == ""
    assert copy.desk.draft.text == BIG.decode()


def test_a_large_payload_of_the_past_is_shown_from_its_file(
    qtbot: QtBot, window: Window, courier: FakeCourier, retrieve: Target, tmp_path: Path
) -> None:
    big = tmp_path / "payload"
    big.write_bytes(BIG)
    call = Call(window.desk.environment.id, retrieve, PayloadFile.of(big))
    window.opening.show(courier.carry(call, CancelToken(), ignore_progress))
    panel = window.drafts.current
    assert panel is not None
    qtbot.waitUntil(lambda: panel.payload.file == big)
    assert panel.payload.editor.view() == ""
    assert panel.desk.exchange is not None


def test_a_large_payload_of_the_past_that_has_no_file_is_told_of(window: Window, retrieve: Target) -> None:
    panel = window.opening.panel(window.desk.environment, retrieve)
    panel.begin_with(BIG, "")
    assert "`caiso journal show CALL --payload`" in panel.payload.problem.text
    assert panel.payload.editor.view() == ""


def test_a_call_of_an_environment_that_is_gone_is_told(window: Window, courier: FakeCourier, retrieve: Target) -> None:
    call = Call(window.desk.environment.id, retrieve, b"<a/>")
    exchange = courier.carry(call, CancelToken(), ignore_progress)
    window.opening.show(replace(exchange, call=replace(call, environment="taken-away")))
    assert window.drafts.panels == ()
    assert "taken-away" in window.history.said


def test_a_large_payload_of_the_past_becomes_a_draft_of_its_file(
    qtbot: QtBot, window: Window, safety: FakeSafety, retrieve: Target, tmp_path: Path
) -> None:
    big = tmp_path / "payload.xml"
    big.write_bytes(BIG)
    record = Record(
        datetime(2026, 11, 26, tzinfo=UTC), "simulator", "https://x.example", retrieve, "x", Kind.RETRIEVE, ""
    )
    entry = Entry(7, record, "", len(BIG))
    safety.look_back.payloads[7] = PayloadFile.of(big)
    window.history.verbs.open_entry(entry)
    qtbot.waitUntil(lambda: len(window.drafts.panels) == 1)
    (panel,) = window.drafts.panels
    qtbot.waitUntil(lambda: panel.payload.file == big)
    assert panel.desk.exchange is None
    assert panel.payload.editor.view() == ""
    window.history.verbs.open_entry(replace(entry, id=8))
    qtbot.waitUntil(lambda: "call 8 is no longer kept" in window.history.said)
    assert len(window.drafts.panels) == 1


def test_a_large_payload_that_was_held_is_shown_from_its_file_too(
    qtbot: QtBot, window: Window, courier: FakeCourier, safety: FakeSafety, retrieve: Target, tmp_path: Path
) -> None:
    big = tmp_path / "payload.xml"
    big.write_bytes(BIG)
    call = Call(window.desk.environment.id, retrieve, BIG)
    exchange = courier.carry(call, CancelToken(), ignore_progress)
    entry = safety.memory.history.find(exchange.id)
    assert entry is not None
    safety.look_back.payloads[entry.id] = PayloadFile.of(big)
    window.opening.show(exchange)
    panel = window.drafts.current
    assert panel is not None
    assert panel.desk.exchange is exchange
    qtbot.waitUntil(lambda: panel.payload.file == big)
    window.opening.show(replace(exchange, id="deleted"))
    other = window.drafts.current
    assert other is not None
    assert other is not panel
    qtbot.waitUntil(lambda: "the journal has no copy of it" in other.payload.problem.text)
    assert other.payload.editor.view() == ""
