"""The watch of dispatch through the real window and the simulator's ADS, whose clock the test moves."""

from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from caiso_desktop.model.dispatch_watch import LIST
from caiso_desktop.model.journal import Filter
from caiso_desktop.model.simulation import Disturbance, FaultChoice
from caiso_desktop.simulator import fault
from caiso_desktop.ui.watch.dispatch_page import DispatchPage
from tests.journeys.conftest import Desk


def page_of(desk: Desk) -> DispatchPage:
    desk.window.watches.show_dispatch()
    page = desk.window.drafts.page("dispatchPage")
    assert isinstance(page, DispatchPage)
    return page


def press(page: DispatchPage, name: str) -> None:
    button = page.findChild(QPushButton, name)
    assert button is not None
    assert button.isEnabled()
    button.click()


def let_come(desk: Desk, minutes: float) -> None:
    """Let so much time go by in the simulator, and the watch look."""
    desk.simulator.control.disturb(Disturbance((FaultChoice("clock", minutes),)))
    desk.rest.over()


def test_a_batch_that_comes_is_listed_and_announced_and_fetched(own_desk: Desk) -> None:
    desk = own_desk
    page = page_of(desk)
    assert not page.under_way
    assert "One session for a certificate" in "".join(label for label in texts(page))
    before = len(desk.simulator.requests)
    press(page, "dispatchStart")
    desk.until(lambda: page.table.rows.rowCount() > 200)
    assert desk.window.watches.strip.text == ""  # what was there already is no news
    held = page.table.rows.rowCount()

    let_come(desk, 5)
    desk.until(lambda: page.table.rows.rowCount() > held)
    assert page.table.rows.row(0)[1] in ("5 minute dispatchable", "Hourly pre-dispatch")
    assert page.table.rows.row(0)[2] in ("Active", "Closed", "Time out (hourly only)")
    desk.until(lambda: "dispatch batch" in desk.window.watches.strip.text)

    uid = page.table.rows.row(0)[-1]
    page.table.selectRow(0)
    press(page, "dispatchFetch")
    desk.until(lambda: desk.window.drafts.current is not None and desk.window.drafts.current.desk.exchange is not None)
    fetched = desk.window.drafts.current
    assert fetched is not None
    assert fetched.desk.exchange is not None
    assert fetched.desk.exchange.answer is not None
    assert fetched.desk.exchange.answer.report is not None
    assert uid in fetched.desk.exchange.answer.report.read_text()

    page.stop()
    desk.until(lambda: not page.under_way)
    bodies = b"".join(request.body for request in desk.simulator.requests[before:])
    assert b"validateDispatchBatch" not in bodies
    assert b"acceptInstruction" not in bodies


def test_a_watch_goes_on_from_the_last_batch_after_a_restart(qtbot: QtBot, own_desk: Desk) -> None:
    desk = own_desk
    page = page_of(desk)
    press(page, "dispatchStart")
    desk.until(lambda: page.table.rows.rowCount() > 200)
    last = page.table.rows.row(0)[-1]
    settings = desk.settings
    desk.window.close()
    assert desk.jobs.close(10)
    desk.simulator.control.disturb(Disturbance((FaultChoice("clock", 5),)))
    again = Desk(qtbot, desk.house, desk.folder, settings=settings)
    page = page_of(again)
    press(page, "dispatchStart")
    again.until(lambda: page.table.rows.rowCount() > 0)
    assert page.table.rows.rowCount() < 5
    assert last.encode() in lists(again)[-1]
    page.stop()
    again.until(lambda: not page.under_way)
    again.close()


def test_what_says_the_same_again_is_one_record_without_its_files(own_desk: Desk) -> None:
    desk = own_desk
    page = page_of(desk)
    press(page, "dispatchStart")
    desk.until(lambda: page.table.rows.rowCount() > 200)
    for asked in (2, 3, 4, 5):
        desk.rest.over()
        desk.until(lambda wanted=asked: len(lists(desk)) == wanted)  # type: ignore[misc]  # a default
    let_come(desk, 5)
    desk.until(lambda: "dispatch batch" in desk.window.watches.strip.text)
    page.stop()
    desk.until(lambda: not page.under_way)
    found = desk.house.journal.search(Filter(application="ads"))
    new, quiet, first = [entry for entry in found if entry.record.operation == LIST]
    assert quiet.repeats is not None
    assert quiet.repeats.times == 3
    desk.until(lambda: "Success, 3 times more" in [desk.window.history.table.rows.row(n)[4] for n in range(4)])
    spool = desk.house.memory.spool
    assert [spool.folder(each.record.exchange) is not None for each in (new, quiet, first)] == [True, False, True]
    kept = [each for each in found if spool.folder(each.record.exchange) is not None]
    assert len(list((desk.folder / "data" / "answers").glob("2*"))) == len(kept) < 6
    assert not desk.house.journal.verify().findings


def test_what_becomes_of_a_batch_is_shown_marked_and_announced(own_desk: Desk) -> None:
    desk = own_desk
    page = page_of(desk)
    press(page, "dispatchStart")
    desk.until(lambda: page.table.rows.rowCount() > 200)

    def looked_at() -> list[int]:
        """The hourly ones that can be answered and whose answers were read: of two, one at a question."""
        rows = (page.table.rows.row(n) for n in range(page.table.rows.rowCount()))
        wanted = ("Hourly pre-dispatch", "Active", "1 without an answer")
        return [n for n, row in enumerate(rows) if row[1:4] == wanted]

    desk.until(lambda: bool(looked_at()))
    [row] = looked_at()
    assert page.table.rows.row(row)[4] == ""
    uid = page.table.rows.row(row)[-1]
    page.table.selectRow(row)
    let_come(desk, 70)
    desk.until(lambda: page.table.rows.row(row_of(page, uid))[2] == "Time out (hourly only)")
    assert page.table.rows.row(row_of(page, uid))[4].endswith(": was Active")
    assert page.table.currentIndex().row() == row_of(page, uid)
    assert "changed" in desk.window.watches.strip.text
    assert "Time out (hourly only), 1 without an answer (was Active)" in desk.window.watches.strip.text
    page.stop()
    desk.until(lambda: not page.under_way)


def row_of(page: DispatchPage, uid: str) -> int:
    rows = [page.table.rows.row(n) for n in range(page.table.rows.rowCount())]
    return next(n for n, row in enumerate(rows) if row[-1] == uid)


def lists(desk: Desk) -> list[bytes]:
    """The questions for batches that reached the simulator."""
    return [each.body for each in desk.simulator.requests if LIST.encode() in each.body]


def test_an_error_that_does_not_pass_is_announced_and_closing_asks(own_desk: Desk) -> None:
    desk = own_desk
    page = page_of(desk)
    press(page, "dispatchStart")
    desk.until(lambda: page.table.rows.rowCount() > 200)
    desk.files.quits = False
    desk.window.drafts.close_current()
    assert desk.window.drafts.page("dispatchPage") is page
    assert desk.files.asked[-1] == "stop watching Dispatch"
    desk.simulator.arrange(fault.Status(403))
    desk.rest.over()
    desk.until(lambda: not page.under_way)
    assert "does not pass" in page.said
    assert "not watched any more" in desk.window.watches.strip.text
    desk.window.drafts.close_current()
    assert desk.window.drafts.page("dispatchPage") is None


def texts(page: DispatchPage) -> list[str]:
    from PySide6.QtWidgets import QLabel

    return [label.text() for label in page.findChildren(QLabel)]
