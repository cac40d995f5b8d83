"""What keeps a user's work and calls safe, in the window, over fakes that say exactly when and what."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from caiso_desktop.catalogue.offer import OverlaidCatalogues
from caiso_desktop.model.deadline import Deadline, Deadlines
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.draft_store import SavedDraft
from caiso_desktop.model.error import Fate, HostNotApproved, PayloadInvalid, StorageError
from caiso_desktop.model.fake import FakeCourier, FakeIdentities, fake_identity
from caiso_desktop.model.fake_safety import FakeSafety
from caiso_desktop.model.fake_watch import FakeWatching
from caiso_desktop.model.guard import ARMED_FOR, Permit, Seal
from caiso_desktop.model.journal import Ending, Record
from caiso_desktop.model.policy import Policy
from caiso_desktop.model.reading import Reading
from caiso_desktop.model.retention import Lies, Retention
from caiso_desktop.model.service import Kind, Source, Target, Variant
from caiso_desktop.model.side_by_side import MOST_LINES, side_by_side
from caiso_desktop.model.trade_hour import TradeHour
from caiso_desktop.ui.arming import Arming
from caiso_desktop.ui.comparison import Comparison
from caiso_desktop.ui.draft_keeping import AFTER_MS
from caiso_desktop.ui.draft_panel import DraftPanel
from caiso_desktop.ui.editor.filling import SLICE_LINES
from caiso_desktop.ui.icon import Symbol
from caiso_desktop.ui.palette import tokens_of
from caiso_desktop.ui.retention_dialog import RetentionDialog
from caiso_desktop.ui.window import Window
from tests.ui.conftest import NewWindow


@pytest.fixture
def identities() -> FakeIdentities:
    return FakeIdentities({name: [fake_identity("Jane Doe x1234")] for name in ("simulator", "production")})


@pytest.fixture
def panel(qtbot: QtBot, window: Window, submit: Target) -> DraftPanel:
    """A submit to Production, ready to be sent."""
    selector = window.bar.selector
    selector.setCurrentIndex(selector.findData("production"))
    selector.activated.emit(selector.currentIndex())
    panel = window.open_draft(submit)
    qtbot.waitUntil(lambda: bool(panel.desk.draft.text) and panel.desk.certificate is not None)
    return panel


def reviewed(qtbot: QtBot, panel: DraftPanel) -> None:
    panel.bar.send.click()
    qtbot.waitUntil(lambda: panel.guard.reviewing)


def armed(qtbot: QtBot, panel: DraftPanel) -> None:
    reviewed(qtbot, panel)
    QTest.keyClicks(panel.guard.sheet.word, "SC01")
    panel.guard.sheet.arm.click()
    assert panel.guard.arming.permit is not None


def button(parent: QWidget, name: str) -> QPushButton:
    found = parent.findChild(QPushButton, name)
    assert found is not None, name
    return found


def test_an_armed_submit_carries_its_permit_once(qtbot: QtBot, panel: DraftPanel, courier: FakeCourier) -> None:
    armed(qtbot, panel)
    assert courier.calls == []
    panel.bar.send.click()
    qtbot.waitUntil(lambda: len(courier.calls) == 1 and not panel.call.under_way)
    permit = courier.calls[0].permit
    assert permit is not None
    assert permit.typed == "SC01"
    panel.bar.send.click()
    qtbot.waitUntil(lambda: panel.guard.reviewing)
    assert len(courier.calls) == 1
    assert panel.guard.sheet.word.text() == ""


def test_a_wrong_word_arms_nothing(qtbot: QtBot, panel: DraftPanel) -> None:
    reviewed(qtbot, panel)
    for typed in ("", "sc01", "SC02", "PRODUCTION"):
        panel.guard.sheet.word.setText(typed)
        assert not panel.guard.sheet.arm.isEnabled(), typed
        panel.guard.sheet.word.returnPressed.emit()
    assert panel.guard.arming.permit is None


def test_a_sheet_that_is_out_of_date_is_put_away(qtbot: QtBot, panel: DraftPanel) -> None:
    reviewed(qtbot, panel)
    panel.head.certificate.choose(None)
    assert not panel.guard.reviewing
    assert "look at it again" in panel.bar.guard_said


def test_the_catalogue_disarms_too(qtbot: QtBot, window: Window, panel: DraftPanel) -> None:
    armed(qtbot, panel)
    window._ports.offer.changed.emit()
    assert panel.guard.arming.permit is None


@pytest.mark.parametrize(
    ("age", "left"),
    [(timedelta(0), 300), (timedelta(minutes=4), 60), (ARMED_FOR, 0), (timedelta(minutes=-1), 0)],
)
def test_arming_ends_by_the_clock(qtbot: QtBot, age: timedelta, left: int) -> None:
    arming, ticks = Arming(), [0]
    arming.ticked.connect(ticks.append)
    arming.arm(Permit(Seal("production", "u", "h", "t"), "SC01", datetime.now(UTC) - age))
    assert abs(ticks[-1] - left) <= 1
    assert (arming.permit is None) == (left == 0)
    arming.disarm("")


def test_a_second_person_is_waited_for(
    qtbot: QtBot, window: Window, panel: DraftPanel, catalogues: OverlaidCatalogues, safety: FakeSafety
) -> None:
    catalogues.adopt(replace(catalogues.layers, policy=Policy(second_person=True)))
    reviewed(qtbot, panel)
    sheet = panel.guard.sheet
    assert "second person's approval" in sheet.text
    sheet.word.setText("SC01")
    assert not sheet.arm.isEnabled()
    assert safety.approvals is not None
    safety.approvals.give(panel.desk.draft.to_bytes())
    button(sheet, "lookForApprovalButton").click()
    qtbot.waitUntil(lambda: "Approved by second" in sheet.text)
    sheet.word.setText("SC01")
    sheet.arm.click()
    permit = panel.guard.arming.permit
    assert permit is not None
    assert permit.approval is not None
    assert permit.approval.by == "second"


def test_a_host_of_others_is_approved_by_name(
    qtbot: QtBot, window: Window, courier: FakeCourier, safety: FakeSafety, retrieve: Target
) -> None:
    panel = window.open_draft(retrieve)
    qtbot.waitUntil(lambda: bool(panel.desk.draft.text))
    courier.refusal = HostNotApproved("else.example", "AB", "Jane Doe")
    panel.bar.send.click()
    qtbot.waitUntil(lambda: panel.answer.summary.findChild(QPushButton, "approveHostButton") is not None)
    approve = button(panel.answer.summary, "approveHostButton")
    assert "else.example" in approve.text()
    approve.click()
    assert safety.hosts.known == {("else.example", "AB")}
    assert courier.calls == []


def test_a_payload_that_breaks_its_schema_is_sent_by_one_more_word(
    qtbot: QtBot, window: Window, courier: FakeCourier, submit: Target
) -> None:
    panel = window.open_draft(submit)
    qtbot.waitUntil(lambda: bool(panel.desk.draft.text))
    courier.refusal = PayloadInvalid("2 problems. The first: line 2, column 3: <a> is empty.", "abc", 2, 3)
    panel.bar.send.click()
    qtbot.waitUntil(lambda: panel.answer.summary.findChild(QPushButton, "sendDespiteButton") is not None)
    assert courier.calls == []
    button(panel.answer.summary, "goToFirstProblemButton").click()
    cursor = panel.payload.editor.textCursor()
    assert (cursor.blockNumber() + 1, cursor.positionInBlock() + 1) == (2, 3)
    courier.refusal = None
    button(panel.answer.summary, "sendDespiteButton").click()
    qtbot.waitUntil(lambda: len(courier.calls) == 1 and not panel.call.under_way)
    assert courier.calls[0].despite == "abc"


def test_the_sheet_says_that_the_payload_breaks_its_schema(qtbot: QtBot, panel: DraftPanel, safety: FakeSafety) -> None:
    reviewed(qtbot, panel)
    sheet = panel.guard.sheet.sheet
    assert sheet is not None
    assert "breaks its schema" not in panel.guard.sheet.text
    words = "2 problems · CAISO's schema, imported. The first: line 3, column 7: <quantity>: “x” is no number."
    panel.guard.sheet.show_sheet(replace(sheet, invalid=True, verdict=words), Policy(), None)
    assert "The payload breaks its schema" in panel.guard.sheet.text
    assert words in panel.guard.sheet.text


def test_a_payload_changed_since_it_was_refused_is_judged_anew(
    qtbot: QtBot, window: Window, courier: FakeCourier, submit: Target
) -> None:
    panel = window.open_draft(submit)
    qtbot.waitUntil(lambda: bool(panel.desk.draft.text))
    courier.refusal = PayloadInvalid("1 problem.", "abc", 1, 1)
    panel.bar.send.click()
    qtbot.waitUntil(lambda: panel.answer.summary.findChild(QPushButton, "sendDespiteButton") is not None)
    despite = button(panel.answer.summary, "sendDespiteButton")
    QTest.keyClicks(panel.payload.editor, " ")
    panel.payload.settle()
    courier.refusal = None
    despite.click()
    qtbot.waitUntil(lambda: len(courier.calls) == 1 and not panel.call.under_way)
    assert courier.calls[0].despite == ""


def test_typing_is_saved_within_two_seconds_and_in_order(
    qtbot: QtBot, window: Window, safety: FakeSafety, retrieve: Target
) -> None:
    panel = window.open_draft(retrieve)
    qtbot.waitUntil(lambda: bool(panel.desk.draft.text))
    QTest.keyClicks(panel.payload.editor, "abc")
    tabs = safety.memory.tabs
    qtbot.waitUntil(lambda: panel.id in tabs.saved and tabs.saved[panel.id].draft.text.startswith("abc"))
    assert AFTER_MS <= 1000  # The disk may have the other second.
    saved = tabs.saved[panel.id]
    assert (saved.target, saved.environment, saved.caret) == (retrieve, "simulator", 3)
    assert saved.identity == panel.desk.identity
    window.drafts.close_current()
    qtbot.waitUntil(lambda: [each.draft.id for each in tabs.binned] == [panel.id])
    action = window.findChild(QAction, "reopenDraft")
    assert action is not None
    action.trigger()
    qtbot.waitUntil(lambda: panel.id in tabs.saved)
    window.close()
    assert tabs.closed


def test_a_closed_draft_stays_closed_whatever_still_changes_in_it(
    qtbot: QtBot, window: Window, safety: FakeSafety, retrieve: Target
) -> None:
    tabs = safety.memory.tabs
    panel = window.open_draft(retrieve)
    window.drafts.close_current()  # before its skeleton came and before it was ever saved
    qtbot.waitUntil(lambda: bool(panel.desk.draft.text))
    panel.payload.editor.insertPlainText("late ")
    window.safety.keeping.save()
    panel.payload.editor.insertPlainText("later ")
    window.close()
    assert tabs.saved == {}
    assert [each.draft.draft.text[:11] for each in tabs.binned] == ["late later "]


def test_what_cannot_be_saved_is_told_and_tried_again(
    qtbot: QtBot, window: Window, safety: FakeSafety, retrieve: Target
) -> None:
    tabs, strip = safety.memory.tabs, window.safety.strip
    tabs.failure = StorageError("the disk is full.")
    panel = window.open_draft(retrieve)
    qtbot.waitUntil(lambda: "the disk is full" in strip.text)
    assert strip.isVisible()
    tabs.failure = None
    window.safety.keeping.save()
    qtbot.waitUntil(lambda: strip.text == "")
    qtbot.waitUntil(lambda: panel.id in tabs.saved)


def test_the_next_start_opens_what_was_open_and_offers_what_crashed(
    qtbot: QtBot,
    new_window: NewWindow,
    identities: FakeIdentities,
    safety: FakeSafety,
    retrieve: Target,
    submit: Target,
) -> None:
    tabs = safety.memory.tabs
    identity = identities.by_environment["production"][0]
    tabs.saved = {
        "a": SavedDraft("a", "simulator", retrieve, Draft("<a/>")),
        "b": SavedDraft("b", "production", submit, Draft("<b/>"), identity.ref),
    }
    tabs.held_back = (SavedDraft("c", "simulator", submit, Draft("<c/>")),)
    window = new_window()
    window.show()
    window.begin()
    qtbot.waitUntil(lambda: "A draft was not opened" in window.safety.strip.text)
    assert [panel.id for panel in window.drafts.panels] == ["a", "b"]
    assert window.drafts.current is window.drafts.panels[0]
    assert [panel.payload.editor.view() for panel in window.drafts.panels] == ["<a/>", "<b/>"]
    second = window.drafts.panels[1]
    qtbot.waitUntil(lambda: second.desk.certificate == identity.certificate)
    assert second.guard.arming.permit is None
    button(window.safety.strip, "openHeldBack-c").click()
    qtbot.waitUntil(lambda: [panel.id for panel in window.drafts.panels] == ["a", "b", "c"])
    assert window.safety.strip.text == ""
    window.close()


def record(
    safety: FakeSafety, target: Target, payload: str, fate: Fate = Fate.ANSWERED, kind: Kind = Kind.SUBMIT
) -> None:
    written = Record(
        datetime.now(UTC),
        "production",
        "https://production.example/x",
        target,
        "op",
        kind,
        "e",
    )
    safety.memory.history.put(written, payload.encode(), Ending(datetime.now(UTC), fate))


def test_only_the_last_search_counts(qtbot: QtBot, window: Window, safety: FakeSafety, submit: Target) -> None:
    for text in ("slow one", "quick two"):
        record(safety, submit, text)
    history = window.history
    history.filters.text.setText("slow")
    history.search()
    history.filters.text.setText("quick")
    history.search()
    qtbot.waitUntil(lambda: len(history.entries) == 1)
    safety.memory.history.hold.set()
    qtbot.wait(50)
    assert [entry.id for entry in history.entries] == [2]


def test_a_journal_that_cannot_be_read_is_told(qtbot: QtBot, window: Window, safety: FakeSafety) -> None:
    safety.memory.history.failure = StorageError("the disk is gone.")
    window.history.search()
    qtbot.waitUntil(lambda: "the disk is gone" in window.history.said)


def test_a_trade_date_that_is_none_is_marked(qtbot: QtBot, window: Window) -> None:
    filters = window.history.filters
    filters.trade_date.setText("2026-13-01")
    assert filters.filter(datetime.now(UTC)).trade_date is None
    assert filters.trade_date.property("wrong") is True


def test_no_way_to_send_again_is_offered_for_an_unknown_fate(
    qtbot: QtBot, window: Window, safety: FakeSafety, submit: Target, courier: FakeCourier, watching: FakeWatching
) -> None:
    record(safety, submit, "<x/>", Fate.UNKNOWN)
    watching.follow_ups.looks = Target("sibr", "RetrieveCleanBidSet", "v4", Variant.DOCATTACH)
    window.history.look_for_unknown()
    bar = window.history.unknown
    qtbot.waitUntil(bar.isVisible)
    words = [each.text() for each in bar.findChildren(QPushButton)]
    assert words == ["Open RetrieveCleanBidSet", "It arrived", "It did not arrive"]
    button(bar, "lookButton-1").click()
    qtbot.waitUntil(lambda: window.drafts.current is not None)
    panel = window.drafts.current
    assert panel is not None
    assert panel.desk.draft.text == "<Filled>RetrieveCleanBidSet</Filled>"
    assert panel.desk.environment.id == "production"
    button(bar, "lostButton-1").click()
    qtbot.waitUntil(lambda: not bar.isVisible())
    assert courier.calls == []


def test_a_retrieve_of_unknown_fate_is_nobody_s_business(
    qtbot: QtBot, window: Window, safety: FakeSafety, submit: Target
) -> None:
    record(safety, submit, "<x/>", Fate.UNKNOWN)
    retrieve = Target("sibr", "RetrieveCleanBidSet", "v4", Variant.DOCATTACH)
    record(safety, retrieve, "<x/>", Fate.UNKNOWN, kind=Kind.RETRIEVE)
    window.history.look_for_unknown()
    qtbot.waitUntil(window.history.unknown.isVisible)
    assert "One call has left" in window.history.unknown.text
    assert "RetrieveCleanBidSet" not in window.history.unknown.text
    assert [entry.record.target for entry in safety.memory.journal.unknown()] == [submit]


def test_retention_is_changed_and_things_deleted_now(
    qtbot: QtBot, window: Window, safety: FakeSafety, tmp_path: Path
) -> None:
    keeper = safety.memory.housekeeper
    keeper.lies = (Lies("answers", tmp_path, 12_000),)
    opened: list[Path] = []
    dialog = RetentionDialog(window._ports, window, opened.append)
    qtbot.waitUntil(lambda: dialog.table.rows.rowCount() == 1)
    assert dialog.answer_days.value() == Retention().answer_days
    dialog.record_days.setValue(400)
    dialog.verb.click()
    qtbot.waitUntil(lambda: keeper.retention.record_days == 400 and "nothing to delete" in dialog.said)
    assert not dialog.delete.isEnabled()
    dialog.answers.setChecked(True)
    dialog.delete.click()
    qtbot.waitUntil(lambda: "1 answers" in dialog.said)
    assert keeper.asked == ["tidy", "delete True False False"]
    button(dialog, "openFolderButton").click()
    assert opened == [tmp_path]
    dialog.close()


def test_a_payload_whose_hour_has_closed_is_marked(
    qtbot: QtBot, window: Window, safety: FakeSafety, submit: Target
) -> None:
    deadline = Deadline("rt", "Real-time bids close", Source("the desk"), ("sibr/SubmitBids",), minutes_before=75)
    safety.deadlines = Deadlines((deadline,))
    gone = TradeHour.at(datetime.now(UTC) - timedelta(hours=5))
    safety.guard.reading = Reading(hours=(gone,))
    panel = window.open_draft(submit)
    qtbot.waitUntil(lambda: "which is over" in panel.bar.closed)
    assert panel.bar.deadlines.startswith("Real-time bids close in")
    safety.guard.reading = Reading()
    QTest.keyClicks(panel.payload.editor, " ")
    qtbot.waitUntil(lambda: panel.bar.closed == "")


def test_a_file_of_deadlines_that_is_wrong_is_told_at_a_submit(
    qtbot: QtBot, window: Window, safety: FakeSafety, submit: Target, retrieve: Target
) -> None:
    safety.deadlines = Deadlines(problems=("own.toml, line 4: 'id' is missing.",))
    panel = window.open_draft(submit)
    qtbot.waitUntil(lambda: panel.bar.closed.endswith("missing here: own.toml, line 4: 'id' is missing."))
    other = window.open_draft(retrieve)
    panel.deadlines.look()
    other.deadlines.look()
    assert panel.bar.closed
    assert other.bar.closed == ""


def test_long_payloads_are_compared_without_standing_still(
    qtbot: QtBot, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every line differs: each slice of the texts has its turn, and only what is seen is painted."""
    found = side_by_side(*(b"".join(b"%s%d\n" % (name, n) for n in range(MOST_LINES)) for name in (b"a", b"b")))
    slices: list[int] = []
    put = QPlainTextEdit.setPlainText

    def watched(side: QPlainTextEdit, text: str) -> None:
        slices.append(text.count("\n"))
        put(side, text)

    monkeypatch.setattr(QPlainTextEdit, "setPlainText", watched)
    page = Comparison(("one", "two"), found)
    assert slices
    assert max(slices) <= SLICE_LINES
    window.drafts.show_page(page, "Compared", Symbol.PROXY)
    qtbot.waitUntil(lambda: page.left.complete and page.right.complete)
    assert page.left.blockCount() == page.right.blockCount() == len(found.lines)
    page.left.verticalScrollBar().setValue(12_000)
    assert page.right.verticalScrollBar().value() == 12_000
    ground = QColor(tokens_of(page.palette()).warning_ground)
    picture = page.left.viewport().grab().toImage()
    assert picture.pixelColor(picture.width() - 3, 5) == ground
    assert page.said == "20,000 of 20,000 lines differ."


def test_one_goes_from_difference_to_difference(qtbot: QtBot, window: Window) -> None:
    before = b"".join(b"%d\n" % n for n in range(3000))
    after = before.replace(b"\n0\n", b"\nx\n").replace(b"\n1500\n", b"\nx\n").replace(b"\n1501\n", b"\ny\n")
    after = after.replace(b"0\n", b"z\n", 1).replace(b"\n2999\n", b"\n")
    page = Comparison(("one", "two"), side_by_side(before, after))
    window.drafts.show_page(page, "Compared", Symbol.PROXY)
    qtbot.waitUntil(lambda: page.left.complete and page.right.complete)
    rows = []
    for key, modifier in (
        *[(Qt.Key.Key_F3, Qt.KeyboardModifier.NoModifier)] * 4,
        *[(Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)] * 2,
    ):
        QTest.keyClick(page.left, key, modifier)
        rows.append((page.left.textCursor().blockNumber(), page.place))
        assert page.right.textCursor().blockNumber() == rows[-1][0]
    assert rows == [
        (0, "1 of 3"), (1500, "2 of 3"), (2999, "3 of 3"), (0, "1 of 3"), (2999, "3 of 3"), (1500, "2 of 3")
    ]  # fmt: skip
    sight = page.left.viewport().rect()
    assert [kind for kind, _ in page.left._in_sight(sight)].count("changed") == 2
    same = Comparison(("one", "two"), side_by_side(before, before))
    qtbot.addWidget(same)
    same.step()
    assert same.place == ""
    assert not any(each.isEnabled() for each in same.findChildren(QToolButton))
