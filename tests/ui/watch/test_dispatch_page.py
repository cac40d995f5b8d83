from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QFont
from PySide6.QtWidgets import QCheckBox, QPushButton
from pytestqt.qtbot import QtBot

from caiso_desktop.model.call import Call
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.dispatch_watch import ALL, Change, DispatchBatch, Poll
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.fake import FakeCourier
from caiso_desktop.model.fake_watch import FakeWatching
from caiso_desktop.model.service import Application, Kind, Procedure, Reach, Service, Source, Target, Variant, Version
from caiso_desktop.model.transport import ignore_progress
from caiso_desktop.model.watch import Finish, Watched
from caiso_desktop.ui.watch.dispatch_page import DispatchPage
from caiso_desktop.ui.window import Window

NOON = datetime(2026, 11, 22, 20, tzinfo=UTC)


@pytest.fixture
def catalogue(catalogue: Catalogue) -> Catalogue:
    """With ADS, in the simulator alone."""
    procedures = tuple(
        Procedure(name, Kind.RETRIEVE, (), "x", "plain") for name in ("getDispatchBatchesSinceUID", "getDispatchBatch")
    )
    version = Version("v7", "Fall 2014", {Variant.RPC: "APIWebService/v7"}, Source("d"), procedures=procedures)
    ads = Application(
        "ads", "ADS", "Dispatch", "", (), (), {"simulator": Reach(base="https://simulator.example/ADS/")},
        (Service("APIWebService", Kind.RETRIEVE, (version,)),),
    )  # fmt: skip
    return replace(catalogue, applications=(*catalogue.applications, ads))


@pytest.fixture
def page(window: Window) -> DispatchPage:
    window.watches.show_dispatch()
    page = window.drafts.page("dispatchPage")
    assert isinstance(page, DispatchPage)
    return page


@pytest.fixture
def exchange(courier: FakeCourier) -> Exchange:
    call = Call("simulator", Target("sibr", "RetrieveCleanBidSet", "v4", Variant.AP), b"<a/>")
    return courier.carry(call, CancelToken(), ignore_progress)


def batch(uid: str) -> DispatchBatch:
    return DispatchBatch(uid, "Hourly pre-dispatch", "Active", "HourlyPreDispatch", NOON, NOON, NOON)


def is_bold(page: DispatchPage, row: int) -> bool:
    font = page.table.rows.data(page.table.rows.index(row, 2), Qt.ItemDataRole.FontRole)
    return isinstance(font, QFont) and font.bold()


def button(page: DispatchPage, name: str) -> QPushButton:
    found = page.findChild(QPushButton, name)
    assert found is not None
    return found


def test_it_warns_and_begins_nothing_by_itself(page: DispatchPage, watching: FakeWatching) -> None:
    assert not page.under_way
    assert watching.dispatch.since == []
    assert button(page, "dispatchStart").isEnabled()
    assert not button(page, "dispatchFetch").isEnabled()


def test_new_batches_stand_first_and_are_announced_but_not_what_was_there(
    page: DispatchPage, window: Window, watching: FakeWatching, exchange: Exchange, qtbot: QtBot
) -> None:
    button(page, "dispatchStart").click()
    watching.dispatch.poll(Poll(1, exchange, "B", (batch("A"), batch("B")), first=True))
    qtbot.waitUntil(lambda: page.table.rows.rowCount() == 2)
    assert window.watches.strip.text == ""
    page.table.selectRow(0)
    watching.dispatch.poll(Poll(2, exchange, "C", (batch("C"),)))
    qtbot.waitUntil(lambda: page.table.rows.rowCount() == 3)
    assert [page.table.rows.row(n)[-1] for n in range(3)] == ["C", "B", "A"]
    assert page.table.currentIndex().row() == 1  # what was chosen stays chosen
    assert page.table.rows.row(0)[0] == "2026-11-22 12:00:00 PST"
    assert [is_bold(page, row) for row in range(3)] == [True, False, False]
    assert "A dispatch batch has come" in window.watches.strip.text
    assert "Hourly pre-dispatch, from 2026-11-22 12:00:00 PST: Active" in window.watches.strip.text
    watching.dispatch.end(Watched(Finish.TROUBLE, 3, "That does not pass."))
    qtbot.waitUntil(lambda: not page.under_way)
    assert page.said == "That does not pass."


def test_a_change_is_shown_marked_announced_and_spoken(
    page: DispatchPage,
    window: Window,
    watching: FakeWatching,
    exchange: Exchange,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spoken: list[str] = []
    monkeypatch.setattr(QAccessible, "updateAccessibility", lambda event: spoken.append(event.message()))
    button(page, "dispatchStart").click()
    watching.dispatch.poll(Poll(1, exchange, "B", (batch("A"), batch("B")), first=True))
    read = replace(batch("A"), answers="1 without an answer")
    watching.dispatch.poll(Poll(1, exchange, "B", changes=(Change(read, batch("A")),)))
    qtbot.waitUntil(lambda: page.table.rows.rowCount() == 2 and page.table.rows.row(1)[3] != "")
    assert page.table.rows.row(1)[3] == "1 without an answer"
    assert page.table.rows.row(1)[4] == ""
    assert window.watches.strip.text == ""
    over = replace(read, status="Time out (hourly only)", answers="1 ACCEPTED")
    watching.dispatch.poll(Poll(2, exchange, "B", changes=(Change(over, read),)))
    qtbot.waitUntil(lambda: page.table.rows.row(1)[2] == "Time out (hourly only)")
    assert [is_bold(page, row) for row in range(2)] == [False, True]
    assert page.table.rows.row(1)[3] == "1 ACCEPTED"
    assert page.table.rows.row(1)[4].endswith(": was Active, was 1 without an answer")
    [words] = spoken
    assert words.startswith("A dispatch batch has changed")
    assert "Time out (hourly only), 1 ACCEPTED (was Active, was 1 without an answer)" in words
    assert words.split(". ", 1)[1] in window.watches.strip.text
    page.stop()
    qtbot.waitUntil(lambda: not page.under_way)


def test_the_hour_that_comes_twice_is_told_apart(
    page: DispatchPage, watching: FakeWatching, exchange: Exchange, qtbot: QtBot
) -> None:
    first, second = datetime(2026, 11, 1, 8, 30, tzinfo=UTC), datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
    late = replace(batch("A"), sent=first, start=second, expires=second)
    button(page, "dispatchStart").click()
    watching.dispatch.poll(Poll(1, exchange, "A", (late,), first=True))
    read = replace(late, status="Over")
    asked = replace(exchange, started=second)
    watching.dispatch.poll(Poll(2, asked, "A", changes=(Change(read, late),)))
    qtbot.waitUntil(lambda: page.table.rows.rowCount() == 1 and page.table.rows.row(0)[2] == "Over")
    assert page.table.rows.row(0)[0] == "2026-11-01 01:30:00 PDT"
    assert page.table.rows.row(0)[4] == "01:30:00 PST: was Active"
    assert page.said.startswith("Asked at 01:30:00 PST, ")
    assert page.table.rows.row(0)[5:7] == ("01:30:00 PST", "01:30:00 PST")
    page.stop()
    qtbot.waitUntil(lambda: not page.under_way)


def test_the_next_start_goes_on_from_the_last_or_asks_for_all(
    page: DispatchPage, watching: FakeWatching, exchange: Exchange, qtbot: QtBot
) -> None:
    for since in (ALL, "B"):
        button(page, "dispatchStart").click()
        qtbot.waitUntil(lambda wanted=since: watching.dispatch.since[-1:] == [wanted])  # type: ignore[misc]
        watching.dispatch.poll(Poll(1, exchange, "B", (batch("B"),), first=True))
        watching.dispatch.end(Watched(Finish.STOPPED, 1, "Stopped."))
        qtbot.waitUntil(lambda: not page.under_way)
    box = page.findChild(QCheckBox, "dispatchAll")
    assert box is not None
    box.setChecked(True)
    button(page, "dispatchStart").click()
    qtbot.waitUntil(lambda: watching.dispatch.since == [ALL, "B", ALL])
    page.stop()
    qtbot.waitUntil(lambda: not page.under_way)


def test_an_environment_without_ads_cannot_be_watched(page: DispatchPage, window: Window) -> None:
    production = next(each for each in window._ports.catalogue.environments if each.id == "production")
    window.desk.set_environment(production)
    assert not button(page, "dispatchStart").isEnabled()
    assert "no ADS" in page.said
